//! Runs: plan, review, issue; each can be repeated, and no work is lost or billed twice.

use billing::{Currency, Money};
use store::audit::AuditKind;

use crate::export::Export;
use crate::house::{House, Listed, text};

houses!(
    a_plan_writes_nothing,
    each_currency_has_its_own_sum,
    drafts_wait_for_approval,
    one_draft_is_issued_alone,
    what_is_owed_by_age_is_what_is_receivable,
    held_drafts_stay_behind,
    excluded_work_flows_into_the_next_run,
    a_held_draft_holds_the_next,
    a_run_that_is_done_changes_nothing,
    a_draft_that_changed_waits_again,
    two_and_eight_runners_make_no_duplicate,
    wrong_dates_are_refused,
    wrong_usage_ends_with_2,
    nothing_is_made_twice_or_from_nothing,
    each_invoice_says_why_it_differs,
);

fn moved_in(house: &House) -> Export {
    let export = Export::of(&["C-1000", "C-1008", "C-1026", "C-1031"], house.path("export"));
    house.takes(&export.folder);
    export
}

fn a_plan_writes_nothing(house: &House) {
    moved_in(house);
    for run in [["run", "recurring", "--for", "2026-07", "--plan"], ["run", "biweekly", "--on", "2026-07-24", "--plan"]]
    {
        let said = house.does(&run);
        assert!(said.out.contains("C-1000") && said.out.contains("Nothing was written"), "{}", said.out);
    }
    assert_eq!(house.does(&["run", "list"]).out, "");
    assert_eq!(house.invoices(), []);
}

/// What is billed in yen is shown in yen, and who is billed nothing any more is told as well.
fn each_currency_has_its_own_sum(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    export.set("accounts.csv", "C-1008", "currency", "JPY");
    export.set("agreement_lines.csv", "L-0301", "unit_price", "12000");
    house.takes(&export.folder);
    let plans = |month: &str| house.does(&["run", "recurring", "--for", month, "--plan"]).out;
    let plan = plans("2026-07");
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let [dollars, yen] = house.invoices().try_into().unwrap();
    let usd = |minor: i64| Money::new(minor, Currency::USD);
    let jpy = |minor: i64| Money::new(minor, Currency::JPY);
    let sums = format!("{} and {}", usd(dollars.total_minor).with_currency(), jpy(yen.total_minor).with_currency());
    assert!(plan.contains(&format!("2 drafts, {sums}. Nothing was written.")), "{plan}");
    assert!(plan.contains(&format!("All changes: {sums}\n")), "{plan}");
    assert!(yen.subtotal_minor == 24_000 && plan.contains(&format!("{:>14}", jpy(yen.total_minor).to_string())));

    house.does(&["agreement", "cancel", "AG-1001", "--on", "2026-08-01"]);
    let plan = plans("2026-08");
    let row = plan.lines().find(|line| line.starts_with("C-1000")).unwrap();
    let (last, change) = (usd(dollars.total_minor).to_string(), usd(-dollars.total_minor).to_string());
    assert!(row.ends_with(&format!("{:>14} {last:>14} {change:>14}", "none")), "{plan}");
    let fewer = jpy(yen.total_minor / 2 - yen.total_minor).with_currency();
    let changes = format!("All changes: {fewer} and {}\n", usd(-dollars.total_minor).with_currency());
    assert!(plan.contains(&changes), "{plan}");

    let shown = house.does(&["run", "recurring", "--for", "2026-08"]).out;
    assert!(shown.contains("recurring-2026-08/C-1000") && shown.contains(&changes), "{shown}");
    assert!(shown.contains(&format!("({change} against {})", dollars.number)), "{shown}");
    assert!(shown.contains(&format!("({} against {})", jpy(-yen.total_minor / 2), yen.number)), "{shown}");
    house.does(&["run", "approve", "recurring-2026-08"]);
    assert_eq!(issued_to(house, "C-1000").len(), 1);
    house.is_sound();
}

