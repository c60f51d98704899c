//! Events of Stripe's, of several versions: what is unknown is passed over, and nothing is lost.

use connect::gateway::{BadEvent, ChargeState, Event, MethodKind, News, RefundState};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::openapi::check_object;
use super::recorder::stripe_at;
use super::{Clock, secret};

fn read_bytes(body: &str) -> Result<Event, BadEvent> {
    let now = Clock::monday().now();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret().reveal().as_bytes()).unwrap();
    mac.update(format!("{}.{body}", now.as_second()).as_bytes());
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let header = format!("t={},v1={code}", now.as_second());
    stripe_at("https://api.stripe.com", "sk_test_1").read_event(body.as_bytes(), &header, now)
}

fn event(kind: &str, object: Value) -> Event {
    let event = json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_793_631_600, "livemode": false,
        "api_version": "2031-01-01.lichen", "pending_webhooks": 1, "a_field_of_next_year": { "deep": [1, null] },
        "data": { "object": object, "previous_attributes": {} } });
    read_bytes(&event.to_string()).unwrap()
}

fn charge(fields: Value) -> Value {
    let mut charge = json!({ "id": "ch_1", "object": "charge", "amount": 41_200, "currency": "usd", "captured": true,
        "created": 1_793_631_600, "livemode": false, "status": "succeeded", "disputed": false, "payment_intent": "pi_1",
        "metadata": { "key": "INV-1043-1", "reference": "payment-1" } });
    charge.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    charge
}

fn ask(charge: &str, reference: &str) -> News {
    News::AskCharge { charge: charge.to_owned(), reference: reference.to_owned() }
}

#[test]
fn a_charge_stands_in_its_event() {
    let object = charge(json!({ "amount_refunded": 5_000 }));
    check_object("charge", &object);
    let told = event("charge.refunded", object);
    assert_eq!((told.id.as_str(), told.kind.as_str(), told.live), ("evt_1", "charge.refunded", false));
    assert_eq!(told.made_at.as_second(), 1_793_631_600);
    let News::Charge(charge) = told.what else { panic!("{:?}", told.what) };
    assert_eq!((charge.state, charge.refunded_minor, charge.key.as_str()), (ChargeState::Settled, 50_00, "INV-1043-1"));
    assert_eq!((charge.reference.as_str(), charge.fee_minor), ("payment-1", None));
}

#[test]
fn what_a_charge_does_not_say_is_asked_for() {
    for (kind, object, expected) in [
        ("charge.updated", charge(json!({ "disputed": true })), ask("ch_1", "payment-1")),
        ("charge.succeeded", charge(json!({ "metadata": {} })), ask("ch_1", "")),
        ("charge.dispute.created", json!({ "id": "du_1", "object": "dispute", "charge": "ch_1" }), ask("ch_1", "")),
        (
            "charge.dispute.closed",
            json!({ "id": "du_1", "object": "dispute", "charge": { "id": "ch_1" } }),
            ask("ch_1", ""),
        ),
        // A field of another type than ever before.
        (
            "charge.succeeded",
            charge(json!({ "amount": { "value": 412, "currency": "usd" } })),
            ask("ch_1", "payment-1"),
        ),
    ] {
        assert_eq!(event(kind, object).what, expected, "{kind}");
    }
}

#[test]
fn an_intent_names_its_charge_in_every_version() {
    let intent = |fields: Value| {
        let mut intent = json!({ "id": "pi_1", "object": "payment_intent", "metadata": { "reference": "payment-1" } });
        intent.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        intent
    };
    for (kind, fields, expected) in [
        ("payment_intent.succeeded", json!({ "latest_charge": "ch_1" }), ask("ch_1", "payment-1")),
        ("payment_intent.succeeded", json!({ "latest_charge": { "id": "ch_1" } }), ask("ch_1", "payment-1")),
        (
            "payment_intent.succeeded",
            json!({ "charges": { "data": [{ "id": "ch_2" }, { "id": "ch_1" }] } }),
            ask("ch_2", "payment-1"),
        ),
        (
            "payment_intent.payment_failed",
            json!({ "last_payment_error": { "charge": "ch_1" } }),
            ask("ch_1", "payment-1"),
        ),
        ("payment_intent.canceled", json!({}), ask("pi_1", "payment-1")),
        ("payment_intent.processing", json!({ "latest_charge": "py_1", "metadata": null }), ask("py_1", "")),
        ("payment_intent.created", json!({}), News::Other),
        ("payment_intent.requires_action", json!({}), News::Other),
    ] {
        assert_eq!(event(kind, intent(fields)).what, expected, "{kind}");
    }
}

