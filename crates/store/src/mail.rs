//! The outbox: messages and their recipients.

use billing::Stream;
use billing::account::Routing;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{AccountId, DigestId, Error, InvoiceId, MailId, One, PersonId, Tx, record, statements, text_words};

text_words! {
    /// What became of a message for one recipient.
    pub enum MailState {
        /// To be sent, perhaps again.
        Waiting = "waiting",
        /// The mail server took it.
        Accepted = "accepted",
        /// A mail server said no for good, or it was tried for days.
        Refused = "refused",
        /// Not sent: mail to this address comes back.
        Skipped = "skipped",
        /// Not sent: the person isn't to receive it any more.
        Withdrawn = "withdrawn",
        /// Accepted at first, and come back.
        Bounced = "bounced",
    }
}

text_words! {
    /// Why there is a message.
    pub enum MailCause {
        /// The document was issued.
        Issue = "issue",
        /// Somebody asked for it again.
        Resend = "resend",
        /// Somebody had it sent to an address that they named.
        Forward = "forward",
    }
}

record! {
    /// A message that carries a document.
    pub struct MailRow in "mail" {
        pub account_id: AccountId,
        pub mail_id: MailId,
        pub document_id: InvoiceId,
        pub cause: MailCause,
        /// Stable over all attempts.
        pub message_id: String,
        /// Not before this day.
        pub deliver_on: Date,
        /// The last day of the window.
        pub deliver_by: Date,
        /// When somebody decided to send it long after its window.
        pub released_on: Option<Date>,
        /// When somebody asked for it again, in real time.
        pub asked_at: Option<Timestamp>,
        pub made_at: Timestamp,
    }
}

record! {
    /// A recipient of a message.
    pub struct RecipientRow in "mail_recipient" key(account_id, mail_id, recipient_no) {
        pub account_id: AccountId,
        pub mail_id: MailId,
        pub recipient_no: i64,
        /// Nobody where it goes to an address that is no contact's.
        pub person_id: Option<PersonId>,
        pub email: String,
        pub name: String,
        pub routing: Routing,
        pub state: MailState,
        pub attempts: i64,
        pub next_at: Timestamp,
        pub lease_until: Timestamp,
        /// In business time.
        pub accepted_at: Option<Timestamp>,
        pub last_reply: Option<String>,
        /// In business time; set where the state is `bounced`.
        pub bounced_at: Option<Timestamp>,
        /// What the mail server that returned it said, or that it was late.
        pub bounce: Option<String>,
        /// In business time: when a digest takes it along.
        pub gather_at: Option<Timestamp>,
        pub digest_id: Option<DigestId>,
    }
}

/// What may be claimed at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// In real time: leases and retries are measured by it.
    pub now: Timestamp,
    /// The business day.
    pub today: Date,
    /// Messages whose window ended before this day wait until somebody releases them.
    pub earliest: Date,
}

macro_rules! recipient_columns {
    () => {
        "account_id, mail_id, recipient_no, person_id, email, name, routing, state, attempts, next_at, lease_until, \
        accepted_at, last_reply, bounced_at, bounce, gather_at, digest_id"
    };
}
pub(crate) use recipient_columns;

record! {
    /// Mails that have missed their window and still wait.
    pub struct MissedRow {
        pub deliver_by: Date,
        pub recipients: i64,
        /// One of their invoices.
        pub number: String,
    }
}

