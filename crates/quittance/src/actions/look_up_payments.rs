//! Asks the processor what became of payments whose outcome isn't known: answers that got lost, pages that somebody is on, debits
//! that take days. Planned payments are begun on their day. Safe to call at any time and by several processes at once.

use billing::payment::{Known, PaymentState};
use connect::gateway::{Charge, ChargeState, Gateway, PageState, Trouble};
use jiff::{SignedDuration, Timestamp};
use store::payment::GatewayPaymentRow;
use store::{PaymentId, Tx};

use crate::actions::ask_processor::ask_processor;
use crate::actions::settle_payment::{News, later, settle_payment};
use crate::actions::start_payment::cancel;
use crate::app::App;
use crate::error::{Error, Result};
use crate::lease::{LEASE, holding};

/// How many are asked for in one go.
const BATCH: i64 = 50;
/// A payment that the processor has never heard of so long after it was written down will never be: whoever wrote it down died
/// before asking.
const NEVER_ASKED: SignedDuration = SignedDuration::from_mins(2);
/// The same where it was asked and no answer came: a processor's lists may lag behind its charges.
const NEVER_ARRIVED: SignedDuration = SignedDuration::from_mins(30);

/// Asks for everything that is due; gives how many payments were looked at.
///
/// # Errors
/// Those of the database.
pub async fn look_up_payments(app: &App) -> Result<usize> {
    let Some(gateway) = &app.gateway else { return Ok(0) };
    begin_planned(app).await?;
    let (now, lease_until) = (app.clock.real(), app.clock.real() + LEASE);
    let claimed = app.store.write(move |tx| tx.claim_payments(now, lease_until, BATCH)).await?;
    let count = claimed.len();
    let all = async {
        for payment in claimed {
            look_up(app, gateway, payment).await?;
        }
        Ok(())
    };
    holding(app, lease_until, Tx::renew_payments, all).await.unwrap_or(Ok(())).map(|()| count)
}

/// Asks for one payment now, whoever has it in hand: it is learned the same way by all.
///
/// # Errors
/// Those of the database; `NotFound` where there is no such payment.
pub async fn look_up_payment(app: &App, payment: PaymentId) -> Result<()> {
    let Some(gateway) = &app.gateway else { return Ok(()) };
    let payment = app.store.read(move |tx| tx.gateway_payment(payment)).await?.ok_or(Error::NotFound)?;
    if payment.state.is_under_way() { look_up(app, gateway, payment).await } else { Ok(()) }
}

async fn look_up(app: &App, gateway: &Gateway, payment: GatewayPaymentRow) -> Result<()> {
    let news = match &payment.page {
        Some(page) if payment.known() == Known::NOTHING => of_page(gateway, page).await,
        _ => of_charge(app, gateway, &payment).await,
    };
    let next_at = later(app.clock.real(), payment.looks);
    let news = news.unwrap_or_else(|trouble| {
        tracing::warn!(%trouble, payment = payment.number, "the payment processor");
        None
    });
    settle_payment(app, payment.payment_id, news.unwrap_or(News::NothingYet { next_at })).await
}

/// What a page says; nothing while somebody may still pay on it.
async fn of_page(gateway: &Gateway, page: &str) -> Result<Option<News>, Trouble> {
    Ok(match gateway.page(page).await? {
        PageState::Open | PageState::Done { charge: None, .. } => None,
        PageState::Done { charge: Some(charge), .. } => Some(News::Charge(charge)),
        PageState::Expired => Some(News::PageOver),
    })
}

/// What is known of the charge. Where the processor knows none for long enough, there never was one.
async fn of_charge(app: &App, gateway: &Gateway, payment: &GatewayPaymentRow) -> Result<Option<News>, Trouble> {
    if let Some(charge) = &payment.charge {
        return gateway.look_at(charge).await.map(News::Charge).map(Some);
    }
    let asked_at = payment.asked_at.unwrap_or(payment.made_at);
    let since = asked_at.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let charges = gateway.find(&payment.number, since).await?;
    if let Some(charge) = best(charges, &payment.attempt_key()) {
        return Ok(Some(News::Charge(charge)));
    }
    let patience = if payment.state == PaymentState::Unknown { NEVER_ARRIVED } else { NEVER_ASKED };
    let is_late = app.clock.now().duration_since(asked_at) > patience;
    Ok(is_late.then(|| News::NotAsked { why: "processor_unreachable".to_owned() }))
}

/// Of several attempts the one that took money, or may; else the newest of this attempt's.
fn best(charges: Vec<Charge>, key: &str) -> Option<Charge> {
    let failed = |charge: &Charge| matches!(charge.state, ChargeState::Failed(_) | ChargeState::Canceled);
    let (lost, good): (Vec<_>, Vec<_>) = charges.into_iter().partition(failed);
    good.into_iter().next().or_else(|| lost.into_iter().rfind(|charge| charge.key.is_empty() || charge.key == key))
}

/// Planned payments whose day has come are begun, for what is still open of their invoices.
async fn begin_planned(app: &App) -> Result<()> {
    if app.held_because().await?.is_some() {
        return Ok(());
    }
    let today = app.today();
    for payment in app.store.read(move |tx| tx.due_payments(today)).await? {
        let (id, now, real) = (payment.payment_id, app.clock.now(), app.clock.real());
        let begun = app.store.write(move |tx| begin(tx, id, (now, real))).await;
        match begun {
            // A planned one has a kept method: nobody goes to a page.
            Ok(true) => drop(ask_processor(app, id, "/payments").await?),
            Ok(false) => {}
            // Something else takes one of its invoices at this moment: it is over then, or begins with the next look.
            Err(error) if error.is_conflict("payment_part(account_id, document_id)") => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether it has begun. What was paid meanwhile is not paid again.
fn begin(tx: &mut Tx, id: PaymentId, (now, real): (Timestamp, Timestamp)) -> Result<bool, store::Error> {
    let Some(payment) = tx.lock_payment(id)?.filter(|payment| payment.state == PaymentState::Planned) else {
        return Ok(false);
    };
    let mut parts = tx.payment_parts(id)?;
    for part in &mut parts {
        let Some(document) = part.document_id else { continue };
        let open = tx.invoice_state(part.account_id, document)?.map_or(0, |state| state.balance_minor);
        part.amount_minor = part.amount_minor.min(open);
    }
    let amount_minor: i64 = parts.iter().map(|part| part.amount_minor).sum();
    if amount_minor <= 0 {
        cancel(tx, payment, now)?;
        return Ok(false);
    }
    let (left, over): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.amount_minor > 0);
    for part in over {
        tx.drop_part(&part)?;
    }
    tx.replace(&left)?;
    tx.take_up(id)?;
    let (state, asked_at, next_at) = (PaymentState::Asked, Some(now), real + SignedDuration::from_secs(30));
    tx.replace(&[GatewayPaymentRow { state, amount_minor, asked_at, next_at, ..payment }])?;
    Ok(true)
}
