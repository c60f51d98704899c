//! Tax through the front door: exemptions that end, categories of items, prices that hold the tax, rounding by line.

use billing::calendar::shift;
use quittance::clock::Clock;
use store::invoice::WholeInvoice;

use crate::export::Export;
use crate::house::{House, text};

houses!(
    an_exemption_ends_on_its_day,
    staff_are_told_before_an_exemption_ends,
    what_makes_no_sense_is_refused,
    two_categories_stand_on_one_invoice,
    a_draft_whose_category_changes_waits_again,
    a_difference_has_its_categories,
    credits_bring_every_jurisdiction_to_nothing,
    prices_hold_their_tax_in_the_books,
    lines_show_their_own_tax,
    a_category_needs_a_rate,
    another_system_has_no_categories,
);

/// One customer whose only agreement is 32.00 a month in advance, taxable.
fn export(house: &House) -> Export {
    let export = Export::of(&["C-1008"], house.path("export"));
    export.set("items.csv", "WEB-HOST", "taxable", "yes");
    export
}

fn exempt(export: &Export, until: &str, certificate: &str) {
    export.set("accounts.csv", "C-1008", "tax_exempt", "yes");
    export.widen("accounts.csv", &["exempt_until", "exemption_certificate"], |_| {
        vec![until.to_owned(), certificate.to_owned()]
    });
}

/// Issues the invoice of a month's services and gives it.
fn issued(house: &House, month: &str) -> WholeInvoice {
    house.does(&["run", "recurring", "--for", month, "--approve"]);
    house.is_sound();
    let number = house.invoices().last().unwrap().number.clone();
    house.reads(move |tx| {
        let found = tx.number(&number)?.unwrap();
        Ok(tx.whole_invoice(found.account_id, found.document_id)?.unwrap())
    })
}

fn an_exemption_ends_on_its_day(house: &House) {
    let export = export(house);
    exempt(&export, "2026-09-01", "ST3-1204");
    house.takes(&export.folder);
    let before = issued(house, "2026-07").invoice;
    assert_eq!((before.issued_on.to_string().as_str(), before.tax_minor, before.tax_exempt), ("2026-08-01", 0, true));
    assert_eq!(before.exemption_certificate.as_deref(), Some("ST3-1204"));
    // Its end is the day of issue: 32.00 at 7.375 %.
    let after = issued(house, "2026-08").invoice;
    assert_eq!((after.tax_minor, after.tax_exempt, after.exemption_certificate), (2_36, false, None));
    // A new certificate, without an end.
    export.set("accounts.csv", "C-1008", "exempt_until", "");
    house.does(&["import", export.path()]);
    let renewed = issued(house, "2026-09").invoice;
    assert_eq!((renewed.tax_minor, renewed.tax_exempt), (0, true));
}

fn staff_are_told_before_an_exemption_ends(house: &House) {
    let (export, today) = (export(house), Clock::default().today(&jiff::tz::TimeZone::UTC));
    let ends = shift(today, 60);
    exempt(&export, &ends.to_string(), "ST3-1204");
    house.does(&["init", "--sandbox", "--provider", text(&export.file("provider.toml"))]);
    house.does(&["import", export.path()]);
    let told = |day: i32| {
        house.does(&["clock", &shift(ends, day).to_string()]);
        let notices = house.reads(|tx| tx.notices(100)).into_iter();
        notices.filter(|notice| notice.key.starts_with("exemption-ends")).collect::<Vec<_>>()
    };
    assert!(told(-31).is_empty());
    let once = told(-30);
    assert_eq!(once.len(), 1);
    assert_eq!(once[0].subject, format!("C-1008: exempt from tax until {ends}"));
    assert!(once[0].body.contains("certificate ST3-1204"), "{}", once[0].body);
    assert_eq!(told(1), once);
}

fn what_makes_no_sense_is_refused(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    exempt(&export, "2026-09-01", &"9".repeat(61));
    let refused = || {
        let said = house.refuses(&["import", export.path()]);
        format!("{}{}", said.out, said.err)
    };
    assert!(refused().contains("at most 60 characters"), "{}", refused());
    export.set("accounts.csv", "C-1008", "tax_exempt", "no");
    assert!(refused().contains("the account is not exempt"), "{}", refused());
}

