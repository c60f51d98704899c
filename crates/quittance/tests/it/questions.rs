//! Questions and disputes: who asks what, who reads it, what is held meanwhile, and how it ends.

use billing::crediting::Choice;
use billing::ledger::Ledger;
use billing::question::QuestionState;
use billing::staff::Rights;
use jiff::SignedDuration;
use quittance::actions::answer_question::{Hold, answer_question};
use quittance::actions::charge_late_fees::planned;
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::settle_question::settle_question;
use quittance::audit::Actor;
use quittance::questions::Speaker;
use store::account::ContactRow;
use store::audit::AuditKind;
use store::provider::ProviderRow;
use store::question::QuestionRow;
use store::session::Proof;

use crate::browser::{Answer, Browser};
use crate::cast::{ALICE, BOB, CAROL, DESK};
use crate::issued::{Bill, charge, delivery, entry, issue_booked};
use crate::world::World;

stories!(
    a_question_about_a_line_is_answered_and_settled,
    a_whole_invoice_and_an_agreements_line_are_asked_about,
    a_disputed_line_is_held_and_the_rest_asked_for,
    never_more_is_held_than_is_open,
    staff_end_a_hold_with_an_answer,
    a_credit_note_ends_the_dispute,
    a_disputed_part_earns_no_late_fee,
    strangers_find_nothing,
    who_only_reads_asks_but_disputes_nothing,
    words_are_kept_as_they_are_and_do_nothing,
    what_cannot_be_said_is_told,
    a_form_sent_twice_asks_once,
    many_messages_wait_until_tomorrow,
    who_has_left_is_not_mailed,
    staff_who_look_as_a_customer_say_nothing,
);

/// An invoice of Acme's with a dock of 100.00 and its tax of 7.00, recycling of 18.00, and an hour of work; one of Globex's.
async fn issued(world: &World) {
    let dock =
        store::invoice::InvoiceLineRow { taxable: true, tax_minor: 700, ..delivery("Dock\nblack", "1", "100.00") };
    let work = entry("T-1", "1.00", billing::work::Coverage::Billable, "Plugged it in");
    let covered = entry("T-1", "1.00", billing::work::Coverage::Covered, "Looked at it");
    let lines = vec![dock, delivery("Recycling", "1", "18.00"), work, covered];
    let taxes = vec![("Minnesota", "7", 700)];
    let acme = Bill { lines, taxes, ..Bill::new(1, 1, "2026-09-04") };
    issue_booked(&world.app.store, vec![acme, Bill::new(2, 2, "2026-09-04")]).await;
    let tax = quittance::import::resolve::ledger_row(&Ledger::TaxPayable("Minnesota".to_owned()));
    world.app.store.write(move |tx| tx.insert(std::slice::from_ref(&tax))).await.unwrap();
}

/// All of Acme's invoice: 100.00 + 7.00 + 18.00 + 145.00.
const TOTAL: i64 = 27_000;

async fn asks(browser: &mut Browser, line: &str, words: &str) -> Answer {
    browser.post("/invoices/INV-1/questions", &[("line", line), ("kind", "question"), ("words", words)]).await
}

async fn disputes(browser: &mut Browser, line: &str, amount: &str) -> Answer {
    let form = [("line", line), ("kind", "dispute"), ("amount", amount), ("words", "We never got it.")];
    browser.post("/invoices/INV-1/questions", &form).await
}

async fn questions(world: &World) -> Vec<QuestionRow> {
    world.app.store.read(|tx| tx.questions_of(1.into(), 1.into())).await.unwrap()
}

async fn held(world: &World) -> i64 {
    world.app.store.read(|tx| tx.held_by_dispute(1.into(), 1.into())).await.unwrap()
}

/// Where the newest question of Acme's invoice is gone on with.
async fn place(world: &World) -> String {
    format!("/invoices/INV-1/questions/{}", i64::from(questions(world).await.last().unwrap().question_id))
}

async fn credits(world: &World, choice: Choice) {
    let (invoice, reason, key) = ("INV-1".to_owned(), "never delivered".to_owned(), format!("{choice:?}"));
    let ask = CreditInvoice { invoice, choice, reason, key };
    credit_invoice(&world.app, ask, &Actor::console(&world.app)).await.unwrap();
}