#[test]
fn everything_else_we_act_on() {
    let page = |reference: &str| News::Page { page: "cs_1".to_owned(), reference: reference.to_owned() };
    for (kind, object, expected) in [
        (
            "checkout.session.completed",
            json!({ "id": "cs_1", "object": "checkout.session", "client_reference_id": "payment-1" }),
            page("payment-1"),
        ),
        (
            "checkout.session.expired",
            json!({ "id": "cs_1", "object": "checkout.session", "metadata": { "reference": "payment-2" } }),
            page("payment-2"),
        ),
        ("payout.paid", json!({ "id": "po_1", "object": "payout" }), News::Payout("po_1".to_owned())),
        (
            "payment_method.detached",
            json!({ "id": "pm_1", "object": "payment_method" }),
            News::MethodGone("pm_1".to_owned()),
        ),
        (
            "mandate.updated",
            json!({ "id": "m_1", "object": "mandate", "status": "inactive", "payment_method": "pm_1" }),
            News::MethodGone("pm_1".to_owned()),
        ),
        (
            "mandate.updated",
            json!({ "id": "m_1", "object": "mandate", "status": "active", "payment_method": "pm_1" }),
            News::Other,
        ),
        (
            "setup_intent.succeeded",
            json!({ "id": "seti_1", "object": "setup_intent", "payment_method": "pm_1" }),
            News::AskMethod("pm_1".to_owned()),
        ),
        (
            "payment_method.updated",
            json!({ "id": "pm_1", "object": "payment_method", "us_bank_account": {} }),
            News::AskMethod("pm_1".to_owned()),
        ),
        ("customer.created", json!({ "id": "cus_1", "object": "customer" }), News::Other),
        ("a.kind.of.next_year", json!({ "id": "x_1", "object": "novelty" }), News::Other),
        ("a.kind.of.next_year", json!("a text"), News::Other),
    ] {
        assert_eq!(event(kind, object).what, expected, "{kind}");
    }
    let card = json!({ "id": "pm_1", "object": "payment_method", "type": "card", "customer": "cus_1",
        "card": { "brand": "amex", "last4": "1005", "exp_month": 2, "exp_year": 2028 } });
    check_object("payment_method", &card);
    let News::Method(method) = event("payment_method.automatically_updated", card).what else { panic!() };
    assert_eq!(
        (method.kind, method.brand.as_str(), method.last4.as_str()),
        (MethodKind::Card, "American Express", "1005")
    );
    assert_eq!(method.expires_on, Some("2028-02-29".parse().unwrap()));
    for kind in ["refund.updated", "charge.refund.updated", "refund.failed"] {
        let refund = json!({ "id": "re_1", "object": "refund", "amount": 100, "currency": "usd", "charge": "ch_1", "status": "failed" });
        check_object("refund", &refund);
        let News::Refund(refund) = event(kind, refund).what else { panic!() };
        assert_eq!((refund.state, refund.charge.as_str()), (RefundState::Failed, "ch_1"));
    }
}

#[test]
fn unknown_values_are_no_verdict() {
    for status in ["a_status_of_next_year", "pending"] {
        let News::Charge(charge) = event("charge.updated", charge(json!({ "status": status }))).what else { panic!() };
        assert_eq!(charge.state, ChargeState::Processing, "{status}");
    }
}

#[test]
fn what_is_no_event_is_told() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"id":"evt_1","type":"a","created":1}"#,
        r#"{"id":7,"type":"a","created":1,"livemode":true}"#,
    ] {
        assert!(matches!(read_bytes(body), Err(BadEvent::Unreadable(_))), "{body:?}");
    }
    let bare = read_bytes(r#"{"id":"evt_1","type":"a","created":1,"livemode":true}"#).unwrap();
    assert_eq!((bare.live, bare.what), (true, News::Other));
}
