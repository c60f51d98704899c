//! Migrations: an ordered list of texts inside the program, each applied once, in a transaction of its own.

mod list;
mod rewrite;

pub use list::MIGRATIONS;
pub(crate) use rewrite::for_postgres;

use sha2::{Digest, Sha256};

use crate::engine::Engine;
use crate::store::Location;
use crate::{Error, Tx, record, statements};

/// One step of the schema, written for SQLite: STRICT tables of INTEGER, TEXT and BLOB.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Four digits that count from 0001, and what it is about: `0001_house`.
    pub name: &'static str,
    /// Statements, separated by semicolons. Once released, never changed.
    pub sql: &'static str,
}

impl Migration {
    /// SHA-256 of the text, line ends not counted.
    pub fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.sql.replace("\r\n", "\n")).into()
    }
}

record! {
    /// A migration that was applied.
    pub(crate) struct AppliedRow in "migration" key(version) {
        /// Counted from 1.
        version: u32,
        name: String,
        /// Of the text that was applied.
        checksum: [u8; 32],
    }
}

statements! {
    /// What was applied, oldest first.
    APPLIED: () -> AppliedRow = "SELECT version, name, checksum FROM migration ORDER BY version";
    /// Whoever has changed this row migrates; others wait for the end of that transaction.
    TAKE_TURN: () = "UPDATE migration_lock SET turns = turns + 1 WHERE one = 1";
}

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS migration (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL)
    STRICT;
CREATE TABLE IF NOT EXISTS migration_lock (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), turns INTEGER NOT NULL)
    STRICT;
INSERT INTO migration_lock (one, turns) VALUES (1, 0) ON CONFLICT DO NOTHING;";

/// Applies what is missing and gives the names of it. Blocks.
///
/// Errors: `Migration` with a sentence for whoever runs the program; `Unreachable`, `Busy`, `Full`.
pub(crate) fn migrate(location: &Location, list: &[Migration]) -> Result<Vec<&'static str>, Error> {
    let mut tx = Tx::new(Engine::for_migrations(location)?);
    // Where nothing is missing nothing is written: a disk may be full, and a server may only read.
    if let Ok(applied) = tx.rows(&APPLIED, &[])
        && next(list, &applied)?.is_none()
    {
        return Ok(Vec::new());
    }
    tx.start();
    make_tables(&mut tx)?;
    let applied = tx.rows(&APPLIED, &[])?;
    if let (Some(next), false) = (next(list, &applied)?, applied.is_empty()) {
        tx.engine().save_copy(next.name.get(..4).unwrap_or(next.name))?;
    }
    let mut names = Vec::new();
    loop {
        tx.engine().command("BEGIN")?;
        match step(&mut tx, list) {
            Ok(Some(name)) => names.push(name),
            Ok(None) => {
                tx.engine().command("COMMIT")?;
                return Ok(names);
            }
            Err(error) => {
                // The error that led here says more than one of this command.
                drop(tx.engine().command("ROLLBACK"));
                return Err(error);
            }
        }
        tx.engine().command("COMMIT")?;
    }
}

/// Applies the next migration, if there is one, in the transaction that is open.
fn step(tx: &mut Tx, list: &[Migration]) -> Result<Option<&'static str>, Error> {
    tx.execute(&TAKE_TURN, &[])?;
    let applied = tx.rows(&APPLIED, &[])?;
    let Some(migration) = next(list, &applied)? else {
        return Ok(None);
    };
    let failed = |error| Error::Migration(format!("migration {} failed and was undone: {error}", migration.name));
    tx.engine().script(migration.sql).map_err(failed)?;
    tx.engine().check_references().map_err(failed)?;
    let version = u32::try_from(applied.len() + 1).map_err(|error| Error::Other(error.to_string()))?;
    tx.insert(&[AppliedRow { version, name: migration.name.to_owned(), checksum: migration.checksum() }])?;
    Ok(Some(migration.name))
}

/// Two programs that start at once may both try: PostgreSQL then fails one of them in spite of IF NOT EXISTS.
fn make_tables(tx: &mut Tx) -> Result<(), Error> {
    let mut result = Ok(());
    for _ in 0..5 {
        result = tx.engine().script(TABLES);
        match &result {
            Err(Error::Conflict { .. } | Error::Other(_)) => std::thread::sleep(std::time::Duration::from_millis(50)),
            _ => break,
        }
    }
    result
}

/// The first migration that isn't applied. Errors: `Migration` when what was applied isn't the beginning of the list.
fn next<'a>(list: &'a [Migration], applied: &[AppliedRow]) -> Result<Option<&'a Migration>, Error> {
    for (number, migration) in (1_u32..).zip(list) {
        if !migration.name.starts_with(&format!("{number:04}_")) {
            return Err(Error::Migration(format!("the migrations of this program skip {number:04}")));
        }
    }
    if let Some(row) = applied.get(list.len()) {
        return Err(Error::Migration(format!(
            "this database was made by a newer program: it has migration {}, and this program ends with {}; \
             install the newer program again",
            row.name,
            list.last().map_or("none", |migration| migration.name),
        )));
    }
    for (row, migration) in applied.iter().zip(list) {
        if row.name != migration.name || row.checksum != migration.checksum() {
            return Err(Error::Migration(format!(
                "migration {} is not the {} that was applied to this database; restore its text, or the database \
                 from a copy",
                migration.name, row.name,
            )));
        }
    }
    Ok(list.get(applied.len()))
}
