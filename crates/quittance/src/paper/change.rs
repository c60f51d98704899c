//! Why an invoice differs from the one before it in its stream: portions of both, and rows that sum to the difference.

use std::collections::BTreeSet;

use billing::agreement::Part;
use billing::difference::{Basis, Change, Days, Measure, Portion, difference};
use billing::tax::PriceTax;
use billing::{Currency, Month, Span, Stream};
use documents::{ChangeLine, Changes, DateOrder};
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, Source, WholeInvoice};

use super::remarks::charged_hours;
use super::taxes::combined;
use super::{group, hours, why, words, written_price};

/// Whether it is tax, of whatever category.
pub const fn is_tax(portion: &Portion) -> bool {
    matches!(portion.basis, Basis::Tax { .. })
}

/// Every row of the comparison, what changed first. The changes sum to the difference of the totals.
pub fn rows(before: &WholeInvoice, now: &WholeInvoice, order: DateOrder) -> Vec<Change> {
    let mut rows = difference(&portions(before), &portions(now), now.invoice.currency);
    if now.invoice.stream == Stream::Recurring {
        beside_each_other(&mut rows);
        for row in &mut rows {
            relabel(row, before, now, order);
        }
    }
    rows
}

/// Among what changed, lines of one name stand together, the one that ended first; the tax follows them all.
fn beside_each_other(rows: &mut [Change]) {
    let names: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    rows.sort_by_key(|row| {
        let is_tax = row.portion().is_some_and(is_tax);
        let place = names.iter().position(|name| *name == row.label);
        (row.is_same(), is_tax, place, row.after.is_some())
    });
}

/// The comparison as a document prints it: a recurring one each row that changed, a bi-weekly one a sentence.
pub fn printed(before: &WholeInvoice, now: &WholeInvoice, order: DateOrder) -> Changes {
    let is_recurring = now.invoice.stream == Stream::Recurring;
    let changed = rows(before, now, order).into_iter().filter(|row| is_recurring && !row.is_same());
    let lines = changed.map(|row| ChangeLine {
        why: why::told(&row, now.invoice.currency),
        label: row.label,
        before: row.before.map(|portion| portion.amount),
        after: row.after.map(|portion| portion.amount),
        change: row.change,
    });
    Changes {
        previous_number: before.invoice.number.clone(),
        previous_label: words::month_name(Month::of(before.invoice.period_from)),
        lines: lines.collect(),
        sentence: why::sentence(before, now),
        total_change: now.invoice.total_minor.saturating_sub(before.invoice.total_minor),
    }
}

/// What an invoice is made of: agreement lines, or tickets and products; and the tax of each category, where prices don't
/// hold it already. Sums to its total.
pub fn portions(whole: &WholeInvoice) -> Vec<Portion> {
    let (lines, currency) = (&whole.lines, whole.invoice.currency);
    let charges: Vec<&InvoiceLineRow> =
        lines.iter().filter(|line| matches!(line.source, Source::Agreement | Source::Discount)).collect();
    let is_one = |a: &&InvoiceLineRow, b: &&InvoiceLineRow| {
        (a.source, &a.source_code, &a.month, a.part) == (b.source, &b.source_code, &b.month, b.part)
    };
    let mut portions: Vec<Portion> = charges.chunk_by(is_one).map(|pieces| charge(pieces, currency)).collect();
    for ticket in group::tickets(lines) {
        let label = format!("{} {}", ticket.number, ticket.summary);
        portions.extend(work(format!("ticket {}", ticket.number), label.trim(), &ticket.entries));
    }
    let loose: Vec<&InvoiceLineRow> = group::loose(lines, Source::Time).collect();
    portions.extend(work("work".to_owned(), "Work without a ticket", &loose));
    portions
        .extend(group::deliveries(lines).map(|line| priced(format!("product {}", line.description), line, currency)));
    portions.extend(taxes(whole));
    portions
}

