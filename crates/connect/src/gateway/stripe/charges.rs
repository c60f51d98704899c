//! What Stripe says of a charge, put into our words.

use jiff::Timestamp;
use serde_json::Value;

use super::methods;
use super::thing::Thing;
use crate::gateway::{
    Amount, Charge, ChargeAsk, ChargeState, Decline, DeclineClass, Dispute, DisputeState, Method, MethodKind, Refund,
    RefundState,
};

/// What hangs on a charge and is read with it, from where the charge stands.
pub(super) const WITH_CHARGE: [&str; 2] = ["balance_transaction", "payment_intent"];

/// A charge; of its disputes the newest where it has any. What isn't a charge is nothing.
pub(super) fn charge(value: &Value, disputes: &[Value]) -> Option<Charge> {
    let thing = Thing(value);
    let intent = thing.whole("payment_intent");
    let ours = |field: &str| thing.ours(field).or_else(|| intent.and_then(|intent| intent.ours(field)));
    let method = used_method(thing);
    let kind = method.as_ref().map_or(MethodKind::Card, |method| method.kind);
    let dispute = disputes.iter().filter_map(dispute).max_by_key(|(made_at, _)| *made_at);
    let dispute = dispute.map(|(_, dispute)| dispute);
    let state = match state(thing, kind) {
        // A bank's return comes as a dispute that is lost from the beginning.
        ChargeState::Settled if kind == MethodKind::Bank && dispute.is_some() => {
            ChargeState::Returned(Decline::of_bank(dispute.as_ref().map_or("", |dispute| &dispute.reason)))
        }
        state => state,
    };
    let is_returned = matches!(state, ChargeState::Returned(_));
    Some(Charge {
        id: thing.text("id")?.to_owned(),
        key: ours("key").unwrap_or_default().to_owned(),
        reference: ours("reference").unwrap_or_default().to_owned(),
        amount: amount(thing)?,
        live: thing.is("livemode"),
        state,
        refunded_minor: thing.number("amount_refunded").unwrap_or_default(),
        dispute: dispute.filter(|_| !is_returned),
        fee_minor: thing.at("balance_transaction").number("fee"),
        method,
        made_at: thing.instant("created").unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

/// An intent whose charge isn't there yet, or never will be: it waits for a bank, was canceled, or failed before.
pub(super) fn intent(value: &Value) -> Option<Charge> {
    let thing = Thing(value);
    if let Some(latest) = thing.whole("latest_charge") {
        let mut charge = charge(latest.0, &[])?;
        // The intent is where we wrote it; a charge has a copy of it, or none.
        charge.key = thing.ours("key").map_or(charge.key, str::to_owned);
        charge.reference = thing.ours("reference").map_or(charge.reference, str::to_owned);
        return Some(charge);
    }
    let state = match thing.text("status") {
        Some("canceled") => ChargeState::Canceled,
        Some("requires_action") if !waits_for_deposits(thing) => {
            ChargeState::Failed(Decline::of_card("authentication_required"))
        }
        Some("requires_payment_method") => ChargeState::Failed(of_error(thing.at("last_payment_error"))),
        _ => ChargeState::Processing,
    };
    Some(Charge {
        id: thing.text("id")?.to_owned(),
        key: thing.ours("key").unwrap_or_default().to_owned(),
        reference: thing.ours("reference").unwrap_or_default().to_owned(),
        amount: amount(thing)?,
        live: thing.is("livemode"),
        state,
        refunded_minor: 0,
        dispute: None,
        fee_minor: None,
        method: thing.whole("payment_method").and_then(methods::method),
        made_at: thing.instant("created").unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

/// A charge that was declined: the error names it, and what was asked is known. Nothing where it names nothing.
pub(super) fn declined(body: &Value, ask: &ChargeAsk, is_live: bool) -> Option<Charge> {
    let error = Thing(body).at("error");
    let intent = error.at("payment_intent");
    let id = error.name_of("charge").or_else(|| intent.name_of("latest_charge")).or_else(|| intent.text("id"))?;
    Some(Charge {
        id: id.to_owned(),
        key: ask.key.clone(),
        reference: ask.reference.clone(),
        amount: ask.amount.clone(),
        live: is_live,
        state: ChargeState::Failed(of_error(error)),
        refunded_minor: 0,
        dispute: None,
        fee_minor: None,
        method: error.whole("payment_method").and_then(methods::method),
        made_at: intent.instant("created").unwrap_or(Timestamp::UNIX_EPOCH),
    })
}

/// A refund.
pub(super) fn refund(value: &Value) -> Option<Refund> {
    let thing = Thing(value);
    let state = match thing.text("status") {
        Some("succeeded") => RefundState::Done,
        Some("failed" | "canceled") => RefundState::Failed,
        _ => RefundState::Pending,
    };
    Some(Refund {
        id: thing.text("id")?.to_owned(),
        key: thing.ours("key").unwrap_or_default().to_owned(),
        charge: thing.name_of("charge").or_else(|| thing.name_of("payment_intent"))?.to_owned(),
        amount: amount(thing)?,
        state,
    })
}

fn amount(thing: Thing<'_>) -> Option<Amount> {
    Some(Amount { minor: thing.number("amount")?, currency: thing.text("currency")?.to_ascii_uppercase() })
}

/// What a charge stands at, but for what a bank took back. What we don't know is still on its way.
fn state(thing: Thing<'_>, kind: MethodKind) -> ChargeState {
    match thing.text("status") {
        Some("failed") => ChargeState::Failed(of_charge(thing, kind)),
        Some("succeeded") if thing.flag("captured") != Some(false) => ChargeState::Settled,
        _ => ChargeState::Processing,
    }
}

/// Why a charge failed. The network's own code says most of an account; of a card it is Stripe's.
fn of_charge(thing: Thing<'_>, kind: MethodKind) -> Decline {
    let outcome = thing.at("outcome");
    let failure = thing.text("failure_code").unwrap_or("generic_decline");
    if kind == MethodKind::Bank {
        return Decline::of_bank(returned(outcome).unwrap_or(failure));
    }
    let code = if failure == "card_declined" { outcome.text("reason").unwrap_or(failure) } else { failure };
    advised(Decline::of_card(code), outcome)
}

/// Why a request to charge failed.
fn of_error(error: Thing<'_>) -> Decline {
    let code = error.text("decline_code").or_else(|| error.text("code")).unwrap_or("generic_decline");
    let is_bank = error.at("payment_method").text("type") == Some("us_bank_account");
    match returned(error) {
        Some(code) => Decline::of_bank(code),
        None if is_bank => Decline::of_bank(code),
        None => advised(Decline::of_card(code), error),
    }
}

/// `R01`, where the network gave one.
fn returned(thing: Thing<'_>) -> Option<&str> {
    thing.text("network_decline_code").filter(|code| code.len() == 3 && code.starts_with('R'))
}

/// The networks' word against another try counts more than ours for it.
/// <https://docs.stripe.com/declines/card#retrying-issuer-declines>
fn advised(decline: Decline, thing: Thing<'_>) -> Decline {
    match thing.text("advice_code") {
        Some("do_not_try_again") => Decline { class: DeclineClass::Hard, ..decline },
        _ => decline,
    }
}

/// A dispute and when it was made. Mere inquiries hold no money back and are none, nor are those that were prevented.
fn dispute(value: &Value) -> Option<(Timestamp, Dispute)> {
    let thing = Thing(value);
    let state = match thing.text("status")? {
        "won" => DisputeState::Won,
        "lost" => DisputeState::Lost,
        "prevented" => return None,
        status if status.starts_with("warning") => return None,
        _ => DisputeState::Open,
    };
    let dispute = Dispute {
        id: thing.text("id")?.to_owned(),
        reason: thing.owned("reason"),
        amount_minor: thing.number("amount")?,
        state,
        due_at: thing.at("evidence_details").instant("due_by"),
    };
    Some((thing.instant("created").unwrap_or(Timestamp::UNIX_EPOCH), dispute))
}

fn waits_for_deposits(thing: Thing<'_>) -> bool {
    thing.at("next_action").text("type") == Some("verify_with_microdeposits")
}

/// What was charged. Only who leaves a method for later has a customer.
fn used_method(charge: Thing<'_>) -> Option<Method> {
    let details = charge.whole("payment_method_details")?;
    let customer = charge.name_of("customer");
    let id = charge.name_of("payment_method").filter(|_| customer.is_some());
    methods::used(details, id.unwrap_or_default(), customer.unwrap_or_default())
}
