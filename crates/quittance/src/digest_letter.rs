//! The letter that carries several invoices to one person: a list with links, and the documents while there is room.

use std::sync::Arc;

use askama::Template;
use billing::invoice::stream_name;
use billing::{Money, Span};
use connect::mail::{Address, Attachment, Letter};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use store::bounce::MailAddressRow;
use store::digest::DigestRow;
use store::invoice::WholeInvoice;
use store::mail::RecipientRow;
use store::provider::ProviderRow;

use crate::app::Inner;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::letter::{ProviderValues, provider_values, sender};
use crate::plain_letter::Words;
use crate::web::look::ink_accent;
use crate::wording::{self, Texts};

/// Everything a digest is made of.
pub struct Bundle {
    pub digest: DigestRow,
    /// The invoices, in order.
    pub carried: Vec<Carried>,
    pub provider: ProviderRow,
    /// The person's address, where nothing is sent to it.
    pub hard: Vec<MailAddressRow>,
}

/// One of the invoices.
pub struct Carried {
    pub recipient: RecipientRow,
    pub whole: WholeInvoice,
    /// Of its document, in bytes.
    pub size: usize,
}

/// What the texts may name.
#[derive(Default, Serialize)]
struct Values<'a> {
    provider: ProviderValues<'a>,
    person: &'a str,
    count: usize,
    total: String,
    invoices: Vec<Entry>,
    all_attached: bool,
    url: String,
}

#[derive(Default, Serialize)]
struct Entry {
    account: String,
    number: String,
    kind: String,
    period: String,
    total: String,
    due_on: String,
    url: String,
    attached: bool,
}

#[derive(Template)]
#[template(path = "mail/digest.html")]
struct Html<'a> {
    provider: &'a ProviderRow,
    count: usize,
    total: &'a str,
    invoices: &'a [Entry],
    all_attached: bool,
    accent: &'a str,
}

/// Builds the letter. `sent_at` is business time.
///
/// # Errors
/// `Refused` where the sender's or the person's address can't be used; those of the database.
pub async fn digest_letter(app: &Inner, bundle: &Bundle, sent_at: Timestamp) -> Result<Letter> {
    let provider = &bundle.provider;
    let mut room = app.config.mail.attach_at_most;
    let mut attachments = Vec::new();
    let mut invoices = Vec::new();
    for carried in &bundle.carried {
        let fits = carried.size <= room;
        if fits {
            room -= carried.size;
            attachments.extend(attachment(app, carried).await?);
        }
        invoices.push(entry(carried, provider, fits));
    }
    let all_attached = attachments.len() == invoices.len();
    let total = total(&bundle.carried);
    let count = invoices.len();
    let accent = ink_accent(&provider.accent);
    let html = Html { provider, count, total: &total, invoices: &invoices, all_attached, accent: &accent };
    let html = html.render().map_err(Error::internal)?;
    let values = Values {
        provider: provider_values(provider),
        person: &bundle.digest.name,
        count,
        total,
        invoices,
        all_attached,
        url: format!("{}/invoices", provider.portal_url),
    };
    let texts = Texts::read(app, wording::MAIL).await?;
    let Words { subject, text, html } = Words::of(app, &texts, ("mail/digest", &values), html)?;
    Ok(Letter {
        message_id: bundle.digest.message_id.clone(),
        from: sender(app, provider)?,
        reply_to: Address::new(&provider.name, &provider.email).ok(),
        to: vec![Address::new(&bundle.digest.name, &bundle.digest.email).map_err(Error::refused)?],
        cc: Vec::new(),
        subject,
        text,
        html,
        attachments,
        date: sent_at,
    })
}

/// Everything that the texts may name, without content.
pub fn sample() -> serde_json::Value {
    json!(Values { invoices: vec![Entry::default()], ..Values::default() })
}

async fn attachment(app: &Inner, carried: &Carried) -> Result<Option<Attachment>> {
    let (account, document) = (carried.recipient.account_id, carried.whole.invoice.invoice_id);
    let bytes = app.store.read(move |tx| tx.document_bytes(account, document)).await?;
    Ok(bytes.map(|bytes| Attachment {
        file_name: format!("{}.pdf", carried.whole.invoice.number),
        media_type: "application/pdf".to_owned(),
        bytes: Arc::from(bytes),
    }))
}

fn entry(carried: &Carried, provider: &ProviderRow, attached: bool) -> Entry {
    let invoice = &carried.whole.invoice;
    let formats = Formats::of(provider, invoice.formats);
    let last = Span::new(invoice.period_from, invoice.period_until).last();
    Entry {
        account: invoice.bill_to_name.clone(),
        number: invoice.number.clone(),
        kind: format!("{} invoice", stream_name(invoice.stream)),
        period: format!("{} to {}", formats.long_date(invoice.period_from), formats.long_date(last)),
        total: Money::new(invoice.total_minor, invoice.currency).with_currency(),
        due_on: formats.long_date(invoice.due_on),
        url: format!("{}/invoices/{}", provider.portal_url, invoice.number),
        attached,
    }
}

/// The sum, where all are in one currency; else nothing.
fn total(carried: &[Carried]) -> String {
    let Some(first) = carried.first() else { return String::new() };
    let currency = first.whole.invoice.currency;
    if carried.iter().any(|one| one.whole.invoice.currency != currency) {
        return String::new();
    }
    let sum = carried.iter().fold(0_i64, |sum, one| sum.saturating_add(one.whole.invoice.total_minor));
    Money::new(sum, currency).with_currency()
}
