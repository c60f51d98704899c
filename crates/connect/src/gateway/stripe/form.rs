//! What is sent: pairs of names and values, nested by brackets, as Stripe takes them.

use std::fmt::Display;

/// A form, or a query.
#[derive(Clone, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn put(&mut self, name: &str, value: impl Display) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    /// The same, for writing several in a row.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.put(name, value);
        self
    }

    /// Asks that these be answered whole in place of their names.
    #[must_use]
    pub(super) fn expanding(self, fields: &[&str]) -> Self {
        fields.iter().fold(self, |form, field| form.with("expand[]", field))
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
