//! Charges, refunds, methods and payouts: what our adapter asks of Stripe, each request checked against Stripe's own
//! description, and what it makes of answers that are as documented.

use connect::Secret;
use connect::gateway::{
    Charge, ChargeState, DeclineClass, DisputeState, Gateway, Payout, PayoutPartKind, RefundAsk, RefundState, Stripe,
    StripeSettings, Trouble,
};
use serde_json::{Value, json};

use super::objects::{
    MADE, answering, charge_of, checked, intent_of, kept_account, kept_card, list, made_at, method_of,
};
use super::recorder::{Recorder, Reply, Request, stripe_at};
use super::{charge_ask, usd};

#[tokio::test]
async fn a_kept_method_is_charged_without_its_owner() {
    for (method, field, status) in
        [(kept_card(), "card", "succeeded"), (kept_account(), "us_bank_account", "processing")]
    {
        let latest = charge_of(field, json!({ "status": if field == "card" { "succeeded" } else { "pending" } }));
        let recorder = answering(move |_| (200, intent_of(status, json!({ "latest_charge": latest }))));
        let charge = recorder.stripe().charge(&charge_ask("INV-1043-1", &method)).await.unwrap();
        assert_eq!((charge.id.as_str(), charge.key.as_str()), ("ch_1", "INV-1043-1"));
        assert_eq!(charge.state == ChargeState::Settled, field == "card");
        assert_eq!(charge.method, Some(method));
        let request = &checked(&recorder)[0];
        assert_eq!(request.line(), "POST /v1/payment_intents");
        assert_eq!(request.header("idempotency-key"), Some("INV-1043-1"));
        for (name, value) in [
            ("amount", "41200"),
            ("currency", "usd"),
            ("customer", "cus_1"),
            ("payment_method", "pm_1"),
            ("payment_method_types[]", field),
            ("confirm", "true"),
            ("off_session", "true"),
            ("metadata[reference]", "payment-of-INV-1043-1"),
        ] {
            assert_eq!(request.value(name), Some(value), "{name}");
        }
        assert_eq!(request.value("statement_descriptor_suffix"), Some("INV-1043").filter(|_| field == "card"));
    }
}

#[tokio::test]
async fn a_statement_shows_only_what_fits_on_it() {
    for (words, shown) in
        [("INV-20299", Some("INV-20299")), ("Invoices INV-20299 and INV-20517", None), ("20299", None), ("<INV>", None)]
    {
        let recorder = answering(|_| (200, intent_of("processing", json!({}))));
        let mut ask = charge_ask("INV-1043-1", &kept_card());
        ask.words = words.to_owned();
        recorder.stripe().charge(&ask).await.unwrap();
        let request = &checked(&recorder)[0];
        assert_eq!((request.value("statement_descriptor_suffix"), request.value("description")), (shown, Some(words)));
    }
}