/// Endpoint detection of C-1000 is software, and the state takes 3 % of it; the firewall is taxed as everything else.
fn with_software(house: &House) -> Export {
    let export = Export::of(&["C-1000"], house.path("export"));
    export.widen("items.csv", &["tax_category"], |row| vec![if row[0] == "EDR" { "Software" } else { "" }.to_owned()]);
    export.widen("tax_rates.csv", &["tax_category"], |_| vec![String::new()]);
    let rates = String::from_utf8(export.bytes("tax_rates.csv")).unwrap();
    export.put("tax_rates.csv", rates + "MN-Kandiyohi,Minnesota,3,2024-01-01,Software\n");
    export
}

/// Category, jurisdiction, base and tax of each share.
fn shares(whole: &WholeInvoice) -> Vec<(&str, &str, i64, i64)> {
    let rows = whole.taxes.iter();
    rows.map(|row| (row.tax_category.as_str(), row.jurisdiction.as_str(), row.base_minor, row.tax_minor)).collect()
}

fn balance(house: &House, code: &str) -> i64 {
    let rows = house.reads(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1)));
    rows.iter().filter(|row| row.code == code).map(|row| row.debit_minor - row.credit_minor).sum()
}

fn two_categories_stand_on_one_invoice(house: &House) {
    let export = with_software(house);
    house.takes(&export.folder);
    let whole = issued(house, "2026-07");
    // 129.00 at 7.375 % is 9.51375, and 44 x 8.25 = 363.00 at 3.5 % is 12.705.
    let expected = [
        ("", "Minnesota", 129_00, 8_87),
        ("", "Kandiyohi County", 129_00, 64),
        ("Software", "Minnesota", 363_00, 10_89),
        ("Software", "Kandiyohi County", 363_00, 1_82),
    ];
    assert_eq!(shares(&whole), expected);
    assert_eq!((whole.invoice.tax_minor, whole.invoice.taxable_minor), (22_22, 492_00));
    // The ledger knows jurisdictions, not categories.
    assert_eq!((balance(house, "2200 Minnesota"), balance(house, "2200 Kandiyohi County")), (-19_76, -2_46));
    let number = &whole.invoice.number;
    let told = house.does(&["invoices", number]).out;
    assert!(told.contains("Software, Minnesota 3% on 363.00: 10.89"), "{told}");
    let json: serde_json::Value = serde_json::from_str(&house.does(&["invoices", number, "--json"]).out).unwrap();
    assert_eq!(json["taxes"][2]["category"], "Software");
    let of_lines: i64 = json["lines"].as_array().unwrap().iter().map(|line| line["tax_minor"].as_i64().unwrap()).sum();
    assert_eq!(of_lines, 22_22);
    // The same export again changes nothing.
    let said = house.does(&["import", export.path()]).out;
    assert!(said.contains("0 added, 0 changed") || said.contains("Nothing"), "{said}");
}

fn a_draft_whose_category_changes_waits_again(house: &House) {
    let export = with_software(house);
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07"]);
    export.set("items.csv", "FW-RENT", "tax_category", "Software");
    house.does(&["import", export.path()]);
    house.does(&["run", "approve", "recurring-2026-07"]);
    assert_eq!(house.invoices(), []);
    let shown = house.does(&["run", "show", "recurring-2026-07"]).out;
    assert!(shown.contains("changed after it was approved"), "{shown}");
    // 492.00 at 3.5 % is 17.22.
    assert_eq!(issued(house, "2026-07").invoice.tax_minor, 17_22);
    // What was issued stays, whatever the rates are called later.
    export.set("items.csv", "EDR", "tax_category", "");
    house.does(&["import", export.path()]);
    house.is_sound();
    assert_eq!(issued(house, "2026-08").taxes.len(), 4);
}