statements! {
    CLAIM: (Integer, Integer, Text, Text, Integer) -> RecipientRow = concat!(
        "UPDATE mail_recipient SET lease_until = $2, attempts = attempts + 1 \
        WHERE state = 'waiting' AND lease_until < $1 AND (account_id, mail_id, recipient_no) IN (SELECT r.account_id, r.mail_id, r.recipient_no \
        FROM mail_recipient r JOIN mail m ON m.account_id = r.account_id AND m.mail_id = r.mail_id \
        WHERE r.state = 'waiting' AND r.gather_at IS NULL AND r.lease_until < $1 AND r.next_at <= $1 AND m.deliver_on <= $3 \
        AND (m.deliver_by >= $4 OR m.released_on IS NOT NULL) ORDER BY m.deliver_on, r.mail_id, r.recipient_no LIMIT $5) RETURNING ",
        recipient_columns!()
    );
    // The lease's end is its name: whoever claimed knows it, and nobody else has the same microsecond.
    RENEW: (Integer, Integer) = "UPDATE mail_recipient SET lease_until = $2 WHERE state = 'waiting' AND lease_until = $1";
    DUE: (Integer, Text, Text) -> crate::One<i64> = "SELECT count(*) AS due FROM mail_recipient r JOIN mail m ON m.account_id = r.account_id \
        AND m.mail_id = r.mail_id WHERE r.state = 'waiting' AND r.gather_at IS NULL AND r.next_at <= $1 AND m.deliver_on <= $2 \
        AND (m.deliver_by >= $3 OR m.released_on IS NOT NULL)";
    LATE: (Text) -> crate::One<i64> = "SELECT count(*) AS late FROM mail_recipient r JOIN mail m ON m.account_id = r.account_id \
        AND m.mail_id = r.mail_id WHERE r.state = 'waiting' AND m.deliver_by < $1 AND m.released_on IS NULL";
    RELEASE: (Text, Text) = "UPDATE mail SET released_on = $2 WHERE deliver_by < $1 AND released_on IS NULL AND (account_id, mail_id) IN \
        (SELECT account_id, mail_id FROM mail_recipient WHERE state = 'waiting')";
    MAIL: (Integer, Integer) -> MailRow = "SELECT account_id, mail_id, document_id, cause, message_id, deliver_on, deliver_by, released_on, asked_at, made_at \
        FROM mail WHERE account_id = $1 AND mail_id = $2";
    MAIL_BY_MESSAGE: (Text) -> MailRow = "SELECT account_id, mail_id, document_id, cause, message_id, deliver_on, deliver_by, released_on, asked_at, made_at \
        FROM mail WHERE message_id = $1";
    MAILS_OF_INVOICE: (Integer, Integer) -> MailRow = "SELECT account_id, mail_id, document_id, cause, message_id, deliver_on, deliver_by, \
        released_on, asked_at, made_at FROM mail WHERE account_id = $1 AND document_id = $2 ORDER BY mail_id";
    RESENT: (Integer, Integer, Integer) -> crate::One<i64> = "SELECT count(*) AS resent FROM mail \
        WHERE account_id = $1 AND document_id = $2 AND cause = 'resend' AND asked_at > $3";
    FORWARDS: (Integer, Integer) -> One<i64> = "SELECT count(*) FROM mail WHERE account_id = $1 AND cause = 'forward' AND asked_at > $2";
    RECIPIENTS: (Integer, Integer) -> RecipientRow = concat!("SELECT ", recipient_columns!(), " FROM mail_recipient \
        WHERE account_id = $1 AND mail_id = $2 ORDER BY recipient_no");
    MISSED: (Text, Text) -> MissedRow = "SELECT m.deliver_by, CAST(count(*) AS BIGINT) AS recipients, min(n.number) AS number FROM mail_recipient r \
        JOIN mail m ON m.account_id = r.account_id AND m.mail_id = r.mail_id JOIN document_number n ON n.account_id = m.account_id AND n.document_id = m.document_id \
        WHERE r.state = 'waiting' AND r.gather_at IS NULL AND m.deliver_by < $1 AND m.deliver_by >= $2 GROUP BY m.deliver_by ORDER BY m.deliver_by";
    WITHDRAW: (Integer, Integer) = "UPDATE mail_recipient SET state = 'withdrawn', last_reply = 'no contact of the account any more' \
        WHERE state = 'waiting' AND account_id = $1 AND person_id = $2";
    // What somebody has asked for goes all the same.
    WITHDRAW_STREAM: (Integer, Integer, Text) = "UPDATE mail_recipient SET state = 'withdrawn', last_reply = 'not to receive these invoices any more' \
        WHERE state = 'waiting' AND account_id = $1 AND person_id = $2 AND mail_id IN (SELECT m.mail_id FROM mail m \
        LEFT JOIN credit_note c ON c.account_id = m.account_id AND c.credit_note_id = m.document_id \
        LEFT JOIN late_fee f ON f.account_id = m.account_id AND f.late_fee_id = m.document_id JOIN invoice i \
        ON i.account_id = m.account_id AND i.invoice_id = coalesce(c.invoice_id, f.invoice_id, m.document_id) WHERE m.account_id = $1 AND m.cause = 'issue' AND i.stream = $3)";
    HURRY: () = "UPDATE mail_recipient SET next_at = 0 WHERE state = 'waiting' AND attempts > 0 AND gather_at IS NULL";
    NEXT_DELIVERY: (Text) -> crate::One<Option<Date>> = "SELECT min(m.deliver_on) AS next FROM mail m JOIN mail_recipient r \
        ON r.account_id = m.account_id AND r.mail_id = m.mail_id WHERE r.state = 'waiting' AND m.deliver_on > $1";
    WAITING_MAILS: () -> crate::One<i64> = "SELECT count(*) AS waiting FROM mail_recipient WHERE state = 'waiting'";
}

