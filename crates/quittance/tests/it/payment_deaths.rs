//! The processor dies before, during or after any call of a long story. The product goes on, people try again what they were
//! told to, and in the end everything is as if nothing had happened: nothing is charged twice, and the books are the same.

use std::collections::BTreeMap;

use billing::payment::PaymentState;
use connect::gateway::sandbox::{Fault, TestMethod};
use connect::gateway::{ChargeState, Gateway};
use jiff::{SignedDuration, Timestamp};
use quittance::actions::add_method::keep_left_methods;
use quittance::actions::compare_payments::compare_daily;
use quittance::actions::keep_autopay::{Look, keep_autopay};
use quittance::actions::look_up_payments::look_up_payments;
use quittance::actions::refund_payment::{RefundPayment, refund_payment, send_refunds};
use quittance::audit::Actor;
use store::method::MethodKind;
use store::payment::GatewayPaymentRow;
use store::refund::RefundState;
use store::testing::Database;

use crate::autopay::{holds, keeps};
use crate::browser::Browser;
use crate::cast::ALICE;
use crate::house::is_slow;
use crate::issued::{Bill, issue_booked};
use crate::paying::{balance, events, form, ledger, sandbox, sends};
use crate::world::{BASE, World};

/// How often somebody tries again before they call.
const PATIENCE: usize = 6;
const FAULTS: [Fault; 3] = [Fault::Before, Fault::Lost, Fault::After];
/// By number, and days since they were issued. INV-15 is Auto Pay's, five days before it is due. INV-16 is paid last: what it brings
/// is more than a dispute's fee, so that the processor pays out whatever day it is, and nothing waits there at the end.
const BILLS: [(i64, i64); 6] = [(11, 20), (12, 10), (13, 5), (14, 4), (15, 25), (16, 3)];

#[tokio::test]
async fn it_dies_in_any_call_on_sqlite() {
    every_call(Database::Sqlite, if is_slow() { [1, 1, 1] } else { [6, 6, 1] }).await;
}

#[tokio::test]
async fn it_dies_in_some_calls_on_postgres() {
    every_call(Database::Postgres, if is_slow() { [3, 3, 1] } else { [30, 30, 8] }).await;
}

/// Of each way to fail, every call of so many. What was done without an answer is what can be done twice: it has the most.
async fn every_call(database: Database, steps: [usize; FAULTS.len()]) {
    let (expected, calls) = lived(database, None).await;
    let mut unmet = 0;
    assert_eq!(expected.balances, BILLS.map(|(bill, _)| (bill, if bill == 12 { 700 } else { 0 })));
    let mut struck = 0;
    for (fault, step) in FAULTS.into_iter().zip(steps) {
        for nth in (1..=calls).step_by(step) {
            let (end, made) = lived(database, Some((nth, fault))).await;
            assert_eq!(end, expected, "call {nth} of {calls}, {fault:?}");
            // Pages have the product ask beside them, once more or once less: the last calls of a story may not come.
            if made >= nth { struck += 1 } else { unmet += 1 }
        }
    }
    println!("{struck} stories, {calls} calls each, {unmet} without their fault");
    assert!(calls > 30 && struck > FAULTS.len() && unmet <= 1 + struck / 20, "{calls} {struck} {unmet}");
}

/// What is left of a story.
#[derive(Debug, PartialEq, Eq)]
struct End {
    balances: [(i64, i64); BILLS.len()],
    ledger: BTreeMap<String, i64>,
    receipts: usize,
    methods: usize,
}

/// The whole story in a world of its own; and the calls that it made.
async fn lived(database: Database, strike: Option<(u64, Fault)>) -> (End, u64) {
    let world = World::paying(database).await;
    let today = world.app.today();
    let day = |ago: i64| today.checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    issue_booked(&world.app.store, BILLS.map(|(bill, ago)| Bill::new(1, bill, &day(ago))).to_vec()).await;
    keeps(&world, 1, TestMethod::CardSettles).await;
    holds(&world, &[("scope", "invoice"), ("invoice", "INV-15")]).await;
    let before = sandbox(&world).calls();
    if let Some((nth, fault)) = strike {
        sandbox(&world).fail_calls(nth, fault);
    }
    tell(&world).await;
    let calls = sandbox(&world).calls() - before;
    let end = end(&world).await;
    (end, calls)
}

