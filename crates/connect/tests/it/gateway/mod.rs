//! Payment processors: the sandbox and its laws, Stripe over HTTP, signatures and events.

mod charging;
mod checkout;
mod counterpart;
mod events;
mod journal;
mod laws;
mod local;
mod objects;
mod openapi;
mod recorder;
mod sandbox;
mod signatures;

use std::sync::{Arc, Mutex};

use connect::Secret;
use connect::gateway::sandbox::TestMethod;
use connect::gateway::{
    Amount, ChargeAsk, Gateway, Keep, Method, MethodKind, PageAsk, PageState, Sandbox, SandboxSettings,
};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A clock that moves when it is told to.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<Timestamp>>);

impl Clock {
    /// Monday, 2 November 2026, nine in the morning in Chicago.
    pub fn monday() -> Self {
        Self(Arc::new(Mutex::new("2026-11-02T15:00:00Z".parse().unwrap())))
    }

    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap() = at;
    }

    /// Local days: nine in the morning stays nine in the morning.
    pub fn days(&self, days: i64) {
        self.set(self.now().to_zoned(zone()).checked_add(days.days()).unwrap().timestamp());
    }
}

pub fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

/// A sandbox on a clock, in memory.
pub fn sandbox(clock: &Clock) -> Sandbox {
    sandbox_with(clock, 7, None)
}

pub fn sandbox_with(clock: &Clock, seed: u64, journal: Option<std::path::PathBuf>) -> Sandbox {
    let clock = clock.clone();
    Sandbox::new(SandboxSettings {
        seed,
        journal,
        secret: secret(),
        pages: "http://127.0.0.1:8080/sandbox/".to_owned(),
        now: Arc::new(move || clock.now()),
        zone: zone(),
    })
}

pub fn secret() -> Secret {
    Secret::from("whsec_of_the_tests".to_owned())
}

pub fn usd(minor: i64) -> Amount {
    Amount { minor, currency: "USD".to_owned() }
}

/// A page on which Acme pays an invoice once.
pub fn page_ask(key: &str, kind: MethodKind) -> PageAsk {
    PageAsk {
        key: key.to_owned(),
        reference: format!("payment-of-{key}"),
        amount: Some(usd(412_00)),
        kind,
        keep: Keep::Once,
        customer: None,
        payer: ("Acme".to_owned(), "alice@acme.example".to_owned()),
        words: "Invoice INV-1043".to_owned(),
        done_url: "https://billing.provider.example/done".to_owned(),
        back_url: "https://billing.provider.example/back".to_owned(),
    }
}

/// A page on which Acme leaves a method.
pub fn leaving_ask(key: &str, kind: MethodKind) -> PageAsk {
    PageAsk { amount: None, keep: Keep::ForLater, ..page_ask(key, kind) }
}

/// A charge of a kept method.
pub fn charge_ask(key: &str, method: &Method) -> ChargeAsk {
    ChargeAsk {
        key: key.to_owned(),
        reference: format!("payment-of-{key}"),
        amount: usd(412_00),
        customer: method.customer.clone(),
        method: method.id.clone(),
        kind: method.kind,
        words: "INV-1043".to_owned(),
    }
}

/// Acme leaves a test method on the sandbox's page.
pub async fn left(sandbox: &Sandbox, test: TestMethod) -> Method {
    let gateway = Gateway::Sandbox(sandbox.clone());
    let page = gateway.open_page(&leaving_ask(&format!("leave-{}", test.name()), test.kind())).await.unwrap();
    sandbox.complete(&page.id, test).unwrap();
    match gateway.page(&page.id).await.unwrap() {
        PageState::Done { charge: None, method: Some(method) } => method,
        other => panic!("{other:?}"),
    }
}
