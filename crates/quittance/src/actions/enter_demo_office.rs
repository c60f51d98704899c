//! Staff of a demo come in with one click: they are invented, and nobody's device holds their passkeys. Elsewhere nobody does.

use store::session::Proof;

use crate::actions::begin_session::{Browser, NewSession, Opened};
use crate::app::App;
use crate::error::{Error, Result};

/// Begins a session of this member of staff, as if by a passkey.
///
/// # Errors
/// `NotFound` anywhere but in a demo, and where nobody of the staff has this address.
pub async fn enter_demo_office(app: &App, email: &str, browser: Browser) -> Result<Opened> {
    app.demo_mailbox().ok_or(Error::NotFound)?;
    let email = email.trim().to_lowercase();
    let (opened, session) = NewSession::of(app, browser, Proof::Passkey);
    let began = app.store.write(move |tx| {
        let Some(staff) = tx.staff_by_email(&email)? else { return Ok::<_, store::Error>(false) };
        session.begin(tx, staff.person_id)?;
        Ok(true)
    });
    if began.await? { Ok(opened) } else { Err(Error::NotFound) }
}
