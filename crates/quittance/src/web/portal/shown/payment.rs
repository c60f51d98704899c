//! How a payment stands, in words: the three ends of it, and what comes between.

use billing::payment::PaymentState;
use billing::{Currency, Money};
use jiff::Timestamp;
use store::payment::GatewayPaymentRow;

use super::Today;
use crate::issued::path;
use crate::payment_words::{what_to_do, why};
use crate::receipt::PaidLine;
use crate::web::pages::{Day, Deed, Frame, Link, Pair, PaymentLine, PaymentPage, Status, StatusKind, Step};
use crate::web::portal::pay::plain;

/// A payment with what it is for.
pub struct Shown {
    /// As it stands.
    pub payment: GatewayPaymentRow,
    /// What it pays.
    pub lines: Vec<PaidLine>,
}

/// The word of a state with its shape.
pub fn status(payment: &GatewayPaymentRow, today: &Today) -> Status {
    let part_back = payment.refunded_minor > 0 && payment.refunded_minor < payment.amount_minor;
    let (kind, word) = match payment.state {
        PaymentState::Planned => {
            let on = payment.charge_on.map(|on| today.day(on).text).unwrap_or_default();
            return Status::new(StatusKind::Due, format!("Planned for {on}"));
        }
        PaymentState::Asked => (StatusKind::Processing, "Not finished yet"),
        PaymentState::Unknown => (StatusKind::Unknown, "We don’t know yet"),
        PaymentState::Processing => (StatusKind::Processing, "Processing"),
        PaymentState::Settled if payment.refunded_minor >= payment.amount_minor => (StatusKind::Due, "Refunded"),
        PaymentState::Settled if part_back => (StatusKind::PartPaid, "Paid, a part refunded"),
        PaymentState::Settled => (StatusKind::Paid, "Paid"),
        PaymentState::Failed => (StatusKind::Overdue, "Did not go through"),
        PaymentState::Canceled => (StatusKind::Due, "Called off"),
        PaymentState::Returned => (StatusKind::Overdue, "Came back"),
        PaymentState::Disputed => (StatusKind::Dispute, "In dispute"),
        PaymentState::ChargedBack => (StatusKind::Overdue, "Went back after a dispute"),
    };
    Status::new(kind, word)
}

/// A row of the list.
pub fn line(shown: &Shown, today: &Today) -> PaymentLine {
    let payment = &shown.payment;
    let numbers: Vec<&str> =
        shown.lines.iter().map(|line| line.document.as_ref().map_or("Paid ahead", |(_, number)| number)).collect();
    let what = match numbers.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
    };
    let minor: i64 = shown.lines.iter().map(|line| line.minor).sum();
    PaymentLine {
        number: payment.number.clone(),
        href: format!("/payments/{}", payment.number),
        day: payment.charge_on.map_or_else(|| day(payment.made_at, today), |on| today.day(on)),
        what,
        method: payment.method_words.clone(),
        amount: Money::new(minor, payment.currency).with_currency(),
        status: status(payment, today),
    }
}

fn day(at: Timestamp, today: &Today) -> Day {
    today.day(at.to_zoned(today.zone.clone()).date())
}

/// The page. `owed` is what the visitor's accounts still owe, minor units.
pub fn page(shown: &Shown, owed: i64, today: &Today, (frame, may_act): (Frame, bool)) -> PaymentPage {
    let payment = &shown.payment;
    let number = payment.number.clone();
    let call = format!("Call {} and say {number}.", frame.provider.phone);
    PaymentPage {
        status: status(payment, today),
        sentence: sentence(payment, today),
        warning: warning(payment),
        rows: shown.lines.iter().map(|line| row(line, payment.currency)).collect(),
        total: Pair {
            label: if payment.method_words.is_empty() { "Total".to_owned() } else { payment.method_words.clone() },
            href: String::new(),
            value: shown_amount(payment),
        },
        steps: steps(payment, today),
        facts: facts(payment, owed),
        links: links(shown, may_act),
        cancel: (may_act && may_cancel(payment))
            .then(|| Deed::new(format!("/payments/{number}/cancel"), "Call this payment off")),
        reads_again: matches!(payment.state, PaymentState::Asked | PaymentState::Unknown) && payment.page.is_none()
            || (payment.state == PaymentState::Asked && payment.looks < 12),
        call,
        number,
        frame,
    }
}

fn shown_amount(payment: &GatewayPaymentRow) -> String {
    Money::new(payment.amount_minor, payment.currency).with_currency()
}

fn may_cancel(payment: &GatewayPaymentRow) -> bool {
    payment.state == PaymentState::Planned || (payment.state == PaymentState::Asked && payment.page.is_some())
}

fn row(line: &PaidLine, currency: Currency) -> Pair {
    Pair {
        label: line.label().to_owned(),
        href: line.document.as_ref().map(|(kind, number)| path(*kind, number)).unwrap_or_default(),
        value: Money::new(line.minor, currency).to_string(),
    }
}

