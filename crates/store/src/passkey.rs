//! Passkeys of people, and the challenges that are out.

use jiff::Timestamp;

use crate::{Error, PasskeyId, PersonId, Tx, record, statements};

record! {
    /// A passkey of a person.
    pub struct PasskeyRow in "passkey" {
        pub passkey_id: PasskeyId,
        pub person_id: PersonId,
        /// As the authenticator names it.
        pub credential_id: Vec<u8>,
        /// The person's name towards authenticators: 16 bytes that say nothing, the same for all of their passkeys.
        pub handle: Vec<u8>,
        /// As the person calls it.
        pub name: String,
        /// JSON of the library: public key, counter, flags.
        pub credential: String,
        pub made_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

record! {
    /// A challenge that was given out.
    pub struct PasskeyChallengeRow in "passkey_challenge" {
        /// SHA-256 of the ticket that comes back with the answer.
        pub ticket_hash: [u8; 32],
        /// For whom a passkey is made; nobody where somebody is about to sign in.
        pub person_id: Option<PersonId>,
        /// JSON of the library.
        pub state: String,
        pub expires_at: Timestamp,
    }
}

record! {
    /// Who doesn't want to be offered a passkey again.
    pub struct PasskeyDeclinedRow in "passkey_declined" {
        pub person_id: PersonId,
        pub declined_at: Timestamp,
    }
}

statements! {
    OF_PERSON: (Integer) -> PasskeyRow = "SELECT passkey_id, person_id, credential_id, handle, name, credential, made_at, used_at \
        FROM passkey WHERE person_id = $1 ORDER BY passkey_id";
    BY_CREDENTIAL: (Bytes) -> PasskeyRow = "SELECT passkey_id, person_id, credential_id, handle, name, credential, made_at, used_at \
        FROM passkey WHERE credential_id = $1";
    USE: (Integer, Text, Integer) = "UPDATE passkey SET credential = $2, used_at = $3 WHERE passkey_id = $1";
    RENAME: (Integer, Integer, Text) = "UPDATE passkey SET name = $3 WHERE person_id = $1 AND passkey_id = $2";
    DELETE: (Integer, Integer) = "DELETE FROM passkey WHERE person_id = $1 AND passkey_id = $2";
    DELETE_ALL: (Integer) = "DELETE FROM passkey WHERE person_id = $1";
    CHALLENGE: (Bytes, Integer) -> PasskeyChallengeRow = "SELECT ticket_hash, person_id, state, expires_at FROM passkey_challenge \
        WHERE ticket_hash = $1 AND expires_at > $2";
    TAKE: (Bytes) = "DELETE FROM passkey_challenge WHERE ticket_hash = $1";
    FORGET: (Integer) = "DELETE FROM passkey_challenge WHERE expires_at < $1";
    DECLINED: (Integer) -> PasskeyDeclinedRow = "SELECT person_id, declined_at FROM passkey_declined WHERE person_id = $1";
}

impl Tx {
    /// A person's passkeys, the oldest first.
    pub fn passkeys(&mut self, person: PersonId) -> Result<Vec<PasskeyRow>, Error> {
        self.rows(&OF_PERSON, &[&person])
    }

    /// The passkey that an authenticator names.
    pub fn passkey_by_credential(&mut self, credential_id: &[u8]) -> Result<Option<PasskeyRow>, Error> {
        self.row(&BY_CREDENTIAL, &[&credential_id])
    }

    /// Adds a passkey; 0 where the authenticator's name for it is taken.
    pub fn add_passkey(&mut self, row: PasskeyRow) -> Result<u64, Error> {
        self.insert_or_skip(&[row])
    }

    /// Notes that a passkey was used, with its counter as it is now.
    pub fn use_passkey(&mut self, passkey: PasskeyId, credential: &str, now: Timestamp) -> Result<u64, Error> {
        self.execute(&USE, &[&passkey, &credential, &now])
    }

    /// Calls one of a person's passkeys something else; 0 where it isn't theirs.
    pub fn rename_passkey(&mut self, person: PersonId, passkey: PasskeyId, name: &str) -> Result<u64, Error> {
        self.execute(&RENAME, &[&person, &passkey, &name])
    }

    /// Takes one of a person's passkeys away; 0 where it isn't theirs.
    pub fn delete_passkey(&mut self, person: PersonId, passkey: PasskeyId) -> Result<u64, Error> {
        self.execute(&DELETE, &[&person, &passkey])
    }

    /// Takes all of a person's passkeys away.
    pub fn delete_passkeys(&mut self, person: PersonId) -> Result<u64, Error> {
        self.execute(&DELETE_ALL, &[&person])
    }

    /// Notes a challenge before it is given out.
    pub fn insert_passkey_challenge(&mut self, row: PasskeyChallengeRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// Takes the challenge of a ticket: it is answered once, whatever comes of it.
    pub fn take_passkey_challenge(
        &mut self,
        ticket_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<PasskeyChallengeRow>, Error> {
        let found = self.row(&CHALLENGE, &[ticket_hash, &now])?;
        Ok(if self.execute(&TAKE, &[ticket_hash])? == 1 { found } else { None })
    }

    /// Deletes challenges that ended before an instant.
    pub fn forget_passkey_challenges(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }

    /// Whether a person said that they don't want a passkey.
    pub fn has_declined_passkey(&mut self, person: PersonId) -> Result<bool, Error> {
        Ok(self.row::<PasskeyDeclinedRow>(&DECLINED, &[&person])?.is_some())
    }

    /// Notes that a person doesn't want a passkey.
    pub fn decline_passkey(&mut self, row: PasskeyDeclinedRow) -> Result<(), Error> {
        self.insert_or_skip(&[row]).map(drop)
    }
}
