//! An admin of an account invites a colleague. Whoever is added signs in with a code like everybody: no link lets anybody in.

use billing::account::{Role, Routing};
use connect::mail::Address;
use jiff::SignedDuration;
use serde_json::json;
use store::account::{ContactRow, PersonRow};
use store::audit::AuditKind;
use store::scope::ScopedAccount;
use store::{AccountId, PersonId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// The most contacts of an account that its own admins can make.
const MOST: usize = 200;

/// How many are added within a day: each of them gets a mail.
const IN_A_DAY: i64 = 50;
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

/// Domains where everybody has an address: sharing one says nothing about who somebody is.
const PUBLIC: [&str; 18] = [
    "aol.com",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "me.com",
    "msn.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "web.de",
    "yahoo.com",
    "ymail.com",
];

/// Who is invited.
#[derive(Clone, Debug)]
pub struct AddContact {
    pub email: Address,
    pub name: String,
    pub role: Role,
    /// The foreign domain that the admin was warned of and confirmed; empty where they weren't.
    pub confirmed: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// They can sign in.
    Yes,
    /// Their address is of a domain that no admin of the account has: that has to be confirmed.
    Foreign(String),
    /// They are a contact of the account already.
    Known,
}

/// Adds a contact, and tells the account's admins and the new one.
///
/// # Errors
/// `Refused` where the name is missing or too long, the address is one of our staff's, or the account has very many
/// contacts or adds very many.
pub async fn add_contact(app: &App, account: &ScopedAccount, ask: AddContact, by: &Actor) -> Result<Added> {
    let name = one_line(&ask.name);
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::refused("Enter the name, in at most 120 characters."));
    }
    let since = by.at.saturating_sub(DAY).unwrap_or(by.at);
    let (new_id, by, telling, account): (PersonId, _, _, _) =
        (app.ids.mint(), by.clone(), Telling::of(app, by), account.clone());
    let written = app.store.write(move |tx| {
        let contacts = tx.contacts_of(account.account_id)?;
        let email = ask.email.email().to_lowercase();
        if contacts.iter().any(|contact| contact.email.to_lowercase() == email) {
            return Ok(Added::Known);
        }
        let added = tx.audited_since(account.account_id, AuditKind::ContactAdded, since)?;
        if contacts.len() >= MOST || added >= IN_A_DAY {
            return Err(Error::refused("This account has added very many contacts. Call us to add more."));
        }
        let domain = ask.email.domain().to_lowercase();
        if is_foreign(&domain, &contacts) && ask.confirmed != domain {
            return Ok(Added::Foreign(domain));
        }
        let person_id = person(tx, &email, new_id)?;
        tx.insert(&[contact(account.account_id, person_id, &ask, &name)])?;
        let what = said(&name, &email, ask.role);
        telling.tell(tx, (&account.code, &account.name), (&contacts, &[&email]), &what)?;
        let after = json!({ "name": name, "role": ask.role.as_str() });
        tx.append_audit(&[by.did(AuditKind::ContactAdded, email).of(account.account_id).after(after)])?;
        Ok(Added::Yes)
    });
    let added = written.await?;
    app.wake.mail.notify_waiters();
    Ok(added)
}

/// A name as it is kept: one line, without spaces around it.
pub fn one_line(typed: &str) -> String {
    let plain: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// Whether no admin of the account has an address of this domain, or everybody can have one.
fn is_foreign(domain: &str, contacts: &[ContactRow]) -> bool {
    let mut admins = contacts.iter().filter(|contact| contact.role == Role::Admin);
    let is_shared =
        admins.any(|admin| admin.email.rsplit_once('@').is_some_and(|(_, own)| own.eq_ignore_ascii_case(domain)));
    PUBLIC.contains(&domain) || !is_shared
}

/// The person behind an address, made where there is none. Staff are nobody's contact: a code to their mailbox would be
/// a way to the passkey that opens the office.
///
/// # Errors
/// `Refused` where it is one of staff; those of the database.
pub fn person(tx: &mut Tx, email: &str, new_id: PersonId) -> Result<PersonId> {
    if let Some(known) = tx.any_person_by_email(email)? {
        if tx.staff(known.person_id)?.is_some() {
            return Err(Error::refused("This is an address of our own staff. They see your invoices without it."));
        }
        return Ok(known.person_id);
    }
    tx.insert(&[PersonRow { person_id: new_id, email: email.to_owned() }])?;
    Ok(new_id)
}

fn contact(account_id: AccountId, person_id: PersonId, ask: &AddContact, name: &str) -> ContactRow {
    ContactRow {
        account_id,
        person_id,
        email: ask.email.email().to_owned(),
        name: name.to_owned(),
        phone: None,
        role: ask.role,
        // Seeing and receiving are two things: invoices are mailed to whoever is set to receive them.
        recurring_mail: Routing::No,
        biweekly_mail: Routing::No,
    }
}

/// That somebody is a contact now, in a sentence.
pub fn said(name: &str, email: &str, role: Role) -> String {
    format!("{name} ({email}) is a contact now and may {}.", may(role))
}

/// What a role may, after "may".
pub fn may(role: Role) -> &'static str {
    match role {
        Role::Admin => "see and pay everything, and manage the contacts",
        Role::Payer => "see and pay invoices",
        Role::Viewer => "see invoices",
    }
}
