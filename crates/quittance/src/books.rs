//! Posts entries about what is issued already: each balance that a posting changes is changed in the same transaction.

use billing::Month;
use billing::invoice::InvoiceStatus;
use billing::ledger::{Entry, EntryKind, Ledger};
use billing::number::Prefix;
use store::books::{AccountDueRow, AccountMonthRow, AccountStateRow, EntryRow, PostingRow};
use store::invoice::InvoiceStateRow;
use store::run::SeriesRow;
use store::{AccountId, InvoiceId, Tx};

use crate::error::{Error, Result};

/// The series of credit notes.
pub const CREDIT_NOTES: &str = "credit_note";
/// The series of late fees.
pub const LATE_FEES: &str = "late_fee";

/// Inserts an entry with its postings, and keeps what is maintained: of each document its state and the sums it is in, of
/// the account what it owes and what it has in credit. The states of the documents are stored already.
///
/// # Errors
/// `Refused` where more would be taken off a document than is open of it, or more credit used than there is; those of the
/// database.
pub fn post(tx: &mut Tx, head: &EntryRow, entry: &Entry) -> Result<()> {
    tx.insert(std::slice::from_ref(head))?;
    let rows: Vec<PostingRow> = entry.postings().iter().zip(1..).map(|(posting, no)| row(head, posting, no)).collect();
    tx.insert(&rows)?;
    let mut account = AccountStateRow { account_id: head.account_id, balance_minor: 0, credit_minor: 0 };
    for posting in entry.postings() {
        if let Some(document) = posting.document {
            change(tx, head, InvoiceId::from(document), posting.amount)?;
            account.balance_minor += posting.amount;
        }
        if posting.ledger == Ledger::CustomerCredit {
            account.credit_minor -= posting.amount;
        }
    }
    let known = tx.account_states(&[head.account_id])?;
    let credit = known.first().map_or(0, |state| state.credit_minor);
    if credit.saturating_add(account.credit_minor) < 0 {
        return Err(Error::refused("the account has less credit than that; nothing was booked"));
    }
    Ok(tx.accumulate(&[account])?)
}

fn row(head: &EntryRow, posting: &billing::ledger::Posting, posting_no: i64) -> PostingRow {
    PostingRow {
        account_id: head.account_id,
        entry_id: head.entry_id,
        posting_no,
        ledger_code: posting.ledger.code(),
        document_id: posting.document.map(InvoiceId::from),
        amount_minor: posting.amount,
    }
}

/// What is open of a document changes by `amount`, and with it every sum that it is in.
fn change(tx: &mut Tx, head: &EntryRow, document: InvoiceId, amount: i64) -> Result<()> {
    let account_id = head.account_id;
    let missing = || Error::internal("a posting names a document without a state");
    let before = tx.invoice_state(account_id, document)?.ok_or_else(missing)?;
    let balance_minor = before.balance_minor.checked_add(amount).ok_or(billing::Overflow)?;
    if balance_minor < 0 {
        return Err(Error::refused("less than that is open; nothing was booked"));
    }
    let of = |kind: EntryKind| if head.kind == kind { -amount } else { 0 };
    let after = InvoiceStateRow {
        balance_minor,
        status: InvoiceStatus::of(balance_minor),
        credited_minor: before.credited_minor + of(EntryKind::CreditNote),
        written_off_minor: before.written_off_minor + of(EntryKind::WriteOff),
        ..before.clone()
    };
    let open_count = i64::from(balance_minor != 0) - i64::from(before.balance_minor != 0);
    tx.accumulate(&[AccountDueRow { account_id, due_on: after.due_on, open_count, open_minor: amount }])?;
    // It is among the open ones with its whole total, until nothing of it is open.
    let open_total_minor = if open_count == 0 { 0 } else { open_count * total_of(tx, account_id, document)? };
    let stream = tx.stream_of(account_id, document)?.ok_or_else(missing)?;
    let is_issued = head.kind == EntryKind::LateFee;
    let change = AccountMonthRow {
        account_id,
        month: Month::of(after.issued_on).to_string(),
        stream,
        // Invoices are counted by the transaction that issues them.
        issued_count: i64::from(is_issued),
        issued_minor: if is_issued { amount } else { 0 },
        open_count,
        open_minor: amount,
        open_total_minor,
    };
    tx.accumulate(&[change])?;
    Ok(tx.replace(&[after])?)
}

/// What an invoice or a late fee was issued for.
///
/// # Errors
/// Those of the database.
pub fn total_of(tx: &mut Tx, account: AccountId, document: InvoiceId) -> Result<i64> {
    Ok(match tx.invoice(account, document)? {
        Some(invoice) => invoice.total_minor,
        None => tx.late_fee(account, document)?.map_or(0, |fee| fee.total_minor),
    })
}

/// The next number of a series, taken: the first statement of whoever issues. A series that no number was given of yet
/// begins as the profile says.
///
/// # Errors
/// Those of the database.
pub fn take_number(tx: &mut Tx, series: &str, (prefix, first): (&str, i64)) -> Result<(String, i64)> {
    let locked = match tx.lock_series(series)? {
        Some(locked) => locked,
        None => {
            let new = SeriesRow { series: series.to_owned(), prefix: prefix.to_owned(), first, next: first };
            tx.insert(std::slice::from_ref(&new))?;
            new
        }
    };
    tx.advance_series(series, locked.next + 1)?;
    let prefix: Prefix = locked.prefix.parse().map_err(Error::internal)?;
    Ok((prefix.number(locked.next), locked.next))
}
