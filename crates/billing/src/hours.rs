//! Hours billed: worked time rounded to the provider's step, and the minimum of a call-out.

use std::collections::HashMap;
use std::num::NonZeroU64;

use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::money::Overflow;
use crate::words::words;
use crate::work::{Coverage, Toward, WorkType, billed_seconds};

words! {
    /// What is rounded.
    #[derive(Default)]
    pub enum RoundPer {
        /// Each entry by itself.
        #[default]
        Entry = "entry",
        /// The time of a ticket inside one invoice, once.
        Ticket = "ticket",
    }
}

/// How a provider reckons work whose billed hours or rate an entry leaves out. What an entry gives is used as given.
/// Source: the import contract, Work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkTerms {
    /// Times the rate of a role, for work after hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_hours_multiplier: Option<Decimal>,
    /// A ticket's work at the customer's costs at least so much on a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_on_site_minutes: Option<u32>,
    /// A ticket's work from afar costs at least so much on a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_remote_minutes: Option<u32>,
    /// The step of rounding; none: hours are billed as they were worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_to_minutes: Option<u32>,
    /// Which way.
    pub round: Toward,
    /// What is rounded.
    pub round_per: RoundPer,
}

impl WorkTerms {
    /// The minimum of a ticket and day for a type of work, in hours: After hours and Project have none.
    #[must_use]
    pub fn minimum(&self, work_type: WorkType) -> Option<Decimal> {
        let minutes = match work_type {
            WorkType::OnSite => self.minimum_on_site_minutes,
            WorkType::Remote => self.minimum_remote_minutes,
            WorkType::AfterHours | WorkType::Project => None,
        };
        minutes.map(|minutes| hours_of(u64::from(minutes).saturating_mul(60)))
    }
}

/// A time entry as far as its billed hours are concerned.
#[derive(Clone, Copy, Debug)]
pub struct WorkedEntry<'a> {
    /// Its ticket.
    pub ticket: &'a str,
    /// The day it belongs to.
    pub worked_on: Date,
    /// Where and when.
    pub work_type: WorkType,
    /// Whether it costs something.
    pub coverage: Coverage,
    /// Decimal hours.
    pub hours_worked: Decimal,
    /// Decimal hours, where the entry says how many count.
    pub hours_billed: Option<Decimal>,
}

/// What earlier invoices billed of a ticket on a day.
#[derive(Clone, Copy, Debug)]
pub struct EarlierHours<'a> {
    /// The ticket.
    pub ticket: &'a str,
    /// The day.
    pub worked_on: Date,
    /// The type of the work.
    pub work_type: WorkType,
    /// Decimal hours, billable or prepaid.
    pub hours: Decimal,
}

/// The hours of an entry that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilledHours {
    /// Decimal hours.
    pub hours: Decimal,
    /// The minimum call-out in hours, on the entry that it raised.
    pub minimum: Option<Decimal>,
}