impl Tx {
    /// Takes at most `limit` recipients whose message may go today, until `lease_until`. Those that wait for a digest
    /// are not among them.
    pub fn claim_recipients(
        &mut self,
        due: Due,
        lease_until: Timestamp,
        limit: i64,
    ) -> Result<Vec<RecipientRow>, Error> {
        self.rows(&CLAIM, &[&due.now, &lease_until, &due.today, &due.earliest, &limit])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`; gives how many rows.
    pub fn renew_recipients(&mut self, lease_until: Timestamp, renewed_until: Timestamp) -> Result<u64, Error> {
        self.execute(&RENEW, &[&lease_until, &renewed_until])
    }

    /// How many recipients are due, those in somebody's hands, perhaps a dead process's, included.
    pub fn due_recipients(&mut self, due: Due) -> Result<i64, Error> {
        Ok(self.value(&DUE, &[&due.now, &due.today, &due.earliest])?.unwrap_or(0))
    }

    /// How many recipients wait for a decision, because their message's window ended before `earliest`.
    pub fn late_recipients(&mut self, earliest: Date) -> Result<i64, Error> {
        Ok(self.value(&LATE, &[&earliest])?.unwrap_or(0))
    }

    /// Lets the waiting messages go whose window ended before `earliest`.
    pub fn release_late_mails(&mut self, earliest: Date, today: Date) -> Result<u64, Error> {
        self.execute(&RELEASE, &[&earliest, &today])
    }

    /// A message.
    pub fn mail(&mut self, account: AccountId, mail: MailId) -> Result<Option<MailRow>, Error> {
        self.row(&MAIL, &[&account, &mail])
    }

    /// A message by its Message-ID, without brackets.
    pub fn mail_by_message(&mut self, message_id: &str) -> Result<Option<MailRow>, Error> {
        self.row(&MAIL_BY_MESSAGE, &[&message_id])
    }

    /// The messages of an invoice, oldest first.
    pub fn mails_of_invoice(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Vec<MailRow>, Error> {
        self.rows(&MAILS_OF_INVOICE, &[&account, &invoice])
    }

    /// How often somebody of an account had an invoice sent to an address that they named, after an instant.
    pub fn forwards(&mut self, account: AccountId, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&FORWARDS, &[&account, &after])?.unwrap_or(0))
    }

    /// How often an invoice was asked for again after `since`, in real time.
    pub fn resends(&mut self, account: AccountId, invoice: InvoiceId, since: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&RESENT, &[&account, &invoice, &since])?.unwrap_or(0))
    }

    /// Who a message goes to.
    pub fn recipients(&mut self, account: AccountId, mail: MailId) -> Result<Vec<RecipientRow>, Error> {
        self.rows(&RECIPIENTS, &[&account, &mail])
    }

    /// Mails whose window ended before `today`, from `since` on, and that still wait; by the last day of their window.
    pub fn missed_mails(&mut self, today: Date, since: Date) -> Result<Vec<MissedRow>, Error> {
        self.rows(&MISSED, &[&today, &since])
    }

    /// Ends the waiting mail of an account to a person who is no contact of it any more.
    pub fn withdraw_mails(&mut self, account: AccountId, person: PersonId) -> Result<(), Error> {
        self.execute(&WITHDRAW, &[&account, &person]).map(drop)
    }

    /// Ends the waiting mail of an account to a contact who is not to receive this stream's invoices any more.
    pub fn withdraw_mails_of(&mut self, account: AccountId, person: PersonId, stream: Stream) -> Result<(), Error> {
        self.execute(&WITHDRAW_STREAM, &[&account, &person, &stream]).map(drop)
    }

    /// Makes due at once what was tried and put off: a person asks for it.
    pub fn hurry_mails(&mut self) -> Result<(), Error> {
        self.execute(&HURRY, &[]).map(drop)
    }

    /// The next day after `today` on which something is to be mailed.
    pub fn next_delivery(&mut self, today: Date) -> Result<Option<Date>, Error> {
        Ok(self.value::<Option<Date>>(&NEXT_DELIVERY, &[&today])?.flatten())
    }

    /// How many recipients wait.
    pub fn waiting_mails(&mut self) -> Result<i64, Error> {
        Ok(self.value(&WAITING_MAILS, &[])?.unwrap_or(0))
    }
}
