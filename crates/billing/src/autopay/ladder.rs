//! Whether and when a method that was refused is tried again, within what the card networks and Nacha allow.

use jiff::Unit;
use jiff::civil::Date;

use super::facts::MethodKind;
use crate::calendar::shift;
use crate::words::words;

/// The days between an attempt and the next one of a card: four attempts in 15 days, and networks allow four in 30.
const CARD_STEPS: &[i32] = &[3, 5, 7];
/// The same of a bank account: a debit may be presented twice more (Nacha Operating Rules, 2.13).
const BANK_STEPS: &[i32] = &[3, 5];
/// Within so many days of the first debit.
const BANK_SPAN_DAYS: i32 = 180;

words! {
    /// What a refusal means for trying again.
    pub enum Refusal {
        /// Later it may work: not enough money, or the bank was busy (R01, R09).
        Soft = "soft",
        /// It never will: lost, stolen, closed, stopped.
        Hard = "hard",
        /// The owner must say yes on the bank's own page.
        Authentication = "authentication",
        /// The bank says that the debit was not permitted (R05, R07, R10, R29): never again without a new mandate.
        NoPermission = "no_permission",
    }
}

impl Refusal {
    /// What a code of a returned bank debit means. A code nobody knows is never tried again.
    #[must_use]
    pub fn of_return(code: &str) -> Self {
        match code {
            "R01" | "R09" => Self::Soft,
            "R05" | "R07" | "R10" | "R11" | "R29" => Self::NoPermission,
            _ => Self::Hard,
        }
    }
}

/// An attempt by Auto Pay that came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// With which method.
    pub method: i64,
    /// On which day it was refused or came back.
    pub on: Date,
    /// What that means.
    pub refusal: Refusal,
}

/// Why a method isn't tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It never works again.
    Hard,
    /// A new permission is needed.
    NoPermission,
    /// It was tried as often as may be.
    Enough,
}

/// What follows from the attempts so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Nothing was tried yet.
    First,
    /// It is tried again on this day.
    On(Date),
    /// Its owner is asked to confirm a payment.
    Ask,
    /// It isn't tried again.
    Never(Stop),
}

/// What follows for one invoice and one method from the attempts at it, the oldest first.
///
/// Rule: `docs/rules.md`, Auto Pay: a retry counts from the last attempt.
#[must_use]
pub fn again(kind: MethodKind, tried: &[Tried]) -> Again {
    let (Some(first), Some(last)) = (tried.first(), tried.last()) else { return Again::First };
    match last.refusal {
        Refusal::Hard => return Again::Never(Stop::Hard),
        Refusal::NoPermission => return Again::Never(Stop::NoPermission),
        Refusal::Authentication => return Again::Ask,
        Refusal::Soft => {}
    }
    let steps = match kind {
        MethodKind::Card => CARD_STEPS,
        MethodKind::Bank => BANK_STEPS,
    };
    let Some(days) = steps.get(tried.len().saturating_sub(1)) else { return Again::Never(Stop::Enough) };
    let on = shift(last.on, *days);
    let since_first = first.on.until((Unit::Day, on)).map_or(i32::MAX, |span| span.get_days());
    if kind == MethodKind::Bank && since_first > BANK_SPAN_DAYS { Again::Never(Stop::Enough) } else { Again::On(on) }
}
