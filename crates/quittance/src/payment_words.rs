//! Why money didn't come or went back, as a customer reads it.

use store::payment::{DeclineClass, GatewayPaymentRow};

/// The reason, without a full stop: `the card was declined for lack of money`.
pub fn why(payment: &GatewayPaymentRow) -> String {
    let code = payment.decline.as_deref().unwrap_or_default();
    let known = match code {
        "processor_unreachable" => "the payment company could not be reached",
        "processor_refused" => "the payment company did not accept the request",
        "insufficient_funds" | "R01" | "R09" => "there was not enough money",
        "expired_card" => "the card has expired",
        "lost_card" | "stolen_card" | "pickup_card" => "the bank has blocked the card",
        "incorrect_cvc" | "invalid_cvc" => "the security code was not right",
        "authentication_required" => "the bank wants its owner to confirm it",
        "R02" => "the account is closed",
        "R03" | "R04" => "the bank knows no such account",
        "R05" | "R07" | "R10" | "R29" => "the bank says that the debit was not permitted",
        "R08" => "the payment was stopped",
        "R16" => "the account is blocked",
        _ => match payment.decline_class {
            Some(DeclineClass::Authentication) => "the bank wants its owner to confirm it",
            Some(DeclineClass::NoPermission) => "the bank says that the debit was not permitted",
            _ => "the bank declined it",
        },
    };
    known.to_owned()
}

/// What to do about it, as a sentence.
pub fn what_to_do(payment: &GatewayPaymentRow) -> &'static str {
    match payment.decline_class {
        Some(DeclineClass::Soft) => "You can try again, or pay with another method.",
        Some(DeclineClass::Authentication) => "Pay it here once by hand: your bank then asks you to confirm.",
        Some(DeclineClass::Hard) => "Please pay with another method.",
        Some(DeclineClass::NoPermission) => "Please speak to your bank, or pay with another method.",
        None => "Please pay with another method.",
    }
}
