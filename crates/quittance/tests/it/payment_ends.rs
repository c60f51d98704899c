//! What becomes of payments: answers that get lost, debits that take days, money that comes back, events in any order.

use billing::payment::PaymentState;
use billing::staff::Rights;
use connect::gateway::sandbox::Fault;
use connect::gateway::{Amount, Charge, ChargeState, Decline, DeclineClass};
use jiff::SignedDuration;
use quittance::actions::book_deed::{BookDeed, Deed, book_deed};
use quittance::actions::refund_payment::{RefundPayment, refund_payment, send_refunds};
use quittance::actions::settle_payment::{News, settle_payment};
use quittance::actions::take_event::{Taken, take_event};
use quittance::audit::Actor;
use store::refund::RefundState;
use store::session::Proof;

use crate::cast::ALICE;
use crate::paying::{balance, days, events, form, learns, ledger, owing, payment, pays_with, sandbox, sends};
use crate::world::World;

paying_stories!(
    an_answer_that_got_lost_blocks_a_second_charge,
    a_question_that_got_lost_is_over,
    a_processor_that_is_down_is_told,
    a_debit_settles_days_later_and_comes_back_weeks_later,
    a_dispute_opens_the_invoice_and_its_end_closes_it,
    events_come_twice_and_in_any_order,
    what_does_not_fit_changes_nothing,
    a_payout_brings_clearing_back_to_zero,
    each_stray_part_of_a_payout_waits_at_the_desk,
    money_goes_back_and_the_invoice_is_open_again,
    a_refund_whose_answer_got_lost_is_sent_once,
    a_refund_of_what_is_gone_is_told_as_money,
    a_large_refund_needs_two_of_staff,
    an_earlier_attempt_told_late_changes_nothing,
);

async fn an_answer_that_got_lost_blocks_a_second_charge(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let sandbox = sandbox(&world);
    sandbox.fail_calls(1, Fault::After);
    let page = alice.get("/pay?number=INV-12").await.text();
    let gone = sends(&mut alice, "/payments", &form(&page, &[])).await;
    assert_eq!(gone.location(), "/payments/P-1002");
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Unknown);
    // Asking for it may be quicker than this page: what it says comes from before.
    let again = alice.get("/pay?number=INV-12").await;
    assert!(again.has("INV-12 is left out: a payment of it is under way"), "{}", again.text());
    let ask = [("amount", "18.00"), ("method", "card"), ("key", "a-second-one")];
    assert_ne!(alice.post("/invoices/INV-12/payments", &ask).await.status, 303);
    learns(&world).await;
    assert_eq!((payment(&world, "P-1002").await.state, balance(&world, 12).await), (PaymentState::Settled, 0));
    assert_eq!(ledger(&world, "1050").await, 3_600);
}

async fn a_question_that_got_lost_is_over(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    sandbox(&world).fail_calls(1, Fault::Lost);
    let page = alice.get("/pay?number=INV-12").await.text();
    sends(&mut alice, "/payments", &form(&page, &[])).await;
    learns(&world).await;
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Unknown, "the processor may be slow to tell");
    world.passes(SignedDuration::from_mins(30));
    learns(&world).await;
    assert_eq!((payment(&world, "P-1002").await.state, balance(&world, 12).await), (PaymentState::Failed, 1_800));
    assert_eq!(ledger(&world, "1050").await, 1_800);
}

async fn a_processor_that_is_down_is_told(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    sandbox(&world).fail_calls(1, Fault::Before);
    let page = alice.get("/pay?number=INV-11").await.text();
    let gone = sends(&mut alice, "/payments", &form(&page, &[])).await;
    let page = alice.get(gone.location()).await;
    assert!(page.has("Did not go through") && page.has("could not be reached"), "{}", page.text());
    assert_eq!(alice.get("/invoices").await.status, 200);
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    assert_eq!(payment(&world, &number).await.state, PaymentState::Settled);
}

