//! What a rule would do, before anybody says yes: what is open, and the months behind, replayed.

use billing::Month;
use billing::autopay::{Decision, InForce, Invoice, Limits, Replayed, Row, Rule, preview};
use billing::calendar::shift;
use billing::period::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::autopay::{RuleRow, RuleState};
use store::method::MandateRow;
use store::{AccountId, RuleId, Tx};

use super::{AutoPay, in_force, past};

/// So many whole months are replayed, and this one as far as it has come.
const MONTHS: i32 = 3;
/// Invoices issued so many days before the first of them may have their day in it.
const BEFORE_DAYS: i32 = 160;

/// All there is to see of an account's Auto Pay.
#[derive(Clone, Debug)]
pub struct Sight {
    /// As it stands.
    pub autopay: AutoPay,
    /// Every version of every rule, the newest first.
    pub versions: Vec<RuleRow>,
    /// Every permission, the newest first.
    pub mandates: Vec<MandateRow>,
    /// Invoices of the months behind, in full.
    pub past: Vec<Invoice>,
}

/// What a rule would do.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// What is open, by due date.
    pub next: Vec<(Invoice, Decision)>,
    /// The months behind, the newest first, each by day; months without an invoice are left out.
    pub months: Vec<(Month, Vec<(Invoice, Row)>)>,
}

impl Sight {
    /// Reads it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(tx: &mut Tx, account: AccountId, (today, zone): (Date, &TimeZone)) -> Result<Self, store::Error> {
        let versions = tx.autopay_rules(account)?;
        let rules = in_force(tx, account, &versions)?;
        let autopay = super::facts::read(tx, account, rules, (today, zone))?;
        let since = shift(first_month(today).first(), -BEFORE_DAYS);
        Ok(Self { autopay, versions, mandates: tx.mandates(account)?, past: past(tx, account, since)? })
    }

    /// A rule as it would hold if it were agreed to today. `replaces` is the rule whose next version it is.
    #[must_use]
    pub fn as_agreed(&self, rule: Rule, replaces: Option<RuleId>) -> InForce {
        let rule_id = replaces.map_or(0, i64::from);
        let pauses = self.autopay.rules.iter().find(|known| known.rule_id == rule_id);
        let pauses = pauses.map(|known| known.pauses.clone()).unwrap_or_default();
        InForce { pauses, ..InForce::from(rule_id, rule, self.autopay.today) }
    }

    /// A version as it holds; a proposal as it would if it were agreed to today.
    #[must_use]
    pub fn as_it_stands(&self, row: &RuleRow) -> InForce {
        let held = self.autopay.rules.iter().find(|held| held.rule_id == i64::from(row.rule_id));
        match held.filter(|_| row.state == RuleState::InForce) {
            Some(held) => held.clone(),
            None => self.as_agreed(row.rule.clone(), Some(row.rule_id)),
        }
    }

    /// What a rule would do with what is open, and would have done in the months behind.
    #[must_use]
    pub fn preview(&self, rule: &InForce) -> Previewed {
        let with = self.autopay.with(rule.clone());
        let next = with.invoices.iter().cloned().zip(with.forecast()).collect();
        let today = self.autopay.today;
        let span = Span::new(first_month(today).first(), today);
        let rows = preview(&self.past, rule, &self.autopay.methods, span);
        let mut months: Vec<(Month, Vec<(Invoice, Row)>)> = Vec::new();
        for row in rows {
            let Some(invoice) = self.past.get(row.place).cloned() else { continue };
            match months.last_mut() {
                Some((month, rows)) if *month == Month::of(row.on) => rows.push((invoice, row)),
                _ => months.push((Month::of(row.on), vec![(invoice, row)])),
            }
        }
        months.reverse();
        Previewed { next, months }
    }
}

fn first_month(today: Date) -> Month {
    Month::of(today).plus(-MONTHS)
}

impl Previewed {
    /// Of the months behind: how many invoices there were, and how many would have been charged.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let rows = || self.months.iter().flat_map(|(_, rows)| rows);
        let charged = rows().filter(|(_, row)| matches!(row.outcome, Replayed::Charged(..))).count();
        (rows().count(), charged)
    }

    /// The limits under which everything that only a limit left would have been charged, in round figures.
    #[must_use]
    pub fn wider(&self, limits: Limits) -> Option<Limits> {
        let over = |above: fn(&billing::autopay::Reason) -> bool| {
            let mut rows = self.months.iter().flat_map(|(_, rows)| rows);
            rows.any(|(_, row)| matches!(&row.outcome, Replayed::Left(reason) if above(reason)))
        };
        let is_invoice = over(|reason| matches!(reason, billing::autopay::Reason::AboveInvoiceLimit(_)));
        let is_month = over(|reason| matches!(reason, billing::autopay::Reason::AboveMonthLimit { .. }));
        if !is_invoice && !is_month {
            return None;
        }
        let amounts = |rows: &[(Invoice, Row)]| rows.iter().map(|(invoice, _)| invoice.balance).collect::<Vec<_>>();
        let largest = self.months.iter().flat_map(|(_, rows)| amounts(rows)).max()?;
        let month = self.months.iter().map(|(_, rows)| amounts(rows).iter().sum::<i64>()).max()?;
        let wide = |limit: Option<i64>, needed: i64| limit.map(|limit| limit.max(round_up(needed)));
        Some(Limits {
            per_invoice: wide(limits.per_invoice, largest),
            per_month: wide(limits.per_month, month),
            ..limits
        })
    }
}

/// To the next 1,000.00 of minor units, to the next 100.00 below that.
fn round_up(minor: i64) -> i64 {
    let step = if minor > 1_000_00 { 1_000_00 } else { 100_00 };
    minor.checked_add(step - 1).map_or(minor, |sum| sum / step * step)
}
