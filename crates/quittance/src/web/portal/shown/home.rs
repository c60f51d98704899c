//! The strip on top of the list: what is owed, what is overdue, what falls due next, and the last months.

use std::collections::BTreeMap;

use billing::{Grid, Money, Month, Stream};
use store::AccountId;
use store::books::{AccountMonthRow, AccountStateRow};
use store::credit::OpenFeeRow;
use store::portal::{Dues, ListedRow};
use store::scope::AccountScope;

use super::accounts::{counted, owed};
use super::listing::href;
use super::{Today, status::Standing};
use crate::paper::words;
use crate::sums::Sums;
use crate::web::pages::{Chart, Link, NextDue, Overdue, Piece, Summary};

/// So many bars have room for their figures.
const MONTHS: usize = 6;

/// What the strip is made of.
pub struct HomeParts<'a> {
    /// The accounts asked for.
    pub scope: &'a AccountScope,
    /// What they owe.
    pub states: &'a [AccountStateRow],
    /// What is late of the accounts that count, and what falls due next.
    pub dues: &'a Dues,
    /// What they were invoiced, by month and stream.
    pub months: &'a [AccountMonthRow],
    /// The first open invoice of the accounts that count.
    pub oldest: Option<&'a ListedRow>,
    /// The first ones of these accounts due today or later.
    pub coming: &'a [ListedRow],
    /// Late fees that are open.
    pub late_fees: &'a [OpenFeeRow],
    /// The provider's bi-weekly run dates.
    pub grid: Grid,
}

/// The strip; none before the first invoice.
pub fn summary(parts: &HomeParts<'_>, today: &Today) -> Option<Summary> {
    if parts.months.is_empty() {
        return None;
    }
    let payable = counted(parts.scope);
    let sums = owed(&payable, parts.states);
    let open: i64 =
        parts.months.iter().filter(|row| payable.account(row.account_id).is_some()).map(|row| row.open_count).sum();
    let label = match payable.accounts().len() {
        1 => "You owe".to_owned(),
        several => format!("You owe, over {} accounts", words::count(several)),
    };
    Some(Summary {
        label,
        owed: sums.written(today.currency),
        note: note(parts, &payable, open, today),
        overdue: (open > 0).then(|| overdue(parts, &payable, today)),
        next_due: next_due(parts, &payable, today),
        chart: chart(parts, today),
        pay_all: None,
        takes_next: None,
    })
}

/// How many invoices it is; where it is none, when the next one comes; and what others owe.
fn note(parts: &HomeParts<'_>, payable: &AccountScope, open: i64, today: &Today) -> Vec<Piece> {
    let fees = i64::try_from(parts.late_fees.len()).unwrap_or(0).min(open);
    let mut sentences = vec![if open > 0 {
        let told = [(open - fees, "invoice", "invoices"), (fees, "late fee", "late fees")];
        let told = told.into_iter().filter(|(count, ..)| *count > 0);
        format!("{}.", told.map(|(count, one, many)| words::counted(count, one, many)).collect::<Vec<_>>().join(", "))
    } else {
        let next = words::long(parts.grid.after(today.day), today.order);
        format!("The next bi-weekly invoice is made on {next}, if there is something to bill.")
    }];
    let others = parts.scope.narrowed(|account| payable.account(account.account_id).is_none());
    for account in others.accounts() {
        let owes = owed(&others.narrowed(|one| one.account_id == account.account_id), parts.states);
        if !owes.is_zero() {
            sentences.push(format!(
                "{}, which you only look at, owes {}.",
                account.name,
                owes.written(account.currency)
            ));
        }
    }
    let credit: Sums = payable
        .accounts()
        .iter()
        .filter_map(|account| {
            let state = parts.states.iter().find(|state| state.account_id == account.account_id)?;
            Some((state.credit_minor, account.currency))
        })
        .collect();
    if !credit.is_zero() {
        sentences.push(format!("You have {} in credit.", credit.written(today.currency)));
    }
    vec![Piece::text(sentences.join(" "))]
}

