//! A card or bank account is left on the processor's page, and then kept; perhaps in the place of another one, with everything that
//! was to be paid with that.

use connect::gateway::{Keep, Method, PageAsk, PageState, Trouble};
use jiff::{SignedDuration, Timestamp};
use store::audit::AuditKind;
use store::method::{GatewayName, MethodKind, MethodPageRow, MethodRow, MethodState};
use store::scope::ScopedAccount;
use store::{AccountId, MethodId, PersonId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::autopay::mandates::{self, Renewals};
use crate::error::{Error, Result};
use crate::gateway::{kind_here, kind_there, name_of};
use crate::told::Telling;

/// A page that was opened longer ago is not waited for any more.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// Opens the page; gives its address. `replaces` is a method of the account.
///
/// # Errors
/// `NotFound` where there is no such method; `Unreachable` where the processor doesn't answer; `Refused` without a processor.
pub async fn open_method_page(
    app: &App,
    account: &ScopedAccount,
    (kind, replaces): (MethodKind, Option<MethodId>),
    by: &Actor,
) -> Result<String> {
    let gateway = app.gateway.as_ref().ok_or_else(|| Error::refused("nothing can be paid here online"))?;
    let person_id = by.person.ok_or(Error::NotFound)?;
    let (account_id, name, live) = (account.account_id, name_of(gateway), gateway.is_live());
    let read = app.store.read(move |tx| {
        let old = match replaces {
            Some(method) => Some(tx.method(account_id, method)?.filter(|row| row.state != MethodState::Gone)),
            None => None,
        };
        Ok::<_, store::Error>((old, tx.gateway_customer(account_id, name, live)?))
    });
    let (old, customer) = read.await?;
    if matches!(old, Some(None)) {
        return Err(Error::NotFound);
    }
    let ask = PageAsk {
        key: format!("method-{}", app.ids.mint::<i64>()),
        reference: account.code.clone(),
        amount: None,
        kind: kind_there(kind),
        keep: Keep::ForLater,
        customer,
        payer: (account.name.clone(), account.contact_email.clone()),
        words: format!("Kept for {}", account.name),
        done_url: format!("{}/methods/new", app.config.base_url),
        back_url: format!("{}/methods", app.config.base_url),
    };
    let page = gateway.open_page(&ask).await.map_err(unreachable)?;
    let row = MethodPageRow {
        gateway: name,
        page: page.id,
        account_id,
        person_id,
        replaces,
        opened_at: app.clock.real(),
        done_at: None,
    };
    app.store.write(move |tx| tx.insert(std::slice::from_ref(&row))).await?;
    Ok(page.url)
}

fn unreachable(trouble: Trouble) -> Error {
    Error::Unreachable(trouble.to_string())
}

/// Keeps what was left on open pages, of one person or of everybody; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn keep_left_methods(app: &App, person: Option<PersonId>) -> Result<usize> {
    let Some(gateway) = &app.gateway else { return Ok(0) };
    let after = app.clock.real().saturating_sub(PATIENCE).unwrap_or(Timestamp::MIN);
    let pages = app.store.read(move |tx| tx.open_method_pages(after)).await?;
    let mut kept = 0;
    for row in pages.into_iter().filter(|row| person.is_none_or(|person| row.person_id == person)) {
        match gateway.page(&row.page).await {
            Ok(PageState::Done { method: Some(method), .. }) => {
                keep(app, row, method).await?;
                kept += 1;
            }
            Ok(PageState::Expired) => {
                let row = MethodPageRow { done_at: Some(app.clock.real()), ..row };
                app.store.write(move |tx| tx.replace(std::slice::from_ref(&row))).await?;
            }
            Ok(_) => {}
            Err(trouble) => tracing::warn!(%trouble, "the payment processor"),
        }
    }
    Ok(kept)
}

