//! Webhooks: a processor tells over many connections at once, some of it twice, and each answer waits for the disk.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use connect::Secret;
use connect::gateway::sandbox::{SandboxSettings, Signed};
use connect::gateway::{Amount, Charge, ChargeState, Event, News, Sandbox};
use futures_util::future::try_join_all;
use jiff::tz::TimeZone;
use quittance::actions::start_payment::{Payer, StartPayment, With, start_payment};
use quittance::app::App;
use quittance::audit::Actor;
use quittance::clock::Clock;
use quittance::keys::Keys;
use store::method::{GatewayName, MethodKind, MethodRow, MethodState};
use store::payment::GatewayPaymentRow;

use crate::Result;
use crate::client::{Client, Request, expect_ok};
use crate::customers::{Book, insert};
use crate::instance::{Instance, Maker};
use crate::machine::syncs_per_s;
use crate::report::{Row, Target, median, ms, per_second, percentile};
use crate::runs::{make_runs, months};
use crate::served::Served;

/// Connections at once.
const CONNECTIONS: usize = 64;
/// So many of ten events come once more.
const TWICE_OF_TEN: usize = 3;
/// The rate beside that of the disk's single commits.
const LEAST: f64 = 2.0;

/// Tells of so many payments that they settled.
pub async fn measure(maker: &Maker, payments: usize) -> Result<Vec<Row>> {
    let instance = maker.make("webhooks", months(1).first().ok_or("no months")?.first(), None)?;
    let started = ready(&instance, payments).await?;
    let told = deliveries(&instance, &started)?;
    let before = syncs_per_s(&maker.folder)?;
    let (took, whole) = tokio::task::spawn_blocking({
        let told = Arc::clone(&told);
        move || {
            let served = Served::start(&instance, &Request { path: "/healthz".to_owned(), headers: String::new() })?;
            let took = tell(served.address, &told)?;
            served.end().map(|()| took)
        }
    })
    .await??;
    let syncs = median(vec![before, syncs_per_s(&maker.folder)?]);
    let (rate, worst) = (per_second(told.len(), whole), percentile(took, 99));
    Ok(vec![Row {
        what: format!(
            "Webhooks of {payments} payments over {CONNECTIONS} connections, {} in all, {TWICE_OF_TEN}0 % told twice",
            told.len()
        ),
        ours: format!("{rate:.0} events/s, 99 of 100 within {worst:.1} ms"),
        floor: format!("{syncs:.0} syncs/s"),
        ratio: Some(rate / syncs),
        target: Target::RatioAtLeast(LEAST),
    }])
}

/// An instance with an invoice for each account and a payment of each that the processor was asked for, opened by nobody.
async fn ready(instance: &Instance, payments: usize) -> Result<Vec<GatewayPaymentRow>> {
    let app = instance.open_paying().await?;
    insert(&app, Book::of(payments), &months(1)).await?;
    make_runs(&app, &months(1)).await?;
    let numbers = app.store.read(|tx| tx.listed_invoices(0, i64::MAX)).await?;
    let mut started = Vec::with_capacity(numbers.len());
    for some in numbers.chunks(CONNECTIONS) {
        let of = |number: &str, code: &str, minor| pay(&app, (number.to_owned(), code.to_owned(), minor));
        let asked = some.iter().map(|row| of(&row.number, &row.account_code, row.total_minor));
        started.extend(try_join_all(asked).await?);
    }
    // Nothing else is to happen while events come: no looking up, no rendering.
    let later = Clock::default().real() + Duration::from_secs(86_400);
    let rows: Vec<_> = started.iter().map(|row| GatewayPaymentRow { next_at: later, ..row.clone() }).collect();
    app.store.write(move |tx| tx.replace(&rows)).await?;
    app.give_node_back().await;
    drop(app);
    rusqlite::Connection::open(instance.file())?.execute("DELETE FROM job", [])?;
    Ok(started)
}

