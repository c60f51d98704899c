//! Auto Pay: what it takes, and a replay of what it charges.

use std::collections::BTreeMap;

use billing::Stream;
use billing::autopay::{Answer, Attempt, Event, OpenInvoices, Replay, selected};
use billing::lifecycle::{self, Account};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Asked, figures, lifecycle::event_of, refusal};
use crate::given::{Given, Read, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    Some(match asked.op {
        "autopay" => replay(asked),
        "autopay_selection" => selection(asked.given),
        _ => return None,
    })
}

fn selection(given: Given<'_>) -> Read<Value> {
    let mut streams: Vec<Stream> = Vec::new();
    for (name, chosen) in given.entries("autopay_streams") {
        if chosen.0 == &Value::Bool(true) {
            streams.push(crate::given::parse(&Value::from(name))?);
        }
    }
    let mut ids = Vec::new();
    let mut invoices: Vec<(Stream, i64)> = Vec::new();
    for invoice in given.list("invoices")? {
        ids.push(invoice.text("id")?);
        invoices.push((invoice.read("stream")?, invoice.int("amount_minor")?));
    }
    let places = selected(&invoices, &streams);
    let total: i64 = places.iter().filter_map(|at| invoices.get(*at)).map(|(_, amount)| amount).sum();
    let charged: Vec<&String> = places.iter().filter_map(|at| ids.get(*at)).collect();
    Ok(json!({ "charged": charged, "charged_total_minor": total }))
}

fn replay(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let mut replay = Replay::new(Account::new(), given.all("retry_after_days")?);
    let mut events = vec![(Date::MIN, Event::Method(given.is("has_method")))];
    if let Some(amount) = given.maybe("account_credit_minor")?.filter(|amount| *amount > 0) {
        events.push((Date::MIN, Event::Account(lifecycle::Event::AccountCredited { amount })));
    }
    if given.is("autopay") {
        events.push((Date::MIN, Event::On(OpenInvoices::Leave)));
    }
    let mut on = Date::MIN;
    let mut drafts = BTreeMap::new();
    for (number, event) in asked.events().enumerate() {
        on = event.maybe("date")?.unwrap_or(on);
        events.extend(events_of(given, event, number, &mut drafts)?.into_iter().map(|event| (on, event)));
    }
    let until = given.any(&["until", "through", "as_of"]).map(crate::given::parse::<Date>).transpose()?;
    for (on, event) in &events {
        if let Err(reason) = replay.happened(*on, event) {
            return Ok(refusal(&reason));
        }
    }
    let end = until.map_or(Date::MAX, |until| until.tomorrow().unwrap_or(until));
    if let Err(reason) = replay.retry_before(end) {
        return Ok(refusal(&reason));
    }
    let payments: Vec<Value> = replay.attempts.iter().map(attempt).collect();
    let credit = replay.account.credit();
    Ok(figures(
        replay.open(),
        |open| json!({ "payments": payments, "final_balance_minor": open, "account_credit_minor": credit }),
    ))
}

/// An event in the words of `billing`. Drafts are remembered until they are committed.
fn events_of(
    given: Given<'_>,
    event: Given<'_>,
    number: usize,
    drafts: &mut BTreeMap<String, i64>,
) -> Read<Vec<Event>> {
    let kind = event.text("type")?;
    let is_draft =
        kind.contains("draft") || event.is("draft") || event.get("status").is_some_and(|word| word == "draft");
    if is_draft {
        drafts.insert(event.text("invoice")?, event.int("amount_minor")?);
        return Ok(Vec::new());
    }
    Ok(match kind.as_str() {
        "autopay_on" => vec![Event::On(OpenInvoices::Charge)],
        "autopay_off" => vec![Event::Off],
        "method_added" | "add_method" => vec![Event::Method(true)],
        "method_removed" | "remove_method" => vec![Event::Method(false)],
        "next_charge_captures" => vec![Event::Next(Answer::Captures(event.int("amount_minor")?))],
        _ if !kind.starts_with("payment") && (kind.contains("fail") || kind.contains("decline")) => {
            let times = event.any(&["times", "count"]).map(crate::given::parse).transpose()?.unwrap_or(1);
            vec![Event::Next(Answer::Fails); times]
        }
        "commit" | "finalize" if event.get("amount_minor").is_none() => {
            let invoice = event.text("invoice")?;
            let Some(amount) = drafts.remove(&invoice) else { return unsupported("only a draft can be committed") };
            vec![Event::Account(lifecycle::Event::Issued { invoice, due_on: None, amount })]
        }
        _ => event_of(given, event, number)?.map(Event::Account).into_iter().collect(),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "date": attempt.on,
        "invoice": attempt.invoice,
        "amount_minor": attempt.amount,
        "status": attempt.outcome.as_str(),
        "initiated": attempt.initiated.as_str(),
    })
}
