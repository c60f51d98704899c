//! The list of all payments, and one that was recorded by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use billing::ledger::EntryKind;
use billing::money::Money;
use billing::payment::PaymentState;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::credit::PaymentRow;
use store::payment::GatewayPaymentRow;
use store::{InvoiceId, PaymentId, Tx};

use crate::actions::book_deed::numbered;
use crate::actions::return_payment::BY_PROCESSOR;
use crate::app::App;
use crate::cli::credit::currency;
use crate::cli::say;
use crate::error::{Error, Result};

/// So many are read at once.
const PAGE: i64 = 500;

/// Payments in the order of their days. What the processor has brought stands as it was booked, account by account; what it hasn't
/// brought stands as it was asked for.
pub async fn list(app: &App, account: Option<&str>) -> Result<ExitCode> {
    if let Some(code) = account {
        // Of an account that there isn't, nothing would be a wrong answer.
        currency(app, code).await?;
    }
    let zone = app.zone();
    let mut lines = app.store.read(move |tx| all(tx, &zone)).await?;
    lines.retain(|line| account.is_none_or(|wanted| wanted == line.account));
    lines.sort_by_key(|line| line.day);
    if lines.is_empty() {
        say("There is no payment.");
    }
    for line in &lines {
        say(&line.text());
    }
    Ok(ExitCode::SUCCESS)
}

/// What stands on a line.
pub struct Line {
    /// `P-1001`, or the id of one by hand.
    name: String,
    day: Date,
    /// The account's code.
    account: String,
    amount: Money,
    words: String,
}

impl Line {
    /// As it is printed.
    pub fn text(&self) -> String {
        let amount = self.amount.to_string();
        format!("{:>20} {} {:<12} {amount:>14} {}", self.name, self.day, self.account, self.words)
    }

    /// A payment by the processor, or an account's part of it; its day is that of the charge where it is planned.
    pub fn by_processor(row: &GatewayPaymentRow, (account, minor): (&str, i64), zone: &TimeZone) -> Self {
        let how = format!("{} by {}", row.method_words, row.origin);
        Self {
            name: row.number.clone(),
            day: row.charge_on.unwrap_or_else(|| row.made_at.to_zoned(zone.clone()).date()),
            account: account.to_owned(),
            amount: Money::new(minor, row.currency),
            words: format!("{} ({})", how.trim(), standing(row)),
        }
    }

    fn booked(row: &PaymentRow) -> Self {
        Self {
            name: i64::from(row.booking_id).to_string(),
            day: row.booked_on,
            account: row.account_code.clone(),
            amount: Money::new(row.amount_minor, row.currency),
            words: format!("{}{}", row.reason, became(row)),
        }
    }
}

fn all(tx: &mut Tx, zone: &TimeZone) -> Result<Vec<Line>, store::Error> {
    let (accounts, online) = (tx.accounts()?, by_processor(tx)?);
    let mut lines = Vec::new();
    let mut brought = BTreeSet::new();
    for row in tx.payments()? {
        let number = row.key.strip_prefix(BY_PROCESSOR).unwrap_or_default();
        let line = Line::booked(&row);
        match online.get(number) {
            Some(payment) => {
                brought.insert(payment.payment_id);
                let online = Line::by_processor(payment, (&row.account_code, row.amount_minor), zone);
                lines.push(Line { day: line.day, ..online });
            }
            None => lines.push(line),
        }
    }
    for payment in online.values().filter(|payment| !brought.contains(&payment.payment_id)) {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for part in tx.payment_parts(payment.payment_id)? {
            let known = accounts.iter().find(|account| account.account_id == part.account_id);
            *sums.entry(known.map_or("", |account| account.code.as_str())).or_default() += part.amount_minor;
        }
        lines.extend(sums.into_iter().map(|sum| Line::by_processor(payment, sum, zone)));
    }
    Ok(lines)
}

/// All of them, by number.
fn by_processor(tx: &mut Tx) -> Result<BTreeMap<String, GatewayPaymentRow>, store::Error> {
    let (mut all, mut before) = (BTreeMap::new(), PaymentId::from(i64::MAX));
    loop {
        let page = tx.newest_payments(before, PAGE)?;
        let Some(last) = page.last() else { break };
        before = last.payment_id;
        all.extend(page.into_iter().map(|row| (row.number.clone(), row)));
    }
    Ok(all)
}

/// `settled, 68.15 refunded`
fn standing(row: &GatewayPaymentRow) -> String {
    match row.state {
        PaymentState::Settled if row.refunded_minor >= row.amount_minor => "refunded".to_owned(),
        PaymentState::Settled if row.refunded_minor > 0 => {
            format!("settled, {} refunded", Money::new(row.refunded_minor, row.currency))
        }
        state => state.as_str().replace('_', " "),
    }
}

/// What became of it, where something did.
fn became(row: &PaymentRow) -> String {
    let word = match row.newest_kind {
        EntryKind::Returned => "returned",
        EntryKind::Chargeback => "charged back",
        EntryKind::Reinstated => "reinstated",
        _ => return String::new(),
    };
    format!(" ({word}: {})", row.newest_reason)
}

/// Those by hand of this id or reference, each with what it paid.
pub async fn show(app: &App, name: &str) -> Result<ExitCode> {
    let (id, reference) = (InvoiceId::from(name.parse::<i64>().unwrap_or_default()), name.to_owned());
    let found = app.store.read(move |tx| {
        let mut found = Vec::new();
        for row in tx.payments_named(id, &reference)? {
            let moved = tx.moved_by(row.account_id, EntryKind::Payment, row.booking_id)?;
            let paid = |document: Option<InvoiceId>| document.map_or(0, i64::from);
            let parts: Vec<_> = moved.iter().map(|part| (paid(part.document_id), -part.amount_minor)).collect();
            found.push((numbered(tx, row.account_id, &parts)?, row));
        }
        Ok::<_, Error>(found)
    });
    let found = found.await?;
    if found.is_empty() {
        return Err(Error::Refused(format!("there is no payment {name}; `quittance payments list` shows them")));
    }
    for (parts, row) in &found {
        say(&Line::booked(row).text());
        for (number, minor) in parts {
            let what = if number.is_empty() { "credit" } else { number };
            say(&format!("  {what:<18} {:>38}", Money::new(*minor, row.currency).to_string()));
        }
    }
    Ok(ExitCode::SUCCESS)
}
