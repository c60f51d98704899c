//! A kept method gets a name, becomes the one that is used first, or is removed: that not while something is to be paid with it.

use store::audit::AuditKind;
use store::method::{MethodRow, MethodState};
use store::{AccountId, MethodId, Tx};

use crate::actions::add_method::tell;
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::mandates::{self, Renewals};
use crate::error::{Error, Result};
use crate::told::Telling;

/// What is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is called so; empty: by brand and digits.
    Name(String),
    /// It is used first.
    Default,
    /// It is gone.
    Remove,
}

/// Changes a method of the account.
///
/// # Errors
/// `NotFound`; `Refused` with the sentence that says what still needs it.
pub async fn change_method(
    app: &App,
    (account, method): (AccountId, MethodId),
    change: Change,
    by: &Actor,
) -> Result<()> {
    let renewals = Renewals::of(app, account, by).await?;
    let (now, by, telling) = (app.clock.now(), by.clone(), Telling::of(app, by));
    let is_removal = change == Change::Remove;
    let written = app.store.write(move |tx| {
        let row = tx.method(account, method)?.filter(|row| row.state != MethodState::Gone).ok_or(Error::NotFound)?;
        let (kind, what) = match &change {
            Change::Name(name) => {
                let name = name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
                tx.replace(&[MethodRow { name, ..row.clone() }])?;
                (AuditKind::MethodChanged, None)
            }
            Change::Default if row.state != MethodState::Usable => {
                return Err(Error::Refused(format!("{} can't be charged yet", row.words())));
            }
            Change::Default => {
                tx.set_default_method(account, Some(&row))?;
                mandates::follow(tx, &renewals, account, (by.person, &by))?;
                (AuditKind::MethodChanged, Some(format!("{} is used first from now on.", row.words())))
            }
            Change::Remove => {
                if let Some(needs) = in_use(tx, &row)?.first() {
                    return Err(Error::Refused(format!("{} can't be removed: {needs}", row.words())));
                }
                let (state, gone_at, is_default) = (MethodState::Gone, Some(now), false);
                tx.replace(&[MethodRow { state, gone_at, is_default, ..row.clone() }])?;
                (AuditKind::MethodRemoved, Some(format!("{} was removed as a way to pay.", row.words())))
            }
        };
        tx.append_audit(&[by.did(kind, row.words()).of(account)])?;
        if let Some(what) = what {
            tell(tx, &telling, &row, &what)?;
        }
        Ok(row)
    });
    let row = written.await?;
    app.wake.mail.notify_waiters();
    if let (true, Some(gateway)) = (is_removal, &app.gateway)
        && let Err(trouble) = gateway.forget_method(&row.token).await
    {
        // It is gone here, and nothing charges it any more; that the processor still knows it harms nobody.
        tracing::warn!(%trouble, "a removed method is still kept by the payment processor");
    }
    Ok(())
}

/// What still needs a method, as half sentences.
///
/// # Errors
/// Those of the database.
pub fn in_use(tx: &mut Tx, method: &MethodRow) -> Result<Vec<String>, store::Error> {
    let payments = tx.payments_with(method.account_id, method.method_id)?;
    let needs = payments.iter().map(|payment| match payment.charge_on {
        Some(on) if payment.asked_at.is_none() => {
            format!("{} is planned with it for {on}; call that off first", payment.number)
        }
        _ => format!("{} is under way with it", payment.number),
    });
    let mut needs: Vec<String> = needs.collect();
    if mandates::is_charged(tx, method.account_id, method.method_id)? {
        needs.push("Auto Pay charges it; change or end the rule first, or put another one in its place".to_owned());
    }
    Ok(needs)
}
