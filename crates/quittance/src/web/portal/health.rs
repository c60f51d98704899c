//! For whoever watches the program: is it alive, and can it answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok"
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    down: Vec<&'static str>,
}

/// `GET /readyz`: 200 where pages can be read, which needs the database alone; `down` names what else is missing.
pub async fn ready(State(app): State<App>) -> Response {
    let instance = app.store.read(|tx| tx.instance()).await;
    let ready = matches!(instance, Ok(Some(_)));
    let parts = [("database", !ready), ("mail", app.mail_is_down())];
    let down = parts.into_iter().filter_map(|(name, is_down)| is_down.then_some(name)).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, down })).into_response()
}
