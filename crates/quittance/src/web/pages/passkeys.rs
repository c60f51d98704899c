//! `/passkeys`: a person's passkeys, and a new one.

use askama::Template;

use super::{Day, Deed, Frame};

/// One passkey.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// As the person calls it.
    pub name: String,
    /// Since when.
    pub made: Day,
    /// When somebody came in with it last; `None` where nobody has yet.
    pub used: Option<Day>,
    /// Where its name is changed: field `name`.
    pub rename: String,
    /// Takes it away.
    pub remove: Deed,
}

/// A work account of Microsoft. It has no name here: none of what it is called there proves anything.
#[derive(Clone, Debug)]
pub struct MicrosoftRow {
    /// Since when.
    pub linked: Day,
    /// When somebody came in with it last.
    pub used: Day,
}

/// `GET /passkeys`.
#[derive(Template)]
#[template(path = "passkeys.html")]
pub struct PasskeysPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether the portal can have passkeys at all: it needs a host name.
    pub possible: bool,
    /// The oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Their work accounts at Microsoft that open the portal.
    pub accounts: Vec<MicrosoftRow>,
    /// Takes those away.
    pub unlink: Deed,
}

/// `GET /passkeys/new`, and the answer of `POST /passkeys` when it isn't a redirect. Fields: `name`, and by script
/// `ticket` and `credential`.
#[derive(Template)]
#[template(path = "passkey_new.html")]
pub struct NewPasskeyPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was typed, or empty.
    pub name: String,
    /// The most characters of a name.
    pub longest: usize,
    /// Whether Microsoft with a second factor is another way: to staff, where there is that door.
    pub or_microsoft: bool,
    /// What was wrong, in a sentence; or empty.
    pub refused: String,
}
