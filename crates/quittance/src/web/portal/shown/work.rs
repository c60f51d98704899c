//! Documented work by day, newest first.

use billing::work::{Coverage, delivery_amount, entry_amount};
use billing::{Money, Month};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::portal::{ShownEntry, WorkKind, WorkRow as Stored};
use store::scope::AccountScope;

use super::Today;
use super::tickets::{entry_price, work_type};
use crate::paper::change::counted;
use crate::paper::remarks::Reckoning;
use crate::paper::{hours, words};
use crate::web::pages::{Billed, Choice, Empty, Filter, Link, Price, WorkDay, WorkRow};
use crate::web::portal::query::WorkQuery;

/// How many months the filter offers.
const MOST_MONTHS: usize = 36;

/// The days of these rows, which are in order by day. Work dated before `billing_starts_on` is never billed.
pub fn days(rows: &[Stored], scope: &AccountScope, billing_starts_on: Date, today: &Today) -> Vec<WorkDay> {
    rows.chunk_by(|one, next| one.place.on == next.place.on)
        .filter_map(|of_day| {
            let on = of_day.first()?.place.on;
            let mut of_day: Vec<&Stored> = of_day.iter().collect();
            of_day.sort_by_key(|row| within_day(row));
            Some(WorkDay {
                day: crate::web::pages::Day::new(on.to_string(), today.weekday(on)),
                sum: worked(of_day.iter().copied()).map(|sum| format!("{} h worked", hours(sum))).unwrap_or_default(),
                rows: of_day.into_iter().map(|row| shown(row, scope, on < billing_starts_on)).collect(),
            })
        })
        .collect()
}

/// Tickets together, in the order they were worked on; what has no ticket last.
fn within_day(row: &Stored) -> (i64, bool, String, bool, String) {
    let (ticket, started_at) = match &row.kind {
        WorkKind::Entry(entry) => (entry.ticket.clone(), entry.started_at.clone()),
        WorkKind::Delivery(delivery) => (delivery.ticket.clone().unwrap_or_default(), String::new()),
    };
    (row.account_id.into(), ticket.is_empty(), ticket, row.place.is_delivery, started_at)
}

/// Hours worked in these rows; none where nobody worked.
fn worked<'a>(rows: impl Iterator<Item = &'a Stored>) -> Option<Decimal> {
    let sum: Decimal = rows
        .map(|row| match &row.kind {
            WorkKind::Entry(entry) => entry.hours_worked,
            WorkKind::Delivery(_) => Decimal::ZERO,
        })
        .sum();
    (!sum.is_zero()).then_some(sum)
}

fn shown(row: &Stored, scope: &AccountScope, is_too_old: bool) -> WorkRow {
    let account = scope.account(row.account_id).filter(|_| scope.accounts().len() > 1);
    let account = account.map(|account| account.name.clone()).unwrap_or_default();
    match &row.kind {
        WorkKind::Entry(entry) => WorkRow {
            ticket: entry.ticket.clone(),
            summary: entry.ticket_summary.clone(),
            what: entry.notes.clone(),
            by: by(entry),
            account,
            worked: format!("{} h", hours(entry.hours_worked)),
            billed: entry.hours_billed.map(|billed| format!("{} h", hours(billed))).unwrap_or_default(),
            amount: cost(entry),
            invoice: billed(entry.number.as_deref(), is_too_old),
        },
        WorkKind::Delivery(delivery) => WorkRow {
            ticket: delivery.ticket.clone().unwrap_or_default(),
            summary: String::new(),
            what: delivery.description.clone(),
            by: "Delivered".to_owned(),
            account,
            worked: pieces(delivery.quantity, &delivery.unit),
            billed: String::new(),
            amount: match delivery_amount(delivery.quantity, delivery.unit_price, delivery.currency) {
                Ok(minor) => Price::Money(Money::new(minor, delivery.currency).to_string()),
                Err(_) => Price::Money(String::new()),
            },
            invoice: billed(delivery.number.as_deref(), is_too_old),
        },
    }
}

/// Who worked, how, and how it is reckoned: `T. Becker, remote · Rate: Engineer`.
fn by(entry: &ShownEntry) -> String {
    let worked = format!("{}, {}", entry.technician, work_type(Some(entry.work_type)));
    let parts = std::iter::once(worked).chain(Reckoning::of_entry(entry).remarks());
    parts.collect::<Vec<_>>().join(" · ")
}

