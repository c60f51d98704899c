//! Series of numbers: a pattern, whose counter it is, and when it starts again. A number is given at issue, in the order
//! of issuing, without gaps; a void keeps its number. Rule: `docs/rules.md`, Numbers.
//! It answers facts of other systems; the product doesn't run it: there a series is a prefix and a counter.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;

use crate::words::words;

words! {
    /// Whose counter it is.
    pub enum Scope {
        /// One for all.
        Global = "global",
        /// One for each billing entity of the provider.
        Entity = "entity",
        /// One for each customer.
        Customer = "customer",
    }
}

words! {
    /// When the counter starts again.
    pub enum Reset {
        /// Never, the default.
        Never = "never",
        /// With every day of issue.
        Daily = "daily",
        /// With every month.
        Monthly = "monthly",
        /// With every year.
        Yearly = "yearly",
    }
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Prefix,
    Customer,
    /// In the notation of `strftime`.
    Date(&'static str),
    Counter(usize),
}

/// How a number is written: `{prefix}-{yyyymm}-{seq:03}`. The names are `prefix`, `customer_seq` (the customer's own
/// number), `yyyy`, `yy`, `mm`, `dd`, `yyyymm`, `yyyymmdd` and `seq` with the digits it is filled up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A brace that is not closed.
    #[error("a {{ has no }}")]
    Open,
    /// A name that means nothing.
    #[error("{{{0}}} is unknown; write prefix, customer_seq, yyyy, yy, mm, dd, yyyymm, yyyymmdd or seq:04")]
    Unknown(String),
    /// Two documents would have the same number.
    #[error("a pattern needs a counter such as {{seq:04}}")]
    NoCounter,
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(PatternError::Open)?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(part(name)?);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        if parts.iter().any(|part| matches!(part, Part::Counter(_))) {
            Ok(Self(parts))
        } else {
            Err(PatternError::NoCounter)
        }
    }
}

fn part(name: &str) -> Result<Part, PatternError> {
    let unknown = || PatternError::Unknown(name.to_owned());
    Ok(match name {
        "prefix" => Part::Prefix,
        "customer_seq" | "customer" => Part::Customer,
        "yyyy" => Part::Date("%Y"),
        "yy" => Part::Date("%y"),
        "mm" => Part::Date("%m"),
        "dd" => Part::Date("%d"),
        "yyyymm" => Part::Date("%Y%m"),
        "yyyymmdd" => Part::Date("%Y%m%d"),
        "seq" => Part::Counter(0),
        _ => {
            let width = name.strip_prefix("seq:").ok_or_else(unknown)?;
            Part::Counter(width.parse().ok().filter(|width| *width <= 20).ok_or_else(unknown)?)
        }
    })
}

/// A document that is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issue<'a> {
    /// The day of issue in the provider's zone.
    pub on: Date,
    /// The billing entity's name; any where there is one alone.
    pub entity: &'a str,
    /// The customer's own number.
    pub customer: &'a str,
}

/// A series and how far its counters are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What `{prefix}` is.
    pub prefix: String,
    /// How numbers are written.
    pub pattern: Pattern,
    /// Whose counter it is.
    pub scope: Scope,
    /// When it starts again.
    pub reset: Reset,
    /// The first number a counter gives.
    pub first: u64,
    /// The last number given, by owner and period.
    given: BTreeMap<(String, String), u64>,
}

impl Series {
    /// A series that has given nothing.
    #[must_use]
    pub const fn new(prefix: String, pattern: Pattern, scope: Scope, reset: Reset, first: u64) -> Self {
        Self { prefix, pattern, scope, reset, first, given: BTreeMap::new() }
    }

    /// Gives the next number. Nothing where a counter has come to the end of 64 bits.
    #[must_use]
    pub fn give(&mut self, issue: Issue<'_>) -> Option<String> {
        let owner = match self.scope {
            Scope::Global => "",
            Scope::Entity => issue.entity,
            Scope::Customer => issue.customer,
        };
        let period = match self.reset {
            Reset::Never => String::new(),
            Reset::Daily => issue.on.to_string(),
            Reset::Monthly => issue.on.strftime("%Y-%m").to_string(),
            Reset::Yearly => issue.on.year().to_string(),
        };
        let key = (owner.to_owned(), period);
        let next = self.given.get(&key).map_or(Some(self.first), |last| last.checked_add(1))?;
        self.given.insert(key, next);
        Some(self.written(issue, next))
    }

    fn written(&self, issue: Issue<'_>, counter: u64) -> String {
        let parts = self.pattern.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Prefix => self.prefix.clone(),
            Part::Customer => issue.customer.to_owned(),
            Part::Date(format) => issue.on.strftime(format).to_string(),
            Part::Counter(width) => format!("{counter:0width$}"),
        });
        parts.collect()
    }
}
