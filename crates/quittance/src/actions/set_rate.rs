//! Sets what an hour of a role costs from a day on. What is planned on older rates is planned again.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;
use store::audit::{AuditKind, Deed};
use store::reckoning::RoleRateRow;
use store::run::ImportRow;
use store::{AccountId, AgreementId};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// A rate, and for whom it holds.
#[derive(Clone, Debug)]
pub struct SetRate {
    /// As time entries name it.
    pub role: String,
    /// For this account alone.
    pub account: Option<String>,
    /// Under this agreement alone.
    pub agreement: Option<String>,
    /// First day of work.
    pub from_on: Date,
    /// Major units for an hour.
    pub rate: Decimal,
}

/// Sets the rate and gives the one that stood there before. Invoices keep theirs: it is frozen on their lines.
///
/// # Errors
/// `Refused` where there is no such account or agreement; those of the database.
pub async fn set_rate(app: &App, ask: SetRate, by: &Actor) -> Result<Option<Decimal>> {
    let by = by.clone();
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 1 };
    app.store
        .write(move |tx| {
            let (account_id, agreement_id) = holds_for(tx, &ask)?;
            let (role, rate) = (ask.role.trim().to_owned(), ask.rate.normalize());
            let row = RoleRateRow { role, account_id, agreement_id, from_on: ask.from_on, rate };
            let key = |row: &RoleRateRow| (row.role.clone(), row.account_id, row.agreement_id, row.from_on);
            let before = tx.role_rates()?.into_iter().find(|known| key(known) == key(&row));
            let before = before.map(|known| known.rate);
            if before != Some(row.rate) {
                let deed = told(&by, &row, before);
                tx.replace(&[row])?;
                tx.insert(std::slice::from_ref(&import))?;
                tx.append_audit(&[deed])?;
            }
            Ok(before)
        })
        .await
}

fn told(by: &Actor, row: &RoleRateRow, before: Option<Decimal>) -> Deed {
    let deed = by.did(AuditKind::RateSet, format!("{} from {}", row.role, row.from_on));
    let deed = if row.account_id == AccountId::from(0) { deed } else { deed.of(row.account_id) };
    let rate = |rate: Option<Decimal>| json!({ "rate": rate.map(|rate| rate.to_string()) });
    deed.before(rate(before)).after(rate(Some(row.rate)))
}

fn holds_for(tx: &mut store::Tx, ask: &SetRate) -> Result<(AccountId, AgreementId)> {
    let account = match &ask.account {
        Some(code) => Some(tx.account_by_code(code)?.ok_or_else(|| Error::no_account(code))?.account_id),
        None => None,
    };
    let Some(code) = &ask.agreement else { return Ok((account.unwrap_or(0.into()), 0.into())) };
    let agreement = tx.agreements()?.into_iter().find(|agreement| agreement.code == *code);
    match agreement {
        Some(agreement) if account.is_none_or(|account| account == agreement.account_id) => {
            Ok((agreement.account_id, agreement.agreement_id))
        }
        Some(_) => Err(Error::Refused(format!("{code} is another account's agreement; name its account, or none"))),
        None => Err(Error::Refused(format!("there is no agreement {code}"))),
    }
}
