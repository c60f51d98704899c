//! The causes of a change: days, quantity and price, one step after the other, so that they sum to it.

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{Basis, Days, Measure, Portion};
use crate::agreement::prorate;
use crate::money::{Overflow, half_up, major};

/// What moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It wasn't there before; or, beside others, it is charged for another month this time.
    Added,
    /// It isn't there any more; or, beside others, it was charged for another month last time.
    Removed,
    /// More or fewer units or hours, at the price of before.
    Quantity {
        /// Units.
        before: Decimal,
        /// Units.
        after: Decimal,
    },
    /// Another price, for the quantity of now.
    Price {
        /// Of a unit for a whole month, in major units.
        before: Decimal,
        /// The same now.
        after: Decimal,
    },
    /// Other days of the month, for the quantity and the price of before. `None` is a whole month.
    Proration {
        /// On the invoice before.
        before: Option<Days>,
        /// On this one.
        after: Option<Days>,
    },
    /// An amount below zero, or a price reduced otherwise than by days.
    Discount,
    /// Tax, because what is taxed changed.
    Tax,
    /// Tax, because the rate changed.
    TaxRate {
        /// Percent.
        before: Decimal,
        /// Percent.
        after: Decimal,
    },
    /// What these can't tell apart: work at several rates, or sums of amounts that were rounded one by one.
    Other,
}

impl Why {
    /// Its word for scripts.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Quantity { .. } => "quantity",
            Self::Price { .. } => "price",
            Self::Proration { .. } => "proration",
            Self::Discount => "discount",
            Self::Tax => "tax",
            Self::TaxRate { .. } => "tax_rate",
            Self::Other => "other",
        }
    }
}

/// A cause and its part of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What moved.
    pub why: Why,
    /// Minor units, positive where it makes this invoice higher.
    pub amount: i64,
}

/// The causes of `change`, which sum to it; none where it is 0 because nothing moved.
pub fn causes(before: Option<&Portion>, after: Option<&Portion>, change: i64, currency: Currency) -> Vec<Cause> {
    let whole = |why| vec![Cause { why, amount: change }];
    let is_tax = |side: Option<&Portion>| side.is_some_and(|portion| matches!(portion.basis, Basis::Tax { .. }));
    let is_below = |side: Option<&Portion>| side.is_some_and(|portion| portion.amount < 0);
    let mut causes = match (before, after) {
        _ if is_below(before) || is_below(after) => whole(Why::Discount),
        (Some(before), Some(after)) => match (&before.basis, &after.basis) {
            (Basis::Priced(was), Basis::Priced(now)) => priced(was, now, currency).unwrap_or_default(),
            (Basis::Tax { percent: was, .. }, Basis::Tax { base, percent: now }) => {
                taxed(before.amount, (*was, *now), (*base, after.amount), currency).unwrap_or_default()
            }
            _ => Vec::new(),
        },
        _ if is_tax(before) || is_tax(after) => whole(Why::Tax),
        (None, Some(_)) => whole(Why::Added),
        (Some(_), None) => whole(Why::Removed),
        (None, None) => Vec::new(),
    };
    causes.retain(|cause| cause.amount != 0);
    let told = causes.iter().fold(0_i64, |sum, cause| sum.saturating_add(cause.amount));
    match told == change {
        true => causes,
        // Nothing to tell apart, or figures too large for it.
        false if change != 0 => whole(Why::Other),
        false => Vec::new(),
    }
}

/// The charges of one line beside those of another, the ordinary one, which is the last of each, with its like.
fn priced(before: &[Measure], after: &[Measure], currency: Currency) -> Result<Vec<Cause>, Overflow> {
    let mut causes = Vec::new();
    for (was, now) in before.iter().rev().zip(after.iter().rev()) {
        causes.extend(steps(was, now, currency)?);
    }
    let more = after.iter().rev().skip(before.len());
    causes.extend(more.map(|extra| Cause { why: Why::Added, amount: extra.amount }));
    let fewer = before.iter().rev().skip(after.len());
    causes.extend(fewer.map(|extra| Cause { why: Why::Removed, amount: extra.amount.saturating_neg() }));
    Ok(causes)
}

/// From one charge to another: first the days, then the quantity, then the price. Each step is what the amount would be
/// then, less what it was; the first begins and the last ends with the amounts that were issued.
fn steps(was: &Measure, now: &Measure, currency: Currency) -> Result<Vec<Cause>, Overflow> {
    let is_reduced = |one: &Measure| one.days.is_none() && one.charged_price != one.unit_price;
    let price = if was.unit_price != now.unit_price {
        Some(Why::Price { before: was.unit_price, after: now.unit_price })
    } else if is_reduced(was) || is_reduced(now) {
        (was.charged_price != now.charged_price).then_some(Why::Discount)
    } else {
        None
    };
    let days = (was.days != now.days).then_some(Why::Proration { before: was.days, after: now.days });
    let quantity =
        (was.quantity != now.quantity).then_some(Why::Quantity { before: was.quantity, after: now.quantity });
    // At the price of before: what it reduced it by, and the days of now.
    let charged = match (now.days, is_reduced(was)) {
        (_, true) => was.charged_price,
        (Some(days), false) => prorate(was.unit_price, days.charged, days.of, currency)?,
        (None, false) => was.unit_price,
    };
    let at = |quantity: Decimal| half_up(quantity.checked_mul(charged).ok_or(Overflow)?, currency);
    let moved: Vec<(Why, i64)> = [
        days.map(|why| Ok((why, at(was.quantity)?))),
        quantity.map(|why| Ok((why, at(now.quantity)?))),
        price.map(|why| Ok((why, now.amount))),
    ]
    .into_iter()
    .flatten()
    .collect::<Result<_, Overflow>>()?;
    let mut causes = Vec::new();
    let mut amount = was.amount;
    for (place, (why, then)) in moved.iter().enumerate() {
        let then = if place + 1 == moved.len() { now.amount } else { *then };
        causes.push(Cause { why: *why, amount: then.checked_sub(amount).ok_or(Overflow)? });
        amount = then;
    }
    if moved.is_empty() {
        causes.push(Cause { why: Why::Other, amount: now.amount.checked_sub(was.amount).ok_or(Overflow)? });
    }
    Ok(causes)
}

/// What the tax would be on what is taxed now at the rate of before; the rest is the rate.
fn taxed(
    was: i64,
    (rate_before, rate_now): (Decimal, Decimal),
    (base, now): (i64, i64),
    currency: Currency,
) -> Result<Vec<Cause>, Overflow> {
    let change = now.checked_sub(was).ok_or(Overflow)?;
    if rate_before == rate_now {
        return Ok(vec![Cause { why: Why::Tax, amount: change }]);
    }
    let exact = major(base, currency).checked_mul(rate_before).ok_or(Overflow)? / Decimal::ONE_HUNDRED;
    let by_base = half_up(exact, currency)?.checked_sub(was).ok_or(Overflow)?;
    let by_rate = change.checked_sub(by_base).ok_or(Overflow)?;
    let rate = Why::TaxRate { before: rate_before, after: rate_now };
    Ok(vec![Cause { why: Why::Tax, amount: by_base }, Cause { why: rate, amount: by_rate }])
}
