//! The writing thread: closures that wait together are committed together, so that they share one write to the disk.

use std::path::Path;
use std::time::{Duration, Instant};

use super::reader::connection;
use crate::engine::queue::{Order, Orders};
use crate::job::{Job, Verdict};
use crate::{Error, Tx};

/// The most closures in one commit.
const GROUP: usize = 256;

/// No further closure joins a commit after this time.
const GATHERING: Duration = Duration::from_millis(20);

/// A log larger than this (bytes) is written back and cut, even if readers have to be waited for.
const LOG_LIMIT: u64 = 24 << 20;

/// Until the store is closed.
pub(super) fn serve(mut tx: Tx, orders: &Orders, log: &Path) {
    let mut limit = LOG_LIMIT;
    while let Some(Order { job, .. }) = orders.wait() {
        let (jobs, outcome) = run_group(&mut tx, job, orders);
        // No answer before this: what a closure read, also one that refused, may come from another one of the group.
        for job in jobs {
            job.finish(outcome.clone());
        }
        limit = keep_log_small(&mut tx, log, limit);
    }
}

/// Runs what waits, starting with `first`, in one transaction, and says whether it is on the disk.
fn run_group(tx: &mut Tx, mut first: Box<dyn Job>, orders: &Orders) -> (Vec<Box<dyn Job>>, Result<(), Error>) {
    let started = Instant::now();
    let mut outcome = run_first(tx, first.as_mut());
    let mut jobs = vec![first];
    while outcome.is_ok() && jobs.len() < GROUP && started.elapsed() < GATHERING {
        let Some(Order { mut job, .. }) = orders.waiting() else { break };
        outcome = run_later(tx, job.as_mut());
        jobs.push(job);
    }
    let outcome = outcome.and_then(|()| command(tx, "COMMIT"));
    if outcome.is_err() {
        // The error that led here says more than one of this command.
        drop(command(tx, "ROLLBACK"));
    }
    (jobs, outcome)
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
/// everything by itself.
fn run(tx: &mut Tx, job: &mut dyn Job) -> Result<Verdict, Error> {
    let verdict = job.run(tx);
    if connection(tx)?.is_in_transaction() { Ok(verdict) } else { Err(tx.failure().unwrap_or(Error::Full)) }
}

fn command(tx: &mut Tx, sql: &str) -> Result<(), Error> {
    connection(tx)?.command(sql)
}

/// SQLite starts the log again only when no reader uses it. When there always is one, this waits for a gap, but not
/// for long, and asks again when the log has grown further. Gives the size (bytes) to ask at.
fn keep_log_small(tx: &mut Tx, log: &Path, limit: u64) -> u64 {
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
