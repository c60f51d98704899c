//! The signed-in content pages.

use axum::Router;

use crate::app::App;

/// Invoices, an invoice, work, downloads.
pub fn content_routes() -> Router<App> {
    Router::new()
}
