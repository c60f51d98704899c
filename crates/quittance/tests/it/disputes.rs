//! A disputed line, and the rest of its invoice paid: by default without what is held, and never against the customer's will.

use quittance::config::Config;
use store::testing::Database;

use crate::browser::Browser;
use crate::cast::ALICE;
use crate::issued::{Bill, delivery, issue_booked};
use crate::paying::pays_with;
use crate::world::{Wishes, World};

paying_stories!(
    the_rest_is_paid_by_default,
    all_of_it_may_be_paid,
    what_is_disputed_as_a_whole_is_left_out_of_everything,
);

/// Acme owes 118.00 by one invoice, 100.00 of it for a dock, and 18.00 by another.
async fn owing(world: &World) {
    let day = |ago: i64| world.app.today().checked_sub(jiff::Span::new().days(ago)).unwrap().to_string();
    let lines = vec![delivery("Dock", "1", "100.00"), delivery("Recycling", "1", "18.00")];
    let bills = vec![Bill { lines, ..Bill::new(1, 11, &day(20)) }, Bill::new(1, 12, &day(10))];
    issue_booked(&world.app.store, bills).await;
}

async fn disputes(browser: &mut Browser, number: &str, line: &str) {
    let form = [("line", line), ("kind", "dispute"), ("words", "We never got it.")];
    let asked = browser.post(&format!("/invoices/{number}/questions"), &form).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
}

/// What is open of an invoice, and what of that is held.
async fn standing(world: &World, invoice: i64) -> (i64, i64) {
    let read = world.app.store.read(move |tx| {
        let open = tx.invoice_state(1.into(), invoice.into())?.map_or(0, |state| state.balance_minor);
        Ok::<_, store::Error>((open, tx.held_by_dispute(1.into(), invoice.into())?))
    });
    read.await.unwrap()
}

async fn the_rest_is_paid_by_default(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "INV-11", "1").await;
    let invoice = alice.get("/invoices/INV-11").await;
    assert!(invoice.has("Pay $18.00") && invoice.has("$118.00"), "{}", invoice.text());
    let page = alice.get("/pay?number=INV-11").await;
    for words in ["value=\"18.00\"", "Pay $18.00 by card", "$100.00 of INV-11 is in dispute", "You may pay all of it."]
    {
        assert!(page.has(words), "{words}: {}", page.text());
    }
    pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    assert_eq!(standing(&world, 11).await, (10_000, 10_000));
    let list = alice.get("/invoices").await;
    assert!(list.has(">In dispute<") && list.has("$100.00 is held"), "{}", list.text());
}

async fn all_of_it_may_be_paid(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "INV-11", "1").await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("amount", "68.00")], "card_settles").await;
    assert_eq!(standing(&world, 11).await, (5_000, 5_000), "no more is held than is open");
    let page = alice.get("/pay?number=INV-11").await;
    assert!(page.has("value=\"50.00\"") && page.has("which is all that is open"), "{}", page.text());
    pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    assert_eq!(standing(&world, 11).await, (0, 0));
    let invoice = alice.get("/invoices/INV-11").await;
    assert!(!invoice.has(">In dispute<") && invoice.has("We never got it."), "{}", invoice.text());
}

async fn what_is_disputed_as_a_whole_is_left_out_of_everything(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "INV-11", "").await;
    let page = alice.get("/pay").await;
    assert!(page.has("Pay INV-12") && page.has("$118.00 of INV-11 is in dispute"), "{}", page.text());
    pays_with(&world, &mut alice, "", &[], "card_settles").await;
    assert_eq!((standing(&world, 11).await, standing(&world, 12).await), ((11_800, 11_800), (0, 0)));
    let page = alice.get("/pay").await;
    assert!(page.has("Nothing to pay") && page.has("$118.00 of INV-11 is in dispute"), "{}", page.text());
}

#[tokio::test]
async fn the_rest_is_paid_where_no_other_part_may_be() {
    for on in store::testing::BOTH {
        let world = strict(on).await;
        owing(&world).await;
        let mut alice = world.signed_in(ALICE).await;
        disputes(&mut alice, "INV-11", "1").await;
        let part = [("amount", "17.99"), ("method", "card"), ("key", "a-part-0001")];
        let refused = alice.post("/invoices/INV-11/payments", &part).await;
        assert!(refused.status == 422 && refused.has("can only be paid as a whole"), "{}", refused.text());
        pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
        assert_eq!(standing(&world, 11).await, (10_000, 10_000));
    }
}

/// A provider who takes no parts of an invoice.
async fn strict(on: Database) -> World {
    let mut config = Config::default();
    config.payments.parts = false;
    World::set_up(on, Wishes { pays: true, ..Wishes::default() }, config).await
}