async fn tell(world: &World) {
    let mut alice = world.signed_in(ALICE).await;
    pays(world, &mut alice, 11, "card", Some("card_settles")).await;
    pays(world, &mut alice, 12, &method(world, MethodKind::Card).await.unwrap(), None).await;
    thinks_better_of_it(world, &mut alice).await;
    world.passes(SignedDuration::from_mins(16));
    let mut alice = world.signed_in(ALICE).await;
    adds_an_account(world, &mut alice).await;
    pays(world, &mut alice, 13, &method(world, MethodKind::Bank).await.unwrap(), None).await;
    pays(world, &mut alice, 14, "card", Some("card_dispute_won")).await;
    is_refunded(world).await;
    for days in [1, 1, 1, 1, 1, 1, 1, 1, 5, 5, 6, 7, 7] {
        world.passes(SignedDuration::from_hours(24 * days));
        works(world).await;
    }
    let mut alice = world.signed_in(ALICE).await;
    pays(world, &mut alice, 16, "card", Some("card_settles")).await;
    for days in [2, 3, 4] {
        world.passes(SignedDuration::from_hours(24 * days));
        works(world).await;
    }
    let mut alice = world.signed_in(ALICE).await;
    let account = method(world, MethodKind::Bank).await.unwrap();
    assert_eq!(alice.post(&format!("/methods/C-1/{account}/removal"), &[]).await.status, 303);
}

/// What the product does by itself.
async fn works(world: &World) {
    events(world).await;
    look_up_payments(&world.app).await.unwrap();
    keep_left_methods(&world.app, None).await.unwrap();
    keep_autopay(&world.app, Look::Daily).await.unwrap();
    for _ in 0..PATIENCE {
        if compare_daily(&world.app).await.is_ok() {
            return;
        }
    }
    panic!("never compared");
}

/// Until nothing is asked for without an answer: what lies on a page, or in a lost answer, is looked up.
async fn rests(world: &World) {
    for _ in 0..4 * PATIENCE {
        let newest = world.app.store.read(|tx| tx.newest_payments(i64::MAX.into(), 50)).await.unwrap();
        if !newest.iter().any(|row| matches!(row.state, PaymentState::Asked | PaymentState::Unknown)) {
            return;
        }
        world.passes(SignedDuration::from_mins(3));
        look_up_payments(&world.app).await.unwrap();
    }
    panic!("never answered");
}

async fn payments_for(world: &World, bill: i64) -> Vec<GatewayPaymentRow> {
    world.app.store.read(move |tx| tx.payments_for(1.into(), bill.into())).await.unwrap()
}

async fn method(world: &World, kind: MethodKind) -> Option<String> {
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap();
    let known = methods.iter().find(|row| row.kind == kind);
    known.map(|row| i64::from(row.method_id).to_string())
}

/// Pays an invoice with a method or on the processor's page, and once more where the page says that it did not go through.
async fn pays(world: &World, browser: &mut Browser, bill: i64, method: &str, card: Option<&str>) {
    for _ in 0..PATIENCE {
        let page = browser.get(&format!("/pay?number=INV-{bill}")).await.text();
        let sent = sends(browser, "/payments", &agreed(&page, method)).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        if let (Some(card), Some(there)) = (card, sent.location().strip_prefix(BASE).map(str::to_owned)) {
            browser.get(&there).await;
            assert_eq!(browser.post(&there, &[("choice", card)]).await.status, 303);
        }
        rests(world).await;
        let payments = payments_for(world, bill).await;
        if payments.iter().any(|row| matches!(row.state, PaymentState::Settled | PaymentState::Processing)) {
            return;
        }
        let told = browser.get(&format!("/payments/{}", payments[payments.len() - 1].number)).await;
        assert!(told.has("Did not go through"), "{}", told.text());
    }
    panic!("INV-{bill} was never paid");
}

