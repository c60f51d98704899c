//! Receipts and permissions as documents: what they say, to whom, and what goes with the mail.

use billing::account::{Role, Routing};
use billing::crediting::Choice;
use billing::payment::PaymentState;
use billing::staff::Rights;
use connect::gateway::sandbox::TestMethod;
use connect::mail::{Attachment, Letter, Mailbox, Mailer};
use jiff::SignedDuration;
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::deliver_mail::deliver_mail;
use quittance::actions::refund_payment::{RefundPayment, refund_payment};
use quittance::actions::resend_mail::{To, resend_mail};
use quittance::audit::Actor;
use store::account::ContactRow;
use store::session::Proof;

use crate::autopay::{holds, keeps};
use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL, INES};
use crate::paying::{days, owing, payment, pays_with};
use crate::pdf::text;
use crate::world::World;

paying_stories!(
    a_receipt_says_what_was_paid_and_goes_with_its_mail,
    a_receipt_says_what_went_back_and_the_mailed_one_does_not,
    a_payment_of_two_accounts_shows_each_its_part,
    there_is_no_receipt_before_the_money_came,
    what_is_too_much_pays_the_next_or_is_credit,
    a_permission_is_a_document_with_its_text,
    a_demo_opens_what_was_mailed,
);

/// A PDF as every download comes, and its words.
async fn printed(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    is_download(&answer, path);
    text(&answer.body)
}

fn is_download(answer: &Answer, path: &str) {
    assert_eq!(answer.header("content-type"), "application/pdf", "{path}");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\""), "{path}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
}

/// Without gaps and in small letters: labels are printed in capitals, and long words broken.
fn close(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(close(words).contains(&close(part)), "{part}: {words}");
    }
}

fn hides(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(!close(words).contains(&close(part)), "{part}: {words}");
    }
}

async fn refunds(world: &World, number: &str, amount: i64) {
    let (number, reason, key) = (number.to_owned(), "Charged twice".to_owned(), format!("refund {amount}"));
    let ask = RefundPayment { number, amount: Some(amount), reason, key };
    refund_payment(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
}

/// The PDF that came with the receipt's mail.
async fn enclosed(world: &World, email: &str) -> (String, Vec<u8>) {
    world.told("Receipt").await;
    let letters = world.mailbox.received_by(email);
    let letter = letters.iter().find(|letter| letter.subject.starts_with("Receipt: ")).unwrap();
    let [enclosure] = letter.enclosures.as_slice() else { panic!("{:?}", letter.enclosures) };
    assert_eq!(enclosure.media_type, "application/pdf");
    (enclosure.file_name.clone(), enclosure.bytes.clone().unwrap().to_vec())
}

async fn a_receipt_says_what_was_paid_and_goes_with_its_mail(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("amount", "5.50")], "card_settles").await;
    let path = format!("/payments/{number}/receipt.pdf");
    assert!(alice.get(&format!("/payments/{number}")).await.has(&format!("href=\"{path}\"")));
    let words = printed(&mut alice, &path).await;
    let today = world.app.today();
    let issued_on = today.checked_sub(jiff::Span::new().days(20)).unwrap();
    let line = format!("Invoice INV-11 {} 18.00 5.50 12.50", issued_on.strftime("%b %-d, %Y"));
    let paid_on = today.strftime("%B %-d, %Y").to_string();
    says(
        &words,
        &["Receipt P-1001", "Prairie IT, Inc.", "Acme Milling 1 Main Street Willmar, MN 56201", "Paid (USD) $5.50"],
    );
    says(&words, &[&line, &paid_on, "Paid with Visa 4242", "Paid by Alice Archer", "Account C-1"]);
    assert_eq!(alice.get(&path).await.body, alice.get(&path).await.body, "the same bytes each time");
    let (name, bytes) = enclosed(&world, ALICE).await;
    assert_eq!((name.as_str(), bytes.as_slice()), ("receipt-P-1001.pdf", &*alice.get(&path).await.body));
    // What is paid later changes nothing of it.
    pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    assert_eq!(bytes.as_slice(), &*alice.get(&path).await.body);
    let words = printed(&mut alice, "/payments/P-1002/receipt.pdf").await;
    says(&words, &["12.50 12.50 0.00", "18.00 18.00 0.00", "Paid (USD) $30.50"]);
    let (mut carol, mut nobody) = (world.signed_in(CAROL).await, world.browser());
    let theirs = carol.get(&path).await;
    assert_eq!((theirs.status, theirs.plain()), (404, carol.get("/payments/P-9999/receipt.pdf").await.plain()));
    assert_eq!(nobody.get(&path).await.location(), "/sign-in?next=%2Fpayments%2FP-1001%2Freceipt.pdf");
}

