//! Reading what is given, leniently: figures may be numbers or text, and what is left out may be left out.

use std::str::FromStr;

use billing::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

/// Why a case can't be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

/// Something that may be asked.
pub type Read<T> = Result<T, Unsupported>;

/// An unsupported case, with the reason.
pub fn unsupported<T>(reason: impl Into<String>) -> Read<T> {
    Err(Unsupported(reason.into()))
}

/// A record of a case.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a>(pub &'a Value);

impl<'a> Given<'a> {
    /// The value of a key; none where it is left out or null.
    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// The value of the first of these keys that is there.
    pub fn any(self, keys: &[&str]) -> Option<&'a Value> {
        keys.iter().find_map(|key| self.get(key))
    }

    fn needs(self, key: &str) -> Read<&'a Value> {
        self.get(key).ok_or_else(|| Unsupported(format!("{key} is not given")))
    }

    /// Anything that is read from text.
    pub fn read<T: FromStr>(self, key: &str) -> Read<T> {
        parse(self.needs(key)?)
    }

    /// The same, where it may be left out.
    pub fn maybe<T: FromStr>(self, key: &str) -> Read<Option<T>> {
        self.get(key).map(parse).transpose()
    }

    /// Text.
    pub fn text(self, key: &str) -> Read<String> {
        self.needs(key).map(text)
    }

    /// Whether it is true; false where it is left out.
    pub fn is(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| matches!(text(value).as_str(), "true" | "yes"))
    }

    /// A date.
    pub fn date(self, key: &str) -> Read<Date> {
        self.read(key)
    }

    /// A whole number.
    pub fn int(self, key: &str) -> Read<i64> {
        self.read(key)
    }

    /// A decimal.
    pub fn decimal(self, key: &str) -> Read<Decimal> {
        self.read(key)
    }

    /// A half-open pair of dates.
    pub fn span(self, key: &str) -> Read<Span> {
        match self.list(key)?.as_slice() {
            [from, until] => Ok(Span::new(parse(from.0)?, parse(until.0)?)),
            _ => unsupported(format!("{key} is no pair of dates")),
        }
    }

    /// The records of a list; none where it is left out.
    pub fn list(self, key: &str) -> Read<Vec<Given<'a>>> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => Ok(values.iter().map(Given).collect()),
            Some(_) => unsupported(format!("{key} is no list")),
        }
    }

    /// A list of things read from text.
    pub fn all<T: FromStr>(self, key: &str) -> Read<Vec<T>> {
        self.list(key)?.into_iter().map(|given| parse(given.0)).collect()
    }

    /// The entries of a record, by name.
    pub fn entries(self, key: &str) -> Vec<(&'a str, Given<'a>)> {
        let object = self.get(key).and_then(Value::as_object);
        object.into_iter().flatten().map(|(name, value)| (name.as_str(), Given(value))).collect()
    }
}

/// A scalar as text.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A scalar as what it means.
pub fn parse<T: FromStr>(value: &Value) -> Read<T> {
    let text = text(value);
    text.trim().trim_start_matches('+').parse().map_err(|_| Unsupported(format!("{text} can't be read")))
}
