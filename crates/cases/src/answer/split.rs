//! Splitting and applying amounts, and ageing what is open.

use billing::Overflow;
use billing::ageing::{age, ageing, heading};
use billing::split::{Open, Ratios, Refused, allocate, apply_oldest_first, shown_shares};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Asked, figures, refusal};
use crate::given::{Given, Read, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    Some(match asked.op {
        "allocate" => allocated(asked.given),
        "spread_unrounded" => spread(asked.given),
        "apply_oldest_first" => applied(asked.given),
        "bucket" => bucket(asked.given),
        "age_report" => report(asked.given),
        _ => return None,
    })
}

fn allocated(given: Given<'_>) -> Read<Value> {
    let meaning = if given.is("ratios_are_shares") { Ratios::Shares } else { Ratios::Weights };
    Ok(match allocate(given.int("amount_minor")?, &given.all("ratios")?, meaning) {
        Ok(parts) => json!({ "parts": parts }),
        Err(Refused::InvalidRatios) => json!({ "error": "invalid_ratios" }),
        Err(Refused::Overflow(Overflow)) => refusal(&Overflow),
    })
}

fn spread(given: Given<'_>) -> Read<Value> {
    let places = given.maybe("decimals")?.unwrap_or(5);
    let shares = shown_shares(given.int("amount_minor")?, &given.all::<i64>("weights_minor")?, places);
    Ok(figures(
        shares,
        |shares| json!({ "parts": shares.iter().map(|share| share.normalize().to_string()).collect::<Vec<_>>() }),
    ))
}

fn applied(given: Given<'_>) -> Read<Value> {
    let mut open = Vec::new();
    for item in given.list("open")? {
        open.push(Open { due_on: item.date("due")?, amount: item.int("amount_minor")? });
    }
    let applied = apply_oldest_first(given.int("amount_minor")?, &open);
    Ok(json!({ "applied": applied.parts, "unapplied_minor": applied.left }))
}

fn bucket(given: Given<'_>) -> Read<Value> {
    let ends: Vec<u32> = given.all("buckets_upper")?;
    let age = age(given.date("due_date")?, given.date("as_of")?, &ends);
    Ok(json!({ "bucket": heading(age.column, &ends), "days_past_due": age.days_past_due }))
}

fn report(given: Given<'_>) -> Read<Value> {
    if given.get("basis").is_some_and(|basis| basis != "due_date") {
        return unsupported("items age by their due date");
    }
    let mut items: Vec<(Date, i64)> = Vec::new();
    for item in given.list("items")? {
        items.push((item.date("due_date")?, item.int("open_minor")?));
    }
    Ok(figures(
        ageing(&items, given.date("as_of")?, &given.all::<u32>("buckets_upper")?),
        |ageing| json!({ "current": ageing.current, "buckets": ageing.columns, "total_minor": ageing.total }),
    ))
}