/// The tax of each category with all of its jurisdictions; nothing where none was taken.
fn taxes(whole: &WholeInvoice) -> Vec<Portion> {
    if whole.invoice.prices == PriceTax::Inclusive {
        return Vec::new();
    }
    let categories = whole.taxes.chunk_by(|a, b| a.tax_category == b.tax_category);
    let portions = categories.filter_map(|shares| {
        let first = shares.first()?;
        let percent = combined(shares);
        let amount = shares.iter().fold(0, |sum: i64, share| sum.saturating_add(share.tax_minor));
        let name = if first.tax_category.is_empty() { "" } else { ", " };
        Some(Portion {
            key: format!("tax {}", first.tax_category),
            kind: String::new(),
            label: format!("Sales tax{name}{} {percent}%", first.tax_category),
            reckoning: String::new(),
            unit: String::new(),
            amount,
            basis: Basis::Tax { base: first.base_minor, percent },
        })
    });
    portions.filter(|portion| portion.amount != 0).collect()
}

/// A charge for one period, in one piece or several. Pieces of one quantity are one price: that of the days together.
fn charge(pieces: &[&InvoiceLineRow], currency: Currency) -> Portion {
    let (Some(line), last) = (pieces.first(), pieces.last()) else { return amount_alone("", &[]) };
    let of_days = |line: &InvoiceLineRow| {
        line.of_days.map(|of| Days { charged: Span::new(line.from_on, line.until_on).days(), of })
    };
    match (line.source, line.part) {
        (Source::Discount, _) => amount_alone("discount", pieces),
        (_, Some(Part::TrueUp)) => amount_alone("true-up", pieces),
        _ if pieces.len() == 1 => priced(format!("line {}", line.source_code), line, currency),
        _ => {
            let days = pieces.iter().filter_map(|piece| of_days(piece)).fold(0, |sum, days| sum + days.charged);
            let of = line.of_days.unwrap_or(days);
            let (price, amount) = (pieces.iter().map(|piece| piece.charged_price).sum(), sum(pieces));
            let has_one_quantity = pieces.iter().all(|piece| piece.quantity == line.quantity);
            let whole = has_one_quantity && days == of;
            let basis = if whole {
                let measure =
                    Measure { quantity: line.quantity, unit_price: price, charged_price: price, days: None, amount };
                Basis::Priced(vec![measure])
            } else {
                Basis::Amount
            };
            let reckoning = pieces.iter().map(|piece| reckoned(piece, currency)).collect::<Vec<_>>().join(" + ");
            let of_last = priced(format!("line {}", line.source_code), last.unwrap_or(line), currency);
            Portion { reckoning, amount, basis, ..of_last }
        }
    }
}

fn sum(lines: &[&InvoiceLineRow]) -> i64 {
    lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount_minor))
}

/// `44 × 4.13`.
fn reckoned(line: &InvoiceLineRow, currency: Currency) -> String {
    format!("{} × {}", quantity_alone(line), written_price(line.charged_price, currency))
}

/// A discount or a correction: it has no price.
fn amount_alone(what: &str, lines: &[&InvoiceLineRow]) -> Portion {
    let text = |of: fn(&InvoiceLineRow) -> &String| lines.first().map(|line| of(line).clone()).unwrap_or_default();
    Portion {
        key: format!("{what} {}", text(|line| &line.source_code)),
        kind: String::new(),
        label: text(|line| &line.description),
        reckoning: String::new(),
        unit: String::new(),
        amount: sum(lines),
        basis: Basis::Amount,
    }
}

/// A line that is a quantity times a price.
fn priced(key: String, line: &InvoiceLineRow, currency: Currency) -> Portion {
    let reckoning = reckoned(line, currency);
    Portion {
        key,
        kind: kind(line),
        label: line.description.clone(),
        reckoning,
        unit: line.unit.clone().unwrap_or_default(),
        amount: line.amount_minor,
        basis: Basis::Priced(vec![measure(line)]),
    }
}

/// What a charge of an agreement is one of: another line of the same takes its place when seats or a price change.
pub fn kind(line: &InvoiceLineRow) -> String {
    match line.source {
        Source::Agreement => {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            [text(&line.agreement_code), text(&line.item_code), line.description.clone()].join("\n")
        }
        Source::Discount | Source::Time | Source::Delivery => String::new(),
    }
}

fn measure(line: &InvoiceLineRow) -> Measure {
    let charged = Span::new(line.from_on, line.until_on).days();
    Measure {
        quantity: line.quantity,
        unit_price: line.unit_price,
        charged_price: line.charged_price,
        days: line.of_days.map(|of| Days { charged, of }),
        amount: line.amount_minor,
    }
}

