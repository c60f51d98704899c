//! Digests on their way: one mail in place of several, to a person who wants it so.

use billing::Holidays;
use connect::mail::Address;
use futures_util::{StreamExt, stream};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};
use store::digest::{DigestRow, Rhythm};
use store::mail::{MailState, RecipientRow};
use store::{DigestId, Tx};

use crate::app::{App, Inner};
use crate::digest_letter::{Bundle, Carried, digest_letter};
use crate::error::{Error, Result};
use crate::lease::{LEASE, holding};
use crate::outbox::address::{hard, hard_addresses, why_skipped};
use crate::outbox::attempt::{Columns, Fate, attempt};
use crate::outbox::outcome::{self, Notices, note_refusal};
use crate::outbox::{BATCH, Delivered, LATE_AFTER, Sending};

/// The hour at which digests leave, in the provider's zone.
const HOUR: i8 = 16;

/// When the digest leaves that takes along a mail of this day, whose window ends on `deliver_by`: at 16:00 of the day or,
/// weekly, of its Friday. Where that has passed, the next one; but while the mail may still go by itself.
pub fn gather_at(app: &Inner, rhythm: Rhythm, (deliver_on, deliver_by): (Date, Date)) -> Timestamp {
    let usual = usual_gather_at(app, rhythm, deliver_on);
    let last_on = billing::calendar::shift(deliver_by, LATE_AFTER);
    // A mail that is later than that waits for a person in any case.
    if deliver_on > last_on { usual } else { usual.min(leaves_at(app, last_on)) }
}

fn usual_gather_at(app: &Inner, rhythm: Rhythm, deliver_on: Date) -> Timestamp {
    let now = app.clock.now();
    let holidays = app.provider().schedule().settings.holidays;
    let mut day = leaves_on(rhythm, deliver_on, &holidays);
    for _ in 0..2 {
        let at = leaves_at(app, day);
        // A sandbox makes its past in a few seconds, and its digests stand in it.
        if at >= now || (app.sandbox && deliver_on < app.today()) {
            return at;
        }
        day = leaves_on(rhythm, billing::calendar::shift(app.today().max(day), 1), &holidays);
    }
    now
}

fn leaves_at(app: &Inner, day: Date) -> Timestamp {
    day.at(HOUR, 0, 0, 0).to_zoned(app.zone()).map_or_else(|_| app.clock.now(), |at| at.timestamp())
}

fn leaves_on(rhythm: Rhythm, day: Date, holidays: &Holidays) -> Date {
    match rhythm {
        Rhythm::Daily => holidays.from(day),
        Rhythm::Weekly => {
            let ahead = i32::from(day.weekday().until(Weekday::Friday));
            day.checked_add(ahead.days()).unwrap_or(day)
        }
    }
}

/// Gathers what is due and sends a batch of it; gives how many digests were claimed.
///
/// # Errors
/// Those of the database.
pub async fn deliver(app: &App, sending: &Sending<'_>, delivered: &mut Delivered) -> Result<usize> {
    gather(app, sending.earliest).await?;
    let now = app.clock.real();
    let lease_until = now + LEASE;
    let claimed = app.store.write(move |tx| tx.claim_digests(now, lease_until, BATCH)).await?;
    let count = claimed.len();
    let sends: Vec<_> = claimed.into_iter().map(|row| send(app, sending, row)).collect();
    let all = async {
        let mut outcomes = stream::iter(sends).buffer_unordered(app.config.mail.connections.max(1));
        while let Some(sent) = outcomes.next().await {
            let sent = sent?;
            delivered.count(app, (sent.digest.state, &sent.fate), sent.rows.len());
            let now = app.clock.now();
            app.store.write(move |tx| keep(tx, &sent, now)).await?;
        }
        Ok(())
    };
    holding(app, lease_until, Tx::renew_digests, all).await.unwrap_or(Ok(())).map(|()| count)
}

/// Makes digests of what waits for one.
async fn gather(app: &App, earliest: Date) -> Result<()> {
    let now = app.clock.now();
    let waiting = app.store.read(move |tx| tx.ungathered(now, earliest, BATCH)).await?;
    let domain = app.provider().email.rsplit_once('@').map_or("quittance.invalid".to_owned(), |(_, d)| d.to_owned());
    for group in waiting {
        let digest_id: DigestId = app.ids.mint();
        let digest = DigestRow {
            digest_id,
            person_id: group.person_id,
            message_id: format!("digest.{}.{}@{domain}", i64::from(digest_id), crate::letter::tag()),
            email: String::new(),
            name: String::new(),
            gather_at: group.gather_at,
            state: MailState::Waiting,
            attempts: 0,
            next_at: Timestamp::UNIX_EPOCH,
            lease_until: Timestamp::UNIX_EPOCH,
            last_reply: None,
        };
        app.store.write(move |tx| address(tx, digest.clone(), earliest)).await?;
    }
    Ok(())
}

