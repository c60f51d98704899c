//! A person ends one of their sessions.

use store::SessionId;
use store::scope::AccountScope;

use crate::app::App;
use crate::error::{Error, Result};

/// Ends it, at once.
///
/// # Errors
/// `NotFound` where it is another's, or has ended; those of the database.
pub async fn end_session(app: &App, scope: &AccountScope, session: SessionId) -> Result<()> {
    let (person, now) = (scope.person(), app.clock.real());
    match app.store.write(move |tx| tx.end_session(person, session, now)).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
