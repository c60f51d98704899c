//! Prepaid hours: what an agreement's lines include each month, drawn on by work, oldest first, and lost in the end.

use iso_currency::Currency;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::agreement::Proration;
use crate::calendar::Month;
use crate::life::Life;
use crate::money::Overflow;
use crate::period::Span;

/// What a line includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
    /// Hours for a unit and month.
    pub hours: Decimal,
    /// For so many further months unused hours live; 0: they end with their month.
    pub carry_months: u32,
}

/// Hours granted for a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The month they are for.
    pub month: Month,
    /// How many, to the hundredth.
    pub hours: Decimal,
    /// The last month whose work may draw on them.
    pub last: Month,
}

/// Work that draws on a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The month it was worked in.
    pub month: Month,
    /// Hours wanted; of a past draw, hours that it got.
    pub hours: Decimal,
}

/// What a draw got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// From the balance; what is wanted beyond it is charged.
    pub hours: Decimal,
    /// What there was for the work of its month: what such work drew, this draw included, and what is left.
    pub of: Decimal,
    /// What further work of its month can still draw.
    pub left: Decimal,
}

/// A month's grant and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthOfHours {
    /// The month.
    pub month: Month,
    /// Hours granted.
    pub granted: Decimal,
    /// Hours drawn of them, in this month or later.
    pub drawn: Decimal,
    /// Hours that nobody drew in time.
    pub expired: Decimal,
    /// Hours that can still be drawn. Granted is drawn, expired and left together.
    pub left: Decimal,
}

/// The hours that a line grants for its months up to and with `until`, from the day `from` on: for each day of service so
/// many for each unit of that day, rounded half-up once a month to the hundredth of an hour. A line that doesn't prorate grants
/// the whole month's for the units of its first day of service in it. Source: the import contract, Work.
///
/// # Errors
/// `Overflow` where hours times units can't be computed.
pub fn grants(
    life: &Life,
    included: Included,
    (from, until): (Date, Month),
    currency: Currency,
) -> Result<Vec<Grant>, Overflow> {
    let billed = Span::open(from, None);
    let mut grants = Vec::new();
    let mut month = Month::of(life.terms.active.from.max(from));
    while month <= until && month.first() < life.terms.active.until {
        let served = life.served(month.span().and(billed), currency)?;
        let hours = hours(&served, included.hours, (life.terms.proration, month.days()))?;
        if !hours.is_zero() {
            grants.push(Grant { month, hours, last: later(month, included.carry_months) });
        }
        month = month.next();
    }
    Ok(grants)
}

/// Hours of one month.
fn hours(
    served: &[(Span, Decimal)],
    for_a_unit: Decimal,
    (proration, of_days): (Proration, u32),
) -> Result<Decimal, Overflow> {
    let unit_days = match (proration, served.first()) {
        (_, None) => return Ok(Decimal::ZERO),
        (Proration::Never, Some((_, units))) => units.checked_mul(Decimal::from(of_days)).ok_or(Overflow)?,
        (Proration::Daily, _) => served.iter().try_fold(Decimal::ZERO, |sum, (span, units)| {
            units.checked_mul(Decimal::from(span.days())).and_then(|part| sum.checked_add(part)).ok_or(Overflow)
        })?,
    };
    let exact = for_a_unit.checked_mul(unit_days).and_then(|whole| whole.checked_div(Decimal::from(of_days)));
    let exact = exact.ok_or(Overflow)?;
    Ok(exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize())
}

fn later(month: Month, months: u32) -> Month {
    (0..months).fold(month, |month, _| month.next())
}

/// Grants with what is left of each, and how much the work of each month drew.
#[derive(Clone, Debug, Default)]
pub struct Balance {
    /// By month, then by how long they live.
    grants: Vec<(Grant, Decimal)>,
    used: Vec<(Month, Decimal)>,
}

impl Balance {
    /// Nothing is drawn yet.
    #[must_use]
    pub fn new(mut grants: Vec<Grant>) -> Self {
        grants.sort_by_key(|grant| (grant.month, grant.last));
        Self { grants: grants.into_iter().map(|grant| (grant, grant.hours)).collect(), used: Vec::new() }
    }

    /// Takes hours of the oldest grants that the work of its month may draw on: those of its month and those before that
    /// still live. Draws come in the order in which they were made. Source: the import contract, Work.
    pub fn draw(&mut self, draw: Draw) -> Drawn {
        let mut wanted = draw.hours;
        let mut left = Decimal::ZERO;
        let until = self.grants.partition_point(|(grant, _)| grant.month <= draw.month);
        for (_, rest) in self.grants.iter_mut().take(until).filter(|(grant, _)| draw.month <= grant.last) {
            let taken = wanted.min(*rest);
            *rest = rest.saturating_sub(taken);
            wanted = wanted.saturating_sub(taken);
            left = left.saturating_add(*rest);
        }
        let hours = draw.hours.saturating_sub(wanted);
        let used = self.add_used(draw.month, hours);
        let tidy = |hours: Decimal| hours.normalize();
        Drawn { hours: tidy(hours), of: tidy(used.saturating_add(left)), left: tidy(left) }
    }

    fn add_used(&mut self, month: Month, hours: Decimal) -> Decimal {
        match self.used.iter_mut().rev().find(|(known, _)| *known == month) {
            Some((_, used)) => {
                *used = used.saturating_add(hours);
                *used
            }
            None => {
                self.used.push((month, hours));
                hours
            }
        }
    }

    /// Each month's grants, as they stand in a month: what could be drawn until before it is expired.
    #[must_use]
    pub fn months(&self, now: Month) -> Vec<MonthOfHours> {
        let of = |(grant, rest): &(Grant, Decimal)| {
            let (expired, left) = if grant.last < now { (*rest, Decimal::ZERO) } else { (Decimal::ZERO, *rest) };
            let drawn = grant.hours.saturating_sub(*rest).normalize();
            MonthOfHours { month: grant.month, granted: grant.hours, drawn, expired, left }
        };
        self.grants
            .chunk_by(|one, next| one.0.month == next.0.month)
            .filter_map(|same| {
                same.iter().map(of).reduce(|sum, one| MonthOfHours {
                    month: sum.month,
                    granted: sum.granted.saturating_add(one.granted),
                    drawn: sum.drawn.saturating_add(one.drawn),
                    expired: sum.expired.saturating_add(one.expired),
                    left: sum.left.saturating_add(one.left),
                })
            })
            .collect()
    }
}
