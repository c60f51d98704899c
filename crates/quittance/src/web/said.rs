//! What a door has to say after it did not open: a word in the address of the page, and its sentences.

use serde::{Deserialize, Serialize};

/// Why somebody is back at the sign-in page. Nothing of it tells whether a person is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Microsoft said who it is; their mailbox is still to be shown, once.
    Link,
    /// Microsoft wants an administrator's consent, or something else that isn't the person's to give.
    Consent,
    /// They changed their mind at Microsoft.
    Cancelled,
    /// Microsoft doesn't answer.
    Down,
    /// The attempt is too old, used, or of another browser.
    Expired,
    /// What came back is not what Microsoft signs.
    Refused,
    /// A personal account of Microsoft.
    Personal,
    /// That passkey opens nothing here.
    Passkey,
}

impl Said {
    /// The word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Consent => "consent",
            Self::Cancelled => "cancelled",
            Self::Down => "down",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Personal => "personal",
            Self::Passkey => "passkey",
        }
    }

    /// The address of a door with this word in it.
    pub fn at(self, door: &str) -> String {
        let joint = if door.contains('?') { '&' } else { '?' };
        format!("{door}{joint}said={}", self.word())
    }

    /// What happened, and what to do next.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Link => {
                "Microsoft knows you. Once, we also look at your mailbox: ask for a code below. From then on Microsoft is enough."
            }
            Self::Consent => {
                "Your company does not let you use Microsoft here yet. A code works right away; what your administrator needs stands below."
            }
            Self::Cancelled => "You are not signed in. Try again, or use a code.",
            Self::Down => "Microsoft does not answer right now. Use a code, or try again in a few minutes.",
            Self::Expired => {
                "That took too long, or was begun in another browser. Nobody is signed in. Try again, or use a code."
            }
            Self::Refused => {
                "We could not be sure that the answer came from Microsoft. Nobody is signed in. Try again, or use a code."
            }
            Self::Personal => "This is a personal Microsoft account. Use the one of your company, or a code.",
            Self::Passkey => "That passkey does not open anything here. It may have been removed. Use a code.",
        }
    }
}
