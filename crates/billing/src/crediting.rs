//! Credit notes: what is left of an invoice to take back, line by line and share by share, and how a part is taken.

pub mod document;

use std::collections::BTreeSet;

use crate::money::Overflow;
use crate::split::split;

/// Minor units of a line: without tax, and its tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Without tax.
    pub net: i64,
    /// Its tax.
    pub tax: i64,
}

impl Part {
    /// Whether there is nothing of it.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.net == 0 && self.tax == 0
    }
}

/// A line of an invoice and what was credited of it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLeft {
    /// As invoiced.
    pub invoiced: Part,
    /// By earlier credit notes.
    pub credited: Part,
    /// The category whose shares hold its tax, counted from 0; none where it has no tax.
    pub category: Option<usize>,
}

/// A jurisdiction's share of the tax on a category and what was credited of it before, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareLeft {
    /// The category, counted from 0.
    pub category: usize,
    /// As invoiced.
    pub amount: i64,
    /// By earlier credit notes.
    pub credited: i64,
}

/// What is to be credited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Whatever is left.
    All,
    /// What is left of these lines, numbered from 1, with their tax.
    Lines(Vec<usize>),
    /// So many minor units, tax included, spread over all that is left.
    Amount(i64),
}

/// A credit note's figures, all positive: of each line and share in the order given, 0 where nothing is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Of each line, as it was invoiced.
    pub lines: Vec<Part>,
    /// By category and jurisdiction.
    pub shares: Vec<i64>,
    /// Sum of the lines.
    pub net: i64,
    /// Sum of the shares.
    pub tax: i64,
    /// Net and tax.
    pub total: i64,
}

/// Why there is no credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditError {
    /// Earlier credit notes took it all.
    #[error("nothing of it is left to credit")]
    NothingLeft,
    /// A number that is no line's.
    #[error("it has no line {0}")]
    NoSuchLine(usize),
    /// A line of which nothing is left, or which never had an amount.
    #[error("nothing of line {0} is left to credit")]
    LineTaken(usize),
    /// The choice is worth nothing, or less.
    #[error("a credit must be more than nothing")]
    Worthless,
    /// The choice is more than is left; in minor units, tax included.
    #[error("it is more than what is left of it")]
    TooMuch(i64),
    /// A figure is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// What is left of an invoice in minor units, tax included.
///
/// # Errors
/// `Overflow` beyond 64 bits.
pub fn left(lines: &[LineLeft], shares: &[ShareLeft]) -> Result<i64, Overflow> {
    let (net, tax) = (lines.iter().map(|line| line.left().net), shares.iter().map(ShareLeft::left));
    sum(net.chain(tax))
}

/// The figures of a credit note. Crediting all that is left makes all credit notes of an invoice sum to it exactly: each
/// line and its tax, each share, net, tax and total. In each category the tax of the lines is that of the shares.
///
/// Rule: `docs/rules.md`, Credit notes and Splitting: net and tax are rounded, the total is their sum; never more than what
/// is left; the last one takes the remainder.
///
/// # Errors
/// `CreditError`; its text may be shown.
pub fn credit(lines: &[LineLeft], shares: &[ShareLeft], choice: &Choice) -> Result<Credit, CreditError> {
    let left = left(lines, shares)?;
    if left <= 0 {
        return Err(CreditError::NothingLeft);
    }
    let (lines, shares) = match choice {
        Choice::All => (lines.iter().map(LineLeft::left).collect(), shares.iter().map(ShareLeft::left).collect()),
        Choice::Lines(numbers) => of_lines(lines, shares, numbers)?,
        Choice::Amount(amount) => of_amount(lines, shares, *amount, left)?,
    };
    let (net, tax) = (sum(lines.iter().map(|part: &Part| part.net))?, sum(shares.iter().copied())?);
    let total = net.checked_add(tax).ok_or(Overflow)?;
    match total {
        ..=0 => Err(CreditError::Worthless),
        _ if total > left => Err(CreditError::TooMuch(left)),
        _ => Ok(Credit { lines, shares, net, tax, total }),
    }
}

impl LineLeft {
    /// What no credit note took.
    #[must_use]
    pub const fn left(&self) -> Part {
        Part {
            net: self.invoiced.net.saturating_sub(self.credited.net),
            tax: self.invoiced.tax.saturating_sub(self.credited.tax),
        }
    }
}

