//! Texts that the provider may edit: a default that comes with the program, or what stands in the table `wording`.

use std::collections::HashMap;

use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::app::Inner;
use crate::error::{Error, Result};

/// How much a text may do before it counts as one that never ends.
const MOST_STEPS: u64 = 200_000;

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

/// A filled text.
pub struct Filled {
    /// The text.
    pub text: String,
    /// Whether these are the provider's own words.
    pub is_own: bool,
}

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
    pub fn filled(&self, key: &str, values: &impl Serialize) -> Filled {
        if let Some(own) = self.own.get(key) {
            match fill(own, values) {
                Ok(text) => return Filled { text, is_own: true },
                Err(error) => tracing::warn!(key, %error, "a text can't be filled; the default stands in"),
            }
        }
        Filled { text: fill(self.default(key), values).unwrap_or_default(), is_own: false }
    }

    /// The same of a subject: one line.
    pub fn subject(&self, key: &str, values: &impl Serialize) -> String {
        self.filled(key, values).text.trim().to_owned()
    }

    fn default(&self, key: &str) -> &'static str {
        self.defaults.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| *text)
    }
}

/// Fills a text with values. Values are plain text: nothing in them is read as a template.
pub fn fill(text: &str, values: &impl Serialize) -> Result<String, minijinja::Error> {
    environment().render_str(text, values)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_trim_blocks(true);
    environment.set_fuel(Some(MOST_STEPS));
    environment
}

/// Every text there is, with its default.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    MAIL.iter().chain(crate::help_texts::HELP).copied()
}

/// What the text of a key may name, each as it is written: `invoice.number`.
pub fn names(key: &str) -> Vec<String> {
    let mut names = Vec::new();
    gather(&Value::from_serialize(sample(key)), "", &mut names);
    names.sort();
    names
}

/// Whether a text can be read as a template, names only what its key may name, and can be filled whether or not there is
/// what not every mail has.
///
/// # Errors
/// `Refused` with what is wrong; where it can't be read, with the line.
pub fn check(key: &str, text: &str) -> Result<()> {
    let (mut values, environment) = (sample(key), environment());
    let sample = Value::from_serialize(&values);
    let template = environment.template_from_str(text).map_err(Error::refused)?;
    let mut unknown: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    let is_set = |name: &String| text.split_whitespace().any(|word| word == name) && text.contains("set ");
    unknown.retain(|name| {
        let is_global = environment.globals().any(|(global, _)| global == name);
        !is_global && !is_known(name, &sample) && !is_set(name)
    });
    unknown.sort();
    if !unknown.is_empty() {
        let (unknown, known) = (unknown.join(", "), names(key).join(", "));
        return Err(Error::Refused(format!("{key} can't name {unknown}; it may name {known}")));
    }
    // What stands in a loop shows only when it runs.
    template.render(&sample).map_err(Error::refused)?;
    if let Some(changes) = values.pointer_mut("/invoice/changes") {
        *changes = serde_json::Value::Null;
        template.render(Value::from_serialize(&values)).map_err(|error| {
            Error::Refused(format!(
                "invoice.changes is empty where no invoice came before: put it into an if ({error})"
            ))
        })?;
    }
    Ok(())
}

/// Values as a text of this key gets them, each of them present and with something in it.
fn sample(key: &str) -> serde_json::Value {
    let mut values = match key.split_once('.').map_or(key, |(of, _)| of) {
        "mail/invoice" => crate::letter::sample(),
        "mail/digest" => crate::digest_letter::sample(),
        "mail/credit_note" | "mail/late_fee" => crate::plain_letter::sample(),
        _ => crate::help_texts::sample(),
    };
    write_something(&mut values);
    values
}

/// Texts may cut values into parts: each has some.
fn write_something(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => "Ann Baker, 16, 2026".clone_into(text),
        serde_json::Value::Array(all) => all.iter_mut().for_each(write_something),
        serde_json::Value::Object(all) => all.values_mut().for_each(write_something),
        _ => {}
    }
}

fn is_known(name: &str, sample: &Value) -> bool {
    let mut value = sample.clone();
    for part in name.split('.') {
        value = value.get_attr(part).unwrap_or(Value::UNDEFINED);
    }
    !value.is_undefined()
}

fn gather(value: &Value, path: &str, names: &mut Vec<String>) {
    if value.kind() != ValueKind::Map {
        names.push(path.to_owned());
        return;
    }
    for key in value.try_iter().into_iter().flatten() {
        let (field, part) = (value.get_item(&key).unwrap_or_default(), key.to_string());
        let path = if path.is_empty() { part } else { format!("{path}.{part}") };
        gather(&field, &path, names);
    }
}
