//! Lenient reading: a field that is missing, new, or of another type than expected is passed over.

use jiff::Timestamp;
use serde_json::Value;

/// An object of Stripe's, or something within one.
#[derive(Clone, Copy)]
pub(super) struct Thing<'a>(pub(super) &'a Value);

impl<'a> Thing<'a> {
    /// What is in a field; nothing is like null.
    pub(super) fn at(self, field: &str) -> Thing<'a> {
        Thing(self.0.get(field).unwrap_or(&Value::Null))
    }

    pub(super) fn text(self, field: &str) -> Option<&'a str> {
        self.at(field).0.as_str().filter(|text| !text.is_empty())
    }

    /// The same where nothing is like empty.
    pub(super) fn owned(self, field: &str) -> String {
        self.text(field).unwrap_or_default().to_owned()
    }

    pub(super) fn number(self, field: &str) -> Option<i64> {
        self.at(field).0.as_i64()
    }

    pub(super) fn flag(self, field: &str) -> Option<bool> {
        self.at(field).0.as_bool()
    }

    /// Whether a flag is there and set.
    pub(super) fn is(self, field: &str) -> bool {
        self.flag(field) == Some(true)
    }

    pub(super) fn list(self, field: &str) -> &'a [Value] {
        self.at(field).0.as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The name of something else, which may stand there whole.
    pub(super) fn name_of(self, field: &str) -> Option<&'a str> {
        self.text(field).or_else(|| self.at(field).text("id"))
    }

    /// Something else, where it stands there whole.
    pub(super) fn whole(self, field: &str) -> Option<Thing<'a>> {
        Some(self.at(field)).filter(|thing| thing.0.is_object())
    }

    /// Seconds since 1970.
    pub(super) fn instant(self, field: &str) -> Option<Timestamp> {
        Timestamp::from_second(self.number(field)?).ok()
    }

    /// What we wrote on it.
    pub(super) fn ours(self, field: &str) -> Option<&'a str> {
        self.at("metadata").text(field)
    }
}
