//! Somebody of the staff has seen to something about a payment that didn't fit.

use store::ExceptionId;
use store::audit::AuditKind;
use store::payment::PaymentExceptionRow;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// Writes down what was done about it.
///
/// # Errors
/// `Refused` where there is none that waits, or nothing is said.
pub async fn resolve_exception(app: &App, exception: ExceptionId, how: &str, by: &Actor) -> Result<()> {
    let (how, by, now) = (how.trim().to_owned(), by.clone(), app.clock.now());
    if how.is_empty() {
        return Err(Error::refused("say what was done about it"));
    }
    let written = app.store.write(move |tx| {
        let row = tx.payment_exception(exception)?.filter(|row| row.resolved_at.is_none());
        let row = row.ok_or_else(|| {
            Error::Refused(format!("nothing with the number {} waits; see what does", i64::from(exception)))
        })?;
        tx.append_audit(&[by.did(AuditKind::ExceptionResolved, format!("{}: {how}", row.words))])?;
        let (resolved_by, resolved_at, resolution) = (Some(by.name.clone()), Some(now), Some(how.clone()));
        Ok(tx.replace(&[PaymentExceptionRow { resolved_by, resolved_at, resolution, ..row }])?)
    });
    written.await
}