async fn a_question_about_a_line_is_answered_and_settled(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("Ask about this line") && page.has("Ask about this invoice"), "{}", page.text());
    let asked = asks(&mut alice, "2", "What was recycled?\r\nAnd where?").await;
    let id = i64::from(questions(&world).await[0].question_id);
    assert_eq!((asked.status, asked.location()), (303, format!("/invoices/INV-1#question-{id}").as_str()));
    let page = alice.get("/invoices/INV-1").await;
    for words in ["What was recycled?\nAnd where?", "Alice Archer", "Not answered yet", "href=\"#question-"] {
        assert!(page.has(words), "{words}: {}", page.text());
    }
    assert!(!page.has("This answers it"), "nothing was answered yet");
    assert_eq!(world.told("Acme Milling: question about INV-1").await, [DESK]);
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    assert!(dana.get("/office").await.has("1 question waits for an answer"));
    let list = dana.get("/office/questions").await;
    assert!(list.has("INV-1, line 2: Acme Milling"), "{}", list.text());
    let office = format!("/office/questions/{id}");
    let answered = dana.post(&office, &[("words", "Two monitors."), ("deed", "answer")]).await;
    assert_eq!((answered.status, answered.location()), (303, office.as_str()), "{}", answered.text());
    assert!(dana.get(&office).await.has("dana, Prairie &#60;IT&#62;"));
    assert_eq!(world.told("Answer about INV-1").await, [ALICE], "Bob is neither the asker nor an admin");
    let letter = world.mailbox.received_by(ALICE).into_iter().find(|letter| letter.subject == "Answer about INV-1");
    let text = letter.unwrap().text.clone();
    assert!(text.contains("Two monitors.") && text.contains("/invoices/INV-1"), "{text}");
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("Two monitors.") && page.has("This answers it"), "{}", page.text());
    let place = place(&world).await;
    assert_eq!(alice.post(&format!("{place}/messages"), &[("words", "Whose?")]).await.status, 303);
    assert_eq!(world.told("Acme Milling: reply about INV-1").await, [DESK]);
    assert_eq!(questions(&world).await[0].state, QuestionState::Asked);
    dana.post(&office, &[("words", "Saw’s."), ("deed", "answer")]).await;
    assert_eq!(alice.post(&format!("{place}/settlement"), &[]).await.status, 303);
    assert_eq!(alice.post(&format!("{place}/settlement"), &[]).await.status, 303, "done twice, it is done once");
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("Settled") && page.has("What was recycled?") && !page.has("This answers it"), "{}", page.text());
    let late = alice.post(&format!("{place}/messages"), &[("words", "One more")]).await;
    assert!(late.status == 422 && late.has("This question is settled."), "{}", late.text());
    assert!(dana.get("/office/questions").await.has("Nobody asks anything"));
    let kinds = world.log().await;
    let count = |kind: AuditKind| kinds.iter().filter(|known| **known == kind).count();
    assert_eq!(
        (count(AuditKind::QuestionAsked), count(AuditKind::QuestionAnswered), count(AuditKind::QuestionSettled)),
        (1, 3, 1)
    );
}

async fn a_whole_invoice_and_an_agreements_line_are_asked_about(world: World) {
    let month = ("2026-09-01", "2026-10-01");
    let lines = vec![charge("L-1", "Managed workstation", month, ("42", "46.50", "46.50"), None)];
    let bill = Bill { stream: billing::Stream::Recurring, lines, ..Bill::new(1, 1, "2026-10-01") };
    issue_booked(&world.app.store, vec![bill]).await;
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(asks(&mut alice, "", "Whose invoice is this?").await.status, 303);
    assert_eq!(asks(&mut alice, "1", "Why 42?").await.status, 303);
    let page = alice.get("/invoices/INV-1").await;
    for words in ["About the whole invoice", "Whose invoice is this?", "Why 42?", "The whole invoice"] {
        assert!(page.has(words), "{words}: {}", page.text());
    }
    assert_eq!(world.told("Acme Milling: question about INV-1").await, [DESK, DESK]);
}

