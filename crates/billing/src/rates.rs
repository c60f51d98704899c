//! Rates by role: what an hour costs where a time entry doesn't say it.

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// What an hour of a role costs from a day on: for everybody, for one account, or under one agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRate {
    /// `Engineer`, as the provider's system writes it.
    pub role: String,
    /// The account it holds for.
    pub account: Option<i64>,
    /// The agreement it holds under.
    pub agreement: Option<i64>,
    /// First day of work it holds for.
    pub from_on: Date,
    /// Major units for one hour, used exactly as written.
    pub rate: Decimal,
}

/// All rates, by role.
#[derive(Clone, Debug, Default)]
pub struct RateCard(HashMap<String, Vec<RoleRate>>);

impl RateCard {
    /// Sorts rates by role.
    #[must_use]
    pub fn new(rates: impl IntoIterator<Item = RoleRate>) -> Self {
        let mut roles: HashMap<String, Vec<RoleRate>> = HashMap::new();
        for rate in rates {
            roles.entry(rate.role.clone()).or_default().push(rate);
        }
        Self(roles)
    }

    /// The rate of a role's hour worked on a day for an account, under an agreement where the entry names one: of the rows
    /// that have begun, those of the agreement before those of the account before those of the role alone, and of
    /// these the newest. Source: the import contract, Work.
    #[must_use]
    pub fn rate(&self, role: &str, account: i64, agreement: Option<i64>, worked_on: Date) -> Option<Decimal> {
        let holds = |rate: &&RoleRate| {
            rate.from_on <= worked_on
                && rate.account.is_none_or(|known| known == account)
                && (rate.agreement.is_none() || rate.agreement == agreement)
        };
        let rates = self.0.get(role)?.iter().filter(holds);
        let wins = rates.max_by_key(|rate| (rate.agreement.is_some(), rate.account.is_some(), rate.from_on));
        wins.map(|rate| rate.rate)
    }
}
