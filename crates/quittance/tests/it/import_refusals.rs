//! Importing: what a file must not say, told where it stands, and what it leaves out.

use std::collections::HashSet;

use store::testing::Database;

use crate::export::{Export, column, read};
use crate::house::House;

houses!(
    blanks_around_an_address_mean_nothing,
    a_ticket_belongs_to_one_account_on_deliveries_too,
    a_rate_that_invoices_left_out_is_warned_of,
    an_item_that_was_delivered_stays_one_that_is,
    ids_are_those_of_other_systems,
    what_is_left_out_is_warned_of,
    a_dry_run_lists_every_field,
);

const ACCOUNTS: [&str; 4] = ["C-1000", "C-1008", "C-1023", "C-1031"];

fn export(house: &House) -> Export {
    Export::of(&ACCOUNTS, house.path("export"))
}

fn file(export: &Export, name: &str) -> String {
    export.file(name).to_str().unwrap().to_owned()
}

/// Imports one file, which has to be refused; gives what was said.
fn refused(house: &House, export: &Export, name: &str) -> String {
    house.refuses(&["import", &file(export, name)]).err
}

/// Rewrites a file with the rows that are kept.
fn keep(export: &Export, name: &str, mut kept: impl FnMut(&[String]) -> bool) {
    let (header, rows) = read(&export.file(name));
    let mut writer = csv::Writer::from_path(export.file(name)).unwrap();
    writer.write_record(&header).unwrap();
    rows.iter().filter(|row| kept(row)).for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

fn blanks_around_an_address_mean_nothing(house: &House) {
    let export = export(house);
    let email = column(&export.file("contacts.csv"), "email")[0].clone();
    export.set_row("contacts.csv", 0, "email", &format!(" {email} "));
    let own = "billing@westprairie.example";
    export.replace("provider.toml", own, &format!(" {own} "));
    house.takes(&export.folder);
    assert_eq!(house.reads(|tx| tx.provider()).unwrap().email, own);
    let people: Vec<String> = house.reads(|tx| tx.people()).into_iter().map(|person| person.email).collect();
    assert!(people.contains(&email.to_lowercase()), "{people:?}");
    assert!(people.iter().all(|email| email.trim() == email), "{people:?}");
    export.set_row("contacts.csv", 0, "email", &email);
    let said = house.does(&["import", &file(&export, "contacts.csv")]);
    assert!(said.out.ends_with("Nothing changes.\n"), "{}", said.out);
}

fn a_ticket_belongs_to_one_account_on_deliveries_too(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    let row_of = |name: &str, is_acme: bool| {
        let accounts = column(&export.file(name), "account");
        accounts.iter().position(|account| (account == "C-1000") == is_acme).unwrap()
    };
    let (entry, delivery) = (row_of("time_entries.csv", true), row_of("products.csv", false));
    let ticket = column(&export.file("time_entries.csv"), "ticket")[entry].clone();
    let own = column(&export.file("products.csv"), "ticket")[delivery].clone();
    let line = export.set_row("products.csv", delivery, "ticket", &ticket);
    let told = |wrong: &str| format!("products.csv:{line}: column ticket, value {ticket:?}: {wrong}");
    let said = house.refuses(&["import", export.path()]).err;
    assert!(said.contains(&told("time_entries.csv gives it to another account")), "{said}");

    export.set_row("products.csv", delivery, "ticket", &own);
    house.does(&["import", export.path()]);
    export.set_row("products.csv", delivery, "ticket", &ticket);
    let said = refused(house, &export, "products.csv");
    assert!(said.contains(&told("another account has this ticket")), "{said}");

    // The delivery comes first, and then the other account's entry.
    export.set_row("products.csv", delivery, "ticket", "T-NEW");
    house.does(&["import", &file(&export, "products.csv")]);
    let line = export.set_row("time_entries.csv", entry, "ticket", "T-NEW");
    let told = format!("time_entries.csv:{line}: column ticket, value \"T-NEW\": the delivery D-");
    let said = refused(house, &export, "time_entries.csv");
    assert!(said.contains(&told), "{said}");
    // It is the entry's ticket where the delivery is corrected with it.
    export.set_row("products.csv", delivery, "ticket", &own);
    house.does(&["import", export.path()]);
}

fn a_rate_that_invoices_left_out_is_warned_of(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let rates = String::from_utf8(export.bytes("tax_rates.csv")).unwrap();
    let with = |from: &str| export.put("tax_rates.csv", format!("{rates}MN-Kandiyohi,Willmar,0.5,{from}\n"));
    with("2026-07-15");
    let said = house.does(&["import", &file(&export, "tax_rates.csv")]).err;
    assert!(said.contains("issued on 2026-07-15 or later stay without this rate"), "{said}");
    with("2026-08-02");
    let said = house.does(&["import", &file(&export, "tax_rates.csv")]).err;
    assert!(!said.contains("without this rate"), "{said}");
    house.does(&["run", "recurring", "--for", "2026-08", "--approve"]);
    house.is_sound();
}

fn an_item_that_was_delivered_stays_one_that_is(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let item = column(&export.file("products.csv"), "item")[0].clone();
    export.set("items.csv", &item, "kind", "labour");
    let said = refused(house, &export, "items.csv");
    assert!(said.contains("value \"labour\": deliveries name the item"), "{said}");
    export.set("items.csv", &item, "kind", "fee");
    house.does(&["import", &file(&export, "items.csv")]);
}

fn ids_are_those_of_other_systems(house: &House) {
    let export = export(house);
    let entry = column(&export.file("time_entries.csv"), "entry")[0].clone();
    export.set("time_entries.csv", &entry, "ticket", "#48930");
    export.set("time_entries.csv", &entry, "entry", "2026/118 (a)");
    let delivery = column(&export.file("products.csv"), "delivery")[0].clone();
    export.set("products.csv", &delivery, "delivery", "Lieferung Ä/7");
    house.takes(&export.folder);
    for day in ["2026-07-10", "2026-07-24"] {
        house.does(&["run", "biweekly", "--on", day, "--approve"]);
    }
    house.is_sound();
    let stored = house.reads(|tx| tx.entries_by_code(&["2026/118 (a)".to_owned()]));
    assert_eq!(stored[0].ticket, "#48930");
    assert!(house.does(&["import", export.path()]).out.ends_with("Nothing changes.\n"));
    let long = "x".repeat(101);
    for id in [" E-1", "E\n1", long.as_str()] {
        export.set_row("time_entries.csv", 3, "entry", id);
        let said = refused(house, &export, "time_entries.csv");
        assert!(said.contains("it can't be an id"), "{id:?}: {said}");
    }
}

fn what_is_left_out_is_warned_of(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let (_, lines) = read(&export.file("agreement_lines.csv"));
    let line = lines.iter().find(|row| row[5].is_empty()).unwrap()[0].clone();
    keep(&export, "agreement_lines.csv", |row| row[0] != line);
    let days = column(&export.file("time_entries.csv"), "worked_on");
    let (first, last) = (days.iter().min().unwrap(), days.iter().max().unwrap());
    let day = days.iter().find(|day| *day != first && *day != last).unwrap();
    let mut is_left_out = true;
    keep(&export, "time_entries.csv", |row| row[6] != *day || !std::mem::take(&mut is_left_out));
    let said = house.does(&["import", export.path()]);
    let told = format!(
        "agreement_lines.csv: the file doesn't hold 1 that an earlier import brought and that have not ended: {line}."
    );
    assert!(said.err.contains(&told), "{}", said.err);
    assert!(said.err.contains(&format!("time_entries.csv: 1 row of {first} to {last}")), "{}", said.err);
    assert_eq!(said.err.matches("doesn't hold").count(), 2, "{}", said.err);
    assert!(said.out.ends_with("Nothing changes.\n"), "{}", said.out);
    // A file of some days says nothing of others.
    keep(&export, "time_entries.csv", |row| row[6] == *last);
    let said = house.does(&["import", &file(&export, "time_entries.csv")]);
    assert!(!said.err.contains("doesn't hold"), "{}", said.err);
}

fn a_dry_run_lists_every_field(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let (header, mut rows) = read(&export.file("time_entries.csv"));
    let changed: HashSet<usize> =
        ["site", "technician"].iter().map(|name| header.iter().position(|known| known == name).unwrap()).collect();
    rows.iter_mut().for_each(|row| changed.iter().for_each(|place| row[*place] = "Elsewhere".to_owned()));
    let mut writer = csv::Writer::from_path(export.file("time_entries.csv")).unwrap();
    std::iter::once(&header).chain(&rows).for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
    let listed = |out: &str| out.lines().filter(|line| line.starts_with("changed ")).count();
    let all = listed(&house.does(&["import", export.path(), "--dry-run"]).out);
    assert!(all > 200, "{all}");
    let said = house.does(&["import", export.path()]);
    assert_eq!(listed(&said.out), 200);
    assert!(said.out.contains(&format!("and {} more changed fields; with --dry-run", all - 200)), "{}", said.out);
}

#[test]
fn quotes_stand_where_a_field_begins_and_ends() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let header = "delivery,account,ticket,delivered_on,item,description,quantity,unit_price,approved_on";
    let rows = [
        header,
        "D-1,C-1000,,2026-07-02,DOCK,\"Replaced 24\" monitor\",1,10.00,",
        "D-2,C-1000,,2026-07-02,DOCK,24\" monitor,1,10.00,",
        "D-3,C-1000,,2026-07-02,DOCK,\"A \"\"24\"\" monitor\",1,soon,",
    ];
    export.put("products.csv", rows.join("\n"));
    let said = house.refuses(&["import", export.path()]).err;
    for told in [
        "products.csv:2: column description, value \"\\\"Replaced 24\\\" monitor\\\"\": text follows the quote",
        "products.csv:3: column description, value \"24\\\" monitor\": a quote stands in a value",
        "products.csv:4: column unit_price, value \"soon\"",
        "3 problems; nothing was written.",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

/// What the quote took into its field is unread, so that nothing that refers to it is blamed.
#[test]
fn a_quote_that_is_not_closed_is_told_where_it_opens() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let header = "item,name,kind,unit,unit_price,taxable";
    for next in ["B,Second,fee,each,1.00,no\n", "B,\"Second\",thing,each,1.00,no\nC,Third,thing,each,1.00,no\n"] {
        export.put(
            "items.csv",
            format!("{header}\r\nA,First,fee,each,1.00,no\r\nM,\"Managed,fee,each,1.00,no\r\n{next}"),
        );
        let said = house.refuses(&["import", export.path()]).err;
        assert!(said.contains("items.csv:3: column name, value \"\\\"Managed,fee"), "{said}");
        assert!(said.contains("isn't closed") && said.contains("1 problem; nothing was written."), "{said}");
    }
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_column() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let rows = b"item,name,kind,unit,unit_price,taxable\nA,Caf\xe9,fee,each,1.00,no\nB,Second,thing,each,1.00,no\n";
    export.put("items.csv", rows);
    let said = refused(&house, &export, "items.csv");
    assert!(said.contains("items.csv:2: column name, value \"Caf"), "{said}");
    assert!(said.contains("these bytes are not UTF-8") && said.contains("items.csv:3: column kind"), "{said}");
}

#[test]
fn every_mistake_of_the_profile_is_told() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    export.replace("provider.toml", "region = \"MN\"\n", "");
    export.replace("provider.toml", "country = \"US\"", "country = \"UK\"");
    export.replace("provider.toml", "terms_days = 30", "terms_days = \"x\"");
    export.replace("provider.toml", "Monday to", "Monday\\u0007 to");
    let profile = String::from_utf8(export.bytes("provider.toml")).unwrap();
    export.put("provider.toml", format!("{profile}\ncolour = \"red\"\n[recurring]\nrun_day = \"first\"\n"));
    let said = refused(&house, &export, "provider.toml");
    for told in [
        "provider.toml:1: column region, value \"\": it is missing",
        "provider.toml:6: column country, value \"UK\"",
        "column biweekly_terms_days, value \"x\": it is of another kind. Expected: an integer",
        "column support_hours",
        "column colour, value \"red\": there is no such key",
        "column [recurring] run_day, value \"first\"",
        "6 problems; nothing was written.",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[test]
fn a_path_that_leads_nowhere_does_not_exist() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    for nowhere in ["nowhere", "accounts.csv", "nowhere.csv"] {
        let said = house.refuses(&["import", house.path(nowhere).to_str().unwrap()]);
        assert!(said.err.contains("doesn't exist"), "{}", said.err);
    }
}
