//! The customer's pages.

mod content;

use axum::Router;

use crate::app::App;

pub use content::content_routes;

/// The doors: landing, signing in, sessions, help, health, and the demo's mailbox.
pub fn routes() -> Router<App> {
    Router::new()
}
