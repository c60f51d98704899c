//! Why an invoice differs from the one before it, in words: cause by cause, and in one sentence.

use billing::difference::{Cause, Change, Days, Why, difference};
use billing::{Currency, Money, Month, Stream};
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, WholeInvoice};

use super::change::{counted, is_tax, kind, portions};
use super::{words, written_price};

/// A sentence names so many changes; the smaller ones are counted.
const NAMED: usize = 3;

/// `+12.80`, `−181.72`.
pub fn signed(minor: i64, currency: Currency) -> String {
    let figure = Money::new(minor, currency).to_string();
    if minor > 0 { format!("+{figure}") } else { figure }
}

/// The causes of a row: `3 seats more: +66.00 · price 22.00 → 23.50: +70.50`. A single one is the row's own change and
/// stands without its amount. Nothing where the row says all there is.
pub fn told(row: &Change, currency: Currency) -> Option<String> {
    let all: Vec<(String, i64)> =
        row.causes.iter().filter_map(|cause| Some((words_of(row, cause, currency)?, cause.amount))).collect();
    match all.as_slice() {
        [] => None,
        [(words, _)] if row.causes.len() == 1 => Some(words.clone()),
        _ => {
            let told = all.iter().map(|(words, amount)| format!("{words}: {}", signed(*amount, currency)));
            Some(told.collect::<Vec<_>>().join(" · "))
        }
    }
}

/// One cause in words; nothing for one that shows without.
pub fn words_of(row: &Change, cause: &Cause, currency: Currency) -> Option<String> {
    let is_alone = row.before.is_none() || row.after.is_none();
    Some(match cause.why {
        Why::Added | Why::Removed if is_alone => return None,
        Why::Added => "another month this time".to_owned(),
        Why::Removed => "another month last time".to_owned(),
        Why::Quantity { before, after } => {
            more(after - before, row.portion().map_or("", |portion| portion.unit.as_str()))
        }
        Why::Price { before, after } => {
            format!("price {} → {}", written_price(before, currency), written_price(after, currency))
        }
        Why::Proration { before, after } => days(before, after),
        Why::Discount => "discount".to_owned(),
        Why::Tax if row.causes.len() == 1 => return None,
        Why::Tax => "other amounts taxed".to_owned(),
        Why::TaxRate { before, after } => format!("rate {}% → {}%", before.normalize(), after.normalize()),
        Why::Other if row.causes.len() == 1 => return None,
        Why::Other => "rounding".to_owned(),
    })
}

/// `3 seats more`, `1.25 h fewer`.
fn more(difference: Decimal, unit: &str) -> String {
    let count = counted(difference.abs(), Some(unit));
    if difference.is_sign_negative() { format!("{count} fewer") } else { format!("{count} more") }
}

fn days(before: Option<Days>, after: Option<Days>) -> String {
    let part = |days: Days| format!("{} of {} days", days.charged, days.of);
    match (before, after) {
        (Some(before), Some(after)) => format!("{} after {}", part(after), part(before)),
        (Some(before), None) => format!("{} last time", part(before)),
        (None, Some(after)) => format!("{} this time", part(after)),
        (None, None) => "other days".to_owned(),
    }
}

/// The whole difference in a sentence: `$148.60 more than September: 3 seats more of Microsoft 365 and 2 smaller changes.`
/// Nothing where the totals are equal.
pub fn sentence(before: &WholeInvoice, now: &WholeInvoice) -> Option<String> {
    let (is, was, currency) = (&now.invoice, &before.invoice, now.invoice.currency);
    let change = is.total_minor.saturating_sub(was.total_minor);
    if change == 0 {
        return None;
    }
    let (mut parts, name) = match is.stream {
        Stream::Recurring => (services(before, now), words::month_name(Month::of(was.period_from))),
        Stream::Biweekly => (works(before, now), was.number.clone()),
    };
    parts.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.saturating_abs()));
    let left = parts.len().saturating_sub(NAMED);
    let mut named: Vec<String> = parts.into_iter().take(NAMED).map(|(words, _)| words).collect();
    let last = match left {
        0 => named.pop().filter(|_| !named.is_empty()).map(|last| format!(" and {last}")),
        1 => Some(" and a smaller change".to_owned()),
        _ => Some(format!(" and {left} smaller changes")),
    };
    let size = Money::new(change.saturating_abs(), currency).with_currency();
    let than = if change > 0 { "more" } else { "less" };
    let list = format!("{}{}", named.join(", "), last.unwrap_or_default());
    Some(format!("{size} {than} than {name}: {list}."))
}

