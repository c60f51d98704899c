//! The part of `quittance payments` that is about payments by the processor.

use std::process::ExitCode;

use billing::money::Money;
use store::ExceptionId;
use store::payment::{GatewayPaymentRow, PaymentExceptionRow};
use store::refund::{RefundRow, RefundState};

use super::list::Line;
use crate::actions::compare_payments::compare_payments;
use crate::actions::decide_request::Verdict;
use crate::actions::look_up_payments::look_up_payment;
use crate::actions::refund_payment::{RefundPayment, decide_refund, refund_payment};
use crate::actions::resolve_exception::resolve_exception;
use crate::actions::settle_payment::{News, settle_payment};
use crate::actions::take_event::take;
use crate::app::App;
use crate::audit::Actor;
use crate::cli::credit::minor;
use crate::cli::say;
use crate::error::{Error, Result};
use crate::gateway::name_of;
use crate::payment_words::why;

/// So many are listed.
const LISTED: i64 = 200;

/// The payment of this number, if there is one.
pub async fn known(app: &App, number: &str) -> Result<Option<GatewayPaymentRow>> {
    let asked = number.to_owned();
    Ok(app.store.read(move |tx| tx.gateway_payment_by_number(&asked)).await?)
}

async fn found(app: &App, number: &str) -> Result<GatewayPaymentRow> {
    let missing = "there is no payment by the processor with this number; `quittance payments list` shows them";
    known(app, number).await?.ok_or_else(|| Error::Refused(format!("{number}: {missing}")))
}

