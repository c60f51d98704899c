//! The whole sample, both streams, every run: to the cent and the day against figures computed by other means.

use crate::export::Export;
use crate::figures::{compare, issue, runs};
use crate::house::{House, root, text};

houses!(every_invoice_of_the_sample);

fn every_invoice_of_the_sample(house: &House) {
    let sample = Export::sample();
    house.inits(&sample);
    let said = house.does(&["import", text(&sample)]);
    assert!(said.err.contains("C-1029"), "nobody receives its recurring invoices: {}", said.err);
    for run in runs("2026-07-01".parse().unwrap(), "2026-01-09".parse().unwrap(), "2026-11-01".parse().unwrap()) {
        issue(house, &run);
    }
    compare(house, &root().join("oracle/expected"));
    house.is_sound();
}
