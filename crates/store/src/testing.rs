//! Databases for tests: an own one per test, copied from a template that is migrated once.
//!
//! PostgreSQL is the server named by `QUITTANCE_TEST_POSTGRES`, which `cargo xtask test` starts.

mod server;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{Error, Location, MIGRATIONS, Migration, Options, Store};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file in a temporary folder.
    Sqlite,
    /// A database on the server of the test run.
    Postgres,
}

/// Both, for tests that loop.
pub const BOTH: [Database; 2] = [Database::Sqlite, Database::Postgres];

/// A migrated database of a test's own, gone when it is dropped. Drop the clones of its store first.
pub struct TestDatabase {
    store: Store,
    // After the store, whose threads have to let go first.
    place: Place,
}

enum Place {
    Folder(TempDir),
    Server { _dropped_with_this: server::Temporary },
}

impl TestDatabase {
    /// A file with the product's schema.
    pub async fn sqlite() -> TestDatabase {
        TestDatabase::on(Database::Sqlite).await
    }

    /// A database with the product's schema. Panics when `QUITTANCE_TEST_POSTGRES` names no server.
    pub async fn postgres() -> TestDatabase {
        TestDatabase::on(Database::Postgres).await
    }

    /// A database with the product's schema.
    pub async fn on(database: Database) -> TestDatabase {
        TestDatabase::with(database, MIGRATIONS, |_| {}).await
    }

    /// A database with a schema of the test's own, opened with other options. Panics when it can't be made.
    pub async fn with(
        database: Database,
        migrations: &'static [Migration],
        change: impl FnOnce(&mut Options),
    ) -> TestDatabase {
        let made = match database {
            Database::Sqlite => sqlite(migrations).await,
            Database::Postgres => server::database(migrations).await,
        };
        let (mut options, place) = or_panic(made);
        change(&mut options);
        TestDatabase { store: or_panic(Store::open(options).await), place }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where it is, to open it once more.
    pub fn options(&self) -> Options {
        Options::new(self.store.location().clone())
    }

    /// The folder of SQLite's file; nothing on a server.
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder.path()),
            Place::Server { .. } => None,
        }
    }
}

/// Runs a text on the server of a database of PostgreSQL, in another database of it. Panics when it can't.
pub fn command_beside(location: &Location, sql: &str) {
    let Location::Postgres(url) = location else { return };
    let (beside, sql) = (server::with_database(url, "postgres"), sql.to_owned());
    command(beside, sql);
}

/// Runs a text in a database of PostgreSQL. Panics when it can't.
pub fn command_in(location: &Location, sql: &str) {
    let Location::Postgres(url) = location else { return };
    command(url.clone(), sql.to_owned());
}

/// On a thread of its own, because a test may be where blocking isn't allowed.
fn command(url: String, sql: String) {
    let thread = std::thread::spawn(move || crate::engine::command_on_server(&url, &sql));
    or_panic(thread.join().unwrap_or_else(|_| Err(other("the command panicked"))));
}

async fn sqlite(migrations: &'static [Migration]) -> Result<(Options, Place), Error> {
    let template = std::env::temp_dir().join(format!("quittance-template-{}.db", digest(migrations)));
    if !template.exists() {
        let making = template.with_extension(unique("making"));
        migrated(Options::new(Location::Sqlite(making.clone())), migrations).await?;
        std::fs::rename(&making, &template).map_err(other)?;
    }
    let folder = TempDir::with_prefix("quittance-").map_err(other)?;
    let path: PathBuf = folder.path().join("quittance.db");
    std::fs::copy(&template, &path).map_err(other)?;
    Ok((Options::new(Location::Sqlite(path)), Place::Folder(folder)))
}

/// Migrates and closes again, so that everything stands in the file and nobody is connected.
async fn migrated(options: Options, migrations: &'static [Migration]) -> Result<(), Error> {
    Store::open(options).await?.migrate_with(migrations).await.map(drop)
}

/// A short name for a schema.
fn digest(migrations: &[Migration]) -> String {
    let mut hash = Sha256::new();
    migrations.iter().for_each(|migration| hash.update(migration.checksum()));
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A name that no other test of this machine has at this time.
fn unique(prefix: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

fn other(error: impl std::fmt::Display) -> Error {
    Error::Other(error.to_string())
}

#[expect(clippy::panic, reason = "a test without its database can only fail")]
fn or_panic<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| panic!("no database for the test: {error}"))
}
