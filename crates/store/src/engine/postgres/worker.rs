//! A thread of PostgreSQL: runs one closure after the other, each again when others were in its way.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio_postgres::Config;

use super::connection::Postgres;
use crate::engine::queue::{Order, Orders};
use crate::engine::{Access, Engine};
use crate::health::Watch;
use crate::job::{Job, Verdict};
use crate::store::Expected;
use crate::{Error, Tx};

/// How often a closure is run before its caller gets the error.
const ATTEMPTS: u32 = 8;

/// From this attempt on a closure runs while no other of this process writes. Without that, of eight that change the
/// same row over and over, one or the other is always late.
const ALONE: u32 = 3;

/// What the threads of a store have in common.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) expected: Expected,
    pub(super) watch: Arc<Watch>,
    pub(super) orders: Orders,
    /// Read by those who write along with others, written by one who has to be alone.
    pub(super) turn: RwLock<()>,
}

/// One thread with at most one connection.
pub(super) struct Worker {
    shared: Arc<Shared>,
    tx: Option<Tx>,
    /// What a closure met, whatever it made of it.
    met: Option<Error>,
    jitter: Jitter,
}

impl Worker {
    /// `number` tells the threads apart.
    pub(super) fn new(shared: Arc<Shared>, number: u32) -> Worker {
        Worker { shared, tx: None, met: None, jitter: Jitter(u64::from(number)) }
    }

    /// Until the store is closed.
    pub(super) fn run(mut self) {
        while let Some(order) = self.shared.orders.wait() {
            self.serve(order);
        }
    }

    fn serve(&mut self, Order { access, mut job }: Order) {
        if access == Access::Read && job.is_abandoned() {
            return;
        }
        for attempt in 1..=ATTEMPTS {
            let outcome = match access {
                Access::Read => self.attempt(access, job.as_mut()),
                Access::Write => self.attempt_in_turn(attempt, job.as_mut()),
            };
            let pause = match &outcome {
                // Who is late at a hot row fails the moment that the other commits: at once is the best time to be
                // the first. Later on chance decides.
                Err(Error::Contended) if attempt < ALONE => Duration::ZERO,
                Err(Error::Contended) => self.jitter.pause(attempt),
                Err(Error::Unreachable(_) | Error::ReadOnly) => {
                    self.tx = None;
                    self.jitter.pause(attempt)
                }
                _ => return self.finish(access, job, outcome),
            };
            if attempt == ATTEMPTS {
                return self.finish(access, job, outcome);
            }
            std::thread::sleep(pause);
        }
    }

    fn finish(&mut self, access: Access, job: Box<dyn Job>, outcome: Result<(), Error>) {
        let met = self.met.take();
        let seen = outcome.as_ref().err().or(met.as_ref());
        self.shared.watch.note(access, seen.map_or(Ok(()), Err));
        job.finish(outcome);
    }

    fn attempt_in_turn(&mut self, attempt: u32, job: &mut dyn Job) -> Result<(), Error> {
        // A lock is poisoned by a panic only, and a closure's panic doesn't get this far.
        let shared = self.shared.clone();
        if attempt < ALONE {
            let _with_others = shared.turn.read();
            self.attempt(Access::Write, job)
        } else {
            let _alone = shared.turn.write();
            self.attempt(Access::Write, job)
        }
    }

    /// Runs the closure once. `Err` when the transaction failed for a reason outside of the closure.
    fn attempt(&mut self, access: Access, job: &mut dyn Job) -> Result<(), Error> {
        let is_new = self.tx.as_mut().is_none_or(|tx| connection(tx).is_ok_and(|postgres| postgres.is_broken()));
        if is_new {
            let postgres = Postgres::connect(&self.shared.config, &self.shared.expected)?;
            self.tx = Some(Tx::new(Engine::Postgres(Box::new(postgres))));
        }
        let Some(tx) = &mut self.tx else {
            return Err(Error::Unreachable("no connection".to_owned()));
        };
        connection(tx)?.begin(access);
        let (verdict, failure) = (job.run(tx), tx.failure());
        self.met.clone_from(&failure);
        // A session keeps what it began as: this one may have begun, for a closure that only read, while its server
        // took no writes. What a new one says counts.
        let only_reads = access == Access::Write && failure == Some(Error::ReadOnly);
        let postgres = connection(tx)?;
        let outcome = match (access, verdict, failure) {
            (_, _, Some(error @ (Error::Contended | Error::Unreachable(_)))) => {
                // When the connection is gone, so is the transaction; the next use finds out.
                drop(postgres.leave());
                Err(error)
            }
            _ if only_reads && !is_new => postgres.leave().and(Err(Error::ReadOnly)),
            (Access::Write, Verdict::Keep, _) => postgres.command("COMMIT"),
            (Access::Read, _, _) | (_, Verdict::Undo, _) => postgres.leave(),
        };
        if only_reads {
            self.tx = None;
        }
        outcome
    }
}

fn connection(tx: &mut Tx) -> Result<&mut Postgres, Error> {
    match tx.engine() {
        Engine::Postgres(postgres) => Ok(postgres),
        Engine::Sqlite(_) => Err(Error::Other("a thread of PostgreSQL has another engine".to_owned())),
    }
}

/// Pauses of different length, so that those who collided don't collide again. Not random, which a test could not
/// repeat: a hash (splitmix64) of the thread's number and of how often it paused.
struct Jitter(u64);

impl Jitter {
    /// Up to 2 ms after the first attempt, up to 256 ms after the eighth.
    fn pause(&mut self, attempt: u32) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Duration::from_micros((mixed ^ (mixed >> 31)) % (1000 << attempt))
    }
}
