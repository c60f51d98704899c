//! A person takes one of their passkeys away: nobody comes in with it any more.

use store::{PasskeyId, PersonId};

use crate::app::App;
use crate::error::{Error, Result};

/// Removes it, at once.
///
/// # Errors
/// `NotFound` where it is another's, or gone; those of the database.
pub async fn remove_passkey(app: &App, person: PersonId, passkey: PasskeyId) -> Result<()> {
    match app.store.write(move |tx| tx.delete_passkey(person, passkey)).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
