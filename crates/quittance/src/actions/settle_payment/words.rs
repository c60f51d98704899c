//! What payer and admins read when a payment changes: the receipt, and what went wrong and what to do.

use std::fmt::Write;

use billing::Money;
use billing::payment::PaymentState;
use store::payment::GatewayPaymentRow;

use crate::payment_words::why;
use crate::receipt::PaidLine;

/// Subject and body; nothing for a state that isn't told. `lines` are what was paid.
pub fn letter(
    payment: &GatewayPaymentRow,
    lines: &[PaidLine],
    (provider, phone): (&str, &str),
    place: &str,
) -> Option<(String, String)> {
    let shown = |minor: i64| Money::new(minor, payment.currency).with_currency();
    let (amount, method) = (shown(payment.amount_minor), &payment.method_words);
    let number = &payment.number;
    let open_again = "The invoices are open again, at their old due dates";
    let (subject, first) = match payment.state {
        PaymentState::Settled => (
            format!("Receipt: {amount} paid to {provider}"),
            format!("{provider} received {amount} from {method}. Thank you."),
        ),
        PaymentState::Processing => (
            format!("Your payment of {amount} is on its way"),
            format!(
                "We have asked your bank for {amount} from {method}. It takes a few business days. There is nothing to do."
            ),
        ),
        PaymentState::Failed => (
            format!("Your payment of {amount} did not go through"),
            format!(
                "{amount} could not be taken from {method}: {}. Nothing was charged, and the invoices are still open.",
                why(payment)
            ),
        ),
        PaymentState::Returned => (
            format!("Your payment of {amount} came back"),
            format!("Your bank took {amount} back: {}. {open_again}.", why(payment)),
        ),
        PaymentState::Disputed => (
            format!("{amount} is disputed at the bank"),
            format!("{amount} from {method} is disputed at the card's bank. {open_again} until the bank has decided."),
        ),
        PaymentState::ChargedBack => (
            format!("{amount} went back after a dispute"),
            format!("The bank gave {amount} back to {method}. {open_again}."),
        ),
        PaymentState::Planned | PaymentState::Asked | PaymentState::Unknown | PaymentState::Canceled => return None,
    };
    let mut body = format!("{first}\n\nPayment {number}\n");
    for line in lines {
        let _ = writeln!(body, "{}: {}", line.label(), shown(line.minor));
    }
    let _ = write!(body, "Total: {amount}\n\n{place}\n\nQuestions? Call {phone} and say {number}.");
    Some((subject, body))
}
