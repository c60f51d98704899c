//! A person ends one of their sessions.

use store::SessionId;
use store::audit::AuditKind;
use store::scope::AccountScope;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Ends it, at once. One that has ended already stays so, and another's goes on: nothing is done, and both are told alike.
///
/// # Errors
/// Those of the database.
pub async fn end_session(app: &App, scope: &AccountScope, session: SessionId, by: &Actor) -> Result<()> {
    let (person, by) = (scope.person(), by.clone());
    let written = app.store.write(move |tx| {
        if tx.end_session(person, session, by.at)? > 0 {
            tx.append_audit(&[by.did(AuditKind::SessionEnded, "one of their sessions")])?;
        }
        Ok::<(), Error>(())
    });
    written.await
}
