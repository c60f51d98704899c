//! Random exports against the second computation: ten seeds on SQLite and three on PostgreSQL, more with `--slow`.

use std::process::Command;

use store::testing::Database;

use crate::figures::{agree, issue, runs};
use crate::house::{House, is_slow, python, root, text};

#[test]
fn random_exports_on_sqlite() {
    let count = if is_slow() { 100 } else { 10 };
    (1..=count).for_each(|seed| agrees(Database::Sqlite, seed));
}

#[test]
fn random_exports_on_postgres() {
    let count = if is_slow() { 20 } else { 3 };
    (1..=count).for_each(|seed| agrees(Database::Postgres, 1000 + seed));
}

fn agrees(database: Database, seed: u32) {
    println!("seed {seed}");
    let house = House::on(database);
    let export = house.path("export");
    let script = root().join("oracle/random_export.py");
    let made = Command::new(python()).args([text(&script), &seed.to_string(), text(&export)]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let until = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    house.takes(&export);
    let profile: toml::Table = std::fs::read_to_string(export.join("provider.toml")).unwrap().parse().unwrap();
    let date = |key: &str| profile[key].to_string().parse().unwrap();
    for run in runs(date("billing_starts_on"), date("biweekly_anchor_on"), until.parse().unwrap()) {
        issue(&house, &run);
    }
    agree(&house, &export, &until);
    house.is_sound();
}
