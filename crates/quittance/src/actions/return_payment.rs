//! Takes a payment back that came back: what it had paid is open again, at its old due date. And the other way round, where it
//! counts after all. Each is an entry of its own; none is ever changed.

use billing::ledger::{Entry, EntryKind, Ledger, Posting};
use billing::money::{Money, digits};
use billing::settling::{Settled, reopen};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;
use store::audit::AuditKind;
use store::books::EntryRow;
use store::credit::{BookingRow, MovedRow, PaymentRow};
use store::{EntryId, InvoiceId, Tx};

use super::book_deed::{Booked, numbered, paid_on, settles};
use crate::app::App;
use crate::audit::Actor;
use crate::books::post;
use crate::error::{Error, Result};
use crate::import::resolve::minor;

/// What the keys of payments by a processor begin with.
pub const BY_PROCESSOR: &str = "processor ";

/// What happened to a payment.
#[derive(Clone, Debug)]
pub struct ReturnPayment {
    /// Its id as `quittance payments list` shows it, or its reference.
    pub payment: String,
    /// Returned, charged back, or reinstated.
    pub kind: EntryKind,
    /// Why.
    pub reason: String,
    /// What the bank took for it, in major units; 0: nothing.
    pub fee: Decimal,
    /// The day in the books, not after today.
    pub on: Date,
}

/// Books it once.
///
/// # Errors
/// `Refused` with the sentence that says why it can't be booked.
pub async fn return_payment(app: &App, ask: ReturnPayment, by: &Actor) -> Result<Booked> {
    if ask.on > app.today() {
        return Err(Error::Refused(format!("{} is after today, {}; book it on that day", ask.on, app.today())));
    }
    if ask.reason.trim().is_empty() {
        return Err(Error::refused("say why"));
    }
    let ids = || (InvoiceId::from(app.ids.mint::<i64>()), app.ids.mint());
    let desk = Desk { now: app.clock.now(), own: ids(), of_fee: ids() };
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let booked = desk.write(tx, &ask)?;
        if !booked.is_repeated {
            let account = named(tx, &ask.payment)?.account_id;
            let after = json!({ "amount_minor": booked.amount, "on": ask.on, "documents": booked.parts });
            let subject = format!("{}: {}", ask.kind, ask.reason.trim());
            tx.append_audit(&[by.did(AuditKind::Booking, subject).of(account).after(after)])?;
        }
        Ok::<_, Error>(booked)
    });
    written.await
}

/// What it would book; nothing is written.
///
/// # Errors
/// As [`return_payment`].
pub fn plan(tx: &mut Tx, ask: &ReturnPayment) -> Result<Booked> {
    let payment = named(tx, &ask.payment)?;
    match repeated(&payment, ask)? {
        Some(booked) => Ok(booked),
        None => {
            let before = newest(tx, &payment)?;
            decide(tx, (&payment, &before), ask.kind).map(|(booked, _)| booked)
        }
    }
}

/// What is made before the transaction: the ids of booking and entry, also of the bank's fee.
pub struct Desk {
    /// In business time.
    pub now: Timestamp,
    /// Of the booking that takes it back.
    pub own: (InvoiceId, EntryId),
    /// Of the fee's.
    pub of_fee: (InvoiceId, EntryId),
}

impl Desk {
    fn write(&self, tx: &mut Tx, ask: &ReturnPayment) -> Result<Booked> {
        let payment = named(tx, &ask.payment)?;
        if payment.key.starts_with(BY_PROCESSOR) {
            let words = "came by the payment processor; what becomes of it is booked when the processor says so";
            return Err(Error::Refused(format!("{} {words}", payment.reason)));
        }
        let before = newest(tx, &payment)?;
        self.carry_out(tx, (&payment, &before), ask, Ledger::Bank)
    }

    /// Books it once, on the ledger account that the money came to. `before` is what comes back, or counts after all: what the
    /// payment's newest booking settled, as far as it is still there.
    ///
    /// # Errors
    /// As [`return_payment`].
    pub fn carry_out(
        &self,
        tx: &mut Tx,
        (payment, before): (&PaymentRow, &Settled),
        ask: &ReturnPayment,
        cash: Ledger,
    ) -> Result<Booked> {
        if let Some(booked) = repeated(payment, ask)? {
            return Ok(booked);
        }
        // The newest one is told by its id; this id was made before that one was booked, so it is tried again with another.
        if self.own.0 < payment.newest_id {
            return Err(store::Error::Contended.into());
        }
        if ask.on < payment.booked_on {
            return Err(Error::Refused(format!("the payment came on {}; that is later", payment.booked_on)));
        }
        let (booked, settled) = decide(tx, (payment, before), ask.kind)?;
        let entry = Entry::settling(cash, &settled.parts, settled.rest).map_err(Error::internal)?;
        let reason = ask.reason.trim().to_owned();
        self.book(tx, (payment, ask), (self.own, ask.kind, booked.amount), &reason, &entry)?;
        let places = u32::from(digits(payment.currency));
        let fee = minor(ask.fee, places).ok_or_else(|| Error::Refused(format!("{} is no amount", ask.fee)))?;
        if fee > 0 {
            let shown = Money::new(fee, payment.currency).with_currency();
            let taken = [Posting::to(Ledger::PaymentFees, fee), Posting::to(Ledger::Bank, -fee)];
            let entry = Entry::new(taken).map_err(Error::internal)?;
            let reason = format!("{shown} taken by the bank: {reason}");
            self.book(tx, (payment, ask), (self.of_fee, EntryKind::BankFee, fee), &reason, &entry)?;
        }
        Ok(booked)
    }

