//! Paying: what a customer presses, and what the books say then.

use billing::payment::PaymentState;
use connect::gateway::Gateway;
use futures_util::future::join_all;
use jiff::SignedDuration;

use crate::cast::{ALICE, BOB, CAROL};
use crate::paying::{add, balance, days, form, learns, ledger, link_to, owing, payment, pays_with, sandbox, sends};
use crate::world::World;

paying_stories!(
    one_invoice_is_paid_on_the_processors_page,
    a_kept_card_pays_the_next_in_two_clicks,
    a_form_sent_twice_pays_once,
    fifty_at_once_pay_once,
    several_are_paid_together,
    a_part_is_paid_and_the_rest_stays_open,
    wrong_amounts_are_told_in_words,
    what_changed_on_the_page_is_shown_before_it_is_paid,
    others_cannot_pay_or_look,
    a_declined_card_is_told_and_nothing_is_charged,
    a_planned_payment_is_made_on_its_day,
    paying_now_calls_a_planned_payment_off,
    a_planned_payment_is_changed,
    credit_is_used_first,
    a_tick_leaves_later_invoices_to_auto_pay,
    a_method_is_added_named_replaced_and_removed,
    whoever_has_the_link_pays_this_one_and_sees_no_other,
    a_card_that_ends_soon_is_told_twice,
);

async fn one_invoice_is_paid_on_the_processors_page(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let invoice = alice.get("/invoices/INV-11").await;
    assert!(invoice.has("/pay?number=INV-11") && invoice.has("Pay $18.00"), "{}", invoice.text());
    let page = alice.get("/pay?number=INV-11").await;
    assert!(page.has("Pay INV-11") && page.has("Pay $18.00 by card"), "{}", page.text());
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    assert_eq!(number, "P-1001");
    let paid = payment(&world, &number).await;
    assert_eq!((paid.state, balance(&world, 11).await), (PaymentState::Settled, 0));
    let page = alice.get("/payments/P-1001").await;
    assert!(page.has("We charged $18.00 to Visa 4242") && page.has("$36.00"), "{}", page.text());
    assert!(alice.get("/invoices/INV-11").await.has("Paid"));
    assert_eq!(ledger(&world, "1050").await, 1_800);
    let letters = world.mailbox.received_by(ALICE);
    let receipt = letters.iter().find(|letter| letter.subject.starts_with("Receipt: $18.00")).unwrap();
    assert!(receipt.text.contains("INV-11: $18.00") && receipt.text.contains("P-1001"), "{}", receipt.text);
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    assert_eq!(methods, [], "nobody asked for it to be kept");
}

async fn a_kept_card_pays_the_next_in_two_clicks(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let page = alice.get("/pay?number=INV-12").await;
    assert!(page.has("Pay $18.00 with Visa 4242"), "{}", page.text());
    let gone = sends(&mut alice, "/payments", &form(&page.text(), &[])).await;
    assert_eq!((gone.status, gone.location()), (303, "/payments/P-1002"), "{}", gone.text());
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Settled);
    let one = [("amount", "18.00"), ("method", "card"), ("key", "script-0001")];
    assert_eq!(alice.post("/invoices/INV-13/payments", &one).await.status, 303);
    assert_eq!(ledger(&world, "1050").await, 3_600);
}

async fn a_form_sent_twice_pays_once(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let page = alice.get("/pay?number=INV-12").await.text();
    for _ in 0..3 {
        assert_eq!(sends(&mut alice, "/payments", &form(&page, &[])).await.location(), "/payments/P-1002");
    }
    let page = alice.get("/pay?number=INV-13").await.text();
    let other = sends(&mut alice, "/payments", &form(&page, &[])).await;
    assert_eq!(other.location(), "/payments/P-1003");
    assert_eq!(ledger(&world, "1050").await, 3 * 1_800);
}

