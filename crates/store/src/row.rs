//! Records: rows declared once, with their columns, kinds and (where they are whole rows of a table) the table's name.

use std::collections::HashSet;

use crate::{Error, Field, Kind, Table, Value};

/// One column of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// As in SQL. Empty where the name doesn't matter ([`One`]).
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A row that a statement answers with. Declared with [`record!`](crate::record).
pub trait Record: Sized {
    /// The columns, in the order of the statement's select list.
    const COLUMNS: &'static [Column];
    /// Reads the fields in the order of `COLUMNS`. Errors: `Corrupt`.
    fn from_row(row: &mut Row<'_>) -> Result<Self, Error>;
}

/// A record that is a whole row of a table and can be inserted.
pub trait Stored: Record {
    /// The columns that `Tx::replace` takes for the same row; may be empty.
    const KEY: &'static [&'static str];
    /// The table with the texts made for it.
    fn table() -> &'static Table;
    /// Hands the values to the sink in the order of `COLUMNS`.
    fn write_to(&self, sink: &mut impl Sink) -> Result<(), Error>;
}

/// Takes the values of a record one by one: a prepared statement, or the arrays of a bulk insert.
pub trait Sink {
    /// Takes the next value.
    fn put(&mut self, value: Value<'_>) -> Result<(), Error>;
}

impl Sink for Vec<Value<'static>> {
    fn put(&mut self, value: Value<'_>) -> Result<(), Error> {
        self.push(value.into_owned());
        Ok(())
    }
}

/// A row as the database hands it out, read from left to right.
pub struct Row<'a> {
    source: &'a dyn Source,
    columns: &'static [Column],
    next: usize,
}

/// What each database's own row can do.
pub(crate) trait Source {
    /// The value at this place, counted from 0.
    fn value(&self, place: usize) -> Result<Value<'_>, Error>;
}

impl<'a> Row<'a> {
    pub(crate) fn read<R: Record>(source: &'a dyn Source) -> Result<R, Error> {
        R::from_row(&mut Row { source, columns: R::COLUMNS, next: 0 })
    }

    /// The next field. Errors: `Corrupt` with the column's name.
    pub fn take<T: Field>(&mut self) -> Result<T, Error> {
        let place = self.next;
        self.next += 1;
        self.source.value(place).and_then(T::from_value).map_err(|error| {
            let column = self.columns.get(place).map_or("", |column| column.name);
            error.in_column(column)
        })
    }
}

/// A row of one column whatever its name, for statements that answer with a single value: `-> One<i64>`.
pub struct One<T>(pub T);

impl<T: Field> Record for One<T> {
    const COLUMNS: &'static [Column] = &[Column { name: "", kind: T::KIND, nullable: T::NULLABLE }];

    fn from_row(row: &mut Row<'_>) -> Result<Self, Error> {
        row.take().map(One)
    }
}

/// The answer of a statement that answers with no rows; the default of `statements!`.
pub struct Nothing;

impl Record for Nothing {
    const COLUMNS: &'static [Column] = &[];

    fn from_row(_: &mut Row<'_>) -> Result<Self, Error> {
        Ok(Nothing)
    }
}

/// The rows without those that a later one with the same key replaces: one statement of PostgreSQL can't change a row
/// twice, and on SQLite the earlier one could fail where the last one is right.
pub(crate) fn last_of_each_key<R: Stored>(rows: &[R]) -> Result<Vec<&R>, Error> {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let mut key = Key { columns: R::COLUMNS.iter(), names: R::KEY, values: Vec::with_capacity(R::KEY.len()) };
        row.write_to(&mut key)?;
        if seen.insert(key.values) {
            kept.push(row);
        }
    }
    kept.reverse();
    Ok(kept)
}

/// Takes the values of the key columns only.
struct Key {
    columns: std::slice::Iter<'static, Column>,
    names: &'static [&'static str],
    values: Vec<Value<'static>>,
}

impl Sink for Key {
    fn put(&mut self, value: Value<'_>) -> Result<(), Error> {
        if self.columns.next().is_some_and(|column| self.names.contains(&column.name)) {
            self.values.push(value.into_owned());
        }
        Ok(())
    }
}

/// Declares a row: the struct, its columns and how it is read; with `in "table"` also how it is inserted, with
/// `key(…)` how it is replaced.
///
/// ```
/// store::ids! {
///     /// A customer company.
///     AccountId;
/// }
///
/// store::record! {
///     /// A customer company.
///     pub struct AccountRow in "account" key(account_id) {
///         /// Minted by the program.
///         pub account_id: AccountId,
///         pub code: String,
///         pub po_number: Option<String>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(in $table:literal $(key($($key:ident),+ $(,)?))?)? {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $( $(#[$field_meta])* $field_vis $field: $type ),+
        }

        impl $crate::Record for $name {
            const COLUMNS: &'static [$crate::Column] = &[$(
                $crate::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::Field>::KIND,
                    nullable: <$type as $crate::Field>::NULLABLE,
                }
            ),+];

            fn from_row(row: &mut $crate::Row<'_>) -> ::std::result::Result<Self, $crate::Error> {
                Ok($name { $( $field: row.take()? ),+ })
            }
        }

        $crate::record!(@stored $name { $($field),+ } $($table $(key($($key),+))?)?);
    };
    (@stored $name:ident { $($field:ident),+ }) => {};
    (@stored $name:ident { $($field:ident),+ } $table:literal $(key($($key:ident),+))?) => {
        impl $crate::Stored for $name {
            const KEY: &'static [&'static str] = &[$($(stringify!($key)),+)?];

            fn table() -> &'static $crate::Table {
                static TABLE: $crate::Table = $crate::Table::new(
                    $table,
                    <$name as $crate::Record>::COLUMNS,
                    <$name as $crate::Stored>::KEY,
                );
                &TABLE
            }

            fn write_to(&self, sink: &mut impl $crate::Sink) -> ::std::result::Result<(), $crate::Error> {
                $( sink.put($crate::Field::to_value(&self.$field)).map_err(|error| error.in_column(stringify!($field)))?; )+
                Ok(())
            }
        }
    };
}
