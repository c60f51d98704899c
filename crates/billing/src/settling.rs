//! Which open documents a payment or credit settles: those the customer chose, then the oldest due first.

use jiff::civil::Date;

use crate::money::Overflow;

/// A document with something left to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which one.
    pub document: i64,
    /// The last day in time.
    pub due_on: Date,
    /// Minor units left, more than 0.
    pub balance: i64,
}

/// What an amount settles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// (document, minor units), each more than 0, in the order they are settled.
    pub parts: Vec<(i64, i64)>,
    /// What nothing was open for: it becomes the account's credit.
    pub rest: i64,
}

/// Settles `open` with `amount` minor units: the documents of `chosen` in their order, then the others, oldest due first,
/// of one day in the order of their ids.
///
/// Rule: `rules.md`, Applying. Payments by whatever way, and the account's credit, are applied by this function alone.
///
/// # Errors
/// `Overflow` where the amount is negative.
pub fn settle(amount: i64, chosen: &[i64], open: &[Open]) -> Result<Settled, Overflow> {
    if amount < 0 {
        return Err(Overflow);
    }
    let place = |one: &Open| chosen.iter().position(|document| *document == one.document).unwrap_or(usize::MAX);
    let mut open: Vec<&Open> = open.iter().filter(|one| one.balance > 0).collect();
    open.sort_by_key(|one| (place(one), one.due_on, one.document));
    let mut settled = Settled { parts: Vec::new(), rest: amount };
    for one in open {
        let part = one.balance.min(settled.rest);
        if part > 0 {
            settled.parts.push((one.document, part));
            settled.rest = settled.rest.saturating_sub(part);
        }
    }
    Ok(settled)
}
