//! What waits for staff: another billing contact where nobody can sign in, people who say "this wasn't me", and changes of
//! an account's own data that bear on tax or on who owes.

use jiff::Timestamp;

use crate::{AccountId, CertificateId, Error, One, PersonId, RequestId, Tx, record, statements, text_words};

text_words! {
    /// What is asked.
    pub enum RequestKind {
        /// The billing contact has changed, and nobody of the account can sign in.
        BillingContact = "billing_contact",
        /// Somebody says that they didn't do what was done in their name.
        Objection = "objection",
        /// An account's name or address is to be another.
        Company = "company",
        /// An account is to be exempt from tax by a certificate.
        Exemption = "exemption",
    }
}

text_words! {
    /// How far it is.
    pub enum RequestState {
        /// Nobody has looked at it.
        Waiting = "waiting",
        /// One member of staff has checked it; a second one decides.
        Checked = "checked",
        /// Granted, or seen to.
        Approved = "approved",
        /// Turned down.
        Refused = "refused",
    }
}

record! {
    /// A request.
    pub struct RequestRow in "request" key(request_id) {
        pub request_id: RequestId,
        pub kind: RequestKind,
        pub state: RequestState,
        pub company: String,
        pub name: String,
        pub email: String,
        pub phone: String,
        pub words: String,
        /// Who asked, where they were signed in.
        pub asked_by: Option<PersonId>,
        pub network: String,
        /// In real time.
        pub made_at: Timestamp,
        /// JSON of what is to be changed, as it was when it was asked for.
        pub before: Option<String>,
        /// JSON of what it is to be.
        pub after: Option<String>,
        /// The certificate that was handed in with it.
        pub certificate_id: Option<CertificateId>,
        pub account_id: Option<AccountId>,
        /// The contact who leaves.
        pub leaver_id: Option<PersonId>,
        pub checked_by: Option<PersonId>,
        pub checked_at: Option<Timestamp>,
        /// Whom they called, at which number.
        pub checked_how: Option<String>,
        pub decided_by: Option<PersonId>,
        pub decided_at: Option<Timestamp>,
        pub decided_why: Option<String>,
    }
}

statements! {
    REQUEST: (Integer) -> RequestRow = "SELECT request_id, kind, state, company, name, email, phone, words, asked_by, network, made_at, before, after, certificate_id, account_id, \
        leaver_id, checked_by, checked_at, checked_how, decided_by, decided_at, decided_why FROM request WHERE request_id = $1";
    OPEN: (Integer) -> RequestRow = "SELECT request_id, kind, state, company, name, email, phone, words, asked_by, network, made_at, before, after, certificate_id, account_id, \
        leaver_id, checked_by, checked_at, checked_how, decided_by, decided_at, decided_why FROM request \
        WHERE state IN ('waiting', 'checked') ORDER BY request_id LIMIT $1";
    OPEN_OF: (Integer) -> RequestRow = "SELECT request_id, kind, state, company, name, email, phone, words, asked_by, network, made_at, before, after, \
        certificate_id, account_id, leaver_id, checked_by, checked_at, checked_how, decided_by, decided_at, decided_why FROM request \
        WHERE account_id = $1 AND state IN ('waiting', 'checked') ORDER BY request_id";
    ASKED_FROM: (Text, Integer) -> One<i64> = "SELECT count(*) FROM request WHERE network = $1 AND made_at > $2 AND asked_by IS NULL";
    ASKED: (Integer) -> One<i64> = "SELECT count(*) FROM request WHERE made_at > $1 AND asked_by IS NULL";
    ASKED_BY: (Integer, Integer) -> One<i64> = "SELECT count(*) FROM request WHERE asked_by = $1 AND made_at > $2";
}

impl Tx {
    /// One request.
    pub fn request(&mut self, request: RequestId) -> Result<Option<RequestRow>, Error> {
        self.row(&REQUEST, &[&request])
    }

    /// Those that are not decided, the oldest first.
    pub fn open_requests(&mut self, limit: i64) -> Result<Vec<RequestRow>, Error> {
        self.rows(&OPEN, &[&limit])
    }

    /// Those of an account that are not decided, the oldest first.
    pub fn open_requests_of(&mut self, account: AccountId) -> Result<Vec<RequestRow>, Error> {
        self.rows(&OPEN_OF, &[&account])
    }

    /// How many somebody who was signed in made after an instant.
    pub fn requests_of(&mut self, person: PersonId, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&ASKED_BY, &[&person, &after])?.unwrap_or(0))
    }

    /// How many of those who weren't signed in came from a network after an instant, and how many from anywhere.
    pub fn requests_since(&mut self, network: &str, after: Timestamp) -> Result<(i64, i64), Error> {
        let here = self.value(&ASKED_FROM, &[&network, &after])?.unwrap_or(0);
        Ok((here, self.value(&ASKED, &[&after])?.unwrap_or(0)))
    }
}
