//! Books what moves money by hand and is no document: payments, refunds, write-offs, credit given and used.

use billing::Currency;
use billing::ledger::{Entry, EntryKind, Ledger};
use billing::money::Money;
use billing::settling::{Open, Settled, settle};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::account::AccountRow;
use store::audit::AuditKind;
use store::books::EntryRow;
use store::credit::BookingRow;
use store::invoice::InvoiceStateRow;
use store::{AccountId, EntryId, InvoiceId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::books::{post, total_of};
use crate::error::{Error, Result};

/// What is booked.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Money came to the bank: it settles what was chosen, then the oldest due, and the rest is the account's credit.
    Payment { amount: i64, chosen: Vec<String> },
    /// The account's credit, or so much of it, settles what was chosen, then the oldest due; the rest stays.
    UseCredit { amount: Option<i64>, chosen: Vec<String> },
    /// What is open of a document, or a part, is given up.
    WriteOff { number: String, amount: Option<i64> },
    /// Money went back by the bank: out of the account's credit, or, where a document is named, of what was paid on it;
    /// that is open again then.
    Refund { amount: i64, number: Option<String> },
    /// The account gets credit, for no invoice.
    Goodwill { amount: i64 },
}

/// A deed with its account, day and reason.
#[derive(Clone, Debug)]
pub struct BookDeed {
    /// The account's code.
    pub account: String,
    /// What is booked.
    pub deed: Deed,
    /// Why; of a payment or refund its reference.
    pub reason: String,
    /// The day in the books, not after today.
    pub on: Date,
    /// Names the command: one that runs twice books once.
    pub key: String,
}

/// What was booked, or would be.
#[derive(Clone, Debug)]
pub struct Booked {
    /// In minor units, more than 0.
    pub amount: i64,
    /// In what currency.
    pub currency: Currency,
    /// What was settled of which document, by number; negative where it is open again.
    pub parts: Vec<(String, i64)>,
    /// What became the account's credit; negative where credit was used.
    pub credit: i64,
    /// Whether the same command had booked it before.
    pub is_repeated: bool,
}

/// Books the deed once.
///
/// # Errors
/// `Refused` with the sentence that says why it can't be booked.
pub async fn book_deed(app: &App, ask: BookDeed, by: &Actor) -> Result<Booked> {
    if ask.on > app.today() {
        return Err(Error::Refused(format!("{} is after today, {}; book it on that day", ask.on, app.today())));
    }
    if ask.reason.trim().is_empty() {
        return Err(Error::refused("say why, or by which reference"));
    }
    let (booking_id, entry_id, now) = (app.ids.mint(), app.ids.mint(), app.clock.now());
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let (booked, kind) = write(tx, &ask, (booking_id, entry_id), now)?;
        if let Some((account, kind)) = kind {
            let after = json!({ "amount_minor": booked.amount, "on": ask.on.to_string(), "documents": booked.parts });
            let subject = format!("{kind}: {}", ask.reason.trim());
            tx.append_audit(&[by.did(AuditKind::Booking, subject).of(account).after(after)])?;
        }
        Ok::<_, Error>(booked)
    });
    written.await
}

/// What the deed would book; nothing is written.
///
/// # Errors
/// As [`book_deed`].
pub fn plan(tx: &mut Tx, ask: &BookDeed) -> Result<Booked> {
    decide(tx, ask).map(|decided| decided.booked)
}

/// What is booked, and its entry.
struct Decided {
    account: AccountId,
    kind: EntryKind,
    booked: Booked,
    entry: Entry,
}

/// What was booked; whose and of what kind, where it is new.
fn write(
    tx: &mut Tx,
    ask: &BookDeed,
    (booking_id, entry_id): (InvoiceId, EntryId),
    now: Timestamp,
) -> Result<(Booked, Option<(AccountId, EntryKind)>)> {
    let account = account(tx, &ask.account)?;
    if let Some(known) = tx.booking_by_key(account.account_id, &ask.key)? {
        let (amount, currency) = (known.amount_minor, known.currency);
        return Ok((Booked { amount, currency, parts: Vec::new(), credit: 0, is_repeated: true }, None));
    }
    let decided = decide(tx, ask)?;
    let booking = BookingRow {
        account_id: decided.account,
        booking_id,
        kind: decided.kind,
        payment_id: None,
        key: ask.key.clone(),
        amount_minor: decided.booked.amount,
        currency: decided.booked.currency,
        reason: ask.reason.trim().to_owned(),
        booked_on: ask.on,
        made_at: now,
    };
    tx.insert(std::slice::from_ref(&booking))?;
    let head = EntryRow {
        account_id: decided.account,
        entry_id,
        kind: decided.kind,
        document_id: booking_id,
        posted_on: ask.on,
        currency: decided.booked.currency,
    };
    post(tx, &head, &decided.entry)?;
    Ok((decided.booked, Some((decided.account, decided.kind))))
}

fn account(tx: &mut Tx, code: &str) -> Result<AccountRow> {
    tx.account_by_code(code)?.ok_or_else(|| Error::no_account(code))
}

