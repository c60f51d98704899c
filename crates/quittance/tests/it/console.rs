//! What waits for staff, seen to at the console.

use billing::question::{QuestionState, Said, Side};
use jiff::Timestamp;
use store::payment::PaymentExceptionRow;
use store::question::{QuestionMessageRow, QuestionRow};

use crate::export::Export;
use crate::house::House;

houses!(questions_are_answered_and_settled, what_does_not_fit_is_seen_to);

/// A customer disputes 12.00 of an invoice, as question 7.
fn disputed(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let number = house.invoices().remove(0).number;
    let at = Timestamp::from_second(1_785_600_000).unwrap();
    house.writes(move |tx| {
        let row = tx.number(&number)?.unwrap();
        let contact = tx.contacts_of(row.account_id)?.remove(0);
        tx.insert(&[QuestionRow {
            account_id: row.account_id,
            question_id: 7.into(),
            invoice_id: row.document_id,
            line_no: Some(1),
            state: QuestionState::Asked,
            held_minor: 1_200,
            asked_by: contact.person_id,
            asked_at: at,
            changed_at: at,
        }])?;
        tx.insert(&[QuestionMessageRow {
            account_id: row.account_id,
            question_id: 7.into(),
            message_no: 1,
            side: Side::Customer,
            said: Said::Disputed,
            person_id: Some(contact.person_id),
            author: contact.name,
            words: "We sent two of these back.".to_owned(),
            held_minor: 1_200,
            made_at: at,
            written_at: at,
        }])
    });
}

fn questions_are_answered_and_settled(house: &House) {
    disputed(house);
    let listed = house.does(&["questions", "list"]).out;
    assert!(listed.contains(" 7 ") && listed.contains("line 1: waits for an answer, $12.00 held"), "{listed}");
    assert!(house.does(&["questions", "show", "7"]).out.contains("We sent two of these back."));
    assert!(house.refuses(&["questions", "answer", "8", "--words", "Yes"]).err.contains("there is no question 8"));
    house.refuses(&["questions", "answer", "7", "--words", " "]);
    assert_eq!(house.does(&["questions", "answer", "7", "--words", "They came on Tuesday."]).out.trim(), "Answered.");
    let shown = house.does(&["questions", "show", "7"]).out;
    assert!(shown.contains("answered, $12.00 held") && shown.contains("They came on Tuesday."), "{shown}");
    assert_eq!(house.does(&["questions", "settle", "7", "--words", "Credited with CN-1."]).out.trim(), "Settled.");
    assert_eq!(house.does(&["questions", "list"]).out.trim(), "Nobody asks anything.");
    assert!(house.does(&["questions", "show", "7"]).out.contains("settled, $0.00 held"));
    house.refuses(&["questions", "settle", "7", "--words", "Again"]);
    house.is_sound();
}

fn what_does_not_fit_is_seen_to(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    house.writes(|tx| {
        tx.insert(&[PaymentExceptionRow {
            exception_id: 9.into(),
            key: "charge ch_1".to_owned(),
            payment_id: None,
            words: "The processor has $18.00 that we never asked for".to_owned(),
            made_at: Timestamp::from_second(1_785_600_000).unwrap(),
            resolved_by: None,
            resolved_at: None,
            resolution: None,
        }])
    });
    let listed = house.does(&["payments", "exceptions"]).out;
    assert!(listed.contains(" 9 ") && listed.contains("that we never asked for"), "{listed}");
    assert!(house.refuses(&["payments", "resolve", "8", "--how", "x"]).err.contains("number 8"));
    house.refuses(&["payments", "resolve", "9", "--how", " "]);
    house.ends(2, &["payments", "resolve", "9"]);
    assert_eq!(house.does(&["payments", "resolve", "9", "--how", "A test of the shop's"]).out.trim(), "Seen to.");
    assert_eq!(house.does(&["payments", "exceptions"]).out.trim(), "Nothing waits.");
    house.refuses(&["payments", "resolve", "9", "--how", "Again"]);
    assert!(house.does(&["audit"]).out.contains("A test of the shop's"));
    house.is_sound();
}
