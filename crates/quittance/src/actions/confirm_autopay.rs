//! The other side agrees to a proposed rule of Auto Pay: staff to what a customer proposed, a customer to what staff prepared. Then
//! it holds, and takes the place of the version before it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::audit::AuditKind;
use store::autopay::{RuleRow, RuleState, Side};
use store::{AccountId, RuleVersionId, Tx};

use crate::actions::keep_autopay::live_day;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::{letters, mandates, methods, versions_of};
use crate::error::{Error, Result};
use crate::told::Telling;

/// Which proposal, and who agrees.
#[derive(Clone, Debug)]
pub struct ConfirmAutoPay {
    /// The version.
    pub version: RuleVersionId,
    /// Who agrees.
    pub side: Side,
    /// Of a customer: the text that they read and agreed to.
    pub agreed: Option<String>,
}

/// Agrees to a proposal.
///
/// # Errors
/// `NotFound`; `Refused` where it is not for this side to agree, or nothing waits any more; those of the database.
pub async fn confirm_autopay(app: &App, account: AccountId, ask: ConfirmAutoPay, by: &Actor) -> Result<()> {
    let (by, telling, now, today) = (by.clone(), Telling::of(app, by), app.clock.now(), app.today());
    let (provider, mandate_id) = (app.provider().legal_name.clone(), app.ids.mint());
    let written = app.store.write(move |tx| {
        let mut row = tx.autopay_rule(account, ask.version)?.ok_or(Error::NotFound)?;
        if row.state != RuleState::Proposed {
            return Err(Error::refused("Nobody has to agree to this rule any more. Open the page again."));
        }
        if row.waits_for != Some(ask.side) {
            return Err(Error::refused("The other side agrees to this rule: whoever proposed it has already."));
        }
        if let Some(agreed) = &ask.agreed {
            let methods = methods(tx, account)?;
            let name = tx.accounts_of(&[account])?.first().map(|row| row.name.clone()).ok_or(Error::NotFound)?;
            let text = mandates::text(&row.rule, &methods, (&name, &provider))?;
            if *agreed != text {
                return Err(Error::refused("The permission has changed since you read it. Please read it again."));
            }
            let mandate = mandates::accept(tx, (account, mandate_id), (&row.rule, &methods), text, (&by, now))?;
            row.mandate_id = Some(mandate.mandate_id);
        }
        bring_into_force(tx, row, (&by, now), (today, &telling))
    });
    written.await?;
    app.wake.mail.notify_waiters();
    live_day(app, account).await.map(drop)
}

/// A proposal that both have agreed to holds from today, or from the day it names.
///
/// # Errors
/// `Refused` where the customer has given no permission; those of the database.
pub fn bring_into_force(
    tx: &mut Tx,
    row: RuleRow,
    (by, now): (&Actor, Timestamp),
    (today, telling): (Date, &Telling),
) -> Result<()> {
    if row.mandate_id.is_none() {
        return Err(Error::refused("The customer has not agreed to be charged yet."));
    }
    let account = row.account_id;
    let versions = tx.autopay_rules(account)?;
    if let (Some(old), _) = versions_of(row.rule_id, &versions) {
        let because = "A newer version of the rule took its place.".to_owned();
        mandates::end(tx, (account, old.mandate_id), &because, now)?;
        tx.replace(&[RuleRow {
            state: RuleState::Replaced,
            ended_name: Some(by.name.clone()),
            ended_at: Some(now),
            ended_because: Some(because),
            ..old.clone()
        }])?;
    }
    let held = RuleRow {
        state: RuleState::InForce,
        waits_for: None,
        confirmed_by: by.person,
        confirmed_name: Some(by.name.clone()),
        confirmed_at: Some(now),
        starts_on: Some(row.rule.not_before.map_or(today, |day| day.max(today))),
        ..row
    };
    tx.replace(std::slice::from_ref(&held))?;
    let deed = by.did(AuditKind::AutoPayConfirmed, "Auto Pay").of(account);
    tx.append_audit(&[deed.after(json!({ "rule": held.rule, "version": i64::from(held.version_id) }))])?;
    tell(tx, &held, telling)
}

/// Both get the rule and the text by mail.
fn tell(tx: &mut Tx, held: &RuleRow, telling: &Telling) -> Result<()> {
    let account = held.account_id;
    let words = tx.mandates(account)?.into_iter().find(|row| Some(row.mandate_id) == held.mandate_id);
    let words = words.map(|row| format!("Text {}: {}", row.version, row.words)).unwrap_or_default();
    let name = tx.accounts_of(&[account])?.first().map(|row| row.name.clone()).unwrap_or_default();
    let starts_on = held.starts_on.map(|day| day.to_string()).unwrap_or_default();
    let subject = format!("An Auto Pay rule holds from {starts_on} on.");
    let what = format!("{subject}\n\n{words}");
    letters::tell_account(tx, telling, account, (&subject, &what))?;
    Ok(telling.tell_desk(tx, &format!("Auto Pay of {name} starts on {starts_on}."), &what)?)
}
