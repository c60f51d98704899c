//! Kept cards and bank accounts, and the permissions to charge them.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::scope::AccountScope;
use crate::{AccountId, Error, MandateId, MethodId, PersonId, Tx, record, statements, text_words};

text_words! {
    /// The processors.
    pub enum GatewayName {
        /// Stripe.
        Stripe = "stripe",
        /// Of the demo and the tests.
        Sandbox = "sandbox",
    }
}

text_words! {
    /// What a method is.
    pub enum MethodKind {
        /// A card.
        Card = "card",
        /// A bank account that is debited.
        Bank = "bank",
    }
}

text_words! {
    /// Whether a method can be charged.
    pub enum MethodState {
        /// Its owner has not shown yet that it is theirs.
        Unverified = "unverified",
        /// It can.
        Usable = "usable",
        /// It was removed, replaced, or the network took it away.
        Gone = "gone",
    }
}

record! {
    /// Whom the processor knows an account as.
    pub struct GatewayCustomerRow in "gateway_customer" key(account_id, gateway, live) {
        pub account_id: AccountId,
        pub gateway: GatewayName,
        pub live: bool,
        pub customer: String,
    }
}

record! {
    /// A kept method.
    pub struct MethodRow in "method" key(account_id, method_id) {
        pub account_id: AccountId,
        pub method_id: MethodId,
        pub gateway: GatewayName,
        /// Whether real money moves.
        pub live: bool,
        pub customer: String,
        /// As the processor names it.
        pub token: String,
        pub kind: MethodKind,
        pub brand: String,
        pub last4: String,
        /// The last day on which a card can be charged.
        pub expires_on: Option<Date>,
        pub name: String,
        pub state: MethodState,
        pub replaced_by: Option<MethodId>,
        pub is_default: bool,
        pub added_by: Option<PersonId>,
        pub added_at: Timestamp,
        pub gone_at: Option<Timestamp>,
    }
}

impl MethodRow {
    /// `Visa 4242`, or as its people call it: `Office card (Visa 4242)`.
    pub fn words(&self) -> String {
        let own = format!("{} {}", self.brand, self.last4);
        if self.name.is_empty() { own } else { format!("{} ({own})", self.name) }
    }

    /// Whether it can be charged on a day.
    pub fn is_usable(&self, on: Date) -> bool {
        self.state == MethodState::Usable && self.expires_on.is_none_or(|expires_on| on <= expires_on)
    }
}

record! {
    /// A permission to charge a method, as it was accepted.
    pub struct MandateRow in "mandate" key(account_id, mandate_id) {
        pub account_id: AccountId,
        pub mandate_id: MandateId,
        pub method_id: MethodId,
        /// Counts the account's permissions.
        pub version: i64,
        pub words: String,
        pub person_id: Option<PersonId>,
        pub accepted_by: String,
        pub accepted_at: Timestamp,
        pub network: String,
        pub ended_at: Option<Timestamp>,
        pub ended_because: Option<String>,
    }
}

record! {
    /// A page on which somebody leaves a method.
    pub struct MethodPageRow in "method_page" key(gateway, page) {
        pub gateway: GatewayName,
        pub page: String,
        pub account_id: AccountId,
        pub person_id: PersonId,
        /// The method whose place the new one takes.
        pub replaces: Option<MethodId>,
        /// In real time.
        pub opened_at: Timestamp,
        pub done_at: Option<Timestamp>,
    }
}

macro_rules! method_columns {
    () => {
        "account_id, method_id, gateway, live, customer, token, kind, brand, last4, expires_on, name, state, replaced_by, is_default, \
        added_by, added_at, gone_at FROM method "
    };
}

macro_rules! mandate_columns {
    () => {
        "account_id, mandate_id, method_id, version, words, person_id, accepted_by, accepted_at, network, ended_at, ended_because FROM mandate "
    };
}

