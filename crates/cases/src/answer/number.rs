//! Numbers of documents.

use billing::calendar::local_day;
use billing::number::series::{Issue, Pattern, Reset, Scope, Series};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Asked, calendar, refusal};
use crate::given::{Given, Read};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    (asked.op == "number_sequence").then(|| sequence(asked))
}

fn sequence(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let pattern = match given.text("pattern")?.parse::<Pattern>() {
        Ok(pattern) => pattern,
        Err(error) => return Ok(refusal(&error)),
    };
    let issued: Option<u64> = given.maybe("already_issued")?.or(given.maybe("already_issued_per_customer")?);
    let first = given.maybe("start")?.unwrap_or(1);
    let first = issued.map_or(first, |issued| issued.saturating_add(1));
    let scope = given.maybe("scope")?.unwrap_or(Scope::Global);
    let reset = given.maybe("reset")?.unwrap_or(Reset::Never);
    let prefix = given.maybe("prefix")?.unwrap_or_default();
    let mut series = Series::new(prefix, pattern, scope, reset, first);
    let mut numbers = Vec::new();
    for event in asked.events().filter(|event| !is_draft(*event)) {
        let name = |key: &str| event.maybe::<String>(key).map(Option::unwrap_or_default);
        let (entity, customer) = (name("entity")?, name("customer")?);
        numbers.push(series.give(Issue { on: day(given, event)?, entity: &entity, customer: &customer }));
    }
    Ok(json!({ "numbers": numbers }))
}

/// The day of issue in the zone given; a draft is not issued.
fn day(given: Given<'_>, event: Given<'_>) -> Read<Date> {
    let instant = event.any(&["instant", "at", "issued_at", "datetime", "timestamp"]);
    match instant.or_else(|| event.get("date").filter(|date| crate::given::text(date).contains('T'))) {
        Some(instant) => Ok(local_day(crate::given::parse(instant)?, &calendar::zone(given)?)),
        None => event.date("date"),
    }
}

fn is_draft(event: Given<'_>) -> bool {
    event.is("draft") || event.any(&["type", "status", "then"]).is_some_and(|word| word == "draft")
}
