//! Reads one report about a letter that came back, and notes it where it is about one of ours. Read twice, it counts once;
//! what names no letter of ours, or nobody it went to, does nothing.

use connect::mail::{Action, Outcome, Report, Unreadable, read_report};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::Tx;
use store::bounce::BounceReportRow;
use store::digest::DigestRow;
use store::mail::{MailState, RecipientRow};
use store::notice::NoticeRow;

use crate::app::App;
use crate::error::Result;
use crate::outbox::address::{is_wrong, note_bounce};
use crate::outbox::notices::{notice, stamp};
use crate::outbox::outcome::{is_unreached, unreached};

/// What came of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bounce {
    /// The letter was not delivered to these.
    NotDelivered(Vec<String>),
    /// It says nothing that changes anything: delayed, delivered, or known already.
    Noted,
    /// It was read before.
    Known,
    /// It names no letter of ours, or nobody it went to.
    Foreign,
    /// It can't be read.
    Unreadable(Unreadable),
}

impl Bounce {
    /// In words, for who reads a mailbox.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotDelivered(emails) => format!("not delivered to {}", emails.join(", ")),
            Self::Noted => "about a letter of ours, and nothing failed".to_owned(),
            Self::Known => "read before".to_owned(),
            Self::Foreign => "it is about no letter that we sent".to_owned(),
            Self::Unreadable(why) => why.to_string(),
        }
    }
}

/// Reads a report.
///
/// # Errors
/// Those of the database.
pub async fn read_bounce(app: &App, bytes: &[u8]) -> Result<Bounce> {
    let report = match read_report(bytes) {
        Ok(report) => report,
        Err(why) => return Ok(Bounce::Unreadable(why)),
    };
    let row = BounceReportRow { report_hash: Sha256::digest(bytes).into(), read_at: app.clock.real() };
    let (now, ids) = (app.clock.now(), report.message_ids.clone());
    let Some(letter) = app.store.read(move |tx| letter(tx, &ids)).await? else { return Ok(Bounce::Foreign) };
    let told: Vec<Told> = letter.iter().map(|row| told(app, row, &report)).collect();
    let bounce = app.store.write(move |tx| keep(tx, &report, &row, &told, now)).await?;
    tracing::info!(outcome = bounce.sentence_without_names(), "a report about a letter was read");
    app.wake.mail.notify_waiters();
    Ok(bounce)
}

impl Bounce {
    fn sentence_without_names(&self) -> String {
        match self {
            Self::NotDelivered(emails) => format!("not delivered to {} recipients", emails.len()),
            other => other.sentence(),
        }
    }
}

/// The recipients of a letter of ours, each with its invoice's number.
type Letter = Vec<(RecipientRow, String)>;

fn letter(tx: &mut Tx, ids: &[String]) -> Result<Option<Letter>, store::Error> {
    for id in ids {
        let (rows, _) = found(tx, id)?;
        if !rows.is_empty() {
            let mut numbered = Vec::new();
            for row in rows {
                let number = number(tx, &row)?;
                numbered.push((row, number));
            }
            return Ok(Some(numbered));
        }
    }
    Ok(None)
}

/// The recipients of the message or digest with this Message-ID.
fn found(tx: &mut Tx, message_id: &str) -> Result<(Vec<RecipientRow>, Option<DigestRow>), store::Error> {
    if let Some(mail) = tx.mail_by_message(message_id)? {
        let mut rows = tx.recipients(mail.account_id, mail.mail_id)?;
        rows.retain(|row| row.digest_id.is_none());
        return Ok((rows, None));
    }
    match tx.digest_by_message(message_id)? {
        Some(digest) => Ok((tx.carried(digest.digest_id)?, Some(digest))),
        None => Ok((Vec::new(), None)),
    }
}

fn number(tx: &mut Tx, row: &RecipientRow) -> Result<String, store::Error> {
    let mail = tx.mail(row.account_id, row.mail_id)?;
    let known = match mail {
        Some(mail) => tx.number_of(row.account_id, mail.document_id)?,
        None => None,
    };
    Ok(known.map(|known| known.number).unwrap_or_default())
}

