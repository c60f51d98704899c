//! A ticket whose work is charged up to an agreed amount and not beyond.

/// An amount as far as it is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpTo {
    /// Minor units charged.
    pub charged: i64,
    /// Minor units over the agreed amount: shown and not charged.
    pub over: i64,
}

/// Charges amounts (minor units, none negative) of a ticket in the order they were worked, until they and what earlier
/// invoices `charged` of the ticket reach what was `agreed`. Charged and over sum to each amount. Source: the import
/// contract, Work.
pub fn up_to(agreed: i64, charged: i64, amounts: impl IntoIterator<Item = i64>) -> Vec<UpTo> {
    let mut left = agreed.saturating_sub(charged).max(0);
    amounts
        .into_iter()
        .map(|amount| {
            let charged = amount.min(left);
            left = left.saturating_sub(charged);
            UpTo { charged, over: amount.saturating_sub(charged) }
        })
        .collect()
}
