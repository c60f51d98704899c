//! Importing: all or nothing, everything wrong told at once, and what an invoice took stays as it was.

use jiff::Timestamp;
use store::notice::Audience;
use store::testing::Database;

use crate::export::{Export, read};
use crate::house::House;

houses!(
    what_is_wrong_in_a_value_is_told,
    what_is_wrong_between_rows_is_told,
    both_kinds_are_told_at_once,
    importing_again_changes_nothing,
    a_changed_row_shows_as_a_change,
    people_hear_of_rights_that_an_import_gives,
    a_dry_run_writes_nothing,
    what_an_invoice_took_stays,
    what_no_invoice_took_may_change,
    a_large_file_is_one_export,
    what_contradicts_in_far_parts_is_told,
    what_changes_meanwhile_is_compared_again,
);

const ACCOUNTS: [&str; 4] = ["C-1000", "C-1008", "C-1023", "C-1031"];

fn export(house: &House) -> Export {
    Export::of(&ACCOUNTS, house.path("export"))
}

/// File, row, column, value, and a part of what is expected.
type Wrong = (&'static str, usize, &'static str, &'static str, &'static str);

const VALUES: [Wrong; 29] = [
    ("accounts.csv", 0, "currency", "XYZ", "ISO 4217"),
    ("accounts.csv", 0, "country", "UK", "GB for the United Kingdom"),
    ("accounts.csv", 1, "country", "usa", "ISO 3166"),
    ("accounts.csv", 1, "recurring_terms_days", "-1", "0 to 3650"),
    ("accounts.csv", 2, "tax_exempt", "maybe", "yes or no"),
    ("accounts.csv", 2, "status", "gone", "active, former"),
    ("accounts.csv", 3, "name", "", "a value"),
    ("accounts.csv", 3, "account", "C 1031", "letters, digits"),
    ("contacts.csv", 0, "email", "nobody", "no @"),
    ("contacts.csv", 0, "role", "boss", "admin, payer, viewer"),
    ("contacts.csv", 1, "recurring_mail", "bcc", "to, cc, no"),
    ("items.csv", 0, "kind", "thing", "service"),
    ("items.csv", 1, "unit_price", "-1.00", "no sign"),
    ("items.csv", 2, "unit_price", "1,000.00", "no separator"),
    ("tax_rates.csv", 0, "rate_percent", "6.87512", "4 decimals"),
    ("tax_rates.csv", 1, "from_on", "2026-02-30", "2026-09-18"),
    ("tax_rates.csv", 2, "rate_percent", "6875", "such as 6.875"),
    ("agreements.csv", 0, "billing", "yearly", "arrears, advance"),
    ("agreements.csv", 1, "starts_on", "01.07.2026", "2026-09-18"),
    ("agreements.csv", 1, "agreement", " AG-1", "no blanks around"),
    ("agreement_lines.csv", 0, "quantity", "two", "digits and a point"),
    ("agreement_lines.csv", 1, "prorate", "sometimes", "yes, no"),
    ("agreement_lines.csv", 2, "unit_price", "1234567890123", "12 digits"),
    ("time_entries.csv", 0, "started_at", "25:00", "08:30"),
    ("time_entries.csv", 0, "work_type", "Phone", "Remote"),
    ("time_entries.csv", 1, "billing", "free", "billable, covered, no_charge"),
    ("time_entries.csv", 2, "worked_on", "2026-7-1", "2026-09-18"),
    ("products.csv", 0, "quantity", "", "digits and a point"),
    ("products.csv", 1, "approved_on", "soon", "2026-09-18"),
];

fn what_is_wrong_in_a_value_is_told(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    is_told(house, &export, &VALUES);
}

