//! A person is about to make a passkey: what their authenticator is to be asked.

use jiff::SignedDuration;
use serde_json::Value;
use store::PersonId;
use store::passkey::PasskeyChallengeRow;

use crate::app::App;
use crate::error::{Error, Result};
use crate::passkeys::new_handle;
use crate::random::Token;

/// How long somebody may take to find their key.
pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Who is to have a passkey: somebody who is signed in, or who came with an invitation that was checked.
pub struct Holder {
    pub person: PersonId,
    /// For the authenticator's own list of passkeys.
    pub email: String,
    /// The same.
    pub name: String,
}

/// What the page hands to the browser.
pub struct Offer {
    /// Comes back with the answer.
    pub ticket: Token,
    /// For `navigator.credentials.create`.
    pub options: Value,
}

/// Asks for a passkey of the holder; the question is written down before it is asked.
///
/// # Errors
/// `NotFound` where the portal has no passkeys; those of the database.
pub async fn offer_passkey(app: &App, holder: &Holder) -> Result<Offer> {
    let passkeys = app.passkeys.as_ref().ok_or(Error::NotFound)?;
    let person = holder.person;
    let known = app.store.read(move |tx| tx.passkeys(person)).await?;
    let handle = known.first().map_or_else(new_handle, |passkey| passkey.handle.clone());
    let known = known.into_iter().map(|passkey| passkey.credential_id).collect();
    let question = passkeys.ask_new(&handle, (&holder.email, &holder.name), known)?;
    let ticket = Token::new();
    let row = PasskeyChallengeRow {
        ticket_hash: ticket.hash(),
        person_id: Some(person),
        state: kept(&handle, &question.state)?,
        expires_at: app.clock.real().saturating_add(LIFE).unwrap_or(jiff::Timestamp::MAX),
    };
    app.store.write(move |tx| tx.insert_passkey_challenge(row.clone())).await?;
    Ok(Offer { ticket, options: question.options })
}

/// The handle goes with the library's state, for it stands in the passkey's row.
fn kept(handle: &[u8], state: &str) -> Result<String> {
    serde_json::to_string(&(handle, state)).map_err(Error::internal)
}

/// What [`kept`] kept.
pub(super) fn recalled(kept: &str) -> Result<(Vec<u8>, String)> {
    serde_json::from_str(kept).map_err(Error::internal)
}
