//! New messages: their Message-ID and whom they go to.

use billing::Stream;
use billing::account::Routing;
use jiff::Timestamp;
use store::Tx;
use store::account::ContactRow;
use store::digest::Rhythm;
use store::mail::{MailRow, MailState, RecipientRow};

use crate::letter::tag;

/// Whole, with its domain: a setting that changes between two attempts must not change it. The random part keeps
/// strangers from naming it in a report that the mail came back.
pub fn message_id(provider_email: &str, number: &str) -> String {
    let domain = provider_email.rsplit_once('@').map_or("quittance.invalid", |(_, domain)| domain);
    format!("invoice.{number}.{}@{domain}", tag())
}

/// When the digests leave that take a message along.
#[derive(Clone, Copy)]
pub struct Gathers {
    pub daily: Timestamp,
    pub weekly: Timestamp,
}

/// Who receives the stream's invoices now, To before Cc.
pub fn recipients(
    tx: &mut Tx,
    mail: &MailRow,
    stream: Stream,
    gathers: &Gathers,
) -> Result<Vec<RecipientRow>, store::Error> {
    let mut contacts = tx.contacts_of(mail.account_id)?;
    contacts.retain(|contact| contact.routing(stream) != Routing::No);
    let people: Vec<_> = contacts.iter().map(|contact| contact.person_id).collect();
    let rhythms = tx.digest_rhythms(&people)?;
    let gather_at = |contact: &ContactRow| {
        let own = rhythms.iter().find(|row| row.person_id == contact.person_id)?;
        Some(match own.rhythm {
            Rhythm::Daily => gathers.daily,
            Rhythm::Weekly => gathers.weekly,
        })
    };
    let rows = contacts.iter().map(|contact| RecipientRow {
        person_id: Some(contact.person_id),
        gather_at: gather_at(contact),
        routing: contact.routing(stream),
        ..new_recipient(mail, 0, (&contact.email, &contact.name))
    });
    let mut rows: Vec<RecipientRow> = rows.collect();
    let addresses = tx.recipient_addresses(mail.account_id)?;
    // Whoever is a contact receives as a contact.
    let more = addresses.iter().filter(|address| {
        address.routing(stream) != Routing::No && !rows.iter().any(|row| row.email.eq_ignore_ascii_case(&address.email))
    });
    let more: Vec<RecipientRow> = more
        .map(|address| RecipientRow {
            routing: address.routing(stream),
            ..new_recipient(mail, 0, (&address.email, &address.name))
        })
        .collect();
    rows.extend(more);
    rows.sort_by_key(|row| (row.routing == Routing::Cc, row.email.to_lowercase()));
    rows.iter_mut().zip(1..).for_each(|(row, recipient_no)| row.recipient_no = recipient_no);
    Ok(rows)
}

/// A recipient of a message, to be sent to at once.
pub fn new_recipient(mail: &MailRow, recipient_no: i64, (email, name): (&str, &str)) -> RecipientRow {
    RecipientRow {
        account_id: mail.account_id,
        mail_id: mail.mail_id,
        recipient_no,
        person_id: None,
        email: email.to_owned(),
        name: name.to_owned(),
        routing: Routing::To,
        state: MailState::Waiting,
        attempts: 0,
        next_at: Timestamp::UNIX_EPOCH,
        lease_until: Timestamp::UNIX_EPOCH,
        accepted_at: None,
        last_reply: None,
        bounced_at: None,
        bounce: None,
        gather_at: None,
        digest_id: None,
    }
}
