//! A person ends all of their sessions but the one they are asking from.

use store::SessionId;
use store::scope::AccountScope;

use crate::app::App;
use crate::error::Result;

/// Ends them, at once.
///
/// # Errors
/// Those of the database.
pub async fn end_other_sessions(app: &App, scope: &AccountScope, kept: SessionId) -> Result<()> {
    let (person, now) = (scope.person(), app.clock.real());
    app.store.write(move |tx| tx.end_sessions_except(person, kept, now)).await?;
    Ok(())
}
