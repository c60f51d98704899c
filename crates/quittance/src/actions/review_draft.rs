//! Decides about a draft: hold it, exclude it, or approve it.

use billing::run::RunKey;
use serde_json::json;
use store::audit::AuditKind;
use store::run::{DraftRow, DraftState, RunRow};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::plan::held_because;

/// What a reviewer decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Look again later; why.
    Hold(String),
    /// Not in this run; why.
    Exclude(String),
    /// May be issued.
    Approve,
}

/// Which drafts: a whole run, `recurring-2026-09`, or one account's in it, `recurring-2026-09/C-1000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftKey {
    /// The run.
    pub run: RunKey,
    /// The account's code; nothing: every draft of the run.
    pub account: Option<String>,
}

impl std::fmt::Display for DraftKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.account {
            Some(account) => write!(f, "{}/{account}", self.run),
            None => write!(f, "{}", self.run),
        }
    }
}

impl std::str::FromStr for DraftKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (run, account) = text.split_once('/').map_or((text, None), |(run, account)| (run, Some(account)));
        let run = run
            .parse()
            .map_err(|expected| format!("expected {expected}, or a draft such as recurring-2026-09/C-1000"))?;
        Ok(Self { run, account: account.map(str::to_owned) })
    }
}

/// A run with its drafts and the codes of their accounts.
pub async fn drafts(app: &App, key: &DraftKey) -> Result<(RunRow, Vec<(String, DraftRow)>)> {
    let run_key = key.run;
    let period_from = run_key.period(app.provider().schedule().grid()).from;
    let read = app.store.read(move |tx| {
        let Some(run) = tx.run(run_key.stream(), period_from)? else { return Ok::<_, Error>(None) };
        let drafts = tx.drafts(run.run_id)?;
        Ok(Some((run, drafts, tx.accounts()?)))
    });
    let Some((run, drafts, accounts)) = read.await? else {
        return Err(Error::Refused(format!("there is no run {run_key} yet. `quittance run` makes one")));
    };
    let code = |draft: &DraftRow| {
        accounts.iter().find(|account| account.account_id == draft.account_id).map(|account| account.code.clone())
    };
    let mut named: Vec<(String, DraftRow)> =
        drafts.into_iter().map(|draft| (code(&draft).unwrap_or_default(), draft)).collect();
    if let Some(account) = &key.account {
        named.retain(|(code, _)| code == account);
        if named.is_empty() {
            return Err(Error::Refused(format!("{run_key} has no draft for {account}")));
        }
    }
    Ok((run, named))
}

/// Carries out a decision; gives how many drafts changed. Issued drafts can't be decided about any more.
///
/// # Errors
/// `Refused` where there is no such run or draft, or the named draft is issued, or is approved though nobody may.
pub async fn review_draft(app: &App, key: &DraftKey, decision: Decision, by: &Actor) -> Result<usize> {
    let (run, named) = drafts(app, key).await?;
    if let [(code, draft)] = named.as_slice()
        && key.account.is_some()
        && draft.state == DraftState::Issued
    {
        return Err(Error::Refused(format!("{}/{code} is issued; an invoice can't be taken back", key.run)));
    }
    let accounts: Vec<_> = named.into_iter().map(|(_, draft)| draft.account_id).collect();
    let (by, named) = (by.clone(), key.to_string());
    let (run_id, whole, now) = (run.run_id, key.account.is_none(), app.clock.now());
    app.store
        .write(move |tx| {
            let mut rows = Vec::new();
            for draft in tx.drafts_of(run_id, &accounts)? {
                // One that was excluded is planned anew before it is issued.
                let is_asked = decision == Decision::Approve && draft.state != DraftState::Excluded;
                let why = held_because(&draft).filter(|_| is_asked);
                if let Some(why) = why.as_ref().filter(|_| !whole) {
                    return Err(Error::Refused(format!("{named} can't be approved: {why}")));
                }
                let decided = decided(&draft, &decision, whole).filter(|_| why.is_none());
                rows.extend(decided.map(|(state, reason)| DraftRow { state, reason, decided_at: Some(now), ..draft }));
            }
            tx.replace(&rows)?;
            if let Some(first) = rows.first() {
                let after = json!({ "state": first.state.as_str(), "reason": first.reason, "drafts": rows.len() });
                let mut deed = by.did(AuditKind::DraftsDecided, named.clone()).after(after);
                deed.account_id = (!whole).then_some(first.account_id);
                tx.append_audit(&[deed])?;
            }
            Ok::<_, Error>(rows.len())
        })
        .await
}

/// The new state of a draft, or nothing where the decision doesn't touch it. A decision about a whole run leaves alone
/// what was decided draft by draft.
fn decided(draft: &DraftRow, decision: &Decision, whole: bool) -> Option<(DraftState, Option<String>)> {
    match (draft.state, decision) {
        (DraftState::Issued, _) => None,
        (DraftState::Held | DraftState::Excluded, _) if whole => None,
        (_, Decision::Hold(reason)) => Some((DraftState::Held, Some(reason.clone()))),
        (_, Decision::Exclude(reason)) => Some((DraftState::Excluded, Some(reason.clone()))),
        (DraftState::Approved, Decision::Approve) => None,
        (_, Decision::Approve) => Some((DraftState::Approved, None)),
    }
}
