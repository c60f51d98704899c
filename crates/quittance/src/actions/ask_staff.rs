//! Something is asked of staff: it waits for them, and they are told.

use jiff::{SignedDuration, Timestamp};
use store::AccountId;
use store::PersonId;
use store::audit::AuditKind;
use store::request::{RequestKind, RequestRow, RequestState};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::outbox::notices::notice;

/// How many requests come from one network within a day, and from everywhere.
const FROM_A_NETWORK: i64 = 3;
const FROM_EVERYWHERE: i64 = 50;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is asked, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    pub company: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub words: String,
}

/// Writes the request down.
///
/// # Errors
/// `TooMany` where as many came from this network, or from everywhere.
pub async fn ask_staff(
    app: &App,
    (kind, asking): (RequestKind, Asking),
    about: Option<(AccountId, PersonId)>,
    by: &Actor,
) -> Result<()> {
    let row = RequestRow {
        request_id: app.ids.mint(),
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
        account_id: about.map(|(account, _)| account),
        leaver_id: None,
        checked_by: None,
        checked_at: None,
        checked_how: None,
        decided_by: None,
        decided_at: None,
        decided_why: None,
    };
    let id = i64::from(row.request_id);
    let what = match kind {
        RequestKind::BillingContact => "Another billing contact is asked for",
        RequestKind::Objection => "Somebody says that it wasn't them",
    };
    let body = format!("{what} ({}).\n\nLook at it: {}/office/requests/{id}", row.company, app.config.base_url);
    let told = notice(app, format!("request.{id}"), (format!("{what}: {}", row.company), body));
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let since = by.at.saturating_sub(DAY).unwrap_or(Timestamp::MIN);
        let (here, everywhere) = tx.requests_since(&row.network, since)?;
        if here >= FROM_A_NETWORK || everywhere >= FROM_EVERYWHERE {
            return Err(Error::TooMany("too many requests came today".to_owned()));
        }
        tx.insert(std::slice::from_ref(&row))?;
        tx.tell_staff(&told)?;
        let mut deed = by.did(AuditKind::RequestMade, kind.as_str());
        deed.account_id = row.account_id;
        tx.append_audit(&[deed])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
