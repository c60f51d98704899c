//! Somebody asks for a code. A known address and an unknown one are the same but for the mail, which goes out later: what
//! is made and written after the answer is the same as well, for it falls into whatever is asked next.

use connect::mail::Address;
use jiff::{SignedDuration, Timestamp};
use store::sign_in::SignInRow;
use store::{PersonId, Tx};

use crate::app::App;
use crate::code::{self, Code};
use crate::code_letter::{alarm_letter, code_letter};
use crate::error::Result;
use crate::random::Token;

const LIFE: SignedDuration = SignedDuration::from_mins(10);
const SHORT_WINDOW: SignedDuration = SignedDuration::from_mins(15);
const IN_SHORT_WINDOW: usize = 3;
const DAY: SignedDuration = SignedDuration::from_hours(24);
const IN_A_DAY: usize = 10;
/// So many wrong tries for one address in a day make its next codes long.
pub const FAILURES_IN_A_DAY: i64 = 5;
/// So many wrong tries of everybody within ten minutes make codes long wherever the device isn't known.
const BREAKER: i64 = 200;
const BREAKER_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Wrong tries per code; a resend goes on counting.
pub const TRIES: u32 = 5;

/// What somebody asks with.
pub struct AskCode {
    /// As typed.
    pub email: String,
    /// A path of ours to land on afterwards; may be empty.
    pub next: String,
    /// The network, as text.
    pub network: String,
    /// The device's cookie.
    pub device: Option<Token>,
    /// The cookie of the code asked for before, which this one replaces.
    pub previous: Option<Token>,
    /// The cookie from Microsoft, where the code is to link who came back from there.
    pub microsoft: Option<Token>,
}

/// What came of it.
pub enum Asked {
    /// A code is on its way, if the address is known. The token is for the asking browser alone.
    OnItsWay(Token),
    /// That is no e-mail address.
    NoAddress,
    /// Too often; from then on it can be asked again.
    TooMany(Timestamp),
    /// Mail doesn't work, so no code would arrive.
    MailDown,
}

/// Asks for a code.
///
/// # Errors
/// Those of the database.
pub async fn ask_code(app: &App, ask: AskCode) -> Result<Asked> {
    let Ok(to) = Address::new("", &ask.email) else { return Ok(Asked::NoAddress) };
    if app.mail_is_down() || !app.post.has_room() {
        return Ok(Asked::MailDown);
    }
    let alarm = watch_guessing(app).await?;
    let (token, new) = prepare(app, &to, ask, alarm);
    let (short, long, trace) = (new.short.clone(), new.long.clone(), new.trace.clone());
    let written = app.store.write(move |tx| new.write(tx)).await?;
    // Whoever calls reads the trace out; the letter's Message-ID carries it too.
    tracing::info!(trace, "a code was asked for");
    match written {
        Written::TooMany(again_at) => return Ok(Asked::TooMany(again_at)),
        Written::Row { person, is_long } => {
            let app = app.clone();
            tokio::spawn(async move {
                match code_letter(&app, to, if is_long { &long } else { &short }, &trace) {
                    Ok(letter) if person.is_some() => app.post.send(letter),
                    Ok(letter) => app.post.pretend(letter),
                    Err(error) => tracing::error!(%error, "a code could not be mailed"),
                }
            });
        }
    }
    Ok(Asked::OnItsWay(token))
}

/// Whether so many codes are guessed wrong that all strangers' codes are long. The provider is told once each time.
///
/// # Errors
/// Those of the database.
pub async fn watch_guessing(app: &App) -> Result<bool> {
    let after = before(app.clock.real(), BREAKER_WINDOW);
    let failures = app.store.read(move |tx| tx.sign_in_failures(after)).await?;
    let alarm = failures >= BREAKER;
    if app.post.set_alarm(alarm) && alarm {
        tracing::warn!(failures, "somebody is guessing sign-in codes; codes for unknown devices are long now");
        match alarm_letter(app, failures) {
            Ok(letter) => app.post.send(letter),
            Err(error) => tracing::error!(%error, "the provider could not be warned"),
        }
    }
    Ok(alarm)
}