async fn fifty_at_once_pay_once(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let page = alice.get("/pay?number=INV-12&number=INV-13").await.text();
    let tries = (0..50).map(|place| {
        let mut browser = alice.clone();
        let key = format!("attempt-{place:04}");
        let fields = form(&page, &[("key", &key)]);
        async move { sends(&mut browser, "/payments", &fields).await.status }
    });
    let answers = join_all(tries).await;
    assert!(answers.iter().all(|status| matches!(status, 303 | 404 | 422)), "{answers:?}");
    let charged = sandbox(&world);
    let since = jiff::Timestamp::UNIX_EPOCH;
    let charges = Gateway::Sandbox(charged).charges(since).await.unwrap();
    assert_eq!(charges.len(), 2, "one for INV-11, one for both others");
    assert_eq!(ledger(&world, "1050").await, 3 * 1_800);
    assert_eq!((balance(&world, 12).await, balance(&world, 13).await), (0, 0));
}

async fn several_are_paid_together(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/invoices").await.has("Pay all"));
    let page = alice.get("/pay").await;
    assert!(page.has("Pay three invoices") && page.has("$54.00"), "{}", page.text());
    assert!(!page.has("INV-21"), "another account's");
    let number = pays_with(&world, &mut alice, "", &[], "card_settles").await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await, balance(&world, 13).await), (0, 0, 0));
    let list = alice.get("/payments").await;
    assert!(list.has(&number) && list.has("INV-11 and 2 more") && list.has("$54.00"), "{}", list.text());
    assert_eq!(ledger(&world, "1050").await, 5_400);
}

async fn a_part_is_paid_and_the_rest_stays_open(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("amount", "5.50")], "card_settles").await;
    assert_eq!(balance(&world, 11).await, 1_250);
    assert!(alice.get("/pay?number=INV-11").await.has("Pay $12.50 by card"));
    assert_eq!(ledger(&world, "1050").await, 550);
}

async fn wrong_amounts_are_told_in_words(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/pay?number=INV-11").await.text();
    for (typed, told) in [
        ("0", "Pay more than nothing"),
        ("18.01", "$18.00 is open of INV-11"),
        ("-5", "is not an amount"),
        ("1e3", "is not an amount"),
        ("1.234", "too many digits"),
        ("99999999999999999999", "more than can be written down"),
        ("", "is open"),
    ] {
        let mut fields = form(&page, &[("amount", typed)]);
        fields.retain(|(name, _)| name != "agreed");
        let answer = sends(&mut alice, "/payments", &fields).await;
        if typed.is_empty() {
            // An amount left out is all that is open.
            assert_eq!(answer.status, 303);
            continue;
        }
        assert!(answer.status == 422 && answer.has(told), "{typed}: {}", answer.text());
    }
    for fields in
        [vec![("number", "INV-11")], vec![("number", "INV-11"), ("key", "k"), ("method", "card")], vec![("price", "1")]]
    {
        assert_eq!(alice.post("/payments", &fields).await.status, 422, "{fields:?}");
    }
    let twice = [("number", "INV-12"), ("number", "INV-12"), ("method", "card"), ("key", "twice-0001")];
    assert_eq!(alice.post("/payments", &twice).await.status, 422);
    assert_eq!(
        alice.post("/payments", &[("number", "INV-12"), ("method", "77"), ("key", "nobody-0001")]).await.status,
        422
    );
}

async fn what_changed_on_the_page_is_shown_before_it_is_paid(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let page = alice.get("/pay?number=INV-12").await.text();
    // Without a script the button still says $18.00 when another amount is typed.
    let again = sends(&mut alice, "/payments", &form(&page, &[("amount", "7.00")])).await;
    assert!(again.status == 422 && again.has("Pay $7.00 with Visa 4242"), "{}", again.text());
    let paid = sends(&mut alice, "/payments", &form(&again.text(), &[])).await;
    assert_eq!(paid.status, 303, "{}", paid.text());
    assert_eq!(balance(&world, 12).await, 1_100);
}

