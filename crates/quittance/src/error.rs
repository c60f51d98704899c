//! The product's one error: what a page, a script and an exit code can be made of.

use store::Error as StoreError;

/// Why a deed did not happen. Expected outcomes (a wrong code, a held draft) are values, not errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It doesn't exist, or is another's: the two can't be told apart.
    #[error("there is no such thing here")]
    NotFound,
    /// It can't be done; the sentence says why and what to do next.
    #[error("{0}")]
    Refused(String),
    /// Too often; the sentence says until when.
    #[error("{0}")]
    TooMany(String),
    /// A part of the world that is needed doesn't answer, or too much work waits.
    #[error("{0}")]
    Unreachable(String),
    /// A bug, or a machine that fails. The text is for the log alone.
    #[error("{0}")]
    Internal(String),
}

/// Most functions of the product answer so.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal in the words of another error.
    pub fn refused(reason: impl std::fmt::Display) -> Self {
        Self::Refused(reason.to_string())
    }

    /// The refusal of a code that no account has.
    pub fn no_account(code: &str) -> Self {
        Self::Refused(format!("there is no account {code}"))
    }

    /// A bug or failing machine, in the words of another error.
    pub fn internal(reason: impl std::fmt::Display) -> Self {
        Self::Internal(reason.to_string())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy
            | StoreError::Contended
            | StoreError::Full
            | StoreError::ReadOnly
            | StoreError::WrongInstance
            | StoreError::Unreachable(_) => Self::Unreachable(error.to_string()),
            StoreError::Migration(_) => Self::Refused(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<billing::Overflow> for Error {
    fn from(error: billing::Overflow) -> Self {
        Self::Refused(error.to_string())
    }
}