fn a_difference_has_its_categories(house: &House) {
    let export = with_software(house);
    house.takes(&export.folder);
    issued(house, "2026-07");
    house.does(&["agreement", "seats", "L-0003", "54", "--on", "2026-08-01"]);
    let rates = String::from_utf8(export.bytes("tax_rates.csv")).unwrap();
    export.put("tax_rates.csv", rates + "MN-Kandiyohi,Minnesota,4,2026-08-15,Software\n");
    house.does(&["import", export.path()]);
    let number = issued(house, "2026-08").invoice.number;
    let json: serde_json::Value = serde_json::from_str(&house.does(&["invoices", &number, "--json"]).out).unwrap();
    let difference = &json["difference"];
    let minor = |value: &serde_json::Value| value.as_i64().unwrap();
    let rows = difference["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| minor(&row["change_minor"])).sum::<i64>(), minor(&difference["change_minor"]));
    let software = rows.iter().find(|row| row["label"] == "Sales tax, Software 4.5%").unwrap();
    let causes: Vec<(&str, i64)> = software["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| (cause["cause"].as_str().unwrap(), minor(&cause["amount_minor"])))
        .collect();
    // 445.50 at 3.5 % is 15.5925, at 4.5 % 20.0475; before it was 12.71.
    assert_eq!(causes, [("tax", 2_88), ("tax_rate", 4_46)]);
    let general = rows.iter().find(|row| row["label"] == "Sales tax 7.375%").unwrap();
    assert_eq!(minor(&general["change_minor"]), 0);
}

fn credits_bring_every_jurisdiction_to_nothing(house: &House) {
    let export = with_software(house);
    house.takes(&export.folder);
    let whole = issued(house, "2026-07");
    let number = whole.invoice.number.as_str();
    let of_software = |line: &&store::invoice::InvoiceLineRow| line.tax_category == "Software";
    let lines: Vec<String> = whole.lines.iter().filter(of_software).map(|line| line.line_no.to_string()).collect();
    let note = ["credit", "note", number, "--reason", "x"];
    let planned = house.does(&[&note[..], &["--lines", &lines.join(","), "--plan"]].concat()).out;
    assert!(planned.contains("Software, Kandiyohi County"), "{planned}");
    house.does(&[&note[..], &["--lines", &lines.join(",")]].concat());
    // What is left is the tax of the other category.
    assert_eq!((balance(house, "2200 Minnesota"), balance(house, "2200 Kandiyohi County")), (-8_87, -64));
    house.is_sound();
    for choice in [&["--amount", "17.77"][..], &["--amount", "1000.00"], &["--lines", "1"], &["--all"]] {
        house.does(&[&note[..], choice].concat());
        house.is_sound();
    }
    let codes = ["1100", "2200 Minnesota", "2200 Kandiyohi County", "4010", "4020"];
    assert_eq!(codes.map(|code| balance(house, code)), [0; 5]);
    house.does(&["render"]);
    house.does(&["document", "CN-1001", "--out", text(&house.path("note.pdf"))]);
}

fn prices_hold_their_tax_in_the_books(house: &House) {
    let export = with_software(house);
    let old = String::from_utf8(export.bytes("provider.toml")).unwrap();
    export.put("provider.toml", format!("{old}\n[tax]\nprices = \"inclusive\"\n"));
    house.takes(&export.folder);
    let whole = issued(house, "2026-07");
    let invoice = &whole.invoice;
    // 129.00 x 7.375 / 107.375 = 8.8603 and 363.00 x 3.5 / 103.5 = 12.2754; the customer pays what the lines show.
    assert_eq!(invoice.tax_minor, 8_86 + 12_28);
    assert_eq!(invoice.total_minor, whole.lines.iter().map(|line| line.amount_minor).sum::<i64>());
    assert_eq!((shares(&whole)[0].2, shares(&whole)[2].2), (129_00 - 8_86, 363_00 - 12_28));
    let earned: i64 = ["4010", "4020"].map(|code| balance(house, code)).iter().sum();
    assert_eq!((-earned, balance(house, "1100")), (invoice.subtotal_minor, invoice.total_minor));
    let plan = house.does(&["credit", "note", &invoice.number, "--lines", "3", "--reason", "x"]).out;
    assert!(plan.contains("$363.00"), "{plan}");
    house.does(&["credit", "note", &invoice.number, "--amount", "12.34", "--reason", "x"]);
    house.does(&["credit", "note", &invoice.number, "--all", "--reason", "x"]);
    house.is_sound();
    let codes = ["1100", "2200 Minnesota", "2200 Kandiyohi County", "4010", "4020"];
    assert_eq!(codes.map(|code| balance(house, code)), [0; 5]);
    // Amounts of before and after a change could not be compared.
    export.put("provider.toml", &old);
    let refused = house.refuses(&["import", export.path()]);
    let refused = format!("{}{}", refused.out, refused.err);
    assert!(refused.contains("[tax] prices") && refused.contains("runs were made under the old value"), "{refused}");
    export.put("provider.toml", format!("{old}\n[tax]\nprices = \"inclusive\"\nrounding = \"per_line\"\n"));
    house.does(&["import", export.path()]);
    // A seat that was told late comes to its price, whatever is tax in it.
    house.does(&["agreement", "seats", "L-0003", "45", "--on", "2026-07-01"]);
    let next = issued(house, "2026-08");
    let correction = next.lines.iter().find(|line| line.description.contains("is right")).unwrap();
    assert_eq!((correction.amount_minor, correction.tax_minor), (8_25, 28));
    // Prices are what changed: there is no row of tax.
    let told = house.does(&["invoices", &next.invoice.number]).out;
    assert!(!told.contains("Sales tax"), "{told}");
}

fn lines_show_their_own_tax(house: &House) {
    let export = with_software(house);
    let old = String::from_utf8(export.bytes("provider.toml")).unwrap();
    export.put("provider.toml", format!("{old}\n[tax]\nrounding = \"each\"\n"));
    let refused = house.refuses(&["init", "--provider", text(&export.file("provider.toml"))]);
    assert!(format!("{}{}", refused.out, refused.err).contains("per_line"), "{refused:?}");
    export.put("provider.toml", format!("{old}\n[tax]\nrounding = \"per_line\"\n"));
    house.takes(&export.folder);
    // Two lines of software in September: 44 seats for half of it, 47 for the other. Its price of half a month is 4.13.
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "recurring", "--for", "2026-08", "--approve"]);
    let whole = issued(house, "2026-09");
    let own: Vec<(i64, i64)> =
        whole.lines.iter().filter(|line| line.taxable).map(|line| (line.amount_minor, line.tax_minor)).collect();
    // 181.72 and 194.11 at 3.5 % are 6.3602 and 6.79385; 129.00 at 7.375 % is 9.51375.
    assert_eq!(own, [(181_72, 6_36), (129_00, 9_51), (194_11, 6_79)]);
    assert_eq!(whole.invoice.tax_minor, 22_66);
}

