//! What an import does to people, accounts and the profile, as the audit log is told.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};
use store::audit::{AuditKind, Deed};
use store::{AccountId, Error, Stored};

use super::changes::{Changes, Fields, Rows, differing};
use crate::audit::Actor;

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
