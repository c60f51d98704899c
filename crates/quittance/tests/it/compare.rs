//! Another system's invoices beside ours: all agree, or each difference has its cause.

use std::fmt::Write as _;

use serde_json::Value;
use store::testing::Database;

use crate::export::Export;
use crate::house::{House, Listed, text};

houses!(
    what_was_issued_agrees_until_something_differs,
    what_was_never_issued_is_planned,
    billing_begins_earlier_on_the_copy,
    lines_tell_the_cause,
    a_file_that_is_wrong_is_told,
);

const ACCOUNTS: [&str; 5] = ["C-1000", "C-1008", "C-1021", "C-1023", "C-1026"];

fn made(house: &House) -> Export {
    let export = Export::of(&ACCOUNTS, house.path("export"));
    house.takes(&export.folder);
    export
}

fn bills(house: &House) {
    for month in ["2026-07", "2026-08", "2026-09"] {
        house.does(&["run", "recurring", "--for", month, "--approve"]);
    }
    for day in ["2026-07-10", "2026-07-24", "2026-08-07", "2026-08-21", "2026-09-04", "2026-09-18"] {
        house.does(&["run", "biweekly", "--on", day, "--approve"]);
    }
}

fn major(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100)
}

/// The file with these invoices; `with` changes a total, or leaves it out.
fn file(house: &House, invoices: &[Listed], with: impl Fn(&Listed) -> Option<i64>) -> String {
    let mut csv = "account,stream,issued_on,total\n".to_owned();
    for one in invoices {
        if let Some(total) = with(one) {
            writeln!(csv, "{},{},{},{}", one.account, one.stream, one.issued_on, major(total)).unwrap();
        }
    }
    put(house, &csv)
}

fn put(house: &House, csv: &str) -> String {
    let path = house.path("theirs.csv");
    std::fs::write(&path, csv).unwrap();
    text(&path).to_owned()
}

fn compared(house: &House, code: i32, file: &str) -> Value {
    serde_json::from_str(&house.ends(code, &["compare", file, "--json"]).out).unwrap()
}

/// Account, date there, cause and amount of everything that differs.
fn causes(shown: &Value) -> Vec<(String, String, i64)> {
    let mut all = Vec::new();
    for one in shown["differences"].as_array().unwrap() {
        let mut sum = 0;
        for cause in one["causes"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let amount = cause["amount_minor"].as_i64().unwrap();
            all.push((text(&one["account"]), text(&cause["cause"]), amount));
            sum += amount;
        }
        assert_eq!(one["difference_minor"], sum, "{one}");
    }
    all
}

fn what_was_issued_agrees_until_something_differs(house: &House) {
    made(house);
    bills(house);
    let invoices = house.invoices();
    let shown = compared(house, 0, &file(house, &invoices, |one| Some(one.total_minor)));
    assert_eq!((&shown["agreed"], &shown["planned"]), (&invoices.len().into(), &Value::Array(Vec::new())), "{shown}");
    assert_eq!(shown["sums"]["USD"]["difference_minor"], 0);
    // One without tax, one off by a cent, one left out.
    let taxed = invoices.iter().find(|one| one.account == "C-1000" && one.tax_minor > 100).unwrap().clone();
    let off = invoices.iter().find(|one| one.account == "C-1026").unwrap().clone();
    let gone = invoices.iter().find(|one| one.account == "C-1008").unwrap().clone();
    let mut path = file(house, &invoices, |one| match one {
        one if one.number == taxed.number => Some(one.subtotal_minor),
        one if one.number == off.number => Some(one.total_minor + 1),
        one if one.number == gone.number => None,
        one => Some(one.total_minor),
    });
    let mut csv = std::fs::read_to_string(&path).unwrap();
    csv.push_str("X-1,recurring,2026-08-01,12.00\n");
    path = put(house, &csv);
    let shown = compared(house, 1, &path);
    let mut found = causes(&shown);
    found.sort();
    let one = |account: &str, cause: &str, amount: i64| (account.to_owned(), cause.to_owned(), amount);
    let expected = [
        one("C-1000", "tax", -taxed.tax_minor),
        one("C-1008", "missing_there", -gone.total_minor),
        one("C-1026", "rounding", 1),
        one("X-1", "unknown_account", 1200),
    ];
    assert_eq!(found, expected);
    let told = house.ends(1, &["compare", &path]).out;
    assert!(told.contains("4 differ.") && told.contains("there is no tax there"), "{told}");
    house.is_sound();
}

