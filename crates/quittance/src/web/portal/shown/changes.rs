//! What changed since the last invoice of the same stream, in rows that sum to the difference.

use std::collections::BTreeSet;

use billing::difference::{Change, Portion};
use billing::{Currency, Money, Month, Stream};
use store::invoice::WholeInvoice;

use super::Today;
use crate::paper::why::{self, signed};
use crate::paper::{change, words};
use crate::web::pages::{ChangeRow, Changes, Link, Piece};

/// A bi-weekly comparison names so many rows; the smaller ones stand in one.
const MOST_ROWS: usize = 8;

/// The comparison; none for the first invoice of its stream.
pub fn changes(previous: Option<&WholeInvoice>, now: &WholeInvoice, today: &Today) -> Option<Changes> {
    let before = previous?;
    let rows = change::rows(before, now, today.order);
    Some(match now.invoice.stream {
        Stream::Recurring => by_line(before, now, rows),
        Stream::Biweekly => by_ticket(before, now, rows),
    })
}

fn by_line(before: &WholeInvoice, now: &WholeInvoice, rows: Vec<Change>) -> Changes {
    let currency = now.invoice.currency;
    let names = [before, now].map(|whole| words::month_name(Month::of(whole.invoice.period_from)));
    let [was, is] = &names;
    let (mut changed, same): (Vec<Change>, Vec<Change>) = rows.into_iter().partition(|row| !row.is_same());
    if changed.is_empty() {
        return nothing_changed(before, was);
    }
    let sentence = one_line(&mut changed);
    let mut shown: Vec<ChangeRow> = changed
        .iter()
        .map(|row| ChangeRow {
            what: row.label.clone(),
            why: why::told(row, currency).unwrap_or_default(),
            before: row.before.as_ref().map(|portion| reckoned(portion, currency)).unwrap_or_default(),
            now: row.after.as_ref().map_or_else(|| "ended".to_owned(), |portion| reckoned(portion, currency)),
            change: signed(row.change, currency),
        })
        .collect();
    if !same.is_empty() {
        let sum: i64 = same.iter().filter_map(|row| row.after.as_ref()).map(|portion| portion.amount).sum();
        let sum = Money::new(sum, currency).to_string();
        let what = folded(same.len(), "other line", "other lines");
        shown.push(ChangeRow {
            what,
            before: sum.clone(),
            now: sum,
            change: "same".to_owned(),
            ..ChangeRow::default()
        });
    }
    let total = |whole: &WholeInvoice| Money::new(whole.invoice.total_minor, currency).with_currency();
    let difference = now.invoice.total_minor.saturating_sub(before.invoice.total_minor);
    let sign = if difference > 0 { "+" } else { "" };
    Changes {
        title: format!("What changed since {was}"),
        sentence,
        before_head: format!("{was}, {}", before.invoice.number),
        now_head: format!("{is}, {}", now.invoice.number),
        rows: shown,
        total: ChangeRow {
            what: "Total".to_owned(),
            before: total(before),
            now: total(now),
            change: format!("{sign}{}", Money::new(difference, currency).with_currency()),
            ..ChangeRow::default()
        },
    }
}

/// One sentence says more than a table of what stayed the same.
fn nothing_changed(before: &WholeInvoice, was: &str) -> Changes {
    let number = &before.invoice.number;
    let total = Money::new(before.invoice.total_minor, before.invoice.currency).with_currency();
    let link = Piece::Link(Link::new(format!("/invoices/{number}"), number.clone()));
    Changes {
        title: format!("Nothing changed since {was}"),
        sentence: vec![Piece::text("Every line costs the same as on "), link, Piece::text(format!(", {total}."))],
        ..Changes::default()
    }
}

