//! The signed-in content pages.

use axum::Router;
use axum::routing::{get, post};

use super::{download, invoice, invoices, mails, work};
use crate::app::App;

/// Invoices, an invoice, work, downloads.
pub fn content_routes() -> Router<App> {
    Router::new()
        .route("/invoices", get(invoices::invoices))
        .route("/invoices.csv", get(download::list_csv))
        .route("/invoices.zip", get(download::archive))
        // One invoice, its PDF or its lines: the last part of the path says which.
        .route("/invoices/{name}", get(invoice::invoice))
        .route("/invoices/{name}/mails", post(mails::mail_again))
        .route("/work", get(work::work))
}
