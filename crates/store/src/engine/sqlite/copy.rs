//! What SQLite does only for copies of everything.

use std::path::Path;

use super::connection::{Bindable, Sqlite, places_by_number};
use crate::engine::{Take, Values};
use crate::row::Source;
use crate::table::OnConflict;
use crate::{Error, Table, ToValue};

impl Sqlite {
    /// Hands on the rows that a text answers with, as they are read.
    pub(crate) fn each(&self, sql: &str, width: usize, take: &mut Take<'_>) -> Result<(), Error> {
        let mut statement = self.connection.prepare(sql)?;
        let mut found = statement.raw_query();
        while let Some(row) = found.next()? {
            let values: Result<Values, Error> =
                (0..width).map(|place| Ok(Source::value(row, place)?.into_owned())).collect();
            take(values?)?;
        }
        Ok(())
    }

    pub(crate) fn insert_values(&self, table: &'static Table, rows: &[Values]) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(table.row_sql(OnConflict::Fail))?;
        let places = places_by_number(&statement)?;
        for row in rows {
            for ((place, value), column) in places.iter().zip(row).zip(table.columns) {
                value.check(column.kind).map_err(|error| error.in_column(column.name))?;
                statement.raw_bind_parameter(*place, Bindable(value.value()))?;
            }
            statement.raw_execute()?;
        }
        Ok(())
    }

    pub(crate) fn references(&self) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT DISTINCT m.name, f.\"table\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' ORDER BY 1, 2";
        let mut statement = self.connection.prepare(sql)?;
        let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(pairs.collect::<Result<_, _>>()?)
    }

    /// One state of the database, without the pages that are free in it. Others read and write meanwhile.
    pub(crate) fn save_as(&self, path: &Path) -> Result<(), Error> {
        self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}