const REFERENCES: [Wrong; 14] = [
    ("accounts.csv", 0, "tax_region", "MN-Nowhere", "tax_rates.csv"),
    ("accounts.csv", 1, "account", "C-1000", "unique"),
    ("contacts.csv", 0, "account", "C-9999", "accounts.csv"),
    ("agreements.csv", 0, "ends_on", "2020-01-01", "or later"),
    ("agreement_lines.csv", 0, "agreement", "AG-9999", "agreements.csv"),
    ("agreement_lines.csv", 1, "item", "NO-ITEM", "items.csv"),
    ("agreement_lines.csv", 2, "item", "DOCK", "service or licence"),
    ("agreement_lines.csv", 3, "ends_on", "2001-01-01", "or later"),
    ("time_entries.csv", 0, "account", "C-9999", "accounts.csv"),
    ("time_entries.csv", 1, "agreement", "AG-9999", "agreements.csv"),
    ("time_entries.csv", 2, "ticket_summary", "Another summary", "other entries"),
    ("products.csv", 0, "account", "C-9999", "accounts.csv"),
    ("products.csv", 1, "item", "NO-ITEM", "items.csv"),
    ("products.csv", 2, "item", "MSRV", "product or fee"),
];

fn what_is_wrong_between_rows_is_told(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    // An entry of a ticket that another entry, far below, has as well.
    let ticket = crate::export::column(&export.file("time_entries.csv"), "ticket")[2].clone();
    export.set_row("time_entries.csv", 40, "ticket", &ticket);
    is_told_at_least(house, &export, &REFERENCES);
}

fn both_kinds_are_told_at_once(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    let wrong = [
        ("agreements.csv", 0, "starts_on", "soon", "2026-09-18"),
        ("products.csv", 0, "account", "C-9999", "accounts.csv"),
        ("time_entries.csv", 3, "hours_billed", "1.5h", "digits and a point"),
    ];
    // The lines of the agreement that can't be read are not told as well: they are right.
    is_told(house, &export, &wrong);
}

fn is_told(house: &House, export: &Export, wrong: &[Wrong]) {
    let count = is_told_at_least(house, export, wrong);
    assert_eq!(count, wrong.len());
}

/// Makes the changes, imports, and looks for each; gives how many problems were told.
fn is_told_at_least(house: &House, export: &Export, wrong: &[Wrong]) -> usize {
    let mut expected = Vec::new();
    for (file, row, column, value, right) in wrong {
        let line = export.set_row(file, *row, column, value);
        expected.push((format!("{file}:{line}: column {column}, value {value:?}: "), *right));
    }
    let said = house.refuses(&["import", export.path()]);
    for (place, right) in &expected {
        let told = said.err.lines().find(|line| line.starts_with(place.as_str()));
        let told = told.unwrap_or_else(|| panic!("{place} isn't told:\n{}", said.err));
        let (_, sentence) = told.split_once("Expected: ").unwrap();
        assert!(sentence.contains(right), "{told}");
    }
    assert!(said.err.contains("nothing was written"), "{}", said.err);
    assert_eq!(house.reads(|tx| tx.accounts()).len(), 0);
    assert_eq!(house.reads(|tx| tx.items()).len(), 0);
    said.err.lines().filter(|line| line.contains("Expected: ")).count()
}

fn importing_again_changes_nothing(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let before = house.reads(|tx| tx.data_version());
    let said = house.does(&["import", export.path()]);
    assert!(said.out.ends_with("Nothing changes.\n"), "{}", said.out);
    assert!(!said.out.contains("changed accounts.csv"));
    assert_eq!(house.reads(|tx| tx.data_version()), before);

    in_other_dialects(&export);
    let said = house.does(&["import", export.path()]);
    assert!(said.out.ends_with("Nothing changes.\n"), "{}", said.out);
}

/// Byte-order marks, CRLF, no last record end, other row order, every value in quotes.
fn in_other_dialects(export: &Export) {
    let crlf = String::from_utf8(export.bytes("contacts.csv")).unwrap().replace('\n', "\r\n");
    export.put("contacts.csv", format!("\u{feff}{crlf}").trim_end());
    let (header, mut rows) = crate::export::read(&export.file("time_entries.csv"));
    rows.reverse();
    rows.insert(0, header);
    let quoted = |row: &Vec<String>| {
        row.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
    };
    export.put("time_entries.csv", rows.iter().map(quoted).collect::<Vec<_>>().join("\r\n"));
}