/// Time entries as one portion: `2.75 h` are those that cost something. None where there are no entries.
fn work(key: String, label: &str, entries: &[&InvoiceLineRow]) -> Option<Portion> {
    let charged: Vec<&InvoiceLineRow> = entries.iter().filter(|line| line.amount_minor != 0).copied().collect();
    let quantity: Decimal = charged.iter().map(|line| charged_hours(line)).sum();
    let reckoning = if quantity.is_zero() { String::new() } else { format!("{} h", hours(quantity)) };
    let amount = entries.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount_minor));
    let rate = charged.first().map_or(Decimal::ZERO, |line| line.unit_price);
    // Up to an agreed amount, hours times rate are more than what is charged.
    let has_one_rate = charged.iter().all(|line| line.unit_price == rate && line.over_minor.is_none());
    let hours = Measure { quantity, unit_price: rate, charged_price: rate, days: None, amount };
    let (kind, unit) = (String::new(), "h".to_owned());
    let basis = if has_one_rate { Basis::Priced(vec![hours]) } else { Basis::Amount };
    (!entries.is_empty()).then(|| Portion { key, kind, label: label.to_owned(), reckoning, unit, amount, basis })
}

/// A line of an agreement whose name stands on several lines says which one it is: its quantity, and since or until when.
fn relabel(row: &mut Change, before: &WholeInvoice, now: &WholeInvoice, order: DateOrder) {
    let of = |whole: &WholeInvoice, portion: Option<&Portion>| -> Vec<InvoiceLineRow> {
        let is_it = |line: &&InvoiceLineRow| portion.is_some_and(|it| format!("line {}", line.source_code) == it.key);
        whole.lines.iter().filter(is_it).cloned().collect()
    };
    let (was, is) = (of(before, row.before.as_ref()), of(now, row.after.as_ref()));
    let Some(line) = is.last().or(was.last()) else { return };
    // On one invoice twice: a line that took another's place needs no such name.
    let is_shared = [before, now].iter().any(|whole| {
        let same = whole.lines.iter().filter(|other| other.description == line.description);
        same.map(|other| &other.source_code).collect::<BTreeSet<_>>().len() > 1
    });
    let mut label = row.label.clone();
    if is_shared {
        label.push_str(&format!(", {}", quantity(line)));
    }
    let ended = is.last().or(was.last()).filter(|line| line.until_on < end_of_month(line));
    let began = was.first().or(is.first()).filter(|line| line.from_on > line.from_on.first_of_month());
    match (began, ended) {
        (Some(began), Some(ended)) if began.from_on < ended.until_on => {
            let days = Span::new(began.from_on, ended.until_on);
            label.push_str(&format!(" {}", words::span(days, order)));
        }
        (_, Some(ended)) => label.push_str(&format!(" until {}", words::short(last_day(ended), order))),
        (Some(began), None) => label.push_str(&format!(" since {}", words::short(began.from_on, order))),
        (None, None) => {}
    }
    row.label = label;
}

fn quantity_alone(line: &InvoiceLineRow) -> String {
    words::decimal(&line.quantity.normalize().to_string())
}

/// `44 devices`; `880.2 GB`.
fn quantity(line: &InvoiceLineRow) -> String {
    counted(line.quantity, line.unit.as_deref())
}

/// A quantity with its unit, in the plural where that is how it is said.
pub fn counted(quantity: Decimal, unit: Option<&str>) -> String {
    let number = words::decimal(&quantity.normalize().to_string());
    let Some(unit) = unit.filter(|unit| !unit.is_empty()) else { return number };
    // A lower-case word has a plural; an abbreviation such as GB has none.
    let is_word = unit.ends_with(|c: char| c.is_ascii_lowercase());
    match unit.chars().last() {
        _ if !is_word || quantity == Decimal::ONE || unit == "each" => format!("{number} {unit}"),
        Some('x' | 's' | 'h') => format!("{number} {unit}es"),
        Some('y') => format!("{number} {}ies", unit.trim_end_matches('y')),
        _ => format!("{number} {unit}s"),
    }
}

fn end_of_month(line: &InvoiceLineRow) -> jiff::civil::Date {
    Month::of(line.from_on).next().first()
}

fn last_day(line: &InvoiceLineRow) -> jiff::civil::Date {
    Span::new(line.from_on, line.until_on).last()
}
