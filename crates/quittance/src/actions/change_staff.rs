//! A member of staff gets other rights, or leaves. The last admin can do neither: nobody could invite another.

use billing::staff::Rights;
use serde_json::json;
use store::Tx;
use store::audit::AuditKind;
use store::staff::StaffMember;

use crate::actions::remove_contact::end_doors;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Gives somebody other rights.
///
/// # Errors
/// `Refused` where nobody of the staff has this address, or no admin would be left.
pub async fn change_rights(app: &App, email: &str, rights: Rights, by: &Actor) -> Result<()> {
    let (email, telling, by) = (email.trim().to_lowercase(), Telling::of(app, by), by.clone());
    let written = app.store.write(move |tx| {
        let staff = found(tx, &email)?;
        if staff.rights == rights {
            return Ok(());
        }
        if rights != Rights::Admin {
            is_not_last(tx, &staff)?;
        }
        tx.set_rights(staff.person_id, rights)?;
        telling.tell_staff(tx, &email, &format!("{} ({email}) has the rights {rights} now.", staff.name))?;
        let (before, after) = (json!({ "rights": staff.rights.as_str() }), json!({ "rights": rights.as_str() }));
        tx.append_audit(&[by.did(AuditKind::StaffChanged, email.clone()).before(before).after(after)])?;
        Ok::<(), Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// Ends somebody's access with the next request: their sessions end as well.
///
/// # Errors
/// As [`change_rights`].
pub async fn remove_staff(app: &App, email: &str, by: &Actor) -> Result<()> {
    let (email, telling, by) = (email.trim().to_lowercase(), Telling::of(app, by), by.clone());
    let written = app.store.write(move |tx| {
        let staff = found(tx, &email)?;
        is_not_last(tx, &staff)?;
        tx.remove_staff(staff.person_id)?;
        // Invited again one day, nobody comes in with what was theirs before.
        end_doors(tx, staff.person_id, &by)?;
        telling.tell_staff(tx, &email, &format!("{} ({email}) is no member of staff any more.", staff.name))?;
        let before = json!({ "name": staff.name, "rights": staff.rights.as_str() });
        tx.append_audit(&[by.did(AuditKind::StaffRemoved, email.clone()).before(before)])?;
        Ok::<(), Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

pub(super) fn found(tx: &mut Tx, email: &str) -> Result<StaffMember> {
    let found = tx.staff_by_email(email)?;
    found.ok_or_else(|| Error::Refused(format!("{email} is no member of staff; `quittance staff list` shows them")))
}

pub(super) fn is_not_last(tx: &mut Tx, staff: &StaffMember) -> Result<()> {
    let admins = tx.all_staff()?.into_iter().filter(|known| known.rights == Rights::Admin);
    if staff.rights == Rights::Admin && admins.count() == 1 {
        return Err(Error::Refused(format!("{} is the last admin; invite another first", staff.email)));
    }
    Ok(())
}
