//! The pages before the portal: the landing page, the address, the code.

use askama::Template;

use super::{Frame, Notice};

/// `/` for people who are not signed in.
#[derive(Template)]
#[template(path = "landing.html")]
pub struct LandingPage {
    /// What stands around it.
    pub frame: Frame,
    /// Whether invoices are paid here.
    pub pays: bool,
    /// Whether Microsoft is a door.
    pub microsoft: bool,
}

/// What the page of the address has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInState {
    /// Nothing happened yet.
    Fresh,
    /// What was typed is no e-mail address.
    Invalid,
    /// The mail server doesn't take our mails: codes can't be sent.
    MailDown,
    /// Too many codes were asked for; when the next one can be: `in 15 minutes`, `at 9:40 am`.
    TooMany(String),
}

/// The second door.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MicrosoftDoor {
    /// The provider has set none up.
    #[default]
    Absent,
    /// A button.
    Open,
    /// A button that says that it doesn't work right now.
    Down,
}

/// `GET /sign-in`, and the answer of `POST /sign-in` when it isn't a redirect. Fields: `email`, `next`, `csrf`.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What stands around it.
    pub frame: Frame,
    /// What it has to say.
    pub state: SignInState,
    /// What was typed, or empty.
    pub email: String,
    /// The path to land on afterwards, or empty.
    pub next: String,
    /// What to read out on the phone: `7Q4-K2M`; empty before a code was asked for, where one can be.
    pub trace: String,
    /// The address that codes come from.
    pub sender: String,
    /// The second door.
    pub microsoft: MicrosoftDoor,
    /// Whether Microsoft is to let them choose an account, because the last one didn't do.
    pub choose: bool,
    /// Whether passkeys are a way in.
    pub passkeys: bool,
    /// What another door had to say.
    pub notice: Option<Notice>,
    /// Whether the code is to link who they are at Microsoft: then there is one way on.
    pub link: bool,
    /// What an administrator has to be told before Microsoft works; or empty.
    pub admin_text: String,
}

/// What the page of the code has to say. It is the same whether or not the address is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// A code is on its way.
    Fresh,
    /// Wrong, and this many tries are left (at least 1).
    Wrong(u32),
    /// The five tries are used up.
    UsedUp,
    /// Ten minutes are over, or this browser asked for no code.
    Expired,
}

/// `GET /sign-in/code`, and the answer of `POST /sign-in/code` when it isn't a redirect. Fields: `code`, `csrf`.
/// "Send another code" posts `email` and `next` to `/sign-in`; "My code has letters" leads to `?letters=1`.
#[derive(Template)]
#[template(path = "code.html")]
pub struct CodePage {
    /// What stands around it.
    pub frame: Frame,
    /// What it has to say.
    pub state: CodeState,
    /// The address the code went to.
    pub email: String,
    /// The path to land on afterwards, or empty.
    pub next: String,
    /// Where another address is typed: `/sign-in?next=…`, which leads to the same.
    pub other_address: String,
    /// Whether the code is to link who they are at Microsoft.
    pub link: bool,
    /// What was typed, shown again after a wrong try.
    pub typed: String,
    /// Whether the keyboard is the one for letters (`?letters=1`).
    pub letters: bool,
    /// Seconds until another code can be asked for; 0 shows the button at once.
    pub wait_s: u32,
    /// What to read out on the phone.
    pub trace: String,
    /// The address that codes come from.
    pub sender: String,
}

impl CodePage {
    /// Whether the field is shown at all.
    pub fn asks(&self) -> bool {
        matches!(self.state, CodeState::Fresh | CodeState::Wrong(_))
    }

    /// `0:42`.
    pub fn wait(&self) -> String {
        format!("{}:{:02}", self.wait_s / 60, self.wait_s % 60)
    }
}
