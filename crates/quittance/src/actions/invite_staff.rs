//! Somebody is invited to the provider's staff: a one-time link leads them to their passkey.

use billing::staff::Rights;
use connect::mail::Address;
use jiff::SignedDuration;
use serde_json::json;
use store::PersonId;
use store::account::PersonRow;
use store::audit::AuditKind;
use store::staff::{StaffInvitationRow, StaffRow};

use crate::actions::change_staff::{found, is_not_last};
use crate::actions::remove_contact::end_doors;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;
use crate::told::Telling;

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

/// Invites somebody, or hands out a new link to somebody who is invited already; gives the link's token. Whatever was
/// theirs before ends: the passkey that this link leads to is the only way in.
///
/// # Errors
/// `Refused` where they have come in already, have no name, or were the last admin and are to be none.
pub async fn invite_staff(app: &App, ask: InviteStaff, by: &Actor) -> Result<Token> {
    let name = ask.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::refused("say the name, in at most 120 characters"));
    }
    let email = ask.email.email().to_lowercase();
    let (token, new_id, now): (_, PersonId, _) = (Token::new(), app.ids.mint(), by.at);
    let (token_hash, rights, telling, by) = (token.hash(), ask.rights, Telling::of(app, by), by.clone());
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
        if let Some(known) = tx.staff(person_id)? {
            if !tx.passkeys(person_id)?.is_empty() {
                return Err(Error::Refused(format!(
                    "{email} is a member of staff already; other rights: quittance staff rights; \
                     a lost passkey: quittance staff renew"
                )));
            }
            if rights != Rights::Admin {
                is_not_last(tx, &known)?;
            }
        }
        end_doors(tx, person_id, &by)?;
        let row = StaffRow { person_id, name: name.clone(), rights, made_at: now, joined_at: None };
        tx.replace(std::slice::from_ref(&row))?;
        let expires_at = now.saturating_add(LIFE).unwrap_or(now);
        tx.invite_staff(StaffInvitationRow { token_hash, person_id, made_at: now, expires_at, used_at: None })?;
        telling.tell_staff(
            tx,
            &email,
            &format!("{name} ({email}) is invited to the staff, with the rights {rights}."),
        )?;
        let after = json!({ "name": name, "rights": rights.as_str() });
        tx.append_audit(&[by.did(AuditKind::StaffInvited, email.clone()).after(after)])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(token)
}

/// Hands out a new link to a member of staff who has lost their passkey: what they came in by ends, their rights stay.
///
/// # Errors
/// `Refused` where nobody of the staff has this address.
pub async fn renew_staff(app: &App, email: &str, by: &Actor) -> Result<Token> {
    let (token, email, telling, by) = (Token::new(), email.trim().to_lowercase(), Telling::of(app, by), by.clone());
    let token_hash = token.hash();
    let written = app.store.write(move |tx| {
        let staff = found(tx, &email)?;
        end_doors(tx, staff.person_id, &by)?;
        let (person_id, made_at) = (staff.person_id, by.at);
        let expires_at = made_at.saturating_add(LIFE).unwrap_or(made_at);
        tx.invite_staff(StaffInvitationRow { token_hash, person_id, made_at, expires_at, used_at: None })?;
        telling.tell_staff(tx, &email, &format!("{} ({email}) gets a new link to come in by.", staff.name))?;
        tx.append_audit(&[by.did(AuditKind::StaffInvited, format!("{email}, a new link"))])?;
        Ok::<(), Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(token)
}
