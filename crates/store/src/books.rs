//! The books: chart, entries, postings, and the balances maintained with them.

use billing::Currency;
use billing::ledger::{EntryKind, LedgerKind};
use jiff::civil::Date;

use crate::{AccountId, EntryId, Error, InvoiceId, Tx, record, statements};

record! {
    /// An account of the ledger.
    pub struct LedgerRow in "ledger" key(code) {
        pub code: String,
        pub name: String,
        pub kind: LedgerKind,
    }
}

record! {
    /// An entry: the head of postings that sum to zero. Never updated.
    pub struct EntryRow in "entry" {
        pub account_id: AccountId,
        pub entry_id: EntryId,
        pub kind: EntryKind,
        /// The document, or the booking.
        pub document_id: InvoiceId,
        pub posted_on: Date,
        pub currency: Currency,
    }
}

record! {
    /// One side of an entry, a debit where positive. Never updated.
    pub struct PostingRow in "posting" {
        pub account_id: AccountId,
        pub entry_id: EntryId,
        pub posting_no: i64,
        pub ledger_code: String,
        /// What is owed on which document; of the receivable alone.
        pub document_id: Option<InvoiceId>,
        pub amount_minor: i64,
    }
}

record! {
    /// What an account owes, and what the provider owes it.
    pub struct AccountStateRow in "account_state" key(account_id) {
        pub account_id: AccountId,
        pub balance_minor: i64,
        /// Paid or credited beyond what was open.
        pub credit_minor: i64,
    }
}

record! {
    /// What was issued to an account in a month and stream, and what is open of it.
    pub struct AccountMonthRow in "account_month" key(account_id, month, stream) {
        pub account_id: AccountId,
        /// `2026-09`, of the issue date.
        pub month: String,
        pub stream: billing::Stream,
        pub issued_count: i64,
        pub issued_minor: i64,
        pub open_count: i64,
        pub open_minor: i64,
        /// What the open ones were issued for, so that the paid ones are the rest.
        pub open_total_minor: i64,
    }
}

record! {
    /// What is open of an account by due date.
    pub struct AccountDueRow in "account_due" key(account_id, due_on) {
        pub account_id: AccountId,
        pub due_on: Date,
        pub open_count: i64,
        pub open_minor: i64,
    }
}

record! {
    /// A line of the trial balance.
    pub struct TrialBalanceRow {
        pub code: String,
        pub name: String,
        pub kind: LedgerKind,
        pub currency: Currency,
        pub debit_minor: i64,
        pub credit_minor: i64,
    }
}

record! {
    /// A posting with its entry, for the journal.
    pub struct JournalRow {
        pub posted_on: Date,
        pub kind: EntryKind,
        /// The document's; of a booking its kind.
        pub number: String,
        pub account_code: String,
        pub ledger_code: String,
        pub ledger_name: String,
        pub amount_minor: i64,
        pub currency: Currency,
    }
}

statements! {
    LEDGERS: () -> LedgerRow = "SELECT code, name, kind FROM ledger ORDER BY code";
    TRIAL_BALANCE: (Text) -> TrialBalanceRow = "SELECT l.code, l.name, l.kind, e.currency, \
        CAST(coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0) AS BIGINT) AS debit_minor, \
        CAST(coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0) AS BIGINT) AS credit_minor \
        FROM posting p JOIN entry e ON e.account_id = p.account_id AND e.entry_id = p.entry_id \
        JOIN ledger l ON l.code = p.ledger_code WHERE e.posted_on <= $1 \
        GROUP BY l.code, l.name, l.kind, e.currency ORDER BY l.code, e.currency";
    JOURNAL: (Text, Text) -> JournalRow = "SELECT e.posted_on, e.kind, coalesce(n.number, e.kind) AS number, a.code AS account_code, p.ledger_code, l.name AS ledger_name, \
        p.amount_minor, e.currency FROM entry e JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id \
        JOIN ledger l ON l.code = p.ledger_code JOIN account a ON a.account_id = e.account_id \
        LEFT JOIN document_number n ON n.account_id = e.account_id AND n.document_id = e.document_id \
        WHERE e.posted_on >= $1 AND e.posted_on < $2 ORDER BY e.posted_on, e.entry_id, p.posting_no";
    ACCOUNT_MONTHS: (Integer) -> AccountMonthRow = "SELECT account_id, month, stream, issued_count, issued_minor, open_count, open_minor, open_total_minor \
        FROM account_month WHERE account_id = $1 ORDER BY month, stream";
    ACCOUNT_STATES: (; many Integer) -> AccountStateRow = "SELECT account_id, balance_minor, credit_minor FROM account_state WHERE account_id IN ($keys) ORDER BY account_id";
}

impl Tx {
    /// The chart of accounts.
    pub fn ledgers(&mut self) -> Result<Vec<LedgerRow>, Error> {
        self.rows(&LEDGERS, &[])
    }

    /// Debits and credits of every ledger account up to and including a day.
    pub fn trial_balance(&mut self, until: Date) -> Result<Vec<TrialBalanceRow>, Error> {
        self.rows(&TRIAL_BALANCE, &[&until])
    }

    /// Every posting of days `[from, until)`, in order.
    pub fn journal(&mut self, from: Date, until: Date) -> Result<Vec<JournalRow>, Error> {
        self.rows(&JOURNAL, &[&from, &until])
    }

    /// What was issued to an account, month by month and stream by stream.
    pub fn account_months(&mut self, account: AccountId) -> Result<Vec<AccountMonthRow>, Error> {
        self.rows(&ACCOUNT_MONTHS, &[&account])
    }

    /// What these accounts owe.
    pub fn account_states(&mut self, accounts: &[AccountId]) -> Result<Vec<AccountStateRow>, Error> {
        self.rows_by(&ACCOUNT_STATES, &[], accounts)
    }
}