async fn a_debit_settles_days_later_and_comes_back_weeks_later(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("method", "bank")], "bank_returned").await;
    assert_eq!((payment(&world, &number).await.state, balance(&world, 11).await), (PaymentState::Processing, 1_800));
    let page = alice.get("/invoices").await;
    assert!(page.has("Processing") && page.has("is on its way"), "{}", page.text());
    days(&world, 6).await;
    assert_eq!((payment(&world, &number).await.state, balance(&world, 11).await), (PaymentState::Settled, 0));
    days(&world, 45).await;
    assert_eq!((payment(&world, &number).await.state, balance(&world, 11).await), (PaymentState::Returned, 1_800));
    assert_eq!(ledger(&world, "1050").await, 0);
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-11").await;
    assert!(page.has("payment returned") && page.has("R10"), "{}", page.text());
    assert_eq!(world.told("came back").await, [ALICE, crate::cast::DESK]);
}

async fn a_dispute_opens_the_invoice_and_its_end_closes_it(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let won = pays_with(&world, &mut alice, "?number=INV-11", &[], "card_dispute_won").await;
    let lost = pays_with(&world, &mut alice, "?number=INV-12", &[], "card_dispute_lost").await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (0, 0));
    days(&world, 8).await;
    assert_eq!(payment(&world, &won).await.state, PaymentState::Disputed);
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (1_800, 1_800));
    days(&world, 25).await;
    assert_eq!(payment(&world, &won).await.state, PaymentState::Settled);
    assert_eq!(payment(&world, &lost).await.state, PaymentState::ChargedBack);
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (0, 1_800));
    assert_eq!(ledger(&world, "1050").await, 1_800);
}

async fn events_come_twice_and_in_any_order(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("method", "bank")], "bank_returned").await;
    // Everything that will happen, told at the end alone: newest first, each twice.
    world.passes(SignedDuration::from_hours(24 * 60));
    let gateway = world.app.gateway.clone().unwrap();
    let mut told = sandbox(&world).due_events();
    told.extend(told.clone());
    told.reverse();
    assert!(told.len() >= 6, "{}", told.len());
    let mut nobody = world.browser();
    for event in told {
        let signed = nobody.clone().saying("sandbox-signature", &event.signature);
        let mut signed = signed.without("origin").without("sec-fetch-site");
        let answer = signed.post_raw("/webhooks/sandbox", event.body.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let forged = take_event(&world.app, &gateway, event.body.clone(), "t=1,v1=00").await.unwrap();
        assert!(matches!(forged, Taken::Bad(_)));
    }
    assert_eq!(nobody.post_raw("/webhooks/sandbox", "{}").await.status, 400);
    assert_eq!(nobody.post_raw("/webhooks/stripe", "{}").await.status, 404);
    assert_eq!((payment(&world, &number).await.state, balance(&world, 11).await), (PaymentState::Returned, 1_800));
    assert_eq!(ledger(&world, "1050").await, 0);
}

async fn what_does_not_fit_changes_nothing(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let gateway = world.app.gateway.clone().unwrap();
    let charge = gateway.charges(jiff::Timestamp::UNIX_EPOCH).await.unwrap().remove(0);
    let first = payment(&world, "P-1001").await;
    let page = alice.get("/pay?number=INV-12").await.text();
    sandbox(&world).fail_calls(1, Fault::Lost);
    sends(&mut alice, "/payments", &form(&page, &[])).await;
    let second = payment(&world, "P-1002").await;
    let mut amount = charge.clone();
    amount.reference = "P-1002".to_owned();
    amount.amount.minor = 1;
    let mut live = charge.clone();
    live.reference = "P-1002".to_owned();
    live.live = true;
    for wrong in [charge.clone(), amount, live] {
        let news = quittance::actions::settle_payment::News::Charge(wrong);
        quittance::actions::settle_payment::settle_payment(&world.app, second.payment_id, news).await.unwrap();
    }
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Unknown);
    let waiting = world.app.store.read(|tx| tx.open_exceptions(10)).await.unwrap();
    assert_eq!(waiting.len(), 3, "{waiting:?}");
    assert_eq!(payment(&world, "P-1001").await, first);
    assert_eq!((balance(&world, 12).await, ledger(&world, "1050").await), (1_800, 1_800));
}

async fn a_payout_brings_clearing_back_to_zero(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    assert_eq!(ledger(&world, "1050").await, 3_600);
    days(&world, 6).await;
    for _ in 0..2 {
        let compared = quittance::actions::compare_payments::compare_payments(&world.app).await.unwrap();
        assert_eq!((compared.charges, compared.strays), (1, 0));
    }
    // 2.9 % and 30 cents are kept.
    assert_eq!((ledger(&world, "1050").await, ledger(&world, "6200").await), (0, 134));
    assert_eq!(ledger(&world, "1000").await, 3_600 - 134);
}

