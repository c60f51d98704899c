//! The letter that carries a credit note or a late fee.

use askama::Template;
use serde::Serialize;
use store::provider::ProviderRow;

use crate::app::Inner;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::issued::{Issued, Kind};
use crate::letter::{ProviderValues, provider_values};
use crate::paper::plain::where_it_went;
use crate::wording::{self, Texts};

/// Subject, text and HTML.
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
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
    let provider = &issued.provider;
    let values = values(issued, attached);
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
        provider,
        called: issued.called(),
        document: &values,
        amount_label,
        sentence: &sentence,
        accent: &provider.accent,
    };
    let html = html.render().map_err(Error::internal)?;
    let texts = Texts::read(app, wording::MAIL).await?;
    let named = Named { provider: provider_values(provider), document: &values };
    let subject = texts.filled(&format!("mail/{kind}.subject"), &named).trim().to_owned();
    Ok(Words { subject, text: texts.filled(&format!("mail/{kind}.text"), &named), html })
}

fn values(issued: &Issued, attached: bool) -> Values {
    let (provider, invoice) = (&issued.provider, &issued.whole.invoice);
    let formats = Formats::of(provider, invoice.formats);
    let values = Values {
        number: issued.number().to_owned(),
        account: invoice.bill_to_name.clone(),
        total: issued.total().with_currency(),
        url: format!("{}{}", provider.portal_url.trim_end_matches('/'), issued.path()),
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