async fn a_disputed_line_is_held_and_the_rest_asked_for(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-1").await.text();
    assert!(page.contains("at most $107.00") && page.contains("value=\"107.00\""), "with its tax: {page}");
    assert_eq!(disputes(&mut alice, "1", "").await.status, 303);
    assert_eq!(held(&world).await, 10_700);
    let page = alice.get("/invoices/INV-1").await;
    for words in ["In dispute, $107.00 held", "disputes $107.00", ">In dispute<", "$163.00"] {
        assert!(page.has(words), "{words}: {}", page.text());
    }
    let list = alice.get("/invoices").await;
    assert!(list.has(">In dispute<") && list.has("$107.00 is held, please pay the rest"), "{}", list.text());
    assert!(alice.get("/invoices").await.has("$270.00"), "it is owed all the same");
    assert_eq!(world.told("Acme Milling: dispute of INV-1").await, [DESK]);
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    assert!(dana.get("/office/questions").await.has("$107.00 held"));
    let read = dana.get(&format!("/office/questions/{}", i64::from(questions(&world).await[0].question_id))).await;
    assert!(read.has("It costs $107.00 with its tax.") && !read.has("Send the answer"), "{}", read.text());
    // An answer ends no hold, and who disputes says when it is answered.
    let (question, by) = (questions(&world).await[0].question_id, Actor::console(&world.app));
    let said = answer_question(&world.app, Speaker::Staff, (question, Hold::Stays), "We delivered it on Sep 14.", &by);
    said.await.unwrap();
    assert_eq!(held(&world).await, 10_700);
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("$107.00 is not held any more then."), "{}", page.text());
    assert_eq!(alice.post(&format!("{}/settlement", place(&world).await), &[]).await.status, 303);
    assert_eq!(held(&world).await, 0);
    assert!(!alice.get("/invoices").await.has(">In dispute<"));
}

async fn never_more_is_held_than_is_open(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    for (line, amount) in
        [("1", "107.01"), ("1", "0"), ("1", "-5"), ("1", "much"), ("4", ""), ("4", "1"), ("", "270.01")]
    {
        let refused = disputes(&mut alice, line, amount).await;
        assert_eq!(refused.status, 422, "{line} {amount}: {}", refused.text());
        assert!(refused.has("We never got it.") && refused.has("<title>Error:"), "{line} {amount}: {}", refused.text());
    }
    assert!(disputes(&mut alice, "1", "much").await.has("“much” is not an amount that can be held."));
    assert!(disputes(&mut alice, "4", "").await.has("Nothing of this can be held"));
    assert_eq!(disputes(&mut alice, "1", "$100.00").await.status, 303);
    assert_eq!(disputes(&mut alice, "1", "7.01").await.status, 422, "of a line no more than it costs");
    assert_eq!(disputes(&mut alice, "1", "7").await.status, 303);
    assert_eq!(disputes(&mut alice, "", "").await.status, 303, "the rest of the invoice");
    assert_eq!(held(&world).await, TOTAL);
    assert_eq!(disputes(&mut alice, "2", "").await.status, 422, "nothing is left to hold");
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("nothing has to be paid until that is settled"), "{}", page.text());
    credits(&world, Choice::All).await;
    assert_eq!(held(&world).await, 0);
    assert_eq!(disputes(&mut alice, "", "1").await.status, 422, "nothing of it is open");
}

async fn staff_end_a_hold_with_an_answer(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "1", "50").await;
    let office = format!("/office/questions/{}", i64::from(questions(&world).await[0].question_id));
    let mut rita = world.staff("rita", Rights::Read, Proof::Passkey).await;
    assert_eq!(rita.post(&office, &[("words", "No."), ("deed", "release")]).await.status, 403);
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let page = dana.get(&office).await;
    assert!(page.has("quittance credit note INV-1 --lines 1") && page.has("$50.00 stays held"), "{}", page.text());
    let empty = dana.post(&office, &[("words", "  "), ("deed", "release")]).await;
    assert!(empty.status == 422 && empty.has("Write a few words."), "{}", empty.text());
    assert_eq!(dana.post(&office, &[("words", "No."), ("deed", "perhaps")]).await.status, 422);
    assert_eq!(held(&world).await, 5_000);
    assert_eq!(dana.post(&office, &[("words", "You signed for it."), ("deed", "release")]).await.status, 303);
    assert_eq!(held(&world).await, 0);
    let again = dana.post(&office, &[("words", "You did."), ("deed", "release")]).await;
    assert!(again.status == 422 && again.has("This question holds no amount."), "{}", again.text());
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("You signed for it.") && page.has("nothing is held any more"), "{}", page.text());
    assert!(page.has("Answered") && !page.has(">In dispute<"), "{}", page.text());
    assert_eq!(world.told("Answer about INV-1").await, [ALICE]);
    // Staff may close it with a word.
    let settled = dana.post(&office, &[("words", "Talked on the telephone."), ("deed", "settle")]).await;
    assert_eq!(settled.status, 303);
    assert_eq!(world.told("Settled: question about INV-1").await, [ALICE]);
    assert_eq!(dana.get("/office/questions/77").await.status, 404);
    assert_eq!(dana.get("/office/questions/abc").await.status, 404);
}

