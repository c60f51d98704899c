//! Late fees that charge themselves, stand in the list of what is owed, and are mailed; the mails of credit notes.

use billing::account::Routing;
use billing::crediting::Choice;
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::deliver_mail::deliver_mail;
use quittance::actions::keep_schedule::keep_schedule;
use quittance::actions::render_documents::render_documents;
use store::provider::{ProviderRow, WordingRow};

use crate::cast::{ALICE, BOB, CAROL};
use crate::issued::{Bill, delivery, issue};
use crate::world::World;

stories!(
    a_late_fee_charges_itself_once,
    a_late_fee_stands_among_what_is_owed,
    credit_notes_and_late_fees_are_mailed,
    a_mail_is_legible_without_hours_and_in_any_accent,
    their_words_are_the_providers,
);

/// Invoices of $118.00 to Acme and $18.00 to Globex, long overdue; Alice receives them, Bob a copy.
async fn overdue(world: &World) {
    let lines = vec![delivery("Dock", "1", "100.00"), delivery("Recycling", "1", "18.00")];
    issue(&world.app.store, vec![Bill { lines, ..Bill::new(1, 1, "2026-09-04") }, Bill::new(2, 2, "2026-09-04")]).await;
    let write = world.app.store.write(|tx| {
        let chart: Vec<_> = billing::ledger::Ledger::chart()
            .into_iter()
            .map(|ledger| store::books::LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() })
            .collect();
        tx.insert(&chart)?;
        let mut contacts = tx.contacts()?;
        for contact in &mut contacts {
            contact.biweekly_mail = match contact.email.to_lowercase().as_str() {
                ALICE | CAROL => Routing::To,
                BOB => Routing::Cc,
                _ => Routing::No,
            };
        }
        tx.replace(&contacts)
    });
    write.await.unwrap();
}

/// What the provider sets for paying late: 25.00, by itself or not.
async fn sets_fee(world: &World, automatic: bool) {
    let mut row = ProviderRow::clone(&world.app.provider());
    row.version += 1;
    row.receivables.late_fee.flat = "25".parse().unwrap();
    row.receivables.late_fee.automatic = automatic;
    world.app.store.write(move |tx| tx.insert_provider(row.clone())).await.unwrap();
    world.app.refresh().await.unwrap();
}

async fn charges(world: &World) {
    keep_schedule(&world.app).await.unwrap();
    render_documents(&world.app, |_, _| ()).await.unwrap();
}

async fn fees(world: &World) -> Vec<String> {
    let listed =
        world.app.store.read(|tx| tx.listed_credits("2026-01-01".parse().unwrap(), "2999-01-01".parse().unwrap()));
    listed.await.unwrap().into_iter().filter_map(|row| row.number).collect()
}

async fn a_late_fee_charges_itself_once(world: World) {
    overdue(&world).await;
    sets_fee(&world, false).await;
    charges(&world).await;
    assert!(fees(&world).await.is_empty(), "somebody has to ask for it");
    sets_fee(&world, true).await;
    let other = world.again(connect::mail::Mailer::Mailbox(world.mailbox.clone())).await;
    other.refresh().await.unwrap();
    let (one, two) = tokio::join!(keep_schedule(&world.app), keep_schedule(&other));
    assert!(one.is_ok() || two.is_ok());
    charges(&world).await;
    charges(&world).await;
    assert_eq!(fees(&world).await, ["LF-1001", "LF-1002"]);
    let told = world.app.store.read(|tx| tx.notices(100)).await.unwrap();
    assert!(told.iter().any(|notice| notice.subject.contains("late fees were charged")), "{told:?}");
}

