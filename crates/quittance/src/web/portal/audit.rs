//! `GET /accounts/{account}/audit`: what was done about an account, for its admins.

use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use billing::{Currency, Money};
use jiff::Timestamp;
use serde_json::Value as Json;
use store::audit::{AuditKind, AuditRow};

use super::accounts::administered;
use super::query::Asked;
use crate::app::App;
use crate::audit::called;
use crate::formats::Formats;
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
    let (currency, formats) = (Some(account.currency), me.formats(&app));
    let lines = rows.iter().take(PAGE).map(|row| line(&app, row, (currency, formats, now))).collect();
    let back = format!("/accounts/{code}/contacts");
    Ok(Page(AuditPage { frame: me.frame(&app), account_name: account.name, back, lines, older }).into_response())
}

/// Where the next page begins; empty where this is the last one.
pub fn older(rows: &[AuditRow], href: impl Fn(i64) -> String) -> String {
    let last = if rows.len() > PAGE { rows.get(PAGE - 1) } else { None };
    last.map_or_else(String::new, |row| href(row.serial))
}

/// A row in words. Its amounts are in the account's currency, where it is about one.
pub fn line(app: &App, row: &AuditRow, (currency, formats, now): (Option<Currency>, Formats, Timestamp)) -> AuditLine {
    let who = match row.actor.as_str() {
        "console" => app.provider().name.clone(),
        "program" => "By itself".to_owned(),
        actor => actor.to_owned(),
    };
    AuditLine {
        serial: row.serial.to_string(),
        at: moment(app, formats, row.made_at, now),
        who,
        acting_as: row.acting_as.clone().unwrap_or_default(),
        what: called(row.kind).to_owned(),
        subject: subject(row),
        change: change(row, currency.unwrap_or(app.provider().currency)),
        network: if row.network.contains('/') { row.network.clone() } else { String::new() },
        account: String::new(),
    }
}

/// What was booked begins with a word of the books: `write_off: Kept by the bank`.
fn subject(row: &AuditRow) -> String {
    match row.subject.split_once(": ") {
        Some((word, rest)) if row.kind == AuditKind::Booking => format!("{}: {rest}", word.replace('_', " ")),
        _ => row.subject.clone(),
    }
}

/// `role: viewer, now admin`, field by field.
fn change(row: &AuditRow, currency: Currency) -> String {
    let side = |json: &Option<String>| -> serde_json::Map<String, Json> {
        json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    };
    // A rule of Auto Pay stands on its own page, with all its versions.
    let said = |mut side: serde_json::Map<String, Json>| {
        side.retain(|name, json| !json.is_object() && name != "version");
        side
    };
    let (before, after) = (said(side(&row.before)), said(side(&row.after)));
    let mut parts = Vec::new();
    for (name, was) in &before {
        match after.get(name) {
            Some(is) if is == was => {}
            Some(is) => {
                let (was, is) = (shown(name, was, currency), shown(name, is, currency));
                parts.push(format!("{}: {was}, now {is}", field(name)));
            }
            None => parts.push(format!("{}: {}", field(name), shown(name, was, currency))),
        }
    }
    let new = after.iter().filter(|(name, is)| !before.contains_key(*name) && !is.is_null());
    parts.extend(new.map(|(name, is)| format!("{}: {}", field(name), shown(name, is, currency))));
    parts.join("; ")
}

/// `amount` of `amount_minor`, `tax region` of `tax_region`.
fn field(name: &str) -> String {
    name.strip_suffix("_minor").unwrap_or(name).replace('_', " ")
}

fn shown(name: &str, json: &Json, currency: Currency) -> String {
    let money = |minor: i64| Money::new(minor, currency).to_string();
    match json {
        Json::Null => "nothing".to_owned(),
        Json::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) if name.ends_with("_minor") => number.as_i64().map(money).unwrap_or_default(),
        Json::Array(items) => match items.as_slice() {
            // A document and what of it.
            [Json::String(number), Json::Number(minor)] => {
                format!("{number} {}", minor.as_i64().map(money).unwrap_or_default())
            }
            items => items.iter().map(|item| shown(name, item, currency)).collect::<Vec<_>>().join(", "),
        },
        other => other.to_string(),
    }
}
