//! An address that receives an account's invoices and signs in nowhere: added, changed, taken away.

use billing::account::Routing;
use connect::mail::Address;
use serde_json::json;
use store::audit::AuditKind;
use store::recipient::RecipientAddressRow;
use store::scope::ScopedAccount;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// The most such addresses of an account.
const MOST: usize = 50;

/// An address and what it receives; `No` twice takes it away.
#[derive(Clone, Debug)]
pub struct SetRecipient {
    pub email: Address,
    /// May be empty.
    pub name: String,
    pub recurring_mail: Routing,
    pub biweekly_mail: Routing,
}

/// Sets it. A new address is told to the account's admins.
///
/// # Errors
/// `Refused` where the account has very many such addresses, or the name is too long.
pub async fn set_recipient(app: &App, account: &ScopedAccount, ask: SetRecipient, by: &Actor) -> Result<()> {
    if ask.name.chars().count() > 120 {
        return Err(Error::refused("Enter a name of at most 120 characters."));
    }
    let (by, telling, account) = (by.clone(), Telling::of(app, by), account.clone());
    let row = RecipientAddressRow {
        account_id: account.account_id,
        email: ask.email.email().to_lowercase(),
        name: ask.name.trim().to_owned(),
        recurring_mail: ask.recurring_mail,
        biweekly_mail: ask.biweekly_mail,
    };
    let written = app.store.write(move |tx| {
        let all = tx.recipient_addresses(account.account_id)?;
        let known = all.iter().find(|known| known.email == row.email);
        if known == Some(&row) {
            return Ok(());
        }
        if known.is_none() && all.len() >= MOST {
            return Err(Error::refused("This account has very many such addresses. Take one away first."));
        }
        let shown = |row: &RecipientAddressRow| {
            json!({ "recurring": row.recurring_mail.as_str(), "biweekly": row.biweekly_mail.as_str() })
        };
        let mut deed = by.did(AuditKind::RecipientChanged, row.email.clone()).of(account.account_id);
        deed.before = known.map(shown);
        if row.recurring_mail == Routing::No && row.biweekly_mail == Routing::No {
            if tx.delete_recipient_address(account.account_id, &row.email)? == 0 {
                return Err(Error::NotFound);
            }
        } else {
            tx.replace(std::slice::from_ref(&row))?;
            deed.after = Some(shown(&row));
            if known.is_none() {
                let contacts = tx.contacts_of(account.account_id)?;
                let what = format!("Invoices are mailed to {}, too.", row.email);
                telling.tell(tx, (&account.code, &account.name), (&contacts, &[]), &what)?;
            }
        }
        tx.append_audit(&[deed])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