async fn a_credit_note_ends_the_dispute(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "1", "").await;
    disputes(&mut alice, "3", "").await;
    credits(&world, Choice::Lines(vec![3])).await;
    let states: Vec<_> = questions(&world).await.iter().map(|row| (row.state, row.held_minor)).collect();
    assert_eq!(states, [(QuestionState::Asked, 10_700), (QuestionState::Settled, 0)]);
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("CN-1001 credits $145.00 of it."), "{}", page.text());
    assert_eq!(world.told("CN-1001 credits what was disputed of INV-1").await, [ALICE]);
    // A part of it lowers what is held; the rest ends it. What is credited elsewhere doesn't.
    credits(&world, Choice::Lines(vec![2])).await;
    assert_eq!(held(&world).await, 10_700);
    credits(&world, Choice::Amount(2_700)).await;
    assert_eq!(held(&world).await, 8_000);
    credits(&world, Choice::Lines(vec![1])).await;
    let first = &questions(&world).await[0];
    assert_eq!((first.state, held(&world).await), (QuestionState::Settled, 0));
    assert!(world.log().await.contains(&AuditKind::QuestionSettled));
}

async fn a_disputed_part_earns_no_late_fee(world: World) {
    issued(&world).await;
    let mut row = ProviderRow::clone(&world.app.provider());
    row.version += 1;
    row.receivables.late_fee.percent_per_year = "36.5".parse().unwrap();
    world.app.store.write(move |tx| tx.insert_provider(row.clone())).await.unwrap();
    world.app.refresh().await.unwrap();
    let of_acme = async || {
        let due = planned(&world.app).await.unwrap();
        due.into_iter().find(|due| due.overdue.number == "INV-1").map(|due| due.overdue.balance_minor)
    };
    assert_eq!(of_acme().await, Some(TOTAL));
    let mut alice = world.signed_in(ALICE).await;
    disputes(&mut alice, "1", "").await;
    assert_eq!(of_acme().await, Some(TOTAL - 10_700));
    disputes(&mut alice, "", "").await;
    assert_eq!(of_acme().await, None, "all of it is in dispute");
    let by = Actor::console(&world.app);
    for question in questions(&world).await {
        settle_question(&world.app, Speaker::Staff, question.question_id, "Talked about it.", &by).await.unwrap();
    }
    assert_eq!(of_acme().await, Some(TOTAL));
}

async fn strangers_find_nothing(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    asks(&mut alice, "1", "Secret words").await;
    let place = place(&world).await;
    let theirs = place.replace("INV-1", "INV-2");
    let mut carol = world.signed_in(CAROL).await;
    assert_eq!(asks(&mut carol, "1", "Mine?").await.status, 404);
    assert_eq!(disputes(&mut carol, "1", "1").await.status, 404);
    for place in [&place, &theirs] {
        assert_eq!(carol.post(&format!("{place}/messages"), &[("words", "x")]).await.status, 404, "{place}");
        assert_eq!(carol.post(&format!("{place}/settlement"), &[]).await.status, 404, "{place}");
    }
    assert!(!carol.get("/invoices/INV-2").await.has("Secret words"));
    assert_eq!(alice.post(&format!("{theirs}/messages"), &[("words", "x")]).await.status, 404);
    for nowhere in ["/invoices/INV-1/questions/77", "/invoices/INV-1/questions/abc", "/invoices/INV-9/questions/1"] {
        assert_eq!(alice.post(&format!("{nowhere}/messages"), &[("words", "x")]).await.status, 404, "{nowhere}");
    }
    assert_eq!(asks(&mut alice, "9", "No such line").await.status, 404);
    assert_eq!(asks(&mut alice, "0", "No such line").await.status, 404);
    assert_eq!(asks(&mut alice, "x", "No line").await.status, 422);
    let path = "/invoices/INV-1/questions";
    assert_eq!(alice.post(path, &[("kind", "demand"), ("words", "x")]).await.status, 422);
    assert_eq!(alice.post(path, &[("kind", "question"), ("words", "x"), ("price", "1")]).await.status, 422);
    assert_eq!(world.browser().post(path, &[("kind", "question"), ("words", "x")]).await.location(), "/sign-in");
    let mut dana = world.staff("dana", Rights::Billing, Proof::Code).await;
    assert!(dana.get("/office/questions").await.location().starts_with("/prove"));
    assert_eq!(alice.get("/office/questions").await.status, 404);
    assert_eq!(questions(&world).await.len(), 1);
}

