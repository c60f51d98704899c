//! What an import does to people, accounts and the profile, as the audit log is told.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value as Json, json};
use store::account::ContactRow;
use store::audit::{AuditKind, Deed};
use store::{AccountId, Error, Stored, Tx};

use super::changes::{Changes, Fields, Rows, differing};
use crate::actions::{add_contact, change_contact};
use crate::audit::Actor;
use crate::told::Telling;

/// One deed for the import as a whole, one for each contact and account that it changes, and one for each contact that it
/// adds to an account known before: the people of a new account come with it.
///
/// # Errors
/// Those of reading the values.
pub fn deeds(changes: &Changes, by: &Actor) -> Result<Vec<Deed>, Error> {
    let (added, changed) = changes.total();
    let mut deeds = vec![by.did(AuditKind::Imported, format!("{added} rows new, {changed} changed"))];
    if let Some(provider) = &changes.provider {
        deeds.push(by.did(AuditKind::ProviderChanged, format!("version {}", provider.version)));
    }
    for (account, (before, after)) in changes.accounts.changed.iter().zip(sides(&changes.accounts)?) {
        let deed = by.did(AuditKind::AccountChanged, account.code.clone()).of(account.account_id);
        deeds.push(deed.before(before).after(after));
    }
    let new: HashSet<AccountId> = changes.accounts.added.iter().map(|account| account.account_id).collect();
    for contact in changes.contacts.added.iter().filter(|contact| !new.contains(&contact.account_id)) {
        let after = json!({ "name": contact.name, "role": contact.role.as_str() });
        deeds.push(by.did(AuditKind::ContactAdded, contact.email.clone()).of(contact.account_id).after(after));
    }
    for (contact, (before, after)) in changes.contacts.changed.iter().zip(sides(&changes.contacts)?) {
        let deed = by.did(AuditKind::ContactChanged, contact.email.clone()).of(contact.account_id);
        deeds.push(deed.before(before).after(after));
    }
    Ok(deeds)
}

/// What the people of an account hear of an import.
#[derive(Clone, Debug)]
pub struct Heard {
    pub account: AccountId,
    /// Sentences, one a contact.
    pub sentences: Vec<String>,
    /// The contacts concerned.
    pub emails: Vec<String>,
}

/// What is to be told, account by account: contacts that it adds to an account known before, or gives another role or other mail.
/// The people of a new account come with it and hear nothing.
pub fn heard(changes: &Changes) -> Vec<Heard> {
    let new: HashSet<AccountId> = changes.accounts.added.iter().map(|account| account.account_id).collect();
    let mut all: BTreeMap<AccountId, Heard> = BTreeMap::new();
    let mut hears = |contact: &ContactRow, sentence: String| {
        let account = contact.account_id;
        let heard = all.entry(account).or_insert_with(|| Heard { account, sentences: Vec::new(), emails: Vec::new() });
        heard.sentences.push(sentence);
        heard.emails.push(contact.email.clone());
    };
    let rights = |contact: &ContactRow| (contact.role, contact.recurring_mail, contact.biweekly_mail);
    for contact in changes.contacts.added.iter().filter(|contact| !new.contains(&contact.account_id)) {
        hears(contact, add_contact::said(&contact.name, &contact.email, contact.role));
    }
    for (was, is) in changes.contacts.was.iter().zip(&changes.contacts.changed) {
        if rights(was) != rights(is) {
            hears(is, change_contact::said(was, is));
        }
    }
    all.into_values().collect()
}

impl Heard {
    /// Tells the account's admins and the contacts concerned, before the import writes.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tell(&self, tx: &mut Tx, telling: &Telling) -> Result<(), Error> {
        let contacts = tx.contacts_of(self.account)?;
        let concerned: Vec<&str> = self.emails.iter().map(String::as_str).collect();
        let Some(account) = tx.accounts_of(&[self.account])?.into_iter().next() else { return Ok(()) };
        let subject = match self.sentences.as_slice() {
            [only] => only.as_str(),
            _ => "Contacts have changed",
        };
        telling.tell_more(
            tx,
            (&account.code, &account.name),
            (&contacts, &concerned),
            (subject, &self.sentences.join("\n")),
        )
    }
}

/// The fields of each changed row that differ: what they were and what they are.
fn sides<R: Stored>(rows: &Rows<R>) -> Result<Vec<(Json, Json)>, Error> {
    let mut all = Vec::with_capacity(rows.changed.len());
    for (was, is) in rows.was.iter().zip(&rows.changed) {
        let mut fields = Fields::default();
        differing(was, is, "", &mut fields)?;
        let side = |of: fn(&super::changes::FieldChange) -> &String| {
            let pairs =
                fields.shown().iter().map(|field| (field.column.to_owned(), Json::from(of(field).trim_matches('"'))));
            Json::Object(pairs.collect::<Map<_, _>>())
        };
        all.push((side(|field| &field.before), side(|field| &field.after)));
    }
    Ok(all)
}
