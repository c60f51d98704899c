//! Something is asked of staff: it waits for them, and they are told.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use store::audit::{AuditKind, Deed};
use store::certificate::CertificateRow;
use store::request::{RequestKind, RequestRow, RequestState};
use store::scope::ScopedAccount;
use store::{AccountId, PersonId, RequestId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::outbox::notices::{notice, stamp};

/// How many requests come from one network within a day, and from everywhere.
const FROM_A_NETWORK: i64 = 3;
const FROM_EVERYWHERE: i64 = 50;
/// How many from somebody who is signed in, whom nobody else can use up.
const FROM_A_PERSON: i64 = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is asked, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    pub company: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub words: String,
    /// Of a change to the account's own data: what it was and is to be.
    pub before: Option<Json>,
    pub after: Option<Json>,
    /// What is handed in with it.
    pub certificate: Option<(CertificateRow, Vec<u8>)>,
}

impl Asking {
    /// Of somebody who is signed in, for one of their accounts.
    pub fn of(account: &ScopedAccount) -> Self {
        Self {
            company: account.name.clone(),
            name: account.contact_name.clone(),
            email: account.contact_email.clone(),
            ..Self::default()
        }
    }
}

/// Writes the request down.
///
/// # Errors
/// `TooMany` where as many came from this person, this network, or from everywhere; `Refused` where a change of the same
/// kind waits already.
pub async fn ask_staff(
    app: &App,
    (kind, asking): (RequestKind, Asking),
    about: Option<(AccountId, PersonId)>,
    by: &Actor,
) -> Result<()> {
    let (before, after, certificate) = (asking.before.clone(), asking.after.clone(), asking.certificate.clone());
    let row = row(app.ids.mint(), (kind, asking), about, by);
    let id = i64::from(row.request_id);
    let what = called(kind);
    let body = format!("{what} ({}).\n\nLook at it: {}/office/requests/{id}", row.company, app.config.base_url);
    let told = notice(stamp(app), format!("request.{id}"), (format!("{what}: {}", row.company), body));
    let by = by.clone();
    let written = app.store.write(move |tx| {
        if is_too_many(tx, &row)? {
            return Err(Error::TooMany("too many requests came today".to_owned()));
        }
        let is_change = matches!(kind, RequestKind::Company | RequestKind::Exemption);
        if let Some(account) = row.account_id.filter(|_| is_change)
            && tx.open_requests_of(account)?.iter().any(|open| open.kind == kind)
        {
            return Err(Error::refused("Your last request still waits for us. Call us if it has to be quick."));
        }
        if let Some((certificate, bytes)) = &certificate {
            tx.keep_certificate(certificate, bytes)?;
        }
        tx.insert(std::slice::from_ref(&row))?;
        tx.tell_staff(&told)?;
        let deed = by.did(AuditKind::RequestMade, kind.as_str().replace('_', " "));
        let (before, after) = (before.clone(), after.clone());
        tx.append_audit(&[Deed { account_id: row.account_id, before, after, ..deed }])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}

/// A kind of request as staff are told of it.
fn called(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::BillingContact => "Another billing contact is asked for",
        RequestKind::Objection => "Somebody says that it wasn't them",
        RequestKind::Company => "Another name or address is asked for",
        RequestKind::Exemption => "An exemption certificate was handed in",
    }
}

/// Who is signed in has a count of their own, which nobody else can use up.
fn is_too_many(tx: &mut Tx, row: &RequestRow) -> Result<bool> {
    let since = row.made_at.saturating_sub(DAY).unwrap_or(Timestamp::MIN);
    if let Some(person) = row.asked_by {
        return Ok(tx.requests_of(person, since)? >= FROM_A_PERSON);
    }
    let (here, everywhere) = tx.requests_since(&row.network, since)?;
    Ok(here >= FROM_A_NETWORK || everywhere >= FROM_EVERYWHERE)
}

fn row(
    request_id: RequestId,
    (kind, asking): (RequestKind, Asking),
    about: Option<(AccountId, PersonId)>,
    by: &Actor,
) -> RequestRow {
    RequestRow {
        request_id,
        kind,
        state: RequestState::Waiting,
        company: asking.company,
        name: asking.name,
        email: asking.email,
        phone: asking.phone,
        words: asking.words,
        asked_by: about.map(|(_, person)| person),
        network: by.network.clone(),
        made_at: by.at,
        before: asking.before.as_ref().map(Json::to_string),
        after: asking.after.as_ref().map(Json::to_string),
        certificate_id: asking.certificate.as_ref().map(|(row, _)| row.certificate_id),
        account_id: about.map(|(account, _)| account),
        leaver_id: None,
        checked_by: None,
        checked_at: None,
        checked_how: None,
        decided_by: None,
        decided_at: None,
        decided_why: None,
    }
}
