//! The letter that carries a credit note or a late fee.

use askama::Template;
use store::provider::ProviderRow;

use crate::error::{Error, Result};
use crate::issued::{Issued, Kind};
use crate::letter::long_date;
use crate::paper::plain::where_it_went;

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
    number: &'a str,
    account: &'a str,
    invoice: &'a str,
    amount_label: &'a str,
    total: &'a str,
    sentence: &'a str,
    url: &'a str,
    accent: &'a str,
}

/// What the letter says.
///
/// # Errors
/// `Internal` where the template is wrong: a bug.
pub fn words(issued: &Issued) -> Result<Words> {
    let (provider, invoice) = (&issued.provider, &issued.whole.invoice);
    let (total, number, called) = (issued.total().with_currency(), issued.number(), issued.called());
    let url = format!("{}{}", provider.portal_url.trim_end_matches('/'), issued.path());
    let (amount_label, sentence, subject) = match &issued.kind {
        Kind::CreditNote(note) => {
            let went = where_it_went(note, &invoice.number);
            let subject = format!("Credit note {number}: {total} for {}", invoice.number);
            ("Credited", format!("{} {went}", sentence(&note.note.reason)), subject)
        }
        Kind::LateFee(fee) => {
            let due = long_date(fee.due_on, &provider.country);
            let late = format!("{} was not paid by {}.", invoice.number, long_date(invoice.due_on, &provider.country));
            ("Amount due", format!("Due {due}. {late}"), format!("Late fee {number}: {total}, due {due}"))
        }
        Kind::Invoice(_) => ("Amount due", String::new(), format!("Invoice {number}: {total}")),
    };
    let html = Html {
        provider,
        called,
        number,
        account: &invoice.bill_to_name,
        invoice: &invoice.number,
        amount_label,
        total: &total,
        sentence: &sentence,
        url: &url,
        accent: &provider.accent,
    };
    let html = html.render().map_err(Error::internal)?;
    let text = format!(
        "{called} {number} for {}, about invoice {}\n\n{amount_label}: {total}\n{sentence}\n\nThe document is attached. To \
         see it: {url}\n\nQuestions: reply to this mail, or call {}.\n{}\n",
        invoice.bill_to_name, invoice.number, provider.phone, provider.legal_name
    );
    Ok(Words { subject, text, html })
}

/// The text with a final stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
