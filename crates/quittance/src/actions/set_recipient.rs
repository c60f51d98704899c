//! An address that receives an account's invoices and signs in nowhere: added, changed, taken away.

use billing::account::Routing;
use connect::mail::Address;
use serde_json::json;
use store::audit::AuditKind;
use store::recipient::RecipientAddressRow;
use store::scope::ScopedAccount;

use crate::actions::add_contact::one_line;
use crate::actions::change_contact::receives;
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

/// Sets it, and tells the account's admins.
///
/// # Errors
/// `Refused` where the account has very many such addresses, the name is too long, or the address is a contact's;
/// `NotFound` where one that isn't there is to be taken away.
pub async fn set_recipient(app: &App, account: &ScopedAccount, ask: SetRecipient, by: &Actor) -> Result<()> {
    let name = one_line(&ask.name);
    if name.chars().count() > 120 {
        return Err(Error::refused("Enter a name of at most 120 characters."));
    }
    let (by, telling, account) = (by.clone(), Telling::of(app, by), account.clone());
    let row = RecipientAddressRow {
        account_id: account.account_id,
        email: ask.email.email().to_lowercase(),
        name,
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
        let contacts = tx.contacts_of(account.account_id)?;
        let is_gone = row.recurring_mail == Routing::No && row.biweekly_mail == Routing::No;
        if !is_gone && contacts.iter().any(|contact| contact.email.eq_ignore_ascii_case(&row.email)) {
            return Err(Error::refused("This person is a contact; change there what they receive."));
        }
        let shown = |row: &RecipientAddressRow| {
            json!({ "recurring": row.recurring_mail.as_str(), "biweekly": row.biweekly_mail.as_str() })
        };
        let mut deed = by.did(AuditKind::RecipientChanged, row.email.clone()).of(account.account_id);
        deed.before = known.map(shown);
        let what = if is_gone {
            if tx.delete_recipient_address(account.account_id, &row.email)? == 0 {
                return Err(Error::NotFound);
            }
            format!("Invoices are no longer mailed to {}.", row.email)
        } else {
            tx.replace(std::slice::from_ref(&row))?;
            deed.after = Some(shown(&row));
            let (recurring, biweekly) = (receives(row.recurring_mail), receives(row.biweekly_mail));
            format!("{} gets recurring invoices {recurring}, bi-weekly ones {biweekly}.", row.email)
        };
        telling.tell(tx, (&account.code, &account.name), (&contacts, &[]), &what)?;
        tx.append_audit(&[deed])?;
        Ok(())
    });
    written.await?;
    app.wake.mail.notify_waiters();
    Ok(())
}
