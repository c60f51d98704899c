//! The outbox: messages and their recipients.

use std::str::FromStr;

use billing::account::Routing;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{AccountId, Error, InvoiceId, MailId, Tx, record, statements, text_enum};

/// What became of a message for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// To be sent, perhaps again.
    Waiting,
    /// The mail server took it.
    Accepted,
    /// It will not be tried again.
    Refused,
}

impl MailState {
    /// The word in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

impl FromStr for MailState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Waiting, Self::Accepted, Self::Refused].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

text_enum!(MailState, as_str);

record! {
    /// A message: one per invoice.
    pub struct MailRow in "mail" {
        pub account_id: AccountId,
        pub mail_id: MailId,
        pub invoice_id: InvoiceId,
        /// Stable over all attempts.
        pub message_id: String,
        /// Not before this day.
        pub deliver_on: Date,
        pub made_at: Timestamp,
    }
}

record! {
    /// A recipient of a message.
    pub struct RecipientRow in "mail_recipient" key(account_id, mail_id, recipient_no) {
        pub account_id: AccountId,
        pub mail_id: MailId,
        pub recipient_no: i64,
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
    }
}

statements! {
    CLAIM: (Integer, Integer, Text, Integer) -> RecipientRow = "UPDATE mail_recipient SET lease_until = $2, attempts = attempts + 1 \
        WHERE state = 'waiting' AND lease_until < $1 AND (account_id, mail_id, recipient_no) IN (SELECT r.account_id, r.mail_id, r.recipient_no \
        FROM mail_recipient r JOIN mail m ON m.account_id = r.account_id AND m.mail_id = r.mail_id \
        WHERE r.state = 'waiting' AND r.lease_until < $1 AND r.next_at <= $1 AND m.deliver_on <= $3 \
        ORDER BY m.deliver_on, r.mail_id, r.recipient_no LIMIT $4) \
        RETURNING account_id, mail_id, recipient_no, email, name, routing, state, attempts, next_at, lease_until, accepted_at, last_reply";
    // The lease's end is its name: whoever claimed knows it, and nobody else has the same microsecond.
    RENEW: (Integer, Integer) = "UPDATE mail_recipient SET lease_until = $2 WHERE state = 'waiting' AND lease_until = $1";
    DUE: (Integer, Text) -> crate::One<i64> = "SELECT count(*) AS due FROM mail_recipient r JOIN mail m ON m.account_id = r.account_id \
        AND m.mail_id = r.mail_id WHERE r.state = 'waiting' AND r.next_at <= $1 AND m.deliver_on <= $2";
    MAIL: (Integer, Integer) -> MailRow = "SELECT account_id, mail_id, invoice_id, message_id, deliver_on, made_at FROM mail \
        WHERE account_id = $1 AND mail_id = $2";
    MAIL_OF_INVOICE: (Integer, Integer) -> MailRow = "SELECT account_id, mail_id, invoice_id, message_id, deliver_on, made_at FROM mail \
        WHERE account_id = $1 AND invoice_id = $2";
    RECIPIENTS: (Integer, Integer) -> RecipientRow = "SELECT account_id, mail_id, recipient_no, email, name, routing, state, attempts, \
        next_at, lease_until, accepted_at, last_reply FROM mail_recipient WHERE account_id = $1 AND mail_id = $2 ORDER BY recipient_no";
    NEXT_DELIVERY: (Text) -> crate::One<Option<Date>> = "SELECT min(m.deliver_on) AS next FROM mail m JOIN mail_recipient r \
        ON r.account_id = m.account_id AND r.mail_id = m.mail_id WHERE r.state = 'waiting' AND m.deliver_on > $1";
    WAITING_MAILS: () -> crate::One<i64> = "SELECT count(*) AS waiting FROM mail_recipient WHERE state = 'waiting'";
}

impl Tx {
    /// Takes at most `limit` recipients whose message may go today, until `lease_until`.
    pub fn claim_recipients(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        today: Date,
        limit: i64,
    ) -> Result<Vec<RecipientRow>, Error> {
        self.rows(&CLAIM, &[&now, &lease_until, &today, &limit])
    }

    /// Keeps what was claimed until `lease_until` in the same hands until `renewed_until`.
    pub fn renew_recipients(&mut self, lease_until: Timestamp, renewed_until: Timestamp) -> Result<(), Error> {
        self.execute(&RENEW, &[&lease_until, &renewed_until]).map(drop)
    }

    /// How many recipients are due, those in somebody's hands, perhaps a dead process's, included.
    pub fn due_recipients(&mut self, now: Timestamp, today: Date) -> Result<i64, Error> {
        Ok(self.value(&DUE, &[&now, &today])?.unwrap_or(0))
    }

    /// A message.
    pub fn mail(&mut self, account: AccountId, mail: MailId) -> Result<Option<MailRow>, Error> {
        self.row(&MAIL, &[&account, &mail])
    }

    /// The message of an invoice.
    pub fn mail_of_invoice(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Option<MailRow>, Error> {
        self.row(&MAIL_OF_INVOICE, &[&account, &invoice])
    }

    /// Who a message goes to.
    pub fn recipients(&mut self, account: AccountId, mail: MailId) -> Result<Vec<RecipientRow>, Error> {
        self.rows(&RECIPIENTS, &[&account, &mail])
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
