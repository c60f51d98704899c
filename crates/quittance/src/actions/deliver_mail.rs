//! Sends what waits in the outbox: one SMTP transaction per recipient, with the same message for all of them.

use std::sync::Arc;

use connect::mail::{Address, Letter, Mailer, Refusal, backoff};
use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use store::mail::{MailState, RecipientRow};
use store::{AccountId, MailId, Tx};

use crate::app::App;
use crate::error::{Error, Result};
use crate::lease::{LEASE, LOOK_AGAIN, holding};
use crate::letter::{Contents, invoice_letter};
use crate::random;

/// Transactions with the mail server at once.
const AT_ONCE: usize = 4;

/// What became of the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Recipients whose mail the server took.
    pub accepted: usize,
    /// Recipients refused for good.
    pub refused: usize,
    /// Recipients that will be tried again.
    pub postponed: usize,
}

/// Sends to every recipient whose day has come, until nothing is due. `progress` is told after each batch.
///
/// # Errors
/// Those of the database; `Refused` where no mail server is set.
pub async fn deliver_mail(app: &App, progress: impl Fn(&Delivered)) -> Result<Delivered> {
    let Some(mailer) = app.mailer.clone() else {
        return Err(Error::refused("no mail server is set: fill in [mail] in quittance.toml"));
    };
    let mut delivered = Delivered::default();
    while !app.ending.is_begun() {
        let now = app.clock.real();
        let (lease_until, today) = (now + LEASE, app.today());
        let claimed = app.store.write(move |tx| tx.claim_recipients(now, lease_until, today, 64)).await?;
        if claimed.is_empty() {
            break;
        }
        let mut sends = Vec::new();
        for recipients in by_message(claimed) {
            let message = Arc::new(message(app, &recipients).await?);
            sends.extend(recipients.into_iter().map(|row| send(app, &mailer, Arc::clone(&message), row)));
        }
        holding(app, lease_until, Tx::renew_recipients, send_all(app, sends, &mut delivered)).await?;
        progress(&delivered);
    }
    Ok(delivered)
}

/// Sends until nothing is due, whoever holds it: what another process sends is waited for, and what one held that died
/// is taken over when its lease ends.
///
/// # Errors
/// As [`deliver_mail`].
pub async fn finish_delivery(app: &App, progress: impl Fn(&Delivered)) -> Result<Delivered> {
    let mut all = Delivered::default();
    loop {
        let delivered = deliver_mail(app, &progress).await?;
        all.accepted += delivered.accepted;
        all.refused += delivered.refused;
        all.postponed += delivered.postponed;
        let (now, today) = (app.clock.real(), app.today());
        if app.store.read(move |tx| tx.due_recipients(now, today)).await? == 0 {
            return Ok(all);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Sends a few at once. Each outcome is written as soon as it is known: who dies here sends few letters twice.
async fn send_all(app: &App, sends: Vec<impl Future<Output = RecipientRow>>, delivered: &mut Delivered) -> Result<()> {
    let mut outcomes = stream::iter(sends).buffer_unordered(AT_ONCE);
    while let Some(row) = outcomes.next().await {
        app.metrics.mailed(match row.state {
            MailState::Accepted => "accepted",
            MailState::Refused => "refused",
            MailState::Waiting => "postponed",
        });
        match row.state {
            MailState::Accepted => delivered.accepted += 1,
            MailState::Refused => delivered.refused += 1,
            MailState::Waiting => delivered.postponed += 1,
        }
        app.store.write(move |tx| tx.replace(std::slice::from_ref(&row))).await?;
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
    sent_at: Timestamp,
}

/// The message of some claimed recipients.
async fn message(app: &App, rows: &[RecipientRow]) -> Result<Message> {
    let Some(first) = rows.first() else { return Err(Error::internal("a message without recipients")) };
    let (account, mail) = (first.account_id, first.mail_id);
    let contents = app.store.read(move |tx| load(tx, account, mail)).await?;
    let sent_at = sent_at(app, &contents);
    let letter = invoice_letter(app, &contents, sent_at).await.map_err(|error| error.to_string());
    Ok(Message { letter, sent_at })
}

/// When a message counts as sent. A sandbox makes its past in a few seconds: there each mail stands at 9:00 of its day.
fn sent_at(app: &App, contents: &Contents) -> Timestamp {
    let now = app.clock.now();
    if !app.sandbox || contents.mail.deliver_on >= app.today() {
        return now;
    }
    let morning = contents.mail.deliver_on.at(9, 0, 0, 0).to_zoned(app.zone());
    morning.map_or(now, |morning| morning.timestamp())
}

fn load(tx: &mut Tx, account: AccountId, mail: MailId) -> Result<Contents> {
    let missing = |what: &str| Error::Internal(format!("a message lacks its {what}"));
    let mail = tx.mail(account, mail)?.ok_or_else(|| missing("row"))?;
    let recipients = tx.recipients(account, mail.mail_id)?;
    let whole = tx.whole_invoice(account, mail.invoice_id)?.ok_or_else(|| missing("invoice"))?;
    let previous = match whole.invoice.previous_id {
        Some(previous) => tx.whole_invoice(account, previous)?,
        None => None,
    };
    let provider = tx.provider_version(whole.invoice.provider_version)?.ok_or_else(|| missing("provider"))?;
    let document = tx.document_bytes(account, mail.invoice_id)?.ok_or_else(|| missing("document"))?;
    Ok(Contents { mail, recipients, whole, previous, provider, document })
}

/// Sends to one recipient and gives the row as it stands then.
async fn send(app: &App, mailer: &Mailer, message: Arc<Message>, mut row: RecipientRow) -> RecipientRow {
    if app.ending.is_begun() {
        // Given back untouched, for another process.
        return RecipientRow { lease_until: Timestamp::UNIX_EPOCH, attempts: row.attempts - 1, ..row };
    }
    let outcome = match (&message.letter, Address::new(&row.name, &row.email)) {
        (Err(reason), _) => Err(Refusal::Temporary { code: 0, text: reason.clone() }),
        (_, Err(malformed)) => Err(Refusal::Invalid(malformed.to_string())),
        (Ok(letter), Ok(address)) => mailer.send(letter, &address).await,
    };
    row.lease_until = Timestamp::UNIX_EPOCH;
    match outcome {
        Ok(accepted) => {
            row.state = MailState::Accepted;
            row.accepted_at = Some(message.sent_at);
            row.last_reply = Some(accepted.text);
        }
        Err(refusal) => {
            row.last_reply = Some(refusal.to_string());
            match next_try(app, &refusal, row.attempts) {
                Some(next_at) => row.next_at = next_at,
                None => row.state = MailState::Refused,
            }
            tracing::warn!(attempts = row.attempts, state = row.state.as_str(), %refusal, "a mail was not accepted");
        }
    }
    row
}

/// When to try again; nothing where it would change nothing or was tried for days.
fn next_try(app: &App, refusal: &Refusal, attempts: i64) -> Option<Timestamp> {
    if !refusal.may_pass_later() {
        return None;
    }
    let [low, high] = random::bytes::<2>();
    let jitter = u16::from_le_bytes([low, high]) % 1000;
    let wait = backoff(u32::try_from(attempts).unwrap_or(u32::MAX), jitter)?;
    Some(app.clock.real() + wait)
}
