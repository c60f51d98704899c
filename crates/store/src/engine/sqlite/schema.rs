//! What SQLite does only for migrations and for the check of all statements.

use std::fs::{File, rename};
use std::path::Path;

use super::connection::{Sqlite, places_by_number};
use crate::engine::{Described, Description};
use crate::{Error, Kind};

impl Sqlite {
    /// A connection that may rebuild tables others point to; [`Sqlite::check_references`] looks afterwards.
    pub(crate) fn for_migrations(path: &Path) -> Result<Sqlite, Error> {
        let sqlite = Sqlite::open_writer(path)?;
        sqlite.connection.execute_batch("PRAGMA foreign_keys = OFF;")?;
        Ok(sqlite)
    }

    pub(crate) fn script(&self, sql: &str) -> Result<(), Error> {
        Ok(self.connection.execute_batch(sql)?)
    }

    /// Errors: `Other` naming a table with a row that points nowhere.
    pub(crate) fn check_references(&self) -> Result<(), Error> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let broken: Option<String> = statement.query_map([], |row| row.get(0))?.next().transpose()?;
        match broken {
            Some(table) => Err(Error::Other(format!("a row of {table} points to one that doesn't exist"))),
            None => Ok(()),
        }
    }

    /// Copies the file to `<file>.before-<version>`, complete or not at all.
    pub(crate) fn save_copy(&self, version: &str) -> Result<(), Error> {
        let Some(path) = self.connection.path().map(Path::new) else {
            return Ok(());
        };
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".before-{version}"));
        let mut part = name.clone();
        part.push(".part");
        let failed = |error: std::io::Error| Error::Migration(format!("the database can't be copied first: {error}"));
        if Path::new(&part).exists() {
            std::fs::remove_file(&part).map_err(failed)?;
        }
        self.save_as(Path::new(&part))?;
        File::open(&part).and_then(|file| file.sync_all()).map_err(failed)?;
        rename(&part, &name).map_err(failed)
    }

    pub(crate) fn describe(&self, sql: &str) -> Result<Description, Error> {
        let statement = self.connection.prepare(sql)?;
        let parameters = vec![Described::Unknown; places_by_number(&statement)?.len()];
        let columns = statement.columns();
        let columns = columns.iter().map(|column| (column.name().to_owned(), declared(column.decl_type())));
        Ok(Description { parameters, columns: columns.collect() })
    }

    pub(crate) fn is_nullable(&self, table: &str, column: &str) -> Result<bool, Error> {
        let sql = "SELECT NOT (\"notnull\" OR pk > 0) FROM pragma_table_info(?1) WHERE name = ?2";
        Ok(self.connection.query_row(sql, [table, column], |row| row.get(0))?)
    }
}

fn declared(name: Option<&str>) -> Described {
    match name {
        None => Described::Unknown,
        Some("INTEGER") => Described::Kind(Kind::Integer),
        Some("TEXT") => Described::Kind(Kind::Text),
        Some("BLOB") => Described::Kind(Kind::Bytes),
        Some(other) => Described::Foreign(other.to_owned()),
    }
}