/// What staff are told where a recipient's letter came back.
struct Told {
    bounced: NoticeRow,
    unreached: NoticeRow,
}

fn told(app: &App, (row, number): &(RecipientRow, String), report: &Report) -> Told {
    let outcome = report.outcomes.iter().find(|outcome| names(outcome, &row.email));
    let said = outcome.map(words).unwrap_or_default();
    let follows = match outcome {
        Some(outcome) if is_wrong(&outcome.status, &outcome.said) => {
            "Nothing more is sent to this address until it is cleared (quittance mail addresses). Ask the customer for the \
             right one and change it where contacts are kept."
        }
        _ => "Later invoices are sent there all the same. If it happens again, ask the customer.",
    };
    let body = format!(
        "{number} came back from {}. The mail server there said: {said}\n\n{follows}\n\nTo send it again: quittance \
         mail resend {number}",
        row.email
    );
    let key = format!("mail.bounce.{}.{}", i64::from(row.mail_id), row.recipient_no);
    Told {
        bounced: notice(stamp(app), key, (format!("{number} was not delivered to {}", row.email), body)),
        unreached: unreached(app, number, i64::from(row.mail_id)),
    }
}

/// `5.1.1 550 No such user`.
fn words(outcome: &Outcome) -> String {
    format!("{} {}", outcome.status, outcome.said).trim().to_owned()
}

/// Whether an outcome is about this recipient.
fn names(outcome: &Outcome, email: &str) -> bool {
    outcome.recipients.iter().any(|known| known.eq_ignore_ascii_case(email))
}

fn keep(
    tx: &mut Tx,
    report: &Report,
    seen: &BounceReportRow,
    told: &[Told],
    now: Timestamp,
) -> Result<Bounce, store::Error> {
    let mut letter = (Vec::new(), None);
    for id in &report.message_ids {
        letter = found(tx, id)?;
        if !letter.0.is_empty() {
            break;
        }
    }
    let (rows, digest) = letter;
    let concerned = |row: &RecipientRow| report.outcomes.iter().find(|outcome| names(outcome, &row.email));
    if !rows.iter().any(|row| concerned(row).is_some()) {
        return Ok(Bounce::Foreign);
    }
    if !tx.note_report(seen)? {
        return Ok(Bounce::Known);
    }
    let mut failed: Vec<String> = Vec::new();
    for (row, told) in rows.iter().zip(told) {
        let Some(outcome) = concerned(row) else { continue };
        match (outcome.action, row.state) {
            (Action::Failed, MailState::Accepted | MailState::Waiting) => {
                fail(tx, row, outcome, now)?;
                if !failed.contains(&row.email) {
                    note_bounce(tx, (&row.email, &outcome.status, &outcome.said), now)?;
                    failed.push(row.email.clone());
                }
                tx.tell_staff(&told.bounced)?;
                if is_unreached(tx, row)? {
                    tx.tell_staff(&told.unreached)?;
                }
            }
            (Action::Delayed, MailState::Accepted) => {
                let late = Some(format!("delayed: {}", words(outcome)));
                tx.replace(&[RecipientRow { bounce: late, ..row.clone() }])?;
            }
            _ => {}
        }
    }
    if let Some(digest) = digest.filter(|_| !failed.is_empty()) {
        tx.replace(&[DigestRow { state: MailState::Bounced, ..digest }])?;
    }
    Ok(if failed.is_empty() { Bounce::Noted } else { Bounce::NotDelivered(failed) })
}

fn fail(tx: &mut Tx, row: &RecipientRow, outcome: &Outcome, now: Timestamp) -> Result<(), store::Error> {
    let bounced = RecipientRow {
        state: MailState::Bounced,
        bounced_at: Some(now),
        bounce: Some(words(outcome)),
        lease_until: Timestamp::UNIX_EPOCH,
        ..row.clone()
    };
    tx.replace(&[bounced])
}
