//! Digests: one mail in place of several, for people who want it so.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::mail::{MailState, RecipientRow, recipient_columns};
use crate::{DigestId, Error, PersonId, Tx, record, statements, text_words};

text_words! {
    /// How often a person wants a digest.
    pub enum Rhythm {
        /// One mail a day.
        Daily = "daily",
        /// One mail a week.
        Weekly = "weekly",
    }
}

record! {
    /// A person who wants a digest.
    pub struct PersonDigestRow in "person_digest" key(person_id) {
        pub person_id: PersonId,
        pub rhythm: Rhythm,
    }
}

record! {
    /// A digest: the recipients' rows it carries name it.
    pub struct DigestRow in "digest" key(digest_id) {
        pub digest_id: DigestId,
        pub person_id: PersonId,
        /// Stable over all attempts.
        pub message_id: String,
        pub email: String,
        pub name: String,
        /// In business time: when it was gathered.
        pub gather_at: Timestamp,
        pub state: MailState,
        pub attempts: i64,
        pub next_at: Timestamp,
        pub lease_until: Timestamp,
        pub last_reply: Option<String>,
    }
}

record! {
    /// Mails that wait to be gathered into one.
    pub struct WaitingDigest {
        pub person_id: PersonId,
        pub gather_at: Timestamp,
    }
}

statements! {
    RHYTHMS: (; many Integer) -> PersonDigestRow = "SELECT person_id, rhythm FROM person_digest WHERE person_id IN ($keys) ORDER BY person_id";
    END: (Integer) = "DELETE FROM person_digest WHERE person_id = $1";
    UNGATHERED: (Integer, Text, Integer) -> WaitingDigest = "SELECT r.person_id, r.gather_at FROM mail_recipient r JOIN mail m \
        ON m.account_id = r.account_id AND m.mail_id = r.mail_id WHERE r.state = 'waiting' AND r.gather_at <= $1 AND r.digest_id IS NULL \
        AND r.person_id IS NOT NULL AND (m.deliver_by >= $2 OR m.released_on IS NOT NULL) GROUP BY r.person_id, r.gather_at \
        ORDER BY r.gather_at, r.person_id LIMIT $3";
    GATHER: (Integer, Integer, Integer, Text) = "UPDATE mail_recipient SET digest_id = $1 WHERE state = 'waiting' AND person_id = $2 \
        AND gather_at = $3 AND digest_id IS NULL AND (account_id, mail_id) IN (SELECT account_id, mail_id FROM mail \
        WHERE deliver_by >= $4 OR released_on IS NOT NULL)";
    NEXT_GATHERING: (Integer) -> crate::One<Option<Timestamp>> = "SELECT min(gather_at) AS next FROM mail_recipient \
        WHERE state = 'waiting' AND digest_id IS NULL AND gather_at > $1";
    HURRY: (Integer) = "UPDATE mail_recipient SET gather_at = $1 WHERE state = 'waiting' AND gather_at IS NOT NULL AND digest_id IS NULL";
    DROP: (Integer) = "DELETE FROM digest WHERE digest_id = $1";
    UNGATHER: (Integer) = "UPDATE mail_recipient SET gather_at = NULL WHERE state = 'waiting' AND person_id = $1 AND digest_id IS NULL";
    CLAIM: (Integer, Integer, Integer) -> DigestRow = "UPDATE digest SET lease_until = $2, attempts = attempts + 1 \
        WHERE state = 'waiting' AND lease_until < $1 AND digest_id IN (SELECT digest_id FROM digest \
        WHERE state = 'waiting' AND lease_until < $1 AND next_at <= $1 ORDER BY gather_at, digest_id LIMIT $3) \
        RETURNING digest_id, person_id, message_id, email, name, gather_at, state, attempts, next_at, lease_until, last_reply";
    RENEW: (Integer, Integer) = "UPDATE digest SET lease_until = $2 WHERE state = 'waiting' AND lease_until = $1";
    DUE: (Integer) -> crate::One<i64> = "SELECT count(*) AS due FROM digest WHERE state = 'waiting' AND next_at <= $1";
    DIGEST_BY_MESSAGE: (Text) -> DigestRow = "SELECT digest_id, person_id, message_id, email, name, gather_at, state, attempts, next_at, \
        lease_until, last_reply FROM digest WHERE message_id = $1";
    CARRIED: (Integer) -> RecipientRow = concat!("SELECT ", recipient_columns!(), " FROM mail_recipient WHERE digest_id = $1 \
        ORDER BY account_id, mail_id, recipient_no");
}

impl Tx {
    /// The next instant after `now`, in business time, at which something is to be gathered.
    pub fn next_gathering(&mut self, now: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.value::<Option<Timestamp>>(&NEXT_GATHERING, &[&now])?.flatten())
    }

    /// Which of these people want a digest.
    pub fn digest_rhythms(&mut self, people: &[PersonId]) -> Result<Vec<PersonDigestRow>, Error> {
        self.rows_by(&RHYTHMS, &[], people)
    }

    /// From now on a person gets a mail for each invoice, also for those that wait for a digest.
    pub fn end_digest(&mut self, person: PersonId) -> Result<(), Error> {
        self.execute(&END, &[&person])?;
        self.execute(&UNGATHER, &[&person]).map(drop)
    }

    /// Lets every digest that waits leave at this instant, in business time.
    pub fn hurry_digests(&mut self, gather_at: Timestamp) -> Result<u64, Error> {
        self.execute(&HURRY, &[&gather_at])
    }

    /// What is to be gathered at `now`, in business time, without messages whose window ended before `earliest`.
    pub fn ungathered(&mut self, now: Timestamp, earliest: Date, limit: i64) -> Result<Vec<WaitingDigest>, Error> {
        self.rows(&UNGATHERED, &[&now, &earliest, &limit])
    }

    /// Makes a digest of what waits for its person and instant; false where another process did.
    pub fn gather(&mut self, digest: &DigestRow, earliest: Date) -> Result<bool, Error> {
        self.insert(std::slice::from_ref(digest))?;
        let taken = self.execute(&GATHER, &[&digest.digest_id, &digest.person_id, &digest.gather_at, &earliest])?;
        if taken == 0 {
            self.execute(&DROP, &[&digest.digest_id])?;
        }
        Ok(taken > 0)
    }

    /// Takes at most `limit` digests until `lease_until`, in real time.
    pub fn claim_digests(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<DigestRow>, Error> {
        self.rows(&CLAIM, &[&now, &lease_until, &limit])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`; gives how many rows.
    pub fn renew_digests(&mut self, lease_until: Timestamp, renewed_until: Timestamp) -> Result<u64, Error> {
        self.execute(&RENEW, &[&lease_until, &renewed_until])
    }

    /// How many digests are due, those in somebody's hands included.
    pub fn due_digests(&mut self, now: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&DUE, &[&now])?.unwrap_or(0))
    }

    /// A digest by its Message-ID, without brackets.
    pub fn digest_by_message(&mut self, message_id: &str) -> Result<Option<DigestRow>, Error> {
        self.row(&DIGEST_BY_MESSAGE, &[&message_id])
    }

    /// The recipients' rows a digest carries.
    pub fn carried(&mut self, digest: DigestId) -> Result<Vec<RecipientRow>, Error> {
        self.rows(&CARRIED, &[&digest])
    }
}