/// Where everything that changed (but the tax) belongs to one service or licence: names it once, before the table, and
/// leaves it out of the rows.
fn one_line(changed: &mut [Change]) -> Vec<Piece> {
    let is_tax = |row: &Change| row.portion().is_some_and(change::is_tax);
    let name_of = |row: &Change| row.portion().map(|portion| portion.label.clone());
    let names: BTreeSet<Option<String>> = changed.iter().filter(|row| !is_tax(row)).map(name_of).collect();
    let (Some(Some(name)), 1) = (names.first().cloned(), names.len()) else { return Vec::new() };
    let lead = format!("{name}, ");
    let lines = changed.iter().filter(|row| !is_tax(row));
    if lines.clone().count() < 2 || !lines.clone().all(|row| row.label.starts_with(&lead)) {
        return Vec::new();
    }
    for row in changed.iter_mut() {
        row.label = row.label.strip_prefix(&lead).map(str::to_owned).unwrap_or_else(|| row.label.clone());
    }
    vec![Piece::text("Only "), Piece::strong(name), Piece::text(" changed.")]
}

/// `Six other lines`.
fn folded(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", words::capital(&words::count(count)))
}

/// `44 × 4.13 = 181.72`, or the amount alone.
fn reckoned(portion: &Portion, currency: Currency) -> String {
    let amount = Money::new(portion.amount, currency);
    if portion.reckoning.is_empty() { amount.to_string() } else { format!("{} = {amount}", portion.reckoning) }
}

fn by_ticket(before: &WholeInvoice, now: &WholeInvoice, rows: Vec<Change>) -> Changes {
    let currency = now.invoice.currency;
    let mut changed: Vec<Change> = rows.into_iter().filter(|row| !row.is_same()).collect();
    let mut sizes: Vec<i64> = changed.iter().map(|row| row.change.saturating_abs()).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    // Either all rows, or the largest ones and one for the rest: never one row that stands for one.
    let least = if changed.len() > MOST_ROWS { sizes.get(MOST_ROWS - 2).copied().unwrap_or(0) } else { 0 };
    let mut named = 0;
    let mut small: Vec<Change> = Vec::new();
    changed.retain(|row| {
        let is_named = least == 0 || (row.change.saturating_abs() >= least && named < MOST_ROWS - 1);
        named += usize::from(is_named);
        if !is_named {
            small.push(row.clone());
        }
        is_named
    });
    let mut shown: Vec<ChangeRow> = changed
        .iter()
        .map(|row| ChangeRow {
            what: told(row, before),
            why: why::told(row, currency).filter(|_| row.causes.len() > 1).unwrap_or_default(),
            change: signed(row.change, currency),
            ..ChangeRow::default()
        })
        .collect();
    if !small.is_empty() {
        let what = folded(small.len(), "other ticket or product", "other tickets and products");
        let change = signed(small.iter().map(|row| row.change).sum(), currency);
        shown.push(ChangeRow { what, change, ..ChangeRow::default() });
    }
    let difference = now.invoice.total_minor.saturating_sub(before.invoice.total_minor);
    let compared = match difference {
        0 => "As much as",
        1.. => "More than",
        _ => "Less than",
    };
    let was = Money::new(before.invoice.total_minor, currency).with_currency();
    Changes {
        title: "What changed since the last bi-weekly invoice".to_owned(),
        rows: shown,
        total: ChangeRow {
            what: format!("{compared} {}, {was}", before.invoice.number),
            change: signed(difference, currency),
            ..ChangeRow::default()
        },
        ..Changes::default()
    }
}

/// A row of the short form in words: what it is now, or that it stands on the last invoice only.
fn told(row: &Change, before: &WholeInvoice) -> String {
    let (label, reckoning) = (&row.label, row.after.as_ref().map_or("", |portion| &portion.reckoning));
    match (&row.before, &row.after) {
        (Some(_), None) => format!("{label}, on {} only", before.invoice.number),
        (Some(was), Some(_)) if !change::is_tax(was) && !was.reckoning.is_empty() && !reckoning.is_empty() => {
            format!("{label}, {reckoning} after {}", was.reckoning)
        }
        _ if !reckoning.is_empty() => format!("{label}, {reckoning}"),
        _ => label.clone(),
    }
}
