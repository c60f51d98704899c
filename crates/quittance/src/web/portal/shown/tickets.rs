//! The evidence of an invoice: agreements with their charges, tickets with entries and deliveries.

use std::collections::HashSet;

use billing::work::{Coverage, WorkType};
use billing::{Currency, Money, Span};
use store::invoice::{InvoiceLineRow, Source, WholeInvoice};

use super::Today;
use crate::paper::remarks::Reckoning;
use crate::paper::{group, hours, taxes, words, written_price};
use crate::web::pages::{Agreement, AgreementLine, Asked, Delivery, Entry, Price, Ticket};

/// What a line shows in its tax column, and beneath it: nothing where it isn't taxable.
fn tax_mark(line: &InvoiceLineRow, whole: &WholeInvoice) -> (String, String) {
    let figure = |minor: i64| Money::new(minor, whole.invoice.currency).to_string();
    let alone = |mark: String| (mark, String::new());
    match (taxes::percent(line, whole), taxes::own(line, whole)) {
        _ if !line.taxable => alone(String::new()),
        _ if whole.invoice.tax_exempt => alone("Exempt".to_owned()),
        (Some(rate), Some(own)) => (figure(own), format!("{rate}%")),
        (Some(rate), None) => alone(format!("{rate}%")),
        (None, _) => alone("Yes".to_owned()),
    }
}

/// The agreements of a recurring invoice. A line that isn't on the invoice before is marked as new, one that costs
/// something else as changed.
pub fn agreements(whole: &WholeInvoice, previous: Option<&WholeInvoice>, today: &Today) -> Vec<Agreement> {
    let groups = group::agreements(&whole.lines);
    let has_many = groups.len() > 1;
    groups
        .iter()
        .map(|group| Agreement {
            name: if has_many { format!("{}, {}", group.name, group.code) } else { group.name.to_owned() },
            lines: group
                .lines
                .iter()
                .map(|line| AgreementLine {
                    mark: previous.map(|previous| mark(line, whole, previous)).unwrap_or_default(),
                    ..charge(line, whole, today)
                })
                .collect(),
        })
        .collect()
}

fn charge(line: &InvoiceLineRow, whole: &WholeInvoice, today: &Today) -> AgreementLine {
    let (currency, (tax, tax_rate)) = (whole.invoice.currency, tax_mark(line, whole));
    let days = Span::new(line.from_on, line.until_on);
    let mut parts: Vec<String> = Vec::new();
    if let Some(of_days) = line.of_days {
        parts.push(format!("{} of {of_days} days", days.days()));
    }
    if line.charged_price != line.unit_price {
        parts.push(format!("{} a month", written_price(line.unit_price, currency)));
    }
    parts.extend(group::part_label(line, today.order));
    AgreementLine {
        what: match line.unit.as_deref() {
            // What is measured needs its unit; what is counted in pieces has it in its name.
            Some(unit) if !unit.is_empty() && unit.chars().all(char::is_uppercase) => {
                format!("{}, {unit}", line.description)
            }
            _ => line.description.clone(),
        },
        days: today.span(days),
        part: parts.join(", "),
        quantity: words::decimal(&line.quantity.normalize().to_string()),
        price: written_price(line.charged_price, currency),
        tax,
        tax_rate,
        amount: Money::new(line.amount_minor, currency).to_string(),
        mark: String::new(),
        asked: Asked::about(line.line_no),
    }
}

fn mark(line: &InvoiceLineRow, whole: &WholeInvoice, previous: &WholeInvoice) -> String {
    let sum = |of: &WholeInvoice| -> i64 {
        of.lines.iter().filter(|other| other.source_code == line.source_code).map(|other| other.amount_minor).sum()
    };
    let is_known = previous.lines.iter().any(|other| other.source_code == line.source_code);
    match is_known {
        false => "new".to_owned(),
        true if sum(whole) != sum(previous) => "changed".to_owned(),
        true => String::new(),
    }
}

/// The tickets of a bi-weekly invoice, the first one open.
pub fn tickets(whole: &WholeInvoice, today: &Today) -> Vec<Ticket> {
    let groups = group::tickets(&whole.lines);
    groups.iter().enumerate().map(|(place, group)| Ticket { open: place == 0, ..ticket(group, whole, today) }).collect()
}

fn ticket(group: &group::TicketGroup<'_>, whole: &WholeInvoice, today: &Today) -> Ticket {
    let has_work = !group.entries.is_empty();
    let amount = match group.free() {
        Some(Coverage::Covered) => Price::Covered,
        Some(Coverage::Prepaid) => Price::Prepaid,
        Some(_) => Price::NoCharge,
        None => Price::Money(Money::new(group.amount(), whole.invoice.currency).to_string()),
    };
    let all = group.entries.iter().chain(&group.deliveries);
    Ticket {
        number: group.number.to_owned(),
        summary: if group.summary.is_empty() { "Products".to_owned() } else { group.summary.to_owned() },
        asked_by: group.requester.to_owned(),
        worked: if has_work { hours(group.worked()) } else { String::new() },
        billed: if has_work { hours(group.billed()) } else { String::new() },
        amount,
        remark: earlier_days(all.copied(), whole, today),
        open: false,
        entries: group.entries.iter().map(|line| entry(line, whole, today)).collect(),
        deliveries: group.deliveries.iter().map(|line| delivery(line, whole, today)).collect(),
    }
}

