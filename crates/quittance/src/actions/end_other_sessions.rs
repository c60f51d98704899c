//! A person ends all of their sessions but the one they are asking from.

use store::SessionId;
use store::audit::AuditKind;
use store::scope::AccountScope;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Ends them, at once.
///
/// # Errors
/// Those of the database.
pub async fn end_other_sessions(app: &App, scope: &AccountScope, kept: SessionId, by: &Actor) -> Result<()> {
    let (person, by) = (scope.person(), by.clone());
    let written = app.store.write(move |tx| {
        if tx.end_sessions_except(person, kept, by.at)? > 0 {
            tx.append_audit(&[by.did(AuditKind::SessionEnded, "all of their sessions but one")])?;
        }
        Ok::<(), Error>(())
    });
    written.await
}
