//! A reading thread: each closure in a transaction of its own, which sees one state of the database.

use super::Sqlite;
use crate::engine::queue::{Order, Orders};
use crate::engine::{Access, Engine};
use crate::health::Watch;
use crate::{Error, Tx};

/// Until the store is closed.
pub(super) fn serve(mut tx: Tx, orders: &Orders, watch: &Watch) {
    while let Some(Order { mut job, .. }) = orders.wait() {
        if job.is_abandoned() {
            continue;
        }
        let begun = connection(&mut tx).and_then(|sqlite| sqlite.command("BEGIN"));
        let outcome = begun.and_then(|()| {
            job.run(&mut tx);
            // Nothing was written, so there is nothing to keep.
            connection(&mut tx).and_then(|sqlite| sqlite.command("ROLLBACK"))
        });
        let seen = outcome.as_ref().err().cloned().or_else(|| tx.failure());
        watch.note(Access::Read, seen.as_ref().map_or(Ok(()), Err));
        job.finish(outcome);
    }
}

pub(super) fn connection(tx: &mut Tx) -> Result<&Sqlite, Error> {
    match tx.engine() {
        Engine::Sqlite(sqlite) => Ok(sqlite),
        Engine::Postgres(_) => Err(Error::Other("a thread of SQLite has another engine".to_owned())),
    }
}
