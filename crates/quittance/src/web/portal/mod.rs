//! The customer's pages.

mod accounts;
pub(super) mod audit;
pub(super) mod autopay;
mod billing_contact;
pub(super) mod certificates;
mod contacts;
mod content;
mod csv;
mod demo;
mod download;
mod health;
mod help;
mod invoice;
mod invoices;
mod landing;
mod mails;
pub(super) mod mandates;
mod methods;
mod microsoft;
mod objections;
mod passkeys;
pub(super) mod pay;
pub(super) mod payments;
mod plain;
pub(super) mod profile;
mod prove;
pub(super) mod query;
mod questions;
pub(super) mod receipts;
mod recipients;
mod sandbox;
mod sessions;
pub(super) mod shown;
mod sign_in;
mod statements;
mod webhooks;
mod work;
mod zip;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub use content::content_routes;

/// The doors: landing, signing in, sessions, help, health, and the demo's mailbox.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(landing::landing))
        .route("/sign-in", get(sign_in::address_page).post(sign_in::ask))
        .route("/sign-in/code", get(sign_in::code_page).post(sign_in::enter))
        .route("/sign-out", post(sessions::sign_out))
        .route("/sessions", get(sessions::sessions))
        .route("/sessions/end-others", post(sessions::end_others))
        .route("/sessions/{id}/end", post(sessions::end))
        .route("/prove", get(prove::prove))
        .route("/sign-in/passkey", get(passkeys::nowhere).post(passkeys::enter))
        .route("/sign-in/passkey/challenge", post(passkeys::challenge))
        .route("/sign-in/microsoft", get(passkeys::nowhere).post(microsoft::go))
        .route("/sign-in/microsoft/unlink", post(microsoft::unlink))
        .route("/sign-in/microsoft/callback", get(microsoft::callback))
        .route("/passkeys", get(passkeys::list).post(passkeys::add))
        .route("/passkeys/new", get(passkeys::new).post(passkeys::offer))
        .route("/passkeys/not-now", post(passkeys::not_now))
        .route("/passkeys/{id}/name", post(passkeys::rename))
        .route("/passkeys/{id}/remove", post(passkeys::remove))
        .route("/help", get(help::help))
        .route("/billing-contact", get(billing_contact::page).post(billing_contact::ask))
        .route("/webhooks/{processor}", post(webhooks::take))
        .route("/sandbox/pay/{page}", get(sandbox::page).post(sandbox::complete))
        .route("/sandbox/pay/{page}/back", post(sandbox::back))
        .route("/button", get(help::button))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/demo/mailbox", get(demo::mailbox))
        .route("/demo/mailbox.json", get(demo::mailbox_json))
        .route("/demo/people.json", get(demo::people_json))
        .route("/demo/clock", post(demo::move_clock))
        .route("/demo/office", post(demo::come_into_office))
        .route("/demo/mailbox/{number}", get(demo::mail))
        .route("/demo/mailbox/{number}/{file}", get(demo::enclosure))
}