#[tokio::test]
async fn a_decline_is_an_answer() {
    for (error, code, class) in [
        (
            json!({ "code": "card_declined", "decline_code": "insufficient_funds" }),
            "insufficient_funds",
            DeclineClass::Soft,
        ),
        (json!({ "code": "card_declined", "decline_code": "lost_card" }), "lost_card", DeclineClass::Hard),
        (json!({ "code": "card_declined" }), "card_declined", DeclineClass::Soft),
        (json!({ "code": "expired_card" }), "expired_card", DeclineClass::Hard),
        (
            json!({ "code": "authentication_required", "decline_code": "authentication_required" }),
            "authentication_required",
            DeclineClass::Authentication,
        ),
        (
            json!({ "code": "card_declined", "decline_code": "generic_decline", "advice_code": "do_not_try_again" }),
            "generic_decline",
            DeclineClass::Hard,
        ),
        (
            json!({ "code": "card_declined", "decline_code": "a_word_of_next_year" }),
            "a_word_of_next_year",
            DeclineClass::Hard,
        ),
        (json!({ "code": "insufficient_funds", "network_decline_code": "R01" }), "R01", DeclineClass::Soft),
        (json!({ "code": "debit_not_authorized", "network_decline_code": "R29" }), "R29", DeclineClass::NoPermission),
        (
            json!({ "code": "debit_not_authorized", "payment_method": method_of("us_bank_account") }),
            "debit_not_authorized",
            DeclineClass::NoPermission,
        ),
    ] {
        let mut body = json!({ "error": { "type": "card_error", "charge": "ch_1", "message": "Your card was declined.",
            "payment_intent": intent_of("requires_payment_method", json!({})) } });
        body["error"].as_object_mut().unwrap().extend(error.as_object().unwrap().clone());
        let recorder = answering(move |_| (402, body.clone()));
        let charge = recorder.stripe().charge(&charge_ask("INV-1043-1", &kept_card())).await.unwrap();
        let ChargeState::Failed(decline) = charge.state else { panic!("{:?}", charge.state) };
        assert_eq!((decline.code.as_str(), decline.class), (code, class));
        assert_eq!((charge.id.as_str(), charge.made_at, charge.key.as_str()), ("ch_1", made_at(), "INV-1043-1"));
    }
}

#[tokio::test]
async fn an_error_tells_whether_something_was_done() {
    let error = json!({ "error": { "type": "api_error", "message": "Something went wrong" } });
    let ask = charge_ask("INV-1043-1", &kept_card());
    for (status, was_sent) in [
        (500, Some(true)),
        (502, Some(true)),
        (409, Some(false)),
        (429, Some(false)),
        (400, None),
        (401, None),
        (403, None),
        (404, None),
    ] {
        let body = error.clone();
        let recorder = answering(move |_| (status, body.clone()));
        let trouble = recorder.stripe().charge(&ask).await.unwrap_err();
        let expected = match trouble {
            Trouble::Unknown(_) => Some(true),
            Trouble::Unreachable(_) => Some(false),
            Trouble::Refused(_) => None,
        };
        assert_eq!(expected, was_sent, "{status}");
        let looking = recorder.stripe().look_at("ch_1").await.unwrap_err();
        assert!(!matches!(looking, Trouble::Unknown(_)), "looking does nothing: {looking}");
    }
    for reply in [Reply::HangUp, Reply::Text(200, "<html>".to_owned())] {
        let recorder = Recorder::start(move |_| reply.clone());
        assert!(matches!(recorder.stripe().charge(&ask).await, Err(Trouble::Unknown(_))));
        assert!(matches!(recorder.stripe().look_at("ch_1").await, Err(Trouble::Unreachable(_))));
    }
    // Nobody listens where somebody did a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let trouble = stripe_at(&format!("http://127.0.0.1:{port}"), "sk_test_1").charge(&ask).await.unwrap_err();
    assert!(matches!(trouble, Trouble::Unreachable(_)), "{trouble}");
}

/// How a charge reads that stands like this, with these disputes.
async fn look(charge: Value, disputes: Vec<Value>) -> Charge {
    let recorder = answering(move |request| match request.path.as_str() {
        "/v1/disputes" => (200, list("/v1/disputes", &disputes)),
        _ => (200, charge.clone()),
    });
    let charge = recorder.stripe().look_at("ch_1").await.unwrap();
    checked(&recorder);
    charge
}

fn dispute(status: &str, reason: &str) -> Value {
    json!({ "id": "du_1", "object": "dispute", "amount": 41_200, "currency": "usd", "charge": "ch_1", "created": MADE,
        "livemode": false, "reason": reason, "status": status, "evidence_details": { "due_by": MADE + 60 } })
}

