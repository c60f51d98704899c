//! Rates of roles, and tickets of which something is agreed.

use std::collections::HashMap;

use billing::money::digits;
use billing::rates::RateCard;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use store::account::AccountRow;
use store::agreement::AgreementRow;
use store::reckoning::{AgreedTicketRow, RoleRateRow};
use store::{AccountId, AgreementId, Tx};

use super::{ByCode, Resolver, by_code};
use crate::import::check::Complaints;
use crate::import::export::Export;
use crate::import::rows::RateIn;
use crate::reckon::rate_card;

/// The largest agreed amount in minor units, as of a line.
const LARGEST: i64 = 1_000_000_000_000;

impl Resolver<'_> {
    /// The rates as they will be.
    pub(super) fn rates(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        agreements: &ByCode<AgreementRow>,
    ) -> Result<RateCard, store::Error> {
        let key = |row: &RoleRateRow| (row.role.clone(), row.account_id, row.agreement_id, row.from_on);
        let mut rates: HashMap<_, RoleRateRow> = tx.role_rates()?.into_iter().map(|row| (key(&row), row)).collect();
        for row in &export.rates {
            let Some((account_id, agreement_id)) = self.rate_holds_for(row, accounts, agreements) else {
                self.unread.add("rates.csv", &row.role);
                continue;
            };
            let rate = row.rate.normalize();
            let rate = RoleRateRow { role: row.role.clone(), account_id, agreement_id, from_on: row.from_on, rate };
            let place = format!("rates.csv:{} {}", row.line, row.role);
            self.changes.rates.take(rate.clone(), rates.get(&key(&rate)), &place, &mut self.changes.fields)?;
            rates.insert(key(&rate), rate);
        }
        Ok(rate_card(rates.into_values().collect()))
    }

    /// The account and agreement of a rate, 0 where it names none; nothing, and told, where there is no such.
    fn rate_holds_for(
        &mut self,
        row: &RateIn,
        accounts: &ByCode<AccountRow>,
        agreements: &ByCode<AgreementRow>,
    ) -> Option<(AccountId, AgreementId)> {
        let account = match &row.account {
            Some(code) => Some(self.known_account(code, row.line, accounts, "rates.csv")?),
            None => None,
        };
        let Some(code) = &row.agreement else { return Some((account.unwrap_or(0.into()), 0.into())) };
        let mut tell = |wrong: &str, expected: &str| {
            Complaints::about("rates.csv", self.problems).add(row.line, "agreement", code, wrong, expected);
            None
        };
        match agreements.get(code) {
            Some(agreement) if account.is_none_or(|account| account == agreement.account_id) => {
                Some((agreement.account_id, agreement.agreement_id))
            }
            Some(_) => tell("it is another account's", "an agreement of the same account"),
            None if self.unread.may_hold("agreements.csv", code) => None,
            None => tell("there is no such agreement", "an id of agreements.csv"),
        }
    }

    /// Whose the tickets are of which something is agreed.
    pub(super) fn tickets(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
    ) -> Result<HashMap<String, AccountId>, store::Error> {
        let stored = by_code(tx.agreed_tickets()?, |row| &row.ticket);
        let mut tickets: HashMap<String, AccountId> =
            stored.values().map(|row| (row.ticket.clone(), row.account_id)).collect();
        let names: Vec<String> = export.tickets.iter().map(|row| row.ticket.clone()).collect();
        let mut worked: HashMap<String, AccountId> = if names.is_empty() {
            HashMap::new()
        } else {
            tx.tickets(&names)?.into_iter().map(|row| (row.ticket, row.account_id)).collect()
        };
        let deliveries = if names.is_empty() { Vec::new() } else { tx.deliveries_of_tickets(&names)? };
        for row in deliveries {
            worked.entry(row.ticket).or_insert(row.account_id);
        }
        for row in &export.tickets {
            let Some(account_id) = self.known_account(&row.account, row.line, accounts, "tickets.csv") else {
                continue;
            };
            let mut complaints = Complaints::about("tickets.csv", self.problems);
            let owner = worked.get(&row.ticket).or(tickets.get(&row.ticket));
            if owner.is_some_and(|owner| *owner != account_id) {
                let expected = "a ticket that belongs to one account";
                complaints.add(row.line, "ticket", &row.ticket, "another account has this ticket", expected);
                continue;
            }
            let currency = accounts.get(&row.account).map(|account| account.currency);
            let places = currency.map_or(2, |currency| u32::from(digits(currency)));
            let not_to_exceed_minor = row.not_to_exceed.map(|amount| minor(amount, places));
            if not_to_exceed_minor == Some(None) {
                let expected = format!("an amount of the account's currency, with at most {places} decimals");
                let amount = row.not_to_exceed.unwrap_or_default();
                complaints.add(row.line, "not_to_exceed", amount, "no invoice has such an amount", &expected);
                continue;
            }
            let agreed = AgreedTicketRow {
                ticket: row.ticket.clone(),
                account_id,
                not_to_exceed_minor: not_to_exceed_minor.flatten(),
            };
            let place = format!("tickets.csv:{} {}", row.line, row.ticket);
            self.changes.tickets.take(agreed, stored.get(&row.ticket), &place, &mut self.changes.fields)?;
            tickets.insert(row.ticket.clone(), account_id);
        }
        Ok(tickets)
    }
}

/// An amount in minor units, exactly; nothing where it isn't one.
pub fn minor(amount: Decimal, places: u32) -> Option<i64> {
    let scaled = amount.checked_mul(Decimal::from(10_i64.checked_pow(places)?))?;
    let whole = scaled.is_integer().then(|| scaled.to_i64()).flatten();
    whole.filter(|minor| (0..=LARGEST).contains(minor))
}
