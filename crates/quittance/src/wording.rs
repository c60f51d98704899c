//! Texts that the provider may edit: a default that comes with the program, or what stands in the table `wording`.

use std::collections::HashMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::app::Inner;
use crate::error::{Error, Result};

/// The texts of mails: key and default.
pub const MAIL: &[(&str, &str)] = &[
    ("mail/credit_note.subject", include_str!("../texts/mail/credit_note.subject.txt")),
    ("mail/credit_note.text", include_str!("../texts/mail/credit_note.text.txt")),
    ("mail/digest.subject", include_str!("../texts/mail/digest.subject.txt")),
    ("mail/digest.text", include_str!("../texts/mail/digest.text.txt")),
    ("mail/invoice.subject", include_str!("../texts/mail/invoice.subject.txt")),
    ("mail/invoice.text", include_str!("../texts/mail/invoice.text.txt")),
    ("mail/late_fee.subject", include_str!("../texts/mail/late_fee.subject.txt")),
    ("mail/late_fee.text", include_str!("../texts/mail/late_fee.text.txt")),
];

/// Some texts as they hold now.
pub struct Texts {
    defaults: &'static [(&'static str, &'static str)],
    own: HashMap<String, String>,
}

impl Texts {
    /// Reads what the provider changed of these.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn read(app: &Inner, defaults: &'static [(&'static str, &'static str)]) -> Result<Self> {
        let changed = app.store.read(|tx| tx.wordings()).await?;
        Ok(Self { defaults, own: changed.into_iter().map(|row| (row.key, row.body)).collect() })
    }

    /// The text of a key, not yet filled.
    pub fn text(&self, key: &str) -> &str {
        self.own.get(key).map_or_else(|| self.default(key), String::as_str)
    }

    /// The text of a key with its values. One that can't be filled is the provider's mistake; the default stands in.
    pub fn filled(&self, key: &str, values: &impl Serialize) -> String {
        fill(self.text(key), values).unwrap_or_else(|error| {
            tracing::warn!(key, %error, "a text can't be filled; the default stands in");
            fill(self.default(key), values).unwrap_or_default()
        })
    }

    fn default(&self, key: &str) -> &'static str {
        self.defaults.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| *text)
    }
}

/// Fills a text with values. Values are plain text: nothing in them is read as a template.
fn fill(text: &str, values: &impl Serialize) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_trim_blocks(true);
    environment.render_str(text, values)
}

/// Every text there is, with its default.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    MAIL.iter().chain(crate::help_texts::HELP).copied()
}

/// Whether a text can be read as a template at all.
///
/// # Errors
/// `Refused` with what is wrong and on which line.
pub fn check(text: &str) -> Result<()> {
    Environment::new().template_from_str(text).map(drop).map_err(Error::refused)
}