async fn a_receipt_says_what_went_back_and_the_mailed_one_does_not(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    world.mailbox.take_down();
    let number = pays_with(&world, &mut alice, "?number=INV-11&number=INV-12", &[], "card_settles").await;
    let path = format!("/payments/{number}/receipt.pdf");
    let before = alice.get(&path).await.body;
    hides(&text(&before), &["went back", "Refunded"]);
    refunds(&world, &number, 2_000).await;
    let words = printed(&mut alice, &path).await;
    let on = world.app.today().strftime("%B %-d, %Y").to_string();
    says(&words, &["Paid $36.00", "Went back since $20.00", &format!("Paid 36.00 Refunded, {on} −20.00")]);
    says(&words, &["Paid, less what went back (USD) $16.00", "18.00 18.00 0.00"]);
    world.mailbox.bring_up();
    world.passes(SignedDuration::from_hours(1));
    let (_, mailed) = enclosed(&world, ALICE).await;
    assert_eq!(mailed.as_slice(), &*before, "as it was when the money came");
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    let page = rita.get(&format!("/office/payments/{number}")).await;
    assert!(page.has(&format!("href=\"/office{path}\"")), "{}", page.text());
    assert_eq!(printed(&mut rita, &format!("/office{path}")).await, words);
    assert_eq!(alice.get(&format!("/office{path}")).await.status, 404);
}

/// Alice pays for Globex, too.
async fn pays_for_both(world: &World) -> Browser {
    let contact = ContactRow {
        account_id: 2.into(),
        person_id: 1.into(),
        email: ALICE.to_owned(),
        name: "Alice Archer".to_owned(),
        phone: None,
        role: Role::Payer,
        recurring_mail: Routing::No,
        biweekly_mail: Routing::No,
    };
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&contact))).await.unwrap();
    world.signed_in(ALICE).await
}

async fn a_payment_of_two_accounts_shows_each_its_part(world: World) {
    owing(&world).await;
    let mut alice = pays_for_both(&world).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11&number=INV-21", &[], "card_settles").await;
    let path = format!("/payments/{number}/receipt.pdf");
    let all = printed(&mut alice, &path).await;
    says(&all, &["Accounts C-1, C-2", "C-1 Acme Milling 18.00 C-2 Globex Dental 18.00", "Paid (USD) $36.00"]);
    says(&all, &["C-1 Invoice INV-11", "C-2 Invoice INV-21"]);
    let (_, mailed) = enclosed(&world, ALICE).await;
    assert_eq!(text(&mailed), all);
    refunds(&world, &number, 2_000).await;
    let (mut bob, mut carol) = (world.signed_in(BOB).await, world.signed_in(CAROL).await);
    let words = printed(&mut bob, &path).await;
    says(&words, &["Acme Milling", "Account C-1", "Invoice INV-11", "−18.00", "(USD) $0.00"]);
    hides(&words, &["INV-21", "Globex", "36.00"]);
    let words = printed(&mut carol, &path).await;
    says(&words, &["Globex Dental", "Account C-2", "Invoice INV-21", "−2.00", "(USD) $16.00"]);
    hides(&words, &["INV-11", "Acme Milling", "36.00"]);
    // The page does the same.
    let page = bob.get(&format!("/payments/{number}")).await;
    assert!(page.has("We charged $18.00 to Visa 4242") && page.has(&path), "{}", page.text());
    assert!(!page.has("INV-21") && !page.has("36.00") && page.has("Refunded"), "{}", page.text());
    let page = carol.get(&format!("/payments/{number}")).await;
    assert!(page.has("a part refunded") && page.has("$2.00") && !page.has("INV-11"), "{}", page.text());
    assert_eq!(carol.post(&format!("/payments/{number}/cancel"), &[]).await.status, 404, "it isn't hers");
    assert_eq!(world.signed_in(INES).await.get(&path).await.status, 404);
}