fn what_was_never_issued_is_planned(house: &House) {
    let theirs = House::on(Database::Sqlite);
    made(&theirs);
    bills(&theirs);
    made(house);
    let invoices = theirs.invoices();
    let shown = compared(house, 0, &file(house, &invoices, |one| Some(one.total_minor)));
    assert_eq!(shown["agreed"], invoices.len(), "{shown}");
    assert_eq!(shown["planned"], serde_json::json!(["recurring", "biweekly"]));
    assert_eq!(house.invoices(), []);
    assert_eq!(house.does(&["run", "list"]).out, "");
}

fn billing_begins_earlier_on_the_copy(house: &House) {
    let theirs = House::on(Database::Sqlite);
    made(&theirs);
    bills(&theirs);
    let export = Export::of(&ACCOUNTS, house.path("export"));
    export.replace("provider.toml", "billing_starts_on = 2026-07-01", "billing_starts_on = 2026-11-01");
    house.takes(&export.folder);
    let mut invoices = theirs.invoices();
    invoices.retain(|one| one.stream == "recurring" && one.issued_on == "2026-10-01");
    assert!(invoices.len() >= 2);
    let shown = compared(house, 0, &file(house, &invoices, |one| Some(one.total_minor)));
    assert_eq!(shown["agreed"], invoices.len(), "{shown}");
}

fn lines_tell_the_cause(house: &House) {
    made(house);
    bills(house);
    let invoice =
        house.invoices().into_iter().find(|one| one.account == "C-1000" && one.issued_on == "2026-09-01").unwrap();
    let shown: Value = serde_json::from_str(&house.does(&["invoices", &invoice.number, "--json"]).out).unwrap();
    let lines = shown["lines"].as_array().unwrap();
    let row = |description: &str, amount: i64, total: i64| {
        format!("C-1000,recurring,2026-09-01,{},\"{description}\",{}\n", major(total), major(amount))
    };
    let head = "account,stream,issued_on,total,line_description,line_amount\n";
    let amount = |line: &Value| line["amount_minor"].as_i64().unwrap();
    let name = |line: &Value| line["description"].as_str().unwrap().to_owned();
    let price = |line: &Value| {
        (line["charged_price"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap()
            * rust_decimal::Decimal::ONE_HUNDRED)
            .try_into()
            .unwrap()
    };
    // Each in turn: one unit more of the first line, a line of their own, the first line left out, half of a month.
    let more: i64 = price(&lines[0]);
    let first = amount(&lines[0]);
    for (first_amount, extra, expected) in [
        (Some(first + more), None, vec![("quantity", more)]),
        (Some(first), Some(500), vec![("missing_here", 500)]),
        (None, None, vec![("missing_there", -first)]),
        (Some(first), Some(-300), vec![("missing_here", -300)]),
    ] {
        let total = invoice.total_minor + expected.iter().map(|(_, amount)| amount).sum::<i64>();
        let mut csv = head.to_owned();
        for (place, line) in lines.iter().enumerate() {
            let own = if place == 0 { first_amount } else { Some(amount(line)) };
            csv.extend(own.map(|own| row(&name(line), own, total)));
        }
        csv.extend(extra.map(|extra| row("Their own", extra, total)));
        let found = causes(&compared(house, 1, &put(house, &csv)));
        let found: Vec<(&str, i64)> =
            found.iter().filter(|one| one.0 == "C-1000").map(|one| (one.1.as_str(), one.2)).collect();
        assert_eq!(found, expected);
    }
}

fn a_file_that_is_wrong_is_told(house: &House) {
    made(house);
    let wrong = "account,stream,issued_on,total\nC-1000,monthly,2026-09-31,1,000.00\nC-1000,recurring,2026-09-31,1000.00\n\
                 C-1000,recurring,2026-09-01,1.00\nC-1000,recurring,2026-09-01,2.00\n";
    let said = house.refuses(&["compare", &put(house, wrong)]);
    for words in
        ["theirs.csv:2", "theirs.csv:3: column issued_on", "theirs.csv:5: its invoice stands on line 4 already"]
    {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let said = house.refuses(&["compare", &put(house, "account,total\n")]);
    assert!(said.err.contains("the header is account,total"), "{}", said.err);
    let later = "account,stream,issued_on,total\nC-1000,recurring,2999-01-01,1.00\n";
    assert!(house.refuses(&["compare", &put(house, later)]).err.contains("after today"));
    assert!(house.refuses(&["compare", "/nowhere.csv"]).err.contains("can't be read"));
}
