//! Which open documents a payment or credit settles: those the customer chose, then the oldest due first; and which are open
//! again when the payment comes back.

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
/// Rule: `docs/rules.md`, Applying. Payments by whatever way, and the account's credit, are applied by this function alone.
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

/// Settles of each document as much as the customer said, `asked`: (document, minor units). What a document no longer needs, because
/// something else has paid it meanwhile, goes to the others as in [`settle`]; `ahead` stays credit.
///
/// Rule: `docs/rules.md`, Applying.
///
/// # Errors
/// `Overflow` where an amount is negative or their sum too large.
pub fn settle_parts(asked: &[(i64, i64)], ahead: i64, open: &[Open]) -> Result<Settled, Overflow> {
    let mut left = open.to_vec();
    let (mut settled, mut over) = (Settled::default(), 0_i64);
    for (document, minor) in asked {
        if *minor < 0 {
            return Err(Overflow);
        }
        let known = left.iter_mut().find(|one| one.document == *document);
        let part = known.as_ref().map_or(0, |one| one.balance.min(*minor));
        if let Some(one) = known.filter(|_| part > 0) {
            one.balance = one.balance.saturating_sub(part);
            settled.parts.push((*document, part));
        }
        over = over.checked_add(minor.saturating_sub(part)).ok_or(Overflow)?;
    }
    let others = settle(over, &[], &left)?;
    for (document, part) in others.parts {
        match settled.parts.iter_mut().find(|(known, _)| *known == document) {
            Some((_, minor)) => *minor = minor.checked_add(part).ok_or(Overflow)?,
            None => settled.parts.push((document, part)),
        }
    }
    settled.rest = others.rest.checked_add(ahead).ok_or(Overflow)?;
    Ok(settled)
}

/// So many minor units of a payment that came back can't be taken back from anything: what had become the account's credit is
/// neither credit any more, nor did it pay something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} minor units of it became credit that is gone")]
pub struct CreditGone(pub i64);

/// What is open again when a payment comes back: all that it settled. Of its rest, which became the account's credit, what is
/// left of that (`credit`) is taken; for what isn't, documents are open again that credit has paid since (`by_credit`, minor
/// units by document, the newest first). All are positive amounts.
///
/// # Errors
/// `CreditGone` where credit was paid out.
pub fn reopen(settled: &Settled, credit: i64, by_credit: &[(i64, i64)]) -> Result<Settled, CreditGone> {
    let mut open_again = Settled { parts: settled.parts.clone(), rest: settled.rest.min(credit) };
    let mut missing = settled.rest.saturating_sub(open_again.rest);
    for (document, paid) in by_credit {
        let part = missing.min(*paid);
        missing = missing.saturating_sub(part);
        match open_again.parts.iter_mut().find(|(known, _)| known == document) {
            _ if part <= 0 => {}
            Some((_, amount)) => *amount = amount.saturating_add(part),
            None => open_again.parts.push((*document, part)),
        }
    }
    if missing > 0 { Err(CreditGone(missing)) } else { Ok(open_again) }
}
