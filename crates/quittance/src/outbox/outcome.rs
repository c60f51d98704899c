//! What an outcome means beside its row: an address that is wrong, and what staff are told.

use jiff::Timestamp;
use store::mail::{MailState, RecipientRow};
use store::notice::NoticeRow;
use store::{Error, Tx};

use crate::app::App;
use crate::outbox::address::{note_bounce, wrong_address};
use crate::outbox::notices::{notice, stamp};

/// The attempt after which staff hear that a server takes nothing from us.
const TELLING: i64 = 3;

/// What staff may have to be told of a recipient: made before the transaction, which decides.
pub struct Notices {
    /// The server takes nothing from us, and it isn't the first time.
    ours: Option<NoticeRow>,
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
        let is_ours =
            row.state == MailState::Waiting && row.attempts == TELLING && reply.starts_with("refused for now (5");
        let key = format!("mail.refused.{}.{}", i64::from(row.mail_id), row.recipient_no);
        Self {
            ours: is_ours.then(|| ours(app, number, reply)),
            refused: notice(stamp(app), key, (format!("{number} was not delivered to {}", row.email), body)),
            unreached: unreached(app, number, i64::from(row.mail_id)),
        }
    }
}

/// The notice that mail waits for somebody to mend our side; one a day says it for all of it.
fn ours(app: &App, number: &str, reply: &str) -> NoticeRow {
    let body = format!(
        "{number} waits, and so does other mail that the server refuses like this: {reply}\n\nThat is about our sender, our \
         password or relaying, not about the recipient. It is tried again for days. `quittance mail test` says what is wrong; once \
         it is mended, `quittance deliver` or the next attempt sends it."
    );
    let subject = "The mail server takes nothing from us".to_owned();
    notice(stamp(app), format!("mail.ours.{}", app.today()), (subject, body))
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
    if let Some(ours) = &notices.ours {
        tx.tell_staff(ours)?;
    }
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