/// One payment with everything that is known of it; asked for before, where its outcome isn't known.
pub async fn show(app: &App, payment: GatewayPaymentRow) -> Result<ExitCode> {
    look_up_payment(app, payment.payment_id).await?;
    let payment = found(app, &payment.number).await?;
    let (id, account) = (payment.payment_id, payment.account_id);
    let accounts = app.store.read(move |tx| tx.accounts_of(&[account])).await?;
    let code = accounts.first().map_or("", |account| account.code.as_str());
    say(&Line::by_processor(&payment, (code, payment.amount_minor), &app.zone()).text());
    let parts = app.store.read(move |tx| {
        let mut lines = Vec::new();
        for part in tx.payment_parts(id)? {
            let number = match part.document_id {
                Some(document) => tx.number_of(part.account_id, document)?.map(|row| row.number),
                None => None,
            };
            lines.push((number.unwrap_or_else(|| "paid ahead".to_owned()), part.amount_minor));
        }
        Ok::<_, store::Error>(lines)
    });
    for (what, amount) in parts.await? {
        say(&format!("  {what:<18} {:>38}", Money::new(amount, payment.currency).to_string()));
    }
    if !payment.email.is_empty() {
        say(&format!("  receipt to {}", payment.email));
    }
    for row in app.store.read(move |tx| tx.refunds_of(id)).await? {
        say(&format!(
            "  {}, asked for by {} on {}: {}",
            told(&row, &payment),
            row.asked_name,
            row.made_at.strftime("%F"),
            row.reason
        ));
    }
    if let Some(code) = &payment.decline {
        say(&format!("  {} ({code})", why(&payment)));
    }
    if let Some(charge) = &payment.charge {
        say(&format!("  {} calls it {charge}", payment.gateway.as_str()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends money back.
pub async fn refund(
    app: &App,
    (number, amount, reason): (String, Option<String>, String),
    key: Option<String>,
    by: &Actor,
) -> Result<ExitCode> {
    let payment = found(app, &number).await?;
    let amount = amount.map(|text| minor(&text, payment.currency)).transpose()?;
    let key = key.unwrap_or_else(|| format!("{amount:?} {reason}"));
    let row = refund_payment(app, RefundPayment { number, amount, reason, key }, by).await?;
    say(&told(&row, &payment));
    if row.state == RefundState::Sent {
        // The same command once more sends nothing, and this figure doesn't grow.
        let back = found(app, &payment.number).await?.refunded_minor;
        let money = |minor: i64| Money::new(minor, payment.currency).with_currency();
        say(&format!("{} of {} is back in all", money(back), money(payment.amount_minor)));
    }
    Ok(ExitCode::SUCCESS)
}

/// A second member of staff decides about the refund of a payment that waits.
pub async fn decide(app: &App, number: &str, verdict: Verdict, by: &Actor) -> Result<ExitCode> {
    let payment = found(app, number).await?;
    let id = payment.payment_id;
    let rows = app.store.read(move |tx| tx.refunds_of(id)).await?;
    let row = rows.iter().find(|row| row.state == RefundState::Waiting);
    let row = row.ok_or_else(|| Error::Refused(format!("no refund of {number} waits for a second person")))?;
    let row = decide_refund(app, row.refund_id, verdict, by).await?;
    say(&told(&row, &payment));
    Ok(ExitCode::SUCCESS)
}

/// How a refund stands.
pub fn told(row: &RefundRow, payment: &GatewayPaymentRow) -> String {
    let of = format!("{} of {}", Money::new(row.amount_minor, payment.currency).with_currency(), payment.number);
    match row.state {
        RefundState::Waiting => {
            format!("{of} waits for a second person: quittance payments approve {}", payment.number)
        }
        RefundState::Asked => format!("{of}: the payment processor has not answered yet; it is asked again"),
        RefundState::Sent => format!("{of} goes back"),
        RefundState::Refused => format!("{of} does not go back: {}", row.why.as_deref().unwrap_or_default()),
    }
}

/// What doesn't fit and waits for a person.
pub async fn exceptions(app: &App) -> Result<ExitCode> {
    let rows: Vec<PaymentExceptionRow> = app.store.read(|tx| tx.open_exceptions(LISTED)).await?;
    if rows.is_empty() {
        say("Nothing waits.");
    }
    for row in rows {
        let day = row.made_at.to_zoned(app.zone()).date();
        say(&format!("{:>20} {day} {}", i64::from(row.exception_id), row.words));
    }
    Ok(ExitCode::SUCCESS)
}

/// Somebody has seen to it.
pub async fn resolve(app: &App, (id, how): (i64, String), by: &Actor) -> Result<ExitCode> {
    resolve_exception(app, ExceptionId::from(id), &how, by).await?;
    say("Seen to.");
    Ok(ExitCode::SUCCESS)
}

/// The processor's list beside ours, now.
pub async fn compare(app: &App) -> Result<ExitCode> {
    if app.gateway.is_none() {
        return Err(Error::refused("no payment processor is set: see [payments] in quittance.toml"));
    }
    let compared = compare_payments(app).await?;
    say(&format!(
        "{} charges compared, {} of them none of ours; {} payouts booked",
        compared.charges, compared.strays, compared.payouts
    ));
    Ok(if compared.strays == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every event that was kept is taken once more: what a mistake of ours missed is made good, and nothing is done twice.
pub async fn replay(app: &App) -> Result<ExitCode> {
    let gateway = app.gateway.as_ref().ok_or_else(|| Error::refused("no payment processor is set"))?;
    let name = name_of(gateway);
    let rows = app.store.read(move |tx| tx.gateway_events(name)).await?;
    let count = rows.len();
    for row in rows {
        let Ok(event) = gateway.read_kept(&row.body) else { continue };
        if let connect::gateway::News::Charge(charge) = &event.what {
            let number = charge.reference.clone();
            let payment = app.store.read(move |tx| tx.gateway_payment_by_number(&number)).await?;
            if let Some(payment) = payment {
                settle_payment(app, payment.payment_id, News::Charge(charge.clone())).await?;
            }
        }
        take(app, name, event, row.body).await?;
    }
    say(&format!("{count} events taken once more"));
    Ok(ExitCode::SUCCESS)
}