/// What an entry costs: as the invoice has it, or as it stands so far. An amount that is not known before the invoice, or
/// can't be computed exactly, is left out.
fn cost(entry: &ShownEntry) -> Price {
    let (coverage, currency) = (entry.coverage, entry.currency);
    if let Some(minor) = entry.amount_minor {
        return entry_price(Some(coverage), minor, currency);
    }
    match (coverage, entry.hours_billed, entry.rate) {
        (Coverage::Covered | Coverage::NoCharge | Coverage::Prepaid, ..) => entry_price(Some(coverage), 0, currency),
        (Coverage::Billable, Some(hours), Some(rate)) => match entry_amount(hours, rate, coverage, currency) {
            Ok(minor) => entry_price(Some(coverage), minor, currency),
            Err(_) => Price::Money(String::new()),
        },
        (Coverage::Billable, ..) => Price::Money(String::new()),
    }
}

/// `4`, `2 boxes`: what is counted one by one needs no word.
fn pieces(quantity: Decimal, unit: &str) -> String {
    counted(quantity, Some(unit).filter(|unit| !matches!(*unit, "each" | "unit")))
}

fn billed(number: Option<&str>, is_too_old: bool) -> Billed {
    match number {
        Some(number) => Billed::On(Link::new(format!("/invoices/{number}"), number)),
        None if is_too_old => Billed::NotYet("Never billed".to_owned()),
        None => Billed::NotYet("Not billed yet".to_owned()),
    }
}

/// `24 pieces of work in September 2026, 18.50 h worked`; of a page that isn't all, only how many it shows.
pub fn count_line(rows: &[Stored], query: &WorkQuery, is_all: bool) -> String {
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let counted = words::counted(count, "piece of work", "pieces of work");
    let mut line = if is_all { counted } else { format!("The newest {counted}") };
    if query.after.is_some() {
        line = format!(
            "{} older {}",
            words::thousands(count),
            if count == 1 { "piece of work" } else { "pieces of work" }
        );
    }
    if !query.words.is_empty() {
        line.push_str(&format!(" with “{}”", query.words));
    }
    if let Some(month) = query.month {
        line.push_str(&format!(" in {}", words::month(month)));
    }
    match worked(rows.iter()) {
        Some(sum) => format!("{line}, {} h worked", hours(sum)),
        None => line,
    }
}

/// Months from the newest back to the oldest day of work; none before the first work.
pub fn filter(query: &WorkQuery, worked_between: Option<(Date, Date)>) -> Option<Filter> {
    let (first, last) = worked_between?;
    let choice = |month: Option<Month>| Choice {
        value: month.map(|month| month.to_string()).unwrap_or_default(),
        text: month.map_or_else(|| "All months".to_owned(), words::month),
        count: String::new(),
        chosen: query.month == month,
    };
    let months = std::iter::successors(Some(Month::of(last)), |month| Some(month.previous()));
    let mut months: Vec<Month> = months.take(MOST_MONTHS).take_while(|month| *month >= Month::of(first)).collect();
    months.extend(query.month.filter(|month| !months.contains(month)));
    Some(Filter {
        periods: std::iter::once(choice(None)).chain(months.into_iter().map(|month| choice(Some(month)))).collect(),
        search: query.words.clone(),
        account: query.account.clone().unwrap_or_default(),
        ..Filter::default()
    })
}

/// What an empty list says.
pub fn nothing(query: &WorkQuery, has_work: bool) -> Empty {
    if !has_work {
        let text = "What we do for you appears here as soon as it is written down and checked, with who did it and what it costs.";
        return Empty { title: "No work yet".to_owned(), text: text.to_owned(), link: None };
    }
    let all = WorkQuery { account: query.account.clone(), ..WorkQuery::default() };
    let title = if query.words.is_empty() {
        query.month.map_or_else(|| "Nothing here".to_owned(), |month| format!("No work in {}", words::month(month)))
    } else {
        format!("No work matches “{}”", query.words)
    };
    let text = "Searched: tickets, words, technicians. Work appears once it is checked.".to_owned();
    let text = if query.words.is_empty() { "Work appears once it is checked.".to_owned() } else { text };
    Empty { title, text, link: Some(Link::new(all.href(None), "See all work")) }
}
