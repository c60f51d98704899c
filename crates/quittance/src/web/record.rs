//! One line in the log and one count for each request: never its address, which may hold what is nobody's business.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::app::App;
use crate::code;

/// What to read out on the phone: it stands in the log beside everything that a request led to.
#[derive(Clone, Debug, Default)]
pub struct Trace(pub String);

/// Routes that watchers and browsers ask for all the time.
const QUIET: [&str; 3] = ["/assets/{name}", "/healthz", "/readyz"];

/// The layer around all others.
pub async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let method = name_of(request.method());
    let trace = Trace(code::trace());
    let span = tracing::info_span!("request", trace = trace.0);
    request.extensions_mut().insert(trace);
    let started = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (started.elapsed(), response.status().as_u16());
    let route = matched.as_ref().map_or("none", MatchedPath::as_str);
    app.metrics.answered(route, status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| {
        if QUIET.contains(&route) {
            tracing::debug!(method, route, status, ms, "answered");
        } else {
            tracing::info!(method, route, status, ms, "answered");
        }
    });
    response
}

/// Anything can stand where a method should.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
