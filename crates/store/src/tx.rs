//! A transaction: what a closure of `Store::read` and `Store::write` works with, the same on both databases.

use crate::engine::{Engine, Take, Values};
use crate::row::last_of_each_key;
use crate::table::OnConflict;
use crate::{Error, Field, One, Record, Statement, Stored, Table, ToValue, Value};

/// The transaction a closure runs in. The nouns of the crate add their own methods to it.
///
/// After the first error nothing more is done: every later call gives the same error, and the closure's `Ok` counts
/// for nothing. (PostgreSQL works so anyway; this makes SQLite do the same.)
pub struct Tx {
    engine: Engine,
    failure: Option<Error>,
}

impl Tx {
    pub(crate) fn new(engine: Engine) -> Tx {
        Tx { engine, failure: None }
    }

    /// All rows a statement answers with. Parameters stand for `$1`, `$2`, … in order.
    pub fn rows<R: Record>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
    ) -> Result<Vec<R>, Error> {
        self.guard(|engine| engine.rows(statement.sql, &Bound::new(statement.parameters, parameters)?))
    }

    /// The only row a statement answers with, or none. Errors: `Other` when there are several.
    pub fn row<R: Record>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
    ) -> Result<Option<R>, Error> {
        let mut rows = self.rows(statement, parameters)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            many => self.guard(|_| Err(Error::Other(format!("{} found {many} rows, not one", statement.name)))),
        }
    }

    /// The only value of the only row, for statements `-> One<T>`. No row gives nothing.
    pub fn value<T: Field>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
    ) -> Result<Option<T>, Error> {
        Ok(self.row::<One<T>>(statement, parameters)?.map(|One(value)| value))
    }

    /// Runs a statement that answers with no rows; gives the number of rows it changed.
    pub fn execute(&mut self, statement: &'static Statement, parameters: &[&dyn ToValue]) -> Result<u64, Error> {
        self.guard(|engine| engine.execute(statement.sql, &Bound::new(statement.parameters, parameters)?))
    }

    /// The rows of many keys, for statements `(…; many Kind)` with `in ($keys)`.
    ///
    /// The keys are sorted, doubles left out, and cut into chunks of 1, 16 or 256; a chunk that isn't full repeats its
    /// last key. So each statement has three texts to prepare and both databases run the same one. The order of the
    /// statement holds within a chunk only: sort the rows when there may be more than 256 keys.
    pub fn rows_by<R: Record, K: Field>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
        keys: &[K],
    ) -> Result<Vec<R>, Error> {
        self.chunks(statement, parameters, keys, |engine, sql, bound, found: &mut Vec<R>| {
            found.append(&mut engine.rows(sql, bound)?);
            Ok(())
        })
    }

    /// Like `rows_by` for statements that answer with no rows; gives the number of rows changed.
    pub fn execute_by<K: Field>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
        keys: &[K],
    ) -> Result<u64, Error> {
        self.chunks(statement, parameters, keys, |engine, sql, bound, changed: &mut u64| {
            *changed += engine.execute(sql, bound)?;
            Ok(())
        })
    }

    /// Inserts rows. A conflict fails the transaction; on PostgreSQL it may be a later call or the commit that reports
    /// it, because nothing waits for the answer. Use `insert_or_skip` to decide inside the closure.
    pub fn insert<R: Stored>(&mut self, rows: &[R]) -> Result<(), Error> {
        self.guard(|engine| engine.insert(rows))
    }

    /// Waits until everything inserted so far has been answered: what inserts very many rows calls it now and then, so
    /// that they don't pile up on their way.
    pub fn settle(&mut self) -> Result<(), Error> {
        self.guard(Engine::settle)
    }

    /// Inserts those rows whose unique columns are free; gives how many.
    pub fn insert_or_skip<R: Stored>(&mut self, rows: &[R]) -> Result<u64, Error> {
        self.guard(|engine| engine.insert_counted(rows.iter(), OnConflict::Skip))
    }

    /// Inserts rows, or gives the row with the same `key(…)` these values. Of doubles the last one counts.
    pub fn replace<R: Stored>(&mut self, rows: &[R]) -> Result<(), Error> {
        const { assert!(!R::KEY.is_empty(), "the record is declared without key(…)") };
        self.guard(|engine| {
            let rows = last_of_each_key(rows)?;
            engine.insert_counted(rows.into_iter(), OnConflict::Replace).map(drop)
        })
    }

    /// Inserts rows, or adds their values to those of the row with the same `key(…)`; every other column is a number.
    /// No key may stand twice.
    pub fn accumulate<R: Stored>(&mut self, rows: &[R]) -> Result<(), Error> {
        const { assert!(!R::KEY.is_empty(), "the record is declared without key(…)") };
        self.guard(|engine| engine.insert_counted(rows.iter(), OnConflict::Add).map(drop))
    }

    pub(crate) fn each(&mut self, table: &'static Table, by: Option<&str>, take: &mut Take<'_>) -> Result<(), Error> {
        self.guard(|engine| engine.each(table, by, take))
    }

    pub(crate) fn insert_values(&mut self, table: &'static Table, rows: &[Values]) -> Result<(), Error> {
        self.guard(|engine| engine.insert_values(table, rows))
    }

    pub(crate) fn references(&mut self) -> Result<Vec<(String, String)>, Error> {
        self.guard(Engine::references)
    }

    pub(crate) fn start(&mut self) {
        self.failure = None;
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure.clone()
    }

    pub(crate) fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    fn guard<T>(&mut self, work: impl FnOnce(&mut Engine) -> Result<T, Error>) -> Result<T, Error> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        work(&mut self.engine).inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn chunks<T: Default, K: Field>(
        &mut self,
        statement: &'static Statement,
        parameters: &[&dyn ToValue],
        keys: &[K],
        run: impl Fn(&mut Engine, &'static str, &Bound<'_>, &mut T) -> Result<(), Error>,
    ) -> Result<T, Error> {
        let mut keys: Vec<Value<'_>> = keys.iter().map(Field::to_value).collect();
        keys.sort_unstable();
        keys.dedup();
        self.guard(|engine| {
            let mut result = T::default();
            let mut rest = keys.as_slice();
            while let Some(last) = rest.last() {
                let text = statement.expanded(rest.len())?;
                let (chunk, after) = rest.split_at(rest.len().min(text.size));
                rest = after;
                let padding = chunk.last().unwrap_or(last);
                let keys = chunk.iter().chain(std::iter::repeat(padding)).take(text.size);
                let values: Vec<&dyn ToValue> =
                    parameters.iter().copied().chain(keys.map(|key| -> &dyn ToValue { key })).collect();
                run(engine, &text.sql, &Bound::new(&text.parameters, &values)?, &mut result)?;
            }
            Ok(result)
        })
    }
}

/// The parameters of one execution with their kinds.
pub(crate) struct Bound<'a> {
    pub(crate) kinds: &'a [crate::Kind],
    values: &'a [&'a dyn ToValue],
}

impl<'a> Bound<'a> {
    fn new(kinds: &'a [crate::Kind], values: &'a [&'a dyn ToValue]) -> Result<Bound<'a>, Error> {
        if kinds.len() != values.len() {
            return Err(Error::Other(format!("{} parameters declared, {} given", kinds.len(), values.len())));
        }
        Ok(Bound { kinds, values })
    }

    /// The value of `$number`, counted from 1, if it is of the kind declared.
    pub(crate) fn value(&self, number: usize) -> Result<Value<'a>, Error> {
        let place = number.wrapping_sub(1);
        let (Some(kind), Some(value)) = (self.kinds.get(place), self.values.get(place)) else {
            return Err(Error::Other(format!("the parameter ${number} isn't declared")));
        };
        let value = value.value();
        value.check(*kind).map_err(|error| error.in_column(&format!("${number}")))?;
        Ok(value)
    }
}
