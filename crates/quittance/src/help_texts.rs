//! The help page's texts: the founding text's six questions as headings, word for word, and answers that the provider
//! may replace.

use serde::Serialize;

use crate::app::Inner;
use crate::error::Result;
use crate::wording::Texts;

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

#[derive(Serialize)]
struct Values<'a> {
    provider: ProviderValues<'a>,
    /// Whether Microsoft is a door.
    microsoft: bool,
}

#[derive(Serialize)]
struct ProviderValues<'a> {
    name: &'a str,
    phone: &'a str,
    email: &'a str,
    website: &'a str,
    support_hours: &'a str,
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
    let provider = app.provider();
    let values = Values {
        provider: ProviderValues {
            name: &provider.name,
            phone: &provider.phone,
            email: &provider.email,
            website: &provider.website,
            support_hours: provider.support_hours.trim_end_matches('.'),
        },
        microsoft: app.microsoft.is_some(),
    };
    texts.filled(key, &values)
}
