//! `GET /accounts/{account}/audit`: what was done about an account, for its admins.

use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::Value as Json;
use store::audit::AuditRow;

use super::accounts::administered;
use super::query::Asked;
use crate::app::App;
use crate::audit::called;
use crate::web::answer::{Answer, Page};
use crate::web::moment::moment;
use crate::web::pages::{AuditLine, AuditPage};
use crate::web::session::SignedIn;

/// Rows on one page.
pub const PAGE: usize = 50;

/// The account's part of the log, the newest first.
pub async fn audit(
    State(app): State<App>,
    me: SignedIn,
    Path(code): Path<String>,
    RawQuery(asked): RawQuery,
) -> Answer {
    let account = administered(&me, &code)?;
    let before = Asked::new(asked.as_deref()).value("before", |text| text.parse().ok()).unwrap_or(i64::MAX);
    let (id, limit) = (account.account_id, i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    let rows = app.store.read(move |tx| tx.account_audit(id, before, limit)).await?;
    let older = older(&rows, |serial| format!("/accounts/{code}/audit?before={serial}"));
    let now = app.clock.real();
    let lines = rows.iter().take(PAGE).map(|row| line(&app, row, now)).collect();
    let back = format!("/accounts/{code}/contacts");
    Ok(Page(AuditPage { frame: me.frame(&app), account_name: account.name, back, lines, older }).into_response())
}

/// Where the next page begins; empty where this is the last one.
pub fn older(rows: &[AuditRow], href: impl Fn(i64) -> String) -> String {
    let last = if rows.len() > PAGE { rows.get(PAGE - 1) } else { None };
    last.map_or_else(String::new, |row| href(row.serial))
}

/// A row in words.
pub fn line(app: &App, row: &AuditRow, now: Timestamp) -> AuditLine {
    let who = match row.actor.as_str() {
        "console" => app.provider().name.clone(),
        "program" => "By itself".to_owned(),
        actor => actor.to_owned(),
    };
    AuditLine {
        serial: row.serial.to_string(),
        at: moment(app, row.made_at, now),
        who,
        acting_as: row.acting_as.clone().unwrap_or_default(),
        what: called(row.kind).to_owned(),
        subject: row.subject.clone(),
        change: change(row),
        network: if row.network.contains('/') { row.network.clone() } else { String::new() },
        account: String::new(),
    }
}

/// `role: viewer, now admin`, field by field.
fn change(row: &AuditRow) -> String {
    let side = |json: &Option<String>| -> serde_json::Map<String, Json> {
        json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    };
    let (before, after) = (side(&row.before), side(&row.after));
    let mut parts = Vec::new();
    for (name, was) in &before {
        match after.get(name) {
            Some(is) if is == was => {}
            Some(is) => parts.push(format!("{name}: {}, now {}", shown(was), shown(is))),
            None => parts.push(format!("{name}: {}", shown(was))),
        }
    }
    let new = after.iter().filter(|(name, _)| !before.contains_key(*name));
    parts.extend(new.map(|(name, is)| format!("{name}: {}", shown(is))));
    parts.join("; ").replace('_', " ")
}

fn shown(json: &Json) -> String {
    match json {
        Json::Null => "nothing".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
