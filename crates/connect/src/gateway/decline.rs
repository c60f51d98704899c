//! What the codes of declines and returns mean for trying again. Closed tables: what stands in none is not tried again.

use super::{Decline, DeclineClass};

/// Codes after which a card may work later; <https://docs.stripe.com/declines/codes>.
const SOFT: [&str; 14] = [
    "approve_with_id",
    "call_issuer",
    // Declined, and no reason given.
    "card_declined",
    "card_velocity_exceeded",
    "do_not_honor",
    "generic_decline",
    "insufficient_funds",
    "issuer_not_available",
    "no_action_taken",
    "processing_error",
    "reenter_transaction",
    "service_not_allowed",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
];
/// Codes that ask for the owner.
const AUTHENTICATION: [&str; 4] = [
    "authentication_not_handled",
    "authentication_required",
    "mobile_device_authentication_required",
    "offline_pin_required",
];
/// After which a bank debit may be tried again: not enough money, or none that is cleared. The network's codes are of the
/// Nacha Operating Rules, "Return Reason Codes"; the words are Stripe's, for where it gives no code:
/// <https://docs.stripe.com/declines/network-codes>.
const SOFT_RETURNS: [&str; 3] = ["R01", "R09", "insufficient_funds"];
/// By which the owner says that they didn't permit it.
const NOT_PERMITTED: [&str; 5] = ["R05", "R07", "R10", "R29", "debit_not_authorized"];

impl Decline {
    /// Of a card.
    #[must_use]
    pub fn of_card(code: &str) -> Self {
        let class = match code {
            soft if SOFT.contains(&soft) => DeclineClass::Soft,
            asking if AUTHENTICATION.contains(&asking) => DeclineClass::Authentication,
            _ => DeclineClass::Hard,
        };
        Self { code: code.to_owned(), class }
    }

    /// Of a bank account.
    #[must_use]
    pub fn of_bank(code: &str) -> Self {
        let class = match code {
            soft if SOFT_RETURNS.contains(&soft) => DeclineClass::Soft,
            forbidden if NOT_PERMITTED.contains(&forbidden) => DeclineClass::NoPermission,
            _ => DeclineClass::Hard,
        };
        Self { code: code.to_owned(), class }
    }
}
