//! `GET /office/audit`: who did what, in pages, by account, person and kind.

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use store::audit::{AuditFilter, AuditKind};

use super::Office;
use crate::app::App;
use crate::audit::{accounts_of, called};
use crate::web::answer::{Answer, Page};
use crate::web::pages::{AuditLine, Choice, OfficeAuditPage};
use crate::web::portal::audit::{PAGE, line, older};
use crate::web::portal::query::Asked;

/// What can be looked for, in the order of the words.
fn kinds(chosen: Option<AuditKind>) -> Vec<Choice> {
    let choice = |kind: Option<AuditKind>| Choice {
        value: kind.map_or("", |kind| kind.as_str()).to_owned(),
        text: kind.map_or("everything", called).to_owned(),
        count: String::new(),
        chosen: kind == chosen,
    };
    let mut known: Vec<Choice> = AuditKind::ALL.iter().map(|kind| choice(Some(*kind))).collect();
    known.sort_by_key(|one| one.text.to_lowercase());
    std::iter::once(choice(None)).chain(known).collect()
}

/// The log, the newest first.
pub async fn audit(State(app): State<App>, office: Office, RawQuery(asked): RawQuery) -> Answer {
    let mut asked = Asked::new(asked.as_deref());
    let code = asked.value("account", |text| Some(text.to_owned())).unwrap_or_default();
    let actor = asked.value("person", |text| Some(text.trim().to_lowercase())).unwrap_or_default();
    let kind: Option<AuditKind> = asked.value("kind", |text| text.parse().ok());
    let before = asked.value("before", |text| text.parse().ok()).unwrap_or(i64::MAX);
    let (wanted, by) = (code.clone(), actor.clone());
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let read = app.store.read(move |tx| {
        let account = tx.account_by_code(&wanted)?.map(|account| account.account_id);
        if account.is_none() && !wanted.is_empty() {
            return Ok::<_, store::Error>((Vec::new(), Vec::new()));
        }
        let filter = AuditFilter { account, actor: by.clone(), kind };
        let rows = tx.audit_before(before, &filter, limit)?;
        Ok((accounts_of(tx, &rows)?, rows))
    });
    let (accounts, rows) = read.await?;
    let word = kind.map_or("", |kind| kind.as_str());
    let pairs = [("account", code.as_str()), ("person", actor.as_str()), ("kind", word)];
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let older = older(&rows, |serial| format!("/office/audit?{query}&before={serial}"));
    let (formats, now) = (app.formats(None), app.clock.real());
    let shown = rows.iter().take(PAGE).map(|row| {
        let about = accounts.iter().find(|account| Some(account.account_id) == row.account_id);
        let code = about.map(|account| account.code.clone()).unwrap_or_default();
        AuditLine { account: code, ..line(&app, row, (about.map(|account| account.currency), formats, now)) }
    });
    let lines = shown.collect();
    let page =
        OfficeAuditPage { frame: office.frame(&app), account: code, person: actor, kinds: kinds(kind), lines, older };
    Ok(Page(page).into_response())
}