async fn a_late_fee_stands_among_what_is_owed(world: World) {
    overdue(&world).await;
    sets_fee(&world, true).await;
    charges(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let home = alice.get("/invoices").await;
    for words in
        ["$143.00", "1 invoice, 1 late fee.", "href=\"/late-fees/LF-1001\"", "Late fee", "for INV-1", "2 invoices"]
    {
        assert!(home.has(words), "{words}\n{}", home.text());
    }
    assert!(!home.has("LF-1002"), "Globex's");
    for path in ["/invoices?show=open", "/invoices?stream=biweekly", "/invoices?q=lf-1001", "/invoices?q=inv-1"] {
        assert!(alice.get(path).await.has("for INV-1"), "{path}");
    }
    for path in ["/invoices?show=paid", "/invoices?stream=recurring", "/invoices?q=lf-1002"] {
        assert!(!alice.get(path).await.has("for INV-1"), "{path}");
    }
    assert!(alice.get("/late-fees/LF-1001").await.has("INV-1"));
    let csv = alice.get("/invoices.csv").await.text();
    let row = csv.lines().find(|line| line.starts_with("LF-1001,")).unwrap_or_else(|| panic!("{csv}"));
    assert!(row.contains(",25.00,0.00,25.00,25.00,INV-1"), "{row}");
    let zip = alice.get("/invoices.zip?number=LF-1001&number=INV-1").await;
    assert!(zip.status == 200 && zip.body.starts_with(b"PK"), "{}", zip.status);
    assert_eq!(alice.get("/invoices.zip?number=LF-1002").await.status, 404);
}

async fn credit(world: &World, key: &str) {
    let ask = CreditInvoice {
        invoice: "INV-1".to_owned(),
        choice: Choice::Amount(1_800),
        reason: "A dock too few".to_owned(),
        key: key.to_owned(),
    };
    credit_invoice(&world.app, ask, &quittance::audit::Actor::console(&world.app)).await.unwrap();
    render_documents(&world.app, |_, _| ()).await.unwrap();
}

async fn credit_notes_and_late_fees_are_mailed(world: World) {
    overdue(&world).await;
    sets_fee(&world, true).await;
    charges(&world).await;
    credit(&world, "one").await;
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let fee = world.letters(CAROL, 1).await.swap_remove(0);
    assert!(fee.subject.starts_with("Prairie <IT>: late fee LF-1002, $25.00, due "), "{}", fee.subject);
    let letters = world.letters(ALICE, 2).await;
    let (note, fee) = (&letters[0], &letters[1]);
    assert_eq!(note.subject, "Prairie <IT>: credit note CN-1001, $18.00 for INV-1");
    assert!(fee.text.contains("Invoice INV-1 was not paid by October 4, 2026."), "{}", fee.text);
    for words in ["Credited: $18.00", "A dock too few. $18.00 came off what is due on INV-1.", "/credit-notes/CN-1001"]
    {
        assert!(note.text.contains(words), "{words}\n{}", note.text);
    }
    assert!(note.html.contains("A dock too few.") && note.html.contains("attached as a PDF"));
    for (letter, name) in [(note, "CN-1001.pdf"), (fee, "LF-1001.pdf")] {
        let emails =
            |of: &[connect::mail::Address]| of.iter().map(|one| one.email().to_lowercase()).collect::<Vec<_>>();
        assert_eq!((emails(&letter.to), emails(&letter.cc)), (vec![ALICE.to_owned()], vec![BOB.to_owned()]));
        let [enclosure] = letter.enclosures.as_slice() else { panic!("{:?}", letter.enclosures) };
        assert_eq!((enclosure.file_name.as_str(), enclosure.media_type.as_str()), (name, "application/pdf"));
        assert!(enclosure.bytes.as_ref().unwrap().starts_with(b"%PDF"));
    }
    assert_eq!(world.letters(BOB, 2).await.len(), 2);
}

/// White on a button is read though the accent is yellow, and where no hours are set no brackets stand.
async fn a_mail_is_legible_without_hours_and_in_any_accent(world: World) {
    let mut row = ProviderRow::clone(&world.app.provider());
    (row.version, row.accent, row.support_hours) = (row.version + 1, "#ffe600".to_owned(), String::new());
    world.app.store.write(move |tx| tx.insert_provider(row.clone())).await.unwrap();
    world.app.refresh().await.unwrap();
    overdue(&world).await;
    sets_fee(&world, true).await;
    charges(&world).await;
    credit(&world, "one").await;
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post("/invoices/INV-1/mails", &[]).await.status, 303);
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let css = world.app.assets.look(&world.app.provider()).css.href.clone();
    let css = alice.get(&css).await.text();
    let accent = css.split(":root{--accent:").nth(1).unwrap().split(';').next().unwrap();
    for letter in world.letters(ALICE, 4).await {
        assert!(letter.html.contains(accent) && !letter.html.contains("#ffe600"), "{}", letter.html);
        let is_code = letter.enclosures.is_empty();
        for body in [&letter.text, &letter.html] {
            assert!(is_code || body.contains("call 320-555-0150."), "{body}");
            assert!(!body.contains("()"), "{body}");
        }
    }
}

async fn their_words_are_the_providers(world: World) {
    overdue(&world).await;
    let set = |key: &str, body: &str| WordingRow {
        key: key.to_owned(),
        body: body.to_owned(),
        changed_at: world.app.clock.now(),
    };
    let rows = [
        set("mail/credit_note.subject", "Sorry: {{ document.number }}\n"),
        set("mail/credit_note.text", "{{ document.reason }} {{ document.where_it_went }} {{ nothing.such }}"),
    ];
    for row in rows {
        world.app.store.write(move |tx| tx.set_wording(row.clone())).await.unwrap();
    }
    credit(&world, "one").await;
    deliver_mail(&world.app, |_| ()).await.unwrap();
    let letter = world.letters(ALICE, 1).await.swap_remove(0);
    assert_eq!(letter.subject, "Sorry: CN-1001");
    assert!(letter.text.contains("See it, line by line:"), "a text that can't be filled gives way to the default");
}