async fn pay(app: &App, (number, code, minor): (String, String, i64)) -> Result<GatewayPaymentRow> {
    let method_id = app.ids.mint();
    let account = app.store.read(move |tx| tx.account_by_code(&code)).await?.ok_or("no account")?.account_id;
    let method = MethodRow {
        account_id: account,
        method_id,
        gateway: GatewayName::Sandbox,
        live: false,
        customer: "cus".to_owned(),
        token: "pm".to_owned(),
        kind: MethodKind::Card,
        brand: "Visa".to_owned(),
        last4: "4242".to_owned(),
        expires_on: None,
        name: String::new(),
        state: MethodState::Usable,
        replaced_by: None,
        is_default: true,
        added_by: None,
        added_at: app.clock.now(),
        gone_at: None,
    };
    app.store.write(move |tx| tx.keep_method(&method)).await?;
    let ask = StartPayment {
        key: format!("measured-{number}"),
        parts: vec![(number, minor)],
        ahead: None,
        with: With::Kept(account, method_id),
        on: None,
    };
    let started = start_payment(app, Payer::AutoPay { account }, ask, &Actor::console(app)).await?;
    started.payment.ok_or_else(|| "nothing was to be paid".into())
}

/// What is posted, in order: an event for each payment, and some of them once more a little later.
fn deliveries(instance: &Instance, payments: &[GatewayPaymentRow]) -> Result<Arc<[Signed]>> {
    let sandbox = Sandbox::new(SandboxSettings {
        seed: 1,
        journal: None,
        secret: Secret::from(Keys::read(&instance.data)?.sandbox_secret()),
        pages: String::new(),
        now: Arc::new(|| Clock::default().now()),
        zone: TimeZone::UTC,
    });
    let signed: Option<Vec<Signed>> =
        payments.iter().map(|payment| sandbox.signed(&event(payment), Clock::default().now())).collect();
    let signed = signed.ok_or("an event can't be written")?;
    let mut told = Vec::with_capacity(signed.len() * 2);
    for ten in signed.chunks(10) {
        told.extend_from_slice(ten);
        told.extend(ten.iter().take(TWICE_OF_TEN).cloned());
    }
    Ok(told.into())
}

fn event(payment: &GatewayPaymentRow) -> Event {
    let now = Clock::default().now();
    let charge = Charge {
        id: format!("ch_{}", payment.number),
        key: payment.attempt_key(),
        reference: payment.number.clone(),
        amount: Amount { minor: payment.amount_minor, currency: payment.currency.code().to_owned() },
        live: false,
        state: ChargeState::Settled,
        refunded_minor: 0,
        dispute: None,
        fee_minor: None,
        method: None,
        made_at: now,
    };
    let (id, kind) = (format!("evt_{}", payment.number), "charge.settled".to_owned());
    Event { id, kind, made_at: now, live: false, what: News::Charge(charge) }
}

/// How long each answer took in milliseconds, and all of them together.
fn tell(address: SocketAddr, told: &Arc<[Signed]>) -> Result<(Vec<f64>, Duration)> {
    let next = Arc::new(AtomicUsize::new(0));
    let clients: Result<Vec<Client>> = (0..CONNECTIONS).map(|_| Client::connect(address)).collect();
    let started = Instant::now();
    let threads: Vec<_> = clients?
        .into_iter()
        .map(|mut client| {
            let (told, next) = (Arc::clone(told), Arc::clone(&next));
            std::thread::spawn(move || -> Result<Vec<f64>> {
                let mut took = Vec::new();
                while let Some(event) = told.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    let signature = format!("Sandbox-Signature: {}\r\n", event.signature);
                    expect_ok(&client.tell("/webhooks/sandbox", &signature, str::from_utf8(&event.body)?)?)?;
                    took.push(ms(started.elapsed()));
                }
                Ok(took)
            })
        })
        .collect();
    let mut took = Vec::new();
    for thread in threads {
        took.extend(thread.join().map_err(|_| "a connection panicked")??);
    }
    Ok((took, started.elapsed()))
}
