//! The list of invoices: one's own alone, page by page, searched and filtered.

use std::collections::BTreeSet;

use billing::invoice::InvoiceStatus;
use jiff::civil::Date;
use quittance::actions::book_deed::{BookDeed, Deed, book_deed};
use quittance::actions::verify_books::verify_books;
use quittance::audit::Actor;

use crate::browser::Browser;
use crate::cast::{ALICE, CAROL, INES};
use crate::issued::{Bill, issue, issue_booked};
use crate::world::World;

stories!(
    every_invoice_stands_on_exactly_one_page,
    a_stranger_sees_nothing,
    searching_takes_signs_as_they_are,
    filters_keep_to_each_other,
    addresses_that_make_no_sense_are_calm,
    several_accounts_are_one_list,
    what_is_paid_in_part_is_open,
    ticked_rows_say_their_currency,
    a_former_customer_reads
);

/// Every address in the page that stands after `start` and up to a quote.
fn after(text: &str, start: &str) -> Vec<String> {
    text.split(start)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
        .collect()
}

async fn walk(browser: &mut Browser, first: &str) -> (Vec<String>, usize) {
    let (mut numbers, mut pages, mut next) = (Vec::new(), 0, Some(first.to_owned()));
    while let Some(path) = next {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        numbers.extend(after(&page.text(), "name=\"number\" value=\""));
        next = after(&page.text(), "<p class=\"more\"><a href=\"").pop();
        pages += 1;
        assert!(pages < 20, "no end");
    }
    (numbers, pages)
}

fn day(place: i64) -> String {
    Date::constant(2024, 1, 5).checked_add(jiff::Span::new().days(place / 2 * 7)).unwrap().to_string()
}

async fn every_invoice_stands_on_exactly_one_page(world: World) {
    let bills = (1..=120).map(|id| {
        let status = if id <= 57 { InvoiceStatus::Paid } else { InvoiceStatus::Open };
        Bill { status, ..Bill::new(1, id, &day(id)) }
    });
    issue(&world.app.store, bills.collect()).await;
    let mut alice = world.signed_in(ALICE).await;
    let (numbers, pages) = walk(&mut alice, "/invoices").await;
    assert_eq!((numbers.len(), pages), (120, 3));
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), 120);
    let expected = (58..=120).chain((1..=57).rev()).map(|id| format!("INV-{id}"));
    assert_eq!(numbers, expected.collect::<Vec<_>>(), "open ones by due date, then paid ones, newest first");

    let (open, _) = walk(&mut alice, "/invoices?show=open").await;
    let (paid, _) = walk(&mut alice, "/invoices?show=paid").await;
    assert_eq!((open.len(), paid.len()), (63, 57));
    let (since, _) = walk(&mut alice, "/invoices?since=2025-01").await;
    assert!(!since.is_empty() && since.len() < 63);
    let all = alice.get("/invoices").await;
    assert!(all.has("120 invoices, $2,160.00"), "{}", all.text());
    let list = alice.get("/invoices.csv").await.text();
    assert_eq!(list.lines().count(), 121);
}

async fn a_stranger_sees_nothing(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 7, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    for path in ["/invoices/INV-7", "/invoices/INV-7.pdf", "/invoices/INV-7.csv", "/invoices.zip?number=INV-7"] {
        assert_eq!(alice.get(path).await.status, 200, "{path}");
    }
    let mut carol = world.signed_in(CAROL).await;
    for kind in ["/invoices/INV-#", "/invoices/INV-#.pdf", "/invoices/INV-#.csv", "/invoices.zip?number=INV-#"] {
        let foreign = carol.get(&kind.replace('#', "7")).await;
        let absent = carol.get(&kind.replace('#', "8")).await;
        assert_eq!((foreign.status, absent.status), (404, 404), "{kind}");
        assert_eq!(foreign.plain(), absent.plain(), "{kind}");
        assert_eq!(foreign.header("content-length"), absent.header("content-length"), "{kind}");
    }
    let list = carol.get("/invoices").await;
    assert!(list.has("No invoices yet") && !list.has("INV-7"));
    let foreign = carol.get("/invoices?account=C-1").await;
    let absent = carol.get("/invoices?account=C-99").await;
    assert_eq!((foreign.status, foreign.plain()), (200, absent.plain()));
    let mut nobody = world.browser();
    for path in
        ["/invoices", "/invoices/INV-7", "/invoices/INV-7.pdf", "/invoices.csv", "/invoices.zip?number=INV-7", "/work"]
    {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.location().starts_with("/sign-in"), "{path}");
    }
}