#[tokio::test]
async fn a_charge_is_looked_at() {
    let failed = json!({ "status": "failed", "failure_code": "card_declined", "outcome": { "type": "issuer_declined", "reason": "pickup_card" } });
    let ChargeState::Failed(decline) = look(charge_of("card", failed), vec![]).await.state else { panic!() };
    assert_eq!((decline.code.as_str(), decline.class), ("pickup_card", DeclineClass::Hard));
    let failed = json!({ "status": "failed", "failure_code": "account_closed", "outcome": { "type": "issuer_declined", "network_decline_code": "R02" } });
    let ChargeState::Failed(decline) = look(charge_of("us_bank_account", failed), vec![]).await.state else { panic!() };
    assert_eq!((decline.code.as_str(), decline.class), ("R02", DeclineClass::Hard));

    let refunded = look(charge_of("card", json!({ "amount_refunded": 10_000 })), vec![]).await;
    assert_eq!((refunded.state, refunded.refunded_minor), (ChargeState::Settled, 100_00));

    for (status, state) in [
        ("needs_response", Some(DisputeState::Open)),
        ("under_review", Some(DisputeState::Open)),
        ("won", Some(DisputeState::Won)),
        ("lost", Some(DisputeState::Lost)),
        ("warning_needs_response", None),
        ("prevented", None),
    ] {
        let disputed = charge_of("card", json!({ "disputed": true }));
        let charge = look(disputed, vec![dispute(status, "fraudulent")]).await;
        assert_eq!(
            (charge.state, charge.dispute.map(|dispute| dispute.state)),
            (ChargeState::Settled, state),
            "{status}"
        );
    }
    for (reason, class) in [
        ("insufficient_funds", DeclineClass::Soft),
        ("debit_not_authorized", DeclineClass::NoPermission),
        ("incorrect_account_details", DeclineClass::Hard),
    ] {
        let disputed = charge_of("us_bank_account", json!({ "disputed": true }));
        let charge = look(disputed, vec![dispute("lost", reason)]).await;
        let ChargeState::Returned(decline) = charge.state else { panic!("{:?}", charge.state) };
        assert_eq!((decline.code.as_str(), decline.class, charge.dispute), (reason, class, None));
    }
}

