//! One invoice isn't to be charged by Auto Pay, or is after all.

use serde_json::json;
use store::audit::AuditKind;
use store::autopay::SkipRow;
use store::{AccountId, InvoiceId};

use crate::actions::keep_autopay::live_day;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::letters;
use crate::error::{Error, Result};
use crate::told::Telling;

/// What is to become of the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipping {
    /// It isn't charged.
    Skip,
    /// It is, as the rule says.
    Take,
}

/// Skips an invoice of the account, or takes that back.
///
/// # Errors
/// `NotFound` where the account has no such invoice; those of the database.
pub async fn skip_autopay(
    app: &App,
    (account, number): (AccountId, &str),
    skipping: Skipping,
    by: &Actor,
) -> Result<()> {
    let (by, telling, now, number) = (by.clone(), Telling::of(app, by), app.clock.now(), number.to_owned());
    let written = app.store.write(move |tx| {
        let open = tx.chargeable(account)?;
        let document = open.iter().find(|row| row.number == number).ok_or(Error::NotFound)?.invoice_id;
        let known = tx.autopay_skips(account)?.iter().any(|row| row.document_id == document);
        if known == (skipping == Skipping::Skip) {
            return Ok(());
        }
        let what = write(tx, (account, document), skipping, (&by, now))?;
        let deed = by.did(AuditKind::AutoPaySkipped, number.clone()).of(account);
        tx.append_audit(&[deed.after(json!({ "skipped": skipping == Skipping::Skip }))])?;
        let what = format!("Auto Pay {what} {number}.");
        letters::tell_account(tx, &telling, account, (&what, &what))?;
        Ok::<_, Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    live_day(app, account).await.map(drop)
}

fn write(
    tx: &mut store::Tx,
    (account_id, document_id): (AccountId, InvoiceId),
    skipping: Skipping,
    (by, made_at): (&Actor, jiff::Timestamp),
) -> Result<&'static str, store::Error> {
    if skipping == Skipping::Take {
        tx.unskip(account_id, document_id)?;
        return Ok("takes, after all,");
    }
    tx.replace(&[SkipRow { account_id, document_id, made_name: by.name.clone(), made_at }])?;
    Ok("skips")
}
