//! The letters of signing in: a code for a person, and a warning for the provider.

use askama::Template;
use connect::mail::{Address, Letter};

use crate::app::Inner;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::letter::sender;
use crate::random;
use crate::web::look::ink_accent;

#[derive(Template)]
#[template(path = "mail/code.txt")]
struct Text<'a> {
    code: &'a str,
    provider: &'a store::provider::ProviderRow,
    address: &'a str,
    trace: &'a str,
}

#[derive(Template)]
#[template(path = "mail/code.html")]
struct Html<'a> {
    code: &'a str,
    provider: &'a store::provider::ProviderRow,
    address: &'a str,
    trace: &'a str,
    accent: &'a str,
}

/// The letter with a code. No link in it: none would sign anybody in, and mail scanners open links.
///
/// # Errors
/// `Refused` where the sender's address can't be used.
pub fn code_letter(app: &Inner, to: Address, code: &Code, trace: &str) -> Result<Letter> {
    let provider = app.provider();
    let (code, address) = (code.reveal(), to.email().to_owned());
    let text = Text { code, provider: &provider, address: &address, trace }.render().map_err(Error::internal)?;
    let accent = ink_accent(&provider.accent);
    let html = Html { code, provider: &provider, address: &address, trace, accent: &accent };
    let html = html.render().map_err(Error::internal)?;
    letter(app, to, trace, Texts { subject: format!("{code} is your code for {}", provider.name), text, html })
}

/// Tells the provider that somebody is guessing codes.
///
/// # Errors
/// `Refused` where the provider's address can't be used.
pub fn alarm_letter(app: &Inner, failures: i64) -> Result<Letter> {
    let provider = app.provider();
    let to = Address::new(&provider.name, &provider.email).map_err(Error::refused)?;
    let text = format!(
        "{failures} wrong sign-in codes were typed within ten minutes. That many mistakes are no coincidence: somebody is \
         guessing.\n\nUntil it stops, browsers that have not signed in before get codes of ten letters and digits instead of \
         six digits. Nobody is locked out, and nothing has to be done.\n\n{}\n",
        app.config.base_url
    );
    let subject = "Somebody is guessing sign-in codes".to_owned();
    letter(app, to, "alarm", Texts { subject, text, html: String::new() })
}

struct Texts {
    subject: String,
    text: String,
    html: String,
}

fn letter(app: &Inner, to: Address, name: &str, Texts { subject, text, html }: Texts) -> Result<Letter> {
    let provider = app.provider();
    Ok(Letter {
        message_id: format!("sign-in.{name}.{}", hex(&random::bytes::<12>())),
        from: sender(app, &provider)?,
        reply_to: Address::new(&provider.name, &provider.email).ok(),
        to: vec![to],
        cc: Vec::new(),
        subject,
        text,
        html,
        attachments: Vec::new(),
        date: app.clock.now(),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
