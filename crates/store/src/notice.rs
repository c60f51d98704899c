//! What staff are told: a late run, drafts to review, an address that bounces. And what a customer's people are told that
//! was done in their name.

use jiff::Timestamp;

use crate::mail::MailState;
use crate::{Error, NoticeId, PaymentId, Tx, record, statements, text_words};

text_words! {
    /// Whom a notice is for.
    pub enum Audience {
        /// Those of `[staff] notices`.
        Staff = "staff",
        /// Those whom it was addressed to when it was written.
        People = "people",
    }
}

record! {
    /// Something that staff should know. `key` names the matter: each is told once.
    pub struct NoticeRow in "notice" {
        pub notice_id: NoticeId,
        pub key: String,
        pub subject: String,
        /// Plain text, paragraphs apart by an empty line; says what happened and what to do.
        pub body: String,
        pub audience: Audience,
        /// In business time.
        pub made_at: Timestamp,
        pub mailed_at: Option<Timestamp>,
        /// The payment whose receipt goes with it.
        pub receipt_of: Option<PaymentId>,
    }
}

record! {
    /// One of those who are told, and what became of the mail.
    pub struct NoticeRecipientRow in "notice_recipient" key(notice_id, email) {
        pub notice_id: NoticeId,
        pub email: String,
        pub state: MailState,
        pub attempts: i64,
        pub next_at: Timestamp,
        pub lease_until: Timestamp,
        pub last_reply: Option<String>,
    }
}

impl NoticeRecipientRow {
    /// One who is still to be mailed.
    pub fn new(notice_id: NoticeId, email: &str) -> Self {
        Self {
            notice_id,
            email: email.to_owned(),
            state: MailState::Waiting,
            attempts: 0,
            next_at: Timestamp::UNIX_EPOCH,
            lease_until: Timestamp::UNIX_EPOCH,
            last_reply: None,
        }
    }
}

statements! {
    NOTICES: (Integer) -> NoticeRow = "SELECT notice_id, key, subject, body, audience, made_at, mailed_at, receipt_of FROM notice WHERE audience = 'staff' ORDER BY notice_id DESC LIMIT $1";
    IS_TOLD: (Text) -> crate::One<i64> = "SELECT notice_id FROM notice WHERE key = $1";
    NOTICE: (Integer) -> NoticeRow = "SELECT notice_id, key, subject, body, audience, made_at, mailed_at, receipt_of FROM notice WHERE notice_id = $1";
    UNADDRESSED: (Integer) -> NoticeRow = "SELECT notice_id, key, subject, body, audience, made_at, mailed_at, receipt_of FROM notice n WHERE mailed_at IS NULL AND audience = 'staff' \
        AND NOT EXISTS (SELECT 1 FROM notice_recipient r WHERE r.notice_id = n.notice_id) ORDER BY notice_id LIMIT $1";
    CLAIM: (Integer, Integer, Integer) -> NoticeRecipientRow = "UPDATE notice_recipient SET lease_until = $2, attempts = attempts + 1 \
        WHERE state = 'waiting' AND lease_until < $1 AND (notice_id, email) IN (SELECT notice_id, email FROM notice_recipient \
        WHERE state = 'waiting' AND lease_until < $1 AND next_at <= $1 ORDER BY notice_id, email LIMIT $3) \
        RETURNING notice_id, email, state, attempts, next_at, lease_until, last_reply";
    RENEW: (Integer, Integer) = "UPDATE notice_recipient SET lease_until = $2 WHERE state = 'waiting' AND lease_until = $1";
    RECIPIENTS: (Integer) -> NoticeRecipientRow = "SELECT notice_id, email, state, attempts, next_at, lease_until, last_reply \
        FROM notice_recipient WHERE notice_id = $1 ORDER BY email";
    MAILED: (Integer, Integer) = "UPDATE notice SET mailed_at = $2 WHERE notice_id = $1 AND mailed_at IS NULL AND NOT EXISTS \
        (SELECT 1 FROM notice_recipient WHERE notice_id = $1 AND state = 'waiting') AND EXISTS \
        (SELECT 1 FROM notice_recipient WHERE notice_id = $1 AND state = 'accepted')";
}

impl Tx {
    /// Writes down what is told, unless the matter was told before; true where it is news.
    pub fn tell_staff(&mut self, row: &NoticeRow) -> Result<bool, Error> {
        Ok(self.insert_or_skip(std::slice::from_ref(row))? == 1)
    }

    /// Tells people, each in a mail of their own; nobody where there are none.
    pub fn tell_people(&mut self, row: &NoticeRow, emails: &[String]) -> Result<(), Error> {
        if emails.is_empty() || !self.tell_staff(row)? {
            return Ok(());
        }
        let rows: Vec<_> = emails.iter().map(|email| NoticeRecipientRow::new(row.notice_id, email)).collect();
        self.insert_or_skip(&rows).map(drop)
    }

    /// Whether staff were told about a matter.
    pub fn is_told(&mut self, key: &str) -> Result<bool, Error> {
        Ok(self.value::<i64>(&IS_TOLD, &[&key])?.is_some())
    }

    /// What staff were told, the newest first.
    pub fn notices(&mut self, limit: i64) -> Result<Vec<NoticeRow>, Error> {
        self.rows(&NOTICES, &[&limit])
    }

    /// One of them.
    pub fn notice(&mut self, notice: NoticeId) -> Result<Option<NoticeRow>, Error> {
        self.row(&NOTICE, &[&notice])
    }

    /// Notices of which it isn't written down yet whom they go to.
    pub fn unaddressed_notices(&mut self, limit: i64) -> Result<Vec<NoticeRow>, Error> {
        self.rows(&UNADDRESSED, &[&limit])
    }

    /// Takes at most `limit` recipients until `lease_until`, in real time.
    pub fn claim_notices(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<NoticeRecipientRow>, Error> {
        self.rows(&CLAIM, &[&now, &lease_until, &limit])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`; gives how many rows.
    pub fn renew_notices(&mut self, lease_until: Timestamp, renewed_until: Timestamp) -> Result<u64, Error> {
        self.execute(&RENEW, &[&lease_until, &renewed_until])
    }

    /// Whom a notice goes to.
    pub fn notice_recipients(&mut self, notice: NoticeId) -> Result<Vec<NoticeRecipientRow>, Error> {
        self.rows(&RECIPIENTS, &[&notice])
    }

    /// Notes that a notice is mailed, once nobody waits for it any more and somebody got it.
    pub fn note_notice_mailed(&mut self, notice: NoticeId, now: Timestamp) -> Result<(), Error> {
        self.execute(&MAILED, &[&notice, &now]).map(drop)
    }
}
