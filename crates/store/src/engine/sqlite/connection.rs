//! A connection to SQLite: how it is opened, and how statements run on it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};

use crate::row::Source;
use crate::table::OnConflict;
use crate::tx::Bound;
use crate::{Error, Kind, Record, Row, Sink, Stored, Value};

/// How long a reader waits for a lock, which another process holds for moments only.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the writer waits for another process: a large import holds the lock for as long as its rows take to be
/// written. Less than a request may take.
const WRITER_PATIENCE: Duration = Duration::from_secs(20);

/// More than there are texts in the program, so that each is prepared once per connection.
const PREPARED: usize = 1024;

/// A connection to one file.
pub(crate) struct Sqlite {
    pub(super) connection: Connection,
}

impl Sqlite {
    /// The connection that writes: creates the file when there is none, and asserts that a COMMIT reaches the disk.
    pub(crate) fn open_writer(path: &Path) -> Result<Sqlite, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let sqlite = Sqlite::open(path, flags)?;
        sqlite.connection.busy_timeout(WRITER_PATIENCE)?;
        sqlite.connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 33554432;",
        )?;
        let found = (sqlite.pragma::<String>("journal_mode")?, sqlite.pragma::<i64>("synchronous")?);
        if found != ("wal".to_owned(), 2) {
            return Err(Error::Other(format!("SQLite doesn't write safely to {}: {found:?}", path.display())));
        }
        // Reads once: finds out whether it is a database at all, and opens the log, without which closing would leave
        // the log beside the file.
        sqlite.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(sqlite)
    }

    /// A connection that can't write.
    pub(crate) fn open_reader(path: &Path) -> Result<Sqlite, Error> {
        let sqlite = Sqlite::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        sqlite.connection.execute_batch("PRAGMA query_only = ON;")?;
        Ok(sqlite)
    }

    fn open(path: &Path, flags: OpenFlags) -> Result<Sqlite, Error> {
        // Each connection stays in one thread, so SQLite needs no mutex of its own.
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.execute_batch("PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;")?;
        Ok(Sqlite { connection })
    }

    /// Keeps pages in so much memory (KiB) in place of 32 MiB.
    pub(super) fn cache(&self, kib: u32) -> Result<(), Error> {
        Ok(self.connection.execute_batch(&format!("PRAGMA cache_size = -{kib};"))?)
    }

    /// Stops the file from growing further than this.
    pub(super) fn limit(&self, pages: u32) -> Result<(), Error> {
        Ok(self.connection.execute_batch(&format!("PRAGMA max_page_count = {pages};"))?)
    }

    fn pragma<T: rusqlite::types::FromSql>(&self, name: &str) -> Result<T, Error> {
        Ok(self.connection.pragma_query_value(None, name, |row| row.get(0))?)
    }

    /// Runs a text without parameters: BEGIN, SAVEPOINT, COMMIT …
    pub(crate) fn command(&self, sql: &str) -> Result<(), Error> {
        self.connection.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    /// False also when SQLite has ended the transaction by itself, after a full disk or an I/O error.
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Writes the log back into the file and cuts it; false when readers are in the way.
    pub(super) fn cut_log(&self) -> Result<bool, Error> {
        self.connection.busy_timeout(Duration::from_millis(100))?;
        let blocked = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(WRITER_PATIENCE)?;
        Ok(blocked? == 0)
    }

    pub(crate) fn rows<R: Record>(&self, sql: &str, bound: &Bound<'_>) -> Result<Vec<R>, Error> {
        let mut statement = self.bind(sql, bound)?;
        let mut found = statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            rows.push(Row::read(row)?);
        }
        Ok(rows)
    }

    pub(crate) fn execute(&self, sql: &str, bound: &Bound<'_>) -> Result<u64, Error> {
        count(self.bind(sql, bound)?.raw_execute()?)
    }

    pub(crate) fn insert<'a, R: Stored + 'a>(
        &self,
        rows: impl Iterator<Item = &'a R>,
        conflict: OnConflict,
    ) -> Result<u64, Error> {
        let mut statement = self.connection.prepare_cached(R::table().row_sql(conflict))?;
        let places = places_by_number(&statement)?;
        let mut inserted = 0;
        for row in rows {
            let kinds = R::COLUMNS.iter().map(|column| column.kind);
            let mut binding = Binding { statement: &mut statement, next: places.iter().copied().zip(kinds) };
            row.write_to(&mut binding)?;
            inserted += count(statement.raw_execute()?)?;
        }
        Ok(inserted)
    }

    /// Binds by name: SQLite numbers `$n` by first appearance, not by n.
    fn bind(&self, sql: &str, bound: &Bound<'_>) -> Result<CachedStatement<'_>, Error> {
        let mut statement = self.connection.prepare_cached(sql)?;
        for place in 1..=statement.parameter_count() {
            let number = number_at(&statement, place)?;
            statement.raw_bind_parameter(place, Bindable(bound.value(number)?))?;
        }
        Ok(statement)
    }
}