async fn searching_takes_signs_as_they_are(world: World) {
    let with = |id, po: &str| Bill { po_number: Some(po.to_owned()), ..Bill::new(1, id, "2026-09-18") };
    issue(&world.app.store, vec![with(1, "PO_7"), with(2, "POX7"), with(3, "100%"), with(4, "1000"), with(5, "a\\b")])
        .await;
    let mut alice = world.signed_in(ALICE).await;
    for (words, expected) in [
        ("po_7", vec!["INV-1"]),
        ("100%25", vec!["INV-3"]),
        ("a%5Cb", vec!["INV-5"]),
        ("inv-4", vec!["INV-4"]),
        ("%2418.00", vec!["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"]),
        ("%00", vec!["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"]),
    ] {
        let (found, _) = walk(&mut alice, &format!("/invoices?q={words}")).await;
        assert_eq!(found, expected, "{words}");
    }
    let nothing = alice.get("/invoices?q=T-49999").await;
    assert!(nothing.has("No invoice matches “T-49999”") && nothing.has("Clear the search"));
    let markup = alice.get("/invoices?q=%3Cscript%3E").await;
    assert!(!markup.has("<script>"));
}

async fn filters_keep_to_each_other(world: World) {
    let recurring = Bill { stream: billing::Stream::Recurring, ..Bill::new(1, 1, "2026-08-01") };
    let paid = Bill { status: InvoiceStatus::Paid, ..Bill::new(1, 2, "2026-08-07") };
    issue(&world.app.store, vec![recurring, paid, Bill::new(1, 3, "2026-09-18")]).await;
    let mut alice = world.signed_in(ALICE).await;
    for (asked, expected) in [
        ("stream=recurring", vec!["INV-1"]),
        ("stream=biweekly", vec!["INV-3", "INV-2"]),
        ("stream=biweekly&show=open", vec!["INV-3"]),
        ("since=2026-09", vec!["INV-3"]),
        ("since=2026-08&show=paid", vec!["INV-2"]),
        ("show=paid&q=inv", vec!["INV-2"]),
    ] {
        let (found, _) = walk(&mut alice, &format!("/invoices?{asked}")).await;
        assert_eq!(found, expected, "{asked}");
    }
    let page = alice.get("/invoices?stream=biweekly&show=open&q=inv-3").await.text();
    assert!(page.contains("/invoices.csv?show=open") && page.contains("stream=biweekly"));
    assert!(!page.contains("/statements.pdf"), "a statement knows no streams and no words");
    for (asked, from) in [("", "2026-08-01"), ("?since=2026-09", "2026-09-01")] {
        let page = alice.get(&format!("/invoices{asked}")).await.text();
        let (_, rest) = page.split_once("href=\"/statements.pdf?").unwrap();
        let statement = format!("/statements.pdf?{}", rest.split('"').next().unwrap()).replace("&#38;", "&");
        assert!(statement.contains(&format!("from={from}&to={}", world.app.today())), "{statement}");
        assert_eq!(alice.get(&statement).await.status, 200);
    }
}

async fn addresses_that_make_no_sense_are_calm(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-08-01")]).await;
    let mut alice = world.signed_in(ALICE).await;
    let many = format!("q={}", "x".repeat(5_000));
    for asked in [
        "show=none",
        "stream=weekly",
        "since=2026-13",
        "since=-0001-01",
        "since=99999",
        "after=x",
        "after=open-2026-99-99-1",
        &many,
        "q=%ff",
        "&&=&;",
        "account=C-2",
        "after=paid-9999-12-31-9223372036854775807",
    ] {
        for path in ["/invoices", "/work"] {
            let answer = alice.get(&format!("{path}?{asked}")).await;
            assert_eq!(answer.status, 200, "{path}?{asked}");
        }
        // A file can't say that something was left out.
        let says = "Part of this address could not be read";
        let is_misread = alice.get(&format!("/invoices?{asked}")).await.has(says);
        let file = alice.get(&format!("/invoices.csv?{asked}")).await;
        assert_eq!((file.status, file.has(says)), (if is_misread { 422 } else { 200 }, is_misread), "{asked}");
    }
    for asked in ["since=2026-13", "account=C-2"] {
        for path in ["/invoices.csv", "/invoices.zip"] {
            let answer = alice.get(&format!("{path}?{asked}")).await;
            assert!(answer.status == 422 && answer.has("Start from the whole list"), "{path}?{asked}");
            assert!(!answer.has("INV-1"), "{path}?{asked}");
        }
        assert_eq!(alice.get(&format!("/statements.csv?{}", asked.replace("since", "from"))).await.status, 422);
    }
    assert_eq!(alice.get("/invoices.zip?number=INV-1&since=2026-13").await.status, 200, "what is ticked is clear");
    assert!(alice.get("/invoices?show=none").await.has("Part of this address could not be read."));
    assert!(!alice.get("/invoices?show=&stream=&since=&q=").await.has("could not be read"));
    assert_eq!(alice.get("/invoices?utm_source=mail").await.status, 200);
}

