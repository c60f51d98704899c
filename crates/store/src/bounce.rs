//! Addresses that mail came back from, and the reports that said so.

use jiff::Timestamp;

use crate::{Error, Tx, record, statements, text_words};

text_words! {
    /// What is known of an address.
    pub enum AddressState {
        /// Mail came back for a reason that passes.
        Soft = "soft",
        /// Mail comes back for good: nothing is sent there.
        Hard = "hard",
    }
}

record! {
    /// An address that mail came back from.
    pub struct MailAddressRow in "mail_address" key(email) {
        /// Lower-cased.
        pub email: String,
        pub state: AddressState,
        /// As in RFC 3463, such as `5.1.1`.
        pub status: String,
        /// In the words of the mail server.
        pub reason: String,
        pub bounces: i64,
        /// In business time.
        pub first_at: Timestamp,
        pub last_at: Timestamp,
    }
}

record! {
    /// A report that was read.
    pub struct BounceReportRow in "bounce_report" {
        /// SHA-256 of its bytes.
        pub report_hash: [u8; 32],
        pub read_at: Timestamp,
    }
}

statements! {
    ADDRESSES: () -> MailAddressRow = "SELECT email, state, status, reason, bounces, first_at, last_at FROM mail_address ORDER BY email";
    ADDRESS: (Text) -> MailAddressRow = "SELECT email, state, status, reason, bounces, first_at, last_at FROM mail_address WHERE email = $1";
    HARD: (; many Text) -> MailAddressRow = "SELECT email, state, status, reason, bounces, first_at, last_at FROM mail_address \
        WHERE state = 'hard' AND email IN ($keys) ORDER BY email";
    CLEAR: (Text) = "DELETE FROM mail_address WHERE email = $1";
}

impl Tx {
    /// Every address that mail came back from.
    pub fn mail_addresses(&mut self) -> Result<Vec<MailAddressRow>, Error> {
        self.rows(&ADDRESSES, &[])
    }

    /// What is known of one address, lower-cased.
    pub fn mail_address(&mut self, email: &str) -> Result<Option<MailAddressRow>, Error> {
        self.row(&ADDRESS, &[&email])
    }

    /// Those of some addresses, lower-cased, to which nothing is sent.
    pub fn hard_addresses(&mut self, emails: &[String]) -> Result<Vec<MailAddressRow>, Error> {
        self.rows_by(&HARD, &[], emails)
    }

    /// Forgets what is known of an address; 0 where nothing was.
    pub fn clear_mail_address(&mut self, email: &str) -> Result<u64, Error> {
        self.execute(&CLEAR, &[&email])
    }

    /// Notes that a report was read; false where it had been before.
    pub fn note_report(&mut self, row: &BounceReportRow) -> Result<bool, Error> {
        Ok(self.insert_or_skip(std::slice::from_ref(row))? == 1)
    }
}
