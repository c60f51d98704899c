//! Records turned into one array per column, in PostgreSQL's binary format, for `INSERT … SELECT * FROM unnest(…)`.

use std::error::Error as StdError;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::values::{array_type_of, type_of};
use crate::{Column, Error, Kind, Sink, Value};

/// The columns of the rows of one insert.
pub(super) struct Arrays {
    columns: Vec<Array>,
    next: usize,
    bytes: usize,
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Array {
    kind: Kind,
    count: i32,
    has_null: bool,
    items: Vec<u8>,
}

impl Arrays {
    pub(super) fn new(columns: &[Column]) -> Arrays {
        let empty = |column: &Column| Array { kind: column.kind, count: 0, has_null: false, items: Vec::new() };
        Arrays { columns: columns.iter().map(empty).collect(), next: 0, bytes: 0 }
    }

    /// How large the insert has become, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn into_columns(self) -> Vec<Array> {
        self.columns
    }
}

impl Sink for Arrays {
    fn put(&mut self, value: Value<'_>) -> Result<(), Error> {
        let width = self.columns.len();
        let array =
            self.columns.get_mut(self.next).ok_or_else(|| Error::Other("a record without columns".to_owned()))?;
        self.next = (self.next + 1) % width;
        let before = array.items.len();
        value.check(array.kind)?;
        array.push(value)?;
        self.bytes += array.items.len() - before;
        Ok(())
    }
}

impl Array {
    fn push(&mut self, value: Value<'_>) -> Result<(), Error> {
        self.count += 1;
        match &value {
            Value::Null => {
                self.has_null = true;
                self.items.put_i32(-1);
            }
            Value::Integer(number) => self.push_bytes(&number.to_be_bytes())?,
            Value::Text(text) => self.push_bytes(text.as_bytes())?,
            Value::Bytes(bytes) => self.push_bytes(bytes)?,
        }
        Ok(())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let length = i32::try_from(bytes.len()).map_err(|_| Error::corrupt("more than 2 GiB in one value"))?;
        self.items.put_i32(length);
        self.items.extend_from_slice(bytes);
        Ok(())
    }
}

impl ToSql for Array {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let dimensions = 1;
        out.put_i32(dimensions);
        out.put_i32(i32::from(self.has_null));
        out.put_u32(type_of(self.kind).oid());
        out.put_i32(self.count);
        let first_index = 1;
        out.put_i32(first_index);
        out.extend_from_slice(&self.items);
        Ok(IsNull::No)
    }

    fn accepts(expected: &Type) -> bool {
        [Kind::Integer, Kind::Text, Kind::Bytes].map(array_type_of).contains(expected)
    }

    to_sql_checked!();
}
