//! Paying: what a customer presses, what the processor answers, and what the books say then.

use billing::payment::PaymentState;
use connect::gateway::Gateway;
use connect::gateway::Sandbox;
use connect::gateway::sandbox::Fault;
use futures_util::future::join_all;
use jiff::SignedDuration;
use quittance::actions::look_up_payments::look_up_payments;
use quittance::actions::take_event::{Taken, take_event};
use quittance::actions::verify_books::verify_books;
use store::payment::GatewayPaymentRow;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL};
use crate::issued::{Bill, issue_booked};
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
    an_answer_that_got_lost_blocks_a_second_charge,
    a_question_that_got_lost_is_over,
    a_processor_that_is_down_is_told,
    a_debit_settles_days_later_and_comes_back_weeks_later,
    a_dispute_opens_the_invoice_and_its_end_closes_it,
    a_planned_payment_is_made_on_its_day,
    paying_now_calls_a_planned_payment_off,
    events_come_twice_and_in_any_order,
    what_does_not_fit_changes_nothing,
    credit_is_used_first,
    a_method_is_added_named_replaced_and_removed,
    whoever_has_the_link_pays_this_one_and_sees_no_other,
    a_card_that_ends_soon_is_told_twice,
    a_payout_brings_clearing_back_to_zero,
    money_goes_back_and_the_invoice_is_open_again,
);

fn sandbox(world: &World) -> Sandbox {
    match &world.app.gateway {
        Some(Gateway::Sandbox(sandbox)) => sandbox.clone(),
        _ => unreachable!("a world that pays"),
    }
}

/// Acme owes 18.00 three times, Globex once.
async fn owing(world: &World) {
    let today = world.app.today();
    let day = |ago: i64| today.checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    let bills = vec![
        Bill::new(1, 11, &day(20)),
        Bill::new(1, 12, &day(10)),
        Bill::new(1, 13, &day(5)),
        Bill::new(2, 21, &day(9)),
    ];
    issue_booked(&world.app.store, bills).await;
}

