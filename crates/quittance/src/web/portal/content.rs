//! The signed-in content pages.

use axum::Router;
use axum::routing::{get, post};

use super::{
    accounts, audit, autopay, certificates, contacts, download, invoice, invoices, mails, mandates, methods,
    objections, pay, payments, plain, profile, questions, receipts, recipients, statements, work,
};
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
        .route("/invoices/{name}/forwards", post(mails::forward))
        .route("/invoices/{name}/payments", post(pay::start_one))
        .route("/invoices/{name}/autopay", post(autopay::skip))
        .route("/autopay", get(autopay::autopay).post(autopay::propose))
        .route("/autopay/preview", get(autopay::preview))
        .route("/autopay/{account}/{version}", get(autopay::prepared))
        .route("/autopay/{account}/{version}/{deed}", post(autopay::decide))
        .route("/autopay/{account}/mandates/{name}", get(mandates::mandate))
        .route("/invoices/{name}/questions", post(questions::ask))
        .route("/invoices/{name}/questions/{id}/messages", post(questions::reply))
        .route("/invoices/{name}/questions/{id}/settlement", post(questions::settle))
        .route("/pay", get(pay::pay))
        .route("/pay/{token}", get(pay::link::page))
        .route("/pay/{token}/payments", post(pay::link::start))
        .route("/payments", get(payments::payments).post(pay::start))
        .route("/payments/{number}", get(payments::payment))
        .route("/payments/{number}/receipt.pdf", get(receipts::receipt))
        .route("/payments/{number}/cancel", post(payments::cancel))
        .route("/methods", get(methods::methods))
        .route("/methods/new", get(methods::left))
        .route("/methods/{account}/{method}", post(methods::add))
        .route("/methods/{account}/{method}/replacement", post(methods::replace))
        .route("/methods/{account}/{method}/{deed}", post(methods::change))
        .route("/credit-notes/{name}", get(plain::credit_note))
        .route("/late-fees/{name}", get(plain::late_fee))
        .route("/statements", get(statements::statements))
        .route("/statements.csv", get(statements::statement_csv))
        .route("/statements.pdf", get(statements::statement_pdf))
        .route("/work", get(work::work))
        .route("/accounts", get(accounts::accounts))
        .route("/accounts/{account}/audit", get(audit::audit))
        .route("/accounts/{account}/profile", get(profile::profile).post(profile::ask))
        .route("/accounts/{account}/po-numbers", post(profile::set_po))
        .route("/accounts/{account}/formats", post(profile::save_formats))
        .route("/accounts/{account}/certificates", post(certificates::hand_in))
        .route("/accounts/{account}/certificates/{id}", get(certificates::download))
        .route("/w9.pdf", get(certificates::w9))
        .route("/accounts/{account}/contacts", get(contacts::contacts).post(contacts::add))
        .route("/accounts/{account}/contacts/{person}", get(contacts::contact).post(contacts::change))
        .route("/accounts/{account}/contacts/{person}/removal", post(contacts::remove))
        .route("/accounts/{account}/recipients", post(recipients::set))
        .route("/accounts/{account}/recipients/removal", post(recipients::remove))
        .route("/accounts/{account}/objections", get(objections::page).post(objections::object))
}