/// Entries that stand on no ticket.
pub fn loose_entries(whole: &WholeInvoice, today: &Today) -> Vec<Entry> {
    group::loose(&whole.lines, Source::Time).map(|line| entry(line, whole, today)).collect()
}

/// Deliveries that stand on no ticket.
pub fn loose_deliveries(whole: &WholeInvoice, today: &Today) -> Vec<Delivery> {
    group::loose(&whole.lines, Source::Delivery).map(|line| delivery(line, whole, today)).collect()
}

fn entry(line: &InvoiceLineRow, whole: &WholeInvoice, today: &Today) -> Entry {
    Entry {
        day: today.day(line.from_on),
        what: line.description.clone(),
        technician: line.technician.clone().unwrap_or_default(),
        work_type: work_type(line.work_type),
        worked: hours(line.hours_worked.unwrap_or_default()),
        billed: hours(line.quantity),
        rate: written_price(line.unit_price, whole.invoice.currency),
        amount: entry_price(line.coverage, line.amount_minor, whole.invoice.currency),
        remark: with_reckoning(earlier(line, whole, today), line, whole.invoice.currency),
        asked: Asked::about(line.line_no),
    }
}

/// Why it stands here, and how it came to its hours and amount.
fn with_reckoning(earlier: String, line: &InvoiceLineRow, currency: Currency) -> String {
    let remarks = std::iter::once(earlier).chain(Reckoning::of_line(line, currency).remarks());
    remarks.filter(|remark| !remark.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `remote`, `on site`: in the middle of a sentence.
pub fn work_type(kind: Option<WorkType>) -> String {
    kind.map(|kind| kind.to_string().to_lowercase()).unwrap_or_default()
}

/// What an entry costs, or why it costs nothing.
pub fn entry_price(coverage: Option<Coverage>, minor: i64, currency: Currency) -> Price {
    match coverage {
        Some(Coverage::Covered) => Price::Covered,
        Some(Coverage::NoCharge) => Price::NoCharge,
        Some(Coverage::Prepaid) if minor == 0 => Price::Prepaid,
        Some(Coverage::Billable | Coverage::Prepaid) | None => Price::Money(Money::new(minor, currency).to_string()),
    }
}

fn delivery(line: &InvoiceLineRow, whole: &WholeInvoice, today: &Today) -> Delivery {
    let (tax, tax_rate) = tax_mark(line, whole);
    let currency = whole.invoice.currency;
    Delivery {
        day: today.day(line.from_on),
        what: line.description.clone(),
        quantity: words::decimal(&line.quantity.normalize().to_string()),
        price: written_price(line.unit_price, currency),
        tax,
        tax_rate,
        amount: Money::new(line.amount_minor, currency).to_string(),
        remark: earlier(line, whole, today),
        asked: Asked::about(line.line_no),
    }
}

/// Why something dated before the period stands here.
fn earlier(line: &InvoiceLineRow, whole: &WholeInvoice, today: &Today) -> String {
    if line.from_on >= whole.invoice.period_from {
        return String::new();
    }
    match line.approved_on {
        Some(approved_on) => format!("before this period, approved {}", today.day(approved_on).text),
        None => "before this period".to_owned(),
    }
}

/// `Sep 3, before this period`, beside a ticket that holds older work.
fn earlier_days<'a>(lines: impl Iterator<Item = &'a InvoiceLineRow>, whole: &WholeInvoice, today: &Today) -> String {
    let days: HashSet<_> = lines.map(|line| line.from_on).filter(|day| *day < whole.invoice.period_from).collect();
    let mut days: Vec<_> = days.into_iter().collect();
    days.sort_unstable();
    match days.as_slice() {
        [] => String::new(),
        [day] => format!("{}, before this period", today.day(*day).text),
        [first, .., last] => {
            format!("some from {} to {}, before this period", today.day(*first).text, today.day(*last).text)
        }
    }
}

/// The sentence on work older than the period, for the line that explains the invoice; or nothing.
pub fn why_earlier(whole: &WholeInvoice, today: &Today) -> Option<String> {
    let old: Vec<&InvoiceLineRow> = whole
        .lines
        .iter()
        .filter(|line| {
            matches!(line.source, Source::Time | Source::Delivery) && line.from_on < whole.invoice.period_from
        })
        .collect();
    let approved_in_time = |line: &&InvoiceLineRow| line.approved_on.is_none_or(|day| day < whole.invoice.period_from);
    match old.as_slice() {
        [] => None,
        [line] => Some(match line.approved_on.filter(|_| !approved_in_time(line)) {
            Some(day) => {
                let [done, approved] = [line.from_on, day].map(|day| today.day(day).text);
                format!("Work of {done} was approved on {approved}, so it stands here.")
            }
            None => format!("Work of {} waited until there was something to bill.", today.day(line.from_on).text),
        }),
        lines if lines.iter().any(approved_in_time) => {
            Some(format!("{} are older and waited until there was something to bill.", pieces(lines.len())))
        }
        lines => {
            Some(format!("{} are older and were approved in this period, so they stand here.", pieces(lines.len())))
        }
    }
}

fn pieces(count: usize) -> String {
    format!("{} pieces of work", words::capital(&words::count(count)))
}
