//! `/help` and `/button`: the six questions, the provider's own help, the button for the provider's site.

use askama::Template;

use super::Frame;

/// A heading and its paragraphs, plain text.
#[derive(Clone, Debug, Default)]
pub struct HelpSection {
    /// The heading.
    pub title: String,
    /// Its paragraphs; line breaks are kept.
    pub paragraphs: Vec<String>,
}

impl HelpSection {
    /// A section from its title and plain text whose paragraphs are parted by empty lines.
    pub fn from_text(title: impl Into<String>, text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let paragraphs = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { title: title.into(), paragraphs }
    }
}

/// `GET /help`, readable by everyone.
#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// What stands around it.
    pub frame: Frame,
    /// The six questions.
    pub questions: Vec<HelpSection>,
    /// What the provider wrote besides.
    pub sections: Vec<HelpSection>,
    /// Whether the provider's W-9 can be downloaded.
    pub has_w9: bool,
}

/// `GET /button`: the sign-in button for the provider's own site.
#[derive(Template)]
#[template(path = "button.html")]
pub struct ButtonPage {
    /// What stands around it.
    pub frame: Frame,
    /// The HTML to copy, from `look::button_snippet`.
    pub snippet: String,
    /// The address it leads to: `https://pay.example/sign-in`.
    pub sign_in_url: String,
}
