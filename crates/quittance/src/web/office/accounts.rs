//! `GET /office/accounts`: every account, found by code, name or a contact's address, and what staff do for it.

use std::collections::HashSet;

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use billing::Money;
use billing::account::AccountStatus;
use billing::staff::Rights;
use store::account::AccountRow;
use store::books::AccountStateRow;
use store::{AccountId, Tx};

use super::Office;
use crate::app::App;
use crate::web::answer::{Answer, Page};
use crate::web::pages::{OfficeAccountLine, OfficeAccountsPage};
use crate::web::portal::query::Asked;

/// How many one page lists.
const PAGE: usize = 50;

/// The list, by code. `q` filters it, `after` is the code it goes on after.
pub async fn list(State(app): State<App>, office: Office, RawQuery(asked): RawQuery) -> Answer {
    let mut asked = Asked::new(asked.as_deref());
    let mut text = |name: &str| asked.value(name, |text| Some(text.trim().to_owned())).unwrap_or_default();
    let (wanted, after) = (text("q"), text("after"));
    let sought = wanted.to_lowercase();
    let (rows, states, is_more) = app.store.read(move |tx| found(tx, &sought, &after)).await?;
    let next = rows.last().filter(|_| is_more).map(|last| {
        let pairs = [("q", wanted.as_str()), ("after", last.code.as_str())];
        format!("/office/accounts?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
    });
    let lines = rows.iter().map(|row| line(row, states.iter().find(|state| state.account_id == row.account_id)));
    let lines = lines.collect();
    let may_act = office.staff.rights.cover(Rights::Billing);
    let page = OfficeAccountsPage { frame: office.frame(&app), wanted, lines, next: next.unwrap_or_default(), may_act };
    Ok(Page(page).into_response())
}

type Found = (Vec<AccountRow>, Vec<AccountStateRow>, bool);

/// A page of the accounts that match, with what they owe, and whether there are more.
fn found(tx: &mut Tx, sought: &str, after: &str) -> Result<Found, store::Error> {
    let by_contact: HashSet<AccountId> = match sought {
        "" => HashSet::new(),
        _ => {
            let contacts = tx.contacts()?.into_iter();
            contacts.filter(|row| row.email.to_lowercase().contains(sought)).map(|row| row.account_id).collect()
        }
    };
    let matches = |row: &AccountRow| {
        row.code.to_lowercase().contains(sought)
            || row.name.to_lowercase().contains(sought)
            || by_contact.contains(&row.account_id)
    };
    let accounts = tx.accounts()?.into_iter().filter(|row| row.code.as_str() > after && matches(row));
    let mut rows: Vec<AccountRow> = accounts.take(PAGE + 1).collect();
    let is_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let states = tx.account_states(&ids)?;
    Ok((rows, states, is_more))
}

fn line(row: &AccountRow, state: Option<&AccountStateRow>) -> OfficeAccountLine {
    let money = |minor: i64| Money::new(minor, row.currency).with_currency();
    let (owed, credit) = state.map_or((0, 0), |state| (state.balance_minor, state.credit_minor));
    OfficeAccountLine {
        code: row.code.clone(),
        name: row.name.clone(),
        place: format!("{}, {}", row.city, row.country),
        is_former: row.status == AccountStatus::Former,
        open: if owed == 0 { String::new() } else { money(owed) },
        credit: if credit == 0 { String::new() } else { money(credit) },
    }
}
