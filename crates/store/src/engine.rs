//! The two databases behind one face. Only this folder knows which one it is.

mod postgres;
mod queue;
mod sqlite;

use std::path::Path;

pub(crate) use queue::{Access, Order};

use std::sync::Arc;

use crate::health::Watch;
use crate::migrate::for_postgres;
use crate::store::{Expected, Location, Options};
use crate::table::OnConflict;
use crate::tx::Bound;
use crate::{Error, Kind, Record, Stored, Table, Value};

/// A connection in a transaction.
pub(crate) enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

/// What a database says about a statement when it prepares it.
pub(crate) struct Description {
    /// The parameters by number.
    pub(crate) parameters: Vec<Described>,
    /// Name and kind of each column.
    pub(crate) columns: Vec<(String, Described)>,
}

/// What a database knows of the kind of a parameter or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Described {
    Kind(Kind),
    /// SQLite knows columns of tables only.
    Unknown,
    /// A type that the store doesn't use.
    Foreign(String),
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
            Engine::Sqlite(sqlite) => sqlite.insert(rows.iter(), OnConflict::Fail).map(drop),
            Engine::Postgres(postgres) => postgres.insert(rows),
        }
    }

    /// Waits for what was inserted without waiting.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        match self {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(postgres) => postgres.settle(),
        }
    }

    /// Inserts and gives the number of rows inserted or replaced. For `Replace` no two have the same key.
    pub(crate) fn insert_counted<'a, R: Stored + 'a>(
        &mut self,
        rows: impl Iterator<Item = &'a R>,
        conflict: OnConflict,
    ) -> Result<u64, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.insert(rows, conflict),
            Engine::Postgres(postgres) => postgres.insert_counted(rows, conflict),
        }
    }

    /// Runs a text without parameters: BEGIN, COMMIT …
    pub(crate) fn command(&mut self, sql: &str) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.command(sql),
            Engine::Postgres(postgres) => postgres.command(sql),
        }
    }

    pub(crate) fn describe(&mut self, sql: &'static str, kinds: &[Kind]) -> Result<Description, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.describe(sql),
            Engine::Postgres(postgres) => postgres.describe(sql, kinds),
        }
    }

    pub(crate) fn prepare_insert(&mut self, table: &'static Table, conflict: OnConflict) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.describe(table.row_sql(conflict)).map(drop),
            Engine::Postgres(postgres) => postgres.prepare_insert(table, conflict).map(drop),
        }
    }

    /// Whether a column may be NULL, where the database is asked: the schema is the same on the other.
    pub(crate) fn is_nullable(&mut self, table: &str, column: &str) -> Result<Option<bool>, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.is_nullable(table, column).map(Some),
            Engine::Postgres(_) => Ok(None),
        }
    }
}

/// What only a copy of everything does.
impl Engine {
    /// Hands on every row of a table, one after the other, in the order of a column or in any.
    pub(crate) fn each(&mut self, table: &'static Table, by: Option<&str>, take: &mut Take<'_>) -> Result<(), Error> {
        let order = by.map(|column| format!(" ORDER BY {column}")).unwrap_or_default();
        let sql = format!("{}{order}", table.select_sql());
        match self {
            Engine::Sqlite(sqlite) => sqlite.each(&sql, table.columns.len(), take),
            Engine::Postgres(postgres) => postgres.each(&sql, table.columns.len(), take),
        }
    }

    /// Inserts rows as they came from another database.
    pub(crate) fn insert_values(&mut self, table: &'static Table, rows: &[Values]) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.insert_values(table, rows),
            Engine::Postgres(postgres) => postgres.insert_values(table, rows),
        }
    }

    /// Which table refers to which: the referring one first.
    pub(crate) fn references(&mut self) -> Result<Vec<(String, String)>, Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.references(),
            Engine::Postgres(postgres) => postgres.references(),
        }
    }

    /// Writes all of a file of SQLite, as it is at this moment, into another one. Errors: `Other` on PostgreSQL.
    pub(crate) fn save_as(&mut self, path: &Path) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.save_as(path),
            Engine::Postgres(_) => Err(Error::Other("a server isn't copied as a file".to_owned())),
        }
    }
}

/// The values of a row whose record isn't known, in the order of its table's columns.
pub(crate) type Values = Vec<Value<'static>>;

/// Takes rows one after the other.
pub(crate) type Take<'a> = dyn FnMut(Values) -> Result<(), Error> + 'a;

/// What only migrations do.
impl Engine {
    /// A connection of its own, without limits of time.
    pub(crate) fn for_migrations(location: &Location) -> Result<Engine, Error> {
        match location {
            Location::Sqlite(path) => sqlite::Sqlite::for_migrations(path).map(Engine::Sqlite),
            Location::Postgres(url) => postgres::Postgres::for_migrations(url).map(Box::new).map(Engine::Postgres),
        }
    }

    /// Runs the text of a migration.
    pub(crate) fn script(&mut self, sql: &str) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.script(sql),
            Engine::Postgres(postgres) => postgres.command(&for_postgres(sql)),
        }
    }

    /// Copies the database to `<file>.before-<version>`. A server is backed up by those who run it.
    pub(crate) fn save_copy(&mut self, version: &str) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.save_copy(version),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Checks the foreign keys, which SQLite doesn't do while tables are rebuilt.
    pub(crate) fn check_references(&mut self) -> Result<(), Error> {
        match self {
            Engine::Sqlite(sqlite) => sqlite.check_references(),
            Engine::Postgres(_) => Ok(()),
        }
    }
}

/// Runs a command on a server of PostgreSQL outside of any transaction. Blocks.
#[cfg(feature = "testing")]
pub(crate) fn command_on_server(url: &str, sql: &str) -> Result<(), Error> {
    postgres::Postgres::for_migrations(url)?.command(sql)
}

/// The threads of a store and the channels that feed them. Reading ones end first: the last connection to a file of
/// SQLite writes the log back into it, which one that only reads couldn't.
pub(crate) struct Engines {
    pub(crate) reads: queue::Lane,
    pub(crate) writes: queue::Lane,
}

/// Opens the database and starts its threads. Blocks.
pub(crate) fn start(options: &Options, expected: &Expected, watch: &Arc<Watch>) -> Result<Engines, Error> {
    match &options.location {
        Location::Sqlite(path) => sqlite::start(path, options, expected, watch),
        Location::Postgres(url) => postgres::start(url, options, expected, watch),
    }
}
