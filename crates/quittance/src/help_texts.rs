//! The help page's texts: six questions as headings, the same everywhere, and answers that the provider may replace.

use serde::Serialize;
use serde_json::json;

use crate::app::Inner;
use crate::error::Result;
use crate::letter::sender_email;
use crate::wording::{Texts, fill};

/// The key and the heading of each question.
const QUESTIONS: [(&str, &str); 6] = [
    ("help/otp", "Do I need OTP or Microsoft SSO?"),
    ("help/contact", "Our billing contact has changed"),
    ("help/method", "My payment method has changed"),
    ("help/one-time", "One-time payment instead of Auto Pay?"),
    ("help/trouble", "Trouble signing in?"),
    ("help/reach", "Phone and e-mail"),
];
const EXTRA: &str = "help/extra";

/// The texts of the help page: key and default. `help/extra` is the provider's own section: a line with its heading,
/// an empty line, its paragraphs.
pub const HELP: &[(&str, &str)] = &[
    ("help/otp", include_str!("../texts/help/otp.txt")),
    ("help/contact", include_str!("../texts/help/contact.txt")),
    ("help/method", include_str!("../texts/help/method.txt")),
    ("help/one-time", include_str!("../texts/help/one-time.txt")),
    ("help/trouble", include_str!("../texts/help/trouble.txt")),
    ("help/reach", include_str!("../texts/help/reach.txt")),
    (EXTRA, ""),
];

/// What the texts may name.
#[derive(Default, Serialize)]
pub struct Values<'a> {
    pub provider: ProviderValues<'a>,
    /// Who codes come from.
    pub sender: &'a str,
    /// Whether Microsoft is a door.
    pub microsoft: bool,
    /// Whether invoices are paid here.
    pub payments: bool,
    /// Whether a part of one can be paid.
    pub parts: bool,
    /// Whether the link of a mail leads to paying it.
    pub links: bool,
}

/// The provider, as texts may name it.
#[derive(Default, Serialize)]
pub struct ProviderValues<'a> {
    pub name: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
    pub website: &'a str,
    pub support_hours: &'a str,
}

/// Everything that the texts may name, without content.
pub fn sample() -> serde_json::Value {
    json!(Values::default())
}

/// Heading and answer of each question as they come with the program.
pub fn founding(values: &Values<'_>) -> Vec<(String, String)> {
    let answer = |key: &str| HELP.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| *text);
    let filled = |key: &str| fill(answer(key), values).unwrap_or_default();
    QUESTIONS.iter().map(|(key, heading)| ((*heading).to_owned(), filled(key))).collect()
}

/// Heading and answer of each question, plain text whose paragraphs are parted by empty lines.
///
/// # Errors
/// Those of the database.
pub async fn questions(app: &Inner) -> Result<Vec<(String, String)>> {
    let texts = Texts::read(app, HELP).await?;
    Ok(QUESTIONS.iter().map(|(key, heading)| ((*heading).to_owned(), filled(app, &texts, key))).collect())
}

/// The provider's own section, if there is one.
///
/// # Errors
/// Those of the database.
pub async fn extra_section(app: &Inner) -> Result<Option<(String, String)>> {
    let text = filled(app, &Texts::read(app, HELP).await?, EXTRA);
    let (heading, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    Ok((!heading.is_empty()).then(|| (heading.to_owned(), rest.to_owned())))
}

fn filled(app: &Inner, texts: &Texts, key: &str) -> String {
    let (provider, config) = (app.provider(), &app.config);
    let payments = app.gateway.is_some();
    let values = Values {
        provider: ProviderValues {
            name: &provider.name,
            phone: &provider.phone,
            email: &provider.email,
            website: &provider.website,
            support_hours: provider.support_hours.trim_end_matches('.'),
        },
        sender: sender_email(app, &provider),
        microsoft: app.microsoft.is_some(),
        payments,
        parts: config.payments.parts,
        links: payments && config.payments.links,
    };
    texts.filled(key, &values).text
}
