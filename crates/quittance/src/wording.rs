//! Texts that the provider may edit: a default that comes with the program, or what stands in the table `wording`.

use std::collections::HashMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::app::Inner;
use crate::error::{Error, Result};

/// The texts of mails: key and default.
pub const MAIL: &[(&str, &str)] = &[
    ("mail/invoice.subject", include_str!("../texts/mail/invoice.subject.txt")),
    ("mail/invoice.text", include_str!("../texts/mail/invoice.text.txt")),
];

/// Every text as it holds now.
///
/// # Errors
/// Those of the database.
pub async fn texts(app: &Inner, defaults: &[(&'static str, &'static str)]) -> Result<HashMap<String, String>> {
    let changed = app.store.read(|tx| tx.wordings()).await?;
    let mut texts: HashMap<String, String> =
        defaults.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    texts.extend(changed.into_iter().filter(|row| defaults.iter().any(|(key, _)| *key == row.key)).map(|row| (row.key, row.body)));
    Ok(texts)
}

/// Fills a text with values. Values are plain text: nothing in them is read as a template.
///
/// # Errors
/// `Refused` where the text is no template, or names a value that isn't there: a person edited it.
pub fn fill(text: &str, values: &impl Serialize) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_trim_blocks(true);
    environment.set_keep_trailing_newline(false);
    environment.render_str(text, values).map_err(Error::refused)
}

/// Every text there is, with its default.
pub fn all() -> Vec<(&'static str, &'static str)> {
    MAIL.to_vec()
}

/// Whether a text can be read as a template at all.
///
/// # Errors
/// `Refused` with what is wrong and on which line.
pub fn check(text: &str) -> Result<()> {
    Environment::new().template_from_str(text).map(drop).map_err(Error::refused)
}
