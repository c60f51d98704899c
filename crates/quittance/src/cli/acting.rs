//! `--as EMAIL`: which member of staff a command is of, and whether they may.

use billing::staff::Rights;

use super::Place;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

impl Place {
    /// Who does what a command does: the member of staff named with `--as`, or the console.
    ///
    /// # Errors
    /// `Refused` where nobody of the staff has that address, or not these rights.
    pub async fn actor(&self, app: &App, needed: Rights) -> Result<Actor> {
        let Some(email) = &self.acting else { return Ok(Actor::console(app)) };
        let key = email.trim().to_lowercase();
        let found = app.store.read(move |tx| tx.staff_by_email(&key)).await?;
        let Some(staff) = found else {
            return Err(Error::Refused(format!("{email} is no member of staff; `quittance staff list` shows them")));
        };
        if !staff.rights.cover(needed) {
            return Err(Error::Refused(format!(
                "{email} may not do this: it needs the rights {needed}, and theirs are {}",
                staff.rights
            )));
        }
        Ok(Actor::at_console(app, staff.person_id, &staff.email))
    }
}