async fn several_accounts_are_one_list(world: World) {
    use billing::account::{Role, Routing};
    let both = store::account::ContactRow {
        account_id: store::AccountId::from(2),
        person_id: store::PersonId::from(1),
        email: ALICE.to_owned(),
        name: "Alice Archer".to_owned(),
        phone: None,
        role: Role::Viewer,
        recurring_mail: Routing::No,
        biweekly_mail: Routing::No,
    };
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&both))).await.unwrap();
    issue(
        &world.app.store,
        vec![Bill::new(1, 1, "2026-08-07"), Bill::new(2, 2, "2026-08-01"), Bill::new(3, 3, "2026-08-01")],
    )
    .await;
    let mut alice = world.signed_in(ALICE).await;
    let (all, _) = walk(&mut alice, "/invoices").await;
    assert_eq!(all, ["INV-2", "INV-1"]);
    let page = alice.get("/invoices").await;
    for words in [
        "All two accounts",
        "Acme Milling",
        "Globex Dental",
        "Look only",
        "Globex Dental, which you only look at, owes $18.00.",
    ] {
        assert!(page.has(words), "{words}");
    }
    let (one, _) = walk(&mut alice, "/invoices?account=C-2").await;
    assert_eq!(one, ["INV-2"]);
    assert_eq!(alice.get("/invoices/INV-2").await.status, 200);
    assert_eq!(alice.get("/invoices/INV-3").await.status, 404);
}

async fn what_is_paid_in_part_is_open(world: World) {
    issue_booked(&world.app.store, vec![Bill::new(1, 1, "2026-08-07"), Bill::new(1, 2, "2026-08-21")]).await;
    let mut alice = world.signed_in(ALICE).await;
    for (paid, open_says, paid_says) in [
        (0, "2 open invoices, $36.00", "Nothing is paid yet"),
        (700, "2 open invoices, $29.00", "Nothing is paid yet"),
        (1_300, "1 open invoice, $16.00", "1 paid invoice, $18.00"),
        (1_600, "You owe nothing", "2 paid invoices, $36.00"),
    ] {
        if paid > 0 {
            let deed = Deed::Payment { amount: paid, chosen: Vec::new() };
            let (account, reason, key) = ("C-1".to_owned(), "Check".to_owned(), format!("check {paid}"));
            let pay = BookDeed { account, deed, reason, on: Date::constant(2026, 9, 20), key };
            book_deed(&world.app, pay, &Actor::console(&world.app)).await.unwrap();
        }
        for (show, says) in [("open", open_says), ("paid", paid_says)] {
            let page = alice.get(&format!("/invoices?show={show}")).await;
            assert!(page.has(says), "{paid} {says}: {}", page.text());
        }
        let verdicts = verify_books(&world.app).await.unwrap();
        let months = verdicts.iter().find(|one| one.holds == "sums by month equal the invoices and late fees").unwrap();
        assert_eq!(months.broken, [""; 0]);
    }
    let paid = alice.get("/invoices?show=paid").await.text();
    assert_eq!(paid.matches("Paid Sep 20").count(), 2, "{paid}");
    assert_eq!(paid.matches("class=\"next\">Check<").count(), 2, "{paid}");
    assert!(alice.get("/invoices/INV-2").await.has("Paid Sep 20"));
}

async fn ticked_rows_say_their_currency(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-08-07")]).await;
    let page = world.signed_in(ALICE).await.get("/invoices").await;
    assert!(page.has("data-minor=\"1800\" data-currency=\"USD\" data-digits=\"2\""), "{}", page.text());
}

async fn a_former_customer_reads(world: World) {
    issue(&world.app.store, vec![Bill::new(3, 3, "2020-08-01")]).await;
    let mut ines = world.signed_in(INES).await;
    assert!(ines.get("/invoices").await.has("INV-3"));
    assert_eq!(ines.get("/invoices/INV-3.pdf").await.status, 200);
}
