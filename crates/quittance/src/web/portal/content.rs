//! The signed-in content pages.

use axum::Router;
use axum::routing::{get, post};

use super::{download, invoice, invoices, mails, plain, statements, work};
use crate::app::App;

/// Invoices, an invoice, credit notes, late fees, statements, work, downloads.
pub fn content_routes() -> Router<App> {
    Router::new()
        .route("/invoices", get(invoices::invoices))
        .route("/invoices.csv", get(download::list_csv))
        .route("/invoices.zip", get(download::archive))
        // One invoice, its PDF or its lines: the last part of the path says which.
        .route("/invoices/{name}", get(invoice::invoice))
        .route("/invoices/{name}/mails", post(mails::mail_again))
        .route("/credit-notes/{name}", get(plain::credit_note))
        .route("/late-fees/{name}", get(plain::late_fee))
        .route("/statements", get(statements::statements))
        .route("/statements.csv", get(statements::statement_csv))
        .route("/statements.pdf", get(statements::statement_pdf))
        .route("/work", get(work::work))
}
