//! The SQL texts made for a table from its record: insert, insert or skip, replace, one row at a time or as arrays.

use std::sync::OnceLock;

use crate::{Column, Kind};

/// A table that records are inserted into. Made by [`record!`](crate::record).
pub struct Table {
    /// As in SQL.
    pub name: &'static str,
    /// Its columns as the record declares them.
    pub columns: &'static [Column],
    /// The columns that say which row is replaced; may be empty.
    pub key: &'static [&'static str],
    texts: OnceLock<Texts>,
}

/// What happens with a row whose unique columns are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnConflict {
    /// The transaction fails with `Conflict`.
    Fail,
    /// The row is left out.
    Skip,
    /// The row with the same key gets the values.
    Replace,
    /// The values are added to those of the row with the same key.
    Add,
}

struct Texts {
    rows: [String; 4],
    arrays: [String; 4],
    select: String,
}

impl Table {
    /// For the macro.
    #[doc(hidden)]
    pub const fn new(name: &'static str, columns: &'static [Column], key: &'static [&'static str]) -> Table {
        Table { name, columns, key, texts: OnceLock::new() }
    }

    /// The insert of one row, `VALUES ($1, $2, …)`.
    pub(crate) fn row_sql(&'static self, conflict: OnConflict) -> &'static str {
        conflict.choose(&self.texts().rows)
    }

    /// The insert of many rows, `SELECT * FROM unnest($1::BIGINT[], …)`: one array per column.
    pub(crate) fn array_sql(&'static self, conflict: OnConflict) -> &'static str {
        conflict.choose(&self.texts().arrays)
    }

    /// All rows, for the check of the columns.
    pub(crate) fn select_sql(&'static self) -> &'static str {
        &self.texts().select
    }

    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| {
            let columns = list(self.columns, |_, column| column.name.to_owned());
            let head = format!("INSERT INTO {} ({columns})", self.name);
            let parameters = list(self.columns, |number, _| format!("${number}"));
            let arrays = list(self.columns, |number, column| format!("${number}::{}[]", array_of(column.kind)));
            let replaced = self.update(|name| format!("{name} = excluded.{name}"));
            let added = self.update(|name| format!("{name} = {}.{name} + excluded.{name}", self.name));
            let tails = [String::new(), " ON CONFLICT DO NOTHING".to_owned(), replaced, added];
            Texts {
                rows: tails.clone().map(|tail| format!("{head} VALUES ({parameters}){tail}")),
                arrays: tails.map(|tail| format!("{head} SELECT * FROM unnest({arrays}){tail}")),
                select: format!("SELECT {columns} FROM {}", self.name),
            }
        })
    }

    fn update(&self, set: impl Fn(&str) -> String) -> String {
        let rest: Vec<String> = self
            .columns
            .iter()
            .filter(|column| !self.key.contains(&column.name))
            .map(|column| set(column.name))
            .collect();
        let key = self.key.join(", ");
        if rest.is_empty() {
            return format!(" ON CONFLICT ({key}) DO NOTHING");
        }
        format!(" ON CONFLICT ({key}) DO UPDATE SET {}", rest.join(", "))
    }
}

impl OnConflict {
    fn choose(self, [fail, skip, replace, add]: &[String; 4]) -> &str {
        match self {
            OnConflict::Fail => fail,
            OnConflict::Skip => skip,
            OnConflict::Replace => replace,
            OnConflict::Add => add,
        }
    }
}

fn list(columns: &[Column], one: impl Fn(usize, &Column) -> String) -> String {
    let parts: Vec<String> = (1..).zip(columns).map(|(number, column)| one(number, column)).collect();
    parts.join(", ")
}

fn array_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "BIGINT",
        Kind::Text => "TEXT",
        Kind::Bytes => "BYTEA",
    }
}
