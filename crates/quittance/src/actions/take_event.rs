//! Takes what a processor tells by itself. An event whose signature is right is kept as it came, in the transaction of its effect;
//! the same one once more changes nothing, and each can be taken again.

use connect::gateway::{BadEvent, Event, Gateway, Method, News as Told};
use store::method::{MethodRow, MethodState};
use store::payment::{GatewayEventRow, GatewayPaymentRow};
use store::{Tx, method::GatewayName};

use crate::actions::look_up_payments::look_up_payment;
use crate::actions::settle_payment::{Desk, News, exception, settle_by_event};
use crate::app::App;
use crate::error::{Error, Result};
use crate::gateway::{name_of, stray};

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It stands, or stood already.
    Yes,
    /// It isn't one of the processor's.
    Bad(BadEvent),
}

/// Takes a message that came with this signature.
///
/// # Errors
/// Those of the database: then the processor sends it again.
pub async fn take_event(app: &App, gateway: &Gateway, body: Vec<u8>, signature: &str) -> Result<Taken> {
    // A sandbox signs by its own clock, which may be moved.
    let now = if matches!(gateway, Gateway::Sandbox(_)) { app.clock.now() } else { app.clock.real() };
    let event = match gateway.read_event(&body, signature, now) {
        Ok(event) => event,
        Err(bad) => return Ok(Taken::Bad(bad)),
    };
    take(app, name_of(gateway), event, body).await.map(|()| Taken::Yes)
}

/// Takes an event that was kept before once more, for what it may have missed then.
///
/// # Errors
/// Those of the database.
pub async fn take(app: &App, gateway: GatewayName, event: Event, body: Vec<u8>) -> Result<()> {
    let row = GatewayEventRow {
        gateway,
        event: event.id.clone(),
        kind: event.kind.clone(),
        body,
        received_at: app.clock.real(),
    };
    match event.what {
        Told::Charge(charge) => {
            let named = (charge.reference.clone(), charge.id.clone());
            match app.store.read(move |tx| payment_of(tx, gateway, &named)).await? {
                Some(payment) => settle_by_event(app, payment.payment_id, News::Charge(charge), row).await,
                None => keep_stray(app, row, stray(&charge)).await,
            }
        }
        Told::AskCharge { charge, reference } => {
            let named = (reference, charge);
            let payment = app.store.read(move |tx| payment_of(tx, gateway, &named)).await?;
            keep(app, row).await?;
            look_at(app, payment).await
        }
        Told::Page { page, reference } => {
            let payment = app.store.read(move |tx| {
                let known = tx.payment_of_page(gateway, &page)?;
                if known.is_some() { Ok(known) } else { tx.gateway_payment_by_number(&reference) }
            });
            let payment = payment.await?;
            keep(app, row).await?;
            look_at(app, payment).await
        }
        Told::Refund(refund) => {
            let named = (String::new(), refund.charge);
            let payment = app.store.read(move |tx| payment_of(tx, gateway, &named)).await?;
            keep(app, row).await?;
            look_at(app, payment).await
        }
        Told::Method(method) => change_methods(app, row, method.id.clone(), Some(method)).await,
        Told::AskMethod(token) => match &app.gateway {
            Some(gateway) => match gateway.method(&token).await {
                Ok(method) => change_methods(app, row, token, Some(method)).await,
                // Not kept: it comes again.
                Err(trouble) => Err(Error::Unreachable(trouble.to_string())),
            },
            None => Ok(()),
        },
        Told::MethodGone(token) => change_methods(app, row, token, None).await,
        Told::Payout(_) | Told::Other => keep(app, row).await,
    }
}

fn payment_of(
    tx: &mut Tx,
    gateway: GatewayName,
    (reference, charge): &(String, String),
) -> Result<Option<GatewayPaymentRow>, store::Error> {
    let named = if reference.is_empty() { None } else { tx.gateway_payment_by_number(reference)? };
    if named.is_some() { Ok(named) } else { tx.payment_of_charge(gateway, charge) }
}

async fn keep(app: &App, row: GatewayEventRow) -> Result<()> {
    Ok(app.store.write(move |tx| tx.insert_or_skip(std::slice::from_ref(&row)).map(drop)).await?)
}

/// Of a payment that is over, too: a refund or an objection comes long after.
async fn look_at(app: &App, payment: Option<GatewayPaymentRow>) -> Result<()> {
    let Some(payment) = payment else { return Ok(()) };
    let (Some(gateway), Some(charge)) = (&app.gateway, &payment.charge) else {
        return look_up_payment(app, payment.payment_id).await;
    };
    match gateway.look_at(charge).await {
        Ok(charge) => {
            crate::actions::settle_payment::settle_payment(app, payment.payment_id, News::Charge(charge)).await
        }
        // The daily comparison asks again.
        Err(trouble) => {
            tracing::warn!(%trouble, payment = payment.number, "the payment processor");
            Ok(())
        }
    }
}

async fn keep_stray(app: &App, row: GatewayEventRow, words: String) -> Result<()> {
    let desk = Desk::of(app);
    let written = app.store.write(move |tx| {
        if tx.insert_or_skip(std::slice::from_ref(&row))? == 1 {
            exception(tx, &desk, None, (format!("stray {words}"), words.clone()))?;
        }
        Ok::<_, store::Error>(())
    });
    Ok(written.await?)
}

/// The network has replaced a card, moved its expiry, or taken it away; or an account's owner has shown that it is theirs.
async fn change_methods(app: &App, row: GatewayEventRow, token: String, method: Option<Method>) -> Result<()> {
    let now = app.clock.now();
    let written = app.store.write(move |tx| {
        if tx.insert_or_skip(std::slice::from_ref(&row))? == 0 {
            return Ok(());
        }
        let known = tx.methods_by_token(row.gateway, &token)?.into_iter().filter(|row| row.state != MethodState::Gone);
        let changed: Vec<MethodRow> = known.map(|row| changed(row, method.as_ref(), now)).collect();
        tx.replace(&changed)
    });
    Ok(written.await?)
}

fn changed(row: MethodRow, method: Option<&Method>, now: jiff::Timestamp) -> MethodRow {
    let Some(method) = method else {
        return MethodRow { state: MethodState::Gone, gone_at: Some(now), is_default: false, ..row };
    };
    MethodRow {
        brand: method.brand.clone(),
        last4: method.last4.clone(),
        expires_on: method.expires_on,
        state: if method.is_verified { MethodState::Usable } else { row.state },
        ..row
    }
}