async fn who_only_reads_asks_but_disputes_nothing(world: World) {
    issued(&world).await;
    let mut bob = world.signed_in(BOB).await;
    assert!(!bob.get("/invoices/INV-1").await.has("I dispute it"));
    let refused = disputes(&mut bob, "1", "").await;
    assert!(refused.status == 422 && refused.has("You may ask, but not dispute an amount"), "{}", refused.text());
    assert_eq!(asks(&mut bob, "1", "Which dock?").await.status, 303);
    let place = place(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(alice.post(&format!("{place}/messages"), &[("words", "The black one?")]).await.status, 303);
    let not_hers = alice.post(&format!("{place}/settlement"), &[]).await;
    assert!(not_hers.status == 422 && not_hers.has("Only who asked, or an admin"), "{}", not_hers.text());
    assert_eq!(bob.post(&format!("{place}/settlement"), &[]).await.status, 303);
    assert_eq!(held(&world).await, 0);
    // Who may not pay any more doesn't end what is held either.
    disputes(&mut alice, "1", "").await;
    let place = self::place(&world).await;
    let demoted = world.app.store.write(|tx| {
        let contacts = tx.contacts_of(1.into())?;
        let viewer = |contact: ContactRow| ContactRow { role: billing::account::Role::Viewer, ..contact };
        tx.replace(&contacts.into_iter().map(viewer).collect::<Vec<_>>())
    });
    demoted.await.unwrap();
    assert_eq!(alice.post(&format!("{place}/settlement"), &[]).await.status, 422);
    assert_eq!(held(&world).await, 10_700);
}

async fn words_are_kept_as_they_are_and_do_nothing(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    let hostile = "<script>alert(1)</script> {{ 7*7 }} '; DROP TABLE question; --\0\u{202e}\n.\n\n\"=cmd|' /C calc'!A0";
    assert_eq!(asks(&mut alice, "1", hostile).await.status, 303);
    let kept = world.app.store.read(|tx| tx.messages_of_invoice(1.into(), 1.into())).await.unwrap();
    assert_eq!(kept[0].words, hostile.replace(['\0', '\u{202e}'], ""));
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("&#60;script&#62;alert(1)") && !page.has("<script>alert"), "{}", page.text());
    assert!(page.has("{{ 7*7 }}"));
    world.told("question about INV-1").await;
    let letters = world.mailbox.received_by(DESK);
    let letter = letters.iter().find(|letter| letter.subject.contains("question about")).unwrap();
    assert!(letter.text.contains("<script>alert(1)</script>") && letter.text.contains("A0"), "{}", letter.text);
    let mut dana = world.staff("dana", Rights::Billing, Proof::Passkey).await;
    let office = format!("/office/questions/{}", i64::from(questions(&world).await[0].question_id));
    assert!(!dana.get(&office).await.has("<script>alert"));
    let long = "é".repeat(5_000);
    assert_eq!(asks(&mut alice, "1", &long).await.status, 303);
    assert!(alice.get("/invoices/INV-1").await.has(&long));
    assert_eq!(dana.post(&office, &[("words", hostile), ("deed", "answer")]).await.status, 303);
    assert_eq!(world.told("Answer about INV-1").await, [ALICE]);
}

async fn what_cannot_be_said_is_told(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    for empty in ["", "  \r\n ", "\0"] {
        let refused = asks(&mut alice, "1", empty).await;
        assert!(refused.status == 422 && refused.has("Write a few words."), "{}", refused.text());
    }
    let long = "x".repeat(5_001);
    let refused = asks(&mut alice, "1", &long).await;
    assert!(refused.status == 422 && refused.has("This is 5,001 characters long."), "{}", refused.text());
    assert!(refused.has(&long), "what was typed isn't lost");
    assert_eq!(asks(&mut alice, "1", &"x".repeat(300_000)).await.status, 413);
    assert_eq!(questions(&world).await, []);
    asks(&mut alice, "1", "Short").await;
    let place = place(&world).await;
    let refused = alice.post(&format!("{place}/messages"), &[("words", &long)]).await;
    assert!(refused.status == 422 && refused.has("This is 5,001 characters long."), "{}", refused.text());
    assert_eq!(alice.post(&format!("{place}/messages"), &[("words", "x"), ("who", "y")]).await.status, 422);
}

