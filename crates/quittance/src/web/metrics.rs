//! `GET /metrics`, on a listener of its own that only this machine reaches.

use std::net::TcpListener;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::error::{Error, Result};
use crate::metrics::exposition;

/// Serves the metrics until it is dropped.
///
/// # Errors
/// `Unreachable` where the listener can't be used.
pub async fn serve_metrics(app: App, listener: TcpListener) -> Result<()> {
    let unusable = |error: std::io::Error| Error::Unreachable(format!("metrics can't be served: {error}"));
    listener.set_nonblocking(true).map_err(unusable)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(unusable)?;
    let router = Router::new().route("/metrics", get(metrics)).with_state(app);
    axum::serve(listener, router).await.map_err(unusable)
}

async fn metrics(State(app): State<App>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, exposition(&app).await).into_response()
}