fn sentence(payment: &GatewayPaymentRow, today: &Today) -> String {
    let (amount, method) = (shown_amount(payment), &payment.method_words);
    match payment.state {
        PaymentState::Planned => {
            let on = payment.charge_on.map(|on| today.weekday(on)).unwrap_or_default();
            format!("We’ll charge {amount} to {method} on {on}. You can call it off until the evening before.")
        }
        PaymentState::Asked if payment.page.is_some() => {
            format!("{amount} is not paid yet. It goes on at our payment company’s page.")
        }
        PaymentState::Asked => format!("We’ve asked for {amount} from {method}. This takes a few seconds."),
        PaymentState::Unknown => {
            format!("The answer about {amount} from {method} did not reach us. It may have been charged.")
        }
        PaymentState::Processing => {
            format!("We’ve asked the bank for {amount} from {method}. It takes 2 to 4 business days.")
        }
        PaymentState::Settled => {
            let at = payment.settled_at.map(|at| today.instant(at).text).unwrap_or_default();
            format!("We charged {amount} to {method} on {at}.")
        }
        PaymentState::Failed => format!("{amount} was not charged: {}. {}", why(payment), what_to_do(payment)),
        PaymentState::Canceled => format!("{amount} was not charged. Nothing more happens with this payment."),
        PaymentState::Returned => {
            format!(
                "The bank took {amount} back: {}. The invoices are open again, at their old due dates.",
                why(payment)
            )
        }
        PaymentState::Disputed => {
            format!(
                "{amount} is disputed at the bank of {method}. The invoices are open again until the bank has decided."
            )
        }
        PaymentState::ChargedBack => {
            format!("The bank gave {amount} back to {method}. The invoices are open again, at their old due dates.")
        }
    }
}

fn warning(payment: &GatewayPaymentRow) -> (String, String) {
    if payment.state != PaymentState::Unknown {
        return (String::new(), String::new());
    }
    let rest = "Its invoices are locked until we know, so a second charge cannot happen.";
    ("Please don’t pay again.".to_owned(), rest.to_owned())
}

fn steps(payment: &GatewayPaymentRow, today: &Today) -> Vec<Step> {
    if !payment.state.is_under_way() {
        return Vec::new();
    }
    let step = |kind, text: &str, hint: String, is_present| Step { status: Status::new(kind, text), hint, is_present };
    let written = format!("{}, {}", payment.number, today.instant(payment.made_at).text);
    let (kind, now, hint) = match payment.state {
        PaymentState::Unknown => {
            (StatusKind::Unknown, "Asking the payment company again", "Every few seconds at first.".to_owned())
        }
        PaymentState::Processing => (StatusKind::Processing, "The bank has it", "2 to 4 business days.".to_owned()),
        _ if payment.page.is_some() => (StatusKind::Processing, "On our payment company’s page", String::new()),
        _ => (StatusKind::Processing, "Asking the bank", String::new()),
    };
    vec![
        step(StatusKind::Paid, "Written down", written, false),
        step(kind, now, hint, true),
        step(StatusKind::Due, "A mail either way", String::new(), false),
    ]
}

fn facts(payment: &GatewayPaymentRow, owed: i64) -> Vec<Pair> {
    let fact = |label: &str, value: String| Pair { label: label.to_owned(), href: String::new(), value };
    let mut facts = Vec::new();
    if payment.refunded_minor > 0 {
        facts.push(fact("Refunded", Money::new(payment.refunded_minor, payment.currency).with_currency()));
    }
    if payment.state == PaymentState::Settled {
        facts.push(fact("Receipt mailed to", payment.email.clone()));
        facts.push(fact("You still owe", Money::new(owed, payment.currency).with_currency()));
    }
    facts
}

/// The page that paid it, filled in as it is: what is agreed to there takes its place.
fn change(shown: &Shown) -> String {
    let payment = &shown.payment;
    let mut pairs = Vec::new();
    for line in &shown.lines {
        if let Some((_, number)) = &line.document {
            pairs.extend([("number", number.clone()), ("amount", plain(line.minor, payment.currency))]);
        }
    }
    pairs.extend(payment.method_id.map(|method| ("method", i64::from(method).to_string())));
    pairs.extend(payment.charge_on.map(|on| ("on", on.to_string())));
    format!("/pay?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

fn links(shown: &Shown, may_act: bool) -> Vec<Link> {
    let payment = &shown.payment;
    let mut links = Vec::new();
    match (&payment.page_url, payment.state) {
        (Some(url), PaymentState::Asked) if may_act => {
            links.push(Link::new(url.clone(), "Go on to the payment company"))
        }
        (_, PaymentState::Planned) if may_act => {
            links.push(Link::new(change(shown), "Change its day, amount or method"));
        }
        (_, PaymentState::Failed | PaymentState::Canceled | PaymentState::Returned | PaymentState::ChargedBack)
            if may_act =>
        {
            links.push(Link::new("/pay", "Pay what is open"));
        }
        _ => {}
    }
    if payment.settled_at.is_some() {
        links.push(Link::new(format!("/payments/{}/receipt.pdf", payment.number), "Receipt, PDF"));
    }
    links.push(Link::new("/invoices", "Back to invoices"));
    links
}
