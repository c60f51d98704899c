//! Somebody is invited to the provider's staff: a one-time link leads them to their passkey.

use billing::staff::Rights;
use connect::mail::Address;
use jiff::SignedDuration;
use serde_json::json;
use store::PersonId;
use store::account::PersonRow;
use store::audit::AuditKind;
use store::staff::{StaffInvitationRow, StaffRow};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;

/// How long a link works.
const LIFE: SignedDuration = SignedDuration::from_hours(48);

/// Who is invited.
#[derive(Clone, Debug)]
pub struct InviteStaff {
    pub email: Address,
    /// As the audit log and customers read it.
    pub name: String,
    pub rights: Rights,
}

/// Invites somebody, or hands out a new link to somebody who is invited already; gives the link's token.
///
/// # Errors
/// `Refused` where they have come in already, or have no name.
pub async fn invite_staff(app: &App, ask: InviteStaff, by: &Actor) -> Result<Token> {
    let name = ask.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::refused("say the name, in at most 120 characters"));
    }
    let email = ask.email.email().to_lowercase();
    let (token, new_id, now): (_, PersonId, _) = (Token::new(), app.ids.mint(), by.at);
    let (token_hash, rights, by) = (token.hash(), ask.rights, by.clone());
    let written = app.store.write(move |tx| {
        let person_id = match tx.any_person_by_email(&email)? {
            Some(person) => person.person_id,
            None => {
                tx.insert(&[PersonRow { person_id: new_id, email: email.clone() }])?;
                new_id
            }
        };
        if tx.person_by_email(&email)?.is_some() {
            // Whoever hands out the link could come in as the customer's contact.
            return Err(Error::Refused(format!("{email} is a customer's contact; staff need an address of their own")));
        }
        if tx.staff(person_id)?.is_some() && !tx.passkeys(person_id)?.is_empty() {
            return Err(Error::Refused(format!(
                "{email} is a member of staff already; other rights: quittance staff rights; \
                 a lost passkey: quittance staff remove, then invite"
            )));
        }
        let row = StaffRow { person_id, name: name.clone(), rights, made_at: now, joined_at: None };
        tx.replace(std::slice::from_ref(&row))?;
        let expires_at = now.saturating_add(LIFE).unwrap_or(now);
        tx.invite_staff(StaffInvitationRow { token_hash, person_id, made_at: now, expires_at, used_at: None })?;
        let after = json!({ "name": name, "rights": rights.as_str() });
        tx.append_audit(&[by.did(AuditKind::StaffInvited, email.clone()).after(after)])?;
        Ok(())
    });
    written.await.map(|()| token)
}
