//! A statement as its page shows it.

use billing::ageing::COLUMNS;
use billing::ledger::EntryKind;
use billing::{Money, Month, Span};
use store::scope::AccountScope;

use super::Today;
use super::invoice::total;
use crate::paper::plain::age;
use crate::paper::words;
use crate::statement::{Statement, StatementLine};
use crate::web::pages::{Choice, File, Frame, MovementRow, StatementsPage, Total};
use crate::web::portal::statements::StatementQuery;

/// The page.
pub fn page(
    query: &StatementQuery,
    made: &Statement,
    scope: &AccountScope,
    today: &Today,
    frame: Frame,
) -> StatementsPage {
    let figure = |minor: i64| Money::new(minor, made.currency).to_string();
    let ageing = COLUMNS.iter().zip(made.ageing).map(|(column, minor)| total(age(column), figure(minor)));
    let account = |one: &store::scope::ScopedAccount| Choice {
        value: one.code.clone(),
        text: one.name.clone(),
        count: String::new(),
        chosen: one.code == query.account.code,
    };
    let link =
        |path: &str, text: &str| File { href: query.href(path, made.span), text: text.to_owned(), size: String::new() };
    StatementsPage {
        frame,
        account_name: query.account.name.clone(),
        period: words::full_span(made.span, today.order),
        periods: periods(query, today),
        accounts: scope.accounts().iter().map(account).collect(),
        from: made.span.from.to_string(),
        to: made.span.last().to_string(),
        opened_on: today.full_day(made.span.from),
        closed_on: today.full_day(made.span.last()),
        opening: figure(made.opening),
        rows: made.lines.iter().map(|line| row(line, made, today)).collect(),
        closing: closing(made, today),
        facts: facts(made),
        ageing: ageing.collect(),
        files: vec![link("/statements.pdf", "Statement, PDF"), link("/statements.csv", "Statement, CSV")],
    }
}

/// What the customer owes, or has in credit.
fn closing(made: &Statement, today: &Today) -> Total {
    let is_now = made.span.last() >= today.day;
    let label = match (made.closing < 0, is_now) {
        (false, true) => "You owe",
        (false, false) => "You owed",
        (true, true) => "You have in credit",
        (true, false) => "You had in credit",
    };
    total(label, Money::new(made.closing.saturating_abs(), made.currency).with_currency())
}

/// What was added and what was taken off in the time.
fn facts(made: &Statement) -> Vec<Total> {
    // A refund, or a payment that came back, is less paid and nothing charged.
    let is_charge = |line: &&StatementLine| matches!(line.kind, EntryKind::Invoice | EntryKind::LateFee);
    let sum = |keep: &dyn Fn(&&StatementLine) -> bool| {
        let amounts = made.lines.iter().filter(keep).map(|line| line.amount);
        Money::new(amounts.fold(0_i64, i64::saturating_add), made.currency).with_currency()
    };
    vec![
        total("Before", Money::new(made.opening, made.currency).with_currency()),
        total("Charged", sum(&is_charge)),
        total("Paid and credited", sum(&|line| !is_charge(line))),
    ]
}

fn row(line: &StatementLine, made: &Statement, today: &Today) -> MovementRow {
    let folder = match line.kind {
        EntryKind::Invoice => "/invoices/",
        EntryKind::CreditNote => "/credit-notes/",
        EntryKind::LateFee => "/late-fees/",
        _ => "",
    };
    let href = if folder.is_empty() { String::new() } else { format!("{folder}{}", line.number) };
    MovementRow {
        on: today.day(line.on),
        number: line.number.clone(),
        href,
        what: line.what.clone(),
        amount: Money::new(line.amount, made.currency).to_string(),
        balance: Money::new(line.balance, made.currency).to_string(),
    }
}

fn periods(query: &StatementQuery, today: &Today) -> Vec<Choice> {
    let month = Month::of(today.day);
    let (last, tomorrow) = (month.previous(), billing::calendar::shift(today.day, 1));
    let year = today.day.first_of_year();
    let spans = [
        ("This month", Span::new(month.first(), tomorrow)),
        ("Last month", Span::new(last.first(), month.first())),
        ("Three months", Span::new(last.previous().first(), tomorrow)),
        ("This year", Span::new(year, tomorrow)),
    ];
    let choice = |(text, span): (&str, Span)| Choice {
        value: query.href("/statements", span),
        text: text.to_owned(),
        count: String::new(),
        chosen: span == query.span,
    };
    spans.into_iter().map(choice).collect()
}