fn a_changed_row_shows_as_a_change(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let old = export.set("accounts.csv", "C-1008", "name", "Another \"Name\"");
    let said = house.does(&["import", export.path()]);
    let change = format!("C-1008: name was {old:?}, is {:?}", "Another \"Name\"");
    assert!(said.out.contains(&change), "{}", said.out);
    assert!(said.out.contains("1 changed"), "{}", said.out);
    assert!(said.out.ends_with("Written.\n"));
    assert!(house.does(&["import", export.path()]).out.ends_with("Nothing changes.\n"));
}

/// Subject and body of what waits to be mailed to people, a row for each of them.
fn heard(house: &House) -> Vec<(String, String)> {
    let (now, lease) = (Timestamp::MAX, Timestamp::UNIX_EPOCH);
    let read = move |tx: &mut store::Tx| {
        let claimed = tx.claim_notices(now, lease, 1_000)?;
        let notices = claimed.iter().map(|row| tx.notice(row.notice_id)).collect::<Result<Vec<_>, _>>()?;
        let people = notices.into_iter().flatten().filter(|notice| notice.audience == Audience::People);
        Ok::<_, store::Error>(people.map(|notice| (notice.subject, notice.body)).collect::<Vec<_>>())
    };
    house.writes(read)
}

fn people_hear_of_rights_that_an_import_gives(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    assert_eq!(heard(house), [], "whoever comes with a new account hears nothing");
    let (header, rows) = read(&export.file("contacts.csv"));
    let first = &rows[0];
    let role = header.iter().position(|name| name == "role").unwrap();
    let other = if first[role] == "viewer" { "payer" } else { "viewer" };
    let name = first[header.iter().position(|name| name == "name").unwrap()].clone();
    export.set_row("contacts.csv", 0, "role", other);
    house.does(&["import", export.path(), "--dry-run"]);
    assert_eq!(heard(house), [], "a dry run tells nobody");
    house.does(&["import", export.path()]);
    house.does(&["import", export.path()]);
    let told = heard(house);
    assert!(!told.is_empty(), "the admins and the one concerned");
    assert!(told[0].0.contains(&name) && told[0].1.contains("may now see"), "{told:?}");
    export.set_row("contacts.csv", 0, "phone", "320-555-0199");
    house.does(&["import", export.path()]);
    assert_eq!(heard(house).len(), told.len(), "a phone number gives nobody rights");
}

fn a_dry_run_writes_nothing(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    let said = house.does(&["import", export.path(), "--dry-run"]);
    assert!(said.out.contains("A dry run: nothing was written."), "{}", said.out);
    assert_eq!(house.reads(|tx| tx.accounts()).len(), 0);
    house.does(&["import", export.path()]);
    export.set("accounts.csv", "C-1008", "city", "Elsewhere");
    let said = house.does(&["import", export.path(), "--dry-run"]);
    assert!(said.out.contains("city was") && said.out.contains("Elsewhere"), "{}", said.out);
    export.set("accounts.csv", "C-1008", "status", "asleep");
    house.refuses(&["import", export.path(), "--dry-run"]);
    let city = house.reads(|tx| tx.accounts())[1].city.clone();
    assert_ne!(city, "Elsewhere");
}

fn what_an_invoice_took_stays(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    let before = house.invoices();
    let taken = taken_codes(house);
    let (entry, delivery, line) = (&taken[0], &taken[1], &taken[2]);
    let refused = [
        ("time_entries.csv", entry.as_str(), "hours_billed", "99", "a new entry"),
        ("time_entries.csv", entry.as_str(), "notes", "Nothing was done", "a new entry"),
        ("products.csv", delivery.as_str(), "quantity", "99", "a new delivery"),
        ("agreement_lines.csv", line.as_str(), "quantity", "99", "a new row"),
        ("agreement_lines.csv", line.as_str(), "starts_on", "2026-07-20", "a new row"),
        ("accounts.csv", "C-1000", "currency", "CAD", "a new account"),
        ("tax_rates.csv", "MN-Kandiyohi", "rate_percent", "9", "a new row"),
    ];
    for (file, id, column, value, to_do) in refused {
        let old = export.set(file, id, column, value);
        let said = house.refuses(&["import", export.path()]);
        assert!(said.err.contains(file) && said.err.contains(to_do), "{file} {column}: {}", said.err);
        export.set(file, id, column, &old);
    }
    export.replace("provider.toml", "\"INV-\"", "\"BILL-\"");
    let said = house.refuses(&["import", export.path()]);
    assert!(said.err.contains("invoice_number_prefix"), "{}", said.err);
    assert_eq!(house.invoices(), before);
    house.is_sound();
}

