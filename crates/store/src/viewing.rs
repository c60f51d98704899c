//! Staff who look at the portal as an account sees it.

use jiff::Timestamp;

use crate::scope::ScopedAccount;
use crate::{AccountId, Error, Tx, record, statements};

record! {
    /// A session that looks at an account.
    pub struct ViewingRow in "viewing" key(token_hash) {
        /// Of the session.
        pub token_hash: [u8; 32],
        pub account_id: AccountId,
        /// In real time.
        pub ends_at: Timestamp,
    }
}

statements! {
    VIEWED: (Bytes, Integer) -> ScopedAccount = "SELECT a.account_id, a.code, a.name, a.currency, a.formats, a.status, 'viewer' AS role, \
        f.name AS contact_name, p.email AS contact_email FROM viewing v JOIN session s ON s.token_hash = v.token_hash \
        JOIN staff f ON f.person_id = s.person_id JOIN person p ON p.person_id = s.person_id \
        JOIN account a ON a.account_id = v.account_id WHERE v.token_hash = $1 AND v.ends_at > $2";
    END: (Bytes) = "DELETE FROM viewing WHERE token_hash = $1";
    FORGET: (Integer) = "DELETE FROM viewing WHERE ends_at < $1";
}

impl Tx {
    /// The account that a session of staff looks at, with them in it as somebody who only sees.
    pub(crate) fn viewed(&mut self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<ScopedAccount>, Error> {
        self.row(&VIEWED, &[token_hash, &now])
    }

    /// Stops looking.
    pub fn end_viewing(&mut self, token_hash: &[u8; 32]) -> Result<u64, Error> {
        self.execute(&END, &[token_hash])
    }

    /// Deletes what ended before an instant.
    pub fn forget_viewings(&mut self, before: Timestamp) -> Result<u64, Error> {
        self.execute(&FORGET, &[&before])
    }
}
