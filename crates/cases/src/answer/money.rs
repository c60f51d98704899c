//! Rounding, digits, cash, surcharges, discounts for paying early, and worked time.

use std::num::NonZeroU64;

use billing::cash::{EarlyDiscount, round_to_step, surcharge};
use billing::fraction::Fraction;
use billing::money::{Rounding, digits, quotient};
use billing::work::{Toward, billed_seconds, labour_amount};
use serde_json::{Value, json};

use super::{Asked, figures};
use crate::given::{Given, Read};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    let given = asked.given;
    Some(match asked.op {
        "round" => round(given),
        "minor_digits" => asked.currency().map(|currency| json!({ "digits": digits(currency) })),
        "round_to_currency" => asked.currency().and_then(|currency| {
            let amount = quotient(given.int("numerator")?, given.int("denominator")?, currency);
            Ok(figures(amount, |amount| json!({ "amount_minor": amount })))
        }),
        "cash_round" => cash(given),
        "surcharge" => surcharged(given),
        "early_payment_discount" => early(given),
        "round_duration" => seconds(given).map(|seconds| figures(seconds, |seconds| json!({ "seconds": seconds }))),
        "labour_amount" => labour(given),
        _ => return None,
    })
}

fn round(given: Given<'_>) -> Read<Value> {
    let mode = given.maybe("mode")?.unwrap_or(Rounding::HalfUp);
    let rounded = Fraction::try_from(given.decimal("value")?).and_then(|value| value.round(mode));
    Ok(figures(rounded, |result| json!({ "result": result })))
}

fn cash(given: Given<'_>) -> Read<Value> {
    let rounded = round_to_step(given.int("amount_minor")?, given.int("step_minor")?);
    Ok(figures(rounded, |paid| json!({ "amount_minor": paid.amount, "adjustment_minor": paid.added })))
}

fn surcharged(given: Given<'_>) -> Read<Value> {
    let paid = surcharge(given.int("amount_minor")?, given.decimal("percent")?);
    Ok(figures(paid, |paid| json!({ "surcharge_minor": paid.added, "total_minor": paid.amount })))
}

fn early(given: Given<'_>) -> Read<Value> {
    let discount = EarlyDiscount {
        percent: given.decimal("discount_percent")?,
        days: given.read("discount_days")?,
        tax: given.read("tax_treatment")?,
    };
    let early = discount.of(given.int("net_minor")?, given.decimal("tax_rate")?, given.date("invoice_date")?);
    Ok(figures(early, |early| {
        json!({
            "discount_until": early.until_on,
            "gross_minor": early.gross,
            "pay_early_minor": early.pay_early,
            "discount_net_minor": early.discount_net,
            "discount_tax_minor": early.discount_tax,
        })
    }))
}

fn seconds(given: Given<'_>) -> Read<Result<u64, billing::Overflow>> {
    let step = given.maybe::<u64>("step_seconds")?.and_then(NonZeroU64::new);
    let toward = given.maybe("direction")?.unwrap_or(Toward::Up);
    Ok(billed_seconds(given.read("seconds")?, step, toward))
}

fn labour(given: Given<'_>) -> Read<Value> {
    let rate = given.int("hourly_rate_minor")?;
    let amount = seconds(given)?.and_then(|seconds| labour_amount(seconds, rate));
    Ok(figures(amount, |amount| json!({ "amount_minor": amount })))
}