impl ShareLeft {
    /// Minor units that no credit note took.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.amount.saturating_sub(self.credited)
    }
}

/// What is left of the lines chosen, with their tax.
fn of_lines(lines: &[LineLeft], shares: &[ShareLeft], numbers: &[usize]) -> Result<(Vec<Part>, Vec<i64>), CreditError> {
    let mut taken = vec![Part::default(); lines.len()];
    for number in numbers {
        let place = number.checked_sub(1).ok_or(CreditError::NoSuchLine(*number))?;
        let (Some(line), Some(part)) = (lines.get(place), taken.get_mut(place)) else {
            return Err(CreditError::NoSuchLine(*number));
        };
        if line.left().is_zero() {
            return Err(CreditError::LineTaken(*number));
        }
        *part = line.left();
    }
    let mut parts = vec![0; shares.len()];
    for category in categories(lines) {
        let own = lines.iter().zip(&taken).filter(|(line, _)| line.category == Some(category));
        let wanted = sum(own.map(|(_, part)| part.tax))?;
        let of_shares = lefts(shares, category);
        // Where lines below nothing lowered the tax, no more of it can go back than there is.
        let tax = wanted.clamp(0, sum(of_shares.iter().copied())?.max(0));
        if tax != wanted {
            let own = lines.iter().zip(&taken).map(|(line, part)| (line.category == Some(category), part.tax.max(0)));
            let chosen: Vec<i64> = own.map(|(is_own, tax)| if is_own { tax } else { 0 }).collect();
            spread_tax(&mut taken, lines, category, tax, &chosen)?;
        }
        add(&mut parts, &split(tax, &of_shares)?);
    }
    Ok((taken, parts))
}

/// An amount spread over what is left of lines and tax, by largest remainder, so that none gets more than is left of it;
/// the tax of a category over its lines in the same way.
fn of_amount(
    lines: &[LineLeft],
    shares: &[ShareLeft],
    amount: i64,
    left: i64,
) -> Result<(Vec<Part>, Vec<i64>), CreditError> {
    if amount <= 0 {
        return Err(CreditError::Worthless);
    }
    if amount > left {
        return Err(CreditError::TooMuch(left));
    }
    if amount == left {
        let all = credit(lines, shares, &Choice::All)?;
        return Ok((all.lines, all.shares));
    }
    // What lowers an invoice takes no part of a credit.
    let nets = lines.iter().map(|line| line.left().net.max(0));
    let weights: Vec<i64> = nets.chain(shares.iter().map(|share| share.left().max(0))).collect();
    let mut nets = split(amount, &weights)?;
    let of_shares = nets.split_off(lines.len());
    let mut taken: Vec<Part> = nets.into_iter().map(|net| Part { net, tax: 0 }).collect();
    for category in categories(lines) {
        let own = shares.iter().zip(&of_shares).filter(|(share, _)| share.category == category);
        let tax = sum(own.map(|(_, part)| *part))?;
        let weights: Vec<i64> =
            lines.iter().map(|line| if line.category == Some(category) { line.left().tax.max(0) } else { 0 }).collect();
        spread_tax(&mut taken, lines, category, tax, &weights)?;
    }
    Ok((taken, of_shares))
}

/// The categories that lines have, each once.
fn categories(lines: &[LineLeft]) -> BTreeSet<usize> {
    lines.iter().filter_map(|line| line.category).collect()
}

/// What is left of the shares of a category; of the others nothing.
fn lefts(shares: &[ShareLeft], category: usize) -> Vec<i64> {
    shares.iter().map(|share| if share.category == category { share.left().max(0) } else { 0 }).collect()
}

/// Gives the lines of a category `tax` in proportion to `weights`, which are 0 for all others.
fn spread_tax(
    taken: &mut [Part],
    lines: &[LineLeft],
    category: usize,
    tax: i64,
    weights: &[i64],
) -> Result<(), Overflow> {
    let parts = split(tax, weights)?;
    let own = taken.iter_mut().zip(lines).zip(parts).filter(|((_, line), _)| line.category == Some(category));
    own.for_each(|((part, _), tax)| part.tax = tax);
    Ok(())
}

fn add(sums: &mut [i64], parts: &[i64]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.saturating_add(*part));
}

fn sum(amounts: impl Iterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Overflow)
}
