//! Sends money back that came by the processor: what it paid is open again. What is above the provider's limit waits for a second
//! member of staff.

use billing::Money;
use billing::payment::PaymentState;
use connect::gateway::{Amount, RefundAsk, Trouble};
use serde_json::json;
use store::audit::AuditKind;

use crate::actions::settle_payment::{News, settle_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// What goes back.
#[derive(Clone, Debug)]
pub struct RefundPayment {
    /// The payment's number.
    pub number: String,
    /// Minor units; nothing: all that is left of it.
    pub amount: Option<i64>,
    /// Why.
    pub reason: String,
    /// Names the command: one that runs twice sends it once.
    pub key: String,
}

/// Sends it back; gives the minor units.
///
/// # Errors
/// `Refused` with the sentence that says why it can't; `Unreachable` where the processor's answer is missing: the same command once
/// more asks for the same refund.
pub async fn refund_payment(app: &App, ask: RefundPayment, by: &Actor) -> Result<i64> {
    app.may_act().await?;
    let gateway = app.gateway.as_ref().ok_or_else(|| Error::refused("no payment processor is set"))?;
    if ask.reason.trim().is_empty() {
        return Err(Error::refused("say why it goes back"));
    }
    let number = ask.number.clone();
    let payment = app.store.read(move |tx| tx.gateway_payment_by_number(&number)).await?;
    let payment = payment.ok_or_else(|| Error::Refused(format!("there is no payment {}", ask.number)))?;
    let shown = |minor: i64| Money::new(minor, payment.currency).with_currency();
    let left = payment.amount_minor - payment.refunded_minor;
    let amount = ask.amount.unwrap_or(left);
    let (PaymentState::Settled, Some(charge)) = (payment.state, payment.charge.clone()) else {
        return Err(Error::Refused(format!("{} has no money that could go back: it is {}", ask.number, payment.state)));
    };
    if amount <= 0 || amount > left {
        return Err(Error::Refused(format!("{} of {} can go back, more than nothing", shown(left), ask.number)));
    }
    let (account, subject) = (payment.account_id, format!("{}: {}", ask.number, ask.reason.trim()));
    let deed = by.did(AuditKind::PaymentRefunded, subject).of(account).after(json!({ "amount_minor": amount }));
    app.store.write(move |tx| tx.append_audit(std::slice::from_ref(&deed))).await?;
    let currency = payment.currency.code().to_owned();
    let asked = RefundAsk {
        key: format!("refund-{}-{}", i64::from(payment.payment_id), ask.key),
        charge: charge.clone(),
        amount: Amount { minor: amount, currency },
    };
    gateway.refund(&asked).await.map_err(|trouble| match trouble {
        Trouble::Refused(why) => Error::Refused(format!("the payment processor refused it: {why}")),
        other => Error::Unreachable(format!("{other}; the same command once more asks for the same refund")),
    })?;
    // What the charge says now is what is booked.
    match gateway.look_at(&charge).await {
        Ok(charge) => settle_payment(app, payment.payment_id, News::Charge(charge)).await?,
        Err(trouble) => tracing::warn!(%trouble, "a refund is booked when the processor tells of it"),
    }
    Ok(amount)
}
