//! `POST /webhooks/{processor}`: what a processor tells by itself. It is answered once it stands in the database.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connect::gateway::BadEvent;

use crate::actions::take_event::{Taken, take_event};
use crate::app::App;
use crate::web::answer::Problem;
use crate::web::form::LIMIT;
use crate::web::pages::ErrorKind;

/// The header of the signature.
const SIGNATURES: [&str; 2] = ["stripe-signature", "sandbox-signature"];

/// Takes an event. Without a secret nothing is taken (503, and a loud log); with a wrong signature it is refused (400).
pub async fn take(
    State(app): State<App>,
    Path(processor): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let gateway = app.gateway.as_ref().filter(|gateway| gateway.name() == processor).ok_or_else(Problem::not_found)?;
    if body.len() > LIMIT {
        return Err(ErrorKind::TooLarge.into());
    }
    let signature = SIGNATURES.iter().find_map(|name| headers.get(*name)).and_then(|value| value.to_str().ok());
    match take_event(&app, gateway, body.to_vec(), signature.unwrap_or_default()).await? {
        Taken::Yes => Ok(said(StatusCode::OK, "taken")),
        Taken::Bad(BadEvent::NoSecret) => {
            tracing::error!("an event of the payment processor can't be checked: no secret is set");
            Ok(said(StatusCode::SERVICE_UNAVAILABLE, "no secret is set"))
        }
        Taken::Bad(bad) => {
            tracing::warn!(%bad, "an event of the payment processor was refused");
            Ok(said(StatusCode::BAD_REQUEST, "refused"))
        }
    }
}

/// For a program: no page is made of it.
fn said(status: StatusCode, what: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "said": what }))).into_response()
}
