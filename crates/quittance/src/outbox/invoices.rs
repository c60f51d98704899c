//! Invoices on their way: one SMTP transaction per recipient, with the same message for all of them.

use std::sync::Arc;

use connect::mail::{Address, Letter};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use store::bounce::MailAddressRow;
use store::mail::{MailState, RecipientRow};
use store::{AccountId, MailId, Tx};

use crate::app::App;
use crate::error::{Error, Result};
use crate::issued::Issued;
use crate::lease::{LEASE, holding};
use crate::letter::{Contents, invoice_letter};
use crate::outbox::address::{hard, hard_addresses, why_skipped};
use crate::outbox::attempt::{Columns, Fate, attempt};
use crate::outbox::outcome::{self, Notices, note_refusal};
use crate::outbox::pay_link;
use crate::outbox::{BATCH, Delivered, Sending, due};

/// Sends a batch of what is due; gives how many recipients were claimed.
///
/// # Errors
/// Those of the database.
pub async fn deliver(app: &App, sending: &Sending<'_>, delivered: &mut Delivered) -> Result<usize> {
    let due = due(app);
    let lease_until = due.now + LEASE;
    let claimed = app.store.write(move |tx| tx.claim_recipients(due, lease_until, BATCH)).await?;
    let count = claimed.len();
    let all = async {
        let mut sends = Vec::new();
        for recipients in by_message(claimed) {
            let message = Arc::new(message(app, &recipients).await?);
            sends.extend(recipients.into_iter().map(|row| send(app, sending, Arc::clone(&message), row)));
        }
        send_all(app, sends, delivered).await
    };
    holding(app, lease_until, Tx::renew_recipients, all).await.unwrap_or(Ok(()))?;
    Ok(count)
}

/// Sends a few at once. Each outcome is written as soon as it is known: who dies here sends few letters twice.
async fn send_all(
    app: &App,
    sends: Vec<impl Future<Output = (RecipientRow, Fate, Arc<Message>)>>,
    delivered: &mut Delivered,
) -> Result<()> {
    let mut outcomes = stream::iter(sends).buffer_unordered(app.config.mail.connections.max(1));
    while let Some((row, fate, message)) = outcomes.next().await {
        delivered.count(app, (row.state, &fate), 1);
        let notices = Notices::of(app, &row, &message.number);
        let now = app.clock.now();
        app.store.write(move |tx| keep(tx, &row, &notices, now)).await?;
    }
    Ok(())
}

fn by_message(mut claimed: Vec<RecipientRow>) -> Vec<Vec<RecipientRow>> {
    claimed.sort_by_key(|row| (row.account_id, row.mail_id, row.recipient_no));
    claimed.chunk_by(|a, b| (a.account_id, a.mail_id) == (b.account_id, b.mail_id)).map(<[_]>::to_vec).collect()
}

/// A message on its way; one that can't be made is the reason, to be written down beside its recipients.
struct Message {
    letter: Result<Letter, String>,
    number: String,
    sent_at: Timestamp,
    /// Those of its recipients to whom nothing is sent.
    hard: Vec<MailAddressRow>,
}

/// The message of some claimed recipients.
async fn message(app: &App, rows: &[RecipientRow]) -> Result<Message> {
    let Some(first) = rows.first() else { return Err(Error::internal("a message without recipients")) };
    let (account, mail) = (first.account_id, first.mail_id);
    let (mut contents, hard) = app.store.read(move |tx| load(tx, account, mail)).await?;
    contents.recipients.retain(|row| self::hard(&hard, &row.email).is_none());
    contents.pay_url = pay_link::mint(app, &contents).await?;
    let sent_at = sent_at(app, contents.mail.deliver_on);
    let number = contents.issued.number().to_owned();
    let letter = invoice_letter(app, &contents, sent_at).await.map_err(|error| error.to_string());
    Ok(Message { letter, number, sent_at, hard })
}

/// When a message counts as sent. A sandbox makes its past in a few seconds: there each mail stands at 9:00 of its day.
fn sent_at(app: &App, deliver_on: jiff::civil::Date) -> Timestamp {
    let now = app.clock.now();
    if !app.sandbox || deliver_on >= app.today() {
        return now;
    }
    let morning = deliver_on.at(9, 0, 0, 0).to_zoned(app.zone());
    morning.map_or(now, |morning| morning.timestamp())
}

fn load(tx: &mut Tx, account: AccountId, mail: MailId) -> Result<(Contents, Vec<MailAddressRow>)> {
    let missing = |what: &str| Error::Internal(format!("a message lacks its {what}"));
    let mail = tx.mail(account, mail)?.ok_or_else(|| missing("row"))?;
    let mut recipients = tx.recipients(account, mail.mail_id)?;
    // Whom a digest reaches doesn't stand in the head of this letter, nor does who isn't to get it or didn't.
    let is_left_out = |row: &RecipientRow| matches!(row.state, MailState::Withdrawn | MailState::Skipped);
    recipients.retain(|row| row.gather_at.is_none() && !is_left_out(row));
    let hard = hard_addresses(tx, recipients.iter().map(|row| row.email.as_str()))?;
    let issued = Issued::load(tx, account, mail.document_id)?;
    let document = tx.document_bytes(account, mail.document_id)?.ok_or_else(|| missing("document"))?;
    Ok((Contents { mail, recipients, issued, document, pay_url: None }, hard))
}

/// Sends to one recipient and gives the row as it stands then.
async fn send(
    app: &App,
    sending: &Sending<'_>,
    message: Arc<Message>,
    mut row: RecipientRow,
) -> (RecipientRow, Fate, Arc<Message>) {
    let fate = match hard(&message.hard, &row.email) {
        Some(address) => Fate::Skipped(why_skipped(address)),
        None => {
            let to = Address::new(&row.name, &row.email).map_err(|malformed| malformed.to_string());
            attempt(app, sending.mailer, &message.letter, to, row.attempts).await
        }
    };
    fate.fill(columns(&mut row));
    if row.state == MailState::Accepted {
        row.accepted_at = Some(message.sent_at);
    }
    (row, fate, message)
}

pub(super) fn columns(row: &mut RecipientRow) -> Columns<'_> {
    Columns {
        state: &mut row.state,
        attempts: &mut row.attempts,
        next_at: &mut row.next_at,
        lease_until: &mut row.lease_until,
        last_reply: &mut row.last_reply,
    }
}

fn keep(tx: &mut Tx, row: &RecipientRow, notices: &Notices, now: Timestamp) -> Result<(), store::Error> {
    if outcome::keep(tx, row, notices)? {
        note_refusal(tx, row.state, (&row.email, row.last_reply.as_deref()), now)?;
    }
    Ok(())
}
