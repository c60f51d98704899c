//! Runs, their drafts under review, and the series that numbers come from.

use std::str::FromStr;

use billing::Stream;
use billing::run::RunKey;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{AccountId, Error, ImportId, RunId, Tx, record, statements, text_enum};

/// Where a draft stands in its review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// Nobody has decided.
    Waiting,
    /// Somebody wants to look again; a reason says why.
    Held,
    /// May be issued.
    Approved,
    /// Not in this run; a reason says why.
    Excluded,
    /// An invoice.
    Issued,
}

impl DraftState {
    /// The word in the database and on screen.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Approved => "approved",
            Self::Excluded => "excluded",
            Self::Issued => "issued",
        }
    }

    /// Whether a decision is still to come or to be carried out.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Held | Self::Approved)
    }
}

impl FromStr for DraftState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Waiting, Self::Held, Self::Approved, Self::Excluded, Self::Issued];
        all.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

text_enum!(DraftState, as_str);

record! {
    /// A run: one stream, one period, once.
    pub struct RunRow in "run" {
        pub run_id: RunId,
        pub stream: Stream,
        pub period_from: Date,
        pub period_until: Date,
        pub issue_on: Date,
        pub made_at: Timestamp,
    }
}

record! {
    /// A draft of a run.
    pub struct DraftRow in "draft" key(run_id, account_id) {
        pub run_id: RunId,
        pub account_id: AccountId,
        pub state: DraftState,
        pub reason: Option<String>,
        pub line_count: i64,
        pub subtotal_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        /// What was looked at: a draft whose lines have changed since is not issued.
        pub fingerprint: [u8; 32],
        /// In business time: since when its lines stand as they do.
        pub changed_at: Timestamp,
        pub decided_at: Option<Timestamp>,
    }
}

record! {
    /// A draft of an earlier run that is not decided yet.
    pub struct UndecidedRow {
        pub account_id: AccountId,
        pub state: DraftState,
        pub period_from: Date,
        pub issue_on: Date,
    }
}

record! {
    /// Numbers of one kind of document: consecutive from `first`, the next one to give is `next`.
    pub struct SeriesRow in "series" key(series) {
        pub series: String,
        pub prefix: String,
        pub first: i64,
        pub next: i64,
    }
}

record! {
    /// An import, counted so that a run notices that its data have changed.
    pub struct ImportRow in "import" {
        pub import_id: ImportId,
        pub made_at: Timestamp,
        pub rows_added: i64,
        pub rows_changed: i64,
    }
}

record! {
    /// When the newest run of a stream that issued something was made.
    pub struct LastRunRow {
        pub stream: Stream,
        pub made_at: Timestamp,
    }
}

record! {
    /// What tells that something an import compares with has changed: the newest import, run and profile, and how many
    /// numbers were given.
    pub struct DataState {
        pub import_id: i64,
        pub run_id: i64,
        pub provider_version: i64,
        pub numbers: i64,
    }
}

statements! {
    LAST_ISSUED: () -> LastRunRow = "SELECT r.stream, max(r.made_at) AS made_at FROM run r \
        WHERE EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.run_id AND d.state = 'issued') GROUP BY r.stream ORDER BY r.stream";
    RUN_OF: (Text, Text) -> RunRow = "SELECT run_id, stream, period_from, period_until, issue_on, made_at FROM run \
        WHERE stream = $1 AND period_from = $2";
    RUNS: () -> RunRow = "SELECT run_id, stream, period_from, period_until, issue_on, made_at FROM run ORDER BY issue_on, stream DESC";
    OVER: (Text) -> crate::One<Date> = "SELECT r.period_from FROM run r WHERE r.stream = $1 \
        AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.run_id AND d.state IN ('waiting', 'held', 'approved')) \
        ORDER BY r.period_from";
    DRAFTS: (Integer) -> DraftRow = "SELECT d.run_id, d.account_id, d.state, d.reason, d.line_count, d.subtotal_minor, d.tax_minor, \
        d.total_minor, d.fingerprint, d.changed_at, d.decided_at FROM draft d JOIN account a ON a.account_id = d.account_id \
        WHERE d.run_id = $1 ORDER BY a.code";
    DRAFTS_OF: (Integer; many Integer) -> DraftRow = "SELECT run_id, account_id, state, reason, line_count, subtotal_minor, tax_minor, \
        total_minor, fingerprint, changed_at, decided_at FROM draft WHERE run_id = $1 AND account_id IN ($keys) ORDER BY account_id";
    LATER_RUN: (Text, Text) -> crate::One<i64> = "SELECT run_id FROM run WHERE stream = $1 AND period_from > $2 ORDER BY period_from LIMIT 1";
    UNDECIDED: (Text, Text) -> UndecidedRow = "SELECT d.account_id, d.state, r.period_from, r.issue_on FROM draft d \
        JOIN run r ON r.run_id = d.run_id WHERE d.state IN ('waiting', 'held', 'approved') AND r.stream = $1 AND r.period_from < $2 \
        ORDER BY d.account_id, r.period_from";
    SETTLE_DRAFT: (Integer; many Integer) = "UPDATE draft SET state = 'issued' WHERE run_id = $1 AND state = 'approved' \
        AND account_id IN ($keys)";
    REMOVE_DRAFTS: (Integer; many Integer) = "DELETE FROM draft WHERE run_id = $1 AND state IN ('waiting', 'approved', 'held') \
        AND account_id IN ($keys)";
    LOCK_SERIES: (Text) -> SeriesRow = "UPDATE series SET next = next WHERE series = $1 RETURNING series, prefix, first, next";
    ADVANCE_SERIES: (Text, Integer) = "UPDATE series SET next = $2 WHERE series = $1";
    SERIES: () -> SeriesRow = "SELECT series, prefix, first, next FROM series ORDER BY series";
    DATA_STATE: () -> DataState = "SELECT coalesce((SELECT max(import_id) FROM import), 0) AS import_id, \
        coalesce((SELECT max(run_id) FROM run), 0) AS run_id, coalesce((SELECT max(version) FROM provider), 0) AS provider_version, \
        coalesce((SELECT CAST(sum(next) AS BIGINT) FROM series), 0) AS numbers";
    NEWEST_IMPORT: () -> crate::One<i64> = "SELECT import_id FROM import ORDER BY import_id DESC LIMIT 1";
}

