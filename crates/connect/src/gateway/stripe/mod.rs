//! Stripe: about fifteen calls of its interface, at one version of it, read leniently.
//!
//! Cards and accounts are entered on Stripe's own page alone, to which the visitor is sent; so none of their data ever
//! comes here. Whatever isn't needed isn't read, and what is new is passed over: an event must never get lost because a
//! field beside it changed.

mod calls;
mod charges;
mod client;
mod events;
mod form;
mod methods;
mod pages;
mod payouts;
mod thing;

use jiff::Timestamp;

use self::client::Client;
use super::{BadEvent, Event, signature};
use crate::Secret;

/// How we speak with it. <https://docs.stripe.com/api/versioning>
pub const VERSION: &str = "2026-01-28.clover";

/// What Stripe is reached with.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// `sk_live_…`, or better a restricted one (`rk_live_…`); `…_test_…` moves nothing. It must be allowed to write
    /// Checkout Sessions, Customers, PaymentIntents, PaymentMethods and Refunds, and to read Balance transactions, Charges,
    /// Disputes, Payouts and SetupIntents.
    pub secret_key: Secret,
    /// `whsec_…`; without it no event is taken.
    pub webhook_secret: Option<Secret>,
    /// `https://api.stripe.com`, or a counterpart on the loopback.
    pub api: String,
}

/// Stripe, with its connections. Clones share them.
#[derive(Clone)]
pub struct Stripe {
    client: Client,
    webhook_secret: Option<Secret>,
}

impl Stripe {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the settings.
    pub fn new(settings: StripeSettings) -> Result<Self, String> {
        let client = Client::new(settings.secret_key, &settings.api)?;
        if let Some(secret) = &settings.webhook_secret
            && secret.reveal().is_empty()
        {
            return Err("Stripe's secret for events is empty: leave it out, or copy it from Stripe's page of webhooks"
                .to_owned());
        }
        Ok(Self { client, webhook_secret: settings.webhook_secret })
    }

    pub(super) fn is_live(&self) -> bool {
        self.client.is_live()
    }

    pub(super) fn read_event(&self, body: &[u8], header: &str, now: Timestamp) -> Result<Event, BadEvent> {
        let secret = self.webhook_secret.as_ref().ok_or(BadEvent::NoSecret)?;
        signature::check(body, header, secret, now)?;
        Self::read_kept(body)
    }

    pub(super) fn read_kept(body: &[u8]) -> Result<Event, BadEvent> {
        events::read(body)
    }
}