async fn others_cannot_pay_or_look(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let kept = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    let kept = i64::from(kept[0].method_id).to_string();
    let (mut bob, mut carol) = (world.signed_in(BOB).await, world.signed_in(CAROL).await);
    let ask = [("amount", "18.00"), ("method", "card"), ("key", "stranger-1")];
    assert_eq!(bob.post("/invoices/INV-12/payments", &ask).await.status, 404, "he may only look");
    assert!(bob.get(&format!("/payments/{number}")).await.has("We charged $18.00"));
    assert!(!bob.get("/invoices/INV-12").await.has("/pay?number"));
    assert_eq!(carol.post("/invoices/INV-12/payments", &ask).await.status, 404);
    assert_eq!(carol.get(&format!("/payments/{number}")).await.status, 404);
    assert!(carol.get("/pay?number=INV-12").await.has("Nothing of this is open"));
    let own = [("amount", "18.00"), ("method", kept.as_str()), ("key", "stranger-2")];
    assert_eq!(carol.post("/invoices/INV-21/payments", &own).await.status, 422, "Acme's card");
    assert_eq!(balance(&world, 21).await, 1_800);
    let mut nobody = world.browser();
    assert_eq!(nobody.get("/pay").await.location(), "/sign-in?next=%2Fpay");
}

async fn a_declined_card_is_told_and_nothing_is_charged(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    add(&world, &mut alice, "card", "card_insufficient_funds").await;
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    let poor = i64::from(methods.iter().find(|row| !row.is_default).unwrap().method_id).to_string();
    let ask = [("amount", "18.00"), ("method", poor.as_str()), ("key", "declined-1")];
    let answer = alice.post("/invoices/INV-12/payments", &ask).await;
    let page = alice.get(answer.location()).await;
    assert!(
        page.has("Did not go through") && page.has("there was not enough money") && page.has("Pay what is open"),
        "{}",
        page.text()
    );
    assert_eq!(balance(&world, 12).await, 1_800);
    let told = world.told("did not go through").await;
    assert_eq!(told, [ALICE]);
    // It holds nothing: another card pays.
    let again = [("amount", "18.00"), ("method", "card"), ("key", "declined-2")];
    assert_eq!(alice.post("/invoices/INV-12/payments", &again).await.status, 303);
    assert_eq!(ledger(&world, "1050").await, 1_800);
}

async fn a_planned_payment_is_made_on_its_day(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let on = world.app.today().checked_add(jiff::Span::new().days(5)).unwrap().to_string();
    let page = alice.get("/pay?number=INV-12").await.text();
    let mut fields = form(&page, &[("when", "later"), ("on", &on)]);
    fields.retain(|(name, _)| name != "agreed");
    let planned = sends(&mut alice, "/payments", &fields).await;
    assert_eq!((planned.status, planned.location()), (303, "/payments/P-1002"), "{}", planned.text());
    let page = alice.get("/payments/P-1002").await;
    assert!(page.has("We’ll charge $18.00 to Visa 4242") && page.has("Call this payment off"), "{}", page.text());
    assert!(alice.get("/invoices").await.has("You pay it on"));
    days(&world, 3).await;
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Planned);
    days(&world, 3).await;
    assert_eq!((payment(&world, "P-1002").await.state, balance(&world, 12).await), (PaymentState::Settled, 0));
    assert_eq!(ledger(&world, "1050").await, 3_600);
}

async fn paying_now_calls_a_planned_payment_off(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let on = world.app.today().checked_add(jiff::Span::new().days(9)).unwrap().to_string();
    for invoice in ["INV-12", "INV-13"] {
        let page = alice.get(&format!("/pay?number={invoice}")).await.text();
        let mut fields = form(&page, &[("when", "later"), ("on", &on)]);
        fields.retain(|(name, _)| name != "agreed");
        assert_eq!(sends(&mut alice, "/payments", &fields).await.status, 303);
    }
    let page = alice.get("/pay?number=INV-12").await;
    assert!(page.has("Paying it here cancels that charge."), "{}", page.text());
    sends(&mut alice, "/payments", &form(&page.text(), &[])).await;
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Canceled);
    let off = alice.post("/payments/P-1003/cancel", &[]).await;
    assert_eq!((off.status, off.location()), (303, "/payments/P-1003"));
    assert!(alice.get("/payments/P-1003").await.has("Called off"));
    days(&world, 12).await;
    assert_eq!((balance(&world, 12).await, balance(&world, 13).await), (0, 1_800));
    assert_eq!(ledger(&world, "1050").await, 3_600);
}

