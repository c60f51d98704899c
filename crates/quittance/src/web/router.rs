//! All routes and the layers around them.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

use crate::app::App;
use crate::web::answer::Problem;
use crate::web::pages::ErrorKind;
use crate::web::session::MaybeSignedIn;
use crate::web::{assets, csrf, dress, office, portal, record};

/// The portal as a service. It starts nothing by itself: `serve` does.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/assets/{name}", get(assets::asset))
        .merge(portal::routes())
        .merge(portal::content_routes())
        .merge(office::routes())
        .fallback(nowhere)
        .method_not_allowed_fallback(|| async { Problem::from(ErrorKind::WrongMethod) })
        .layer(from_fn_with_state(app.clone(), csrf::check))
        .layer(from_fn_with_state(app.clone(), dress::dress))
        .layer(from_fn_with_state(app.clone(), record::record))
        .layer(CompressionLayer::new().gzip(true).compress_when(DefaultPredicate::new().and(is_page)))
        .with_state(app)
}

/// Who is asking is found out for the page's sake alone, and may fail.
async fn nowhere(_: Result<MaybeSignedIn, Problem>) -> Problem {
    Problem::not_found()
}

/// Only pages shrink here: assets are packed already, documents and archives don't get smaller.
fn is_page(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    headers.get(axum::http::header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
