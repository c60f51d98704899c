//! Mails an invoice again: a message of its own, beside the one that was made with its document.

use billing::account::Routing;
use billing::calendar::shift;
use connect::mail::Address;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::audit::AuditKind;
use store::mail::{MailCause, MailRow, MailState};
use store::{AccountId, InvoiceId, PersonId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::issued::Issued;
use crate::outbox::address::{hard_addresses, why_skipped};
use crate::outbox::message::{Gathers, message_id, new_recipient, recipients};

/// How often an invoice can be asked for again in a day.
pub const IN_A_DAY: i64 = 3;
/// How many invoices of an account can be forwarded in a day.
pub const FORWARDS_IN_A_DAY: i64 = 20;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whom it goes to.
#[derive(Clone, Debug)]
pub enum To {
    /// The person who asked, in the portal.
    Asker { person: PersonId, email: String, name: String },
    /// An address that staff name.
    Address(Address),
    /// A colleague whom a contact named.
    Colleague(Address),
    /// Whoever receives the stream's invoices now, as staff wish.
    Contacts,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// It is on its way to these.
    OnItsWay(Vec<String>),
    /// It was asked for too often today.
    TooOften,
    /// Its document is being made, and it will be mailed with it.
    NotYet,
    /// Nobody is set to receive it.
    Nobody,
    /// Mail to this address comes back; it was not tried.
    ComesBack { email: String, why: String },
}

/// Puts one more message of an invoice into the outbox. The caller has made sure that it is the asker's to have.
///
/// # Errors
/// Those of the database.
pub async fn resend_mail(app: &App, (account, invoice): (AccountId, InvoiceId), to: To, by: &Actor) -> Result<Resent> {
    let today = app.today();
    let mail = MailRow {
        account_id: account,
        mail_id: app.ids.mint(),
        document_id: invoice,
        cause: if matches!(to, To::Colleague(_)) { MailCause::Forward } else { MailCause::Resend },
        message_id: String::new(),
        deliver_on: today,
        deliver_by: shift(today, 6),
        released_on: None,
        asked_at: Some(app.clock.real()),
        made_at: app.clock.now(),
    };
    let tag = message_id(&app.provider().email, "");
    let now = app.clock.now();
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let resent = write(tx, &mail, &tag, &to, now)?;
        if let (To::Colleague(address) | To::Address(address), Resent::OnItsWay(_)) = (&to, &resent) {
            let number = tx.number_of(account, invoice)?.map(|row| row.number).unwrap_or_default();
            let after = json!({ "to": address.email() });
            tx.append_audit(&[by.did(AuditKind::InvoiceForwarded, number).of(account).after(after)])?;
        }
        Ok::<_, Error>(resent)
    });
    let resent = written.await?;
    app.wake.mail.notify_waiters();
    Ok(resent)
}

fn write(tx: &mut Tx, mail: &MailRow, tag: &str, to: &To, now: Timestamp) -> Result<Resent> {
    let (account, id) = (mail.account_id, mail.document_id);
    tx.number_of(account, id)?.ok_or(Error::NotFound)?;
    let issued = Issued::load(tx, account, id)?;
    if tx.document(account, id)?.is_none() {
        return Ok(Resent::NotYet);
    }
    let since = mail.asked_at.unwrap_or(now).saturating_sub(DAY).unwrap_or(Timestamp::MIN);
    if matches!(to, To::Asker { .. }) && tx.resends(account, id, since)? >= IN_A_DAY {
        return Ok(Resent::TooOften);
    }
    if matches!(to, To::Colleague(_)) && tx.forwards(account, since)? >= FORWARDS_IN_A_DAY {
        return Ok(Resent::TooOften);
    }
    let mut mail = mail.clone();
    mail.message_id = tag.replacen("invoice.", &format!("invoice.{}", issued.number()), 1);
    let mut rows = match to {
        To::Asker { person, email, name } => {
            let row = new_recipient(&mail, 1, (email, name));
            vec![store::mail::RecipientRow { person_id: Some(*person), ..row }]
        }
        To::Address(address) | To::Colleague(address) => {
            vec![new_recipient(&mail, 1, (address.email(), address.name()))]
        }
        To::Contacts => {
            let mut rows = recipients(tx, &mail, issued.stream(), &Gathers { daily: now, weekly: now })?;
            rows.iter_mut().for_each(|row| row.gather_at = None);
            rows
        }
    };
    if !rows.iter().any(|row| row.routing == Routing::To) {
        return Ok(Resent::Nobody);
    }
    let emails: Vec<String> = rows.iter().map(|row| row.email.clone()).collect();
    let hard = hard_addresses(tx, emails.iter().map(String::as_str))?;
    if let (Some(address), [row]) = (hard.first(), rows.as_mut_slice()) {
        if !matches!(to, To::Asker { .. }) {
            return Ok(Resent::ComesBack { email: row.email.clone(), why: why_skipped(address) });
        }
        // The customer's page says so, and what to do.
        (row.state, row.last_reply) = (MailState::Skipped, Some(why_skipped(address)));
    }
    tx.insert(&[mail])?;
    tx.insert(&rows)?;
    Ok(Resent::OnItsWay(emails))
}