async fn a_planned_payment_is_changed(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let day = |days: i64| world.app.today().checked_add(jiff::Span::new().days(days)).unwrap().to_string();
    let page = alice.get("/pay?number=INV-12&number=INV-13").await.text();
    let mut fields = form(&page, &[("when", "later"), ("on", &day(9)), ("amount", "5.50")]);
    fields.retain(|(name, _)| name != "agreed");
    assert_eq!(sends(&mut alice, "/payments", &fields).await.location(), "/payments/P-1002");
    let page = alice.get("/payments/P-1002").await.text();
    let link = page.split("href=\"/pay?").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    assert!(page.contains("Change its day, amount or method"), "{page}");
    let change = alice.get(&format!("/pay?{}", link.replace("&amp;", "&").replace("&#38;", "&"))).await.text();
    let filled = form(&change, &[]);
    let has = |name: &str, value: &str| {
        filled.iter().any(|(known, filled)| (known.as_str(), filled.as_str()) == (name, value))
    };
    assert!(has("amount", "5.50") && has("on", &day(9)) && has("when", "later"), "{filled:?}");
    assert!(change.contains("Paying it here cancels that charge."), "{change}");
    assert_eq!(
        alice.get("/pay?number=INV-12&amount=x&method=zz&on=never").await.status,
        200,
        "nothing happens by an address"
    );
    let mut sooner = form(&change, &[("on", &day(3))]);
    sooner.retain(|(name, _)| name != "agreed");
    assert_eq!(sends(&mut alice, "/payments", &sooner).await.location(), "/payments/P-1003");
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Canceled);
    let planned = payment(&world, "P-1003").await;
    assert_eq!((planned.state, planned.charge_on.unwrap().to_string()), (PaymentState::Planned, day(3)));
    days(&world, 12).await;
    assert_eq!(payment(&world, "P-1003").await.state, PaymentState::Settled);
}

async fn credit_is_used_first(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let deed = quittance::actions::book_deed::Deed::Goodwill { amount: 500 };
    let ask = quittance::actions::book_deed::BookDeed {
        account: "C-1".to_owned(),
        deed,
        reason: "For the trouble".to_owned(),
        on: world.app.today(),
        key: "goodwill".to_owned(),
    };
    quittance::actions::book_deed::book_deed(&world.app, ask, &quittance::audit::Actor::console(&world.app))
        .await
        .unwrap();
    let page = alice.get("/pay?number=INV-11").await;
    assert!(page.has("$5.00 of your credit") && page.has("Pay $13.00 by card"), "{}", page.text());
    let whole = [("amount", "18.00"), ("method", "card"), ("key", "with-credit-1")];
    let answer = alice.post("/invoices/INV-11/payments", &whole).await;
    assert!(answer.status == 422 && answer.has("of your credit pays a part of INV-11"), "{}", answer.text());
    pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await, ledger(&world, "2100").await), (0, 1_300, 0));
}

async fn a_tick_leaves_later_invoices_to_auto_pay(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    assert!(!alice.get("/pay?number=INV-11").await.has("name=\"autopay\""), "there is nothing to charge yet");
    pays_with(&world, &mut alice, "?number=INV-11", &[("keep", "yes")], "card_settles").await;
    let page = alice.get("/pay?number=INV-12").await.text();
    assert!(
        page.contains("Let Auto Pay take later invoices with Visa 4242")
            && !page.contains("name=\"autopay\" value=\"yes\" checked")
    );
    let other = form(&page, &[("autopay", "yes"), ("permission", "something else")]);
    assert_eq!(
        sends(&mut alice, "/payments", &other).await.location(),
        "/autopay?account=C-1",
        "another text was read"
    );
    let rules = || world.app.store.read(|tx| tx.autopay_rules(1.into()));
    assert_eq!(rules().await.unwrap(), [], "nothing is proposed by another text");
    let page = alice.get("/pay?number=INV-13").await.text();
    let gone = sends(&mut alice, "/payments", &form(&page, &[("autopay", "yes")])).await;
    assert_eq!(gone.location(), "/payments/P-1003", "{}", gone.text());
    let proposed = rules().await.unwrap();
    assert_eq!((proposed.len(), proposed[0].state), (1, store::autopay::RuleState::Proposed));
    assert!(proposed[0].mandate_id.is_some(), "the customer has agreed to its text");
    assert!(!alice.get("/pay?account=C-1&ahead=C-1").await.has("name=\"autopay\""), "one rule is enough");
}

