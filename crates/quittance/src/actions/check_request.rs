//! A member of staff checks a request: whose it is, who leaves, and that the number on file was called.

use serde_json::json;
use store::RequestId;
use store::audit::AuditKind;
use store::request::{RequestKind, RequestRow, RequestState};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// What they found.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// The account's code.
    pub account: String,
    /// The address of the contact who leaves; empty where nobody does.
    pub leaver: String,
    /// Whom they called at which number, and what was said.
    pub how: String,
}

/// Writes down what was found; a second member of staff decides.
///
/// # Errors
/// `NotFound`; `Refused` with what is missing.
pub async fn check_request(app: &App, request: RequestId, ask: CheckRequest, by: &Actor) -> Result<()> {
    let how = ask.how.trim().to_owned();
    if how.is_empty() || how.chars().count() > 1_000 {
        return Err(Error::refused("Write down whom you called, at which number, and what they said."));
    }
    if by.person.is_none() {
        return Err(Error::refused("Say which member of staff has called: quittance --as EMAIL …"));
    }
    let by = by.clone();
    let written = app.store.write(move |tx| {
        let row = tx.request(request)?.ok_or(Error::NotFound)?;
        let is_open = matches!(row.state, RequestState::Waiting | RequestState::Checked);
        if row.kind != RequestKind::BillingContact || !is_open {
            return Err(Error::refused("This request is decided already."));
        }
        let code = ask.account.trim();
        let account = tx.account_by_code(code)?.ok_or_else(|| Error::no_account(code))?;
        let contacts = tx.contacts_of(account.account_id)?;
        let leaver = contacts.iter().find(|contact| contact.email.eq_ignore_ascii_case(ask.leaver.trim()));
        if leaver.is_none() && !ask.leaver.trim().is_empty() {
            return Err(Error::Refused(format!("{} is no contact of {}.", ask.leaver, account.code)));
        }
        let after = json!({ "new": row.email, "leaves": leaver.map(|contact| &contact.email), "how": how });
        let subject = format!("billing contact of {}", account.code);
        tx.replace(&[RequestRow {
            state: RequestState::Checked,
            account_id: Some(account.account_id),
            leaver_id: leaver.map(|contact| contact.person_id),
            checked_by: by.person,
            checked_at: Some(by.at),
            checked_how: Some(how.clone()),
            ..row
        }])?;
        tx.append_audit(&[by.did(AuditKind::RequestChecked, subject).of(account.account_id).after(after)])?;
        Ok(())
    });
    written.await
}
