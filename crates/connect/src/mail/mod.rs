//! Mail: letters go out through an SMTP relay, or into an in-memory mailbox for tests and the demo.

mod address;
mod backoff;
mod dkim;
mod dns;
mod failure;
mod line;
mod mailbox;
mod message;
mod pace;
mod pool;
mod report;
mod settings;
mod smtp;
mod spf;
mod walk;

pub use address::{Address, Malformed};
pub use backoff::backoff;
pub use dkim::{NoSigner, Signer, new_dkim_key};
pub use dns::{Dns, NoAnswer};
pub use failure::blames_sender;
pub use mailbox::{Enclosure, Mailbox, Received};
pub use message::{Attachment, Letter};
pub use pace::{Pace, Turn};
pub use report::{Action, Outcome, REPORT_BYTES, Report, Unreadable, read_report};
pub use settings::{Login, Security, Settings, Unusable};
pub use smtp::Smtp;
pub use spf::{Spf, spf};
pub use walk::{Stop, Walk, walk};

/// Where letters go.
#[derive(Clone)]
pub enum Mailer {
    /// A relay that takes over the delivery.
    Smtp(Smtp),
    /// A mailbox in memory; nothing leaves the process.
    Mailbox(Mailbox),
}

impl Mailer {
    /// Hands the letter over for one of the recipients named in its `to` or `cc`, in a transaction of its own.
    ///
    /// The same letter gives the same bytes and `Message-ID` for every recipient and at every attempt, but for the
    /// instant of its DKIM signature.
    pub async fn send(&self, letter: &Letter, recipient: &Address) -> Result<Accepted, Refusal> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter, recipient).await,
            Self::Mailbox(mailbox) => mailbox.send(letter, recipient),
        }
    }

    /// Whether the relay answers, encrypts and lets us sign in. Sends nothing.
    pub async fn probe(&self) -> Result<(), Refusal> {
        match self {
            Self::Smtp(smtp) => smtp.probe().await,
            Self::Mailbox(mailbox) => mailbox.probe(),
        }
    }
}

/// The relay took responsibility for one letter to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The relay's own words, on one line; they often hold its queue number.
    pub text: String,
}

/// Why a letter was not accepted for a recipient. The texts are one line each, for staff.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not now: a 4xx answer, or one that concerns us and not the recipient (our password, our sender address, relaying).
    #[error("refused for now ({code}): {text}")]
    Temporary { code: u16, text: String },
    /// A 5xx answer about this recipient or this letter: asking again changes nothing.
    #[error("refused ({code}): {text}")]
    Permanent { code: u16, text: String },
    /// No usable connection; the letter was certainly not accepted.
    #[error("the mail server can't be reached: {0}")]
    Unreachable(String),
    /// The letter was handed over and no answer came: it may or may not have been accepted.
    #[error("the mail server did not say whether it took the letter: {0}")]
    Unknown(String),
    /// The letter itself can't be sent; nothing was tried.
    #[error("the letter can't be sent: {0}")]
    Invalid(String),
}

impl Refusal {
    /// Whether the same letter may be accepted later. [`backoff`] says when to ask again.
    pub fn may_pass_later(&self) -> bool {
        !matches!(self, Self::Permanent { .. } | Self::Invalid(_))
    }
}