async fn a_method_is_added_named_replaced_and_removed(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    add(&world, &mut alice, "card", "card_settles").await;
    let page = alice.get("/methods").await;
    assert!(page.has("Visa 4242") && page.has("used first"), "{}", page.text());
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    let place = format!("/methods/C-1/{}", i64::from(methods[0].method_id));
    assert_eq!(alice.post(&format!("{place}/name"), &[("name", "Office <card>")]).await.status, 303);
    assert!(alice.get("/methods").await.has("Office &#60;card&#62; (Visa 4242)"));
    // What is planned with it keeps it, and goes with its replacement.
    let on = world.app.today().checked_add(jiff::Span::new().days(3)).unwrap().to_string();
    let page = alice.get("/pay?number=INV-11").await.text();
    let mut fields = form(&page, &[("when", "later"), ("on", &on)]);
    fields.retain(|(name, _)| name != "agreed");
    assert_eq!(sends(&mut alice, "/payments", &fields).await.status, 303);
    let refused = alice.post(&format!("{place}/removal"), &[]).await;
    assert!(refused.status == 422 && refused.has("P-1001 is planned with it"), "{}", refused.text());
    let gone = alice.post(&format!("{place}/replacement"), &[]).await;
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    alice.post(&there, &[("choice", "card_expires_next_month")]).await;
    alice.get("/methods/new").await;
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    assert_eq!((methods.len(), methods[0].is_default), (1, true));
    assert_eq!(payment(&world, "P-1001").await.method_id, Some(methods[0].method_id));
    alice.post("/payments/P-1001/cancel", &[]).await;
    let place = format!("/methods/C-1/{}", i64::from(methods[0].method_id));
    assert_eq!(alice.post(&format!("{place}/removal"), &[]).await.status, 303);
    assert!(alice.get("/methods").await.has("None is kept."));
    let (mut bob, mut carol) = (world.signed_in(BOB).await, world.signed_in(CAROL).await);
    assert_eq!(bob.post("/methods/C-1/card", &[]).await.status, 403);
    assert_eq!(carol.post("/methods/C-1/card", &[]).await.status, 404);
    world.passes(SignedDuration::from_mins(11));
    assert!(alice.post("/methods/C-1/card", &[]).await.location().starts_with("/prove"), "a stale proof is not enough");
}

async fn whoever_has_the_link_pays_this_one_and_sees_no_other(world: World) {
    owing(&world).await;
    let place = link_to(&world, 11).await;
    let mut nobody = world.browser();
    let page = nobody.get(&place).await;
    assert!(page.status == 200 && page.has("Pay INV-11") && page.has("Pay $18.00 by card"), "{}", page.text());
    assert!(!page.has("INV-12") && !page.has("href=\"/invoices/INV-11"), "{}", page.text());
    let other = [("number", "INV-12"), ("method", "card"), ("key", "other-0001")];
    assert_eq!(nobody.post(&format!("{place}/payments"), &other).await.status, 422);
    let gone = sends(&mut nobody, &format!("{place}/payments"), &form(&page.text(), &[])).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    nobody.post(&there, &[("choice", "card_settles")]).await;
    learns(&world).await;
    let page = nobody.get(&place).await;
    assert!(page.has("We charged $18.00") && !page.has(ALICE), "{}", page.text());
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await), (0, 1_800));
    assert_eq!(nobody.get("/pay/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.status, 404);
    world.passes(SignedDuration::from_hours(25));
    assert_eq!(nobody.get(&place).await.status, 404, "the link has ended");
}

async fn a_card_that_ends_soon_is_told_twice(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    add(&world, &mut alice, "card", "card_expires_next_month").await;
    for _ in 0..70 {
        world.passes(SignedDuration::from_hours(24));
        quittance::actions::warn_expiring_methods::warn_expiring_methods(&world.app).await.unwrap();
    }
    assert_eq!(world.told(" expires on ").await, [ALICE, ALICE], "30 days and 7 days before");
}
