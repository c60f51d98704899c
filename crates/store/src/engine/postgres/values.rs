//! Values as parameters and columns of PostgreSQL.

use std::borrow::Cow;
use std::error::Error as StdError;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::row::Source;
use crate::{Error, Kind, Value};

/// The type of a column or parameter of this kind.
pub(super) fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
    }
}

/// The type of an array of them.
pub(super) fn array_type_of(kind: Kind) -> Type {
    match kind {
        Kind::Integer => Type::INT8_ARRAY,
        Kind::Text => Type::TEXT_ARRAY,
        Kind::Bytes => Type::BYTEA_ARRAY,
    }
}

/// The kind of a type; nothing for types that the store doesn't use (int4, numeric, …).
pub(super) fn kind_of(found: &Type) -> Option<Kind> {
    match *found {
        Type::INT8 => Some(Kind::Integer),
        Type::TEXT => Some(Kind::Text),
        Type::BYTEA => Some(Kind::Bytes),
        _ => None,
    }
}

/// A value whose kind was checked against the parameter's before.
#[derive(Debug)]
pub(super) struct Parameter<'a>(pub(super) Value<'a>);

impl ToSql for Parameter<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match &self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Integer(number) => out.extend_from_slice(&number.to_be_bytes()),
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
            Value::Bytes(bytes) => out.extend_from_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(expected: &Type) -> bool {
        kind_of(expected).is_some()
    }

    to_sql_checked!();
}

impl Source for tokio_postgres::Row {
    fn value(&self, place: usize) -> Result<Value<'_>, Error> {
        let found = self.columns().get(place).map(|column| kind_of(column.type_()));
        let value = match found {
            Some(Some(Kind::Integer)) => self.try_get::<_, Option<i64>>(place)?.map(Value::Integer),
            Some(Some(Kind::Text)) => {
                self.try_get::<_, Option<&str>>(place)?.map(|text| Value::Text(Cow::Borrowed(text)))
            }
            Some(Some(Kind::Bytes)) => {
                self.try_get::<_, Option<&[u8]>>(place)?.map(|bytes| Value::Bytes(Cow::Borrowed(bytes)))
            }
            Some(None) => return Err(Error::corrupt("neither BIGINT nor TEXT nor BYTEA")),
            None => {
                return Err(Error::corrupt("the statement has fewer columns than the record"));
            }
        };
        Ok(value.unwrap_or(Value::Null))
    }
}
