//! An admin of an account decides what a colleague may do and which invoices they receive. The last admin stays one.

use billing::Stream;
use billing::account::{Role, Routing};
use serde_json::{Value as Json, json};
use store::account::ContactRow;
use store::audit::AuditKind;
use store::scope::ScopedAccount;
use store::{PersonId, Tx};

use crate::actions::add_contact::may;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// What is to hold.
#[derive(Clone, Copy, Debug)]
pub struct ChangeContact {
    pub role: Role,
    pub recurring_mail: Routing,
    pub biweekly_mail: Routing,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It holds.
    Yes,
    /// They are the account's last admin.
    LastAdmin,
}

/// Changes a contact, and tells the admins and the contact.
///
/// # Errors
/// `NotFound` where they are no contact of the account; those of the database.
pub async fn change_contact(
    app: &App,
    account: &ScopedAccount,
    person: PersonId,
    ask: ChangeContact,
    by: &Actor,
) -> Result<Changed> {
    let (by, telling, account) = (by.clone(), Telling::of(app, by), account.clone());
    let written = app.store.write(move |tx| {
        let contacts = tx.contacts_of(account.account_id)?;
        let before = contacts.iter().find(|contact| contact.person_id == person).ok_or(Error::NotFound)?;
        let after = ContactRow {
            role: ask.role,
            recurring_mail: ask.recurring_mail,
            biweekly_mail: ask.biweekly_mail,
            ..before.clone()
        };
        if *before == after {
            return Ok(Changed::Yes);
        }
        if ask.role != Role::Admin && is_last_admin(&contacts, person) {
            return Ok(Changed::LastAdmin);
        }
        tx.replace(std::slice::from_ref(&after))?;
        withdraw(tx, &after)?;
        let what = said(before, &after);
        telling.tell(tx, (&account.code, &account.name), (&contacts, &[&after.email]), &what)?;
        let deed = by.did(AuditKind::ContactChanged, after.email.clone()).of(account.account_id);
        tx.append_audit(&[deed.before(shown(before)).after(shown(&after))])?;
        Ok::<_, Error>(Changed::Yes)
    });
    let changed = written.await?;
    app.wake.mail.notify_waiters();
    Ok(changed)
}

/// What has changed, in a sentence.
pub fn said(before: &ContactRow, after: &ContactRow) -> String {
    if before.role == after.role {
        let (recurring, biweekly) = (receives(after.recurring_mail), receives(after.biweekly_mail));
        format!("{} ({}) gets recurring invoices {recurring}, bi-weekly ones {biweekly}.", after.name, after.email)
    } else {
        format!("{} ({}) may now {}.", after.name, after.email, may(after.role))
    }
}

/// Whether nobody else is an admin.
pub fn is_last_admin(contacts: &[ContactRow], person: PersonId) -> bool {
    let mut admins = contacts.iter().filter(|contact| contact.role == Role::Admin);
    admins.all(|admin| admin.person_id == person)
}

/// Mail that waits doesn't go to who isn't to receive it any more.
fn withdraw(tx: &mut Tx, contact: &ContactRow) -> Result<(), store::Error> {
    for stream in Stream::ALL.iter().copied().filter(|stream| contact.routing(*stream) == Routing::No) {
        tx.withdraw_mails_of(contact.account_id, contact.person_id, stream)?;
    }
    Ok(())
}

/// How invoices come, after "gets them".
pub fn receives(routing: Routing) -> &'static str {
    match routing {
        Routing::To => "as To",
        Routing::Cc => "as Cc",
        Routing::No => "by no mail",
    }
}

fn shown(contact: &ContactRow) -> Json {
    json!({
        "role": contact.role.as_str(),
        "recurring": contact.recurring_mail.as_str(),
        "biweekly": contact.biweekly_mail.as_str(),
    })
}
