//! Codes that were asked for, one row each, whether or not the address is known.

use jiff::Timestamp;

use crate::{Error, One, PersonId, Tx, record, statements};

record! {
    /// A code that was asked for. Neither the code nor the browser's token stands in it.
    pub struct SignInRow in "sign_in" {
        /// SHA-256 of the token in the asking browser's cookie.
        pub token_hash: [u8; 32],
        /// Lower-cased, as typed.
        pub email: String,
        /// Nobody where the address is unknown.
        pub person_id: Option<PersonId>,
        /// HMAC over the token's hash and the code.
        pub code_hash: [u8; 32],
        /// Ten letters and digits instead of six digits.
        pub long_code: bool,
        /// HMAC of the known device, or of the network, that asked.
        pub asked_by: [u8; 32],
        /// Where to land afterwards.
        pub next_path: String,
        /// What people read out on the phone.
        pub trace: String,
        /// Wrong tries, counting on from the code that this one replaced.
        pub tries: u32,
        /// Wrong tries of this code alone.
        pub failed: u32,
        pub made_at: Timestamp,
        pub expires_at: Timestamp,
        pub last_try_at: Option<Timestamp>,
        pub used_at: Option<Timestamp>,
        /// The attempt at Microsoft that the right code links to the person.
        pub link_hash: Option<[u8; 32]>,
        /// What the mail server said of the code's letter; nothing where none was sent, or it is on its way.
        pub mailed: Option<String>,
    }
}

statements! {
    SIGN_IN: (Bytes) -> SignInRow = "SELECT token_hash, email, person_id, code_hash, long_code, asked_by, next_path, trace, \
        tries, failed, made_at, expires_at, last_try_at, used_at, link_hash, mailed FROM sign_in WHERE token_hash = $1";
    NEWEST: (Text, Integer) -> SignInRow = "SELECT token_hash, email, person_id, code_hash, long_code, asked_by, next_path, trace, \
        tries, failed, made_at, expires_at, last_try_at, used_at, link_hash, mailed FROM sign_in WHERE email = $1 ORDER BY made_at DESC LIMIT $2";
    OF_TRACE: (Text) -> One<String> = "SELECT email FROM sign_in WHERE trace = $1 ORDER BY made_at DESC LIMIT 1";
    NOTE_MAIL: (Text, Text, Integer) = "UPDATE sign_in SET mailed = $2 WHERE trace = $1 AND made_at > $3";
    ASKED_AT: (Text, Bytes, Integer) -> One<Timestamp> = "SELECT made_at FROM sign_in WHERE email = $1 AND asked_by = $2 \
        AND made_at > $3 ORDER BY made_at DESC";
    FAILURES_OF: (Text, Integer, Integer) -> One<i64> = "SELECT CAST(coalesce(sum(failed), 0) AS BIGINT) FROM sign_in \
        WHERE email = $1 AND made_at > $2 AND failed > 0 AND last_try_at > $3";
    FAILURES: (Integer) -> One<i64> = "SELECT CAST(coalesce(sum(failed), 0) AS BIGINT) FROM sign_in \
        WHERE failed > 0 AND last_try_at > $1";
    REPLACED: (Bytes, Integer) = "UPDATE sign_in SET expires_at = $2 WHERE token_hash = $1 AND expires_at > $2";
    FAIL: (Bytes, Integer) = "UPDATE sign_in SET tries = tries + 1, failed = failed + 1, last_try_at = $2 WHERE token_hash = $1";
    USE: (Bytes, Integer) = "UPDATE sign_in SET used_at = $2, last_try_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    END_OF: (Integer, Integer) = "UPDATE sign_in SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2";
    FORGET: (Integer) = "DELETE FROM sign_in WHERE made_at < $1";
}

impl Tx {
    /// The code asked for by the browser with this token, used up or not.
    pub fn sign_in(&mut self, token_hash: &[u8; 32]) -> Result<Option<SignInRow>, Error> {
        self.row(&SIGN_IN, &[token_hash])
    }

    /// The codes that were asked for with an address lately, the newest first.
    pub fn newest_sign_ins(&mut self, email: &str, limit: i64) -> Result<Vec<SignInRow>, Error> {
        self.rows(&NEWEST, &[&email, &limit])
    }

    /// The address that a trace number is of.
    pub fn email_of_trace(&mut self, trace: &str) -> Result<Option<String>, Error> {
        self.value(&OF_TRACE, &[&trace])
    }

    /// Notes what became of a code's letter.
    pub fn note_code_mail(&mut self, trace: &str, words: &str, made_after: Timestamp) -> Result<(), Error> {
        self.execute(&NOTE_MAIL, &[&trace, &words, &made_after]).map(drop)
    }

    /// When codes were asked for, for an address and by a device or network, after an instant; the latest first.
    pub fn asked_at(&mut self, email: &str, asked_by: &[u8; 32], after: Timestamp) -> Result<Vec<Timestamp>, Error> {
        let rows: Vec<One<Timestamp>> = self.rows(&ASKED_AT, &[&email, asked_by, &after])?;
        Ok(rows.into_iter().map(|One(at)| at).collect())
    }

    /// Wrong tries of an address after an instant. A code is tried for minutes, so that older ones can't count.
    pub fn sign_in_failures_of(&mut self, email: &str, made_after: Timestamp, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&FAILURES_OF, &[&email, &made_after, &after])?.unwrap_or(0))
    }

    /// Wrong tries of all addresses after an instant.
    pub fn sign_in_failures(&mut self, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&FAILURES, &[&after])?.unwrap_or(0))
    }

    /// Notes a code that was asked for.
    pub fn insert_sign_in(&mut self, row: SignInRow) -> Result<(), Error> {
        self.insert(&[row])
    }

    /// Ends a code because the browser asked for another.
    pub fn replace_sign_in(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<(), Error> {
        self.execute(&REPLACED, &[token_hash, &now]).map(drop)
    }

    /// Counts a wrong try.
    pub fn fail_sign_in(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<(), Error> {
        self.execute(&FAIL, &[token_hash, &now]).map(drop)
    }

    /// Uses a code; 0 where it was used before.
    pub fn use_sign_in(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<u64, Error> {
        self.execute(&USE, &[token_hash, &now])
    }

    /// Ends the codes that a person has asked for and not used.
    pub fn end_codes_of(&mut self, person: PersonId, now: Timestamp) -> Result<(), Error> {
        self.execute(&END_OF, &[&person, &now]).map(drop)
    }

    /// Deletes codes asked for before an instant.
    pub fn forget_sign_ins(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }
}