/// The form without the word that says which button was read: another method makes another one.
fn agreed(page: &str, method: &str) -> Vec<(String, String)> {
    let mut fields = form(page, &[("method", method)]);
    fields.retain(|(name, _)| name != "agreed");
    fields
}

/// Goes to the processor's page for INV-13, comes back and calls it off.
async fn thinks_better_of_it(world: &World, browser: &mut Browser) {
    let page = browser.get("/pay?number=INV-13").await.text();
    assert_eq!(sends(browser, "/payments", &agreed(&page, "card")).await.status, 303);
    for _ in 0..PATIENCE {
        let payment = payments_for(world, 13).await.pop().unwrap();
        if !payment.state.is_under_way() {
            assert!(matches!(payment.state, PaymentState::Canceled | PaymentState::Failed), "{payment:?}");
            return;
        }
        browser.post(&format!("/payments/{}/cancel", payment.number), &[]).await;
    }
    panic!("never called off");
}

async fn adds_an_account(world: &World, browser: &mut Browser) {
    for _ in 0..PATIENCE {
        let gone = browser.post("/methods/C-1/bank", &[]).await;
        let Some(there) = gone.location().strip_prefix(BASE).map(str::to_owned) else {
            assert!(gone.has("Please try again in a few minutes"), "{}", gone.text());
            continue;
        };
        assert_eq!(browser.post(&there, &[("choice", "bank_settles")]).await.status, 303);
        browser.get("/methods/new").await;
        // Where that didn't find it, the product does.
        keep_left_methods(&world.app, None).await.unwrap();
        assert!(method(world, MethodKind::Bank).await.is_some());
        return;
    }
    panic!("never added");
}

/// 7.00 of INV-12 go back; where no answer comes, the product asks again by itself.
async fn is_refunded(world: &World) {
    let paid = payments_for(world, 12).await.into_iter().find(|row| row.state == PaymentState::Settled).unwrap();
    for _ in 0..PATIENCE {
        let (reason, key) = ("Charged too much".to_owned(), "refund-1".to_owned());
        let ask = RefundPayment { number: paid.number.clone(), amount: Some(700), reason, key };
        let row = refund_payment(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
        if row.state == RefundState::Sent {
            return assert_eq!(row.amount_minor, 700);
        }
        world.passes(SignedDuration::from_mins(3));
        send_refunds(&world.app).await.unwrap();
    }
    panic!("never refunded");
}

/// Where it all stands, once it is certain that nothing was charged twice and the books hold.
async fn end(world: &World) -> End {
    let receipts = world.told("Receipt: $18.00").await;
    let mut balances = BILLS;
    for (bill, minor) in &mut balances {
        *minor = balance(world, *bill).await;
    }
    ledger(world, "1050").await;
    assert_eq!(world.app.store.read(|tx| tx.open_exceptions(10)).await.unwrap(), []);
    let processor = Gateway::Sandbox(sandbox(world));
    let charges = match processor.charges(Timestamp::UNIX_EPOCH).await {
        Ok(charges) => charges,
        // The fault that no call of the story met.
        Err(_) => processor.charges(Timestamp::UNIX_EPOCH).await.unwrap(),
    };
    let (mut keys, mut sum) = (BTreeMap::<String, usize>::new(), 0);
    for charge in charges.iter().filter(|charge| charge.state == ChargeState::Settled) {
        *keys.entry(charge.key.clone()).or_default() += 1;
        sum += charge.amount.minor;
    }
    assert!(keys.values().all(|count| *count == 1), "{keys:?}");
    assert_eq!((keys.len(), sum), (BILLS.len(), 1_800 * i64::try_from(BILLS.len()).unwrap()), "{charges:?}");
    assert_eq!(charges.iter().map(|charge| charge.refunded_minor).sum::<i64>(), 700);
    let trial = world.app.store.read(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1))).await.unwrap();
    let ledger = trial.into_iter().map(|row| (row.code, row.debit_minor - row.credit_minor)).collect();
    let methods = world.app.store.read(|tx| tx.methods(1.into())).await.unwrap().len();
    End { balances, ledger, receipts: receipts.len(), methods }
}
