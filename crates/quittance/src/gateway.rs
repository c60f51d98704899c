//! The payment processor of an instance, and its words in ours.

use std::sync::Arc;

use billing::{Currency, Money};
use connect::Secret;
use connect::gateway::sandbox::SandboxSettings;
use connect::gateway::stripe::StripeSettings;
use connect::gateway::{self, Gateway, Sandbox};
use jiff::tz::TimeZone;
use store::method::{GatewayName, MethodKind};
use store::payment::DeclineClass;

use crate::clock::Clock;
use crate::config::{Config, PaymentsConfig, Processor};
use crate::error::{Error, Result};
use crate::keys::Keys;

/// The processor that the settings name; none where they name none. The sandbox's is for sandboxes alone.
///
/// # Errors
/// `Refused` with the sentence that says what is wrong.
pub fn gateway(
    config: &Config,
    is_sandbox: bool,
    (clock, zone): (&Clock, TimeZone),
    keys: &Keys,
) -> Result<Option<Gateway>> {
    let payments = &config.payments;
    match payments.processor {
        Processor::None => Ok(None),
        Processor::Sandbox if !is_sandbox => Err(Error::refused(
            "[payments] processor = \"sandbox\" moves no real money; it is for an instance made with `init --sandbox`",
        )),
        Processor::Sandbox => {
            let clock = clock.clone();
            Ok(Some(Gateway::Sandbox(Sandbox::new(SandboxSettings {
                seed: payments.seed,
                journal: payments.journal.clone(),
                secret: Secret::from(keys.sandbox_secret()),
                pages: format!("{}/sandbox/pay", config.base_url),
                now: Arc::new(move || clock.now()),
                zone,
            }))))
        }
        Processor::Stripe => stripe(payments).map(Some),
    }
}

fn stripe(payments: &PaymentsConfig) -> Result<Gateway> {
    let config = payments.stripe.as_ref().ok_or_else(|| {
        Error::refused("[payments] processor = \"stripe\" needs [payments.stripe] with secret_key_file")
    })?;
    let read = |name: &str, path: &std::path::Path| {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| {
            Error::Refused(format!("[payments.stripe] {name} {} can't be read: {error}", path.display()))
        });
        text.map(|text| Secret::from(text.trim().to_owned()))
    };
    let settings = StripeSettings {
        secret_key: read("secret_key_file", &config.secret_key_file)?,
        webhook_secret: config
            .webhook_secret_file
            .as_ref()
            .map(|path| read("webhook_secret_file", path))
            .transpose()?,
        api: config.api.clone(),
    };
    gateway::Stripe::new(settings).map(Gateway::Stripe).map_err(Error::Refused)
}

/// Minor units of a currency as staff read them: `$412.00`. Of a currency that isn't known here they stand as they came.
pub fn said(minor: i64, currency: &str) -> String {
    let unknown = || format!("{minor} {currency} in its smallest unit");
    Currency::from_code(currency).map_or_else(unknown, |known| Money::new(minor, known).with_currency())
}

/// A charge that no payment here asked for.
pub fn stray(charge: &gateway::Charge) -> String {
    format!("the charge {} of {} is none of ours", charge.id, said(charge.amount.minor, &charge.amount.currency))
}

/// A processor's name as it is stored.
pub fn name_of(gateway: &Gateway) -> GatewayName {
    match gateway {
        Gateway::Stripe(_) => GatewayName::Stripe,
        Gateway::Sandbox(_) => GatewayName::Sandbox,
    }
}

/// A kind of method as the processor's crate has it.
pub fn kind_there(kind: MethodKind) -> gateway::MethodKind {
    match kind {
        MethodKind::Card => gateway::MethodKind::Card,
        MethodKind::Bank => gateway::MethodKind::Bank,
    }
}

/// A kind of method as it is stored.
pub fn kind_here(kind: gateway::MethodKind) -> MethodKind {
    match kind {
        gateway::MethodKind::Card => MethodKind::Card,
        gateway::MethodKind::Bank => MethodKind::Bank,
    }
}

/// What a decline means, as it is stored.
pub fn class_here(class: gateway::DeclineClass) -> DeclineClass {
    match class {
        gateway::DeclineClass::Soft => DeclineClass::Soft,
        gateway::DeclineClass::Hard => DeclineClass::Hard,
        gateway::DeclineClass::Authentication => DeclineClass::Authentication,
        gateway::DeclineClass::NoPermission => DeclineClass::NoPermission,
    }
}
