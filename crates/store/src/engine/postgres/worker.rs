//! A thread of PostgreSQL: runs one closure after the other, each again when others were in its way.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Config;

use super::connection::Postgres;
use crate::engine::queue::{Order, Orders};
use crate::engine::{Access, Engine};
use crate::job::{Job, Verdict};
use crate::store::Expected;
use crate::{Error, Tx};

/// How often a closure is run before its caller gets the error.
const ATTEMPTS: u32 = 8;

/// One thread with at most one connection.
pub(super) struct Worker {
    config: Arc<Config>,
    expected: Expected,
    orders: Orders,
    tx: Option<Tx>,
    jitter: Jitter,
}

impl Worker {
    pub(super) fn new(
        config: Arc<Config>,
        expected: Expected,
        orders: Orders,
        number: usize,
    ) -> Result<Worker, Error> {
        let seed = u64::try_from(number).map_err(|error| Error::Other(error.to_string()))?;
        Ok(Worker { config, expected, orders, tx: None, jitter: Jitter(seed) })
    }

    /// Until the store is closed.
    pub(super) fn run(mut self) {
        while let Some(order) = self.orders.wait() {
            self.serve(order);
        }
    }

    fn serve(&mut self, Order { access, mut job }: Order) {
        if access == Access::Read && job.is_abandoned() {
            return;
        }
        for attempt in 1..=ATTEMPTS {
            let outcome = self.attempt(access, job.as_mut());
            let again = match &outcome {
                Err(Error::Unreachable(_)) => {
                    self.tx = None;
                    true
                }
                Err(Error::Contended) => true,
                _ => false,
            };
            if !again || attempt == ATTEMPTS {
                return job.finish(outcome);
            }
            std::thread::sleep(self.jitter.pause(attempt));
        }
    }

    /// Runs the closure once. `Err` when the transaction failed for a reason outside of the closure.
    fn attempt(&mut self, access: Access, job: &mut dyn Job) -> Result<(), Error> {
        if self.tx.as_mut().is_none_or(|tx| connection(tx).is_ok_and(|postgres| postgres.is_broken())) {
            let postgres = Postgres::connect(&self.config, &self.expected)?;
            self.tx = Some(Tx::new(Engine::Postgres(Box::new(postgres))));
        }
        let Some(tx) = &mut self.tx else { return Err(Error::Unreachable("no connection".to_owned())) };
        connection(tx)?.begin(access);
        let verdict = job.run(tx);
        if let Some(error @ (Error::Contended | Error::Unreachable(_))) = tx.failure() {
            // When the connection is gone, so is the transaction.
            drop(connection(tx)?.command("ROLLBACK"));
            return Err(error);
        }
        match verdict {
            Verdict::Keep => connection(tx)?.command("COMMIT"),
            Verdict::Undo => connection(tx)?.command("ROLLBACK"),
        }
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
