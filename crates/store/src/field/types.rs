//! The types of the standard library, of dates and of decimals that are fields, and macros for the program's own.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{Error, Field, Kind, Value};

impl Field for i64 {
    const KIND: Kind = Kind::Integer;

    fn to_value(&self) -> Value<'_> {
        Value::Integer(*self)
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        value.integer()
    }
}

impl Field for u32 {
    const KIND: Kind = Kind::Integer;

    fn to_value(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        u32::try_from(value.integer()?).map_err(|_| Error::corrupt("not a number of 32 bits without sign"))
    }
}

/// 0 or 1; the column has a CHECK.
impl Field for bool {
    const KIND: Kind = Kind::Integer;

    fn to_value(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        match value.integer()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::corrupt("neither 0 nor 1")),
        }
    }
}

impl Field for String {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        value.text().map(Cow::into_owned)
    }
}

impl Field for Vec<u8> {
    const KIND: Kind = Kind::Bytes;

    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        value.bytes().map(Cow::into_owned)
    }
}

/// A digest or a secret's hash.
impl Field for [u8; 32] {
    const KIND: Kind = Kind::Bytes;

    fn to_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        <[u8; 32]>::try_from(value.bytes()?.as_ref()).map_err(|_| Error::corrupt("not 32 bytes"))
    }
}

/// `YYYY-MM-DD`, whose order as text is the order of the days from year 0 on.
impl Field for Date {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        value.text()?.parse().map_err(|_| Error::corrupt("not a date YYYY-MM-DD"))
    }
}

/// Microseconds since 1970 in UTC; anything finer is cut off.
impl Field for Timestamp {
    const KIND: Kind = Kind::Integer;

    fn to_value(&self) -> Value<'_> {
        Value::Integer(self.as_microsecond())
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        Timestamp::from_microsecond(value.integer()?).map_err(|_| Error::corrupt("an instant out of range"))
    }
}

/// Canonical text without trailing zeros: equal numbers are equal text. Never summed or ordered in SQL.
impl Field for Decimal {
    const KIND: Kind = Kind::Text;

    fn to_value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.normalize().to_string()))
    }

    fn from_value(value: Value<'_>) -> Result<Self, Error> {
        Decimal::from_str_exact(&value.text()?).map_err(|_| Error::corrupt("not a decimal number"))
    }
}

/// Makes a type with `FromStr` a text field: `text_enum!(Stream)` writes it with `Display`,
/// `text_enum!(Stream, as_str)` with a method `fn as_str(&self) -> &str` and without allocating.
#[macro_export]
macro_rules! text_enum {
    ($type:ty) => {
        $crate::text_enum!(@ $type, self, ::std::borrow::Cow::Owned(self.to_string()));
    };
    ($type:ty, $as_str:ident) => {
        $crate::text_enum!(@ $type, self, ::std::borrow::Cow::Borrowed(self.$as_str()));
    };
    (@ $type:ty, $self:ident, $text:expr) => {
        impl $crate::Field for $type {
            const KIND: $crate::Kind = $crate::Kind::Text;

            fn to_value(&$self) -> $crate::Value<'_> {
                $crate::Value::Text($text)
            }

            fn from_value(value: $crate::Value<'_>) -> ::std::result::Result<Self, $crate::Error> {
                value
                    .text()?
                    .parse()
                    .map_err(|_| $crate::Error::corrupt(concat!("not a ", stringify!($type))))
            }
        }
    };
}

/// Declares an enum whose variants each have one word in the database; gives `as_str`, `FromStr` and the field.
#[macro_export]
macro_rules! text_words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// All there are, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database.
            pub fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> ::std::result::Result<Self, ()> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(()),
                }
            }
        }

        $crate::text_enum!($name, as_str);
    };
}

/// Makes a newtype with `From<i64>` and `Into<i64>` an integer field: `integer_field!(SeatCount)`.
#[macro_export]
macro_rules! integer_field {
    ($type:ty) => {
        impl $crate::Field for $type {
            const KIND: $crate::Kind = $crate::Kind::Integer;

            fn to_value(&self) -> $crate::Value<'_> {
                $crate::Value::Integer(i64::from(*self))
            }

            fn from_value(value: $crate::Value<'_>) -> ::std::result::Result<Self, $crate::Error> {
                value.integer().map(<$type>::from)
            }
        }
    };
}

/// Declares ids, newtypes over the i64 that the program mints: `ids! { /// An account. AccountId; }`.
#[macro_export]
macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident ; )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                $name(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }

        $crate::integer_field!($name);
    )+ };
}