async fn each_stray_part_of_a_payout_waits_at_the_desk(world: World) {
    let kept = crate::autopay::keeps(&world, 1, connect::gateway::sandbox::TestMethod::CardSettles).await;
    let method = world.app.store.read(move |tx| tx.method(1.into(), kept)).await.unwrap().unwrap();
    let gateway = world.app.gateway.clone().unwrap();
    for nth in 1..=2 {
        let ask = connect::gateway::ChargeAsk {
            key: format!("elsewhere-{nth}"),
            reference: format!("SHOP-{nth}"),
            amount: Amount { minor: 1_000 * nth, currency: "USD".to_owned() },
            customer: method.customer.clone(),
            method: method.token.clone(),
            kind: connect::gateway::MethodKind::Card,
            words: "A shop".to_owned(),
        };
        gateway.charge(&ask).await.unwrap();
    }
    days(&world, 6).await;
    quittance::actions::compare_payments::compare_payments(&world.app).await.unwrap();
    let waiting = world.app.store.read(|tx| tx.open_exceptions(10)).await.unwrap();
    let of_payout = waiting.iter().filter(|row| row.words.contains("of no payment here")).count();
    assert_eq!(of_payout, 2, "{waiting:?}");
}

async fn money_goes_back_and_the_invoice_is_open_again(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    let by = Actor::console(&world.app);
    let too_much = refund_payment(&world.app, refund(&number, Some(3_601), "a"), &by).await;
    assert!(too_much.unwrap_err().to_string().contains("$36.00 of P-1001 can go back"));
    for _ in 0..2 {
        let sent = refund_payment(&world.app, refund(&number, Some(2_000), "b"), &by).await.unwrap();
        assert_eq!((sent.state, sent.amount_minor), (RefundState::Sent, 2_000));
    }
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (200, 1_800), "the last one first");
    assert_eq!(ledger(&world, "1050").await, 1_600);
    let page = alice.get(&format!("/payments/{number}")).await;
    assert!(page.has("a part refunded") && page.has("$20.00"), "{}", page.text());
    refund_payment(&world.app, refund(&number, None, "c"), &by).await.unwrap();
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await), (1_800, 0));
}

fn refund(number: &str, amount: Option<i64>, key: &str) -> RefundPayment {
    RefundPayment { number: number.to_owned(), amount, reason: "Charged twice".to_owned(), key: key.to_owned() }
}

async fn a_refund_whose_answer_got_lost_is_sent_once(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    let by = Actor::console(&world.app);
    for (fault, key) in [(Fault::After, "after"), (Fault::Lost, "lost"), (Fault::Before, "before")] {
        sandbox(&world).fail_calls(1, fault);
        let asked = refund_payment(&world.app, refund(&number, Some(500), key), &by).await.unwrap();
        assert_eq!(asked.state, RefundState::Asked, "{key}");
        let other = refund_payment(&world.app, refund(&number, Some(500), "another"), &by).await;
        assert!(other.unwrap_err().to_string().contains("$5.00 of P-1001 goes back already, asked for by console"));
        world.passes(SignedDuration::from_mins(1));
        send_refunds(&world.app).await.unwrap();
        let again = refund_payment(&world.app, refund(&number, Some(500), key), &by).await.unwrap();
        assert_eq!(again.state, RefundState::Sent, "{key}");
    }
    events(&world).await;
    assert_eq!((payment(&world, &number).await.refunded_minor, balance(&world, 11).await), (1_500, 1_500));
    assert_eq!(ledger(&world, "1050").await, 300);
}