/// The file of the write-ahead log beside the database.
pub(super) fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The n of the parameter `$n` that SQLite has put at this place.
fn number_at(statement: &rusqlite::Statement<'_>, place: usize) -> Result<usize, Error> {
    let name = statement.parameter_name(place).unwrap_or_default();
    let number = name.strip_prefix('$').and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| Error::Other(format!("a parameter is called {name}, not $1, $2, …")))
}

/// The places of `$1`, `$2`, … in this order.
pub(super) fn places_by_number(statement: &rusqlite::Statement<'_>) -> Result<Vec<usize>, Error> {
    let mut places = vec![None; statement.parameter_count()];
    for place in 1..=places.len() {
        let number = number_at(statement, place)?;
        if let Some(known) = number.checked_sub(1).and_then(|before| places.get_mut(before)) {
            *known = Some(place);
        }
    }
    let left_out = |number: usize| Error::Other(format!("the parameter ${number} is left out"));
    places.into_iter().zip(1..).map(|(place, number)| place.ok_or_else(|| left_out(number))).collect()
}

fn count(changed: usize) -> Result<u64, Error> {
    u64::try_from(changed).map_err(|_| Error::Other("more rows than can be counted".to_owned()))
}

/// Takes the values of one record straight into a prepared statement.
struct Binding<'s, 'c, I> {
    statement: &'s mut CachedStatement<'c>,
    next: I,
}

impl<I: Iterator<Item = (usize, Kind)>> Sink for Binding<'_, '_, I> {
    fn put(&mut self, value: Value<'_>) -> Result<(), Error> {
        let (place, kind) =
            self.next.next().ok_or_else(|| Error::Other("the record has more values than columns".to_owned()))?;
        value.check(kind)?;
        self.statement.raw_bind_parameter(place, Bindable(value))?;
        Ok(())
    }
}

pub(super) struct Bindable<'a>(pub(super) Value<'a>);

impl ToSql for Bindable<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Source for rusqlite::Row<'_> {
    fn value(&self, place: usize) -> Result<Value<'_>, Error> {
        Ok(match self.get_ref(place)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Blob(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
            ValueRef::Text(bytes) => {
                let text = std::str::from_utf8(bytes).map_err(|_| Error::corrupt("text that isn't UTF-8"))?;
                Value::Text(Cow::Borrowed(text))
            }
            ValueRef::Real(_) => return Err(Error::corrupt("a floating-point number")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Sqlite;

    #[test]
    fn a_commit_reaches_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quittance.db");
        let writer = Sqlite::open_writer(&path).unwrap();
        assert_eq!(writer.pragma::<String>("journal_mode").unwrap(), "wal");
        assert_eq!(writer.pragma::<i64>("synchronous").unwrap(), 2);
        assert_eq!(writer.pragma::<i64>("foreign_keys").unwrap(), 1);
        assert_eq!(writer.pragma::<i64>("busy_timeout").unwrap(), 20_000);
        let reader = Sqlite::open_reader(&path).unwrap();
        assert_eq!(reader.pragma::<i64>("query_only").unwrap(), 1);
        assert_eq!(reader.pragma::<i64>("busy_timeout").unwrap(), 5000);
    }
}
