//! Prepaid hours: what an agreement's lines include each month, drawn on by work, oldest first, and lost in the end.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::agreement::Proration;
use crate::calendar::Month;
use crate::money::Overflow;
use crate::period::Span;

/// A line of an agreement that includes hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursLine {
    /// Days of service, cut to the agreement's and to what is billed at all.
    pub active: Span,
    /// Units.
    pub quantity: Decimal,
    /// Hours for a unit and month.
    pub included_hours: Decimal,
    /// For so many further months unused hours live; 0: they end with their month.
    pub carry_months: u32,
    /// Whether part of a month includes part of the hours.
    pub proration: Proration,
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

/// The hours that a line grants for its months up to and with `until`. A month that is covered in part grants a part, by
/// days and half-up to the hundredth of an hour, where the line prorates; else all. Source: the import contract, Work.
///
/// # Errors
/// `Overflow` where hours times units can't be computed.
pub fn grants(line: &HoursLine, until: Month) -> Result<Vec<Grant>, Overflow> {
    let whole = line.quantity.checked_mul(line.included_hours).ok_or(Overflow)?;
    let mut grants = Vec::new();
    let mut month = Month::of(line.active.from);
    while month <= until && month.first() < line.active.until {
        let (days, of_days) = (line.active.and(month.span()).days(), month.days());
        let exact = match line.proration {
            Proration::Daily => whole
                .checked_mul(Decimal::from(days))
                .and_then(|part| part.checked_div(Decimal::from(of_days)))
                .ok_or(Overflow)?,
            Proration::Never => whole,
        };
        let hours = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize();
        if days > 0 && !hours.is_zero() {
            grants.push(Grant { month, hours, last: later(month, line.carry_months) });
        }
        month = month.next();
    }
    Ok(grants)
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
