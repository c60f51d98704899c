//! What rules have charged so far, by calendar month: what a month's limit is measured against.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::Month;

/// Minor units by rule and month. What failed doesn't count; what is under way does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charged(BTreeMap<(i64, Month), i64>);

impl Charged {
    /// What a rule has charged in a month.
    #[must_use]
    pub fn of(&self, rule_id: i64, month: Month) -> i64 {
        self.0.get(&(rule_id, month)).copied().unwrap_or(0)
    }

    /// Counts a charge of a day.
    pub fn add(&mut self, rule_id: i64, on: Date, amount: i64) {
        let so_far = self.0.entry((rule_id, Month::of(on))).or_default();
        *so_far = so_far.saturating_add(amount);
    }
}
