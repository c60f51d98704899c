//! `/prove`: a fresh proof before something sensitive.

use askama::Template;

use super::Frame;

/// `GET /prove`. The ways are those of signing in: whoever proves gets a new session and goes on at `next`.
#[derive(Template)]
#[template(path = "prove.html")]
pub struct ProvePage {
    /// What stands around it.
    pub frame: Frame,
    /// The path to go on at.
    pub next: String,
    /// The address a code would go to; empty where a code isn't enough, because more was proved before.
    pub email: String,
    /// Whether it is a member of staff, to whom no code comes.
    pub is_staff: bool,
    /// The address of a member of an invented staff, who proves nothing in a demo; else empty.
    pub invented: String,
    /// Whether they have a passkey to prove with.
    pub passkey: bool,
    /// Whether Microsoft is a way.
    pub microsoft: bool,
    /// Whether the code is to link who they are at Microsoft.
    pub link: bool,
    /// What happened to the last try, in a sentence; or empty.
    pub refused: String,
}
