//! Asks the processor for what is written down: a charge of a kept method, or a page on which somebody pays. It can be called any
//! number of times for the same payment: the processor knows it by its key.

use connect::gateway::{Amount, ChargeAsk, Gateway, Keep, PageAsk, Trouble};
use jiff::SignedDuration;
use store::method::MethodRow;
use store::payment::{GatewayPaymentRow, PaymentPartRow};
use store::{PaymentId, Tx};

use crate::actions::settle_payment::{News, settle_payment};
use crate::app::App;
use crate::error::{Error, Result};
use crate::gateway::kind_there;

/// How soon an answer that got lost is asked for.
const SOON: SignedDuration = SignedDuration::from_secs(5);
/// How soon a page is looked at.
const PAGE_LOOK: SignedDuration = SignedDuration::from_secs(20);

/// What the payer does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// They read how the payment stands.
    Read,
    /// They go to the processor's page.
    Go(String),
}

/// Asks for a payment that is written down and not over. `place` is the path that the payer comes back to from the processor's
/// page.
///
/// # Errors
/// Those of the database. What the processor answers, or doesn't, stands in the payment afterwards.
pub async fn ask_processor(app: &App, payment: PaymentId, place: &str) -> Result<Next> {
    let Some(gateway) = &app.gateway else { return Ok(Next::Read) };
    let read = app.store.read(move |tx| {
        let Some(payment) = tx.gateway_payment(payment)? else { return Ok(None) };
        let parts = tx.payment_parts(payment.payment_id)?;
        let method = match payment.method_id {
            Some(method) => tx.method(payment.account_id, method)?,
            None => None,
        };
        let customer = tx.gateway_customer(payment.account_id, payment.gateway, payment.live)?;
        let words = words(tx, &parts)?;
        Ok::<_, store::Error>(Some((payment, method, customer, words)))
    });
    let (payment, method, customer, words) = read.await?.ok_or(Error::NotFound)?;
    if !payment.state.is_under_way() {
        return Ok(Next::Read);
    }
    match method {
        Some(method) => charge(app, gateway, (&payment, &method), words).await.map(|()| Next::Read),
        None => page(app, gateway, &payment, (customer, words, place)).await,
    }
}

/// `INV-20299 and 2 more`: what stands on the processor's page and on statements.
fn words(tx: &mut Tx, parts: &[PaymentPartRow]) -> Result<String, store::Error> {
    let Some(first) = parts.iter().find_map(|part| Some((part.account_id, part.document_id?))) else {
        return Ok("Paid ahead".to_owned());
    };
    let number = tx.number_of(first.0, first.1)?.map(|row| row.number).unwrap_or_default();
    Ok(match parts.len() {
        1 => number,
        more => format!("{number} and {} more", more - 1),
    })
}

fn amount(payment: &GatewayPaymentRow) -> Amount {
    Amount { minor: payment.amount_minor, currency: payment.currency.code().to_owned() }
}

async fn charge(
    app: &App,
    gateway: &Gateway,
    (payment, method): (&GatewayPaymentRow, &MethodRow),
    words: String,
) -> Result<()> {
    let ask = ChargeAsk {
        key: payment.attempt_key(),
        reference: payment.number.clone(),
        amount: amount(payment),
        customer: method.customer.clone(),
        method: method.token.clone(),
        kind: kind_there(method.kind),
        words,
    };
    let news = match gateway.charge(&ask).await {
        Ok(charge) => News::Charge(charge),
        Err(trouble) => of_trouble(app, trouble),
    };
    settle_payment(app, payment.payment_id, news).await
}

/// What a call without an answer tells about the payment.
fn of_trouble(app: &App, trouble: Trouble) -> News {
    tracing::warn!(%trouble, "the payment processor");
    match trouble {
        Trouble::Unknown(_) => News::Unknown { next_at: app.clock.real() + SOON },
        Trouble::Unreachable(_) => News::NotAsked { why: "processor_unreachable".to_owned() },
        Trouble::Refused(_) => News::NotAsked { why: "processor_refused".to_owned() },
    }
}

async fn page(
    app: &App,
    gateway: &Gateway,
    payment: &GatewayPaymentRow,
    (customer, words, place): (Option<String>, String, &str),
) -> Result<Next> {
    if let Some(url) = &payment.page_url {
        return Ok(Next::Go(url.clone()));
    }
    let place = format!("{}{place}", app.config.base_url);
    let ask = PageAsk {
        key: payment.attempt_key(),
        reference: payment.number.clone(),
        amount: Some(amount(payment)),
        kind: kind_there(payment.kind),
        keep: if payment.keep { Keep::ForLater } else { Keep::Once },
        customer,
        payer: (payment.payer_name.clone(), payment.email.clone()),
        words,
        done_url: place.clone(),
        back_url: place,
    };
    match gateway.open_page(&ask).await {
        Ok(page) => {
            let (id, next_at) = (payment.payment_id, app.clock.real() + PAGE_LOOK);
            let url = page.url.clone();
            let written = app.store.write(move |tx| {
                let Some(payment) = tx.gateway_payment(id)? else { return Ok(()) };
                let (page, page_url) = (Some(page.id.clone()), Some(page.url.clone()));
                tx.replace(&[GatewayPaymentRow { page, page_url, next_at, ..payment }])
            });
            written.await?;
            Ok(Next::Go(url))
        }
        // A page that nobody has seen takes nobody's money: the payment is over, whatever became of the page.
        Err(trouble) => {
            let why = News::NotAsked { why: "processor_unreachable".to_owned() };
            let news = match of_trouble(app, trouble) {
                News::Unknown { .. } => why,
                other => other,
            };
            settle_payment(app, payment.payment_id, news).await.map(|()| Next::Read)
        }
    }
}
