//! What part of a period costs.

use billing::money::Rounding;
use billing::proration::{Basis, Change, LastDay, Priced, Quantity, catch_up, change, net, quantity_of};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Asked, figures, periods};
use crate::given::{Given, Read, Unsupported, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    Some(match asked.op {
        "line_amount" => line_amount(asked.given),
        "plan_change_net" => plan_change(asked),
        "plan_change_cross_period" => cross_period(asked),
        "catch_up_on_next_invoice" => caught_up(asked.given),
        "quantity_change_next_period" => quantity_change(asked),
        _ => return None,
    })
}

fn basis(given: Given<'_>) -> Read<Basis> {
    Ok(given.maybe("method")?.unwrap_or(Basis::ActualDays))
}

fn line_amount(given: Given<'_>) -> Read<Value> {
    let sign = match given.maybe::<String>("kind")?.as_deref() {
        None | Some("charge") => 1,
        Some("credit") => -1,
        Some(other) => return unsupported(format!("the kind {other} is unknown")),
    };
    let rounding = given.maybe("rounding")?.unwrap_or(Rounding::HalfUp);
    let price = given.int("price_minor")? * sign;
    let interval = given.span("interval")?;
    let last_day = if given.is("charge_last_day") { LastDay::Charged } else { LastDay::Free };
    let days = last_day.service(interval.from, interval.until);
    let amount = basis(given)?.amount_rounded(price, days, given.span("period")?, rounding);
    Ok(figures(amount, |amount| json!({ "amount_minor": amount })))
}

/// The day of the one change.
fn changed_on(asked: Asked<'_>) -> Read<Date> {
    let event = asked.events().next().ok_or_else(|| Unsupported("nothing changes".to_owned()))?;
    event.date("date")
}

fn plan_change(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let period = given.span("period")?;
    let priced = |key: &str| -> Read<Vec<Priced>> {
        Ok(given.all(key)?.into_iter().map(|price| Priced { price, period }).collect())
    };
    let mut one_time = Vec::new();
    for key in ["one_time_minor", "one_time_prices_minor", "added_one_time_minor", "added_one_time_prices_minor"] {
        match given.get(key) {
            Some(Value::Array(_)) => one_time.extend(given.all::<i64>(key)?),
            Some(_) => one_time.push(given.int(key)?),
            None => {}
        }
    }
    let lines =
        change(basis(given)?, changed_on(asked)?, &priced("removed_prices_minor")?, &priced("added_prices_minor")?);
    Ok(figures(lines.and_then(|lines| net(&lines, &one_time)), |net| json!({ "net_minor": net })))
}

fn cross_period(asked: Asked<'_>) -> Read<Value> {
    let priced = |key: &str| -> Read<Priced> {
        let side = asked.given.get(key).map(Given).ok_or_else(|| Unsupported(format!("{key} is not given")))?;
        Ok(Priced { price: side.int("price_minor")?, period: side.span("period")? })
    };
    let lines = change(basis(asked.given)?, changed_on(asked)?, &[priced("old")?], &[priced("new")?]);
    let with_net = lines.and_then(|lines| Ok((net(&lines, &[])?, lines)));
    Ok(figures(
        with_net,
        |(net, lines)| json!({ "net_minor": net, "lines": lines.iter().map(change_line).collect::<Vec<_>>() }),
    ))
}

fn change_line(line: &Change) -> Value {
    let kind = if line.amount < 0 { "credit" } else { "charge" };
    json!({ "kind": kind, "interval": [line.days.from, line.days.until], "amount_minor": line.amount })
}

fn caught_up(given: Given<'_>) -> Read<Value> {
    let unit = Priced { price: given.int("unit_price_minor")?, period: given.span("unbilled_period")? };
    let caught_up = catch_up(basis(given)?, unit, given.date("added")?, given.int("quantity")?);
    Ok(figures(caught_up, |(each, all)| json!({ "unit_amount_minor": each, "amount_minor": all })))
}

fn quantity_change(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let service = periods::anchored(given)?;
    let mut quantities = vec![Quantity { from_on: service.starts_on, units: given.int("quantity")? }];
    for event in asked.events() {
        quantities.push(Quantity { from_on: event.date("date")?, units: event.int("quantity")? });
    }
    let Ok(segments) = service.segments(given.maybe("end")?, given.date("bill_through")?) else {
        return Ok(json!({ "error": "invalid_date_sequence" }));
    };
    let price = given.int("unit_price_minor")?;
    let lines: Vec<Value> = segments
        .into_iter()
        .map(|span| {
            let units = quantity_of(span, &quantities);
            let amount = price.saturating_mul(units);
            json!({ "interval": [span.from, span.until], "quantity": units, "amount_minor": amount })
        })
        .collect();
    Ok(json!({ "lines": lines }))
}