/// What was paid ahead went back by check; then the processor says that it sent the same back.
async fn a_refund_of_what_is_gone_is_told_as_money(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?ahead=C-1", &[("ahead", "18.00")], "card_settles").await;
    let (account, key) = ("C-1".to_owned(), "by check".to_owned());
    let deed = Deed::Refund { amount: 1_800, number: None };
    let ask = BookDeed { account, deed, reason: "Check 1042".to_owned(), on: world.app.today(), key };
    book_deed(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
    let gateway = world.app.gateway.clone().unwrap();
    let mut charge = gateway.charges(jiff::Timestamp::UNIX_EPOCH).await.unwrap().remove(0);
    charge.refunded_minor = 1_800;
    let paid = payment(&world, &number).await;
    settle_payment(&world.app, paid.payment_id, News::Charge(charge)).await.unwrap();
    let waiting = world.app.store.read(|tx| tx.open_exceptions(10)).await.unwrap();
    let words: Vec<&str> = waiting.iter().map(|row| row.words.as_str()).collect();
    assert!(words.len() == 1 && words[0].contains("$18.00 of the refund is neither paid"), "{words:?}");
}

async fn a_large_refund_needs_two_of_staff(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?ahead=C-1", &[("ahead", "600.00")], "card_settles").await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let mut eve = world.staff("eve", Rights::Billing, Proof::Passkey).await;
    let place = format!("/office/payments/{number}");
    let nobody = refund_payment(&world.app, refund(&number, Some(50_001), "x"), &Actor::console(&world.app)).await;
    assert!(nobody.unwrap_err().to_string().contains("--as EMAIL"));
    let ask = |key: &'static str| [("amount", "500.01"), ("reason", "Paid by mistake"), ("key", key)];
    assert_eq!(dana.post(&format!("{place}/refunds"), &ask("first-one")).await.status, 303);
    let page = dana.get(&place).await;
    assert!(page.has("Waits for somebody else of the staff") && !page.has("Approve and send it"), "{}", page.text());
    assert!(page.text().split("Send money back").count() == 1, "one at a time");
    assert!(eve.get("/office/requests").await.has("$500.01 back"));
    let decision = page
        .text()
        .split("action=\"")
        .find_map(|part| part.split('"').next().filter(|at| at.contains("/refunds/")))
        .unwrap()
        .to_owned();
    let own = dana.post(&decision, &[("verdict", "approve")]).await;
    assert!(own.status == 422 && own.has("Somebody else of the staff has to approve it."), "{}", own.text());
    assert_eq!(payment(&world, &number).await.refunded_minor, 0);
    assert_eq!(eve.post(&decision, &[("verdict", "approve")]).await.status, 303);
    assert!(eve.get(&place).await.has("Sent"));
    let late = dana.post(&decision, &[("verdict", "refuse"), ("why", "no")]).await;
    assert!(late.status == 422 && late.has("decided already"), "{}", late.text());
    assert_eq!(payment(&world, &number).await.refunded_minor, 50_001);
    // Up to the limit one is enough.
    let rest = [("amount", ""), ("reason", "The rest"), ("key", "second-one")];
    assert_eq!(dana.post(&format!("{place}/refunds"), &rest).await.status, 303);
    let paid = payment(&world, &number).await;
    assert_eq!(paid.refunded_minor, paid.amount_minor);
    ledger(&world, "1050").await;
}

async fn an_earlier_attempt_told_late_changes_nothing(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/pay?number=INV-11").await.text();
    sends(&mut alice, "/payments", &form(&page, &[])).await;
    let begun = payment(&world, "P-1001").await;
    let said = |id: &str, state: ChargeState| {
        News::Charge(Charge {
            id: id.to_owned(),
            key: begun.attempt_key(),
            reference: begun.number.clone(),
            amount: Amount { minor: begun.amount_minor, currency: "USD".to_owned() },
            live: false,
            made_at: begun.made_at,
            state,
            refunded_minor: 0,
            dispute: None,
            fee_minor: None,
            method: None,
        })
    };
    let failed = ChargeState::Failed(Decline { code: "card_declined".to_owned(), class: DeclineClass::Soft });
    let stands = async || {
        let now = payment(&world, "P-1001").await;
        (now.state, now.charge.unwrap())
    };
    for (id, state, then) in [
        ("two", ChargeState::Processing, PaymentState::Processing),
        ("one", failed.clone(), PaymentState::Processing),
        ("two", ChargeState::Settled, PaymentState::Settled),
        ("one", ChargeState::Processing, PaymentState::Settled),
        ("one", failed, PaymentState::Settled),
    ] {
        settle_payment(&world.app, begun.payment_id, said(id, state)).await.unwrap();
        assert_eq!(stands().await, (then, "two".to_owned()), "{id}");
        let again = [("amount", "18.00"), ("method", "card"), ("key", "once-more-1")];
        assert_ne!(alice.post("/invoices/INV-11/payments", &again).await.status, 303, "it is being paid, or is");
    }
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await), (0, 1_800));
}
