//! Pages for what went wrong: what happened, what to do, whom to call.

use askama::Template;

use super::Frame;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404: not there, or not this person's, which reads the same.
    NotFound,
    /// 403: a form that came from another site, or whose page was too old.
    Refused,
    /// 403: somebody else of the account, or of the staff, may do this.
    NotAllowed,
    /// 421: asked under a host name that isn't the portal's; the right address, or empty.
    WrongHost(String),
    /// 422: a form with fields nobody asked for.
    NotUnderstood,
    /// 405: a method this address doesn't know.
    WrongMethod,
    /// 414: an address longer than any of ours.
    AddressTooLong,
    /// 413: more than the portal takes.
    TooLarge,
    /// 429: asked too often; when to try again: `in 2 minutes`.
    TooMany(String),
    /// 500: our fault.
    Broken,
    /// 507: nothing can be written, because a disk is full; reading works.
    DiskFull,
    /// 503: nothing can be written, because the database only reads or its disk fails; reading works.
    NotWritable,
    /// 503: the database doesn't answer, or isn't ours.
    NoDatabase,
    /// 503: overloaded or starting; when to try again: `in 5 seconds`.
    Busy(String),
}

impl ErrorKind {
    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Refused | Self::NotAllowed => 403,
            Self::WrongHost(_) => 421,
            Self::NotUnderstood => 422,
            Self::WrongMethod => 405,
            Self::AddressTooLong => 414,
            Self::TooLarge => 413,
            Self::TooMany(_) => 429,
            Self::Broken => 500,
            Self::DiskFull => 507,
            Self::NotWritable | Self::NoDatabase | Self::Busy(_) => 503,
        }
    }

    /// The heading.
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here",
            Self::Refused => "We did not do that",
            Self::NotAllowed => "This is not yours to do",
            Self::WrongHost(_) => "This is not the portal’s address",
            Self::NotUnderstood => "We could not read that form",
            Self::WrongMethod => "This address only shows things, or only takes them",
            Self::AddressTooLong => "This address is too long",
            Self::TooLarge => "That was too large",
            Self::TooMany(_) => "Too many requests",
            Self::Broken => "Something broke on our side",
            Self::DiskFull | Self::NotWritable => "Nothing can be saved right now",
            Self::NoDatabase => "We can’t reach our records right now",
            Self::Busy(_) => "We are busy right now",
        }
    }

    /// What happened and what to do next.
    pub fn text(&self) -> String {
        match self {
            Self::NotFound => "The address may be mistyped, or the page belongs to another account. Invoices are never taken away: yours are all in the list.".to_owned(),
            Self::Refused => "The request did not come from a page of this portal, or that page was open for too long. Nothing was changed. Go back, reload the page and try again.".to_owned(),
            Self::NotAllowed => "Nothing was changed. An admin can do it, or give you the right to.".to_owned(),
            Self::WrongHost(address) if address.is_empty() => "Please use the link in our mail, or call us.".to_owned(),
            Self::WrongHost(address) => format!("Please use {address}. Links in our mails lead there."),
            Self::NotUnderstood => "Nothing was changed. Go back, reload the page and try again.".to_owned(),
            Self::WrongMethod => "Nothing was changed. Go back and use the links and buttons of the page.".to_owned(),
            Self::AddressTooLong => "Nothing was changed. Go back and use the links of the page.".to_owned(),
            Self::TooLarge => "Nothing was changed. Send less at a time.".to_owned(),
            Self::TooMany(when) => format!("To protect everyone’s accounts we answer only so many requests. Nothing was changed. Try again {when}."),
            Self::Broken => "Nothing you did caused this, and we have been told. Try again in a minute.".to_owned(),
            Self::DiskFull => "Our disk is full. What you sent was not saved, and nothing else is lost: invoices and documents can be read and downloaded as always. Try again in a few minutes.".to_owned(),
            Self::NotWritable => "Our database takes nothing at present. What you sent was not saved, and nothing else is lost: invoices and documents can be read and downloaded as always. Try again in a minute.".to_owned(),
            Self::NoDatabase => "Our database does not answer. Nothing is lost. Try again in a minute.".to_owned(),
            Self::Busy(when) => format!("Nothing is lost. Try again {when}."),
        }
    }
}

/// The answer to what can't be answered.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What stands around it; the visitor may be unknown.
    pub frame: Frame,
    /// What went wrong.
    pub kind: ErrorKind,
    /// What to read out on the phone; empty leaves it out.
    pub trace: String,
}
