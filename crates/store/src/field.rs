//! Values as the databases know them (integer, text, bytes, null) and the types of the program that are stored as one.

mod types;

use std::borrow::Cow;

use crate::Error;

/// The kinds of columns, the same three on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 64 bits: INTEGER, BIGINT.
    Integer,
    /// UTF-8 without NUL: TEXT.
    Text,
    /// BLOB, BYTEA.
    Bytes,
}

/// One value on its way into or out of a database. Borrows where it can, so that an insert copies nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value<'a> {
    /// SQL NULL, of any kind.
    Null,
    /// A whole number, a boolean (0 or 1), an instant, an id.
    Integer(i64),
    /// Text, a civil date, a decimal, a variant of an enum.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    /// The kind, or nothing for NULL.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Value::Null => None,
            Value::Integer(_) => Some(Kind::Integer),
            Value::Text(_) => Some(Kind::Text),
            Value::Bytes(_) => Some(Kind::Bytes),
        }
    }

    /// The number. Errors: `Corrupt` for anything else.
    pub fn integer(self) -> Result<i64, Error> {
        match self {
            Value::Integer(number) => Ok(number),
            other => Err(other.unexpected("an integer")),
        }
    }

    /// The text. Errors: `Corrupt` for anything else.
    pub fn text(self) -> Result<Cow<'a, str>, Error> {
        match self {
            Value::Text(text) => Ok(text),
            other => Err(other.unexpected("text")),
        }
    }

    /// The bytes. Errors: `Corrupt` for anything else.
    pub fn bytes(self) -> Result<Cow<'a, [u8]>, Error> {
        match self {
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(other.unexpected("bytes")),
        }
    }

    /// A copy that borrows nothing.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Integer(number) => Value::Integer(number),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        }
    }

    /// Whether the value may stand in a column or parameter of this kind, on both databases. Errors: `Corrupt`.
    #[inline]
    pub(crate) fn check(&self, kind: Kind) -> Result<(), Error> {
        match (self, kind) {
            (Value::Null, _) | (Value::Integer(_), Kind::Integer) | (Value::Bytes(_), Kind::Bytes) => Ok(()),
            (Value::Text(text), Kind::Text) if !text.as_bytes().contains(&0) => Ok(()),
            _ => Err(self.misplaced(kind)),
        }
    }

    #[cold]
    fn misplaced(&self, kind: Kind) -> Error {
        match self.kind() {
            Some(Kind::Text) if kind == Kind::Text => {
                Error::corrupt("text with a NUL character, which PostgreSQL can't store")
            }
            found => Error::corrupt(format!("{kind:?} is declared, {found:?} was given")),
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::corrupt(match self.kind() {
            None => format!("{wanted} expected, NULL found"),
            Some(kind) => format!("{wanted} expected, {kind:?} found"),
        })
    }
}

/// A type that is stored in one column.
pub trait Field: Sized {
    /// The kind of its column.
    const KIND: Kind;
    /// Whether the column may be NULL: true for `Option` only.
    const NULLABLE: bool = false;
    /// The value to store.
    fn to_value(&self) -> Value<'_>;
    /// The field back from its value. Errors: `Corrupt` when the value isn't one that `to_value` makes.
    fn from_value(value: Value<'_>) -> Result<Self, Error>;
}

/// What can stand for a parameter of a statement: every `Field`, and borrowed text and bytes.
pub trait ToValue {
    /// The value to bind.
    fn value(&self) -> Value<'_>;
}

impl<T: Field> ToValue for T {
    fn value(&self) -> Value<'_> {
        self.to_value()
    }
}

impl ToValue for &str {
    fn value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl ToValue for &[u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl ToValue for Option<&str> {
    fn value(&self) -> Value<'_> {
        self.map_or(Value::Null, |text| Value::Text(Cow::Borrowed(text)))
    }
}

impl ToValue for Value<'_> {
    fn value(&self) -> Value<'_> {
        match self {
            Value::Null => Value::Null,
            Value::Integer(number) => Value::Integer(*number),
            Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            Value::Bytes(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
        }
    }
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;

    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}
