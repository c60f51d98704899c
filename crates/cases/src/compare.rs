//! Comparing an answer with what is expected.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::given::text;

/// Lists in which the order says nothing.
const UNORDERED: [&str; 3] = ["tax_subtotals", "requests", "lines"];

/// Whether `got` has every figure that is expected. Figures are compared as numbers, whether they are written 5, "5" or
/// "5.00"; only document numbers are text.
#[must_use]
pub fn same(expected: &Value, got: &Value) -> bool {
    let Some(figures) = expected.as_object() else { return false };
    figures.iter().all(|(key, figure)| equal(key, figure, got.get(key).unwrap_or(&Value::Null)))
}

fn equal(key: &str, expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Array(expected), Value::Array(got)) => lists(key, expected, got),
        (Value::Object(expected), Value::Object(got)) => records(expected, got),
        _ => scalars(key, expected, got),
    }
}

fn lists(key: &str, expected: &[Value], got: &[Value]) -> bool {
    if key == "after" {
        return expected.len() == got.len()
            && expected.iter().zip(got).all(|(state, got)| state.is_null() || equal("", state, got));
    }
    // Some list what was paid, others every attempt.
    let got: Vec<&Value> = got
        .iter()
        .filter(|attempt| key != "payments" || !has_failed(attempt) || expected.iter().any(has_failed))
        .collect();
    if !UNORDERED.contains(&key) {
        return expected.len() == got.len() && expected.iter().zip(got).all(|(one, other)| equal(key, one, other));
    }
    let mut left = got;
    let found = expected.iter().all(|one| match left.iter().position(|other| equal(key, one, other)) {
        Some(at) => !left.remove(at).is_null() || one.is_null(),
        None => false,
    });
    found && left.is_empty()
}

/// What stands in one record alone has to be nothing.
fn records(expected: &Map<String, Value>, got: &Map<String, Value>) -> bool {
    let side = |map: &Map<String, Value>, key: &str| map.get(key).cloned().unwrap_or(Value::Null);
    expected.keys().chain(got.keys()).all(|key| equal(key, &side(expected, key), &side(got, key)))
}

fn scalars(key: &str, expected: &Value, got: &Value) -> bool {
    let (one, other) = (figure(expected), figure(got));
    match key {
        "numbers" => expected == got,
        "status" => has_failed_status(expected) == has_failed_status(got),
        _ if one.is_some() && other.is_some() => one == other,
        // A figure of 0 may be left out.
        _ if expected.is_null() || got.is_null() => {
            expected == got || one.or(other).is_some_and(|figure| figure.is_zero())
        }
        _ => text(expected) == text(got),
    }
}

fn figure(value: &Value) -> Option<Decimal> {
    text(value).parse().ok()
}

fn has_failed(attempt: &Value) -> bool {
    attempt.get("status").is_some_and(has_failed_status)
}

fn has_failed_status(status: &Value) -> bool {
    !matches!(text(status).as_str(), "success" | "succeeded" | "paid")
}
