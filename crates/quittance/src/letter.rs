//! The letter that carries an invoice: subject, text, HTML and the document.

use std::sync::Arc;

use askama::Template;
use billing::invoice::stream_name;
use billing::money::Money;
use connect::mail::{Address, Attachment, Letter};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use store::mail::{MailRow, RecipientRow};
use store::provider::ProviderRow;

use billing::account::Routing;

use crate::app::Inner;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::issued::{Issued, Kind};
use crate::paper::invoice_paper;
use crate::paper::why::signed;
use crate::plain_letter::{self, Words};
use crate::web::look::ink_accent;
use crate::wording::{self, Texts};

/// Everything a letter is made of.
pub struct Contents {
    pub mail: MailRow,
    pub recipients: Vec<RecipientRow>,
    pub issued: Issued,
    pub document: Vec<u8>,
    /// Where whoever has this mail pays its document without signing in; nothing where that is switched off.
    pub pay_url: Option<String>,
}

/// What the texts may name.
#[derive(Serialize)]
struct Values<'a> {
    provider: ProviderValues<'a>,
    invoice: InvoiceValues,
}

/// The provider, as texts may name it.
#[derive(Default, Serialize)]
pub struct ProviderValues<'a> {
    name: &'a str,
    legal_name: &'a str,
    phone: &'a str,
    email: &'a str,
    support_hours: &'a str,
    address: &'a str,
    city: &'a str,
    region: &'a str,
    postal_code: &'a str,
}

#[derive(Default, Serialize)]
struct InvoiceValues {
    number: String,
    kind: String,
    account: String,
    period: String,
    total: String,
    due_on: String,
    url: String,
    /// Empty where it can't be paid by its mail.
    pay_url: String,
    attached: bool,
    changes: Option<ChangeValues>,
}

#[derive(Default, Serialize)]
struct ChangeValues {
    /// The difference in a sentence.
    sentence: String,
    previous: String,
    /// Of a recurring invoice: every line that changed.
    rows: Vec<RowValues>,
    total: String,
}

#[derive(Default, Serialize)]
struct RowValues {
    label: String,
    why: String,
    change: String,
}

#[derive(Template)]
#[template(path = "mail/invoice.html")]
struct Html<'a> {
    provider: &'a ProviderRow,
    invoice: &'a InvoiceValues,
    accent: &'a str,
}

/// Builds the letter. `sent_at` is business time.
///
/// # Errors
/// `Refused` where the sender's address can't be used.
pub async fn invoice_letter(app: &Inner, contents: &Contents, sent_at: Timestamp) -> Result<Letter> {
    // The document says who the provider was; a letter comes from who it is, and leads to where the portal is.
    let provider = app.provider();
    let attached = contents.document.len() <= app.config.mail.attach_at_most;
    let words = match &contents.issued.kind {
        Kind::Invoice(_) => invoice_words(app, contents, attached).await?,
        Kind::CreditNote(_) | Kind::LateFee(_) => plain_letter::words(app, &contents.issued, attached).await?,
    };
    let number = contents.issued.number();
    let attachment = Attachment {
        file_name: format!("{number}.pdf"),
        media_type: "application/pdf".to_owned(),
        bytes: Arc::from(contents.document.as_slice()),
    };
    Ok(Letter {
        message_id: contents.mail.message_id.clone(),
        from: sender(app, &provider)?,
        reply_to: Address::new(&provider.name, &provider.email).ok(),
        to: addresses(contents, Routing::To),
        cc: addresses(contents, Routing::Cc),
        subject: words.subject,
        text: words.text,
        html: words.html,
        attachments: if attached { vec![attachment] } else { Vec::new() },
        date: sent_at,
    })
}

async fn invoice_words(app: &Inner, contents: &Contents, attached: bool) -> Result<Words> {
    let provider = app.provider();
    let invoice = invoice_values(app, contents, attached);
    let accent = ink_accent(&provider.accent);
    let html = Html { provider: &provider, invoice: &invoice, accent: &accent }.render().map_err(Error::internal)?;
    let values = Values { provider: provider_values(&provider), invoice };
    let texts = Texts::read(app, wording::MAIL).await?;
    Words::of(app, &texts, ("mail/invoice", &values), html)
}

/// Who mails come from.
///
/// # Errors
/// `Refused` where the address can't be used.
pub fn sender(app: &Inner, provider: &ProviderRow) -> Result<Address> {
    Address::new(&provider.name, sender_email(app, provider)).map_err(Error::refused)
}

/// The address that mails come from.
pub fn sender_email<'a>(app: &'a Inner, provider: &'a ProviderRow) -> &'a str {
    let from = &app.config.mail.from;
    if from.is_empty() { &provider.email } else { from }
}

/// A random part of a Message-ID.
pub fn tag() -> String {
    crate::random::bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn addresses(contents: &Contents, routing: Routing) -> Vec<Address> {
    let rows = contents.recipients.iter().filter(|row| row.routing == routing);
    rows.filter_map(|row| Address::new(&row.name, &row.email).ok()).collect()
}

/// The provider, as texts may name it.
pub fn provider_values(provider: &ProviderRow) -> ProviderValues<'_> {
    ProviderValues {
        name: &provider.name,
        legal_name: &provider.legal_name,
        phone: &provider.phone,
        email: &provider.email,
        support_hours: &provider.support_hours,
        address: &provider.address,
        city: &provider.city,
        region: &provider.region,
        postal_code: &provider.postal_code,
    }
}

/// Everything that the texts may name, without content.
pub fn sample() -> serde_json::Value {
    let changes = ChangeValues { rows: vec![RowValues::default()], ..ChangeValues::default() };
    let invoice = InvoiceValues { changes: Some(changes), ..InvoiceValues::default() };
    json!(Values { provider: ProviderValues::default(), invoice })
}

fn invoice_values(app: &Inner, contents: &Contents, attached: bool) -> InvoiceValues {
    let Issued { kind, whole, provider } = &contents.issued;
    let invoice = &whole.invoice;
    let previous = if let Kind::Invoice(previous) = kind { previous.as_deref() } else { None };
    let paper = invoice_paper(whole, provider, previous);
    let money = |minor: i64| Money::new(minor, invoice.currency);
    let changes = paper.changes.and_then(|changes| {
        let rows = changes.lines.into_iter().map(|line| RowValues {
            label: line.label,
            why: line.why.unwrap_or_default(),
            change: signed(line.change, invoice.currency),
        });
        Some(ChangeValues {
            sentence: changes.sentence?,
            previous: changes.previous_label,
            rows: rows.collect(),
            total: signed(changes.total_change, invoice.currency),
        })
    });
    let formats = Formats::of(provider, invoice.formats);
    InvoiceValues {
        number: invoice.number.clone(),
        kind: format!("{} invoice", stream_name(invoice.stream)),
        account: invoice.bill_to_name.clone(),
        period: format!(
            "{} to {}",
            formats.long_date(invoice.period_from),
            formats.long_date(billing::Span::new(invoice.period_from, invoice.period_until).last())
        ),
        total: money(invoice.total_minor).with_currency(),
        due_on: formats.long_date(invoice.due_on),
        url: format!("{}/invoices/{}", app.config.base_url, invoice.number),
        pay_url: contents.pay_url.clone().unwrap_or_default(),
        attached,
        changes,
    }
}
