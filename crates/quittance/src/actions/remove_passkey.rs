//! A person takes one of their passkeys away: nobody comes in with it any more.

use store::audit::AuditKind;
use store::{PasskeyId, PersonId};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Removes it, at once.
///
/// # Errors
/// `NotFound` where it is another's, or gone; those of the database.
pub async fn remove_passkey(app: &App, person: PersonId, passkey: PasskeyId, by: &Actor) -> Result<()> {
    let (by, telling) = (by.clone(), Telling::of(app, by));
    let written = app.store.write(move |tx| {
        if tx.delete_passkey(person, passkey)? == 0 {
            return Err(Error::NotFound);
        }
        telling.tell_person(tx, person, "A passkey was removed.")?;
        tx.append_audit(&[by.did(AuditKind::PasskeyRemoved, "one of their passkeys")])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