/// Codes of a time entry, a delivery and an agreement line that invoices took.
fn taken_codes(house: &House) -> [String; 3] {
    use store::invoice::Source::{Agreement, Delivery, Time};
    let whole = house.reads(crate::figures::whole_invoices);
    let lines: Vec<_> = whole.iter().flat_map(|whole| &whole.lines).collect();
    [Time, Delivery, Agreement]
        .map(|source| lines.iter().find(|line| line.source == source).unwrap().source_code.clone())
}

fn what_no_invoice_took_may_change(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    let [entry, _, line] = taken_codes(house);
    export.set("time_entries.csv", &entry, "internal_notes", "Nobody outside sees it");
    // The month that was charged stays as it was; the line ends later.
    export.set("agreement_lines.csv", &line, "ends_on", "2026-12-01");
    export.set("accounts.csv", "C-1000", "recurring_terms_days", "14");
    let said = house.does(&["import", export.path()]);
    assert!(said.out.contains("ends_on was") && said.out.contains("recurring_terms_days was"), "{}", said.out);
    house.does(&["run", "recurring", "--for", "2026-08", "--approve"]);
    house.is_sound();
}

#[test]
fn one_file_is_an_export_too() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let file = |name: &str| export.file(name).to_str().unwrap().to_owned();
    house.refuses(&["import", &file("contacts.csv")]);
    for name in ["tax_rates.csv", "accounts.csv", "contacts.csv", "provider.toml"] {
        house.does(&["import", &file(name)]);
    }
    assert_eq!(house.reads(|tx| tx.accounts()).len(), ACCOUNTS.len());
    assert_eq!(house.reads(|tx| tx.items()).len(), 0);
}

#[test]
fn files_that_are_no_export_are_refused() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let whole = String::from_utf8(export.bytes("items.csv")).unwrap();
    let (header, rows) = whole.split_once('\n').unwrap();
    let bad: [(&str, Vec<u8>, &str); 8] = [
        ("a wrong header", format!("{}\n{rows}", header.replace("kind", "sort")).into(), "items.csv:1: the header is"),
        (
            "columns in another order",
            b"name,item,kind,unit,unit_price,taxable\n".to_vec(),
            "items.csv:1: the header is",
        ),
        ("no header", rows.into(), "items.csv:1: the header is"),
        ("nothing", Vec::new(), "items.csv:1: the file is empty"),
        (
            "Latin-1",
            [format!("{header}\n").as_bytes(), b"A,Caf\xe9,fee,each,1.00,no\n"].concat(),
            "these bytes are not UTF-8",
        ),
        ("U+0000", format!("{header}\nA,Na\0me,fee,each,1.00,no\n").into(), "items.csv:2: column name"),
        (
            "a value too many",
            format!("{header}\nA,Name,fee,each,1.00,no,more\n").into(),
            "items.csv:2: the row has 7 values",
        ),
        ("a value too few", format!("{header}\nA,Name,fee\n").into(), "items.csv:2: the row has 3 values"),
    ];
    for (what, bytes, told) in bad {
        export.put("items.csv", bytes);
        let said = house.refuses(&["import", export.path()]);
        assert!(said.err.contains(told), "{what}: {}", said.err);
    }
    let other = house.path("invoices.csv");
    std::fs::write(&other, "a,b\n").unwrap();
    let said = house.refuses(&["import", other.to_str().unwrap()]);
    assert!(said.err.contains("invoices.csv is no file of the export"), "{}", said.err);
    house.refuses(&["import", house.path("nowhere").to_str().unwrap()]);
    let empty = house.path("empty");
    std::fs::create_dir(&empty).unwrap();
    house.refuses(&["import", empty.to_str().unwrap()]);
}