    fn book(
        &self,
        tx: &mut Tx,
        (payment, ask): (&PaymentRow, &ReturnPayment),
        ((booking_id, entry_id), kind, amount_minor): ((InvoiceId, EntryId), EntryKind, i64),
        reason: &str,
        entry: &Entry,
    ) -> Result<()> {
        tx.insert(&[BookingRow {
            account_id: payment.account_id,
            booking_id,
            kind,
            payment_id: Some(payment.booking_id),
            // How many came before: two commands at once can't both be the next.
            key: format!("{} {} {}", name(kind), i64::from(payment.booking_id), payment.count),
            amount_minor,
            currency: payment.currency,
            reason: reason.to_owned(),
            booked_on: ask.on,
            made_at: self.now,
        }])?;
        let head = EntryRow {
            account_id: payment.account_id,
            entry_id,
            kind,
            document_id: booking_id,
            posted_on: ask.on,
            currency: payment.currency,
        };
        post(tx, &head, entry)
    }
}

/// What a key begins with: of the ways of coming back, and of counting after all, only one can be the next.
const fn name(kind: EntryKind) -> &'static str {
    if matches!(kind, EntryKind::BankFee) { "fee of" } else { "after" }
}

/// The one payment of an id or reference.
fn named(tx: &mut Tx, text: &str) -> Result<PaymentRow> {
    let id: i64 = text.parse().unwrap_or(0);
    let mut found = tx.payments_named(InvoiceId::from(id), text)?;
    let list = "`quittance payments list` shows them";
    match found.len() {
        0 => Err(Error::Refused(format!("there is no payment {text}; {list}"))),
        1 => found.pop().ok_or(Error::NotFound),
        count => Err(Error::Refused(format!("{count} payments have the reference {text}; name it by its id: {list}"))),
    }
}

/// The same again is done already; what makes no sense of where the payment stands is refused.
fn repeated(payment: &PaymentRow, ask: &ReturnPayment) -> Result<Option<Booked>> {
    let (newest, reason) = (payment.newest_kind, &payment.newest_reason);
    if newest == ask.kind && *reason == ask.reason.trim() {
        let (amount, currency) = (payment.amount_minor, payment.currency);
        return Ok(Some(Booked { amount, currency, parts: Vec::new(), credit: 0, is_repeated: true }));
    }
    match (ask.kind.takes_back(), newest.takes_back()) {
        (true, true) => Err(Error::Refused(format!(
            "the payment came back already ({reason}); if it counts after all: quittance payments reinstate {}",
            i64::from(payment.booking_id)
        ))),
        (false, false) => Err(Error::refused("the payment has not come back; there is nothing to reinstate")),
        _ => Ok(None),
    }
}

/// What is booked, with the amounts as they settle: negative where a document is open again, or credit is taken.
fn decide(tx: &mut Tx, (payment, before): (&PaymentRow, &Settled), kind: EntryKind) -> Result<(Booked, Settled)> {
    let (amount, currency) = (sum(before).abs(), payment.currency);
    let settled = if kind.takes_back() {
        taken_back(tx, payment, before)?
    } else {
        let first: Vec<i64> = before.parts.iter().map(|(document, _)| *document).collect();
        settles(tx, payment.account_id, amount, &first)?
    };
    let parts = numbered(tx, payment.account_id, &settled.parts)?;
    Ok((Booked { amount, currency, parts, credit: settled.rest, is_repeated: false }, settled))
}

/// What a payment's newest booking settled; negative where that took it back.
///
/// # Errors
/// Those of the database.
pub fn newest(tx: &mut Tx, payment: &PaymentRow) -> Result<Settled> {
    Ok(moved(&tx.moved_by(payment.account_id, payment.newest_kind, payment.newest_id)?))
}

/// Minor units of all that was settled.
pub fn sum(settled: &Settled) -> i64 {
    settled.parts.iter().map(|(_, minor)| minor).sum::<i64>() + settled.rest
}

/// What an entry settled, and what of it became credit.
fn moved(rows: &[MovedRow]) -> Settled {
    let parts = rows.iter().filter_map(|row| Some((row.document_id?.into(), -row.amount_minor))).collect();
    let rest = rows.iter().filter(|row| row.document_id.is_none()).map(|row| -row.amount_minor).sum();
    Settled { parts, rest }
}

fn taken_back(tx: &mut Tx, payment: &PaymentRow, before: &Settled) -> Result<Settled> {
    let account = payment.account_id;
    let credit = tx.account_states(&[account])?.first().map_or(0, |state| state.credit_minor);
    let shown = |minor: i64| Money::new(minor, payment.currency).with_currency();
    let by_credit = moved(&tx.paid_by_credit(account)?).parts;
    let again = reopen(before, credit, &by_credit).map_err(|gone| {
        let missing = shown(gone.0);
        Error::Refused(format!("{missing} of it became credit and was paid out; record first that this came back"))
    })?;
    for (document, minor) in &again.parts {
        let state = tx.invoice_state(account, InvoiceId::from(*document))?.ok_or(Error::NotFound)?;
        let paid = paid_on(tx, &state)?;
        if *minor > paid {
            let number = tx.number_of(account, state.invoice_id)?.map(|row| row.number).unwrap_or_default();
            return Err(Error::Refused(format!(
                "{} was paid on {number} by it, and only {} of that is still paid: the rest went back before",
                shown(*minor),
                shown(paid)
            )));
        }
    }
    let parts = again.parts.into_iter().map(|(document, minor)| (document, -minor)).collect();
    Ok(Settled { parts, rest: -again.rest })
}