fn drafts_wait_for_approval(house: &House) {
    moved_in(house);
    let said = house.does(&["run", "recurring", "--for", "2026-07"]);
    assert!(said.out.contains("recurring-2026-07/C-1000") && said.out.contains("waiting"), "{}", said.out);
    assert_eq!(house.invoices(), []);
    assert!(house.does(&["run", "list"]).out.contains("recurring-2026-07"));
    let shown = house.does(&["run", "show", "recurring-2026-07/C-1000"]).out;
    assert!(shown.contains("L-0001") && shown.contains("Managed workstation, core"), "{shown}");
    house.does(&["run", "approve", "recurring-2026-07"]);
    let numbers: Vec<String> = house.invoices().into_iter().map(|invoice| invoice.number).collect();
    assert_eq!(numbers, ["INV-20001", "INV-20002", "INV-20003"]);
    house.is_sound();
}

fn one_draft_is_issued_alone(house: &House) {
    moved_in(house);
    house.does(&["run", "recurring", "--for", "2026-07"]);
    let said = house.does(&["run", "approve", "recurring-2026-07/C-1008"]);
    assert!(said.out.contains("1 invoice issued now. 2 waiting, 1 issued"), "{}", said.out);
    assert_eq!(issued_to(house, "C-1008").len(), 1);
    assert_eq!(house.invoices().len(), 1);
    house.does(&["run", "approve", "recurring-2026-07"]);
    assert_eq!(house.invoices().len(), 3);
    house.is_sound();
}

fn what_is_owed_by_age_is_what_is_receivable(house: &House) {
    moved_in(house);
    assert_eq!(house.does(&["books", "ageing"]).out, "");
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    let (balance, books) = (house.does(&["books", "trial-balance"]).out, house.does(&["books", "ageing"]).out);
    let last = |line: &str| line.split_whitespace().next_back().unwrap().to_owned();
    let receivable = last(balance.lines().find(|line| line.starts_with("1100 ")).unwrap());
    let lines: Vec<&str> = books.lines().collect();
    assert!(lines[0].starts_with("Ageing of ") && lines[0].ends_with(", USD"), "{books}");
    assert_eq!(last(lines[lines.len() - 1]), receivable, "{books}");
    let billed: std::collections::BTreeSet<String> =
        house.invoices().into_iter().map(|invoice| invoice.account).collect();
    let listed: Vec<&str> = lines[2..lines.len() - 1].iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(listed, Vec::from_iter(&billed), "{books}");
}

fn held_drafts_stay_behind(house: &House) {
    moved_in(house);
    house.does(&["run", "recurring", "--for", "2026-07"]);
    house.does(&["run", "hold", "recurring-2026-07/C-1008", "--reason", "Seats are disputed"]);
    let said = house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    assert!(said.err.contains("C-1008") && said.err.contains("Seats are disputed"), "{}", said.err);
    assert!(issued_to(house, "C-1008").is_empty());
    // Neither planning again nor deciding about the whole run decides about it.
    house.does(&["run", "recurring", "--for", "2026-07"]);
    house.does(&["run", "approve", "recurring-2026-07"]);
    let shown = house.does(&["run", "show", "recurring-2026-07"]).out;
    assert!(shown.contains("held") && shown.contains("Seats are disputed"), "{shown}");
    assert_eq!(house.invoices().len(), 2);
    house.does(&["run", "approve", "recurring-2026-07/C-1008"]);
    assert_eq!(issued_to(house, "C-1008").len(), 1);
    let said = house.refuses(&["run", "hold", "recurring-2026-07/C-1008"]);
    assert!(said.err.contains("is issued"), "{}", said.err);
    house.is_sound();
}

