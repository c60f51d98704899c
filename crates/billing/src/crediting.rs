//! Credit notes: what is left of an invoice to take back, line by line and share by share, and how a part is taken.

use crate::money::Overflow;
use crate::split::split;

/// A line of an invoice and what was credited of it before, in minor units before tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineLeft {
    /// As invoiced.
    pub amount: i64,
    /// By earlier credit notes.
    pub credited: i64,
    /// Whether tax was taken of it.
    pub taxable: bool,
}

/// A jurisdiction's share of an invoice's tax and what was credited of it before, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareLeft {
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
    /// What is left of these lines, numbered from 1, and the tax on it.
    Lines(Vec<usize>),
    /// So many minor units, tax included, spread over all that is left.
    Amount(i64),
}

/// A credit note's figures, all positive: of each line and share in the order given, 0 where nothing is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Before tax.
    pub lines: Vec<i64>,
    /// By jurisdiction.
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
    let (net, tax) = (lines.iter().map(LineLeft::left), shares.iter().map(ShareLeft::left));
    sum(net.chain(tax))
}

/// The figures of a credit note. Crediting all that is left makes all credit notes of an invoice sum to it exactly: each
/// line, each share, net, tax and total.
///
/// Rule: `rules.md`, Credit notes and Splitting: net and tax are rounded, the total is their sum; never more than what
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
        Choice::Lines(numbers) => {
            let taken = of_lines(lines, numbers)?;
            let tax = tax_on(lines, shares, &taken)?;
            (taken, split(tax, &weights(shares.iter().map(ShareLeft::left)))?)
        }
        Choice::Amount(amount) => of_amount(lines, shares, *amount, left)?,
    };
    let (net, tax) = (sum(lines.iter().copied())?, sum(shares.iter().copied())?);
    let total = net.checked_add(tax).ok_or(Overflow)?;
    match total {
        ..=0 => Err(CreditError::Worthless),
        _ if total > left => Err(CreditError::TooMuch(left)),
        _ => Ok(Credit { lines, shares, net, tax, total }),
    }
}

impl LineLeft {
    /// Minor units that no credit note took.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.amount.saturating_sub(self.credited)
    }
}

impl ShareLeft {
    /// Minor units that no credit note took.
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.amount.saturating_sub(self.credited)
    }
}

/// What is left of the lines chosen.
fn of_lines(lines: &[LineLeft], numbers: &[usize]) -> Result<Vec<i64>, CreditError> {
    let mut taken = vec![0; lines.len()];
    for number in numbers {
        let place = number.checked_sub(1).ok_or(CreditError::NoSuchLine(*number))?;
        let (Some(line), Some(amount)) = (lines.get(place), taken.get_mut(place)) else {
            return Err(CreditError::NoSuchLine(*number));
        };
        if line.left() == 0 {
            return Err(CreditError::LineTaken(*number));
        }
        *amount = line.left();
    }
    Ok(taken)
}

/// The tax on `taken`: the tax on all taxable amounts credited so far, these included, rounded half-up once, less the tax
/// credited before; all that is left with the last taxable line.
fn tax_on(lines: &[LineLeft], shares: &[ShareLeft], taken: &[i64]) -> Result<i64, Overflow> {
    let base = sum(lines.iter().filter(|line| line.taxable).map(|line| line.amount))?;
    let credited = lines.iter().zip(taken).filter(|(line, _)| line.taxable);
    let credited = sum(credited.map(|(line, amount)| line.credited.saturating_add(*amount)))?;
    let left = sum(shares.iter().map(ShareLeft::left))?;
    if base <= 0 || credited <= 0 {
        return Ok(0);
    }
    if credited >= base {
        return Ok(left);
    }
    let tax = i128::from(sum(shares.iter().map(|share| share.amount))?);
    let product = tax.checked_mul(i128::from(credited)).and_then(|product| product.checked_mul(2)).ok_or(Overflow)?;
    let base = i128::from(base);
    let due = i64::try_from((product + base).div_euclid(base * 2)).map_err(|_| Overflow)?;
    let before = sum(shares.iter().map(|share| share.credited))?;
    Ok(due.saturating_sub(before).clamp(0, left.max(0)))
}

/// An amount spread over what is left of lines and tax, by largest remainder, so that none gets more than is left of it.
fn of_amount(
    lines: &[LineLeft],
    shares: &[ShareLeft],
    amount: i64,
    left: i64,
) -> Result<(Vec<i64>, Vec<i64>), CreditError> {
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
    let parts = weights(lines.iter().map(LineLeft::left).chain(shares.iter().map(ShareLeft::left)));
    let mut parts = split(amount, &parts)?;
    let of_shares = parts.split_off(lines.len());
    Ok((parts, of_shares))
}

/// What lowers an invoice takes no part of a credit.
fn weights(left: impl Iterator<Item = i64>) -> Vec<i64> {
    left.map(|minor| minor.max(0)).collect()
}

fn sum(amounts: impl Iterator<Item = i64>) -> Result<i64, Overflow> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Overflow)
}
