//! Who somebody is, as another house says it: Microsoft's, which speaks OpenID Connect.

mod entra;
mod token;

pub use entra::{Asking, Entra, Prompt, Settings};

/// Who somebody is at Microsoft. Only tenant and object name them: addresses and user names there can be given anew, or
/// be claimed by a stranger's tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The company, a GUID in lower case.
    pub tenant_id: String,
    /// The person in it, a GUID in lower case.
    pub object_id: String,
    /// The address that the tenant claims for them, in lower case; it proves nothing by itself.
    pub email: Option<String>,
    /// Whether Microsoft knows that the tenant owns the address's domain.
    pub email_is_verified: bool,
    /// Whether they are a guest in the tenant.
    pub is_guest: bool,
    /// Whether they showed more than one factor.
    pub has_mfa: bool,
}

/// Why nobody is identified. The texts are for the log alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It doesn't answer in time, or not in its language.
    #[error("it does not answer: {0}")]
    Down(String),
    /// It answers no: an error word of OAuth and what it says about it.
    #[error("it refuses: {error}: {description}")]
    Refused { error: String, description: String },
    /// What came is not what it signs for us, for this attempt, now.
    #[error("the token is not good: {0}")]
    Forged(String),
    /// A personal account.
    #[error("it is a personal account")]
    Personal,
}
