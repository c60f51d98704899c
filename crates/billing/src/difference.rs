//! Why an invoice differs from the one before it in its stream: rows that always sum to the difference of the totals,
//! each with causes that always sum to the row.

mod cause;

use iso_currency::Currency;
use rust_decimal::Decimal;

pub use cause::{Cause, Why};

/// The days of a month that are charged, of those it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// 17 of "17/31".
    pub charged: u32,
    /// 31 of "17/31".
    pub of: u32,
}

/// A quantity times a price, perhaps for a part of a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Units, or hours.
    pub quantity: Decimal,
    /// For one unit and a whole month, in major units.
    pub unit_price: Decimal,
    /// What was charged for one unit, in major units: less than `unit_price` for a part of a month, or by a discount.
    pub charged_price: Decimal,
    /// Given where a part of a month is charged.
    pub days: Option<Days>,
    /// Minor units, as it was issued.
    pub amount: i64,
}

/// What an amount is made of, as far as its change can be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Charges of one line, in their order; the ordinary one is the last.
    Priced(Vec<Measure>),
    /// The tax on `base` (minor units) at `percent`.
    Tax {
        /// Minor units.
        base: i64,
        /// 6.875 is 6.875 %.
        percent: Decimal,
    },
    /// The amount alone.
    Amount,
}

/// A part of an invoice that can be found again on another: an agreement line, a ticket, a product, the tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What makes it the same thing on both invoices.
    pub key: String,
    /// What it is one of. Where a key is gone and another of the same kind has come, the one took the other's place: a
    /// change of seats ends a line and starts another. Empty where nothing can take its place.
    pub kind: String,
    /// What it is called on the invoice.
    pub label: String,
    /// How its amount comes about, "44 × 4.13"; empty where there is nothing to say.
    pub reckoning: String,
    /// What is counted, "seat"; empty where nothing is named.
    pub unit: String,
    /// Minor units.
    pub amount: i64,
    /// What the amount is made of.
    pub basis: Basis,
}

/// One row: before, now, change. A side is `None` where the invoice has no such portion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The newer label.
    pub label: String,
    /// On the invoice before.
    pub before: Option<Portion>,
    /// On this one.
    pub after: Option<Portion>,
    /// Minor units, positive where this invoice is higher.
    pub change: i64,
    /// Why; their amounts sum to `change`, and none is 0.
    pub causes: Vec<Cause>,
}

impl Change {
    /// Whether nothing about it changed. A quantity and a price that cancel out are a change.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.before.is_some() && self.after.is_some() && self.change == 0 && self.causes.is_empty()
    }

    /// The newer portion, or the one that ended.
    #[must_use]
    pub fn portion(&self) -> Option<&Portion> {
        self.after.as_ref().or(self.before.as_ref())
    }

    fn of(before: Option<Portion>, after: Option<Portion>, currency: Currency) -> Self {
        let amount = |side: &Option<Portion>| side.as_ref().map_or(0, |portion| portion.amount);
        let label = after.as_ref().or(before.as_ref()).map(|portion| portion.label.clone()).unwrap_or_default();
        let change = amount(&after).saturating_sub(amount(&before));
        let causes = cause::causes(before.as_ref(), after.as_ref(), change, currency);
        Self { label, before, after, change, causes }
    }
}

/// Compares two invoices portion by portion. Portions that share a key on one side are summed. What changed comes first,
/// in the order of this invoice, then what ended; what stayed the same follows. The changes sum to the difference.
#[must_use]
pub fn difference(before: &[Portion], after: &[Portion], currency: Currency) -> Vec<Change> {
    let (mut before, after) = (joined(before), joined(after));
    let mut pairs: Vec<(Option<Portion>, Portion)> = Vec::new();
    for now in after {
        let place = before.iter().position(|portion| portion.key == now.key);
        pairs.push((place.map(|place| before.remove(place)), now));
    }
    for (was, now) in pairs.iter_mut().filter(|(was, now)| was.is_none() && !now.kind.is_empty()) {
        let place = before.iter().position(|portion| portion.kind == now.kind);
        *was = place.map(|place| before.remove(place));
    }
    let kept = pairs.into_iter().map(|(was, now)| Change::of(was, Some(now), currency));
    let mut rows: Vec<Change> = kept.collect();
    rows.extend(before.into_iter().map(|was| Change::of(Some(was), None, currency)));
    rows.sort_by_key(Change::is_same);
    rows
}

/// Portions with equal keys as one, keeping the first label and the order.
fn joined(portions: &[Portion]) -> Vec<Portion> {
    let mut all: Vec<Portion> = Vec::new();
    for portion in portions {
        match all.iter_mut().find(|known| known.key == portion.key) {
            Some(known) => {
                known.amount = known.amount.saturating_add(portion.amount);
                if !portion.reckoning.is_empty() {
                    known.reckoning = format!("{} + {}", known.reckoning, portion.reckoning);
                }
                match (&mut known.basis, &portion.basis) {
                    (Basis::Priced(all), Basis::Priced(more)) => all.extend(more.iter().cloned()),
                    (basis, _) => *basis = Basis::Amount,
                }
            }
            None => all.push(portion.clone()),
        }
    }
    all
}
