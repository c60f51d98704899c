//! A person's authenticator has made a passkey: it becomes theirs.

use store::PersonId;
use store::audit::AuditKind;
use store::passkey::PasskeyRow;

use crate::actions::offer_passkey::recalled;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;
use crate::told::Telling;

/// The longest name of a passkey, in characters.
pub const LONGEST_NAME: usize = 60;

/// What comes back from the browser.
pub struct AddPasskey {
    /// Who has it. The ticket must be theirs.
    pub person: PersonId,
    /// That of the offer.
    pub ticket: Option<Token>,
    /// The authenticator's answer, as JSON.
    pub credential: String,
    /// As they call it; empty: `Passkey`.
    pub name: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It can be signed in with.
    Yes,
    /// The offer is too old, used, or another's.
    Expired,
    /// The answer is not one to what was asked, or the passkey is known already.
    Refused,
}

/// Adds it.
///
/// # Errors
/// `NotFound` where the portal has no passkeys; those of the database.
pub async fn add_passkey(app: &App, add: AddPasskey, by: &Actor) -> Result<Added> {
    let passkeys = app.passkeys.as_ref().ok_or(Error::NotFound)?;
    let (now, person) = (app.clock.real(), add.person);
    let Some(hash) = add.ticket.map(|ticket| ticket.hash()) else { return Ok(Added::Expired) };
    let taken = app.store.write(move |tx| tx.take_passkey_challenge(&hash, now)).await?;
    let Some(challenge) = taken.filter(|challenge| challenge.person_id == Some(person)) else {
        return Ok(Added::Expired);
    };
    let (handle, state) = recalled(&challenge.state)?;
    let Some(made) = passkeys.made(&state, &add.credential)? else { return Ok(Added::Refused) };
    let row = PasskeyRow {
        passkey_id: app.ids.mint(),
        person_id: person,
        credential_id: made.credential_id,
        handle,
        name: named(&add.name),
        credential: made.credential,
        made_at: now,
        used_at: None,
    };
    let (by, telling) = (by.clone(), Telling::of(app, by));
    let written = app.store.write(move |tx| {
        let added = tx.add_passkey(row.clone())?;
        if added == 1 {
            telling.tell_person(tx, row.person_id, "A passkey was added.")?;
            tx.append_audit(&[by.did(AuditKind::PasskeyAdded, row.name.clone())])?;
        }
        Ok::<_, Error>(added)
    });
    let added = written.await?;
    app.wake.mail.notify_waiters();
    Ok(if added == 1 { Added::Yes } else { Added::Refused })
}

/// The name as it is kept: one line, not too long, never empty.
pub fn named(typed: &str) -> String {
    let plain: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: String = plain.trim().chars().take(LONGEST_NAME).collect();
    if name.is_empty() { "Passkey".to_owned() } else { name }
}
