//! The small pieces pages are made of: a day, a status, a price, a sentence with bold words in it.

/// A day or an instant: what people read and what `<time datetime>` carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// `2026-11-06` or `2026-11-06T09:02:00-06:00`.
    pub iso: String,
    /// `Nov 6`, `Nov 6, 2026` or `Nov 6, 9:02 am`.
    pub text: String,
}

impl Day {
    /// A day from its machine form and its words.
    pub fn new(iso: impl Into<String>, text: impl Into<String>) -> Self {
        Self { iso: iso.into(), text: text.into() }
    }
}

/// A link: where it leads and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// A path on this portal or a full address.
    pub href: String,
    /// What is underlined.
    pub text: String,
}

impl Link {
    /// A link from its address and its words.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into() }
    }
}

/// One POST button: where it goes and what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deed {
    /// The form's action, a path on this portal.
    pub action: String,
    /// The words on the button.
    pub text: String,
}

impl Deed {
    /// A button from its form's action and its words.
    pub fn new(action: impl Into<String>, text: impl Into<String>) -> Self {
        Self { action: action.into(), text: text.into() }
    }
}

/// A piece of a sentence. Blanks between pieces are part of the pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Plain words.
    Text(String),
    /// Words that carry the fact of the sentence.
    Strong(String),
    /// A day that carries the fact of the sentence.
    Day(Day),
    /// Words that lead somewhere.
    Link(Link),
}

impl Piece {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Bold words.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Strong(text.into())
    }
}

/// What stands in an amount column of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Price {
    /// An amount without its currency sign: `206.25`.
    Money(String),
    /// The agreement pays for it.
    Covered,
    /// From the agreement's prepaid hours.
    Prepaid,
    /// Done for nothing.
    NoCharge,
}

/// Where an invoice stands: the shape in front of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusKind {
    /// Open and in time: a ring.
    Due,
    /// Open and late: a filled triangle, bold red.
    Overdue,
    /// A payment is under way: a half-filled ring.
    Processing,
    /// A payment's outcome is unknown: a dashed ring.
    Unknown,
    /// The customer disputes a line: a diamond, bold amber.
    Dispute,
    /// Something is paid, something is open: half-filled in the accent.
    PartPaid,
    /// Nothing is open: a filled disc with a tick.
    Paid,
}

impl StatusKind {
    /// The class of the status, which colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Processing => "processing",
            Self::Unknown => "unknown",
            Self::Dispute => "dispute",
            Self::PartPaid => "part",
            Self::Paid => "paid",
        }
    }
}

/// A status in words with its shape: `Overdue 19 days`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The shape.
    pub kind: StatusKind,
    /// The words.
    pub text: String,
}

impl Status {
    /// A status from its shape and its words.
    pub fn new(kind: StatusKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}