/// Lines are counted as an editor does: with CRLF, empty lines and line breaks in quotes.
#[test]
fn lines_are_those_of_the_file() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let header = "item,name,kind,unit,unit_price,taxable";
    for (what, ends) in [("LF", "\n"), ("CRLF", "\r\n")] {
        let rows =
            [header, "A,First,fee,each,1.00,no", "", "B,\"Two\nlines\",fee,each,1.00,no", "C,Third,thing,each,1.00,no"];
        export.put("items.csv", rows.join(ends));
        let said = house.refuses(&["import", export.file("items.csv").to_str().unwrap()]);
        assert!(said.err.contains("items.csv:6: column kind"), "{what}: {}", said.err);
    }
}

#[test]
fn text_is_kept_as_it_was_written() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    let odd = "Line one\nline \"two\", with comma; =1+1; <b>bold</b>; #read(\"/etc/passwd\"); \u{1f600} Ünï";
    let id = crate::export::column(&export.file("time_entries.csv"), "entry")[0].clone();
    export.set("time_entries.csv", &id, "notes", odd);
    house.takes(&export.folder);
    let stored = house.reads(move |tx| tx.entries_by_code(std::slice::from_ref(&id)));
    assert_eq!(stored[0].notes, odd);
}

/// So many entries that they come in several parts.
const MANY: usize = 4_500;

/// An export whose entries are these many, three on a ticket.
fn large(house: &House) -> Export {
    let export = export(house);
    let (header, rows) = crate::export::read(&export.file("time_entries.csv"));
    let row = rows.iter().find(|row| row[1] == "C-1000").unwrap();
    let rows: Vec<Vec<String>> = (0..MANY)
        .map(|number| {
            let mut row = row.clone();
            row[0] = format!("E-{number}");
            row[2] = format!("T-{}", number / 3);
            row
        })
        .collect();
    let mut writer = csv::Writer::from_path(export.file("time_entries.csv")).unwrap();
    std::iter::once(&header).chain(&rows).for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
    export
}

fn a_large_file_is_one_export(house: &House) {
    let export = large(house);
    house.inits(&export.folder);
    let said = house.does(&["import", export.path()]);
    assert!(said.out.contains("time_entries.csv         4500 new"), "{}", said.out);
    let said = house.does(&["import", export.path()]);
    assert!(said.out.contains("4500 the same") && said.out.ends_with("Nothing changes.\n"), "{}", said.out);
    export.set("time_entries.csv", "E-4100", "notes", "Looked again");
    export.set("time_entries.csv", "E-4400", "entry", "E-9000");
    let said = house.does(&["import", export.path()]);
    assert!(said.out.contains("1 new        1 changed     4498 the same"), "{}", said.out);
    let stored = house.reads(|tx| tx.entries_by_code(&["E-4100".to_owned(), "E-4400".to_owned(), "E-9000".to_owned()]));
    assert_eq!((stored.len(), stored[0].notes.as_str()), (3, "Looked again"));
    house.is_sound();
}

fn what_contradicts_in_far_parts_is_told(house: &House) {
    let export = large(house);
    house.takes(&export.folder);
    let twice = export.set_row("time_entries.csv", 4_200, "entry", "E-7");
    let told_otherwise = export.set_row("time_entries.csv", 4_300, "ticket", "T-1");
    let summary = export.set_row("time_entries.csv", 4_300, "ticket_summary", "Something else");
    assert_eq!(told_otherwise, summary);
    // The ticket of an entry that isn't in this file any more.
    let gone = export.set_row("time_entries.csv", 4_000, "entry", "E-9000");
    export.set_row("time_entries.csv", 4_000, "ticket", "T-1334");
    export.set_row("time_entries.csv", 4_000, "requester", "Somebody else");
    for row in [4_002, 4_003, 4_004] {
        export.set_row("time_entries.csv", row, "ticket", "T-9000");
        export.set_row("time_entries.csv", row, "entry", &format!("E-{}", 9_000 + row));
    }
    let said = house.refuses(&["import", export.path()]);
    for told in [
        format!("time_entries.csv:{twice}: column entry, value \"E-7\": it stands on line 9 already"),
        format!("time_entries.csv:{summary}: column ticket_summary, value \"Something else\""),
        format!("time_entries.csv:{gone}: column requester, value \"Somebody else\""),
    ] {
        assert!(said.err.contains(&told), "{told} isn't told:\n{}", said.err);
    }
    assert!(said.err.contains("3 problems; nothing was written."), "{}", said.err);
    assert_eq!(house.reads(|tx| tx.entries_by_code(&["E-9000".to_owned()])).len(), 0);
}

