//! One letter to one recipient: sent now, or put off, and what that means for its row.

use connect::mail::{Address, Letter, Mailer, Refusal, Turn, backoff};
use jiff::Timestamp;
use store::mail::MailState;

use crate::app::App;
use crate::random;

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The server took it, in its own words.
    Accepted(String),
    /// It is tried again at this instant, in real time.
    Again(Timestamp, String),
    /// It is not tried again.
    Never(String),
    /// Nothing is sent to this address, for this reason.
    Skipped(String),
    /// It was not tried: its turn comes at this instant.
    Held(Timestamp),
    /// It was not tried, because the process ends: another one takes it.
    GivenBack,
}

/// The columns that every row of the outbox has.
pub struct Columns<'a> {
    pub state: &'a mut MailState,
    pub attempts: &'a mut i64,
    pub next_at: &'a mut Timestamp,
    pub lease_until: &'a mut Timestamp,
    pub last_reply: &'a mut Option<String>,
}

impl Fate {
    /// Writes the fate into a row.
    pub fn fill(&self, row: Columns<'_>) {
        *row.lease_until = Timestamp::UNIX_EPOCH;
        match self {
            Self::Accepted(reply) => (*row.state, *row.last_reply) = (MailState::Accepted, Some(reply.clone())),
            Self::Again(at, reply) => (*row.next_at, *row.last_reply) = (*at, Some(reply.clone())),
            Self::Never(reply) => (*row.state, *row.last_reply) = (MailState::Refused, Some(reply.clone())),
            Self::Skipped(reason) => (*row.state, *row.last_reply) = (MailState::Skipped, Some(reason.clone())),
            Self::Held(at) => (*row.next_at, *row.attempts) = (*at, *row.attempts - 1),
            Self::GivenBack => *row.attempts -= 1,
        }
    }
}

/// Sends a letter, unless its server is not to be hurried. A letter that can't be made is the reason it isn't sent.
pub async fn attempt(
    app: &App,
    mailer: &Mailer,
    letter: &Result<Letter, String>,
    to: Result<Address, String>,
    attempts: i64,
) -> Fate {
    if app.ending.is_begun() {
        return Fate::GivenBack;
    }
    let (letter, to) = match (letter, to) {
        (Err(reason), _) => return failed(app, &Refusal::Temporary { code: 0, text: reason.clone() }, attempts),
        (_, Err(reason)) => return failed(app, &Refusal::Invalid(reason), attempts),
        (Ok(letter), Ok(to)) => (letter, to),
    };
    if let Turn::At(at) = app.pace.turn(to.domain(), app.clock.real()) {
        return Fate::Held(at);
    }
    let outcome = if store::fault::strikes("mail") {
        Err(Refusal::Unreachable("a fault on demand".to_owned()))
    } else {
        mailer.send(letter, &to).await
    };
    let outcome =
        if store::fault::strikes("mailed") { Err(Refusal::Unknown("a fault on demand".to_owned())) } else { outcome };
    app.pace.note(to.domain(), &outcome, app.clock.real());
    app.post.hear(&outcome, app.clock.real());
    match outcome {
        Ok(accepted) => Fate::Accepted(accepted.text),
        Err(refusal) => failed(app, &refusal, attempts),
    }
}

fn failed(app: &App, refusal: &Refusal, attempts: i64) -> Fate {
    let next_at = next_try(app, refusal, attempts);
    tracing::warn!(attempts, again = next_at.is_some(), %refusal, "a mail was not accepted");
    match next_at {
        Some(at) => Fate::Again(at, refusal.to_string()),
        None => Fate::Never(refusal.to_string()),
    }
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
