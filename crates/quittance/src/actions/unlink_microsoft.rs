//! A person's work accounts at Microsoft open the portal no longer.

use store::PersonId;
use store::audit::AuditKind;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Takes all of them away; the next time one is used, a code has to show again whose it is.
///
/// # Errors
/// `NotFound` where there is none; those of the database.
pub async fn unlink_microsoft(app: &App, person: PersonId, by: &Actor) -> Result<()> {
    let (by, telling) = (by.clone(), Telling::of(app, by));
    let written = app.store.write(move |tx| {
        if tx.unlink_microsoft(person)? == 0 {
            return Err(Error::NotFound);
        }
        telling.tell_person(tx, person, "A Microsoft account was unlinked.")?;
        tx.append_audit(&[by.did(AuditKind::MicrosoftUnlinked, by.name.clone())])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
