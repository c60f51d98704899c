//! `/help` and `/button`: the six questions, the provider's own help, the button for the provider's site.

use askama::Template;

use super::{Frame, Provider};

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

/// The six questions of the founding text with answers that hold today (product.md, S16 to S21).
/// A provider may replace a section's paragraphs; the headings stay.
pub fn founding_questions(provider: &Provider) -> Vec<HelpSection> {
    let reach = format!("Call {} or write to {}.", provider.phone, provider.email);
    let section = |title: &str, paragraphs: Vec<String>| HelpSection { title: title.to_owned(), paragraphs };
    vec![
        section(
            "Do I need OTP or Microsoft SSO?",
            vec![
                "You need a one-time password (OTP). We mail you six digits each time you sign in, and you type them in. There is no password to remember or to lose.".to_owned(),
                "Microsoft single sign-on (SSO) is not offered here yet. Everyone signs in with a mailed code.".to_owned(),
                "Tired of codes? Once you are signed in, add a passkey under “My passkeys”: then a finger, your face or a PIN is enough.".to_owned(),
            ],
        ),
        section(
            "Our billing contact has changed",
            vec![
                format!("Tell us the name and e-mail address of the new contact, and who has left. {reach}"),
                "Before we change anything we call back the number we have on file. When it is done, the old contact can no longer sign in and gets no more invoices.".to_owned(),
            ],
        ),
        section(
            "My payment method has changed",
            vec![
                "This portal keeps no cards or bank accounts, so there is nothing to change here. Pay your next invoice the new way; each invoice says how.".to_owned(),
                format!("If you once gave us a card or bank account to charge, tell us about the new one by phone, never by e-mail: {}.", provider.phone),
            ],
        ),
        section(
            "One-time payment instead of Auto Pay?",
            vec![
                "Yes. Every invoice can be paid by itself, by its due date; the invoice's page says how. Auto Pay is not offered in this portal yet, so nothing is charged by itself.".to_owned(),
            ],
        ),
        section(
            "Trouble signing in?",
            vec![
                format!("No code came? Look in junk mail for “code” from {}, use the address our invoices come to, and wait two minutes: some mail systems hold new messages.", provider.email),
                "A code works once, for 10 minutes, in the browser that asked for it. When you ask again, only the newest one works.".to_owned(),
                format!("Still nothing? {reach} Read out the trace number on the sign-in page; with it we can see what became of your mail."),
            ],
        ),
        section("Phone and e-mail", vec![format!("{reach} {}", provider.hours_sentence()).trim().to_owned()]),
    ]
}

/// `GET /help`, readable by everyone.
#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// What stands around it.
    pub frame: Frame,
    /// The six questions, from `founding_questions` or edited by the provider.
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
