//! Sessions of signed-in people, and the devices they have signed in with.

use jiff::Timestamp;

use crate::account::PersonRow;
use crate::{Error, PersonId, SessionId, Tx, record, statements, text_words};

text_words! {
    /// By what somebody showed who they are.
    pub enum Proof {
        /// A code from their mailbox.
        Code = "code",
        /// A passkey, which asked for a finger, a face or a PIN.
        Passkey = "passkey",
        /// Microsoft, which didn't say how.
        Microsoft = "microsoft",
        /// Microsoft, by more than one factor.
        MicrosoftMfa = "microsoft_mfa",
    }
}

impl Proof {
    /// Whether it is more than the one weak factor that a mailbox is.
    pub fn is_strong(self) -> bool {
        matches!(self, Self::Passkey | Self::MicrosoftMfa)
    }
}

record! {
    /// A browser that is signed in.
    pub struct SessionRow in "session" {
        /// SHA-256 of the token in the cookie.
        pub token_hash: [u8; 32],
        /// As pages name it; the token is another thing.
        pub session_id: SessionId,
        pub person_id: PersonId,
        pub made_at: Timestamp,
        /// Written about once an hour.
        pub seen_at: Timestamp,
        /// The absolute end.
        pub expires_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        /// The browser in words, `Firefox on Windows`.
        pub agent: String,
        /// `192.0.2.0/24`.
        pub network: String,
        /// The last proof in this browser, and when it was given: what is sensitive asks for one that is fresh.
        pub proof: Proof,
        pub proved_at: Timestamp,
    }
}

record! {
    /// A device with which a person has signed in.
    pub struct KnownDeviceRow in "known_device" {
        /// SHA-256 of the token in the cookie.
        pub device_hash: [u8; 32],
        pub person_id: PersonId,
        pub made_at: Timestamp,
    }
}

/// What makes a session live at an instant: before its absolute end, and seen after `idle_since`.
#[derive(Clone, Copy, Debug)]
pub struct LiveAt {
    pub now: Timestamp,
    pub idle_since: Timestamp,
}

statements! {
    SESSION: (Bytes, Integer, Integer) -> SessionRow = "SELECT token_hash, session_id, person_id, made_at, seen_at, expires_at, \
        ended_at, agent, network, proof, proved_at FROM session WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3";
    SESSIONS: (Integer, Integer, Integer) -> SessionRow = "SELECT token_hash, session_id, person_id, made_at, seen_at, expires_at, \
        ended_at, agent, network, proof, proved_at FROM session WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3 \
        ORDER BY seen_at DESC, session_id DESC LIMIT 200";
    SEE: (Bytes, Integer, Integer) = "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $3";
    END_BY_TOKEN: (Bytes, Integer) = "UPDATE session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL";
    END_ALL: (Integer, Integer) = "UPDATE session SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL";
    PERSON_OF: (Bytes) -> PersonRow = "SELECT p.person_id, p.email FROM session s JOIN person p ON p.person_id = s.person_id \
        WHERE s.token_hash = $1 AND s.ended_at IS NULL";
    END_ONE: (Integer, Integer, Integer) = "UPDATE session SET ended_at = $3 \
        WHERE person_id = $1 AND session_id = $2 AND ended_at IS NULL";
    END_OTHERS: (Integer, Integer, Integer) = "UPDATE session SET ended_at = $3 \
        WHERE person_id = $1 AND session_id <> $2 AND ended_at IS NULL";
    FORGET: (Integer) = "DELETE FROM session WHERE expires_at < $1";
    KNOWN_DEVICE: (Bytes, Integer) -> KnownDeviceRow = "SELECT device_hash, person_id, made_at FROM known_device \
        WHERE device_hash = $1 AND person_id = $2";
    ANYBODYS_DEVICE: (Bytes) -> KnownDeviceRow = "SELECT device_hash, person_id, made_at FROM known_device WHERE device_hash = $1 ORDER BY person_id LIMIT 1";
}

impl Tx {
    /// The live session of a token.
    pub fn session(&mut self, token_hash: &[u8; 32], live: LiveAt) -> Result<Option<SessionRow>, Error> {
        self.row(&SESSION, &[token_hash, &live.now, &live.idle_since])
    }

    /// A person's live sessions, the last seen first, at most 200.
    pub fn sessions(&mut self, person: PersonId, live: LiveAt) -> Result<Vec<SessionRow>, Error> {
        self.rows(&SESSIONS, &[&person, &live.now, &live.idle_since])
    }

    /// Begins a session.
    pub fn insert_session(&mut self, row: SessionRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// Notes that a session was used now, unless it was noted after `unless_since`.
    pub fn see_session(&mut self, token_hash: &[u8; 32], now: Timestamp, unless_since: Timestamp) -> Result<(), Error> {
        self.execute(&SEE, &[token_hash, &now, &unless_since]).map(drop)
    }

    /// Ends the session of a token; 0 where it has ended or never was.
    pub fn end_session_of_token(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<u64, Error> {
        self.execute(&END_BY_TOKEN, &[token_hash, &now])
    }

    /// Whose session a token is of; nobody where it has ended or never was.
    pub fn person_of_session(&mut self, token_hash: &[u8; 32]) -> Result<Option<PersonRow>, Error> {
        self.row(&PERSON_OF, &[token_hash])
    }

    /// Ends all of a person's sessions.
    pub fn end_sessions_of(&mut self, person: PersonId, now: Timestamp) -> Result<u64, Error> {
        self.execute(&END_ALL, &[&person, &now])
    }

    /// Ends one of a person's sessions; 0 where it isn't theirs or has ended.
    pub fn end_session(&mut self, person: PersonId, session: SessionId, now: Timestamp) -> Result<u64, Error> {
        self.execute(&END_ONE, &[&person, &session, &now])
    }

    /// Ends all of a person's sessions but one.
    pub fn end_sessions_except(&mut self, person: PersonId, kept: SessionId, now: Timestamp) -> Result<u64, Error> {
        self.execute(&END_OTHERS, &[&person, &kept, &now])
    }

    /// Deletes sessions whose absolute end was before `before`.
    pub fn forget_sessions(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }

    /// Whether the person has signed in with this device.
    pub fn is_known_device(&mut self, device_hash: &[u8; 32], person: PersonId) -> Result<bool, Error> {
        Ok(self.row::<KnownDeviceRow>(&KNOWN_DEVICE, &[device_hash, &person])?.is_some())
    }

    /// Whether anybody has signed in with this device.
    pub fn is_anybodys_device(&mut self, device_hash: &[u8; 32]) -> Result<bool, Error> {
        Ok(self.row::<KnownDeviceRow>(&ANYBODYS_DEVICE, &[device_hash])?.is_some())
    }

    /// Remembers that the person has signed in with this device.
    pub fn remember_device(&mut self, row: KnownDeviceRow) -> Result<(), Error> {
        self.insert_or_skip(&[row]).map(drop)
    }
}
