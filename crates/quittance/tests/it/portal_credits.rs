//! What a customer sees of credit: the note, the invoice it corrects, the home page and the statement; strangers see nothing.

use billing::crediting::Choice;
use billing::ledger::EntryKind;
use jiff::civil::date;
use quittance::actions::book_deed::{BookDeed, Deed, book_deed};
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::render_documents::render_documents;
use quittance::actions::return_payment::{ReturnPayment, return_payment};
use quittance::audit::Actor;

use crate::cast::{ALICE, CAROL};
use crate::issued::{Bill, delivery, issue};
use crate::world::World;

stories!(a_credit_note_is_seen_where_it_belongs, a_statement_is_shown_and_downloaded);

/// Alice's invoice of $118.00 tax-free, as a run leaves it, with its entry.
async fn billed(world: &World) {
    let lines = vec![delivery("Dock", "1", "100.00"), delivery("Recycling", "1", "18.00")];
    issue(&world.app.store, vec![Bill { lines, ..Bill::new(1, 1, "2026-09-04") }, Bill::new(2, 2, "2026-09-04")]).await;
    let write = world.app.store.write(move |tx| {
        let chart: Vec<_> = billing::ledger::Ledger::chart()
            .into_iter()
            .map(|ledger| store::books::LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() })
            .collect();
        tx.insert(&chart)
    });
    write.await.unwrap();
}

async fn credited(world: &World, amount: i64, reason: &str) -> String {
    let ask = CreditInvoice {
        invoice: "INV-1".to_owned(),
        choice: Choice::Amount(amount),
        reason: reason.to_owned(),
        key: reason.to_owned(),
    };
    credit_invoice(&world.app, ask, &Actor::console(&world.app)).await.unwrap().0.number
}

async fn a_credit_note_is_seen_where_it_belongs(world: World) {
    billed(&world).await;
    let number = credited(&world, 1_800, "A dock <b>too</b> few").await;
    assert_eq!(number, "CN-1001");
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/credit-notes/CN-1001").await;
    for words in
        ["Credit note CN-1001", "A dock &#60;b&#62;too&#60;/b&#62; few", "$18.00", "came off what is due on INV-1"]
    {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    assert!(page.has("is being made"));
    render_documents(&world.app, |_, _| ()).await.unwrap();
    assert!(alice.get("/credit-notes/CN-1001").await.has("/credit-notes/CN-1001.pdf"));
    let pdf = alice.get("/credit-notes/CN-1001.pdf").await;
    assert!(pdf.status == 200 && pdf.body.starts_with(b"%PDF"));
    let invoice = alice.get("/invoices/INV-1").await;
    for words in ["/credit-notes/CN-1001", "Credited", "\u{2212}18.00", "$100.00"] {
        assert!(invoice.has(words), "{words}\n{}", invoice.text());
    }
    let home = alice.get("/invoices").await;
    assert!(home.has("$100.00") && home.has("left to pay") | home.has("Overdue"), "{}", home.text());
    assert!(alice.get("/invoices?q=cn-1001").await.has("/invoices/INV-1"), "found by the note's number");
    // Of another kind, of another account, or not there: the same.
    let mut carol = world.signed_in(CAROL).await;
    for path in ["/credit-notes/CN-1001", "/credit-notes/CN-1001.pdf", "/credit-notes/CN-9", "/late-fees/CN-1001"] {
        assert_eq!(carol.get(path).await.status, 404, "{path}");
    }
    for path in ["/credit-notes/INV-1", "/invoices/CN-1001", "/invoices/CN-1001.pdf", "/late-fees/INV-1"] {
        assert_eq!(alice.get(path).await.status, 404, "{path}");
    }
    for path in ["/credit-notes/CN-1001", "/statements", "/statements.csv", "/statements.pdf"] {
        assert_eq!(world.browser().get(path).await.status, 303, "{path}");
    }
    credited(&world, 10_000, "The rest").await;
    let invoice = alice.get("/invoices/INV-1").await;
    assert!(invoice.has("Credited") && !invoice.has("How to pay"), "{}", invoice.text());
}

async fn a_statement_is_shown_and_downloaded(world: World) {
    billed(&world).await;
    credited(&world, 1_800, "Recycled by yourself").await;
    let pay = BookDeed {
        account: "C-1".to_owned(),
        deed: Deed::Payment { amount: 10_500, chosen: Vec::new() },
        reason: "=Check 7".to_owned(),
        on: date(2026, 9, 20),
        key: "check 7".to_owned(),
    };
    let booked = book_deed(&world.app, pay.clone(), &Actor::console(&world.app)).await.unwrap();
    assert_eq!((booked.parts.as_slice(), booked.credit), ([("INV-1".to_owned(), 10_000)].as_slice(), 500));
    assert!(book_deed(&world.app, pay, &Actor::console(&world.app)).await.unwrap().is_repeated);
    let mut alice = world.signed_in(ALICE).await;
    let back = ReturnPayment {
        payment: "=Check 7".to_owned(),
        kind: EntryKind::Returned,
        reason: "No <funds>".to_owned(),
        fee: rust_decimal::Decimal::ZERO,
        on: date(2026, 9, 24),
    };
    return_payment(&world.app, back.clone(), &Actor::console(&world.app)).await.unwrap();
    let invoice = alice.get("/invoices/INV-1").await;
    for words in ["payment returned", "$100.00", "No &#60;funds&#62;", "How to pay"] {
        assert!(invoice.has(words), "{words}\n{}", invoice.text());
    }
    let again = ReturnPayment { kind: EntryKind::Reinstated, reason: "Cleared".to_owned(), ..back };
    return_payment(&world.app, again, &Actor::console(&world.app)).await.unwrap();
    assert!(alice.get("/invoices/INV-1").await.has("payment reinstated"));
    assert!(alice.get("/invoices").await.has("You have $5.00 in credit."));
    let page = alice.get("/statements?from=2026-09-01&to=2099-12-31").await;
    for words in [
        "Credit for INV-1: Recycled by yourself",
        "Payment, =Check 7",
        "Payment returned, =Check 7: No &#60;funds&#62;",
        "Payment reinstated, =Check 7: Cleared",
        "Opening balance",
        "Closing balance",
    ] {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    let csv = alice.get("/statements.csv?from=2026-09-01&to=2099-12-31").await;
    assert!(csv.status == 200 && csv.text().starts_with("date,kind,number,what,amount,balance,currency\r\n"));
    let pdf = alice.get("/statements.pdf?from=2026-09-01&to=2099-12-31").await;
    assert!(pdf.status == 200 && pdf.body.starts_with(b"%PDF"));
    for misread in ["from=x", "from=2026-09-02&to=2026-09-01", "account=C-2", "from=%00", "to=-9999-01-01"] {
        let page = alice.get(&format!("/statements?{misread}")).await;
        assert!(page.status == 200 && !page.has("Globex"), "{misread}");
    }
}