impl Tx {
    /// The newest run of each stream that issued something.
    pub fn last_issued_runs(&mut self) -> Result<Vec<LastRunRow>, Error> {
        self.rows(&LAST_ISSUED, &[])
    }

    /// The run of a stream and period.
    pub fn run(&mut self, stream: Stream, period_from: Date) -> Result<Option<RunRow>, Error> {
        self.row(&RUN_OF, &[&stream, &period_from])
    }

    /// All runs, in the order of their invoices.
    pub fn runs(&mut self) -> Result<Vec<RunRow>, Error> {
        self.rows(&RUNS, &[])
    }

    /// The periods of a stream's runs without an open draft, by their first days.
    pub fn periods_over(&mut self, stream: Stream) -> Result<Vec<Date>, Error> {
        Ok(self.rows::<crate::One<Date>>(&OVER, &[&stream])?.into_iter().map(|crate::One(from)| from).collect())
    }

    /// The drafts of a run, by account code.
    pub fn drafts(&mut self, run: RunId) -> Result<Vec<DraftRow>, Error> {
        self.rows(&DRAFTS, &[&run])
    }

    /// The drafts of a run for these accounts.
    pub fn drafts_of(&mut self, run: RunId, accounts: &[AccountId]) -> Result<Vec<DraftRow>, Error> {
        self.rows_by(&DRAFTS_OF, &[&run], accounts)
    }

    /// Whether the stream has a run after this period.
    pub fn has_later_run(&mut self, stream: Stream, period_from: Date) -> Result<bool, Error> {
        Ok(self.value::<i64>(&LATER_RUN, &[&stream, &period_from])?.is_some())
    }

    /// Open drafts of a stream's runs before a period.
    pub fn undecided(&mut self, stream: Stream, before: Date) -> Result<Vec<UndecidedRow>, Error> {
        self.rows(&UNDECIDED, &[&stream, &before])
    }

    /// Turns approved drafts into issued ones; gives how many were approved.
    pub fn settle_drafts(&mut self, run: RunId, accounts: &[AccountId]) -> Result<u64, Error> {
        self.execute_by(&SETTLE_DRAFT, &[&run], accounts)
    }

    /// Removes open drafts for which there is nothing to bill any more.
    pub fn remove_drafts(&mut self, run: RunId, accounts: &[AccountId]) -> Result<u64, Error> {
        self.execute_by(&REMOVE_DRAFTS, &[&run], accounts)
    }

    /// The series, locked until the end of the transaction: the first statement of whoever issues.
    pub fn lock_series(&mut self, series: &str) -> Result<Option<SeriesRow>, Error> {
        self.row(&LOCK_SERIES, &[&series])
    }

    /// Sets the next number of a locked series.
    pub fn advance_series(&mut self, series: &str, next: i64) -> Result<(), Error> {
        self.execute(&ADVANCE_SERIES, &[&series, &next]).map(drop)
    }

    /// Every series.
    pub fn all_series(&mut self) -> Result<Vec<SeriesRow>, Error> {
        self.rows(&SERIES, &[])
    }

    /// What an import compares with: where it is the same as before, so are agreements, charges and work.
    pub fn data_state(&mut self) -> Result<Option<DataState>, Error> {
        self.row(&DATA_STATE, &[])
    }

    /// The newest import, 0 before the first: the version of the data.
    pub fn data_version(&mut self) -> Result<i64, Error> {
        Ok(self.value(&NEWEST_IMPORT, &[])?.unwrap_or(0))
    }
}

/// How the stored columns of a run and its key belong together.
impl RunRow {
    /// The key people write.
    pub fn key(&self) -> RunKey {
        match self.stream {
            Stream::Recurring => RunKey::Recurring(billing::Month::of(self.period_from)),
            Stream::Biweekly => RunKey::Biweekly(self.issue_on),
        }
    }
}
