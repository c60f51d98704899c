//! What the runs wrote, read back table by table for the floors: batches of invoices in the order of their numbers.

use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use crate::Result;

/// Invoices of one transaction of the floor.
const BATCH: i64 = 1000;

/// The tables in the order in which they can be written: name, the serial of the invoice with which a row is written, and
/// the rest of the order.
const TABLES: [(&str, &str, &str); 13] = [
    ("run", "0", "2"),
    ("draft", "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.run_id = t.run_id)", "2"),
    ("invoice", "t.serial", "2"),
    (
        "invoice_line",
        "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.invoice_id)",
        "4",
    ),
    (
        "invoice_tax",
        "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.invoice_id)",
        "4",
    ),
    (
        "document_number",
        "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.document_id)",
        "2",
    ),
    (
        "invoice_state",
        "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.invoice_id)",
        "2",
    ),
    ("entry", "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.document_id)", "2"),
    (
        "posting",
        "(SELECT serial FROM entry e JOIN invoice i ON i.account_id = e.account_id AND i.invoice_id = e.document_id \
         WHERE e.account_id = t.account_id AND e.entry_id = t.entry_id)",
        "4",
    ),
    ("job", "(SELECT serial FROM invoice i WHERE i.account_id = t.account_id AND i.invoice_id = t.subject_id)", "2"),
    ("account_state", "(SELECT min(serial) FROM invoice i WHERE i.account_id = t.account_id)", "2"),
    (
        "account_month",
        "(SELECT min(serial) FROM invoice i WHERE i.account_id = t.account_id AND i.stream = t.stream \
         AND substr(i.issued_on, 1, 7) = t.month)",
        "3",
    ),
    (
        "account_due",
        "(SELECT min(serial) FROM invoice i WHERE i.account_id = t.account_id AND i.due_on = t.due_on)",
        "3",
    ),
];

/// A value.
#[derive(Clone, Debug)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
}

/// The kind of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    Bytes,
}

/// A table and its columns.
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<Kind>,
}

/// Everything that the runs wrote.
pub struct Rows {
    /// In the order in which they can be written.
    pub tables: Vec<Table>,
    /// Of each transaction the rows of each table.
    pub batches: Vec<Vec<Vec<Box<[Cell]>>>>,
    /// Of each transaction the number that the series then gives next.
    pub next: Vec<i64>,
}

impl Rows {
    /// Reads them from the file of an instance.
    pub fn read(path: &Path) -> Result<Self> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let (first, next): (i64, i64) =
            connection.query_row("SELECT first, next FROM series WHERE series = 'invoice'", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let ends: Vec<i64> =
            (first..next).step_by(usize::try_from(BATCH)?).map(|from| (from + BATCH).min(next)).collect();
        let mut rows = Self { tables: Vec::new(), batches: Vec::new(), next: ends };
        rows.batches.resize_with(rows.next.len(), Vec::new);
        for (name, serial, order) in TABLES {
            rows.tables.push(Table { name, columns: columns(&connection, name)? });
            for batch in &mut rows.batches {
                batch.push(Vec::new());
            }
            let mut statement =
                connection.prepare(&format!("SELECT {serial} AS serial, t.* FROM {name} t ORDER BY 1, 2, {order}"))?;
            let width = statement.column_count();
            let mut found = statement.query([])?;
            while let Some(row) = found.next()? {
                let serial: i64 = row.get(0)?;
                let cells =
                    (1..width).map(|place| Ok(Cell::from(row.get_ref(place)?))).collect::<Result<Box<[Cell]>>>()?;
                let batch = usize::try_from((serial - first).max(0) / BATCH)?;
                rows.batches
                    .get_mut(batch)
                    .and_then(|batch| batch.last_mut())
                    .ok_or("a row of no invoice")?
                    .push(cells);
            }
        }
        Ok(rows)
    }

    /// How many invoices they are.
    pub fn invoices(&self) -> usize {
        let place = self.tables.iter().position(|table| table.name == "invoice").unwrap_or(0);
        self.batches.iter().filter_map(|batch| batch.get(place)).map(Vec::len).sum()
    }
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Kind>> {
    let mut statement = connection.prepare("SELECT type FROM pragma_table_info(?1) ORDER BY cid")?;
    let kinds = statement.query_map([table], |row| {
        Ok(match row.get::<_, String>(0)?.as_str() {
            "INTEGER" => Kind::Integer,
            "TEXT" => Kind::Text,
            _ => Kind::Bytes,
        })
    })?;
    Ok(kinds.collect::<std::result::Result<_, _>>()?)
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Text(text) => Self::Text(String::from_utf8_lossy(text).into()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.into()),
            ValueRef::Null | ValueRef::Real(_) => Self::Null,
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