fn a_category_needs_a_rate(house: &House) {
    let export = with_software(house);
    house.inits(&export.folder);
    let refused = || {
        let said = house.refuses(&["import", export.path()]);
        format!("{}{}", said.out, said.err)
    };
    export.set("items.csv", "EDR", "tax_category", "Softwear");
    assert!(refused().contains("it has no rate in any region"), "{}", refused());
    export.set("items.csv", "EDR", "tax_category", "");
    export.set("items.csv", "MW-CORE", "tax_category", "Software");
    assert!(refused().contains("the item is not taxable"), "{}", refused());
    export.set("items.csv", "MW-CORE", "tax_category", "");
    let rates = String::from_utf8(export.bytes("tax_rates.csv")).unwrap();
    export.put("tax_rates.csv", format!("{rates}MN-Kandiyohi,Minnesota,3,2024-01-01,{}\n", "x".repeat(41)));
    assert!(refused().contains("at most 40 characters"), "{}", refused());
    export.put("tax_rates.csv", format!("{rates}MN-Kandiyohi,Minnesota,4,2024-01-01,Software\n"));
    assert!(refused().contains("it stands on line"), "{}", refused());
    export.put("tax_rates.csv", rates);
    house.does(&["import", export.path()]);
}

fn another_system_has_no_categories(house: &House) {
    let export = with_software(house);
    house.takes(&export.folder);
    let whole = issued(house, "2026-07");
    let (path, total) = (house.path("theirs.csv"), whole.invoice.total_minor);
    let compared = |code: i32, total: i64| {
        let row = format!("C-1000,recurring,2026-08-01,{}.{:02}", total / 100, total % 100);
        std::fs::write(&path, format!("account,stream,issued_on,total\n{row}\n")).unwrap();
        house.ends(code, &["compare", text(&path)]).out
    };
    compared(0, total);
    // One seat more there: 8.25 and the tax on 371.25, 12.99375.
    let told = compared(1, total + 8_25 + 28);
    assert!(told.contains("45 there and 44 here"), "{told}");
    let told = compared(1, total - 22_22);
    assert!(told.contains("there is no tax there"), "{told}");
}
