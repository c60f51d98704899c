//! A member of staff looks at the portal as an account sees it: for an hour, without changing anything, and the account's
//! admins read that it was so.

use jiff::SignedDuration;
use serde_json::json;
use store::AccountId;
use store::audit::AuditKind;
use store::viewing::ViewingRow;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// How long.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Begins it.
///
/// # Errors
/// `Refused` where there is no such account.
pub async fn view_as(app: &App, token_hash: [u8; 32], code: &str, by: &Actor) -> Result<AccountId> {
    let (code, by) = (code.trim().to_owned(), by.clone());
    let written = app.store.write(move |tx| {
        let account = tx.account_by_code(&code)?.ok_or_else(|| Error::no_account(&code))?;
        let ends_at = by.at.saturating_add(LIFE).unwrap_or(by.at);
        tx.replace(&[ViewingRow { token_hash, account_id: account.account_id, ends_at }])?;
        let by = Actor { acting_as: Some(account.name.clone()), ..by.clone() };
        let deed = by.did(AuditKind::ViewedAs, account.code).of(account.account_id);
        tx.append_audit(&[deed.after(json!({ "minutes": 60 }))])?;
        Ok(account.account_id)
    });
    written.await
}
