//! An account's admin, or staff, chooses how its papers, mails and pages write dates, and for which sheet papers are laid out.
//! Issued documents stay as they are.

use serde_json::json;
use store::AccountId;
use store::account::{AccountFormats, AccountRow};
use store::audit::AuditKind;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// Sets it, and tells the account's admins. Nothing chosen: as is usual where the provider is.
///
/// # Errors
/// `NotFound` where there is no such account.
pub async fn set_formats(app: &App, account: AccountId, chosen: Option<AccountFormats>, by: &Actor) -> Result<()> {
    let (telling, by) = (Telling::of(app, by), by.clone());
    let example = app.formats(chosen).long_date(app.today());
    let written = app.store.write(move |tx| {
        let known = tx.accounts_of(&[account])?.into_iter().next().ok_or(Error::NotFound)?;
        let before = known.formats;
        if before == chosen {
            return Ok(());
        }
        let contacts = tx.contacts_of(account)?;
        let what = format!("Dates in your portal, mails and documents to come are written like {example}.");
        telling.tell(tx, (&known.code, &known.name), (&contacts, &[]), &what)?;
        tx.replace(&[AccountRow { formats: chosen, ..known }])?;
        let side = |formats: Option<AccountFormats>| json!({ "formats": formats.map(|formats| formats.as_str()) });
        let deed = by.did(AuditKind::AccountChanged, "Dates and paper".to_owned()).of(account);
        tx.append_audit(&[deed.before(side(before)).after(side(chosen))])?;
        Ok::<(), Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
