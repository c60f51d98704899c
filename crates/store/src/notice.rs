//! What staff are told: a late run, drafts to review, an address that bounces.

use jiff::Timestamp;

use crate::{Error, NoticeId, Tx, record, statements};

record! {
    /// Something that staff should know. `key` names the matter: each is told once.
    pub struct NoticeRow in "notice" {
        pub notice_id: NoticeId,
        pub key: String,
        pub subject: String,
        /// Plain text, paragraphs apart by an empty line; says what happened and what to do.
        pub body: String,
        /// In business time.
        pub made_at: Timestamp,
        pub mailed_at: Option<Timestamp>,
    }
}

statements! {
    NOTICES: (Integer) -> NoticeRow = "SELECT notice_id, key, subject, body, made_at, mailed_at FROM notice ORDER BY notice_id DESC LIMIT $1";
    IS_TOLD: (Text) -> crate::One<i64> = "SELECT notice_id FROM notice WHERE key = $1";
}

impl Tx {
    /// Tells staff, unless the matter was told before; true where it is news.
    pub fn tell_staff(&mut self, row: &NoticeRow) -> Result<bool, Error> {
        Ok(self.insert_or_skip(std::slice::from_ref(row))? == 1)
    }

    /// Whether staff were told about a matter.
    pub fn is_told(&mut self, key: &str) -> Result<bool, Error> {
        Ok(self.value::<i64>(&IS_TOLD, &[&key])?.is_some())
    }

    /// What staff were told, the newest first.
    pub fn notices(&mut self, limit: i64) -> Result<Vec<NoticeRow>, Error> {
        self.rows(&NOTICES, &[&limit])
    }
}