/// A pipe in place of a file: who reads it waits for us, and gets at each pass what we want it to see.
struct Pipe(std::path::PathBuf);

impl Pipe {
    fn instead_of(export: &Export, name: &str) -> (Pipe, Vec<u8>) {
        let (pipe, bytes) = (Pipe(export.file(name)), export.bytes(name));
        pipe.lay();
        (pipe, bytes)
    }

    /// Puts a new pipe in the place of what is there; who has that open keeps it.
    fn lay(&self) {
        let new = self.0.with_extension("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&new).status().unwrap().success());
        std::fs::rename(&new, &self.0).unwrap();
    }

    /// Waits until it is opened for reading, and has another one lie there for the next pass.
    fn opened(&self) -> std::fs::File {
        let file = std::fs::OpenOptions::new().write(true).open(&self.0).unwrap();
        self.lay();
        file
    }

    fn gives(&self, bytes: &[u8]) {
        std::io::Write::write_all(&mut self.opened(), bytes).unwrap();
    }
}

fn what_changes_meanwhile_is_compared_again(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let accounts = export.file("accounts.csv");
    let entry = crate::export::column(&export.file("time_entries.csv"), "entry")[0].clone();
    export.set("time_entries.csv", &entry, "notes", "Looked again");
    let (pipe, bytes) = Pipe::instead_of(&export, "time_entries.csv");
    let mut importing = house.command(&["import", pipe.0.to_str().unwrap()]).spawn().unwrap();
    let first = pipe.opened();
    // It has looked at the store already, and now somebody else imports.
    export.set("accounts.csv", "C-1008", "name", "Another name");
    house.does(&["import", accounts.to_str().unwrap()]);
    std::io::Write::write_all(&mut &first, &bytes).unwrap();
    drop(first);
    // Once to compare again, once to write.
    pipe.gives(&bytes);
    pipe.gives(&bytes);
    assert!(importing.wait().unwrap().success());
    let stored = house.reads(move |tx| tx.entries_by_code(std::slice::from_ref(&entry)));
    assert_eq!(stored[0].notes, "Looked again");
}

#[test]
fn a_file_that_changes_while_it_is_imported_is_refused() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let (pipe, bytes) = Pipe::instead_of(&export, "time_entries.csv");
    let text = String::from_utf8(bytes.clone()).unwrap();
    for other in [text.replacen("Remote", "Project", 1), format!("{text}{}\n", text.lines().last().unwrap())] {
        let importing = house.command(&["import", export.path()]).stderr(std::process::Stdio::piped()).spawn().unwrap();
        pipe.gives(&bytes);
        pipe.gives(other.as_bytes());
        let output = importing.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("time_entries.csv changed while it was imported"), "{said}");
        assert_eq!(house.reads(|tx| tx.accounts()).len(), 0);
    }
}

#[test]
fn very_many_problems_are_counted_and_a_quote_that_never_ends_is_told() {
    let house = House::on(Database::Sqlite);
    let export = export(&house);
    house.inits(&export.folder);
    let header = String::from_utf8(export.bytes("products.csv")).unwrap().lines().next().unwrap().to_owned();
    export.put("products.csv", format!("{header}\n{}", "D-1,C-1000,,soon\n".repeat(10_050)));
    let said = house.refuses(&["import", export.path()]);
    assert!(said.err.contains("and 50 more, which are not listed\n10,050 problems;"));
    export.put("products.csv", format!("{header}\nD-1,\"C-1000{}", ",a\n".repeat(4 << 20)));
    let said = house.refuses(&["import", export.path()]);
    assert!(said.err.contains("products.csv:2: a record from here on is longer than 8 MB"), "{}", said.err);
    assert!(said.err.contains("1 problem; nothing was written."));
}
