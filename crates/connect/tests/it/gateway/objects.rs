//! Stripe's objects as they are documented, and a Stripe that answers with them.

use connect::gateway::{Method, MethodKind};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::openapi::{check_answer, check_request};
use super::recorder::{Recorder, Reply, Request};

/// 2 November 2026, 15:00 UTC.
pub const MADE: i64 = 1_793_631_600;

pub fn made_at() -> Timestamp {
    Timestamp::from_second(MADE).unwrap()
}

/// A Stripe that answers by `answer`; each request and each answer is checked.
pub fn answering(answer: impl Fn(&Request) -> (u16, Value) + Send + 'static) -> Recorder {
    Recorder::start(move |request| {
        let (status, value) = answer(request);
        if status == 200 {
            check_answer(request, &value);
        }
        Reply::Json(status, value)
    })
}

pub fn checked(recorder: &Recorder) -> Vec<Request> {
    let requests = recorder.requests();
    requests.iter().for_each(check_request);
    requests
}

pub fn list(path: &str, data: &[Value]) -> Value {
    json!({ "object": "list", "url": path, "has_more": false, "data": data })
}

pub fn card() -> Value {
    json!({ "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030, "funding": "credit" })
}

pub fn account() -> Value {
    json!({ "bank_name": "STRIPE TEST BANK", "last4": "6789", "account_type": "checking", "routing_number": "110000000" })
}

pub fn method_of(kind: &str) -> Value {
    let (field, details) = if kind == "card" { ("card", card()) } else { ("us_bank_account", account()) };
    json!({ "id": "pm_1", "object": "payment_method", "type": kind, "customer": "cus_1", "created": MADE,
        "livemode": false, "billing_details": {}, field: details })
}

pub fn ours() -> Value {
    json!({ "key": "INV-1043-1", "reference": "payment-of-INV-1043-1" })
}

/// A charge of a kind with some fields of its own.
pub fn charge_of(kind: &str, fields: Value) -> Value {
    let (field, details) = if kind == "card" { ("card", card()) } else { ("us_bank_account", account()) };
    let mut charge = json!({ "id": "ch_1", "object": "charge", "amount": 41_200, "amount_refunded": 0,
        "amount_captured": 41_200, "currency": "usd", "created": MADE, "livemode": false, "status": "succeeded",
        "captured": true, "disputed": false, "customer": "cus_1", "payment_method": "pm_1", "metadata": ours(),
        "payment_method_details": { "type": kind, field: details } });
    charge.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    charge
}

pub fn intent_of(status: &str, fields: Value) -> Value {
    let mut intent = json!({ "id": "pi_1", "object": "payment_intent", "amount": 41_200, "currency": "usd",
        "created": MADE, "livemode": false, "status": status, "customer": "cus_1", "metadata": ours() });
    intent.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    intent
}

pub fn fee(fee: i64) -> Value {
    json!({ "id": "txn_1", "object": "balance_transaction", "amount": 41_200, "fee": fee, "net": 41_200 - fee,
        "currency": "usd", "type": "charge", "status": "pending" })
}

pub fn kept_card() -> Method {
    Method {
        id: "pm_1".to_owned(),
        customer: "cus_1".to_owned(),
        kind: MethodKind::Card,
        brand: "Visa".to_owned(),
        last4: "4242".to_owned(),
        expires_on: Some("2030-12-31".parse().unwrap()),
        is_verified: true,
    }
}

pub fn kept_account() -> Method {
    Method {
        kind: MethodKind::Bank,
        brand: "STRIPE TEST BANK".to_owned(),
        last4: "6789".to_owned(),
        expires_on: None,
        ..kept_card()
    }
}

pub fn session(fields: Value) -> Value {
    let mut session = json!({ "id": "cs_test_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/pay/1",
        "expires_at": MADE + 86_400, "created": MADE, "livemode": false, "status": "open", "mode": "payment",
        "payment_status": "unpaid", "client_reference_id": "payment-of-INV-1043", "metadata": ours() });
    session.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    session
}
