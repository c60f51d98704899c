//! Somebody comes in with a passkey. They type nothing: the authenticator says whose it is.

use jiff::Timestamp;
use serde_json::Value;
use store::passkey::PasskeyChallengeRow;
use store::session::Proof;

use crate::actions::begin_session::{Browser, NewSession, Opened};
use crate::actions::offer_passkey::LIFE;
use crate::app::App;
use crate::error::{Error, Result};
use crate::random::Token;

/// Gives out a challenge for whoever may have a passkey; it is written down before. The same for everybody.
///
/// # Errors
/// `NotFound` where the portal has no passkeys; those of the database.
pub async fn challenge(app: &App) -> Result<(Token, Value)> {
    let passkeys = app.passkeys.as_ref().ok_or(Error::NotFound)?;
    let (question, ticket) = (passkeys.ask_any()?, Token::new());
    let row = PasskeyChallengeRow {
        ticket_hash: ticket.hash(),
        person_id: None,
        state: question.state,
        expires_at: app.clock.real().saturating_add(LIFE).unwrap_or(Timestamp::MAX),
    };
    app.store.write(move |tx| tx.insert_passkey_challenge(row.clone())).await?;
    Ok((ticket, question.options))
}

/// What comes back from the browser.
pub struct EnterByPasskey {
    /// That of the challenge.
    pub ticket: Option<Token>,
    /// The authenticator's answer, as JSON.
    pub credential: String,
    /// Where it was given.
    pub browser: Browser,
}

/// What came of it.
pub enum Entered {
    /// Signed in.
    SignedIn(Opened),
    /// The challenge is too old or was answered before.
    Expired,
    /// It opens nothing here, for whatever reason.
    Refused,
}

/// Tries a passkey.
///
/// # Errors
/// `NotFound` where the portal has no passkeys; those of the database.
pub async fn enter_by_passkey(app: &App, enter: EnterByPasskey) -> Result<Entered> {
    let passkeys = app.passkeys.as_ref().ok_or(Error::NotFound)?;
    let (Some(ticket), Some(claimed)) = (enter.ticket, passkeys.claimed(&enter.credential)) else {
        return Ok(Entered::Refused);
    };
    let (now, hash, credential_id) = (app.clock.real(), ticket.hash(), claimed.credential_id().to_vec());
    let taken = app.store.write(move |tx| {
        let challenge = tx.take_passkey_challenge(&hash, now)?;
        Ok::<_, store::Error>((challenge, tx.passkey_by_credential(&credential_id)?))
    });
    let (challenge, passkey) = taken.await?;
    let Some(challenge) = challenge.filter(|challenge| challenge.person_id.is_none()) else {
        return Ok(Entered::Expired);
    };
    let Some(passkey) = passkey else { return Ok(Entered::Refused) };
    let checked = passkeys.check(&challenge.state, &claimed, &passkey.handle, &passkey.credential)?;
    let Some(credential) = checked else { return Ok(Entered::Refused) };
    let (opened, session) = NewSession::of(app, enter.browser, Proof::Passkey);
    let began = app.store.write(move |tx| {
        // It may have been removed since it was read.
        let is_good = tx.may_sign_in(passkey.person_id)? && tx.use_passkey(passkey.passkey_id, &credential, now)? == 1;
        if is_good {
            session.begin(tx, passkey.person_id)?;
        }
        Ok::<_, store::Error>(is_good)
    });
    Ok(if began.await? { Entered::SignedIn(opened) } else { Entered::Refused })
}