/// The hidden fields of the page, with what is chosen and typed.
fn form(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let inputs = page.split("<form class=\"paying\"").nth(1).unwrap_or_else(|| panic!("no form: {page}"));
    for input in inputs.split("</form>").next().unwrap().split("<input").skip(1) {
        let tag = input.split('>').next().unwrap();
        let attribute = |name: &str| tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let is_chosen = !matches!(attribute("type"), Some("radio" | "checkbox")) || tag.contains(" checked");
        if let (Some(name), Some(value), true) = (attribute("name"), attribute("value"), is_chosen)
            && name != "csrf"
        {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn sends(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    browser.post_raw(path, serde_urlencoded::to_string(fields).unwrap()).await
}

/// Goes through the page of these invoices and the processor's, choosing `card` there; gives the payment's number.
pub async fn pays_with(
    world: &World,
    browser: &mut Browser,
    query: &str,
    changes: &[(&str, &str)],
    card: &str,
) -> String {
    let page = browser.get(&format!("/pay{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let mut fields = form(&page.text(), changes);
    fields.retain(|(name, _)| name != "agreed");
    let gone = sends(browser, "/payments", &fields).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let there =
        gone.location().strip_prefix(crate::world::BASE).unwrap_or_else(|| panic!("to {}", gone.location())).to_owned();
    assert!(browser.get(&there).await.has("No money moves here"));
    let back = browser.post(&there, &[("choice", card)]).await;
    assert_eq!(back.status, 303, "{}", back.text());
    learns(world).await;
    let newest = world.app.store.read(|tx| tx.newest_payments(i64::MAX.into(), 1)).await.unwrap();
    newest[0].number.clone()
}

/// Time for every look-up that is due.
async fn learns(world: &World) {
    for _ in 0..3 {
        world.passes(SignedDuration::from_mins(3));
        look_up_payments(&world.app).await.unwrap();
    }
    world.told("nothing of this").await;
}

async fn events(world: &World) {
    let (gateway, sandbox) = (world.app.gateway.clone().unwrap(), sandbox(world));
    for _ in 0..4 {
        for event in sandbox.due_events() {
            assert_eq!(take_event(&world.app, &gateway, event.body, &event.signature).await.unwrap(), Taken::Yes);
            sandbox.told(&event.id);
        }
        world.passes(SignedDuration::from_mins(2));
    }
}

/// So many days pass, with everything that the processor tells and is asked.
async fn days(world: &World, days: i64) {
    for _ in 0..days {
        world.passes(SignedDuration::from_hours(24));
        events(world).await;
        look_up_payments(&world.app).await.unwrap();
    }
}

async fn payment(world: &World, number: &str) -> GatewayPaymentRow {
    let number = number.to_owned();
    world.app.store.read(move |tx| tx.gateway_payment_by_number(&number)).await.unwrap().unwrap()
}

async fn balance(world: &World, invoice: i64) -> i64 {
    let account = if invoice > 20 { 2 } else { 1 };
    let read = world.app.store.read(move |tx| tx.invoice_state(account.into(), invoice.into()));
    read.await.unwrap().unwrap().balance_minor
}

/// What the ledger holds on an account, and that the books are right.
async fn ledger(world: &World, code: &str) -> i64 {
    for verdict in verify_books(&world.app).await.unwrap() {
        if ["I2", "I4", "I6", "I10"].contains(&verdict.id) || verdict.holds.contains("sums to zero") {
            assert_eq!(verdict.broken, [""; 0], "{} {}", verdict.id, verdict.holds);
        }
    }
    let rows = world.app.store.read(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1))).await.unwrap();
    rows.iter().filter(|row| row.code == code).map(|row| row.debit_minor - row.credit_minor).sum()
}

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
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Unknown);
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

/// Leaves a method on the processor's page.
async fn add(world: &World, browser: &mut Browser, kind: &str, card: &str) {
    let gone = browser.post(&format!("/methods/C-1/{kind}"), &[]).await;
    assert_eq!(gone.status, 303, "{}", gone.text());
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    let back = browser.post(&there, &[("choice", card)]).await;
    assert_eq!((back.status, back.location()), (303, "/methods/new"), "{}", back.text());
    assert_eq!(browser.get("/methods/new").await.location(), "/methods");
    let _ = world;
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
    let token = quittance::random::Token::new();
    let (hash, now) = (token.hash(), world.app.clock.real());
    let row = store::payment::PayLinkRow {
        token_hash: hash,
        account_id: 1.into(),
        document_id: 11.into(),
        made_at: now,
        expires_at: now + SignedDuration::from_hours(24),
    };
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&row))).await.unwrap();
    let mut nobody = world.browser();
    let place = format!("/pay/{}", token.reveal());
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

async fn money_goes_back_and_the_invoice_is_open_again(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    let by = quittance::audit::Actor::console(&world.app);
    let refund = |amount: Option<i64>, key: &str| quittance::actions::refund_payment::RefundPayment {
        number: number.clone(),
        amount,
        reason: "Charged twice".to_owned(),
        key: key.to_owned(),
    };
    let too_much = quittance::actions::refund_payment::refund_payment(&world.app, refund(Some(3_601), "a"), &by).await;
    assert!(too_much.unwrap_err().to_string().contains("$36.00 of P-1001 can go back"));
    for _ in 0..2 {
        let sent = quittance::actions::refund_payment::refund_payment(&world.app, refund(Some(2_000), "b"), &by).await;
        assert!(sent.is_ok() || sent.unwrap_err().to_string().contains("can go back"));
    }
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (200, 1_800), "the last one first");
    assert_eq!(ledger(&world, "1050").await, 1_600);
    let page = alice.get(&format!("/payments/{number}")).await;
    assert!(page.has("a part refunded") && page.has("$20.00"), "{}", page.text());
    quittance::actions::refund_payment::refund_payment(&world.app, refund(None, "c"), &by).await.unwrap();
    assert_eq!((balance(&world, 11).await, ledger(&world, "1050").await), (1_800, 0));
}