/// The hours that count of the entries of one invoice, each ticket's in the order they were worked.
///
/// Where an entry doesn't give them, its worked time, taken to the whole second (half-up), is rounded to the step: by
/// itself, or with the ticket's other time of the same kind (billable, prepaid, covered, no charge), and then the
/// difference stands on the last entry. After that, billable and prepaid hours of a ticket, day and type that are less
/// than the minimum are raised to it on the last entry that doesn't give its own; what earlier invoices billed of the
/// same counts towards it. Hours are exact to 4 decimals (half-up; only steps that are no multiple of 3 minutes need
/// it). Source: `docs/rules.md`, Time; the import contract, Work.
///
/// # Errors
/// `Overflow` where hours can't be counted in seconds.
pub fn billed_hours(
    entries: &[WorkedEntry<'_>],
    earlier: &[EarlierHours<'_>],
    terms: &WorkTerms,
) -> Result<Vec<BilledHours>, Overflow> {
    let mut hours: Vec<Decimal> =
        entries.iter().map(|entry| entry.hours_billed.unwrap_or(entry.hours_worked)).collect();
    if let Some(step) = terms.round_to_minutes.filter(|step| *step > 0) {
        match terms.round_per {
            RoundPer::Entry => {
                for (hours, _) in hours.iter_mut().zip(entries).filter(|(_, entry)| entry.hours_billed.is_none()) {
                    *hours = rounded(*hours, step, terms.round)?;
                }
            }
            RoundPer::Ticket => round_tickets(&mut hours, entries, step, terms.round)?,
        }
    }
    let mut billed: Vec<BilledHours> = hours.into_iter().map(|hours| BilledHours { hours, minimum: None }).collect();
    raise_to_minimum(&mut billed, entries, earlier, terms)?;
    Ok(billed)
}

/// Hours rounded to a step of whole minutes, the worked time taken to the whole second first. Source: `docs/rules.md`, Time.
///
/// # Errors
/// `Overflow` where hours can't be counted in seconds.
pub fn rounded(hours: Decimal, step_minutes: u32, round: Toward) -> Result<Decimal, Overflow> {
    let exact = hours.checked_mul(Decimal::from(3600)).ok_or(Overflow)?;
    let whole = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let step = NonZeroU64::new(u64::from(step_minutes).saturating_mul(60));
    Ok(hours_of(billed_seconds(whole.to_u64().ok_or(Overflow)?, step, round)?))
}

/// Decimal hours, exact to 4 decimals, half-up.
fn hours_of(seconds: u64) -> Decimal {
    let hours = Decimal::from(seconds).checked_div(Decimal::from(3600)).unwrap_or_default();
    hours.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero).normalize()
}

fn round_tickets(hours: &mut [Decimal], entries: &[WorkedEntry<'_>], step: u32, round: Toward) -> Result<(), Overflow> {
    let mut groups: HashMap<(&str, Coverage), Vec<usize>> = HashMap::new();
    for (place, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.hours_billed.is_none()) {
        groups.entry((entry.ticket, entry.coverage)).or_default().push(place);
    }
    for places in groups.into_values() {
        let sum = sum(places.iter().filter_map(|place| hours.get(*place)))?;
        let mut difference = rounded(sum, step, round)?.checked_sub(sum).ok_or(Overflow)?;
        // Rounding down may take more than the last entry has: the one before it then gives the rest.
        for place in places.iter().rev() {
            let Some(own) = hours.get_mut(*place) else { continue };
            let after = own.checked_add(difference).ok_or(Overflow)?;
            difference = after.min(Decimal::ZERO);
            *own = after.max(Decimal::ZERO).normalize();
            if difference.is_zero() {
                break;
            }
        }
    }
    Ok(())
}

fn raise_to_minimum(
    billed: &mut [BilledHours],
    entries: &[WorkedEntry<'_>],
    earlier: &[EarlierHours<'_>],
    terms: &WorkTerms,
) -> Result<(), Overflow> {
    if terms.minimum_on_site_minutes.is_none() && terms.minimum_remote_minutes.is_none() {
        return Ok(());
    }
    let mut sums: HashMap<(&str, Date, WorkType), (Decimal, Option<usize>)> = HashMap::new();
    for before in earlier {
        let sum = &mut sums.entry((before.ticket, before.worked_on, before.work_type)).or_default().0;
        *sum = sum.checked_add(before.hours).ok_or(Overflow)?;
    }
    for (place, (entry, own)) in entries.iter().zip(&*billed).enumerate() {
        if !entry.coverage.may_cost() {
            continue;
        }
        let (sum, last) = sums.entry((entry.ticket, entry.worked_on, entry.work_type)).or_default();
        *sum = sum.checked_add(own.hours).ok_or(Overflow)?;
        if entry.hours_billed.is_none() {
            *last = Some(place);
        }
    }
    for ((_, _, work_type), (sum, last)) in sums {
        let Some(minimum) = terms.minimum(work_type).filter(|minimum| sum < *minimum) else { continue };
        let missing = minimum.checked_sub(sum).ok_or(Overflow)?;
        if let Some(own) = last.and_then(|place| billed.get_mut(place)) {
            own.hours = own.hours.checked_add(missing).ok_or(Overflow)?.normalize();
            own.minimum = Some(minimum);
        }
    }
    Ok(())
}

fn sum<'a>(mut hours: impl Iterator<Item = &'a Decimal>) -> Result<Decimal, Overflow> {
    hours.try_fold(Decimal::ZERO, |sum, hours| sum.checked_add(*hours)).ok_or(Overflow)
}
