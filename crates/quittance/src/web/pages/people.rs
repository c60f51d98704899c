//! `/accounts…`: who may see and pay, who receives, and what was done.

use askama::Template;

use super::{Choice, Day, Deed, Frame};

/// An account among several.
#[derive(Clone, Debug, Default)]
pub struct AccountPlace {
    pub name: String,
    /// What the person is there: `Admin`.
    pub role: String,
    /// Its contacts.
    pub href: String,
}

/// `GET /accounts`.
#[derive(Template)]
#[template(path = "accounts.html")]
pub struct AccountsPage {
    /// What stands around it.
    pub frame: Frame,
    /// By code.
    pub accounts: Vec<AccountPlace>,
}

/// A contact in the list.
#[derive(Clone, Debug, Default)]
pub struct ContactLine {
    pub name: String,
    pub email: String,
    /// `Sees and pays`.
    pub role: String,
    /// `To`, `Cc`, `No mail`.
    pub recurring: String,
    /// The same.
    pub biweekly: String,
    /// Mail to this address comes back.
    pub comes_back: bool,
    /// The person who is looking.
    pub is_self: bool,
    /// Where they are changed; empty for who may not.
    pub href: String,
}

/// An address that only receives.
#[derive(Clone, Debug, Default)]
pub struct ReceiverLine {
    pub email: String,
    /// May be empty.
    pub name: String,
    /// `To`, `Cc`, `No mail`.
    pub recurring: String,
    /// The same.
    pub biweekly: String,
    /// Mail to this address comes back.
    pub comes_back: bool,
}

/// What was typed of a new contact, shown again.
#[derive(Clone, Debug, Default)]
pub struct NewContact {
    pub email: String,
    pub name: String,
    /// `viewer`.
    pub role: String,
    /// A domain that is to be confirmed; empty where there is nothing to confirm.
    pub foreign: String,
    /// What is wrong; may be empty.
    pub error: String,
}

/// What was typed of a new address that only receives, shown again.
#[derive(Clone, Debug, Default)]
pub struct NewReceiver {
    pub email: String,
    /// What is wrong; may be empty.
    pub error: String,
}

/// `GET /accounts/{account}/contacts`. Fields of the first form: `email`, `name`, `role`, `confirmed`, `csrf`; of the
/// second: `email`, `name`, `recurring`, `biweekly`, `csrf`.
#[derive(Template)]
#[template(path = "contacts.html")]
pub struct ContactsPage {
    /// What stands around it.
    pub frame: Frame,
    pub account_name: String,
    /// `/accounts/C-1000`.
    pub place: String,
    /// Admins first.
    pub people: Vec<ContactLine>,
    /// By address.
    pub receivers: Vec<ReceiverLine>,
    pub roles: Vec<Choice>,
    pub routings: Vec<Choice>,
    pub new: NewContact,
    pub new_receiver: NewReceiver,
    /// Whether the person is an admin.
    pub may_change: bool,
}

/// `GET /accounts/{account}/contacts/{person}`. Fields: `role`, `recurring`, `biweekly`, `csrf`.
#[derive(Template)]
#[template(path = "contact.html")]
pub struct ContactPage {
    /// What stands around it.
    pub frame: Frame,
    pub account_name: String,
    pub name: String,
    pub email: String,
    /// Why it was refused; may be empty.
    pub error: String,
    pub roles: Vec<Choice>,
    pub recurring: Vec<Choice>,
    pub biweekly: Vec<Choice>,
    /// Where the form goes.
    pub action: String,
    pub removal: Deed,
    /// The list.
    pub back: String,
}

/// A row of the log.
#[derive(Clone, Debug, Default)]
pub struct AuditLine {
    /// Its number.
    pub serial: String,
    pub at: Day,
    /// An address, or the provider.
    pub who: String,
    /// As whom; may be empty.
    pub acting_as: String,
    /// `contact changed`.
    pub what: String,
    /// What it is about.
    pub subject: String,
    /// `role: viewer, now admin`; may be empty.
    pub change: String,
    /// `192.0.2.0/24`; may be empty.
    pub network: String,
    /// The account's code, where rows of several stand in one list; may be empty.
    pub account: String,
}

/// `GET /accounts/{account}/audit`.
#[derive(Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// What stands around it.
    pub frame: Frame,
    pub account_name: String,
    /// The contacts.
    pub back: String,
    /// The newest first.
    pub lines: Vec<AuditLine>,
    /// Where the next ones are; may be empty.
    pub older: String,
}

/// `/accounts/{account}/objections`. Fields: `words`, `csrf`.
#[derive(Template)]
#[template(path = "objection.html")]
pub struct ObjectionPage {
    /// What stands around it.
    pub frame: Frame,
    pub account_name: String,
    /// Where the form goes.
    pub action: String,
    /// Whether it waits for staff by now.
    pub is_sent: bool,
    /// What is wrong; may be empty.
    pub error: String,
}
