//! Money that is paid ahead becomes credit, and credit pays what it can before anything is charged.

use billing::payment::PaymentState;

use crate::browser::Browser;
use crate::cast::{ALICE, BOB, CAROL};
use crate::paying::{balance, form, learns, ledger, owing, payment, pays_with, sends};
use crate::world::World;

paying_stories!(
    what_is_paid_ahead_pays_the_next_invoices,
    more_than_the_invoice_is_paid_at_once,
    credit_pays_some_wholly_and_one_in_part,
    each_amount_goes_where_the_customer_said,
    what_cannot_be_paid_ahead_is_told,
);

async fn credit(world: &World) -> i64 {
    let read = world.app.store.read(|tx| tx.account_states(&[1.into()]));
    read.await.unwrap().first().map_or(0, |state| state.credit_minor)
}

async fn payments(world: &World) -> usize {
    world.app.store.read(|tx| tx.newest_payments(i64::MAX.into(), 10)).await.unwrap().len()
}

async fn what_is_paid_ahead_pays_the_next_invoices(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    assert!(alice.get("/payments").await.has("href=\"/pay?ahead=C-1\""));
    let page = alice.get("/pay?ahead=C-1").await;
    assert!(page.has("Pay ahead") && !page.has("INV-11"), "{}", page.text());
    let number = pays_with(&world, &mut alice, "?ahead=C-1", &[("ahead", "$20.00")], "card_settles").await;
    assert_eq!((payment(&world, &number).await.state, credit(&world).await), (PaymentState::Settled, 2_000));
    assert_eq!((ledger(&world, "1050").await, ledger(&world, "2100").await), (2_000, -2_000));
    let page = alice.get("/pay?number=INV-11").await;
    assert!(page.has("Pay INV-11 with $18.00 of your credit") && !page.has("name=\"method\""), "{}", page.text());
    let fields = form(&page.text(), &[]);
    let gone = sends(&mut alice, "/payments", &fields).await;
    assert_eq!((gone.status, gone.location()), (303, "/invoices/INV-11"), "{}", gone.text());
    assert_eq!((balance(&world, 11).await, credit(&world).await, payments(&world).await), (0, 200, 1));
    let again = sends(&mut alice, "/payments", &fields).await;
    assert_eq!(again.status, 404, "nothing of it is open: {}", again.text());
    assert_eq!(credit(&world).await, 200);
    assert!(alice.get("/pay?number=INV-12").await.has("Pay $16.00 by card"));
    ledger(&world, "2100").await;
}

async fn more_than_the_invoice_is_paid_at_once(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/pay?number=INV-11").await.text();
    // Without script the button still promises the invoice alone: it is shown once more.
    let unread = sends(&mut alice, "/payments", &form(&page, &[("ahead", "5")])).await;
    assert!(unread.status == 422 && unread.has("Pay $23.00 by card"), "{}", unread.text());
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("ahead", "5")], "card_settles").await;
    assert_eq!(payment(&world, &number).await.amount_minor, 2_300);
    assert_eq!((balance(&world, 11).await, credit(&world).await), (0, 500));
    let shown = alice.get(&format!("/payments/{number}")).await;
    assert!(shown.has("INV-11") && shown.has("Paid ahead, as credit"), "{}", shown.text());
}

async fn credit_pays_some_wholly_and_one_in_part(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?ahead=C-1", &[("ahead", "25.00")], "card_settles").await;
    let page = alice.get("/pay?number=INV-11&number=INV-12").await;
    assert!(page.has("Pay $11.00 by card"), "{}", page.text());
    let number = pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    assert_eq!(payment(&world, &number).await.amount_minor, 1_100);
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await, credit(&world).await), (0, 0, 0));
    assert_eq!(ledger(&world, "1050").await, 3_600);
}

async fn each_amount_goes_where_the_customer_said(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/pay?number=INV-11&number=INV-12").await.text();
    let mut fields = form(&page, &[]);
    fields.retain(|(name, _)| name != "agreed" && name != "amount");
    fields.extend([("amount", "10.00"), ("amount", "18.00")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    let gone = sends(&mut alice, "/payments", &fields).await;
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    assert_eq!(alice.post(&there, &[("choice", "card_settles")]).await.status, 303);
    learns(&world).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await, balance(&world, 13).await), (800, 0, 1_800));
    assert_eq!(ledger(&world, "1050").await, 2_800);
}

async fn refused(browser: &mut Browser, typed: &str, why: &str) {
    let page = browser.get("/pay?ahead=C-1").await.text();
    let mut fields = form(&page, &[("ahead", typed)]);
    fields.retain(|(name, _)| name != "agreed");
    let answer = sends(browser, "/payments", &fields).await;
    assert!(answer.status == 422 && answer.has(why), "{typed}: {} {}", answer.status, answer.text());
}

async fn what_cannot_be_paid_ahead_is_told(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    for (typed, why) in [("x", "is not an amount"), ("0", "Pay more than nothing"), ("1.005", "too many digits")] {
        refused(&mut alice, typed, why).await;
    }
    let fields = |code: &'static str| {
        [("ahead", "5.00"), ("ahead-for", code), ("method", "card"), ("key", "somebody-elses")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let mut carol = world.signed_in(CAROL).await;
    assert_eq!(sends(&mut carol, "/payments", &fields("C-1")).await.status, 404, "another's account");
    let mut bob = world.signed_in(BOB).await;
    assert_ne!(sends(&mut bob, "/payments", &fields("C-1")).await.status, 303, "he may only look");
    assert_eq!((payments(&world).await, credit(&world).await), (0, 0));
}