/// The digest goes to the address and name that the first of its mails would have gone to.
fn address(tx: &mut Tx, mut digest: DigestRow, earliest: Date) -> Result<(), store::Error> {
    if !tx.gather(&digest, earliest)? {
        return Ok(());
    }
    if let Some(first) = tx.carried(digest.digest_id)?.first() {
        digest.email.clone_from(&first.email);
        digest.name.clone_from(&first.name);
    }
    tx.replace(&[digest])
}

struct Sent {
    digest: DigestRow,
    rows: Vec<RecipientRow>,
    fate: Fate,
    /// What staff may have to be told of each row.
    notices: Vec<Notices>,
}

async fn send(app: &App, sending: &Sending<'_>, mut digest: DigestRow) -> Result<Sent> {
    let row = digest.clone();
    let bundle = app.store.read(move |tx| load(tx, &row)).await?;
    let sent_at = if app.sandbox { digest.gather_at.min(app.clock.now()) } else { app.clock.now() };
    let fate = match hard(&bundle.hard, &digest.email) {
        Some(address) => Fate::Skipped(why_skipped(address)),
        None if bundle.carried.is_empty() => {
            Fate::Skipped("none of its invoices goes to this person any more".to_owned())
        }
        None => {
            let letter = digest_letter(app, &bundle, sent_at).await.map_err(|error| error.to_string());
            let to = Address::new(&digest.name, &digest.email).map_err(|malformed| malformed.to_string());
            attempt(app, sending.mailer, &letter, to, digest.attempts).await
        }
    };
    fate.fill(columns(&mut digest));
    let mut rows = Vec::new();
    let mut notices = Vec::new();
    for carried in bundle.carried {
        let mut row = carried.recipient;
        fate.fill(super::invoices::columns(&mut row));
        (row.attempts, row.next_at) = (digest.attempts, Timestamp::UNIX_EPOCH);
        row.accepted_at = (row.state == MailState::Accepted).then_some(sent_at);
        notices.push(Notices::of(app, &row, &carried.whole.invoice.number));
        rows.push(row);
    }
    Ok(Sent { digest, rows, fate, notices })
}

fn columns(row: &mut DigestRow) -> Columns<'_> {
    Columns {
        state: &mut row.state,
        attempts: &mut row.attempts,
        next_at: &mut row.next_at,
        lease_until: &mut row.lease_until,
        last_reply: &mut row.last_reply,
    }
}

fn load(tx: &mut Tx, digest: &DigestRow) -> Result<Bundle> {
    let missing = |what: &str| Error::Internal(format!("a digest lacks its {what}"));
    let mut carried = Vec::new();
    let mut recipients = tx.carried(digest.digest_id)?;
    // Who is no recipient of an invoice any more doesn't get it in the digest either.
    recipients.retain(|row| row.state == MailState::Waiting);
    for recipient in recipients {
        let account = recipient.account_id;
        let mail = tx.mail(account, recipient.mail_id)?.ok_or_else(|| missing("message"))?;
        let whole = tx.whole_invoice(account, mail.document_id)?.ok_or_else(|| missing("invoice"))?;
        let size = tx.document(account, mail.document_id)?.ok_or_else(|| missing("document"))?.size;
        carried.push(Carried { recipient, whole, size: usize::try_from(size).unwrap_or(usize::MAX) });
    }
    let hard = hard_addresses(tx, std::iter::once(digest.email.as_str()))?;
    let provider = tx.provider()?.ok_or_else(|| missing("provider"))?;
    Ok(Bundle { digest: digest.clone(), carried, provider, hard })
}

/// Digest and rows together: what one says of the fate, the other says too. A report that it came back may have been
/// quicker.
fn keep(tx: &mut Tx, sent: &Sent, now: Timestamp) -> Result<(), store::Error> {
    let digest = &sent.digest;
    let stored = tx.digest_by_message(&digest.message_id)?;
    if stored.is_none_or(|stored| stored.state != MailState::Waiting) {
        return Ok(());
    }
    tx.replace(std::slice::from_ref(digest))?;
    note_refusal(tx, digest.state, (&digest.email, digest.last_reply.as_deref()), now)?;
    for (row, notices) in sent.rows.iter().zip(&sent.notices) {
        outcome::keep(tx, row, notices)?;
    }
    Ok(())
}
