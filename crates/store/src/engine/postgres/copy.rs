//! What PostgreSQL does only for copies of everything.

use super::arrays::{Array, Arrays};
use super::connection::{PART, Postgres};
use crate::engine::{Take, Values};
use crate::row::Source;
use crate::table::OnConflict;
use crate::{Error, Sink, Table, ToValue};

/// Rows asked for at a time: some are documents.
const FETCH: &str = "FETCH 100 FROM copied";

impl Postgres {
    /// Hands on the rows that a text answers with, some at a time.
    pub(crate) fn each(&mut self, sql: &str, width: usize, take: &mut Take<'_>) -> Result<(), Error> {
        self.command(&format!("DECLARE copied NO SCROLL CURSOR FOR {sql}"))?;
        loop {
            let rows = self.line.ask(self.client.query(FETCH, &[]))?;
            for row in &rows {
                let values: Result<Values, Error> =
                    (0..width).map(|place| Ok(Source::value(row, place)?.into_owned())).collect();
                take(values?)?;
            }
            if rows.is_empty() {
                return self.command("CLOSE copied");
            }
        }
    }

    pub(crate) fn insert_values(&mut self, table: &'static Table, rows: &[Values]) -> Result<(), Error> {
        let statement = self.prepare_insert(table, OnConflict::Fail)?;
        let mut rows = rows.iter().peekable();
        while rows.peek().is_some() {
            let mut arrays = Arrays::new(table.columns);
            while arrays.bytes() < PART
                && let Some(row) = rows.next()
            {
                row.iter().try_for_each(|value| arrays.put(value.value()))?;
            }
            let columns: Vec<Array> = arrays.into_columns();
            self.line.ask(self.client.execute_raw(&statement, columns))?;
        }
        Ok(())
    }

    pub(crate) fn references(&mut self) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint \
             WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2";
        let rows = self.line.ask(self.client.query(sql, &[]))?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}
