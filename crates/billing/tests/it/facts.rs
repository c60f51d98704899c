//! What other systems say, put to the rules: the tables in `tests/facts`.

use std::path::Path;

use cases::{Verdict, facts, judge};

/// Judges all facts of a file: those that are ours hold, those of another convention don't.
fn hold(family: &str, count: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/facts").join(family).with_extension("txt");
    let facts = facts(family, &std::fs::read_to_string(path).unwrap()).unwrap();
    for fact in &facts {
        let expected = if fact.recommended { Verdict::Held } else { Verdict::Other };
        assert_eq!(judge(fact), expected, "{}: {fact:#?}", fact.id);
    }
    assert_eq!(facts.len(), count);
}

#[test]
fn ageing_is_what_others_have() {
    hold("ageing", 10);
}

#[test]
fn splits_are_what_others_have() {
    hold("allocation", 32);
}

#[test]
fn auto_pay_charges_what_others_charge() {
    hold("autopay", 11);
}

#[test]
fn days_are_what_others_have() {
    hold("calendar", 114);
}

#[test]
fn dunning_is_what_others_do() {
    hold("dunning", 11);
}

#[test]
fn e_invoices_sum_as_the_samples_do() {
    hold("einvoice_totals", 19);
}

#[test]
fn numbers_are_what_others_give() {
    hold("numbering", 7);
}

#[test]
fn balances_are_what_others_have() {
    hold("payment_lifecycle", 27);
}

#[test]
fn prorations_are_what_others_charge() {
    hold("proration", 77);
}

#[test]
fn taxes_are_what_others_compute() {
    hold("tax_rounding", 72);
}

#[test]
fn worked_time_is_what_others_bill() {
    hold("time_rounding", 8);
}