fn overdue(parts: &HomeParts<'_>, payable: &AccountScope, today: &Today) -> Overdue {
    let late = &parts.dues.late;
    let count: i64 = late.iter().map(|row| row.open_count).sum();
    let oldest = parts.oldest.filter(|row| Standing::of(row).is_overdue(today.day));
    let note = match oldest {
        None => vec![Piece::text("Nothing is late.")],
        Some(row) => {
            let days = Standing::of(row).days_late(today.day);
            let ago = if days == 1 { "yesterday".to_owned() } else { format!("{days} days ago") };
            let due = today.day(row.due_on).text;
            let lead =
                if count > 1 { format!("{} invoices, the oldest is ", words::thousands(count)) } else { String::new() };
            vec![Piece::text(lead), link(row), Piece::text(format!(", due {due}, {ago}"))]
        }
    };
    let sums = sums(payable, late.iter().map(|row| (row.account_id, row.open_minor)));
    Overdue { amount: sums.written(today.currency), late: count > 0, note }
}

fn next_due(parts: &HomeParts<'_>, payable: &AccountScope, today: &Today) -> Option<NextDue> {
    let on = parts.dues.next.iter().map(|due| due.due_on).min()?;
    let of_day = parts.dues.next.iter().filter(|due| due.due_on == on);
    let count: i64 = of_day.clone().map(|due| due.open_count).sum();
    let day = if on == today.day { "Today".to_owned() } else { today.weekday(on) };
    let first = parts.coming.iter().find(|row| row.due_on == on).filter(|_| count == 1);
    let which = match first {
        Some(row) => link(row),
        None => Piece::text(words::counted(count, "invoice", "invoices")),
    };
    let amount = sums(payable, of_day.map(|due| (due.account_id, due.open_minor))).written(today.currency);
    Some(NextDue { amount, note: vec![Piece::text(format!("{day}: ")), which] })
}

fn sums(payable: &AccountScope, amounts: impl Iterator<Item = (AccountId, i64)>) -> Sums {
    amounts.filter_map(|(account, minor)| Some((minor, payable.account(account)?.currency))).collect()
}

fn link(row: &ListedRow) -> Piece {
    Piece::Link(Link::new(href(row), row.number.clone()))
}

/// The last months up to this one, from the first invoice on; none where they are of several currencies.
fn chart(parts: &HomeParts<'_>, today: &Today) -> Option<Chart> {
    let currency = parts.scope.accounts().first()?.currency;
    if parts.scope.accounts().iter().any(|account| account.currency != currency) {
        return None;
    }
    let mut issued: BTreeMap<Month, [i64; 2]> = BTreeMap::new();
    for row in parts.months {
        let sums = issued.entry(row.month.parse().ok()?).or_default();
        let [recurring, biweekly] = sums;
        match row.stream {
            Stream::Recurring => *recurring = recurring.saturating_add(row.issued_minor),
            Stream::Biweekly => *biweekly = biweekly.saturating_add(row.issued_minor),
        }
    }
    let first = *issued.keys().next()?;
    let months = std::iter::successors(Some(Month::of(today.day)), |month| Some(month.previous()));
    let mut months: Vec<Month> = months.take(MONTHS).take_while(|month| *month >= first).collect();
    months.reverse();
    let shown =
        months.into_iter().map(|month| charted(month, issued.get(&month).copied().unwrap_or_default(), currency));
    Some(Chart::new(currency.code(), shown.collect())).filter(|chart| chart.bars.len() > 1)
}

fn charted(month: Month, [recurring, biweekly]: [i64; 2], currency: billing::Currency) -> crate::web::pages::Month {
    let money = |minor: i64| Money::new(minor, currency).with_currency();
    let total = recurring.saturating_add(biweekly);
    let whole = billing::money::major(total, currency)
        .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    crate::web::pages::Month {
        short: month.first().strftime("%b").to_string(),
        long: words::month(month),
        recurring_minor: recurring,
        biweekly_minor: biweekly,
        recurring: money(recurring),
        biweekly: money(biweekly),
        total: money(total),
        total_short: words::thousands(i64::try_from(whole).unwrap_or(i64::MAX)),
    }
}
