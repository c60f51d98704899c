//! Runs that make themselves when their day comes: one job for each stream and period, shared by lease.

use std::str::FromStr;

use billing::Stream;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Error, Tx, record, statements, text_enum};

/// How far a scheduled run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its drafts are still to be made.
    Planning,
    /// Drafts are open: somebody decides, or they are to be issued.
    Review,
    /// Nothing is left to do.
    Done,
}

impl Stage {
    /// The word in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Review => "review",
            Self::Done => "done",
        }
    }
}

impl FromStr for Stage {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Planning, Self::Review, Self::Done].into_iter().find(|stage| stage.as_str() == text).ok_or(())
    }
}

text_enum!(Stage, as_str);

record! {
    /// A scheduled run.
    pub struct ScheduledRow in "scheduled_run" key(stream, period_from) {
        pub stream: Stream,
        pub period_from: Date,
        /// The day on which it is planned.
        pub run_on: Date,
        pub state: Stage,
        /// The newest import when it was last planned.
        pub data_version: i64,
        /// In real time, as is `next_at`.
        pub lease_until: Timestamp,
        pub next_at: Timestamp,
        pub attempts: i64,
        pub last_error: Option<String>,
    }
}

record! {
    /// What is done once a day, and the last day on which it was.
    pub struct DailyRow in "daily" key(name) {
        pub name: String,
        pub done_on: Date,
    }
}

record! {
    /// How many drafts of a run stand in which state.
    pub struct DraftCountRow {
        pub state: crate::run::DraftState,
        pub count: i64,
    }
}

statements! {
    OPEN: () -> ScheduledRow = "SELECT stream, period_from, run_on, state, data_version, lease_until, next_at, attempts, last_error FROM scheduled_run \
        WHERE state <> 'done' OR (stream, period_from) IN (SELECT stream, period_from FROM run WHERE run_id IN \
        (SELECT run_id FROM draft WHERE state IN ('waiting', 'held', 'approved'))) ORDER BY run_on, stream DESC";
    NEWEST: (Text) -> crate::One<Option<Date>> = "SELECT max(run_on) AS newest FROM scheduled_run WHERE stream = $1";
    CLAIM: (Text, Text, Integer, Integer) -> ScheduledRow = "UPDATE scheduled_run SET lease_until = $4, attempts = attempts + 1 \
        WHERE stream = $1 AND period_from = $2 AND lease_until < $3 AND next_at <= $3 \
        RETURNING stream, period_from, run_on, state, data_version, lease_until, next_at, attempts, last_error";
    RENEW: (Text, Text, Integer, Integer) = "UPDATE scheduled_run SET lease_until = $4 \
        WHERE stream = $1 AND period_from = $2 AND lease_until = $3";
    WAITING_SINCE: (Integer) -> crate::One<Option<Timestamp>> = "SELECT min(changed_at) AS since FROM draft WHERE run_id = $1 AND state = 'waiting'";
    DONE_ON: (Text) -> crate::One<Date> = "SELECT done_on FROM daily WHERE name = $1";
    COUNTS: (Integer) -> DraftCountRow = "SELECT state, CAST(count(*) AS BIGINT) AS count FROM draft WHERE run_id = $1 GROUP BY state ORDER BY state";
}

impl Tx {
    /// Scheduled runs that are not done, or have an open draft again, in the order of their days; on one day recurring first.
    pub fn open_scheduled(&mut self) -> Result<Vec<ScheduledRow>, Error> {
        self.rows(&OPEN, &[])
    }

    /// The day of a stream's newest scheduled run.
    pub fn newest_scheduled(&mut self, stream: Stream) -> Result<Option<Date>, Error> {
        Ok(self.value::<Option<Date>>(&NEWEST, &[&stream])?.flatten())
    }

    /// Takes a scheduled run until `lease_until`; nothing where it is not due, or in other hands.
    pub fn claim_scheduled(
        &mut self,
        (stream, period_from): (Stream, Date),
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<ScheduledRow>, Error> {
        self.row(&CLAIM, &[&stream, &period_from, &now, &lease_until])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`; 0 where it is in others.
    pub fn renew_scheduled(
        &mut self,
        (stream, period_from): (Stream, Date),
        lease_until: Timestamp,
        renewed_until: Timestamp,
    ) -> Result<u64, Error> {
        self.execute(&RENEW, &[&stream, &period_from, &lease_until, &renewed_until])
    }

    /// Since when that waiting draft of a run stands as it does that has stood so longest, in business time.
    pub fn waiting_since(&mut self, run: crate::RunId) -> Result<Option<Timestamp>, Error> {
        Ok(self.value::<Option<Timestamp>>(&WAITING_SINCE, &[&run])?.flatten())
    }

    /// The last day on which something was done that is done once a day.
    pub fn done_on(&mut self, name: &str) -> Result<Option<Date>, Error> {
        self.value(&DONE_ON, &[&name])
    }

    /// How many drafts of a run stand in which state.
    pub fn draft_counts(&mut self, run: crate::RunId) -> Result<Vec<DraftCountRow>, Error> {
        self.rows(&COUNTS, &[&run])
    }
}
