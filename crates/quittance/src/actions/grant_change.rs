//! What staff approve of an account's own data takes effect: for invoices to come, never for issued ones.

use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use store::account::AccountRow;
use store::audit::{AuditKind, Deed};
use store::request::{RequestKind, RequestRow};
use store::run::ImportRow;
use store::{AccountId, Tx};

use crate::actions::ask_company::Company;
use crate::actions::hand_in_certificate::Exemption;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::told::Telling;

/// What is needed besides the request.
pub(super) struct Granting<'a> {
    /// The region that decides its tax from now on; empty: as it is.
    pub tax_region: &'a str,
    /// By which runs notice that their data have changed.
    pub import: &'a ImportRow,
    pub telling: &'a Telling,
    pub by: &'a Actor,
}

/// Changes the account, and tells its admins.
pub(super) fn grant(tx: &mut Tx, row: &RequestRow, account: AccountId, granting: &Granting<'_>) -> Result<Vec<Deed>> {
    let known = tx.accounts_of(&[account])?.into_iter().next().ok_or(Error::NotFound)?;
    let after = match row.kind {
        RequestKind::Company => {
            let (before, after): (Company, Company) = sides(row)?;
            unchanged(&before, &Company::of(&known))?;
            AccountRow { tax_region: region(tx, &known, granting.tax_region)?, ..after.put(known.clone()) }
        }
        _ => {
            let (before, after): (Exemption, Exemption) = sides(row)?;
            unchanged(&before, &Exemption::of(&known))?;
            after.put(known.clone())
        }
    };
    tx.replace(std::slice::from_ref(&after))?;
    tx.insert(std::slice::from_ref(granting.import))?;
    let what = match row.kind {
        RequestKind::Company => format!("Invoices to come are made out to {}, {}.", after.name, after.address_1),
        _ => match after.exempt_until {
            Some(day) => format!("{} is exempt from sales tax until {day}.", after.name),
            None => format!("{} is exempt from sales tax.", after.name),
        },
    };
    let contacts = tx.contacts_of(account)?;
    granting.telling.tell(tx, (&after.code, &after.name), (&contacts, &[&row.email]), &what)?;
    let deed = granting.by.did(AuditKind::AccountChanged, after.code.clone()).of(account);
    Ok(vec![deed.before(shown(row, &known)?).after(shown(row, &after)?)])
}

fn sides<T: DeserializeOwned>(row: &RequestRow) -> Result<(T, T)> {
    let side =
        |json: &Option<String>| serde_json::from_str(json.as_deref().unwrap_or_default()).map_err(Error::internal);
    Ok((side(&row.before)?, side(&row.after)?))
}

/// What was asked for was asked of something else by now.
fn unchanged<T: PartialEq>(before: &T, now: &T) -> Result<()> {
    if before == now {
        return Ok(());
    }
    Err(Error::refused("It has been changed since this was asked for. Turn it down, and let them ask again."))
}

fn region(tx: &mut Tx, known: &AccountRow, wanted: &str) -> Result<String> {
    let wanted = wanted.trim();
    if wanted.is_empty() || wanted == known.tax_region {
        return Ok(known.tax_region.clone());
    }
    if tx.tax_rates()?.iter().any(|rate| rate.tax_region == wanted) {
        return Ok(wanted.to_owned());
    }
    Err(Error::Refused(format!("No tax rate is known for the region {wanted}. Import its rates first.")))
}

fn shown(row: &RequestRow, account: &AccountRow) -> Result<Json> {
    match row.kind {
        RequestKind::Company => {
            let mut json = serde_json::to_value(Company::of(account)).map_err(Error::internal)?;
            if let Some(fields) = json.as_object_mut() {
                fields.insert("tax_region".to_owned(), json!(account.tax_region));
            }
            Ok(json)
        }
        _ => serde_json::to_value(Exemption::of(account)).map_err(Error::internal),
    }
}
