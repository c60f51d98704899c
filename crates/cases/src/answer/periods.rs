//! Periods on a remembered day of the month, and steps from an anchor.

use billing::anchored::{Anchored, Step};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::Asked;
use crate::given::{Given, Read, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    let given = asked.given;
    Some(match asked.op {
        "step_sequence" => step_sequence(given),
        "whole_periods_between" => whole_periods(given),
        "month_anchor_sequence" => month_sequence(given),
        "first_bill_date" => anchored(given).map(|service| json!({ "date": service.first_on() })),
        "period_containing" => anchored(given).and_then(|service| {
            let period = service.containing(given.date("date")?);
            Ok(json!({ "period": [period.from, period.until] }))
        }),
        "elapsed_periods" => {
            anchored(given).and_then(|service| Ok(json!({ "elapsed": service.elapsed(given.date("date")?) })))
        }
        "arrear_period_ending" => anchored(given).and_then(|service| {
            let period = service.ending_on(given.date("bill_date")?).map(|period| [period.from, period.until]);
            Ok(json!({ "period": period }))
        }),
        "in_arrear_billed_through" => anchored(given).and_then(|service| {
            let through = service.billed_through(given.maybe("end")?, given.date("bill_on")?);
            Ok(json!({ "billed_through": through, "next_bill_date": service.next_on(through) }))
        }),
        "billing_segments" => anchored(given).and_then(|service| segments(given, service)),
        _ => return None,
    })
}

/// Service from `start` on the bill-cycle day.
pub fn anchored(given: Given<'_>) -> Read<Anchored> {
    let day: i8 = given.read("bill_cycle_day")?;
    if !(1..=31).contains(&day) {
        return unsupported(format!("{day} is no day of a month"));
    }
    Ok(Anchored { starts_on: given.date("start")?, day, every_months: given.read("interval_months")? })
}

fn step(given: Given<'_>) -> Read<Step> {
    let every: u32 = given.read("every")?;
    Ok(match given.text("unit")?.as_str() {
        "months" | "month" => Step::Months(every),
        "years" | "year" => Step::Months(every.saturating_mul(12)),
        "weeks" | "week" => Step::Days(every.saturating_mul(7)),
        "days" | "day" => Step::Days(every),
        other => return unsupported(format!("steps of {other} are unknown")),
    })
}

fn step_sequence(given: Given<'_>) -> Read<Value> {
    let (step, anchor_on, count) = (step(given)?, given.date("anchor")?, given.read("count")?);
    Ok(json!({ "dates": (0..count).map(|n| step.nth(anchor_on, n)).collect::<Vec<Date>>() }))
}

fn whole_periods(given: Given<'_>) -> Read<Value> {
    Ok(json!({ "whole_periods": step(given)?.whole(given.date("start")?, given.date("end")?) }))
}

fn month_sequence(given: Given<'_>) -> Read<Value> {
    let first_on = given.date("first")?;
    let day: i8 =
        given.maybe("bill_cycle_day")?.or(given.maybe::<Date>("anchor")?.map(Date::day)).unwrap_or(first_on.day());
    let service = Anchored { starts_on: first_on, day, every_months: given.read("interval_months")? };
    Ok(json!({ "dates": service.dates().take(given.read("count")?).collect::<Vec<Date>>() }))
}

fn segments(given: Given<'_>, service: Anchored) -> Read<Value> {
    if given.get("mode").is_some_and(|mode| mode != "in_advance") {
        return unsupported("segments are billed in advance");
    }
    Ok(match service.segments(given.maybe("end")?, given.date("bill_through")?) {
        Ok(segments) => {
            json!({ "segments": segments.iter().map(|span| [span.from, span.until]).collect::<Vec<_>>() })
        }
        Err(_) => json!({ "error": "invalid_date_sequence" }),
    })
}
