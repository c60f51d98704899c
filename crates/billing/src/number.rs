//! Invoice numbers: prefix and a consecutive integer, given at issue and never reused. `series` has those with dates in
//! them, that start again, or that each customer has of its own, as other systems do.

pub mod series;

use std::fmt;
use std::str::FromStr;

/// The letters before the number, `[A-Z0-9-]{0,12}`: numbers stand in URLs, so nothing else is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `INV-` and 20001 give `INV-20001`; not padded.
    #[must_use]
    pub fn number(&self, n: i64) -> String {
        format!("{}{n}", self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Prefix {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        if text.len() <= 12 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err("at most 12 of A-Z, 0-9 and -, since numbers stand in URLs")
        }
    }
}
