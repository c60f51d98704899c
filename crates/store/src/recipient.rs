//! Who receives invoices: contacts, and addresses that do nothing else.

use billing::Stream;
use billing::account::Routing;

use crate::{AccountId, Error, Tx, record, statements};

record! {
    /// An address that receives an account's invoices and signs in nowhere.
    pub struct RecipientAddressRow in "recipient" key(account_id, email) {
        pub account_id: AccountId,
        /// Lower-cased.
        pub email: String,
        pub name: String,
        pub recurring_mail: Routing,
        pub biweekly_mail: Routing,
    }
}

impl RecipientAddressRow {
    /// How it receives a stream's invoices.
    pub fn routing(&self, stream: Stream) -> Routing {
        match stream {
            Stream::Recurring => self.recurring_mail,
            Stream::Biweekly => self.biweekly_mail,
        }
    }
}

record! {
    /// An account some of whose invoices reach nobody: no address that mail gets through to receives them as "to".
    pub struct UnreachedRow {
        pub account_id: AccountId,
        pub code: String,
        pub name: String,
        /// Whether recurring invoices reach somebody.
        pub recurring: bool,
        /// Whether bi-weekly invoices do.
        pub biweekly: bool,
    }
}

statements! {
    OF_ACCOUNT: (Integer) -> RecipientAddressRow = "SELECT account_id, email, name, recurring_mail, biweekly_mail FROM recipient \
        WHERE account_id = $1 ORDER BY email";
    EVERY: () -> RecipientAddressRow = "SELECT account_id, email, name, recurring_mail, biweekly_mail FROM recipient ORDER BY account_id, email";
    DELETE: (Integer, Text) = "DELETE FROM recipient WHERE account_id = $1 AND email = $2";
    WITHDRAW: (Integer, Text) = "UPDATE mail_recipient SET state = 'withdrawn', last_reply = 'not to receive these invoices any more' \
        WHERE state = 'waiting' AND account_id = $1 AND person_id IS NULL AND lower(email) = $2 \
        AND mail_id IN (SELECT mail_id FROM mail WHERE account_id = $1 AND cause = 'issue')";
    UNREACHED: (; many Integer) -> UnreachedRow = "SELECT a.account_id, a.code, a.name, \
        CAST(CASE WHEN coalesce(r.recurring, 0) > 0 THEN 1 ELSE 0 END AS BIGINT) AS recurring, CAST(CASE WHEN coalesce(r.biweekly, 0) > 0 THEN 1 ELSE 0 END AS BIGINT) AS biweekly \
        FROM account a LEFT JOIN (SELECT x.account_id, count(*) FILTER (WHERE x.recurring_mail = 'to') AS recurring, \
        count(*) FILTER (WHERE x.biweekly_mail = 'to') AS biweekly FROM (SELECT account_id, email, recurring_mail, biweekly_mail FROM contact \
        UNION ALL SELECT account_id, email, recurring_mail, biweekly_mail FROM recipient) x LEFT JOIN mail_address m \
        ON m.email = lower(x.email) AND m.state = 'hard' WHERE m.email IS NULL GROUP BY x.account_id) r ON r.account_id = a.account_id \
        WHERE a.status = 'active' AND (coalesce(r.recurring, 0) = 0 OR coalesce(r.biweekly, 0) = 0) AND a.account_id IN ($keys) ORDER BY a.code";
    ALL_UNREACHED: (Integer) -> UnreachedRow = "SELECT a.account_id, a.code, a.name, \
        CAST(CASE WHEN coalesce(r.recurring, 0) > 0 THEN 1 ELSE 0 END AS BIGINT) AS recurring, CAST(CASE WHEN coalesce(r.biweekly, 0) > 0 THEN 1 ELSE 0 END AS BIGINT) AS biweekly \
        FROM account a LEFT JOIN (SELECT x.account_id, count(*) FILTER (WHERE x.recurring_mail = 'to') AS recurring, \
        count(*) FILTER (WHERE x.biweekly_mail = 'to') AS biweekly FROM (SELECT account_id, email, recurring_mail, biweekly_mail FROM contact \
        UNION ALL SELECT account_id, email, recurring_mail, biweekly_mail FROM recipient) x LEFT JOIN mail_address m \
        ON m.email = lower(x.email) AND m.state = 'hard' WHERE m.email IS NULL GROUP BY x.account_id) r ON r.account_id = a.account_id \
        WHERE a.status = 'active' AND (coalesce(r.recurring, 0) = 0 OR coalesce(r.biweekly, 0) = 0) ORDER BY a.code LIMIT $1";
}

impl Tx {
    /// An account's addresses that only receive.
    pub fn recipient_addresses(&mut self, account: AccountId) -> Result<Vec<RecipientAddressRow>, Error> {
        self.rows(&OF_ACCOUNT, &[&account])
    }

    /// Those of all accounts.
    pub fn all_recipient_addresses(&mut self) -> Result<Vec<RecipientAddressRow>, Error> {
        self.rows(&EVERY, &[])
    }

    /// Takes one away, with the mail that waits for it; 0 where it was none.
    pub fn delete_recipient_address(&mut self, account: AccountId, email: &str) -> Result<u64, Error> {
        self.execute(&WITHDRAW, &[&account, &email])?;
        self.execute(&DELETE, &[&account, &email])
    }

    /// Those of some accounts that are customers and some of whose invoices reach nobody.
    pub fn unreached(&mut self, accounts: &[AccountId]) -> Result<Vec<UnreachedRow>, Error> {
        self.rows_by(&UNREACHED, &[], accounts)
    }

    /// All such accounts, at most `limit`.
    pub fn all_unreached(&mut self, limit: i64) -> Result<Vec<UnreachedRow>, Error> {
        self.rows(&ALL_UNREACHED, &[&limit])
    }
}
