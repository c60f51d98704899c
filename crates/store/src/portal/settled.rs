//! When a document was paid, and with what.

use billing::ledger::EntryKind;
use jiff::civil::Date;

use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// The last that was settled of a document.
    pub struct SettledRow {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub posted_on: Date,
        pub kind: EntryKind,
        /// What was said of the payment: `Check 5101`.
        pub reason: String,
    }
}

statements! {
    SETTLED: (; many Integer) -> SettledRow = "SELECT p.account_id, p.document_id, e.posted_on, e.kind, \
        coalesce(b.reason, '') AS reason FROM posting p JOIN entry e ON e.account_id = p.account_id AND e.entry_id = p.entry_id \
        LEFT JOIN booking b ON b.account_id = e.account_id AND b.booking_id = e.document_id \
        WHERE p.document_id IN ($keys) AND p.amount_minor < 0 AND e.kind IN ('payment', 'credit_used', 'reinstated') \
        ORDER BY p.document_id, e.posted_on, e.entry_id";
}

impl Tx {
    /// What settled these documents last, by their ids; nothing for one that nobody paid anything of. Whose they are is for
    /// the caller to know.
    pub fn settled_last(&mut self, documents: &[InvoiceId]) -> Result<Vec<SettledRow>, Error> {
        let mut rows: Vec<SettledRow> = self.rows_by(&SETTLED, &[], documents)?;
        rows.reverse();
        rows.dedup_by_key(|row| row.document_id);
        rows.reverse();
        Ok(rows)
    }
}
