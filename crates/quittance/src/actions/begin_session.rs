//! A session begins, by whichever door: a new token, and the browser's session before it ends.

use jiff::{SignedDuration, Timestamp};
use store::account::PersonRow;
use store::audit::AuditKind;
use store::session::{KnownDeviceRow, LiveAt, Proof, SessionRow};
use store::{PersonId, SessionId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::random::Token;

/// A session ends at the latest so long after it began.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// And so long after it was seen last.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a proof is fresh.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What makes a session live now.
pub fn live_at(now: Timestamp) -> LiveAt {
    LiveAt { now, idle_since: now.saturating_sub(IDLE).unwrap_or(Timestamp::MIN) }
}

/// With which browser somebody comes in.
pub struct Browser {
    /// The cookie of a session that the new one replaces.
    pub session: Option<Token>,
    /// The device's cookie.
    pub device: Option<Token>,
    /// The browser in words.
    pub agent: String,
    /// The network, as text.
    pub network: String,
}

/// The tokens of a session that has begun; both are for cookies.
pub struct Opened {
    pub session: Token,
    pub device: Token,
}

/// A session to be begun in the transaction that finds the proof good. Who proves again gets a new token as well, so
/// that one that was stolen before opens nothing that asks for a fresh proof.
pub struct NewSession {
    hash: [u8; 32],
    session_id: SessionId,
    replaced: Option<[u8; 32]>,
    device_hash: [u8; 32],
    agent: String,
    network: String,
    proof: Proof,
    now: Timestamp,
}

impl NewSession {
    /// The session and its tokens.
    pub fn of(app: &App, browser: Browser, proof: Proof) -> (Opened, Self) {
        let opened = Opened { session: Token::new(), device: browser.device.unwrap_or_default() };
        let session = Self {
            hash: opened.session.hash(),
            session_id: app.ids.mint(),
            replaced: browser.session.map(|session| session.hash()),
            device_hash: opened.device.hash(),
            agent: browser.agent,
            network: browser.network,
            proof,
            now: app.clock.real(),
        };
        (opened, session)
    }

    /// When it begins.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Begins it for a person who may sign in. Where this browser is theirs by a stronger proof it stays so, and is no
    /// fresher: the weaker one neither takes the place of the stronger nor renews it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn begin(&self, tx: &mut Tx, person_id: PersonId) -> Result<(), store::Error> {
        let own = self.before(tx)?.filter(|session| session.person_id == person_id);
        if let Some(old) = &self.replaced {
            tx.end_session_of_token(old, self.now)?;
        }
        let was_in = own.is_some();
        let stronger = own.filter(|session| session.proof.is_strong() && !self.proof.is_strong());
        let (proof, proved_at) = stronger.map_or((self.proof, self.now), |session| (session.proof, session.proved_at));
        tx.remember_device(KnownDeviceRow { device_hash: self.device_hash, person_id, made_at: self.now })?;
        tx.insert_session(SessionRow {
            token_hash: self.hash,
            session_id: self.session_id,
            person_id,
            made_at: self.now,
            seen_at: self.now,
            expires_at: self.now.saturating_add(ABSOLUTE).unwrap_or(Timestamp::MAX),
            ended_at: None,
            agent: self.agent.clone(),
            network: self.network.clone(),
            proof,
            proved_at,
        })?;
        let kind = if was_in { AuditKind::Proved } else { AuditKind::SessionBegun };
        let Some(person) = tx.person(person_id)? else { return Ok(()) };
        let subject = format!("by {}, {}", self.proof.as_str(), self.agent);
        tx.append_audit(&[self.actor(&person).did(kind, subject)])
    }

    /// The live session that it replaces.
    ///
    /// # Errors
    /// Those of the database.
    pub fn before(&self, tx: &mut Tx) -> Result<Option<SessionRow>, store::Error> {
        match &self.replaced {
            Some(old) => tx.session(old, live_at(self.now)),
            None => Ok(None),
        }
    }

    /// Whoever it is of, in the audit log.
    pub fn actor(&self, person: &PersonRow) -> Actor {
        Actor {
            person: Some(person.person_id),
            name: person.email.clone(),
            acting_as: None,
            network: self.network.clone(),
            at: self.now,
        }
    }
}
