//! What every page has around it: provider, visitor, notices, the demo's banner, the addresses of style and script.

use std::sync::Arc;

use super::Link;

/// The provider as pages name it.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// `West Prairie Technology`, in the header and in titles.
    pub name: String,
    /// `West Prairie Technology, Inc.`, in the footer of signed-out pages.
    pub legal_name: String,
    /// One line: `1200 Main Avenue, Suite 4, Willmar, MN 56201`.
    pub address: String,
    /// As people read it; the `tel:` link keeps its digits and plus sign.
    pub phone: String,
    /// Where customers write.
    pub email: String,
    /// A full address, or empty.
    pub website: String,
    /// One or two sentences without the final stop: `Monday to Friday 7:00 am to 6:00 pm Central; emergencies at any hour`.
    pub hours: String,
    /// The address of the provider's logo (square), or empty: then its initials stand on the accent.
    pub logo: String,
}

impl Provider {
    /// Up to two initials, for the mark in the header.
    pub fn initials(&self) -> String {
        let words = self.name.split_whitespace();
        words
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
            .take(2)
            .flat_map(char::to_uppercase)
            .collect()
    }

    /// The phone number as a `tel:` link wants it.
    pub fn tel(&self) -> String {
        self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// The website without scheme and `www.`, as people say it.
    pub fn site(&self) -> &str {
        let site = self.website.trim_start_matches("https://").trim_start_matches("http://");
        site.trim_start_matches("www.").trim_end_matches('/')
    }

    /// The hours as sentences, with a final stop.
    pub fn hours_sentence(&self) -> String {
        match self.hours.trim().trim_end_matches('.') {
            "" => String::new(),
            hours => format!("{hours}."),
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The contact's name.
    pub name: String,
    /// The account's name, or the e-mail address when there are several accounts.
    pub detail: String,
    /// Whether they are of the staff and nobody's contact: their pages are those of the office.
    pub is_staff: bool,
}

/// The banner of an invented instance.
#[derive(Clone, Debug)]
pub struct Demo {
    /// `Everything here is invented. It is Friday, November 6, 2026.`
    pub sentence: String,
    /// Where the mails of the demo can be read: `/demo/mailbox`; empty in a sandbox that mails to the world.
    pub mailbox: String,
}

/// The shape and colour of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something to know.
    Neutral,
    /// Something was done.
    Done,
    /// Part of the service is down, or an outcome is unknown.
    Warning,
    /// Something was refused.
    Refusal,
}

impl NoticeKind {
    /// The class of the notice, which colours it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Done => "done",
            Self::Warning => "warning",
            Self::Refusal => "refusal",
        }
    }
}

/// A notice on top of a page: a bold first sentence, then what to do next.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its shape and colour.
    pub kind: NoticeKind,
    /// The first sentence, bold; may be empty for a neutral notice.
    pub first: String,
    /// What follows, what to do next.
    pub rest: String,
    /// One way on, or none.
    pub link: Option<Link>,
}

/// What stands around every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The provider; shared, because it is the same on every page.
    pub provider: Arc<Provider>,
    /// The stylesheet's address: `/assets/portal-<hash>.css`.
    pub css: String,
    /// The script's address: `/assets/portal-<hash>.js`.
    pub js: String,
    /// The favicon's address, best a `data:` one from `look::icon`: it costs no request.
    pub icon: String,
    /// The CSP nonce of this answer; empty when the policy needs none.
    pub nonce: String,
    /// The token each POST form carries in the field `csrf`; empty prints no field.
    pub csrf: String,
    /// Who is signed in; `None` shows the signed-out header.
    pub visitor: Option<Visitor>,
    /// `Some` on an invented instance.
    pub demo: Option<Demo>,
    /// Whether a passkey is offered on top of the page.
    pub offers_passkey: bool,
    /// Notices on top of the page.
    pub notices: Vec<Notice>,
}