/// Everything a transaction needs, made before it.
struct New {
    token_hash: [u8; 32],
    previous: Option<[u8; 32]>,
    microsoft: Option<[u8; 32]>,
    email: String,
    /// The same in lower case only: an international domain may be stored as it is written.
    written: String,
    device: Option<[u8; 32]>,
    by_device: [u8; 32],
    by_network: [u8; 32],
    alarm: bool,
    short: Code,
    long: Code,
    short_mac: [u8; 32],
    long_mac: [u8; 32],
    trace: String,
    next: String,
    now: Timestamp,
}

enum Written {
    TooMany(Timestamp),
    Row { person: Option<PersonId>, is_long: bool },
}

fn prepare(app: &App, to: &Address, ask: AskCode, alarm: bool) -> (Token, New) {
    let (token, short, long) = (Token::new(), Code::short(), Code::long());
    let token_hash = token.hash();
    let device = ask.device.map(|device| device.hash());
    let new = New {
        token_hash,
        previous: ask.previous.map(|token| token.hash()),
        microsoft: ask.microsoft.map(|token| token.hash()),
        email: to.email().to_lowercase(),
        written: ask.email.trim().to_lowercase(),
        by_device: app.keys.mac("asked by device", &[&device.unwrap_or_default()]),
        by_network: app.keys.mac("asked by network", &[ask.network.as_bytes()]),
        device,
        alarm,
        short_mac: short.mac(&app.keys, &token_hash),
        long_mac: long.mac(&app.keys, &token_hash),
        short,
        long,
        trace: code::trace(),
        next: ask.next,
        now: app.clock.real(),
    };
    (token, new)
}

impl New {
    fn write(&self, tx: &mut Tx) -> Result<Written, store::Error> {
        // Everything is asked for nobody as well, so that both kinds of address cost the same.
        let (plain, written) = (tx.person_by_email(&self.email)?, tx.person_by_email(&self.written)?);
        let person = plain.or(written).map(|person| person.person_id);
        let known = tx.is_known_device(&self.device.unwrap_or_default(), person.unwrap_or(PersonId::from(0)))?;
        let asked_by = if known { self.by_device } else { self.by_network };
        let asked_at = tx.asked_at(&self.email, &asked_by, before(self.now, DAY))?;
        if let Some(again_at) = again_at(&asked_at, self.now) {
            return Ok(Written::TooMany(again_at));
        }
        let day_ago = before(self.now, DAY);
        let failures = tx.sign_in_failures_of(&self.email, before(day_ago, LIFE), day_ago)?;
        let is_long = failures >= FAILURES_IN_A_DAY || (self.alarm && !known);
        let tries = self.replace(tx)?;
        let link = match &self.microsoft {
            Some(browser) => tx.waiting_microsoft_attempt(browser, self.now)?,
            None => None,
        };
        tx.insert_sign_in(SignInRow {
            token_hash: self.token_hash,
            email: self.email.clone(),
            person_id: person,
            code_hash: if is_long { self.long_mac } else { self.short_mac },
            long_code: is_long,
            asked_by,
            next_path: self.next.clone(),
            trace: self.trace.clone(),
            tries,
            failed: 0,
            made_at: self.now,
            expires_at: after(self.now, LIFE),
            last_try_at: None,
            used_at: None,
            link_hash: link.map(|attempt| attempt.state_hash),
            mailed: None,
        })?;
        Ok(Written::Row { person, is_long })
    }

    /// Ends the browser's code before this one; gives the tries that count on. A code whose tries are used up is over:
    /// the next one begins anew, and is long.
    fn replace(&self, tx: &mut Tx) -> Result<u32, store::Error> {
        let Some(previous) = &self.previous else { return Ok(0) };
        let Some(row) = tx.sign_in(previous)? else { return Ok(0) };
        tx.replace_sign_in(previous, self.now)?;
        let goes_on =
            row.email == self.email && row.used_at.is_none() && row.expires_at > self.now && row.tries < TRIES;
        Ok(if goes_on { row.tries } else { 0 })
    }
}

/// When the next code can be asked for, given when the last ones were, the latest first; nothing where it can be now.
fn again_at(asked_at: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let soon = asked_at.get(IN_SHORT_WINDOW - 1).map(|third| after(*third, SHORT_WINDOW));
    let tomorrow = asked_at.get(IN_A_DAY - 1).map(|tenth| after(*tenth, DAY));
    soon.max(tomorrow).filter(|again_at| *again_at > now)
}

fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(Timestamp::MAX)
}