async fn keep(app: &App, page: MethodPageRow, method: Method) -> Result<()> {
    let (method_id, now, real) = (app.ids.mint(), app.clock.now(), app.clock.real());
    let by = Actor::program(app);
    let (telling, renewals) = (Telling::of(app, &by), Renewals::of(app, page.account_id, &by).await?);
    let live = app.gateway.as_ref().is_some_and(|gateway| gateway.is_live());
    let written = app.store.write(move |tx| {
        let done = MethodPageRow { done_at: Some(real), ..page.clone() };
        if tx.method_page(page.gateway, &page.page)?.is_none_or(|row| row.done_at.is_some()) {
            return Ok::<_, Error>(());
        }
        tx.replace(&[done])?;
        if tx.methods_by_token(page.gateway, &method.id)?.iter().any(|row| row.account_id == page.account_id) {
            return Ok(());
        }
        let left = Left { account: page.account_id, gateway: page.gateway, live, by: Some(page.person_id), at: now };
        let row = keep_new(tx, (method_id, &method), left, &by)?;
        let old = match page.replaces {
            Some(old) => tx.method(page.account_id, old)?.filter(|old| old.state != MethodState::Gone),
            None => None,
        };
        let mut what = format!("{} was added as a way to pay.", row.words());
        if let Some(old) = old {
            what = format!("{} took the place of {}.", row.words(), old.words());
            replace(tx, &old, &row, now)?;
            tx.append_audit(&[by.did(AuditKind::MethodChanged, what.clone()).of(row.account_id)])?;
            mandates::follow(tx, &renewals, row.account_id, (Some(page.person_id), &by))?;
        }
        Ok(tell(tx, &telling, &row, &what)?)
    });
    written.await
}

/// Where a new method was left.
pub(super) struct Left {
    pub account: AccountId,
    pub gateway: GatewayName,
    pub live: bool,
    /// Who left it; nothing where only the link of a mail is known.
    pub by: Option<PersonId>,
    pub at: Timestamp,
}

/// Keeps a method as the processor describes it. The first one that can be charged is the account's default.
///
/// # Errors
/// Those of the database.
pub(super) fn keep_new(
    tx: &mut Tx,
    (method_id, method): (MethodId, &Method),
    left: Left,
    by: &Actor,
) -> Result<MethodRow, store::Error> {
    let row = MethodRow {
        account_id: left.account,
        method_id,
        gateway: left.gateway,
        live: left.live,
        customer: method.customer.clone(),
        token: method.id.clone(),
        kind: kind_here(method.kind),
        brand: method.brand.clone(),
        last4: method.last4.clone(),
        expires_on: method.expires_on,
        name: String::new(),
        state: if method.is_verified { MethodState::Usable } else { MethodState::Unverified },
        replaced_by: None,
        is_default: method.is_verified && tx.methods(left.account)?.iter().all(|known| !known.is_default),
        added_by: left.by,
        added_at: left.at,
        gone_at: None,
    };
    tx.keep_method(&row)?;
    tx.append_audit(&[by.did(AuditKind::MethodAdded, row.words()).of(row.account_id)])?;
    Ok(row)
}

/// Everything that was to be paid with the old one is paid with the new one.
fn replace(tx: &mut Tx, old: &MethodRow, new: &MethodRow, now: Timestamp) -> Result<(), store::Error> {
    tx.hand_over_payments(old, new)?;
    let gone = MethodRow {
        state: MethodState::Gone,
        gone_at: Some(now),
        replaced_by: Some(new.method_id),
        is_default: false,
        ..old.clone()
    };
    tx.replace(&[gone])?;
    if old.is_default { tx.set_default_method(new.account_id, Some(new)) } else { Ok(()) }
}

/// Tells the account's admins.
///
/// # Errors
/// Those of the database.
pub fn tell(tx: &mut Tx, telling: &Telling, row: &MethodRow, what: &str) -> Result<(), store::Error> {
    let contacts = tx.contacts_of(row.account_id)?;
    let accounts = tx.accounts_of(&[row.account_id])?;
    let Some(account) = accounts.first() else { return Ok(()) };
    telling.tell(tx, (&account.code, &account.name), (&contacts, &[]), what)
}