statements! {
    CUSTOMER: (Integer, Text, Integer) -> crate::One<String> = "SELECT customer FROM gateway_customer WHERE account_id = $1 AND gateway = $2 AND live = $3";
    METHODS: (Integer) -> MethodRow = concat!("SELECT ", method_columns!(), "WHERE account_id = $1 AND state <> 'gone' ORDER BY method_id");
    METHOD: (Integer, Integer) -> MethodRow = concat!("SELECT ", method_columns!(), "WHERE account_id = $1 AND method_id = $2");
    BY_TOKEN: (Text, Text) -> MethodRow = concat!("SELECT ", method_columns!(), "WHERE gateway = $1 AND token = $2 ORDER BY account_id");
    EXPIRING: (Text, Text) -> MethodRow = concat!("SELECT ", method_columns!(),
        "WHERE state = 'usable' AND expires_on >= $1 AND expires_on < $2 ORDER BY account_id, method_id");
    MANDATES: (Integer) -> MandateRow = concat!("SELECT ", mandate_columns!(), "WHERE account_id = $1 ORDER BY version DESC");
    PAGE: (Text, Text) -> MethodPageRow = "SELECT gateway, page, account_id, person_id, replaces, opened_at, done_at FROM method_page \
        WHERE gateway = $1 AND page = $2";
    OPEN_PAGES: (Integer) -> MethodPageRow = "SELECT gateway, page, account_id, person_id, replaces, opened_at, done_at FROM method_page \
        WHERE done_at IS NULL AND opened_at > $1 ORDER BY opened_at, page LIMIT 50";
    HAND_OVER: (Integer, Integer, Integer, Text) = "UPDATE payment SET method_id = $3, method_words = $4 WHERE account_id = $1 AND method_id = $2 AND state = 'planned'";
    NO_DEFAULT: (Integer) = "UPDATE method SET is_default = 0 WHERE account_id = $1 AND is_default = 1";
}

impl Tx {
    /// Whom a processor knows an account as.
    pub fn gateway_customer(
        &mut self,
        account: AccountId,
        gateway: GatewayName,
        live: bool,
    ) -> Result<Option<String>, Error> {
        self.value(&CUSTOMER, &[&account, &gateway, &live])
    }

    /// The methods of an account that are not gone, oldest first.
    pub fn methods(&mut self, account: AccountId) -> Result<Vec<MethodRow>, Error> {
        self.rows(&METHODS, &[&account])
    }

    /// Those of every account of a scope.
    pub fn scoped_methods(&mut self, scope: &AccountScope) -> Result<Vec<MethodRow>, Error> {
        let mut methods = Vec::new();
        for account in scope.accounts() {
            methods.append(&mut self.methods(account.account_id)?);
        }
        Ok(methods)
    }

    /// One method, also one that is gone.
    pub fn method(&mut self, account: AccountId, method: MethodId) -> Result<Option<MethodRow>, Error> {
        self.row(&METHOD, &[&account, &method])
    }

    /// The methods that a processor calls so: one for each account that keeps it.
    pub fn methods_by_token(&mut self, gateway: GatewayName, token: &str) -> Result<Vec<MethodRow>, Error> {
        self.rows(&BY_TOKEN, &[&gateway, &token])
    }

    /// Usable methods that end on days `[from, until)`.
    pub fn expiring_methods(&mut self, from: Date, until: Date) -> Result<Vec<MethodRow>, Error> {
        self.rows(&EXPIRING, &[&from, &until])
    }

    /// Makes one of an account's methods its default, or none.
    pub fn set_default_method(&mut self, account: AccountId, method: Option<&MethodRow>) -> Result<(), Error> {
        self.execute(&NO_DEFAULT, &[&account])?;
        let Some(method) = method else { return Ok(()) };
        self.replace(&[MethodRow { is_default: true, ..method.clone() }])
    }

    /// A page on which somebody leaves a method.
    pub fn method_page(&mut self, gateway: GatewayName, page: &str) -> Result<Option<MethodPageRow>, Error> {
        self.row(&PAGE, &[&gateway, &page])
    }

    /// The pages opened after an instant on which nobody has left one yet.
    pub fn open_method_pages(&mut self, after: Timestamp) -> Result<Vec<MethodPageRow>, Error> {
        self.rows(&OPEN_PAGES, &[&after])
    }

    /// What was planned with one method is made with another one.
    pub fn hand_over_payments(&mut self, from: &MethodRow, to: &MethodRow) -> Result<u64, Error> {
        self.execute(&HAND_OVER, &[&from.account_id, &from.method_id, &to.method_id, &to.words()])
    }

    /// Keeps a new method, and whom the processor knows the account as.
    pub fn keep_method(&mut self, method: &MethodRow) -> Result<(), Error> {
        let MethodRow { account_id, gateway, live, customer, .. } = method;
        let customer = customer.clone();
        self.replace(&[GatewayCustomerRow { account_id: *account_id, gateway: *gateway, live: *live, customer }])?;
        self.insert(std::slice::from_ref(method))
    }

    /// An account's permissions, the newest first.
    pub fn mandates(&mut self, account: AccountId) -> Result<Vec<MandateRow>, Error> {
        self.rows(&MANDATES, &[&account])
    }
}
