//! The writing thread: closures that wait together are committed together, so that they share one write to the disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::log_path;
use super::reader::connection;
use super::{Sqlite, repair};
use crate::engine::queue::{Order, Orders};
use crate::engine::{Access, Engine};
use crate::health::Watch;
use crate::job::{Job, Verdict};
use crate::store::Expected;
use crate::{Error, Tx};

/// The most closures in one commit.
const GROUP: usize = 256;

/// No further closure joins a commit after this time.
const GATHERING: Duration = Duration::from_millis(20);

/// A log larger than this (bytes) is written back and cut, even if readers have to be waited for.
const LOG_LIMIT: u64 = 24 << 20;

/// How often a file whose disk failed is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// The one that writes.
pub(super) struct Writer {
    path: PathBuf,
    log: PathBuf,
    expected: Expected,
    watch: Arc<Watch>,
    /// Nothing after the disk has failed, until the file was opened again and a commit reached the disk.
    tx: Option<Tx>,
    looked_at: Instant,
    /// The size of the log (bytes) at which it is cut.
    limit: u64,
}

impl Writer {
    pub(super) fn new(path: PathBuf, sqlite: Sqlite, expected: Expected, watch: Arc<Watch>) -> Writer {
        let (log, tx) = (log_path(&path), Some(Tx::new(Engine::Sqlite(sqlite))));
        Writer { path, log, expected, watch, tx, looked_at: Instant::now(), limit: LOG_LIMIT }
    }

    /// Until the store is closed.
    pub(super) fn serve(mut self, orders: &Orders) {
        while let Some(Order { job, .. }) = orders.wait() {
            let Some(mut tx) = self.sound() else {
                job.finish(Err(Error::Unreachable("the disk of the database failed".to_owned())));
                continue;
            };
            let before = changes(&mut tx);
            let (jobs, outcome, trouble) = run_group(&mut tx, job, orders);
            let seen = outcome.as_ref().err().or(trouble.as_ref());
            // A group that changed nothing has not shown that the disk takes anything.
            if seen.is_some() || changes(&mut tx) != before {
                self.watch.note(Access::Write, seen.map_or(Ok(()), Err));
            }
            // What a disk said that it could not write may seem to be there and not be: this connection isn't believed
            // any more.
            let is_sound = !matches!(seen, Some(Error::Unreachable(_)));
            // No answer before this: what a closure read, also one that refused, may come from another one of the group.
            for job in jobs {
                job.finish(outcome.clone());
            }
            if is_sound {
                self.limit = keep_log_small(&mut tx, &self.log, self.limit);
                self.tx = Some(tx);
            }
        }
    }

    /// The connection; opened anew where the disk had failed, if the disk works again.
    fn sound(&mut self) -> Option<Tx> {
        if let Some(tx) = self.tx.take() {
            return Some(tx);
        }
        if self.looked_at.elapsed() < LOOK_AGAIN {
            return None;
        }
        self.looked_at = Instant::now();
        let opened = repair::open_again(&self.path, &self.expected);
        self.watch.note(Access::Write, opened.as_ref().map(drop));
        opened.map(|sqlite| Tx::new(Engine::Sqlite(sqlite))).ok()
    }
}

/// What came of a group: its closures, whether they are on the disk, and trouble that one of them met.
type Group = (Vec<Box<dyn Job>>, Result<(), Error>, Option<Error>);

/// How many rows this connection has changed so far.
fn changes(tx: &mut Tx) -> u64 {
    if let Engine::Sqlite(sqlite) = tx.engine() { sqlite.connection.total_changes() } else { 0 }
}

/// Runs what waits, starting with `first`, in one transaction, and says whether it is on the disk.
fn run_group(tx: &mut Tx, mut first: Box<dyn Job>, orders: &Orders) -> Group {
    let started = Instant::now();
    let mut outcome = run_first(tx, first.as_mut());
    let mut trouble = tx.failure();
    let mut jobs = vec![first];
    while outcome.is_ok() && jobs.len() < GROUP && started.elapsed() < GATHERING {
        let Some(Order { mut job, .. }) = orders.waiting() else { break };
        outcome = run_later(tx, job.as_mut());
        trouble = tx.failure().filter(|error| *error == Error::Full).or(trouble);
        jobs.push(job);
    }
    let outcome = outcome.and_then(|()| command(tx, "COMMIT"));
    if outcome.is_err() {
        // The error that led here says more than one of this command.
        drop(command(tx, "ROLLBACK"));
    }
    (jobs, outcome, trouble)
}

/// Begins a group. Its first closure needs no savepoint, which would cost a copy of every page it changes: to undo it
/// is to undo all there is.
fn run_first(tx: &mut Tx, job: &mut dyn Job) -> Result<(), Error> {
    command(tx, "BEGIN IMMEDIATE")?;
    if run(tx, job)? == Verdict::Undo {
        command(tx, "ROLLBACK")?;
        command(tx, "BEGIN IMMEDIATE")?;
    }
    Ok(())
}

/// Runs a closure after others of its group, which stay when it is undone.
fn run_later(tx: &mut Tx, job: &mut dyn Job) -> Result<(), Error> {
    command(tx, "SAVEPOINT job")?;
    if run(tx, job)? == Verdict::Undo {
        command(tx, "ROLLBACK TO job")?;
    }
    command(tx, "RELEASE job")
}

/// Errors when the transaction of the whole group is lost: after a full disk or an I/O error SQLite may undo
/// everything by itself, and after an I/O error nothing of the group is believed.
fn run(tx: &mut Tx, job: &mut dyn Job) -> Result<Verdict, Error> {
    let verdict = job.run(tx);
    let failure = tx.failure();
    match failure {
        Some(error @ Error::Unreachable(_)) => Err(error),
        failure if !connection(tx)?.is_in_transaction() => Err(failure.unwrap_or(Error::Full)),
        _ => Ok(verdict),
    }
}

fn command(tx: &mut Tx, sql: &str) -> Result<(), Error> {
    connection(tx)?.command(sql)
}

/// SQLite starts the log again only when no reader uses it. When there always is one, this waits for a gap, but not
/// for long, and asks again when the log has grown further. Gives the size (bytes) to ask at.
fn keep_log_small(tx: &mut Tx, log: &std::path::Path, limit: u64) -> u64 {
    let size = std::fs::metadata(log).map_or(0, |file| file.len());
    if size <= limit {
        return limit;
    }
    let cut = connection(tx).and_then(|sqlite| sqlite.cut_log());
    match cut {
        Ok(true) => LOG_LIMIT,
        Ok(false) | Err(_) => size + (4 << 20),
    }
}