#[tokio::test]
async fn a_payment_is_found_by_our_reference_on_any_page_of_the_list() {
    let recorder = answering(|request| {
        let number = if request.value("starting_after").is_some() { 1 } else { 3 };
        let charge = |number: i64, reference: &str| {
            charge_of(
                "card",
                json!({ "id": format!("ch_{number}"), "created": MADE + number, "metadata": {},
                    "payment_intent": intent_of("succeeded", json!({ "metadata": { "reference": reference, "key": format!("key-{number}") } })) }),
            )
        };
        let mut page = list(
            "/v1/charges",
            &[charge(number + 1, "payment-1"), charge(number, if number == 1 { "payment-1" } else { "another" })],
        );
        page["has_more"] = json!(number == 3);
        (200, page)
    });
    let found = recorder.stripe().find("payment-1", made_at()).await.unwrap();
    let ids: Vec<(&str, &str)> = found.iter().map(|charge| (charge.id.as_str(), charge.key.as_str())).collect();
    assert_eq!(ids, [("ch_1", "key-1"), ("ch_2", "key-2"), ("ch_4", "key-4")]);
    let requests = checked(&recorder);
    assert_eq!(
        requests.iter().map(|request| request.value("starting_after")).collect::<Vec<_>>(),
        [None, Some("ch_3")]
    );
    assert_eq!(requests[0].value("created[gt]"), Some((MADE - 1).to_string().as_str()));
    assert_eq!(recorder.stripe().charges(made_at()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn money_goes_back() {
    for (status, state) in
        [("succeeded", RefundState::Done), ("pending", RefundState::Pending), ("failed", RefundState::Failed)]
    {
        let recorder = answering(move |_| {
            (
                200,
                json!({ "id": "re_1", "object": "refund", "amount": 5_000, "currency": "usd", "charge": "ch_1",
                "created": MADE, "status": status, "metadata": { "key": "refund-1" } }),
            )
        });
        let ask = RefundAsk { key: "refund-1".to_owned(), charge: "ch_1".to_owned(), amount: usd(50_00) };
        let refund = recorder.stripe().refund(&ask).await.unwrap();
        assert_eq!((refund.state, refund.key.as_str(), refund.charge.as_str()), (state, "refund-1", "ch_1"));
        let request = &checked(&recorder)[0];
        assert_eq!(
            (request.line().as_str(), request.header("idempotency-key")),
            ("POST /v1/refunds", Some("refund-1"))
        );
        assert_eq!((request.value("charge"), request.value("amount")), (Some("ch_1"), Some("5000")));
    }
}

#[tokio::test]
async fn an_account_may_be_charged_once_its_owner_was_shown() {
    for (setups, customer, is_verified) in [
        (vec!["succeeded"], json!("cus_1"), Some(true)),
        (vec!["requires_action"], json!(null), Some(false)),
        (vec!["succeeded", "requires_action"], json!("cus_1"), Some(true)),
        (vec![], json!("cus_1"), Some(true)),
        (vec![], json!(null), None),
    ] {
        let recorder = answering(move |request| match request.path.as_str() {
            "/v1/setup_intents" => {
                let setups: Vec<Value> = setups
                    .iter()
                    .map(|status| json!({ "id": "seti_1", "object": "setup_intent", "status": status, "livemode": false }))
                    .collect();
                (200, list("/v1/setup_intents", &setups))
            }
            _ => {
                let mut method = method_of("us_bank_account");
                method["customer"] = customer.clone();
                (200, method)
            }
        });
        let method = recorder.stripe().method("pm_1").await;
        checked(&recorder);
        match is_verified {
            Some(is_verified) => assert_eq!(method.unwrap().is_verified, is_verified),
            None => assert!(matches!(method, Err(Trouble::Refused(_)))),
        }
    }
    let blocked = answering(|request| match request.path.as_str() {
        "/v1/setup_intents" => (200, list("/v1/setup_intents", &[])),
        _ => {
            let mut method = method_of("us_bank_account");
            method["us_bank_account"]["status_details"] =
                json!({ "blocked": { "network_code": "R02", "reason": "bank_account_closed" } });
            (200, method)
        }
    });
    assert!(!blocked.stripe().method("pm_1").await.unwrap().is_verified);
}

#[tokio::test]
async fn a_method_is_forgotten() {
    for (status, body) in
        [(200, method_of("card")), (400, json!({ "error": { "message": "not attached" } })), (404, json!({}))]
    {
        let recorder = answering(move |_| (status, body.clone()));
        recorder.stripe().forget_method("pm_1").await.unwrap();
        assert_eq!(checked(&recorder)[0].line(), "POST /v1/payment_methods/pm_1/detach");
    }
    let recorder = answering(|_| (403, json!({ "error": { "message": "this key may not" } })));
    assert!(matches!(recorder.stripe().forget_method("pm_1").await, Err(Trouble::Refused(_))));
}

#[tokio::test]
async fn a_payout_ties_to_its_parts() {
    let moved = |kind: &str, amount: i64, fee: i64, source: Value| {
        json!({ "id": "txn_1", "object": "balance_transaction", "type": kind, "amount": amount, "fee": fee,
            "net": amount - fee, "currency": "usd", "source": source })
    };
    let recorder = answering(move |request| match request.path.as_str() {
        "/v1/payouts" => {
            let payout = |id: &str, amount: i64, automatic: bool, day: i64| {
                json!({ "id": id, "object": "payout", "amount": amount, "currency": "usd", "automatic": automatic,
                    "arrival_date": 1_793_664_000 + day * 86_400, "status": "paid", "livemode": false })
            };
            (200, list("/v1/payouts", &[payout("po_2", 500, false, 1), payout("po_1", 33_575, true, 0)]))
        }
        _ => (
            200,
            list(
                "/v1/balance_transactions",
                &[
                    moved("payout", -33_575, 0, json!("po_1")),
                    moved("stripe_fee", -200, 0, json!("fee_1")),
                    moved("adjustment", -1_000, 1_500, dispute("needs_response", "fraudulent")),
                    moved("payment_failure_refund", -2_000, 0, charge_of("us_bank_account", json!({ "id": "py_2" }))),
                    moved(
                        "refund",
                        -1_700,
                        0,
                        json!({ "id": "re_1", "object": "refund", "charge": "ch_1", "amount": 1_700 }),
                    ),
                    moved("charge", 41_200, 1_225, charge_of("card", json!({}))),
                ],
            ),
        ),
    });
    let payouts = recorder.stripe().payouts("2026-11-01".parse().unwrap()).await.unwrap();
    let requests = checked(&recorder);
    assert_eq!(
        requests.iter().map(Request::line).collect::<Vec<_>>(),
        ["GET /v1/payouts", "GET /v1/balance_transactions"]
    );
    let days: Vec<String> = payouts.iter().map(|payout| format!("{} {}", payout.id, payout.arrives_on)).collect();
    assert_eq!(days, ["po_1 2026-11-03", "po_2 2026-11-04"]);
    let sum = |payout: &Payout| payout.parts.iter().map(|part| part.gross_minor - part.fee_minor).sum::<i64>();
    assert!(payouts.iter().all(|payout| sum(payout) == payout.amount.minor));
    let parts: Vec<_> =
        payouts[0].parts.iter().map(|part| (part.what, part.charge.as_deref(), part.gross_minor)).collect();
    let expected = [
        (PayoutPartKind::Charge, Some("ch_1"), 412_00),
        (PayoutPartKind::Refund, Some("ch_1"), -17_00),
        (PayoutPartKind::Dispute, Some("py_2"), -20_00),
        (PayoutPartKind::Dispute, Some("ch_1"), -10_00),
        (PayoutPartKind::Other, None, -2_00),
    ];
    assert_eq!(parts, expected);
    assert_eq!(payouts[0].parts[0].reference.as_deref(), Some("payment-of-INV-1043-1"));
}

#[tokio::test]
async fn a_key_sees_only_its_own_mode() {
    let recorder = answering(|_| (200, charge_of("card", json!({ "livemode": true }))));
    assert!(matches!(recorder.stripe().look_at("ch_1").await, Err(Trouble::Refused(_))));
    let new = |key: &str, api: &str| {
        let settings =
            StripeSettings { secret_key: Secret::from(key.to_owned()), webhook_secret: None, api: api.to_owned() };
        Stripe::new(settings).map(Gateway::Stripe)
    };
    let official = "https://api.stripe.com";
    for (key, is_live) in [("sk_live_1", true), ("rk_live_1", true), ("sk_test_1", false), ("rk_test_1", false)] {
        let gateway = new(key, official).unwrap();
        assert_eq!((gateway.is_live(), gateway.name()), (is_live, "stripe"));
    }
    for (key, api) in [
        ("pk_live_1", official),
        ("sk_live_", official),
        ("", official),
        ("sk_live_1", "http://127.0.0.1:1"),
        ("sk_test_1", "http://stripe.example"),
        ("sk_test_1", "ftp://127.0.0.1"),
    ] {
        assert!(new(key, api).is_err(), "{key:?} at {api}");
    }
}

#[tokio::test]
async fn a_name_leads_nowhere_else() {
    let recorder = answering(|_| (200, json!({})));
    let gateway = recorder.stripe();
    for name in ["", "../refunds", "ch_1/refund", "ch_1?expand[]=x", "ch 1"] {
        assert!(matches!(gateway.look_at(name).await, Err(Trouble::Refused(_))), "{name:?}");
        assert!(matches!(gateway.page(name).await, Err(Trouble::Refused(_))), "{name:?}");
    }
    assert_eq!(recorder.requests(), []);
}
