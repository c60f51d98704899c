//! A rule of Auto Pay ends, or a proposal is turned down or taken back. Nothing that was announced under it is charged.

use serde_json::json;
use store::audit::AuditKind;
use store::autopay::{RuleRow, RuleState};
use store::{AccountId, RuleVersionId};

use crate::actions::keep_autopay::live_day;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::{letters, mandates};
use crate::error::{Error, Result};
use crate::told::Telling;

/// Ends a version of a rule: one that holds, or a proposal. `why` is a sentence; it may be empty.
///
/// # Errors
/// `NotFound`; `Refused` where it is over already; those of the database.
pub async fn end_autopay(
    app: &App,
    (account, version): (AccountId, RuleVersionId),
    why: &str,
    by: &Actor,
) -> Result<()> {
    let (by, telling, now) = (by.clone(), Telling::of(app, by), app.clock.now());
    let why: String = why.trim().chars().take(1_000).collect();
    let written = app.store.write(move |tx| {
        let row = tx.autopay_rule(account, version)?.ok_or(Error::NotFound)?;
        let (state, kind, said) = match row.state {
            RuleState::InForce => (RuleState::Ended, AuditKind::AutoPayEnded, "Auto Pay was ended"),
            RuleState::Proposed => {
                (RuleState::Refused, AuditKind::AutoPayRefused, "The proposed Auto Pay rule was turned down")
            }
            _ => return Err(Error::refused("This rule is over already. Open the page again.")),
        };
        let because = if why.is_empty() { format!("{said}.") } else { format!("{said}: {why}") };
        mandates::end(tx, (account, row.mandate_id), &because, now)?;
        tx.replace(&[RuleRow {
            state,
            waits_for: None,
            ended_name: Some(by.name.clone()),
            ended_at: Some(now),
            ended_because: Some(because.clone()),
            ..row.clone()
        }])?;
        let deed = by.did(kind, "Auto Pay").of(account).before(json!({ "rule": row.rule }));
        tx.append_audit(&[deed.after(json!({ "why": why, "version": i64::from(row.version_id) }))])?;
        let name = tx.accounts_of(&[account])?.first().map(|row| row.name.clone()).unwrap_or_default();
        let what = format!("{} Invoices are for you to pay.", sentence(&because));
        letters::tell_account(tx, &telling, account, (&format!("{said}."), &what))?;
        telling.tell_desk(tx, &format!("{name}: {said}"), &sentence(&because))?;
        Ok::<_, Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    live_day(app, account).await.map(drop)
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
