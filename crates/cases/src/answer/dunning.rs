//! Overdue, states, retries, fees, interest and campaigns.

use billing::dunning::{
    Campaign, Clock, LateFee, LateInterest, Owed, Threshold, oldest_days, overdue_from, retry_dates, state_of,
};
use billing::lifecycle::{Account, Event};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Asked, figures, lifecycle::event_of, refusal};
use crate::given::{Given, Read, Unsupported, unsupported};

pub fn answer(asked: Asked<'_>) -> Option<Read<Value>> {
    let given = asked.given;
    Some(match asked.op {
        "overdue_from" => given.date("due_date").map(|due_on| json!({ "first_overdue_date": overdue_from(due_on) })),
        "balance_state" => states(given, "thresholds_minor", "balances_minor"),
        "count_state" => states(given, "thresholds_count", "unpaid_counts"),
        "overdue_state" => overdue_state(asked),
        "retry_schedule" => retries(given),
        "late_fee_once" => late_fee(asked),
        "late_interest" => interest(given),
        "campaign" => campaign(given),
        _ => return None,
    })
}

fn thresholds(given: Given<'_>, key: &str, figure: &str) -> Read<Vec<Threshold>> {
    let rows = given.list(key)?.into_iter();
    rows.map(|row| Ok(Threshold { state: row.text("state")?, at_least: row.int(figure)? })).collect()
}

fn shown(state: Option<&str>) -> &str {
    state.unwrap_or("CLEAR")
}

fn states(given: Given<'_>, thresholds_key: &str, figures_key: &str) -> Read<Value> {
    let thresholds = thresholds(given, thresholds_key, "at_least")?;
    let figures: Vec<i64> = given.all(figures_key)?;
    Ok(json!({ "states": figures.iter().map(|figure| shown(state_of(*figure, &thresholds))).collect::<Vec<_>>() }))
}

fn overdue_state(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    let by_invoice_date = "thresholds_days_since_earliest_unpaid_invoice_date";
    let by_due_date = "thresholds_days_since_earliest_unpaid_due_date";
    let (key, clock) = if given.get(by_due_date).is_some() {
        (by_due_date, Clock::DueDate)
    } else {
        (by_invoice_date, Clock::InvoiceDate)
    };
    let thresholds = thresholds(given, key, "days")?;
    let mut states = Vec::new();
    for today in given.all::<Date>("check_dates")? {
        let owed = match owed_on(asked, today)? {
            Ok(owed) => owed,
            Err(reason) => return Ok(refusal(&reason)),
        };
        let state = oldest_days(&owed, today, clock).and_then(|days| state_of(days, &thresholds));
        states.push(json!({ "date": today, "state": shown(state) }));
    }
    Ok(json!({ "states": states }))
}

/// What was owed on a day: what was issued until then, after what happened until then.
fn owed_on(asked: Asked<'_>, today: Date) -> Read<Result<Vec<Owed>, billing::lifecycle::Impossible>> {
    let mut account = Account::new();
    let mut invoices = Vec::new();
    for invoice in asked.given.list("invoices")? {
        let (name, issued_on) = (invoice.text("id")?, invoice.date("date")?);
        let due_on = invoice.maybe("due_date")?.unwrap_or(issued_on);
        let status: String = invoice.maybe("status")?.unwrap_or_default();
        let is_owed = !invoice.is("draft") && !matches!(status.as_str(), "draft" | "written_off" | "void");
        if issued_on <= today {
            invoices.push((name, issued_on, due_on, is_owed.then_some(invoice.int("amount_minor")?)));
        }
    }
    invoices.sort_by_key(|(_, issued_on, ..)| *issued_on);
    for (name, _, due_on, amount) in &invoices {
        // A draft is owed from its commit on.
        let Some(amount) = amount else { continue };
        let issued = Event::Issued { invoice: name.clone(), due_on: Some(*due_on), amount: *amount };
        if let Err(reason) = account.happened(&issued) {
            return Ok(Err(reason));
        }
    }
    for (number, event) in asked.events().enumerate() {
        if event.date("date")? > today {
            continue;
        }
        if let Some(event) = event_of(asked.given, event, number)?
            && let Err(reason) = account.happened(&event)
        {
            return Ok(Err(reason));
        }
    }
    let owed = invoices.into_iter().map(|(name, issued_on, due_on, _)| Owed {
        issued_on,
        due_on,
        open: account.invoice_balance(&name).unwrap_or(0),
    });
    Ok(Ok(owed.collect()))
}

fn retries(given: Given<'_>) -> Read<Value> {
    let mut dates = retry_dates(given.date("first_failure")?, &given.all::<u32>("retry_after_days")?);
    dates.truncate(given.maybe("take")?.unwrap_or(dates.len()));
    Ok(json!({ "dates": dates }))
}

fn late_fee(asked: Asked<'_>) -> Read<Value> {
    let given = asked.given;
    if asked.events().next().is_some() {
        return unsupported("a late fee is asked for where nothing happens");
    }
    let rule = given.get("rule").map(Given).ok_or_else(|| Unsupported("no rule is given".to_owned()))?;
    let fee = LateFee { after_due_days: rule.read("after_due_days")?, fee: rule.int("fee_minor")? };
    let (open, due_on) = (given.int("amount_minor")?, given.date("due_date")?);
    let mut balances = Vec::new();
    for today in given.all::<Date>("check_dates")? {
        match fee.owed(open, due_on, today) {
            Ok(balance) => balances.push(json!({ "date": today, "balance_minor": balance })),
            Err(overflow) => return Ok(refusal(&overflow)),
        }
    }
    Ok(json!({ "balances": balances }))
}

fn interest(given: Given<'_>) -> Read<Value> {
    let day_count = given.maybe::<String>("day_count")?.unwrap_or_else(|| "actual_365".to_owned());
    let year_days = crate::given::parse(&Value::from(day_count.trim_start_matches("actual_")))?;
    let fee = given.maybe("fee_minor")?.unwrap_or(0);
    let rule = LateInterest { annual_percent: given.decimal("annual_rate_percent")?, year_days, fee };
    Ok(figures(rule.of(given.int("principal_minor")?, given.read("days_overdue")?), |late| {
        json!({
            "interest_minor": late.interest,
            "total_charge_minor": late.charge,
            "grand_total_minor": late.total,
        })
    }))
}

fn campaign(given: Given<'_>) -> Read<Value> {
    let runs: Vec<Date> = given.all("runs")?;
    let (mut requests, mut attempts) = (Vec::new(), Map::new());
    for (currency, threshold) in given.entries("thresholds_minor") {
        let campaign = Campaign {
            max_attempts: given.read("max_attempts")?,
            days_between: given.read("days_between_attempts")?,
            threshold: crate::given::parse(threshold.0)?,
        };
        let mut overdue = Vec::new();
        for row in given.list("overdue")? {
            if row.text("currency")? == currency {
                overdue.push((row.date("date")?, row.int("amount_minor")?));
            }
        }
        let made = match campaign.requests(&overdue, &runs) {
            Ok(made) => made,
            Err(overflow) => return Ok(refusal(&overflow)),
        };
        attempts.insert(currency.to_owned(), made.len().into());
        requests.extend(
            made.iter()
                .map(|request| json!({ "date": request.on, "currency": currency, "amount_minor": request.amount })),
        );
    }
    Ok(json!({ "requests": requests, "attempts": attempts }))
}
