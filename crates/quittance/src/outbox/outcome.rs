//! What an outcome means beside its row: an address that is wrong, and what staff are told.

use jiff::Timestamp;
use store::mail::{MailState, RecipientRow};
use store::notice::NoticeRow;
use store::{Error, Tx};

use crate::app::App;
use crate::outbox::address::{note_bounce, wrong_address};
use crate::outbox::notices::{notice, stamp};

/// What staff may have to be told of a recipient: made before the transaction, which decides.
pub struct Notices {
    refused: NoticeRow,
    unreached: NoticeRow,
}

impl Notices {
    /// Those about a recipient of this invoice, after an attempt.
    pub fn of(app: &App, row: &RecipientRow, number: &str) -> Self {
        let reply = row.last_reply.as_deref().unwrap_or("no reason was given");
        let body = format!(
            "{number} was not delivered to {}. The mail server said: {reply}\n\nAsk the customer for the right \
             address and change it where contacts are kept, then: quittance mail resend {number}",
            row.email
        );
        let key = format!("mail.refused.{}.{}", i64::from(row.mail_id), row.recipient_no);
        Self {
            refused: notice(stamp(app), key, (format!("{number} was not delivered to {}", row.email), body)),
            unreached: unreached(app, number, i64::from(row.mail_id)),
        }
    }
}

/// The notice that an invoice reaches nobody.
pub fn unreached(app: &App, number: &str, message: i64) -> NoticeRow {
    let body = format!(
        "No recipient of {number} can be reached by e-mail: each was refused, came back, or is left out because \
         mail to it came back before. The customer sees it in the portal all the same.\n\nAsk the customer for \
         an address that works and change it where contacts are kept, then: quittance mail resend {number}\n\nAn address \
         that works again is cleared with: quittance mail addresses --clear EMAIL"
    );
    notice(stamp(app), format!("mail.unreached.{message}"), (format!("{number} reached nobody"), body))
}

/// Whether no recipient of a message got it or still may.
///
/// # Errors
/// Those of the database.
pub fn is_unreached(tx: &mut Tx, row: &RecipientRow) -> Result<bool, Error> {
    let recipients = tx.recipients(row.account_id, row.mail_id)?;
    let may = |row: &RecipientRow| matches!(row.state, MailState::Waiting | MailState::Accepted);
    Ok(!recipients.iter().any(may))
}

/// Writes down what became of a recipient, and tells staff; false where something was quicker: a report that the letter
/// came back, or the end of the contact.
///
/// # Errors
/// Those of the database.
pub fn keep(tx: &mut Tx, row: &RecipientRow, notices: &Notices) -> Result<bool, Error> {
    let stored = tx.recipients(row.account_id, row.mail_id)?;
    if stored.iter().any(|known| known.recipient_no == row.recipient_no && known.state != MailState::Waiting) {
        return Ok(false);
    }
    tx.replace(std::slice::from_ref(row))?;
    if row.state == MailState::Refused {
        tx.tell_staff(&notices.refused)?;
    }
    if !matches!(row.state, MailState::Waiting | MailState::Accepted) && is_unreached(tx, row)? {
        tx.tell_staff(&notices.unreached)?;
    }
    Ok(true)
}

/// Notes an address that a server refused at once because there is no such mailbox. `now` is business time.
///
/// # Errors
/// Those of the database.
pub fn note_refusal(
    tx: &mut Tx,
    state: MailState,
    (email, reply): (&str, Option<&str>),
    now: Timestamp,
) -> Result<(), Error> {
    let reply = reply.unwrap_or_default();
    match wrong_address(reply).filter(|_| state == MailState::Refused) {
        Some(status) => note_bounce(tx, (email, status, reply), now),
        None => Ok(()),
    }
}