async fn there_is_no_receipt_before_the_money_came(world: World) {
    owing(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let number = pays_with(&world, &mut alice, "?number=INV-11", &[("method", "bank")], "bank_returned").await;
    let path = format!("/payments/{number}/receipt.pdf");
    assert_eq!(payment(&world, &number).await.state, PaymentState::Processing);
    assert!(alice.get(&path).await.status == 404 && !alice.get(&format!("/payments/{number}")).await.has(&path));
    days(&world, 6).await;
    let mut alice = world.signed_in(ALICE).await;
    let before = printed(&mut alice, &path).await;
    says(&before, &["Paid (USD) $18.00"]);
    days(&world, 45).await;
    assert_eq!(payment(&world, &number).await.state, PaymentState::Returned);
    let mut alice = world.signed_in(ALICE).await;
    let words = printed(&mut alice, &path).await;
    says(&words, &["Taken back by the bank", "−18.00", "Paid, less what went back (USD) $0.00"]);
    let ask = [("amount", "18.00"), ("method", "card"), ("key", "not-paid-yet")];
    assert_eq!(alice.post("/invoices/INV-12/payments", &ask).await.status, 303);
    assert_eq!(payment(&world, "P-1002").await.state, PaymentState::Asked);
    assert_eq!(alice.get("/payments/P-1002/receipt.pdf").await.status, 404);
}

async fn what_is_too_much_pays_the_next_or_is_credit(world: World) {
    owing(&world).await;
    let (mut alice, mut carol) = (world.signed_in(ALICE).await, world.signed_in(CAROL).await);
    for (browser, number) in [(&mut alice, "INV-11"), (&mut carol, "INV-21")] {
        pays_with(&world, browser, &format!("?number={number}"), &[("method", "bank")], "bank_settles").await;
        // What the debit is for shrinks while it is on its way.
        let (invoice, reason, key) = (number.to_owned(), "One too many".to_owned(), "note".to_owned());
        let ask = CreditInvoice { invoice, choice: Choice::Amount(1_000), reason, key };
        credit_invoice(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
    }
    days(&world, 6).await;
    let (mut alice, mut carol) = (world.signed_in(ALICE).await, world.signed_in(CAROL).await);
    let words = printed(&mut alice, "/payments/P-1001/receipt.pdf").await;
    says(&words, &["8.00 8.00 0.00 Invoice INV-12", "18.00 10.00 8.00", "Paid (USD) $18.00"]);
    let page = alice.get("/payments/P-1001").await;
    says(&page.text(), &["INV-11</a></th><td class=\"num\">8.00", "INV-12</a></th><td class=\"num\">10.00"]);
    world.told("Receipt").await;
    let mailed = world.mailbox.received_by(ALICE);
    let mailed = mailed.iter().find(|letter| letter.subject.starts_with("Receipt: ")).unwrap();
    says(&mailed.text, &["INV-11: $8.00", "INV-12: $10.00"]);
    let words = printed(&mut carol, "/payments/P-1002/receipt.pdf").await;
    says(&words, &["8.00 8.00 0.00 Paid ahead, as credit 10.00", "Paid (USD) $18.00"]);
}

async fn a_permission_is_a_document_with_its_text(world: World) {
    owing(&world).await;
    let first = i64::from(keeps(&world, 1, TestMethod::CardSettles).await).to_string();
    holds(&world, &[("method", &first)]).await;
    let mut alice = world.signed_in(ALICE).await;
    let gone = alice.post(&format!("/methods/C-1/{first}/replacement"), &[]).await;
    let there = gone.location().strip_prefix(crate::world::BASE).unwrap().to_owned();
    alice.post(&there, &[("choice", "card_expires_next_month")]).await;
    alice.get("/methods/new").await;
    let given = world.app.store.read(|tx| tx.mandates(1.into())).await.unwrap();
    let [new, old] = given.as_slice() else { panic!("{given:?}") };
    let page = alice.get("/autopay").await;
    for (version, words) in [(2, &new.words), (1, &old.words)] {
        assert!(page.has(&format!("href=\"/autopay/C-1/mandates/{version}.pdf\"")), "{}", page.text());
        says(&page.text(), &[words, &format!("Text {version} of {}", world.app.today().strftime("%b %-d, %Y"))]);
    }
    let words = printed(&mut alice, "/autopay/C-1/mandates/1.pdf").await;
    let on = world.app.today().strftime("%B %-d, %Y").to_string();
    says(&words, &["Permission C-1, text 1", &old.words, "Charges Visa 4242", &format!("Agreed to by {ALICE}")]);
    says(&words, &[&format!("Agreed to on {on}"), "Agreed from 198.51.100.0/24", "Acme Milling", "Prairie IT, Inc."]);
    says(&words, &[&format!("Ended on {on}: {}", old.ended_because.as_ref().unwrap())]);
    let newer = printed(&mut alice, "/autopay/C-1/mandates/2.pdf").await;
    says(&newer, &[&new.words, "Auto Pay Given", "text 2"]);
    hides(&newer, &["Ended"]);
    assert_ne!(new.words, old.words);
    let (mut bob, mut carol) = (world.signed_in(BOB).await, world.signed_in(CAROL).await);
    assert_eq!(printed(&mut bob, "/autopay/C-1/mandates/1.pdf").await, words);
    assert_eq!(carol.get("/autopay/C-1/mandates/1.pdf").await.status, 404);
    for absent in ["3.pdf", "0.pdf", "x.pdf", "1", ".pdf", "99999999999999999999.pdf"] {
        assert_eq!(alice.get(&format!("/autopay/C-1/mandates/{absent}")).await.status, 404, "{absent}");
    }
    let rule = world.app.store.read(|tx| tx.autopay_in_force()).await.unwrap().remove(0);
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    let page = rita.get(&format!("/office/autopay/C-1/{}", i64::from(rule.version_id))).await;
    assert!(page.has("href=\"/office/autopay/C-1/mandates/1.pdf\""), "{}", page.text());
    assert_eq!(printed(&mut rita, "/office/autopay/C-1/mandates/1.pdf").await, words);
    assert_eq!(rita.get("/office/autopay/C-7/mandates/1.pdf").await.status, 404);
    assert_eq!(alice.get("/office/autopay/C-1/mandates/1.pdf").await.status, 404);
}

/// Its mailbox keeps no contents: a document is that of the database, and a receipt is made again.
/// Lays the receipt that the world got into a mailbox that keeps no contents.
async fn forwards_receipt(world: &World, mailbox: &Mailbox) {
    let received = world.mailbox.received();
    let receipt = received.iter().find(|letter| letter.subject.starts_with("Receipt")).unwrap();
    let [enclosure] = receipt.enclosures.as_slice() else { panic!("{:?}", receipt.enclosures) };
    let letter = Letter {
        message_id: receipt.message_id.clone(),
        from: receipt.from.clone(),
        reply_to: None,
        to: receipt.to.clone(),
        cc: Vec::new(),
        subject: receipt.subject.clone(),
        text: receipt.text.clone(),
        html: receipt.html.clone(),
        attachments: vec![Attachment {
            file_name: enclosure.file_name.clone(),
            media_type: enclosure.media_type.clone(),
            bytes: enclosure.bytes.clone().unwrap(),
        }],
        date: receipt.sent_at,
    };
    Mailer::Mailbox(mailbox.clone()).send(&letter, &receipt.recipient).await.unwrap();
}

async fn a_demo_opens_what_was_mailed(world: World) {
    owing(&world).await;
    let receives = |person: i64, email: &str, biweekly_mail| ContactRow {
        account_id: 1.into(),
        person_id: person.into(),
        email: email.to_owned(),
        name: String::new(),
        phone: None,
        role: Role::Viewer,
        recurring_mail: Routing::No,
        biweekly_mail,
    };
    let contacts = [receives(3, CAROL, Routing::To), receives(4, INES, Routing::Cc)];
    world.app.store.write(move |tx| tx.insert(&contacts)).await.unwrap();
    let mut alice = world.signed_in(ALICE).await;
    pays_with(&world, &mut alice, "?number=INV-11", &[("amount", "5.50")], "card_settles").await;
    let mailbox = Mailbox::new();
    let app = world.again(Mailer::Mailbox(mailbox.clone())).await;
    app.clock.pass_for_tests(i64::try_from(SignedDuration::from_hours(1).as_micros()).unwrap());
    resend_mail(&app, (1.into(), 12.into()), To::Contacts, &Actor::console(&app)).await.unwrap();
    deliver_mail(&app, |_| ()).await.unwrap();
    forwards_receipt(&world, &mailbox).await;
    let mut visitor = Browser::new(quittance::web::router(app.clone()));
    for (file, as_mailed, copied) in
        [("INV-12.pdf", "/invoices/INV-12.pdf", true), ("receipt-P-1001.pdf", "/payments/P-1001/receipt.pdf", false)]
    {
        let letters = mailbox.received();
        let letter = letters.iter().find(|letter| letter.enclosures.iter().any(|one| one.file_name == file)).unwrap();
        let place = format!("/demo/mailbox/{}", letter.number);
        let page = visitor.get(&place).await;
        assert!(page.has(&format!("href=\"{place}/{file}\"")) && page.has(" kB</span>"), "{}", page.text());
        assert_eq!((page.has("<dt>Cc</dt>"), page.has(INES)), (copied, copied), "{}", page.text());
        let opened = visitor.get(&format!("{place}/{file}")).await;
        assert_eq!((opened.status, opened.header("content-type")), (200, "application/pdf"), "{file}");
        assert_eq!(opened.header("content-disposition"), format!("inline; filename=\"{file}\""));
        assert_eq!(opened.body, alice.get(as_mailed).await.body, "{file}");
    }
}
