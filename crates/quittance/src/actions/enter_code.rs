//! Somebody types a code. The right one, in the browser that asked for it, begins a session.

use jiff::{SignedDuration, Timestamp};
use store::session::{KnownDeviceRow, SessionRow};
use store::sign_in::SignInRow;
use store::{PersonId, SessionId, Tx};
use subtle::ConstantTimeEq;

use crate::actions::ask_code::{TRIES, watch_guessing};
use crate::app::App;
use crate::code::Code;
use crate::error::Result;
use crate::random::Token;

/// A session ends at the latest so long after it began.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What somebody types, and with which browser.
pub struct EnterCode {
    /// As typed.
    pub typed: String,
    /// The cookie from asking.
    pub token: Option<Token>,
    /// The cookie of a session that this one replaces.
    pub session: Option<Token>,
    /// The device's cookie.
    pub device: Option<Token>,
    /// The browser in words.
    pub agent: String,
    /// The network, as text.
    pub network: String,
}

/// What came of it, with what was asked for where there was something.
pub enum Entered {
    /// Signed in: both tokens are for cookies.
    SignedIn { session: Token, device: Token, next: String },
    /// Nothing was typed; that is no try.
    Nothing(Box<SignInRow>),
    /// Wrong, and so many tries are left.
    Wrong(Box<SignInRow>, u32),
    /// Five tries did not match.
    UsedUp(Box<SignInRow>),
    /// Too old, used, or this browser asked for none.
    Expired(Option<Box<SignInRow>>),
}

/// Tries a code.
///
/// # Errors
/// Those of the database.
pub async fn enter_code(app: &App, enter: EnterCode) -> Result<Entered> {
    let Some(token) = enter.token else { return Ok(Entered::Expired(None)) };
    let is_empty = enter.typed.trim().is_empty();
    let (session, device) = (Token::new(), enter.device.unwrap_or_default());
    let now = app.clock.real();
    let token_hash = token.hash();
    let attempt = Attempt {
        token_hash,
        mac: Code::typed(&enter.typed).map(|code| code.mac(&app.keys, &token_hash)),
        is_empty,
        old_session: enter.session.map(|session| session.hash()),
        device_hash: device.hash(),
        session_hash: session.hash(),
        session_id: app.ids.mint(),
        agent: enter.agent,
        network: enter.network,
        now,
    };
    let outcome = app.store.write(move |tx| attempt.write(tx)).await?;
    Ok(match outcome {
        Outcome::SignedIn(row) => Entered::SignedIn { session, device, next: row.next_path },
        Outcome::Nothing(row) => Entered::Nothing(Box::new(row)),
        Outcome::Expired(row) => Entered::Expired(row.map(Box::new)),
        Outcome::UsedUp(row) => Entered::UsedUp(Box::new(row)),
        Outcome::Failed(row) => {
            watch_guessing(app).await?;
            match TRIES.saturating_sub(row.tries) {
                0 => Entered::UsedUp(Box::new(row)),
                left => Entered::Wrong(Box::new(row), left),
            }
        }
    })
}

struct Attempt {
    token_hash: [u8; 32],
    mac: Option<[u8; 32]>,
    is_empty: bool,
    old_session: Option<[u8; 32]>,
    device_hash: [u8; 32],
    session_hash: [u8; 32],
    session_id: SessionId,
    agent: String,
    network: String,
    now: Timestamp,
}

enum Outcome {
    SignedIn(SignInRow),
    Nothing(SignInRow),
    Expired(Option<SignInRow>),
    UsedUp(SignInRow),
    /// With the tries as they are now.
    Failed(SignInRow),
}

impl Attempt {
    fn write(&self, tx: &mut Tx) -> Result<Outcome, store::Error> {
        let Some(mut row) = tx.sign_in(&self.token_hash)? else { return Ok(Outcome::Expired(None)) };
        if row.tries >= TRIES {
            return Ok(Outcome::UsedUp(row));
        }
        if row.used_at.is_some() || row.expires_at <= self.now {
            return Ok(Outcome::Expired(Some(row)));
        }
        if self.is_empty {
            return Ok(Outcome::Nothing(row));
        }
        let matches = self.mac.is_some_and(|mac| bool::from(mac.ct_eq(&row.code_hash)));
        match row.person_id.filter(|_| matches) {
            Some(person) if tx.account_scope(person)?.is_some() => {
                self.begin_session(tx, person)?;
                Ok(Outcome::SignedIn(row))
            }
            _ => {
                tx.fail_sign_in(&self.token_hash, self.now)?;
                row.tries = row.tries.saturating_add(1);
                Ok(Outcome::Failed(row))
            }
        }
    }

    fn begin_session(&self, tx: &mut Tx, person: PersonId) -> Result<(), store::Error> {
        tx.use_sign_in(&self.token_hash, self.now)?;
        if let Some(old) = &self.old_session {
            tx.end_session_of_token(old, self.now)?;
        }
        tx.remember_device(KnownDeviceRow { device_hash: self.device_hash, person_id: person, made_at: self.now })?;
        tx.insert_session(SessionRow {
            token_hash: self.session_hash,
            session_id: self.session_id,
            person_id: person,
            made_at: self.now,
            seen_at: self.now,
            expires_at: self.now.saturating_add(ABSOLUTE).unwrap_or(Timestamp::MAX),
            ended_at: None,
            agent: self.agent.clone(),
            network: self.network.clone(),
        })
    }
}