/// What changed of the services and licences, each with its amount in minor units; the tax only where its rate did.
fn services(before: &WholeInvoice, now: &WholeInvoice) -> Vec<(String, i64)> {
    let currency = now.invoice.currency;
    let mut kinds: Vec<String> = Vec::new();
    for line in now.lines.iter().chain(&before.lines) {
        let kind = kind(line);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut parts: Vec<(String, i64)> = Vec::new();
    for of in kinds {
        let (was, is) = (Service::of(before, &of), Service::of(now, &of));
        let change = is.amount.saturating_sub(was.amount);
        if change != 0 {
            parts.push((was.compared(&is, currency), change));
        }
    }
    let taxes = difference(&portions(before), &portions(now), currency);
    let taxes = taxes.iter().filter(|row| row.portion().is_some_and(is_tax));
    for cause in taxes.flat_map(|row| &row.causes) {
        match cause.why {
            Why::TaxRate { before, after } => {
                let words = format!("a tax rate of {}% after {}%", after.normalize(), before.normalize());
                parts.push((words, cause.amount));
            }
            _ if parts.is_empty() => parts.push(("tax".to_owned(), cause.amount)),
            _ => {}
        }
    }
    parts
}

/// One service or licence on an invoice, its lines together: seats that changed inside a month stand on two.
#[derive(Default)]
struct Service<'a> {
    lines: Vec<&'a InvoiceLineRow>,
    amount: i64,
    /// Of the lines that are charged to the end.
    quantity: Decimal,
    price: Decimal,
    is_part: bool,
}

impl<'a> Service<'a> {
    fn of(whole: &'a WholeInvoice, of: &str) -> Self {
        let lines: Vec<&InvoiceLineRow> = whole.lines.iter().filter(|line| kind(line) == of).collect();
        let end = lines.iter().map(|line| line.until_on).max();
        let at_end = || lines.iter().filter(|line| Some(line.until_on) == end);
        Self {
            amount: lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount_minor)),
            quantity: at_end().map(|line| line.quantity).sum(),
            price: at_end().next_back().map_or(Decimal::ZERO, |line| line.unit_price),
            is_part: lines.iter().any(|line| line.of_days.is_some()),
            lines,
        }
    }

    /// What it is now, in the customer's words.
    fn compared(&self, now: &Self, currency: Currency) -> String {
        let line = now.lines.last().or(self.lines.last());
        let name = line.map_or("", |line| line.description.as_str());
        let unit = line.and_then(|line| line.unit.as_deref());
        let (price, more_units) = (written_price(now.price, currency), now.quantity - self.quantity);
        match (self.lines.is_empty(), now.lines.is_empty()) {
            _ if self.amount < 0 || now.amount < 0 => format!("discount: {name}"),
            (true, _) => format!("new: {name}, {}", counted(now.quantity, unit)),
            (_, true) => format!("{name} ended"),
            _ if !more_units.is_zero() && self.price != now.price => {
                format!("{} of {name}, now at {price}", more(more_units, unit.unwrap_or_default()))
            }
            _ if !more_units.is_zero() => format!("{} of {name}", more(more_units, unit.unwrap_or_default())),
            _ if self.price != now.price => {
                format!("{name} at {price} after {}", written_price(self.price, currency))
            }
            _ if self.is_part && !now.is_part => format!("part of a month of {name} last time"),
            _ if now.is_part => format!("part of a month of {name} this time"),
            _ => name.to_owned(),
        }
    }
}

/// What changed of a bi-weekly invoice by ticket and product, with its amount: `Monitor +$954.00`.
fn works(before: &WholeInvoice, now: &WholeInvoice) -> Vec<(String, i64)> {
    let currency = now.invoice.currency;
    let rows = difference(&portions(before), &portions(now), currency);
    let changed = rows.iter().filter(|row| row.change != 0);
    changed
        .map(|row| {
            let amount = Money::new(row.change, currency).with_currency();
            let sign = if row.change > 0 { "+" } else { "" };
            (format!("{} {sign}{amount}", row.label), row.change)
        })
        .collect()
}
