//! The mailbox of an invented instance: the mails nobody sent, and the people who can sign in.

use askama::Template;

use super::{Day, File, Frame, Link};

/// Somebody who can sign in.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// `Khadra Moua`.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// `Northfield Grain & Supply, admin`; `6 accounts`.
    pub detail: String,
    /// `/sign-in?email=…`; empty for staff, who come in by a form.
    pub href: String,
}

/// One mail in the list.
#[derive(Clone, Debug, Default)]
pub struct MailRow {
    /// `/demo/mailbox/17`.
    pub href: String,
    /// The subject.
    pub subject: String,
    /// The recipient.
    pub to: String,
    /// Written at.
    pub at: Day,
    /// `INV-20299.pdf`; or empty.
    pub attachment: String,
}

/// `GET /demo/mailbox`.
#[derive(Template)]
#[template(path = "mailbox.html")]
pub struct MailboxPage {
    /// What stands around it.
    pub frame: Frame,
    /// Newest first.
    pub mails: Vec<MailRow>,
    /// The next page, or empty.
    pub more: String,
    /// Who works here.
    pub staff: Vec<Person>,
    /// Who can sign in.
    pub people: Vec<Person>,
    /// Where the clock stands.
    pub clock: DemoClock,
}

/// The business clock of the demo.
#[derive(Clone, Debug, Default)]
pub struct DemoClock {
    /// Where it stands.
    pub now: Day,
    /// The first day it can be moved to.
    pub next: String,
}

/// One mail.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// The subject.
    pub subject: String,
    /// The sender.
    pub from: String,
    /// The recipients, one line.
    pub to: String,
    /// Who gets a copy, one line; or empty.
    pub cc: String,
    /// Written at.
    pub at: Day,
    /// The text part, as it is.
    pub text: String,
    /// Attached files.
    pub attachments: Vec<File>,
    /// Links that stand in the text, repeated under it so that they can be followed.
    pub links: Vec<Link>,
}

/// `GET /demo/mailbox/{id}`.
#[derive(Template)]
#[template(path = "mail.html")]
pub struct MailPage {
    /// What stands around it.
    pub frame: Frame,
    /// The mail.
    pub mail: Mail,
}
