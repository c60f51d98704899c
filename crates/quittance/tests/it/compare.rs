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
    each_cause_is_named,
    work_that_waits_here_is_named,
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

/// An agreement of known figures: 310.00 of workstations, 50.00 of mailboxes, a server of 62.00 from the 17th of August and a
/// firewall of 20.00 from September; nothing of it is taxed. And two entries of work that no run takes in time.
fn of_known_figures(house: &House) {
    let export = Export::of(&["C-1008", "C-1021"], house.path("export"));
    export.put(
        "agreements.csv",
        "agreement,account,name,starts_on,ends_on,billing,po_number\nAG-T,C-1008,Core,2026-07-01,,arrears,\n",
    );
    export.put(
        "agreement_lines.csv",
        "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate\n\
         T-1,AG-T,MW-CORE,Workstations,2026-07-01,,10,31.00,yes\nT-2,AG-T,M365-BB,Mailboxes,2026-07-01,,5,10.00,yes\n\
         T-3,AG-T,MSRV,Server,2026-08-17,,1,62.00,yes\nT-4,AG-T,MNET,Firewall,2026-09-01,,1,20.00,yes\n",
    );
    export
        .put("products.csv", "delivery,account,ticket,delivered_on,item,description,quantity,unit_price,approved_on\n");
    let entry = |id: &str, account: &str, day: &str, hours: &str, rate: &str, approved: &str| {
        format!(
            "{id},{account},T-{id},Work,Pat,Office,{day},09:00,10:00,K. Lee,Remote,{hours},{hours},{rate},billable,,\
             Notes of {id},,{approved}\n"
        )
    };
    let head = "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,work_type,\
                hours_worked,hours_billed,rate,billing,agreement,notes,internal_notes,approved_on\n";
    let rows = [
        entry("E-1", "C-1008", "2026-08-10", "1", "100.00", "2026-08-11"),
        entry("E-2", "C-1008", "2026-08-11", "2", "85.00", ""),
        entry("E-3", "C-1008", "2026-08-19", "1", "45.00", "2026-08-24"),
        entry("E-4", "C-1021", "2026-08-12", "1", "90.00", ""),
    ];
    export.put("time_entries.csv", format!("{head}{}", rows.concat()));
    house.takes(&export.folder);
    for month in ["2026-07", "2026-08", "2026-09"] {
        house.does(&["run", "recurring", "--for", month, "--approve"]);
    }
    house.does(&["run", "biweekly", "--on", "2026-08-21", "--approve"]);
}

/// What is told of a file: cause and amount, in the order of the invoices.
fn told(house: &House, csv: &str) -> Vec<(String, i64)> {
    causes(&compared(house, 1, &put(house, csv))).into_iter().map(|(_, cause, amount)| (cause, amount)).collect()
}

fn each_cause_is_named(house: &House) {
    of_known_figures(house);
    let one = |cause: &str, amount: i64| (cause.to_owned(), amount);
    let totals = "account,stream,issued_on,total\n";
    let lines = "account,stream,issued_on,total,line_description,line_amount\n";
    // August here: 310.00, 50.00, and 30.00 for 15 of 31 days of the server.
    let august = |workstations: &str, server: &str, total: &str| {
        let row = |what: &str, amount: &str| format!("C-1008,recurring,2026-09-01,{total},{what},{amount}\n");
        [lines.to_owned(), row("Workstations", workstations), row("Mailboxes", "50.00"), row("Server", server)].concat()
    };
    let whole_month = format!("{totals}C-1008,recurring,2026-09-01,422.00\n");
    assert_eq!(told(house, &whole_month), [one("proration", 32_00)]);
    assert_eq!(told(house, &august("310.00", "62.00", "422.00")), [one("proration", 32_00)]);
    assert_eq!(told(house, &august("310.00", "32.00", "392.00")), [one("proration", 2_00)], "16 of 31 days");
    assert_eq!(told(house, &august("305.00", "30.00", "385.00")), [one("price", -5_00)]);
    let said = house.ends(1, &["compare", &put(house, &august("305.00", "30.00", "385.00"))]).out;
    assert!(said.contains("a price of 30.5 there and 31 here"), "{said}");
    // The firewall stands on theirs of September's first, and on ours a month later.
    let ahead = [
        august("310.00", "30.00", "410.00"),
        "C-1008,recurring,2026-09-01,410.00,Firewall,20.00\n".to_owned(),
        "C-1008,recurring,2026-10-01,422.00,Workstations,310.00\nC-1008,recurring,2026-10-01,422.00,Mailboxes,50.00\n\
         C-1008,recurring,2026-10-01,422.00,Server,62.00\n"
            .to_owned(),
    ];
    assert_eq!(told(house, &ahead.concat()), [one("other_period", 20_00), one("missing_there", -20_00)]);
    // July's invoice, dated three weeks earlier.
    let early = format!("{totals}C-1008,recurring,2026-07-10,360.00\nC-1008,recurring,2026-09-01,390.00\n");
    assert_eq!(told(house, &early), [one("other_period", 0)]);
    house.is_sound();
}

fn work_that_waits_here_is_named(house: &House) {
    of_known_figures(house);
    let one = |cause: &str, amount: i64| (cause.to_owned(), amount);
    let file =
        |account: &str, total: &str| format!("account,stream,issued_on,total\n{account},biweekly,2026-08-21,{total}\n");
    assert_eq!(told(house, &file("C-1008", "270.00")), [one("not_approved", 170_00)]);
    assert_eq!(told(house, &file("C-1008", "145.00")), [one("after_cut_off", 45_00)]);
    let said = house.ends(1, &["compare", &put(house, &file("C-1008", "145.00"))]).out;
    assert!(said.contains("Notes of E-3, of 2026-08-19: after the cut-off here"), "{said}");
    let named = format!("{}C-1008,biweekly,2026-08-21,100.00\n", file("C-1021", "90.00"));
    assert_eq!(told(house, &named), [one("not_approved", 90_00)], "there is no invoice here at all");
    let by_lines = "account,stream,issued_on,total,line_description,line_amount\n\
                    C-1008,biweekly,2026-08-21,270.00,Notes of E-1,100.00\n\
                    C-1008,biweekly,2026-08-21,270.00,Notes of E-2,170.00\n";
    assert_eq!(told(house, by_lines), [one("not_approved", 170_00)]);
    house.is_sound();
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
