//! What the processor keeps: as Stripe's list prices, so that the demo's books look like real ones.

use crate::gateway::MethodKind;

/// What an opened dispute of a card costs, minor units; given back with none of its ends.
pub(super) const DISPUTE: i64 = 15_00;

const CARD_PER_MILLE: i64 = 29;
const CARD_FIXED: i64 = 30;
const BANK_PER_MILLE: i64 = 8;
const BANK_MOST: i64 = 5_00;

/// Minor units, rounded half-up once.
pub(super) fn of(kind: MethodKind, amount_minor: i64) -> i64 {
    match kind {
        MethodKind::Card => per_mille(amount_minor, CARD_PER_MILLE) + CARD_FIXED,
        MethodKind::Bank => per_mille(amount_minor, BANK_PER_MILLE).min(BANK_MOST),
    }
}

fn per_mille(amount_minor: i64, rate: i64) -> i64 {
    amount_minor.saturating_mul(rate).saturating_add(500) / 1_000
}
