//! Somebody is a contact no longer: access and the mail that waits end at once.

use serde_json::json;
use store::account::ContactRow;
use store::audit::AuditKind;
use store::{AccountId, PersonId, Tx};

use crate::actions::change_contact::is_last_admin;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Whether the last admin of an account can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastAdmin {
    /// In the portal: nobody of the account could invite another.
    Stays,
    /// Staff may take them out: they can put another in.
    Goes,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// They are out.
    Yes,
    /// They are the account's last admin.
    LastAdmin,
}

/// Takes a contact out, and tells the account's admins and the one who was taken out.
///
/// # Errors
/// `NotFound` where they are no contact of the account; those of the database.
pub async fn remove_contact(
    app: &App,
    account: AccountId,
    (person, last): (PersonId, LastAdmin),
    by: &Actor,
) -> Result<Removed> {
    let (by, telling) = (by.clone(), Telling::of(app, by));
    let written = app.store.write(move |tx| {
        let contacts = tx.contacts_of(account)?;
        let contact = contacts.iter().find(|contact| contact.person_id == person).ok_or(Error::NotFound)?;
        if last == LastAdmin::Stays && is_last_admin(&contacts, person) {
            return Ok(Removed::LastAdmin);
        }
        end_access(tx, contact, &by)?;
        if let Some(known) = tx.accounts_of(&[account])?.first() {
            let what = format!("{} ({}) is no contact any more.", contact.name, contact.email);
            telling.tell(tx, (&known.code, &known.name), (&contacts, &[&contact.email]), &what)?;
        }
        let before = json!({ "name": contact.name, "role": contact.role.as_str() });
        tx.append_audit(&[by.did(AuditKind::ContactRemoved, contact.email.clone()).of(account).before(before)])?;
        Ok::<_, Error>(Removed::Yes)
    });
    let removed = written.await?;
    app.wake.mail.notify_waiters();
    Ok(removed)
}

/// Ends what a contact could do for an account, and the mail that waits or would come. Where it was the last account, all
/// by which they came in ends as well: added again one day, nobody is in by what was theirs before.
///
/// # Errors
/// Those of the database.
pub fn end_access(tx: &mut Tx, contact: &ContactRow, by: &Actor) -> Result<(), store::Error> {
    tx.delete_contact(contact.account_id, contact.person_id)?;
    tx.delete_recipient_address(contact.account_id, &contact.email.to_lowercase())?;
    if tx.may_sign_in(contact.person_id)? { Ok(()) } else { end_doors(tx, contact.person_id, by) }
}

/// Ends a person's sessions and codes, and takes their passkeys and Microsoft accounts away.
///
/// # Errors
/// Those of the database.
pub fn end_doors(tx: &mut Tx, person: PersonId, by: &Actor) -> Result<(), store::Error> {
    tx.end_sessions_of(person, by.at)?;
    tx.end_codes_of(person, by.at)?;
    tx.delete_passkeys(person)?;
    tx.unlink_microsoft(person).map(drop)
}
