//! Somebody wants to sign in with Microsoft: where their browser is to go.

use connect::identity::{Asking, Failure, Prompt};
use jiff::{SignedDuration, Timestamp};
use store::microsoft::MicrosoftAttemptRow;

use crate::app::App;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::random::{Token, base64_url};

/// How long somebody may take there.
const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// What somebody asks with.
pub struct AskMicrosoft {
    /// A path of ours to land on afterwards; may be empty.
    pub next: String,
    /// What they are to do there.
    pub prompt: Prompt,
}

/// What came of it.
pub enum Asked {
    /// The token is for the asking browser alone; the address is Microsoft's.
    Goes { browser: Token, address: String },
    /// It doesn't answer.
    Down,
}

/// Writes the attempt down before the browser is sent away.
///
/// # Errors
/// `NotFound` where the provider has no such door; those of the database.
pub async fn ask_microsoft(app: &App, ask: AskMicrosoft) -> Result<Asked> {
    let microsoft = app.microsoft.as_ref().ok_or(Error::NotFound)?;
    let (state, browser, now) = (Token::new(), Token::new(), app.clock.real());
    let address = match microsoft.way(&asking(&app.keys, &state), ask.prompt, now).await {
        Ok(address) => address,
        Err(Failure::Down(reason)) => {
            tracing::warn!(reason, "Microsoft does not answer");
            return Ok(Asked::Down);
        }
        Err(failure) => return Err(Error::internal(failure)),
    };
    let row = MicrosoftAttemptRow {
        state_hash: state.hash(),
        browser_hash: browser.hash(),
        next_path: ask.next,
        expires_at: now.saturating_add(LIFE).unwrap_or(Timestamp::MAX),
        returned_at: None,
        tenant_id: None,
        object_id: None,
        linked_at: None,
    };
    app.store.write(move |tx| tx.insert_microsoft_attempt(row.clone())).await?;
    Ok(Asked::Goes { browser, address })
}

/// The secrets of an attempt. They follow from its state and a key outside the database, so that none of them is stored.
pub(super) fn asking(keys: &Keys, state: &Token) -> Asking {
    let state = state.reveal();
    let derived = |purpose| base64_url(&keys.mac(purpose, &[state.as_bytes()]));
    Asking { nonce: derived("nonce at microsoft"), verifier: derived("verifier at microsoft"), state }
}
