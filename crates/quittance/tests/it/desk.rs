//! The desk of the office: what waits is named there, and what staff record is said as people write it.

use billing::staff::Rights;
use quittance::actions::settle_payment::{Desk, exception};
use store::session::Proof;

use crate::cast::ALICE;
use crate::house::House;
use crate::paying::{balance, owing, pays_with};
use crate::world::World;

paying_stories!(what_doesnt_fit_waits_at_the_desk, what_came_by_hand_is_said_and_listed, a_refusal_is_a_sentence);

mod console {
    houses!(payments_are_listed_once_and_shown);
    use super::payments_are_listed_once_and_shown;
}

async fn what_doesnt_fit_waits_at_the_desk(world: World) {
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    assert!(dana.get("/office").await.has("Nothing waits."));
    let desk = Desk::of(&world.app);
    let words = ("stray".to_owned(), quittance::gateway::said(5_800, "USD") + " is none of ours");
    world.app.store.write(move |tx| exception(tx, &desk, None, words.clone())).await.unwrap();
    let home = dana.get("/office").await;
    assert!(home.has("1 thing about payments doesn’t fit") && !home.has("Nothing waits."), "{}", home.text());
    let page = dana.get("/office/payments").await.text();
    assert!(page.contains("$58.00 is none of ours."), "{page}");
    let action = page.split("action=\"/office/payments/exceptions/").nth(1).unwrap().split('"').next().unwrap();
    let seen = dana.post(&format!("/office/payments/exceptions/{action}"), &[("how", "Sent back")]).await;
    assert_eq!(seen.status, 303);
    assert!(dana.get("/office").await.has("Nothing waits."));
    assert_eq!(quittance::gateway::said(7, "XXQ"), "7 XXQ in its smallest unit");
}

async fn what_came_by_hand_is_said_and_listed(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let online = pays_with(&world, &mut alice, "?number=INV-11", &[("amount", "5.00")], "card_settles").await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let on = world.app.today().to_string();
    let check = |reference: &'static str, key: &'static str| {
        let invoices = ("invoices", "INV-12, INV-11");
        [("account", "C-1"), ("amount", "20.00"), ("reference", reference), ("key", key), invoices].map(owned)
    };
    let fields = [check("Check 7", "k-7").to_vec(), vec![owned(("on", &on))]].concat();
    let recorded = crate::paying::sends(&mut dana, "/office/payments", &fields).await;
    assert_eq!(recorded.status, 303, "{}", recorded.text());
    let page = dana.get(recorded.location()).await;
    let said = "It paid $18.00 of INV-12, $2.00 of INV-11.";
    assert!(page.has("$20.00 of C-1 is recorded: Check 7.") && page.has(said), "{}", page.text());
    assert!(page.has("By hand") && page.has(&online) && page.text().matches("$5.00").count() == 1, "{}", page.text());
    assert!(page.has("INV-12 and INV-11") && !dana.get("/office/payments").await.has("is recorded"));
    crate::paying::sends(&mut dana, "/office/payments", &fields).await;
    assert_eq!((balance(&world, 11).await, balance(&world, 12).await), (1_100, 0), "the same form pays once");
    let log = dana.get("/office/audit?kind=booking").await;
    assert!(log.has("amount: 20.00; documents: INV-12 18.00, INV-11 2.00"), "{}", log.text());
    assert!(!log.has("minor") && log.has("<option value=\"booking\" selected>booked by hand</option>"));
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn a_refusal_is_a_sentence(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[], "card_settles").await;
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let refund = format!("/office/payments/{number}/refunds");
    let too_much = dana.post(&refund, &[("amount", "99.00"), ("reason", "x"), ("key", "a")]).await;
    assert!(too_much.status == 422 && too_much.has("At most $18.00 of P-1001 can go back."), "{}", too_much.text());
    dana.post(&refund, &[("amount", ""), ("reason", "x"), ("key", "b")]).await;
    let again = dana.post(&refund, &[("amount", ""), ("reason", "x"), ("key", "c")]).await;
    assert!(again.status == 422 && !again.has("$0.00"), "{}", again.text());
    let nobody = [("account", "C-9"), ("amount", "1.00"), ("on", "2026-09-04"), ("reference", "x"), ("key", "d")];
    assert!(dana.post("/office/payments", &nobody).await.has("There is no account C-9."));
    let nothing = [("account", "C-1"), ("amount", "0"), ("on", "2026-09-04"), ("reference", "x"), ("key", "e")];
    assert!(dana.post("/office/payments", &nothing).await.has("Write an amount of more than nothing."));
}

fn payments_are_listed_once_and_shown(house: &House) {
    let export = crate::export::Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    assert_eq!(house.does(&["payments", "list"]).out, "There is no payment.\n");
    assert!(house.refuses(&["payments", "list", "C-9"]).err.contains("there is no account C-9"));
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let number = house.invoices()[0].number.clone();
    let record = |amount: &str, on: &str, reference: &str| {
        let pay = ["payments", "record", "C-1000", "--amount", amount, "--on", on, "--reference", reference];
        house.does(&pay);
    };
    record("7.00", "2026-08-21", "Check 2");
    record("5.00", "2026-08-20", "Check 1");
    let listed = house.does(&["payments", "list", "C-1000"]).out;
    let references: Vec<&str> = listed.lines().map(|line| &line[line.len() - 7..]).collect();
    assert_eq!(references, ["Check 1", "Check 2"], "by their day");
    let id = listed.split_whitespace().next().unwrap();
    for name in [id, "Check 1"] {
        let shown = house.does(&["payments", "show", name]).out;
        assert!(shown.contains("Check 1") && shown.contains(&number) && shown.lines().count() == 2, "{shown}");
    }
    assert!(house.refuses(&["payments", "show", "P-1001"]).err.contains("there is no payment P-1001"));
    assert!(house.refuses(&["payments", "resolve", "1", "--how", "x"]).err.contains("the number 1 waits"));
    assert!(house.refuses(&["--as", "nobody@x.example", "autopay", "list"]).err.contains("is no member of staff"));
}
