//! Calls off a payment that nobody has made yet: a planned one, or one that waits on the processor's page.

use billing::payment::{Known, PaymentState};
use store::PaymentId;
use store::audit::AuditKind;

use crate::actions::look_up_payments::look_up_payment;
use crate::actions::start_payment::cancel;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Calls it off; false where money is moving already.
///
/// # Errors
/// `NotFound`; `Unreachable` where the processor's page can't be ended: then it may still be paid on it.
pub async fn cancel_payment(app: &App, payment: PaymentId, by: &Actor) -> Result<bool> {
    let known = app.store.read(move |tx| tx.gateway_payment(payment)).await?.ok_or(Error::NotFound)?;
    if let (Some(gateway), Some(page), true) = (&app.gateway, &known.page, known.state.is_under_way()) {
        let ended = gateway.end_page(page).await;
        ended.map_err(|trouble| Error::Unreachable(format!("the page can't be ended: {trouble}")))?;
        look_up_payment(app, payment).await?;
    }
    let (now, by) = (app.clock.now(), by.clone());
    let written = app.store.write(move |tx| {
        let payment = tx.lock_payment(payment)?.ok_or(Error::NotFound)?;
        let is_over = payment.state == PaymentState::Canceled;
        let may = payment.state == PaymentState::Planned
            || (payment.state == PaymentState::Asked && payment.page.is_some() && payment.known() == Known::NOTHING);
        if may && !is_over {
            tx.append_audit(&[by.did(AuditKind::PaymentCanceled, payment.number.clone()).of(payment.account_id)])?;
            cancel(tx, payment, now)?;
        }
        Ok::<_, Error>(may || is_over)
    });
    written.await
}
