//! Auto Pay of an account: what `billing::autopay` needs to know, read from the store. Whoever decides, shows or explains begins here.

mod facts;
pub mod letters;
pub mod mandates;
mod methods;
pub mod sight;

use billing::autopay::{
    Charged, Decision, Deed, InForce, Invoice, Method, MethodRole, Rule, Standing, deeds, forecast, sentence,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::autopay::{ChargedRow, RuleRow, RuleState};
use store::{AccountId, InvoiceId, RuleId, Tx};

pub use facts::past;
pub use methods::methods;

/// Every rule that waits for somebody or holds, with what its account can charge.
///
/// # Errors
/// Those of the database.
pub fn open_rules(tx: &mut Tx) -> Result<Vec<(RuleRow, Vec<Method>)>, store::Error> {
    let mut rules = Vec::new();
    for row in tx.autopay_proposals()?.into_iter().chain(tx.autopay_in_force()?) {
        let methods = methods(tx, row.account_id)?;
        rules.push((row, methods));
    }
    Ok(rules)
}

/// An account's Auto Pay on a day.
#[derive(Clone, Debug)]
pub struct AutoPay {
    /// The day, in the provider's zone.
    pub today: Date,
    /// Its open invoices with their ids, by due date.
    pub invoices: Vec<Invoice>,
    /// The ids, in the same order.
    pub ids: Vec<InvoiceId>,
    /// The rules in force.
    pub rules: Vec<InForce>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// What its rules have charged.
    pub charged: Charged,
    /// Every charge there was in the last year, with what became of it.
    pub charges: Vec<ChargedRow>,
}

impl AutoPay {
    /// Reads an account's Auto Pay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(tx: &mut Tx, account: AccountId, (today, zone): (Date, &TimeZone)) -> Result<Self, store::Error> {
        let rules = tx.autopay_rules(account)?;
        let rules = in_force(tx, account, &rules)?;
        facts::read(tx, account, rules, (today, zone))
    }

    /// What all of them come to.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        Standing { rules: &self.rules, methods: &self.methods, charged: &self.charged }
    }

    /// What becomes of each open invoice, in their order.
    #[must_use]
    pub fn forecast(&self) -> Vec<Decision> {
        forecast(&self.invoices, &self.standing(), self.today)
    }

    /// What is to be done today.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        deeds(&self.invoices, &self.standing(), self.today)
    }

    /// The same account with another rule in the place of one of its own, or beside them.
    #[must_use]
    pub fn with(&self, rule: InForce) -> Self {
        let mut rules: Vec<InForce> =
            self.rules.iter().filter(|known| known.rule_id != rule.rule_id).cloned().collect();
        rules.push(rule);
        Self { rules, ..self.clone() }
    }
}

/// The rules in force among all versions, with their pauses.
///
/// # Errors
/// Those of the database.
pub fn in_force(tx: &mut Tx, account: AccountId, versions: &[RuleRow]) -> Result<Vec<InForce>, store::Error> {
    let pauses = tx.autopay_pauses(account)?;
    let held = versions.iter().filter(|row| row.state == RuleState::InForce);
    let held = held.filter_map(|row| {
        let own = pauses.iter().filter(|pause| pause.rule_id == row.rule_id);
        let pauses = own.map(|pause| billing::Span::new(pause.from_on, pause.until_on)).collect();
        let (rule_id, rule) = (i64::from(row.rule_id), row.rule.clone());
        Some(InForce { rule_id, rule, starts_on: row.starts_on?, pauses })
    });
    Ok(held.collect())
}

/// The version of a rule that holds, and the one that is proposed.
#[must_use]
pub fn versions_of(rule: RuleId, versions: &[RuleRow]) -> (Option<&RuleRow>, Option<&RuleRow>) {
    let of = |state| versions.iter().find(|row| row.rule_id == rule && row.state == state);
    (of(RuleState::InForce), of(RuleState::Proposed))
}

/// A rule in a sentence, with the method it charges today.
#[must_use]
pub fn said(rule: &Rule, methods: &[Method]) -> String {
    let method = methods.iter().find(|method| method.plays(&rule.method));
    let label = match (&rule.method, method) {
        (_, Some(method)) => method.label.clone(),
        (MethodRole::Default, None) => "the method that is used first".to_owned(),
        (MethodRole::Kept(_), None) => "a method that is gone".to_owned(),
    };
    sentence(rule, &label)
}
