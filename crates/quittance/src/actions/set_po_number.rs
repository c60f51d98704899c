//! An account's admin sets the PO number that future invoices carry. Issued ones keep theirs.

use serde_json::json;
use store::account::AccountRow;
use store::agreement::AgreementRow;
use store::audit::AuditKind;
use store::run::ImportRow;
use store::scope::ScopedAccount;

use crate::actions::add_contact::one_line;
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// The longest PO number, in characters.
const LONGEST: usize = 60;

/// Which number.
#[derive(Clone, Debug)]
pub struct SetPoNumber {
    /// The agreement's code; empty: of the account's invoices as a whole.
    pub agreement: String,
    /// Empty: none.
    pub po_number: String,
}

/// Sets it, and tells the account's admins.
///
/// # Errors
/// `Refused` where it is too long; `NotFound` where the account has no such agreement.
pub async fn set_po_number(app: &App, account: &ScopedAccount, ask: SetPoNumber, by: &Actor) -> Result<()> {
    let po_number = Some(one_line(&ask.po_number)).filter(|number| !number.is_empty());
    if po_number.as_ref().is_some_and(|number| number.chars().count() > LONGEST) {
        return Err(Error::refused("A PO number has room for 60 characters."));
    }
    let (telling, by, account) = (Telling::of(app, by), by.clone(), account.clone());
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 1 };
    let written = app.store.write(move |tx| {
        let (kind, subject, before) = if ask.agreement.is_empty() {
            let known = tx.accounts_of(&[account.account_id])?.into_iter().next().ok_or(Error::NotFound)?;
            let before = known.po_number.clone();
            tx.replace(&[AccountRow { po_number: po_number.clone(), ..known }])?;
            (AuditKind::AccountChanged, "your invoices".to_owned(), before)
        } else {
            let all = tx.agreements_of(account.account_id)?;
            let known = all.into_iter().find(|row| row.code == ask.agreement).ok_or(Error::NotFound)?;
            let (before, subject) = (known.po_number.clone(), known.name.clone());
            tx.replace(&[AgreementRow { po_number: po_number.clone(), ..known }])?;
            (AuditKind::AgreementChanged, subject, before)
        };
        if before == po_number {
            return Ok(());
        }
        // Runs notice by this that their data have changed.
        tx.insert(std::slice::from_ref(&import))?;
        let contacts = tx.contacts_of(account.account_id)?;
        let number = po_number.as_ref().map_or("none".to_owned(), |number| format!("PO {number}"));
        let what = format!("The PO number of {subject} is {number} from the next invoice on.");
        telling.tell(tx, (&account.code, &account.name), (&contacts, &[]), &what)?;
        let side = |number: &Option<String>| json!({ "po_number": number });
        let deed = by.did(kind, format!("PO number of {subject}")).of(account.account_id);
        tx.append_audit(&[deed.before(side(&before)).after(side(&po_number))])?;
        Ok::<(), Error>(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
