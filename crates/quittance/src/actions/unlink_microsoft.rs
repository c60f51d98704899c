//! A person's work accounts at Microsoft open the portal no longer.

use store::PersonId;

use crate::app::App;
use crate::error::{Error, Result};

/// Takes all of them away; the next time one is used, a code has to show again whose it is.
///
/// # Errors
/// `NotFound` where there is none; those of the database.
pub async fn unlink_microsoft(app: &App, person: PersonId) -> Result<()> {
    match app.store.write(move |tx| tx.unlink_microsoft(person)).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
