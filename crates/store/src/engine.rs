//! The two databases behind one face. Only this folder knows which one it is.

mod postgres;
mod queue;
mod sqlite;

pub(crate) use queue::{Access, Order};

use crate::store::{Expected, Location, Options};
use crate::table::OnConflict;
use crate::tx::Bound;
use crate::{Error, Kind, Record, Stored};

/// A connection in a transaction.
pub(crate) enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

/// What a database says about a statement when it prepares it.
pub(crate) struct Description {
    /// The parameters by number: the kind where the database knows it.
    pub(crate) parameters: Vec<Option<Kind>>,
    /// Name and kind of each column, the kind where the database knows it.
    pub(crate) columns: Vec<(String, Option<Kind>)>,
}

impl Engine {
    pub(crate) fn rows<R: Record>(&mut self, sql: &'static str, bound: &Bound<'_>) -> Result<Vec<R>, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.rows(sql, bound),
            Engine::Postgres(postgres) => postgres.rows(sql, bound),
        }
    }

    pub(crate) fn execute(&mut self, sql: &'static str, bound: &Bound<'_>) -> Result<u64, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.execute(sql, bound),
            Engine::Postgres(postgres) => postgres.execute(sql, bound),
        }
    }

    /// Inserts without waiting for the answer where that is quicker.
    pub(crate) fn insert<R: Stored>(&mut self, rows: &[R]) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.insert(rows, OnConflict::Fail).map(drop),
            Engine::Postgres(postgres) => postgres.insert(rows),
        }
    }

    pub(crate) fn insert_counted<R: Stored>(&mut self, rows: &[R], conflict: OnConflict) -> Result<u64, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.insert(rows, conflict),
            Engine::Postgres(postgres) => postgres.insert_counted(rows, conflict),
        }
    }

    pub(crate) fn describe(&mut self, sql: &'static str, kinds: &[Kind]) -> Result<Description, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.describe(sql),
            Engine::Postgres(postgres) => postgres.describe(sql, kinds),
        }
    }
}

/// The threads of a store and the channels that feed them.
pub(crate) struct Engines {
    pub(crate) reads: queue::Sender,
    pub(crate) writes: queue::Sender,
    // After the channels: dropping them is what lets the threads end.
    _threads: queue::Threads,
}

/// Opens the database and starts its threads. Blocks.
pub(crate) fn start(options: &Options, expected: &Expected) -> Result<Engines, Error> {
    match &options.location {
        Location::Sqlite(path) => sqlite::start(path, options),
        Location::Postgres(url) => postgres::start(url, options, expected),
    }
}
