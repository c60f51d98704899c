//! Checkout: what our adapter asks for, each request checked against Stripe's own description, and what it makes of pages
//! that are as documented.

use connect::gateway::stripe::VERSION;
use connect::gateway::{Charge, ChargeState, Keep, Method, MethodKind, PageAsk, PageState, Trouble};
use serde_json::{Value, json};

use super::objects::{
    answering, charge_of, checked, fee, intent_of, kept_account, kept_card, made_at, method_of, session,
};
use super::openapi::version;
use super::recorder::Request;
use super::{leaving_ask, page_ask, usd};

/// Opens a page, and gives what was sent to `/v1/checkout/sessions`, and how many requests there were.
async fn opened(ask: &PageAsk) -> (Request, usize) {
    let recorder = answering(|request| match request.path.as_str() {
        "/v1/customers" => (200, json!({ "id": "cus_1", "object": "customer", "livemode": false })),
        _ => (200, session(json!({}))),
    });
    let page = recorder.stripe().open_page(ask).await.unwrap();
    assert_eq!((page.id.as_str(), page.url.as_str()), ("cs_test_1", "https://checkout.stripe.com/c/pay/1"));
    let requests = checked(&recorder);
    (requests.last().unwrap().clone(), requests.len())
}

#[test]
fn our_version_is_the_one_we_check_against() {
    assert_eq!(VERSION, version());
}

#[tokio::test]
async fn somebody_pays_once_on_a_page() {
    let (request, count) = opened(&page_ask("INV-1043", MethodKind::Card)).await;
    assert_eq!((request.line().as_str(), count), ("POST /v1/checkout/sessions", 1));
    assert_eq!(request.header("idempotency-key"), Some("INV-1043"));
    assert_eq!(request.header("authorization"), Some("Bearer sk_test_of_the_tests"));
    let expected = [
        ("mode", "payment"),
        ("payment_method_types[0]", "card"),
        ("success_url", "https://billing.provider.example/done"),
        ("cancel_url", "https://billing.provider.example/back"),
        ("client_reference_id", "payment-of-INV-1043"),
        ("metadata[key]", "INV-1043"),
        ("metadata[reference]", "payment-of-INV-1043"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "41200"),
        ("line_items[0][price_data][product_data][name]", "Invoice INV-1043"),
        ("payment_intent_data[description]", "Invoice INV-1043"),
        ("payment_intent_data[metadata][key]", "INV-1043"),
        ("payment_intent_data[metadata][reference]", "payment-of-INV-1043"),
        ("customer_email", "alice@acme.example"),
    ];
    assert_eq!(request.pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn somebody_pays_by_bank_and_keeps_it() {
    let ask = PageAsk { keep: Keep::ForLater, ..page_ask("INV-1043", MethodKind::Bank) };
    let (request, count) = opened(&ask).await;
    assert_eq!(count, 2, "a customer is made first");
    for (name, value) in [
        ("payment_method_types[0]", "us_bank_account"),
        ("payment_method_options[us_bank_account][verification_method]", "instant"),
        ("payment_intent_data[setup_future_usage]", "off_session"),
        ("customer", "cus_1"),
    ] {
        assert_eq!(request.value(name), Some(value), "{name}");
    }
    assert_eq!(request.value("customer_email"), None);
}

#[tokio::test]
async fn somebody_leaves_an_account_with_a_customer_that_is_there() {
    let ask = PageAsk { customer: Some("cus_9".to_owned()), ..leaving_ask("leave", MethodKind::Bank) };
    let (request, count) = opened(&ask).await;
    assert_eq!(count, 1);
    for (name, value) in [
        ("mode", "setup"),
        ("customer", "cus_9"),
        ("setup_intent_data[metadata][reference]", "payment-of-leave"),
        ("payment_method_options[us_bank_account][verification_method]", "automatic"),
    ] {
        assert_eq!(request.value(name), Some(value), "{name}");
    }
    assert!(
        request.pairs.iter().all(|(name, _)| !name.starts_with("line_items") && !name.starts_with("payment_intent"))
    );
}

/// What a page answers that stands like this.
async fn page_state(fields: Value) -> PageState {
    let recorder = answering(move |_| (200, session(fields.clone())));
    let state = recorder.stripe().page("cs_test_1").await.unwrap();
    let lines: Vec<String> = checked(&recorder).iter().map(Request::line).collect();
    assert_eq!(lines, ["GET /v1/checkout/sessions/cs_test_1"]);
    state
}

#[tokio::test]
async fn a_page_tells_how_far_it_is() {
    assert_eq!(page_state(json!({})).await, PageState::Open);
    assert_eq!(page_state(json!({ "status": "expired" })).await, PageState::Expired);
    let once = charge_of("card", json!({ "balance_transaction": fee(1_225), "customer": null }));
    let intent = intent_of("succeeded", json!({ "latest_charge": once, "customer": null }));
    let state = page_state(json!({ "status": "complete", "payment_intent": intent })).await;
    let PageState::Done { charge: Some(charge), method: None } = state else { panic!("{state:?}") };
    let used = Method { id: String::new(), customer: String::new(), ..kept_card() };
    let expected = Charge {
        id: "ch_1".to_owned(),
        key: "INV-1043-1".to_owned(),
        reference: "payment-of-INV-1043-1".to_owned(),
        amount: usd(412_00),
        live: false,
        state: ChargeState::Settled,
        refunded_minor: 0,
        dispute: None,
        fee_minor: Some(12_25),
        method: Some(used),
        made_at: made_at(),
    };
    assert_eq!(charge, expected);

    let kept = charge_of("us_bank_account", json!({ "status": "pending" }));
    let intent = intent_of(
        "processing",
        json!({ "latest_charge": kept, "setup_future_usage": "off_session", "payment_method": method_of("us_bank_account") }),
    );
    let state = page_state(json!({ "status": "complete", "customer": "cus_1", "payment_intent": intent })).await;
    let PageState::Done { charge: Some(charge), method: Some(method) } = state else { panic!("{state:?}") };
    assert_eq!((charge.state, charge.method), (ChargeState::Processing, Some(kept_account())));
    assert_eq!(method, kept_account());
}

#[tokio::test]
async fn a_page_on_which_a_method_was_left() {
    for (status, is_verified) in [("succeeded", true), ("requires_action", false)] {
        let setup = json!({ "id": "seti_1", "object": "setup_intent", "status": status, "livemode": false,
            "payment_method": method_of("us_bank_account") });
        let fields = json!({ "status": "complete", "mode": "setup", "customer": "cus_1", "setup_intent": setup });
        let expected = Method { is_verified, ..kept_account() };
        assert_eq!(page_state(fields).await, PageState::Done { charge: None, method: Some(expected) });
    }
}

#[tokio::test]
async fn a_page_is_ended_once() {
    for (status, body) in [
        (200, session(json!({ "status": "expired" }))),
        (
            400,
            json!({ "error": { "type": "invalid_request_error", "message": "Only Checkout Sessions with a status in [\"open\"] can be expired." } }),
        ),
    ] {
        let recorder = answering(move |_| (status, body.clone()));
        recorder.stripe().end_page("cs_test_1").await.unwrap();
        assert_eq!(checked(&recorder)[0].line(), "POST /v1/checkout/sessions/cs_test_1/expire");
    }
    let recorder = answering(|_| (404, json!({ "error": { "message": "No such checkout.session" } })));
    assert!(matches!(recorder.stripe().end_page("cs_test_1").await, Err(Trouble::Refused(_))));
}
