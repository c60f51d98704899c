//! Money that came by the processor goes back: what it paid is open again. It is written down first and sent then, so that an
//! answer that got lost is asked for again and nothing is sent twice. What is above the provider's limit waits for a second
//! member of staff.

use billing::Money;
use billing::payment::PaymentState;
use connect::gateway::{Amount, Gateway, RefundAsk, Trouble};
use jiff::SignedDuration;
use serde_json::json;
use store::audit::AuditKind;
use store::payment::GatewayPaymentRow;
use store::refund::{RefundRow, RefundState};
use store::{RefundId, Tx};

use crate::actions::decide_request::Verdict;
use crate::actions::settle_payment::{News, later, settle_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::outbox::notices::{Stamp, notice, stamp};

/// How many are asked for in one go.
const BATCH: i64 = 50;
/// Whoever writes a refund down asks for it at once; another process asks after so long.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(30);
/// After so long without an answer a processor may no longer know the key, and the same question could send it twice.
const PATIENCE: SignedDuration = SignedDuration::from_hours(20);

/// What goes back.
#[derive(Clone, Debug)]
pub struct RefundPayment {
    /// The payment's number.
    pub number: String,
    /// Minor units; nothing: all that is left of it.
    pub amount: Option<i64>,
    /// Why.
    pub reason: String,
    /// Names the form or command: one that comes twice sends it once.
    pub key: String,
}

/// Writes it down, and sends it where nobody else has to approve it; gives how it stands then.
///
/// # Errors
/// `Refused` with the sentence that says why it can't go back, also where the processor said no.
pub async fn refund_payment(app: &App, ask: RefundPayment, by: &Actor) -> Result<RefundRow> {
    app.may_act().await?;
    if app.gateway.is_none() {
        return Err(Error::refused("no payment processor is set"));
    }
    if ask.reason.trim().is_empty() || ask.reason.chars().count() > 300 {
        return Err(Error::refused("say in one line why it goes back"));
    }
    let (own, by, refund_id, now, next_at) =
        (app.clone(), by.clone(), app.ids.mint(), app.clock.now(), app.clock.real() + FIRST_LOOK);
    let stamp = stamp(app);
    let written = app.store.write(move |tx| {
        let payment = tx.gateway_payment_by_number(&ask.number)?;
        let payment = payment.ok_or_else(|| Error::Refused(format!("there is no payment {}", ask.number)))?;
        // Whoever else wants a part of it back waits, and reads then what is left.
        let payment = tx.lock_payment(payment.payment_id)?.ok_or(Error::NotFound)?;
        let key = format!("{} {}", ask.number, ask.key);
        if let Some(known) = tx.refund_by_key(&key)? {
            return Ok::<_, Error>(known);
        }
        let amount_minor = amount(tx, &payment, ask.amount)?;
        let is_large = own.config.payments.needs_two(Money::new(amount_minor, payment.currency));
        let row = RefundRow {
            refund_id,
            payment_id: payment.payment_id,
            key,
            amount_minor,
            reason: ask.reason.trim().to_owned(),
            is_large,
            state: if is_large { RefundState::Waiting } else { RefundState::Asked },
            asked_by: by.person,
            asked_name: by.name.clone(),
            made_at: now,
            decided_by: None,
            decided_name: None,
            ended_at: None,
            why: None,
            next_at,
            asks: 0,
        };
        if is_large {
            wait(tx, (&own, stamp), &row, &payment)?;
        }
        tx.insert(std::slice::from_ref(&row))?;
        tx.append_audit(&[deed(&by, AuditKind::RefundAsked, &row, &payment)])?;
        Ok(row)
    });
    let row = written.await?;
    app.wake.mail.notify_waiters();
    if row.state == RefundState::Asked { send(app, row).await } else { Ok(row) }
}

/// Minor units that can go back of a payment.
fn amount(tx: &mut Tx, payment: &GatewayPaymentRow, asked: Option<i64>) -> Result<i64> {
    let number = &payment.number;
    let shown = |minor: i64| Money::new(minor, payment.currency).with_currency();
    if payment.state != PaymentState::Settled || payment.charge.is_none() {
        return Err(Error::Refused(format!("{number} has no money that could go back: it is {}", payment.state)));
    }
    let is_under_way = |row: &RefundRow| matches!(row.state, RefundState::Waiting | RefundState::Asked);
    if let Some(row) = tx.refunds_of(payment.payment_id)?.iter().find(|row| is_under_way(row)) {
        return Err(Error::Refused(format!(
            "{} of {number} goes back already, asked for by {}; let that end first",
            shown(row.amount_minor),
            row.asked_name
        )));
    }
    let left = payment.amount_minor - payment.refunded_minor;
    let amount = asked.unwrap_or(left);
    if left <= 0 {
        return Err(Error::Refused(format!("nothing more of {number} can go back")));
    }
    if amount <= 0 || amount > left {
        return Err(Error::Refused(format!("at most {} of {number} can go back", shown(left))));
    }
    Ok(amount)
}

/// Staff are told that it needs a second one of them.
fn wait(tx: &mut Tx, (app, stamp): (&App, Stamp), row: &RefundRow, payment: &GatewayPaymentRow) -> Result<()> {
    let shown = Money::new(row.amount_minor, payment.currency).with_currency();
    if row.asked_by.is_none() {
        return Err(Error::Refused(format!(
            "{shown} is more than one person may send back: say who you are with --as EMAIL; another one then approves it"
        )));
    }
    let place = format!("{}/office/payments/{}", app.config.base_url, payment.number);
    let subject = format!("{shown} is to go back: a second person is needed");
    let body = format!(
        "{} wants to send {shown} of {} back: {}\n\nSomebody else approves it or turns it down: {place}",
        row.asked_name, payment.number, row.reason
    );
    tx.tell_staff(&notice(stamp, format!("refund {}", i64::from(row.refund_id)), (subject, body)))?;
    Ok(())
}

fn deed(by: &Actor, kind: AuditKind, row: &RefundRow, payment: &GatewayPaymentRow) -> store::audit::Deed {
    let after = json!({ "amount_minor": row.amount_minor, "why": row.why });
    by.did(kind, format!("{}: {}", payment.number, row.reason)).of(payment.account_id).after(after)
}

/// A second member of staff approves a refund, which is sent then, or turns it down.
///
/// # Errors
/// `NotFound`; `Refused` where it waits for nobody, or whoever decides asked for it.
pub async fn decide_refund(app: &App, refund: RefundId, verdict: Verdict, by: &Actor) -> Result<RefundRow> {
    app.may_act().await?;
    let (by, now, next_at) = (by.clone(), app.clock.now(), app.clock.real() + FIRST_LOOK);
    let written = app.store.write(move |tx| {
        let row: RefundRow = tx.refund(refund)?.ok_or(Error::NotFound)?;
        let payment = tx.lock_payment(row.payment_id)?.ok_or(Error::NotFound)?;
        if row.state != RefundState::Waiting {
            return Err(Error::refused("This refund is decided already."));
        }
        let decided = RefundRow { decided_by: by.person, decided_name: Some(by.name.clone()), next_at, ..row };
        let row = match &verdict {
            Verdict::Approve if by.person.is_none() || by.person == decided.asked_by => {
                return Err(Error::refused("Somebody else of the staff has to approve it."));
            }
            Verdict::Approve => RefundRow { state: RefundState::Asked, ..decided },
            Verdict::Refuse(why) => {
                RefundRow { state: RefundState::Refused, why: Some(why.clone()), ended_at: Some(now), ..decided }
            }
        };
        let kind = if row.state == RefundState::Asked { AuditKind::RefundApproved } else { AuditKind::RefundRefused };
        tx.replace(std::slice::from_ref(&row))?;
        tx.append_audit(&[deed(&by, kind, &row, &payment)])?;
        Ok::<_, Error>(row)
    });
    let row = written.await?;
    if row.state == RefundState::Asked { send(app, row).await } else { Ok(row) }
}

/// Asks the processor for what it hasn't answered yet; gives how many refunds were asked for. Safe to call at any time and by
/// several processes at once: the processor knows each by its key.
///
/// # Errors
/// Those of the database.
pub async fn send_refunds(app: &App) -> Result<usize> {
    if app.held_because().await?.is_some() {
        return Ok(0);
    }
    let now = app.clock.real();
    let due = app.store.read(move |tx| tx.due_refunds(now, BATCH)).await?;
    let count = due.len();
    for row in due {
        match send(app, row).await {
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(count)
}

/// Asks the processor, and writes down what it says.
async fn send(app: &App, row: RefundRow) -> Result<RefundRow> {
    let Some(gateway) = &app.gateway else { return Ok(row) };
    let id = row.payment_id;
    let payment = app.store.read(move |tx| tx.gateway_payment(id)).await?.ok_or(Error::NotFound)?;
    let charge = payment.charge.clone().ok_or(Error::NotFound)?;
    let amount = Amount { minor: row.amount_minor, currency: payment.currency.code().to_owned() };
    let ask = RefundAsk { key: format!("refund-{}", i64::from(row.refund_id)), charge: charge.clone(), amount };
    match gateway.refund(&ask).await {
        Ok(_) => {
            let row = end(app, row, None).await?;
            book(app, gateway, &payment, &charge).await?;
            Ok(row)
        }
        Err(Trouble::Refused(why)) => {
            end(app, row, Some(why.clone())).await?;
            Err(Error::Refused(format!("the payment processor refused it: {why}")))
        }
        Err(trouble) => {
            tracing::warn!(%trouble, payment = payment.number, "a refund is asked for again");
            put_off(app, row).await
        }
    }
}

/// What the charge says now is what is booked.
async fn book(app: &App, gateway: &Gateway, payment: &GatewayPaymentRow, charge: &str) -> Result<()> {
    match gateway.look_at(charge).await {
        Ok(charge) => settle_payment(app, payment.payment_id, News::Charge(charge)).await,
        Err(trouble) => {
            tracing::warn!(%trouble, payment = payment.number, "a refund is booked when the processor tells of it");
            Ok(())
        }
    }
}

/// The processor has answered; whoever writes it down first ends it.
async fn end(app: &App, row: RefundRow, why: Option<String>) -> Result<RefundRow> {
    let (by, now) = (Actor::program(app), app.clock.now());
    let written = app.store.write(move |tx| {
        let payment = tx.lock_payment(row.payment_id)?.ok_or(Error::NotFound)?;
        let known = tx.refund(row.refund_id)?.ok_or(Error::NotFound)?;
        if known.state != RefundState::Asked {
            return Ok::<_, Error>(known);
        }
        let (state, kind) = match why {
            None => (RefundState::Sent, AuditKind::PaymentRefunded),
            Some(_) => (RefundState::Refused, AuditKind::RefundRefused),
        };
        let ended = RefundRow { state, why: why.clone(), ended_at: Some(now), ..known };
        tx.replace(std::slice::from_ref(&ended))?;
        tx.append_audit(&[deed(&by, kind, &ended, &payment)])?;
        Ok(ended)
    });
    written.await
}

/// It is asked for later. Where nobody has answered for most of a day, a person has to look.
async fn put_off(app: &App, row: RefundRow) -> Result<RefundRow> {
    let (real, now, stamp) = (app.clock.real(), app.clock.now(), stamp(app));
    let is_over = now.duration_since(row.made_at) > PATIENCE && row.asks > 5;
    let written = app.store.write(move |tx| {
        let payment = tx.lock_payment(row.payment_id)?.ok_or(Error::NotFound)?;
        let known = tx.refund(row.refund_id)?.ok_or(Error::NotFound)?;
        if known.state != RefundState::Asked {
            return Ok::<_, Error>(known);
        }
        let next_at = later(real, known.asks);
        let asked = RefundRow { next_at, asks: known.asks + 1, ..known };
        if is_over {
            let key = format!("refund {} silent", i64::from(asked.refund_id));
            let subject = format!("A refund of {} needs a person", payment.number);
            let body = format!(
                "The payment processor has not answered whether {} of {} went back. Look there, then send it anew or leave it.",
                Money::new(asked.amount_minor, payment.currency).with_currency(),
                payment.number
            );
            tx.tell_staff(&notice(stamp, key, (subject, body)))?;
            let why = Some("the payment processor did not answer".to_owned());
            let ended = RefundRow { state: RefundState::Refused, why, ended_at: Some(now), ..asked };
            tx.replace(std::slice::from_ref(&ended))?;
            return Ok(ended);
        }
        tx.replace(std::slice::from_ref(&asked))?;
        Ok(asked)
    });
    written.await
}
