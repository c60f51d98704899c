//! The letter that carries a credit note or a late fee.

use askama::Template;
use serde::Serialize;
use serde_json::json;
use store::provider::ProviderRow;

use crate::app::Inner;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::issued::{Issued, Kind};
use crate::letter::{ProviderValues, provider_values};
use crate::own_letter;
use crate::paper::plain::where_it_went;
use crate::web::look::ink_accent;
use crate::wording::{self, Filled, Texts};

/// Subject, text and HTML.
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Words {
    /// The subject and text of `key`, filled with its values, and `html`, unless the provider wrote the text: then its
    /// words stand there, too.
    ///
    /// # Errors
    /// `Internal` where a template is wrong: a bug.
    pub fn of(app: &Inner, texts: &Texts, (key, values): (&str, &impl Serialize), html: String) -> Result<Self> {
        let subject = texts.subject(&format!("{key}.subject"), values);
        let Filled { text, is_own } = texts.filled(&format!("{key}.text"), values);
        let html =
            if is_own { own_letter::html(&app.provider(), &app.config.base_url, &subject, &text)? } else { html };
        Ok(Self { subject, text, html })
    }
}

#[derive(Template)]
#[template(path = "mail/plain.html")]
struct Html<'a> {
    provider: &'a ProviderRow,
    called: &'a str,
    document: &'a Values,
    amount_label: &'a str,
    sentence: &'a str,
    accent: &'a str,
}

/// What the texts may name.
#[derive(Serialize)]
struct Named<'a> {
    provider: ProviderValues<'a>,
    document: &'a Values,
}

/// The document, as texts may name it. What a kind of document doesn't have is empty.
#[derive(Default, Serialize)]
struct Values {
    number: String,
    account: String,
    total: String,
    url: String,
    attached: bool,
    /// The invoice that it is about, and its due date.
    invoice: String,
    invoice_due_on: String,
    /// Of a credit note.
    reason: String,
    where_it_went: String,
    /// Of a late fee.
    due_on: String,
}

/// What the letter says.
///
/// # Errors
/// Those of the database; `Internal` where the template is wrong: a bug.
pub async fn words(app: &Inner, issued: &Issued, attached: bool) -> Result<Words> {
    let provider = app.provider();
    let values = values(app, issued, attached);
    let (kind, amount_label, sentence) = match &issued.kind {
        Kind::LateFee(_) => {
            let late = format!("{} was not paid by {}.", values.invoice, values.invoice_due_on);
            ("late_fee", "Amount due", format!("Due {}. {late}", values.due_on))
        }
        Kind::CreditNote(_) | Kind::Invoice(_) => {
            ("credit_note", "Credited", format!("{} {}", values.reason, values.where_it_went))
        }
    };
    let html = Html {
        provider: &provider,
        called: issued.called(),
        document: &values,
        amount_label,
        sentence: &sentence,
        accent: &ink_accent(&provider.accent),
    };
    let html = html.render().map_err(Error::internal)?;
    let texts = Texts::read(app, wording::MAIL).await?;
    let named = Named { provider: provider_values(&provider), document: &values };
    Words::of(app, &texts, (&format!("mail/{kind}"), &named), html)
}

/// Everything that the texts may name, without content.
pub fn sample() -> serde_json::Value {
    json!(Named { provider: ProviderValues::default(), document: &Values::default() })
}

fn values(app: &Inner, issued: &Issued, attached: bool) -> Values {
    let (provider, invoice) = (&issued.provider, &issued.whole.invoice);
    let formats = Formats::of(provider, invoice.formats);
    let values = Values {
        number: issued.number().to_owned(),
        account: invoice.bill_to_name.clone(),
        total: issued.total().with_currency(),
        url: format!("{}{}", app.config.base_url, issued.path()),
        attached,
        invoice: invoice.number.clone(),
        invoice_due_on: formats.long_date(invoice.due_on),
        ..Values::default()
    };
    match &issued.kind {
        Kind::CreditNote(note) => Values {
            reason: sentence(&note.note.reason),
            where_it_went: where_it_went(note, &invoice.number),
            ..values
        },
        Kind::LateFee(fee) => Values { due_on: formats.long_date(fee.due_on), ..values },
        Kind::Invoice(_) => values,
    }
}

/// The text with a final stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
