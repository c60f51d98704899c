//! Reckoning the work of an account: hours, rate and amount of each entry that a run takes. Pure; what it depends on is read
//! before.

use std::collections::{BTreeMap, HashMap};

use billing::hours::{BilledHours, EarlierHours, WorkTerms, WorkedEntry, billed_hours};
use billing::not_to_exceed::up_to;
use billing::prepaid::{Balance, Draw, Drawn, Grant, Included, grants};
use billing::rates::{RateCard, RoleRate};
use billing::work::{Coverage, WorkType, entry_amount};
use billing::{Currency, Month, Overflow};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::AgreementId;
use store::agreement::{AgreementChangeRow, BillableLine};
use store::reckoning::{AgreedTicketRow, DrawnRow, EarlierWork, RoleRateRow};
use store::work::UnbilledEntry;

use crate::plan::life;

/// Why work can't be reckoned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreckoned {
    /// An amount is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// Imports see to it that there is a rate; somebody else changed the data.
    #[error(
        "time entry {entry} has no rate, and none is known for its role; import it with a rate, or set one (quittance work rate)"
    )]
    NoRate {
        /// Its code.
        entry: String,
    },
}

/// What the price of work depends on besides the entry itself.
#[derive(Clone, Debug, Default)]
pub struct WorkBasis {
    /// The provider's terms.
    pub terms: WorkTerms,
    /// What roles cost.
    pub rates: RateCard,
    /// Tickets with the amounts agreed for them.
    pub agreed: HashMap<String, i64>,
    /// What earlier invoices billed of the tickets that need it.
    pub earlier: HashMap<String, Vec<EarlierWork>>,
    /// What agreements grant.
    pub grants: HashMap<AgreementId, Vec<Grant>>,
    /// What was drawn of it, in its order.
    pub drawn: HashMap<AgreementId, Vec<Draw>>,
}

impl WorkBasis {
    /// Takes agreed tickets.
    pub fn take_agreed(&mut self, rows: Vec<AgreedTicketRow>) {
        let agreed = rows.into_iter().filter_map(|row| Some((row.ticket, row.not_to_exceed_minor?)));
        self.agreed.extend(agreed);
    }

    /// Takes what earlier invoices billed.
    pub fn take_earlier(&mut self, rows: Vec<EarlierWork>) {
        for row in rows {
            self.earlier.entry(row.ticket.clone()).or_default().push(row);
        }
    }

    /// Takes what was drawn.
    pub fn take_drawn(&mut self, rows: Vec<DrawnRow>) {
        for row in rows {
            let draw = Draw { month: Month::of(row.worked_on), hours: row.hours };
            self.drawn.entry(row.agreement_id).or_default().push(draw);
        }
    }

    /// Takes what the lines of an account include, with what happens to them, for work up to a month. Nothing is granted
    /// before the provider bills.
    ///
    /// # Errors
    /// `Overflow` where hours times units can't be computed.
    pub fn take_hours(
        &mut self,
        lines: &[BillableLine],
        changes: &[AgreementChangeRow],
        (billing_starts_on, until): (Date, Month),
        currency: Currency,
    ) -> Result<(), Overflow> {
        for line in lines {
            let Some(hours) = line.included_hours else { continue };
            let included = Included { hours, carry_months: line.hours_carry_months };
            let granted = grants(&life(line, changes, until), included, (billing_starts_on, until), currency)?;
            self.grants.entry(line.agreement_id).or_default().extend(granted);
        }
        Ok(())
    }

    /// An agreement's balance after everything that invoices drew.
    pub fn balance(&self, agreement: AgreementId) -> Balance {
        let mut balance = Balance::new(self.grants.get(&agreement).cloned().unwrap_or_default());
        for draw in self.drawn.get(&agreement).into_iter().flatten() {
            balance.draw(*draw);
        }
        balance
    }

    /// Whether what earlier invoices billed of an entry's ticket matters.
    pub fn needs_earlier(&self, entry: &UnbilledEntry) -> bool {
        self.agreed.contains_key(&entry.ticket)
            || (entry.hours_billed.is_none() && self.terms.minimum(entry.work_type).is_some())
    }
}

/// The rates of roles as a card.
pub fn rate_card(rows: Vec<RoleRateRow>) -> RateCard {
    let only = |id: i64| (id != 0).then_some(id);
    RateCard::new(rows.into_iter().map(|row| RoleRate {
        role: row.role,
        account: only(row.account_id.into()),
        agreement: only(row.agreement_id.into()),
        from_on: row.from_on,
        rate: row.rate,
    }))
}

/// What an entry comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reckoned {
    /// Hours that count, and the minimum that raised them.
    pub billed: BilledHours,
    /// Major units for an hour.
    pub rate: Decimal,
    /// Whether the rate is its role's.
    pub by_role: bool,
    /// What the role's rate was multiplied by.
    pub factor: Option<Decimal>,
    /// Of prepaid work.
    pub drawn: Option<Drawn>,
    /// Minor units charged.
    pub amount: i64,
    /// Minor units over the agreed amount, and that amount.
    pub over: Option<(i64, i64)>,
}

