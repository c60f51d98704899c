//! The provider's own pages: what waits, who reaches nobody, who did what.

mod accounts;
mod audit;
mod autopay;
mod by_hand;
mod doctor;
mod door;
mod home;
mod join;
mod payments;
mod questions;
mod requests;
mod viewing;

use axum::Router;
use axum::routing::{get, post};
use billing::staff::Rights;

use crate::app::App;

pub use door::Office;

/// All of the office.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/office", get(home::home))
        .route("/office/accounts", get(accounts::list))
        .route("/office/join/{token}", get(join::page).post(join::join))
        .route("/office/requests", get(requests::list))
        .route("/office/requests/{id}", get(requests::request).post(requests::check))
        .route("/office/requests/{id}/decision", post(requests::decide))
        .route("/office/payments", get(payments::list).post(payments::record))
        .route("/office/payments/{number}", get(payments::one))
        .route("/office/payments/{number}/receipt.pdf", get(payments::receipt))
        .route("/office/payments/{number}/refunds", post(payments::refund))
        .route("/office/payments/{number}/refunds/{id}", post(payments::decide))
        .route("/office/payments/exceptions/{id}", post(payments::resolve))
        .route("/office/requests/{id}/certificate", get(requests::certificate))
        .route("/office/questions", get(questions::list))
        .route("/office/questions/{id}", get(questions::question).post(questions::answer))
        .route("/office/viewing", post(viewing::begin))
        .route("/office/viewing/end", post(viewing::end))
        .route("/office/autopay", get(autopay::list))
        .route("/office/autopay/new", get(autopay::new).post(autopay::send))
        .route("/office/autopay/{account}/{version}", get(autopay::rule))
        .route("/office/autopay/{account}/{version}/{deed}", post(autopay::decide))
        .route("/office/autopay/{account}/mandates/{name}", get(autopay::mandate))
        .route("/office/audit", get(audit::audit))
        .route("/office/doctor", get(doctor::doctor))
}

/// What deciding about a request needs.
const DECIDES: Rights = Rights::Billing;