async fn a_form_sent_twice_asks_once(world: World) {
    issued(&world).await;
    let alice = world.signed_in(ALICE).await;
    let tries = (0..8).map(|_| {
        let mut browser = alice.clone();
        async move { disputes(&mut browser, "1", "60").await.status }
    });
    let answers = futures_util::future::join_all(tries).await;
    assert_eq!(answers, [303; 8]);
    assert_eq!((questions(&world).await.len(), held(&world).await), (1, 6_000));
    // Two that differ can't hold more than there is, together.
    let tries = ["40", "41", "42"].map(|amount| {
        let mut browser = alice.clone();
        async move {
            let form = [("line", "1"), ("kind", "dispute"), ("amount", amount), ("words", amount)];
            browser.post("/invoices/INV-1/questions", &form).await.status
        }
    });
    let mut answers = futures_util::future::join_all(tries).await;
    answers.sort_unstable();
    assert_eq!(answers, [303, 422, 422]);
    assert!(held(&world).await <= 10_700);
    let place = place(&world).await;
    let replies = ["a", "a", "b", "b", "c"].map(|words| {
        let (mut browser, place) = (alice.clone(), format!("{place}/messages"));
        async move { browser.post(&place, &[("words", words)]).await.status }
    });
    assert_eq!(futures_util::future::join_all(replies).await, [303; 5]);
    let messages = world.app.store.read(|tx| tx.messages_of_invoice(1.into(), 1.into())).await.unwrap();
    let last = questions(&world).await.last().unwrap().question_id;
    let numbers: Vec<i64> = messages.iter().filter(|row| row.question_id == last).map(|row| row.message_no).collect();
    assert!((4..=6).contains(&numbers.len()) && numbers.iter().zip(1..).all(|(no, place)| *no == place), "{numbers:?}");
}

async fn many_messages_wait_until_tomorrow(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    for count in 0..20 {
        assert_eq!(asks(&mut alice, "1", &format!("Question {count}")).await.status, 303);
    }
    let refused = asks(&mut alice, "1", "One more").await;
    assert!(refused.status == 429 && refused.has("You have sent 20 messages in a day."), "{}", refused.text());
    assert!(refused.has("One more"), "what was typed isn't lost");
    let reply = alice.post(&format!("{}/messages", place(&world).await), &[("words", "And")]).await;
    assert_eq!(reply.status, 429);
    let mut bob = world.signed_in(BOB).await;
    assert_eq!(asks(&mut bob, "1", "One more").await.status, 303, "each person for themselves");
    // Staff answer as much as they like.
    let (question, by) = (questions(&world).await[0].question_id, Actor::console(&world.app));
    for count in 0..25 {
        let words = format!("Answer {count}");
        answer_question(&world.app, Speaker::Staff, (question, Hold::Stays), &words, &by).await.unwrap();
    }
    world.passes(SignedDuration::from_hours(25));
    let mut alice = world.signed_in(ALICE).await;
    assert_eq!(asks(&mut alice, "1", "One more").await.status, 303);
}

async fn who_has_left_is_not_mailed(world: World) {
    issued(&world).await;
    let mut bob = world.signed_in(BOB).await;
    asks(&mut bob, "1", "Which dock?").await;
    let (question, by) = (questions(&world).await[0].question_id, Actor::console(&world.app));
    quittance::actions::remove_contact::remove_contact(
        &world.app,
        1.into(),
        (2.into(), quittance::actions::remove_contact::LastAdmin::Goes),
        &by,
    )
    .await
    .unwrap();
    answer_question(&world.app, Speaker::Staff, (question, Hold::Stays), "The black one.", &by).await.unwrap();
    assert_eq!(world.told("Answer about INV-1").await, [""; 0], "Alice is no admin, and did not ask");
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-1").await;
    assert!(page.has("Bob Brown") && page.has("The black one."), "it is kept: {}", page.text());
    assert!(page.has("Prairie &#60;IT&#62;"), "the console speaks for the provider");
}

async fn staff_who_look_as_a_customer_say_nothing(world: World) {
    issued(&world).await;
    let mut alice = world.signed_in(ALICE).await;
    asks(&mut alice, "1", "Which dock?").await;
    let mut dana = world.staff("dana", Rights::Read, Proof::Passkey).await;
    dana.post("/office/viewing", &[("account", "C-1")]).await;
    let page = dana.get("/invoices/INV-1").await;
    assert!(page.has("Which dock?") && !page.has("Ask about this line") && !page.has("Reply"), "{}", page.text());
    assert_eq!(asks(&mut dana, "1", "Mine").await.status, 403);
    assert_eq!(dana.post(&format!("{}/messages", place(&world).await), &[("words", "x")]).await.status, 403);
}