fn decide(tx: &mut Tx, ask: &BookDeed) -> Result<Decided> {
    let account = account(tx, &ask.account)?;
    let id = account.account_id;
    let credit = tx.account_states(&[id])?.first().map_or(0, |state| state.credit_minor);
    let shown = |minor: i64| Money::new(minor, account.currency).with_currency();
    let (kind, from, settled) = match &ask.deed {
        Deed::Payment { amount, chosen } => (EntryKind::Payment, Ledger::Bank, applied(tx, &account, *amount, chosen)?),
        Deed::UseCredit { amount, chosen } => {
            let most = amount.unwrap_or(credit);
            if most > credit || credit == 0 {
                return Err(Error::Refused(format!("{} has {} in credit", ask.account, shown(credit))));
            }
            let settled = Settled { rest: 0, ..applied(tx, &account, most, chosen)? };
            (EntryKind::CreditUsed, Ledger::CustomerCredit, settled)
        }
        Deed::WriteOff { number, amount } => {
            let state = state(tx, &account, number)?;
            let amount = amount.unwrap_or(state.balance_minor);
            if amount > state.balance_minor || state.balance_minor == 0 {
                return Err(Error::Refused(format!("{} is open of {number}", shown(state.balance_minor))));
            }
            (EntryKind::WriteOff, Ledger::WriteOffs, one(&state, amount))
        }
        Deed::Refund { amount, number: Some(number) } => {
            let (state, paid) = paid(tx, &account, number)?;
            if *amount > paid {
                return Err(Error::Refused(format!("{} was paid on {number}", shown(paid))));
            }
            (EntryKind::Refund, Ledger::Bank, one(&state, -amount))
        }
        Deed::Refund { amount, number: None } => {
            if *amount > credit {
                let hint = "to pay back what was paid on an invoice, name it with --invoice";
                return Err(Error::Refused(format!("{} has {} in credit; {hint}", ask.account, shown(credit))));
            }
            (EntryKind::Refund, Ledger::Bank, Settled { parts: Vec::new(), rest: -amount })
        }
        Deed::Goodwill { amount } => {
            (EntryKind::Goodwill, Ledger::Goodwill, Settled { parts: Vec::new(), rest: *amount })
        }
    };
    booked(tx, &account, kind, (from, settled))
}

fn booked(tx: &mut Tx, account: &AccountRow, kind: EntryKind, (from, settled): (Ledger, Settled)) -> Result<Decided> {
    let sum: i64 = settled.parts.iter().map(|(_, minor)| minor).sum();
    let amount = sum.saturating_add(settled.rest).saturating_abs();
    if amount == 0 {
        return Err(Error::Refused(format!("there is nothing to book for {}: nothing is open", account.code)));
    }
    let entry = Entry::settling(from, &settled.parts, settled.rest).map_err(Error::internal)?;
    let parts = numbered(tx, account.account_id, &settled.parts)?;
    let credit = if kind == EntryKind::CreditUsed { -sum } else { settled.rest };
    let booked = Booked { amount, currency: account.currency, parts, credit, is_repeated: false };
    Ok(Decided { account: account.account_id, kind, booked, entry })
}

/// Amounts by the numbers of their documents.
///
/// # Errors
/// Those of the database.
pub fn numbered(tx: &mut Tx, account: AccountId, parts: &[(i64, i64)]) -> Result<Vec<(String, i64)>> {
    let mut numbered = Vec::new();
    for (document, minor) in parts {
        let number = tx.number_of(account, InvoiceId::from(*document))?;
        numbered.push((number.map(|row| row.number).unwrap_or_default(), *minor));
    }
    Ok(numbered)
}

/// What an amount settles: the one way that payments and credit are applied.
fn applied(tx: &mut Tx, account: &AccountRow, amount: i64, chosen: &[String]) -> Result<Settled> {
    let mut first = Vec::new();
    for number in chosen {
        first.push(state(tx, account, number)?.invoice_id.into());
    }
    settles(tx, account.account_id, amount, &first)
}

/// The same, of documents by their ids.
///
/// # Errors
/// Those of the database.
pub fn settles(tx: &mut Tx, account: AccountId, amount: i64, first: &[i64]) -> Result<Settled> {
    Ok(settle(amount, first, &open(tx, account)?)?)
}

/// What an account has open.
///
/// # Errors
/// Those of the database.
pub fn open(tx: &mut Tx, account: AccountId) -> Result<Vec<Open>> {
    let open = |row: &InvoiceStateRow| Open {
        document: row.invoice_id.into(),
        due_on: row.due_on,
        balance: row.balance_minor,
    };
    Ok(tx.open_documents(account)?.iter().map(open).collect())
}

fn one(state: &InvoiceStateRow, amount: i64) -> Settled {
    Settled { parts: vec![(state.invoice_id.into(), amount)], rest: 0 }
}

/// The state of an account's invoice or late fee.
fn state(tx: &mut Tx, account: &AccountRow, number: &str) -> Result<InvoiceStateRow> {
    let known = tx.number(number)?.filter(|row| row.account_id == account.account_id);
    let found = match known {
        Some(row) => tx.invoice_state(row.account_id, row.document_id)?,
        None => None,
    };
    found.ok_or_else(|| Error::Refused(format!("{} has no invoice or late fee {number}", account.code)))
}

/// The state, and what was paid: what is neither open nor credited nor given up.
fn paid(tx: &mut Tx, account: &AccountRow, number: &str) -> Result<(InvoiceStateRow, i64)> {
    let state = state(tx, account, number)?;
    let paid = paid_on(tx, &state)?;
    Ok((state, paid))
}

/// The same of a document by its id.
///
/// # Errors
/// Those of the database.
pub fn paid_of(tx: &mut Tx, account: AccountId, document: InvoiceId) -> Result<i64> {
    match tx.invoice_state(account, document)? {
        Some(state) => paid_on(tx, &state),
        None => Ok(0),
    }
}

/// What was paid on a document, and is neither open nor credited nor given up.
///
/// # Errors
/// Those of the database.
pub fn paid_on(tx: &mut Tx, state: &InvoiceStateRow) -> Result<i64> {
    let total = total_of(tx, state.account_id, state.invoice_id)?;
    Ok(total - state.balance_minor - state.credited_minor - state.written_off_minor)
}