/// Reckons the entries of one account that a run takes, those of a ticket in the order they were worked.
///
/// # Errors
/// [`Unreckoned`].
pub fn reckon(entries: &[&UnbilledEntry], basis: &WorkBasis, currency: Currency) -> Result<Vec<Reckoned>, Unreckoned> {
    let worked: Vec<WorkedEntry<'_>> = entries.iter().map(|entry| worked_entry(entry)).collect();
    let billed = billed_hours(&worked, &earlier_hours(entries, basis), &basis.terms)?;
    let mut drawn = draw(entries, &billed, basis);
    let mut reckoned = Vec::with_capacity(entries.len());
    for (place, (entry, billed)) in entries.iter().zip(billed).enumerate() {
        let (rate, factor) = rate(entry, basis)?;
        let drawn = drawn.remove(&place);
        let from_balance = drawn.map_or(Decimal::ZERO, |drawn| drawn.hours);
        let charged = billed.hours.checked_sub(from_balance).ok_or(Overflow)?;
        let amount = entry_amount(charged, rate, entry.coverage, currency)?;
        let by_role = entry.rate.is_none();
        reckoned.push(Reckoned { billed, rate, by_role, factor, drawn, amount, over: None });
    }
    stop_at_agreed(entries, &mut reckoned, basis);
    Ok(reckoned)
}

fn worked_entry(entry: &UnbilledEntry) -> WorkedEntry<'_> {
    WorkedEntry {
        ticket: &entry.ticket,
        worked_on: entry.worked_on,
        work_type: entry.work_type,
        coverage: entry.coverage,
        hours_worked: entry.hours_worked,
        hours_billed: entry.hours_billed,
    }
}

/// Of each ticket once: entries of one ticket stand together.
fn earlier_hours<'a>(entries: &[&UnbilledEntry], basis: &'a WorkBasis) -> Vec<EarlierHours<'a>> {
    let mut tickets: Vec<&str> = entries.iter().map(|entry| entry.ticket.as_str()).collect();
    tickets.dedup();
    let earlier = tickets.into_iter().filter_map(|ticket| basis.earlier.get(ticket)).flatten();
    earlier
        .filter(|row| row.coverage.may_cost())
        .map(|row| EarlierHours {
            ticket: &row.ticket,
            worked_on: row.worked_on,
            work_type: row.work_type,
            hours: row.hours,
        })
        .collect()
}

/// The rate for an hour and what the role's was multiplied by. A rate that the entry gives is already the right one.
fn rate(entry: &UnbilledEntry, basis: &WorkBasis) -> Result<(Decimal, Option<Decimal>), Unreckoned> {
    if let Some(rate) = entry.rate {
        return Ok((rate, None));
    }
    let no_rate = || Unreckoned::NoRate { entry: entry.code.clone() };
    let role = entry.role.as_deref().ok_or_else(no_rate)?;
    let agreement = entry.agreement_id.map(i64::from);
    let found = basis.rates.rate(role, entry.account_id.into(), agreement, entry.worked_on).ok_or_else(no_rate)?;
    match basis.terms.after_hours_multiplier.filter(|_| entry.work_type == WorkType::AfterHours) {
        Some(factor) => Ok((found.checked_mul(factor).ok_or(Overflow)?.normalize(), Some(factor))),
        None => Ok((found, None)),
    }
}

/// What prepaid entries draw, by their places: in the order they were worked, whatever their tickets.
fn draw(entries: &[&UnbilledEntry], billed: &[BilledHours], basis: &WorkBasis) -> HashMap<usize, Drawn> {
    let mut prepaid: Vec<(usize, &UnbilledEntry, Decimal)> = entries
        .iter()
        .zip(billed)
        .enumerate()
        .filter(|(_, (entry, _))| entry.coverage == Coverage::Prepaid)
        .map(|(place, (entry, billed))| (place, *entry, billed.hours))
        .collect();
    prepaid.sort_by_key(|(_, entry, _)| in_worked_order(entry));
    let mut balances: HashMap<AgreementId, Balance> = HashMap::new();
    let mut drawn = HashMap::new();
    for (place, entry, hours) in prepaid {
        let Some(agreement) = entry.agreement_id else { continue };
        let balance = balances.entry(agreement).or_insert_with(|| basis.balance(agreement));
        drawn.insert(place, balance.draw(Draw { month: Month::of(entry.worked_on), hours }));
    }
    drawn
}

fn in_worked_order(entry: &UnbilledEntry) -> (Date, String, String) {
    (entry.worked_on, entry.started_at.clone(), entry.code.clone())
}

/// Charges the entries of agreed tickets up to what was agreed.
fn stop_at_agreed(entries: &[&UnbilledEntry], reckoned: &mut [Reckoned], basis: &WorkBasis) {
    if basis.agreed.is_empty() {
        return;
    }
    let mut tickets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate().filter(|(_, entry)| basis.agreed.contains_key(&entry.ticket)) {
        tickets.entry(&entry.ticket).or_default().push(place);
    }
    for (ticket, places) in tickets {
        let Some(agreed) = basis.agreed.get(ticket).copied() else { continue };
        let earlier = basis.earlier.get(ticket).into_iter().flatten();
        let charged = earlier.fold(0_i64, |sum, row| sum.saturating_add(row.amount_minor));
        let amounts: Vec<i64> =
            places.iter().map(|place| reckoned.get(*place).map_or(0, |reckoned| reckoned.amount)).collect();
        for (place, part) in places.iter().zip(up_to(agreed, charged, amounts)) {
            if let Some(reckoned) = reckoned.get_mut(*place).filter(|_| part.over > 0) {
                reckoned.amount = part.charged;
                reckoned.over = Some((part.over, agreed));
            }
        }
    }
}
