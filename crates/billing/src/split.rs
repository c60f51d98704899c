//! Splitting an amount over parts so that the parts sum to the whole: largest remainder, ties to the earliest.

use crate::money::Overflow;

/// Splits `total` (minor units) in proportion to `weights`, which are not negative. Computed on the absolute value, so
/// that a credit splits exactly like its charge. Where all weights are 0, the first part takes everything.
///
/// Rule: `rules.md`, Splitting.
///
/// # Errors
/// `Overflow` where a weight is negative or a product leaves 128 bits.
pub fn split(total: i64, weights: &[i64]) -> Result<Vec<i64>, Overflow> {
    if weights.iter().any(|weight| *weight < 0) {
        return Err(Overflow);
    }
    let whole = i128::from(total.unsigned_abs());
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let mut parts = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let product = if sum == 0 { 0 } else { whole.checked_mul(i128::from(*weight)).ok_or(Overflow)? };
        let divisor = sum.max(1);
        parts.push(Part { index, units: product / divisor, remainder: product % divisor });
    }
    let given: i128 = parts.iter().map(|part| part.units).sum();
    let mut left = whole - given;
    parts.sort_by(|a, b| b.remainder.cmp(&a.remainder).then(a.index.cmp(&b.index)));
    if sum == 0 {
        if let Some(first) = parts.first_mut() {
            first.units = left;
        }
        left = 0;
    }
    for part in &mut parts {
        if left > 0 {
            part.units += 1;
            left -= 1;
        }
    }
    parts.sort_by_key(|part| part.index);
    let sign = i128::from(total.signum());
    parts.iter().map(|part| i64::try_from(part.units * sign).map_err(|_| Overflow)).collect()
}

struct Part {
    index: usize,
    units: i128,
    remainder: i128,
}
