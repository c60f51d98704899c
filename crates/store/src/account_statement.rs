//! Statements: what was booked on an account's receivable and credit in a time, and what was open at its end.

use billing::ledger::EntryKind;
use jiff::civil::Date;

use crate::account::AccountRow;
use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// An entry as it changes what an account owes less its credit.
    pub struct MovementRow {
        pub posted_on: Date,
        pub kind: EntryKind,
        pub document_id: InvoiceId,
        /// Of a document.
        pub number: Option<String>,
        /// The invoice that a credit note or late fee is about.
        pub invoice: Option<String>,
        /// Of a credit note or booking.
        pub reason: Option<String>,
        /// The reference of the payment that came back, or counts after all.
        pub payment: Option<String>,
        /// Of an invoice or late fee.
        pub due_on: Option<Date>,
        pub amount_minor: i64,
    }
}

record! {
    /// What was open of a document on a day.
    pub struct OpenRow {
        pub document_id: InvoiceId,
        pub due_on: Date,
        pub balance_minor: i64,
    }
}

statements! {
    // Entries that only move credit to a document change nothing for the customer and are left out.
    MOVEMENTS: (Integer, Text, Text) -> MovementRow = "SELECT m.posted_on, m.kind, m.document_id, n.number, i.number AS invoice, \
        coalesce(c.reason, b.reason) AS reason, q.reason AS payment, s.due_on, m.amount_minor \
        FROM (SELECT e.account_id, e.entry_id, e.posted_on, e.kind, e.document_id, CAST(sum(p.amount_minor) AS BIGINT) AS amount_minor \
        FROM entry e JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.ledger_code IN ('1100', '2100') \
        WHERE e.account_id = $1 AND e.posted_on >= $2 AND e.posted_on < $3 \
        GROUP BY e.account_id, e.entry_id, e.posted_on, e.kind, e.document_id) m \
        LEFT JOIN document_number n ON n.account_id = m.account_id AND n.document_id = m.document_id \
        LEFT JOIN credit_note c ON c.account_id = m.account_id AND c.credit_note_id = m.document_id \
        LEFT JOIN late_fee f ON f.account_id = m.account_id AND f.late_fee_id = m.document_id \
        LEFT JOIN invoice i ON i.account_id = m.account_id AND i.invoice_id = coalesce(c.invoice_id, f.invoice_id) \
        LEFT JOIN booking b ON b.account_id = m.account_id AND b.booking_id = m.document_id \
        LEFT JOIN booking q ON q.account_id = b.account_id AND q.booking_id = b.payment_id \
        LEFT JOIN invoice_state s ON s.account_id = m.account_id AND s.invoice_id = m.document_id \
        WHERE m.amount_minor <> 0 ORDER BY m.posted_on, m.entry_id";
    BALANCE_ON: (Integer, Text) -> crate::One<i64> = "SELECT CAST(coalesce(sum(p.amount_minor), 0) AS BIGINT) AS minor FROM entry e \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.ledger_code IN ('1100', '2100') \
        WHERE e.account_id = $1 AND e.posted_on < $2";
    CREDIT_ON: (Integer, Text) -> crate::One<i64> = "SELECT CAST(coalesce(-sum(p.amount_minor), 0) AS BIGINT) AS minor FROM entry e \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.ledger_code = '2100' \
        WHERE e.account_id = $1 AND e.posted_on < $2";
    OPEN_ON: (Integer, Text) -> OpenRow = "SELECT o.document_id, s.due_on, o.balance_minor FROM (SELECT p.account_id, p.document_id, \
        CAST(sum(p.amount_minor) AS BIGINT) AS balance_minor FROM entry e JOIN posting p ON p.account_id = e.account_id \
        AND p.entry_id = e.entry_id AND p.ledger_code = '1100' WHERE e.account_id = $1 AND e.posted_on < $2 \
        GROUP BY p.account_id, p.document_id) o JOIN invoice_state s ON s.account_id = o.account_id AND s.invoice_id = o.document_id \
        WHERE o.balance_minor <> 0 ORDER BY s.due_on, o.document_id";
}

/// What a statement is made of, as the ledger has it.
#[derive(Clone, Debug, Default)]
pub struct StatementParts {
    /// What was owed less credit before the first day.
    pub opening_minor: i64,
    /// In the order they were booked.
    pub movements: Vec<MovementRow>,
    /// What was open before the first day not shown.
    pub open: Vec<OpenRow>,
    /// The account's credit then.
    pub credit_minor: i64,
}

impl Tx {
    /// What a statement of days `[from, until)` is made of. The caller has made sure that it is the asker's to have.
    pub fn statement_parts(&mut self, account: AccountId, from: Date, until: Date) -> Result<StatementParts, Error> {
        Ok(StatementParts {
            opening_minor: self.value(&BALANCE_ON, &[&account, &from])?.unwrap_or(0),
            movements: self.rows(&MOVEMENTS, &[&account, &from, &until])?,
            open: self.rows(&OPEN_ON, &[&account, &until])?,
            credit_minor: self.value(&CREDIT_ON, &[&account, &until])?.unwrap_or(0),
        })
    }

    /// The same of an account of the scope, with the account; nothing where it isn't in it.
    pub fn scoped_statement(
        &mut self,
        scope: &AccountScope,
        account: AccountId,
        days: billing::Span,
    ) -> Result<Option<(AccountRow, StatementParts)>, Error> {
        let Some(scoped) = scope.account(account) else { return Ok(None) };
        let id = scoped.account_id;
        let Some(row) = self.accounts_of(&[id])?.pop() else { return Ok(None) };
        Ok(Some((row, self.statement_parts(id, days.from, days.until)?)))
    }
}