fn excluded_work_flows_into_the_next_run(house: &House) {
    moved_in(house);
    house.does(&["run", "biweekly", "--on", "2026-07-10"]);
    let excluded = lines_of_draft(house, "biweekly-2026-07-10/C-1000");
    assert!(!excluded.is_empty());
    house.does(&["run", "exclude", "biweekly-2026-07-10/C-1000", "--reason", "The customer asked for one invoice"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    assert!(issued_to(house, "C-1000").is_empty());
    let shown = house.does(&["run", "show", "biweekly-2026-07-10/C-1000"]).out;
    assert!(shown.contains("The customer asked for one invoice"), "{shown}");
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    let [invoice] = issued_to(house, "C-1000").try_into().unwrap();
    let billed = lines_of_invoice(house, &invoice.number);
    assert!(excluded.iter().all(|code| billed.contains(code)), "{excluded:?} on {billed:?}");
    house.is_sound();
}

fn a_held_draft_holds_the_next(house: &House) {
    moved_in(house);
    house.does(&["run", "biweekly", "--on", "2026-07-10"]);
    house.does(&["run", "hold", "biweekly-2026-07-10/C-1000"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    let said = house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    assert!(said.err.contains("biweekly-2026-07-24/C-1000 is held"), "{}", said.err);
    assert!(said.err.contains("biweekly-2026-07-10"), "{}", said.err);
    assert!(issued_to(house, "C-1000").is_empty());
    // Once the first is decided, both go, each with its own work.
    house.does(&["run", "approve", "biweekly-2026-07-10/C-1000"]);
    house.does(&["run", "biweekly", "--on", "2026-07-24"]);
    house.does(&["run", "approve", "biweekly-2026-07-24/C-1000"]);
    let invoices = issued_to(house, "C-1000");
    let days: Vec<&str> = invoices.iter().map(|invoice| invoice.issued_on.as_str()).collect();
    assert_eq!(days, ["2026-07-10", "2026-07-24"]);
    assert_eq!(invoices[0].lines, 7);
    house.is_sound();
}

fn a_run_that_is_done_changes_nothing(house: &House) {
    let export = moved_in(house);
    let runs = [["run", "recurring", "--for", "2026-07"], ["run", "biweekly", "--on", "2026-07-10"]];
    for run in runs {
        house.does(&[run.as_slice(), &["--approve"]].concat());
    }
    let before = house.invoices();
    for run in runs {
        house.does(&[run.as_slice(), &["--approve"]].concat());
        house.does(&run);
        house.does(&[run.as_slice(), &["--plan"]].concat());
    }
    assert_eq!(approvals(house), 2, "what approves nothing is no deed");
    house.does(&["import", export.path()]);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    let after = house.invoices();
    assert_eq!(after[..before.len()], before[..]);
    assert!(after[before.len()..].iter().all(|invoice| invoice.issued_on == "2026-07-24"));
    house.is_sound();
}

fn a_draft_that_changed_waits_again(house: &House) {
    let export = moved_in(house);
    house.does(&["run", "recurring", "--for", "2026-07"]);
    export.set("agreement_lines.csv", "L-0001", "quantity", "43");
    house.does(&["import", export.path()]);
    let said = house.does(&["run", "approve", "recurring-2026-07"]);
    assert!(said.err.contains("1 approved draft had changed; it waits again."), "{}", said.err);
    assert_eq!(house.invoices().len(), 2);
    let shown = house.does(&["run", "show", "recurring-2026-07/C-1000"]).out;
    assert!(shown.contains("waiting") && shown.contains("changed after it was approved"), "{shown}");
    house.does(&["run", "approve", "recurring-2026-07/C-1000"]);
    assert_eq!(issued_to(house, "C-1000").len(), 1);
    house.is_sound();
}

fn two_and_eight_runners_make_no_duplicate(house: &House) {
    let sample = Export::sample();
    house.takes(&sample);
    let runs = [(2, ["run", "recurring", "--for", "2026-07"]), (8, ["run", "biweekly", "--on", "2026-07-24"])];
    for (count, run) in runs {
        let start = || {
            let mut command = house.command(&[run.as_slice(), &["--approve"]].concat());
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        };
        let runners: Vec<_> = (0..count).map(|_| start()).collect();
        for mut runner in runners {
            assert_eq!(runner.wait().unwrap().code(), Some(0));
        }
        // Whatever one left behind, the next finds.
        house.does(&[run.as_slice(), &["--approve"]].concat());
    }
    let invoices = house.invoices();
    assert_eq!(invoices.iter().filter(|invoice| invoice.stream == "recurring").count(), 54);
    let numbers: Vec<String> = invoices.iter().map(|invoice| invoice.number.clone()).collect();
    let expected: Vec<String> = (20001..).take(numbers.len()).map(|n| format!("INV-{n}")).collect();
    assert_eq!(numbers, expected);
    house.is_sound();
}

fn wrong_dates_are_refused(house: &House) {
    moved_in(house);
    let said = house.refuses(&["run", "recurring", "--for", "2999-01", "--approve"]);
    assert!(said.err.contains("2999-02-01") && said.err.contains("after today"), "{}", said.err);
    house.refuses(&["run", "recurring", "--for", "2999-01", "--plan"]);
    house.refuses(&["run", "biweekly", "--on", "2999-01-04"]);
    // Said before anything else is, and told to nobody.
    let said = house.refuses(&["run", "biweekly", "--on", "2999-01-04", "--approve"]);
    assert!(!said.err.contains("never made"), "{}", said.err);
    assert_eq!(approvals(house), 0);
    let said = house.refuses(&["run", "biweekly", "--on", "2026-09-20"]);
    assert!(said.err.contains("2026-09-18") && said.err.contains("2026-10-02"), "{}", said.err);
    for before in [["run", "recurring", "--for", "2026-06"], ["run", "biweekly", "--on", "2026-06-26"]] {
        let said = house.refuses(&before);
        assert!(said.err.contains("2026-07-01"), "{}", said.err);
    }
    house.refuses(&["run", "show", "recurring-2026-07"]);
    house.refuses(&["run", "approve", "recurring-2026-07"]);
    assert_eq!(house.invoices(), []);
}

fn wrong_usage_ends_with_2(house: &House) {
    moved_in(house);
    let wrong: [&[&str]; 9] = [
        &["run"],
        &["run", "recurring"],
        &["run", "recurring", "--for", "2026-13"],
        &["run", "recurring", "--for", "September"],
        &["run", "biweekly", "--on", "2026-02-30"],
        &["run", "biweekly", "--on", "2026-07-10", "--plan", "--approve"],
        &["run", "approve", "everything"],
        &["import"],
        &["bill", "everybody"],
    ];
    for arguments in wrong {
        house.ends(2, arguments);
    }
}

fn nothing_is_made_twice_or_from_nothing(house: &House) {
    let export = Export::of(&["C-1008"], house.path("export"));
    let said = house.refuses(&["import", export.path()]);
    assert!(said.err.contains("quittance init"), "{}", said.err);
    house.takes(&export.folder);
    let said = house.refuses(&["init", "--provider", text(&export.file("provider.toml"))]);
    assert!(said.err.contains("nothing was changed"), "{}", said.err);
    assert_eq!(house.reads(|tx| tx.accounts()).len(), 1);
    house.refuses(&["document", "INV-1", "--out", text(&house.path("none.pdf"))]);
}

/// How often the audit log tells that drafts were decided about.
fn approvals(house: &House) -> usize {
    let rows = house.reads(|tx| tx.audit_from(0, 1000));
    rows.iter().filter(|row| row.kind == AuditKind::DraftsDecided).count()
}

fn issued_to(house: &House, account: &str) -> Vec<Listed> {
    house.invoices().into_iter().filter(|invoice| invoice.account == account).collect()
}

/// Ids of the lines that `run show` lists.
fn lines_of_draft(house: &House, draft: &str) -> Vec<String> {
    let shown = house.does(&["run", "show", draft]).out;
    let is_told = |line: &&str| !line.starts_with('$') && !line.starts_with("As much as");
    let lines = shown.lines().take_while(is_told).filter_map(|line| line.strip_prefix("    "));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn lines_of_invoice(house: &House, number: &str) -> Vec<String> {
    let number = number.to_owned();
    let whole = house.reads(move |tx| {
        let found = tx.number(&number)?.unwrap();
        tx.whole_invoice(found.account_id, found.document_id)
    });
    whole.unwrap().lines.into_iter().map(|line| line.source_code).collect()
}

/// What no document could hold gets no number: more text than 20,000 lines.
#[test]
fn what_cannot_be_printed_is_held() {
    let house = House::on(store::testing::Database::Sqlite);
    let export = Export::of(&["C-1000", "C-1005"], house.path("export"));
    let path = export.file("time_entries.csv");
    let (header, rows) = crate::export::read(&path);
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let mut row = rows.iter().find(|row| row[place("account")] == "C-1000").unwrap().clone();
    row[place("notes")] = "It took a while. ".repeat(588);
    let mut writer = csv::Writer::from_writer(std::fs::OpenOptions::new().append(true).open(&path).unwrap());
    for number in 0..1600 {
        row[place("entry")] = format!("LONG-{number}");
        row[place("worked_on")] = "2026-07-02".to_owned();
        row[place("approved_on")] = "2026-07-03".to_owned();
        writer.write_record(&row).unwrap();
    }
    writer.flush().unwrap();
    house.takes(&export.folder);
    let said = house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    assert!(said.err.contains("biweekly-2026-07-10/C-1000 is held: Its document would be too large"), "{}", said.err);
    let said = house.refuses(&["run", "approve", "biweekly-2026-07-10/C-1000"]);
    assert!(said.err.contains("can't be approved: Its document would be too large"), "{}", said.err);
    // Where a person's word hides the reason, issuing finds it again.
    house.does(&["run", "hold", "biweekly-2026-07-10/C-1000"]);
    let said = house.does(&["run", "approve", "biweekly-2026-07-10/C-1000"]);
    assert!(said.err.contains("C-1000 is held: Its document would be too large"), "{}", said.err);
    assert!(issued_to(&house, "C-1000").is_empty());
    assert_eq!(house.invoices().len(), 1);
    house.is_sound();
}

/// Rows sum to the difference of the totals, causes to their rows.
fn each_invoice_says_why_it_differs(house: &House) {
    moved_in(house);
    for month in ["2026-07", "2026-08", "2026-09", "2026-10"] {
        house.does(&["run", "recurring", "--for", month, "--approve"]);
    }
    for day in ["2026-07-24", "2026-08-07", "2026-08-21", "2026-09-04"] {
        house.does(&["run", "biweekly", "--on", day, "--approve"]);
    }
    let mut causes = std::collections::BTreeSet::new();
    for invoice in house.invoices() {
        let shown = house.does(&["invoices", &invoice.number, "--json"]).out;
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let lines: i64 =
            shown["lines"].as_array().unwrap().iter().map(|line| line["amount_minor"].as_i64().unwrap()).sum();
        assert_eq!(lines, invoice.subtotal_minor);
        let Some(rows) = shown["difference"]["rows"].as_array() else { continue };
        let mut sum = 0;
        for row in rows {
            let of: i64 =
                row["causes"].as_array().unwrap().iter().map(|one| one["amount_minor"].as_i64().unwrap()).sum();
            assert_eq!(row["change_minor"], of, "{row}");
            sum += of;
            for cause in row["causes"].as_array().unwrap() {
                causes.insert(cause["cause"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(shown["difference"]["change_minor"], sum, "{}", invoice.number);
        assert_eq!(shown["difference"]["sentence"].is_null(), sum == 0, "{shown}");
    }
    for cause in ["added", "removed", "proration", "tax"] {
        assert!(causes.contains(cause), "{causes:?}");
    }
    let said = house.refuses(&["invoices", "INV-9"]);
    assert!(said.err.contains("there is no invoice INV-9"), "{}", said.err);
    let first = &house.invoices()[3].number;
    assert!(house.does(&["invoices", first]).out.contains("Subtotal"));
}
