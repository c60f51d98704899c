//! The money of the invented customers: checks that came, each customer in its own time. One has more to tell: a check that
//! bounced, a visit credited, a little given up.

use billing::Stream;
use billing::calendar::shift;
use billing::crediting::Choice;
use billing::ledger::EntryKind;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::Tx;

use crate::actions::book_deed::{BookDeed, Deed, book_deed};
use crate::actions::credit_invoice::{CreditInvoice, credit_invoice};
use crate::actions::return_payment::{ReturnPayment, return_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Who has more to tell.
pub const PAYER: &str = "A-101";
/// What that one owed so many days before today is paid.
const PAID_BEFORE: i32 = 25;
/// How long after the due date the customers pay, in turn: most in time, one late, one very late.
const LATE_BY: [i32; 6] = [0, -1, 0, -2, 16, 41];

/// An invoice with something open.
struct Open {
    number: String,
    stream: Option<Stream>,
    issued_on: Date,
    due_on: Date,
    minor: i64,
}

/// Books what became of the invoices up to `today`.
///
/// # Errors
/// Those of the deeds.
pub async fn move_money(app: &App, today: Date) -> Result<()> {
    let accounts = app.store.read(Tx::accounts).await?;
    for (account, late_by) in accounts.iter().zip(LATE_BY.into_iter().cycle()).filter(|(row, _)| row.code != PAYER) {
        for (one, check) in open(app, &account.code).await?.iter().zip(5101..) {
            let on = shift(one.due_on, late_by).max(one.issued_on);
            if on <= today {
                pay(app, &account.code, one, (check, on)).await?;
            }
        }
    }
    tell_more(app, today).await
}

async fn pay(app: &App, account: &str, one: &Open, (check, on): (u32, Date)) -> Result<()> {
    let deed = Deed::Payment { amount: one.minor, chosen: vec![one.number.clone()] };
    book(app, account, deed, (format!("Check {check}"), on)).await
}

async fn tell_more(app: &App, today: Date) -> Result<()> {
    let (paid, open): (Vec<Open>, Vec<Open>) =
        open(app, PAYER).await?.into_iter().partition(|one| one.due_on < shift(today, -PAID_BEFORE));
    for (one, check) in paid.iter().zip(2201..) {
        pay(app, PAYER, one, (check, one.due_on)).await?;
    }
    if let Some((last, check)) = paid.iter().zip(2201..).last() {
        let back = ReturnPayment {
            payment: format!("Check {check}"),
            kind: EntryKind::Returned,
            reason: "Insufficient funds".to_owned(),
            fee: Decimal::from(12),
            on: shift(last.due_on, 4).min(today),
        };
        return_payment(app, back, &Actor::program(app)).await?;
    }
    if let Some(one) = open.iter().rfind(|one| one.stream == Some(Stream::Biweekly)) {
        let reason = "The visit was entered twice".to_owned();
        let (choice, key) = (Choice::Lines(vec![1]), format!("{} twice", one.number));
        let known = credit_invoice(
            app,
            CreditInvoice { invoice: one.number.clone(), choice, reason, key },
            &Actor::program(app),
        )
        .await;
        // A first line that cost nothing can't be credited: then this customer has no credit note.
        known.map(drop).or_else(|error| if matches!(error, Error::Refused(_)) { Ok(()) } else { Err(error) })?;
    }
    if let Some(one) = open.first().filter(|one| one.minor > 120) {
        let deed = Deed::WriteOff { number: one.number.clone(), amount: Some(120) };
        book(app, PAYER, deed, ("Kept by the customer's bank".to_owned(), today)).await?;
    }
    Ok(())
}

async fn book(app: &App, account: &str, deed: Deed, (reason, on): (String, Date)) -> Result<()> {
    let key = format!("{account} {on} {reason}");
    book_deed(app, BookDeed { account: account.to_owned(), deed, reason, on, key }, &Actor::program(app))
        .await
        .map(drop)
}

/// A customer's open invoices, the oldest due first.
async fn open(app: &App, account: &str) -> Result<Vec<Open>> {
    let code = account.to_owned();
    let read = app.store.read(move |tx| {
        let Some(account) = tx.account_by_code(&code)? else { return Ok(Vec::new()) };
        let mut open = Vec::new();
        for state in tx.open_documents(account.account_id)? {
            let number = tx.number_of(state.account_id, state.invoice_id)?.map(|row| row.number).unwrap_or_default();
            let stream = tx.stream_of(state.account_id, state.invoice_id)?;
            let (issued_on, due_on) = (state.issued_on, state.due_on);
            open.push(Open { number, stream, issued_on, due_on, minor: state.balance_minor });
        }
        Ok::<_, store::Error>(open)
    });
    Ok(read.await?)
}
