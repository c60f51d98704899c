//! Sends what waits in the outbox until nothing is due: invoices, digests, notices to staff.

use crate::app::App;
use crate::error::{Error, Result};
use crate::lease::LOOK_AGAIN;
use crate::outbox::{Delivered, Sending, digests, due, earliest, invoices, notices};

/// Sends to every recipient whose day has come, until nothing is due. `progress` is told after each batch.
///
/// # Errors
/// Those of the database; `Refused` where no mail server is set.
pub async fn deliver_mail(app: &App, progress: impl Fn(&Delivered)) -> Result<Delivered> {
    let Some(mailer) = app.mailer.clone() else {
        return Err(Error::refused("no mail server is set: fill in [mail] in quittance.toml"));
    };
    let mut delivered = Delivered::default();
    if app.held_because().await?.is_some() {
        return Ok(delivered);
    }
    while !app.ending.is_begun() {
        let sending = Sending { mailer: &mailer, earliest: earliest(app) };
        let mut claimed = invoices::deliver(app, &sending, &mut delivered).await?;
        claimed += digests::deliver(app, &sending, &mut delivered).await?;
        claimed += notices::deliver(app, &sending).await?;
        if claimed == 0 {
            break;
        }
        progress(&delivered);
    }
    Ok(delivered)
}

/// Sends until nothing is due, whoever holds it: what another process sends is waited for, and what one held that died
/// is taken over when its lease ends. What is held back because its server is not to be hurried waits for its turn.
///
/// # Errors
/// As [`deliver_mail`]; `Refused` where the instance is held.
pub async fn finish_delivery(app: &App, progress: impl Fn(&Delivered)) -> Result<Delivered> {
    app.may_act().await?;
    let mut all = Delivered::default();
    loop {
        let delivered = deliver_mail(app, &progress).await?;
        all.add(delivered);
        let due = due(app);
        let waits = app.store.read(move |tx| Ok::<_, store::Error>(tx.due_recipients(due)? + tx.due_digests(due.now)?));
        if waits.await? == 0 {
            return Ok(all);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Lets the mails go that wait because their window ended long ago; gives how many messages.
///
/// # Errors
/// Those of the database.
pub async fn release_late(app: &App) -> Result<u64> {
    let (earliest, today) = (earliest(app), app.today());
    Ok(app.store.write(move |tx| tx.release_late_mails(earliest, today)).await?)
}
