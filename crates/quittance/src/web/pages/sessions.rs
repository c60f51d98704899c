//! `/sessions`: where one is signed in, and how to end it.

use askama::Template;

use super::{Day, Deed, Frame};

/// One browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// `Firefox on Windows`.
    pub device: String,
    /// Signed in at.
    pub since: Day,
    /// Last seen at.
    pub seen: Day,
    /// `192.0.2.0/24`, or what else says from where; may be empty.
    pub network: String,
    /// `None` for the browser that is asking, which says "This one" instead.
    pub end: Option<Deed>,
}

/// `GET /sessions`.
#[derive(Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The browser that is asking first, then by last use.
    pub sessions: Vec<SessionRow>,
    /// Ends all but this one; `None` when there is only this one.
    pub end_others: Option<Deed>,
}
