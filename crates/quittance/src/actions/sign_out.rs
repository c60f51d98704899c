//! A browser signs out.

use store::audit::AuditKind;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;

/// Ends the session of a token, at once; nothing where it has ended already.
///
/// # Errors
/// Those of the database.
pub async fn sign_out(app: &App, token: &Token, network: String) -> Result<()> {
    let hash = token.hash();
    let Some(person) = app.store.read(move |tx| tx.person_of_session(&hash)).await? else { return Ok(()) };
    let by = Actor::person(app, (person.person_id, &person.email), network);
    let written = app.store.write(move |tx| {
        if tx.end_session_of_token(&hash, by.at)? > 0 {
            tx.append_audit(&[by.did(AuditKind::SessionEnded, "signed out")])?;
        }
        Ok::<(), Error>(())
    });
    written.await
}
