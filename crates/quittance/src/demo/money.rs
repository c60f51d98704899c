//! The money of one invented customer: checks that came, one that bounced, a visit credited, a little given up.

use billing::Stream;
use billing::calendar::shift;
use billing::crediting::Choice;
use billing::ledger::EntryKind;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::actions::book_deed::{BookDeed, Deed, book_deed};
use crate::actions::credit_invoice::{CreditInvoice, credit_invoice};
use crate::actions::return_payment::{ReturnPayment, return_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Whose it is.
pub const PAYER: &str = "A-101";
/// What is due so many days before today is paid.
const PAID_BEFORE: i32 = 25;

/// An invoice with something open.
struct Open {
    number: String,
    stream: Option<Stream>,
    due_on: Date,
    minor: i64,
}

/// Books what became of the customer's invoices up to `today`.
///
/// # Errors
/// Those of the deeds.
pub async fn move_money(app: &App, today: Date) -> Result<()> {
    let (paid, open): (Vec<Open>, Vec<Open>) =
        open(app).await?.into_iter().partition(|one| one.due_on < shift(today, -PAID_BEFORE));
    for (one, check) in paid.iter().zip(2201..) {
        let deed = Deed::Payment { amount: one.minor, chosen: vec![one.number.clone()] };
        book(app, deed, format!("Check {check}"), one.due_on).await?;
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
        book(app, deed, "Kept by the customer's bank".to_owned(), today).await?;
    }
    Ok(())
}

async fn book(app: &App, deed: Deed, reason: String, on: Date) -> Result<()> {
    let key = format!("{on} {reason}");
    book_deed(app, BookDeed { account: PAYER.to_owned(), deed, reason, on, key }, &Actor::program(app)).await.map(drop)
}

/// The customer's open invoices, the oldest due first.
async fn open(app: &App) -> Result<Vec<Open>> {
    let read = app.store.read(|tx| {
        let Some(account) = tx.account_by_code(PAYER)? else { return Ok(Vec::new()) };
        let mut open = Vec::new();
        for state in tx.open_documents(account.account_id)? {
            let number = tx.number_of(state.account_id, state.invoice_id)?.map(|row| row.number).unwrap_or_default();
            let stream = tx.stream_of(state.account_id, state.invoice_id)?;
            open.push(Open { number, stream, due_on: state.due_on, minor: state.balance_minor });
        }
        Ok::<_, store::Error>(open)
    });
    Ok(read.await?)
}
