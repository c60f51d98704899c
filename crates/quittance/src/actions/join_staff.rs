//! Somebody opens the one-time link of their invitation and goes on to register a passkey. The session that begins with it
//! proves as little as a code does: the office opens to the passkey alone.

use store::audit::AuditKind;
use store::session::Proof;

use crate::actions::begin_session::{Browser, NewSession, Opened};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::random::Token;

/// Uses the link and begins a session; nothing where it was used, is too old, or never was.
///
/// # Errors
/// Those of the database.
pub async fn join_staff(app: &App, link: &Token, browser: Browser) -> Result<Option<Opened>> {
    let (hash, network) = (link.hash(), browser.network.clone());
    let (opened, session) = NewSession::of(app, browser, Proof::Code);
    let at = app.clock.real();
    let written = app.store.write(move |tx| {
        let Some(invitation) = tx.staff_invitation(&hash, at)? else { return Ok(false) };
        let Some(staff) = tx.staff(invitation.person_id)? else { return Ok(false) };
        if tx.use_staff_invitation(&hash, at)? == 0 {
            return Ok(false);
        }
        tx.join_staff(staff.person_id, at)?;
        session.begin(tx, staff.person_id)?;
        let (person, name) = (Some(staff.person_id), staff.email.clone());
        let by = Actor { person, name, acting_as: None, network: network.clone(), at };
        tx.append_audit(&[by.did(AuditKind::StaffJoined, staff.email)])?;
        Ok::<_, Error>(true)
    });
    Ok(written.await?.then_some(opened))
}
