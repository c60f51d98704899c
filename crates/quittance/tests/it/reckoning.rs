//! Work that is reckoned: rates of roles, rounding, call-outs, agreed amounts and prepaid hours, from the import to the
//! invoice.

use crate::export::Export;
use crate::house::House;

houses!(
    a_rate_is_the_most_particular_one,
    a_changed_rate_changes_the_draft_and_no_invoice,
    hours_are_rounded_by_entry,
    hours_are_rounded_once_by_ticket,
    a_call_out_has_its_minimum,
    a_ticket_is_charged_up_to_what_was_agreed,
    prepaid_hours_are_drawn_oldest_first,
    what_cannot_be_reckoned_is_told,
    files_without_the_new_columns_are_right,
);

const ENTRIES: &str = "entry,account,ticket,ticket_summary,requester,site,worked_on,started_at,ended_at,technician,work_type,hours_worked,\
hours_billed,rate,billing,agreement,notes,internal_notes,approved_on,role\n";

/// Acme with an agreement of ten prepaid hours a month, Globex without one.
fn export(house: &House) -> Export {
    let export = Export::of(&[], house.path("export"));
    let account = |code: &str, name: &str| {
        format!("{code},{name},1 Main Street,,Willmar,MN,56201,US,USD,30,MN-Kandiyohi,no,,active\n")
    };
    add(&export, "accounts.csv", &[account("C-1", "Acme Milling"), account("C-2", "Globex Dental")].concat());
    add(&export, "agreements.csv", "AG-1,C-1,Support hours,2026-07-01,,arrears,\n");
    let lines = "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate,included_hours,hours_carry_months\n\
                 L-1,AG-1,MSRV,Support hours,2026-07-01,,2,400,yes,5,1\n";
    export.put("agreement_lines.csv", lines);
    export
}

fn add(export: &Export, file: &str, rows: &str) {
    let before = String::from_utf8(export.bytes(file)).unwrap();
    export.put(file, format!("{}\n{rows}", before.trim_end()));
}

/// `id account ticket day time type worked billed rate billing agreement role`, `-` for empty.
fn entries(export: &Export, rows: &[&str]) {
    let mut file = ENTRIES.to_owned();
    for row in rows {
        let fields: Vec<&str> = row.split(' ').map(|field| if field == "-" { "" } else { field }).collect();
        let [id, account, ticket, day, time, kind, worked, billed, rate, billing, agreement, role] = fields[..] else {
            panic!("{row}")
        };
        let kind = kind.replace('_', " ");
        file.push_str(&format!(
            "{id},{account},{ticket},Summary of {ticket},Alice,Office,{day},{time},{time},T. Becker,{kind},{worked},{billed},{rate},\
             {billing},{agreement},Notes of {id},,{day},{role}\n"
        ));
    }
    export.put("time_entries.csv", file);
}

/// The lines of a draft or invoice: code, hours, price, amount, with what is remarked on each.
fn lines(house: &House, draft: &str) -> Vec<String> {
    let shown = house.does(&["run", "show", draft]).out;
    let mut lines: Vec<String> = Vec::new();
    let is_told = |line: &&str| !line.starts_with('$') && !line.starts_with("As much as");
    for line in shown.lines().take_while(is_told).filter(|line| line.starts_with("    ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (words.as_slice(), lines.last_mut()) {
            ([code, _, hours, "x", price, amount, ..], _) if code.starts_with("E-") => {
                lines.push(format!("{code} {hours} x {price} = {amount}"));
            }
            (words, Some(last)) => last.push_str(&format!("; {}", words.join(" "))),
            _ => {}
        }
    }
    lines
}

fn plans(house: &House, run_on: &str) {
    house.does(&["run", "biweekly", "--on", run_on]);
}

fn issues(house: &House, run_on: &str) {
    house.does(&["run", "biweekly", "--on", run_on, "--approve"]);
}

fn a_rate_is_the_most_particular_one(house: &House) {
    let export = export(house);
    add(&export, "provider.toml", "[work]\nafter_hours_multiplier = \"1.5\"\n");
    let rates = "role,account,agreement,from_on,rate\nEngineer,,,2026-01-01,120\nEngineer,,,2026-07-04,130\n\
                 Engineer,C-1,,2026-01-01,110\nEngineer,,AG-1,2026-07-03,95.50\n";
    export.put("rates.csv", rates);
    entries(
        &export,
        &[
            "E-1 C-2 T-1 2026-07-03 09:00 Remote 1 1 - billable - Engineer",
            "E-2 C-2 T-1 2026-07-04 09:00 Remote 1 1 - billable - Engineer",
            "E-3 C-2 T-1 2026-07-05 22:00 After_hours 1 1 - billable - Engineer",
            "E-4 C-2 T-1 2026-07-06 22:00 After_hours 1 1 200 billable - Engineer",
            "E-5 C-1 T-2 2026-07-04 09:00 Remote 1 1 - billable - Engineer",
            "E-6 C-1 T-2 2026-07-05 09:00 Remote 2 2 - billable AG-1 Engineer",
        ],
    );
    house.takes(&export.folder);
    assert!(house.does(&["import", export.path()]).out.ends_with("Nothing changes.\n"));
    issues(house, "2026-07-10");
    assert_eq!(
        lines(house, "biweekly-2026-07-10/C-2"),
        [
            "E-1 1 x 120 = 120.00; Rate: Engineer",
            "E-2 1 x 130 = 130.00; Rate: Engineer",
            "E-3 1 x 195 = 195.00; Rate: Engineer × 1.5 after hours",
            "E-4 1 x 200 = 200.00",
        ]
    );
    assert_eq!(
        lines(house, "biweekly-2026-07-10/C-1"),
        ["E-5 1 x 110 = 110.00; Rate: Engineer", "E-6 2 x 95.5 = 191.00; Rate: Engineer"]
    );
    house.is_sound();
}

fn a_changed_rate_changes_the_draft_and_no_invoice(house: &House) {
    let export = export(house);
    export.put("rates.csv", "role,account,agreement,from_on,rate\nEngineer,,,2026-01-01,120\n");
    entries(
        &export,
        &[
            "E-1 C-1 T-1 2026-07-03 09:00 Remote 1 1 - billable - Engineer",
            "E-2 C-2 T-2 2026-07-03 09:00 Remote 1 1 - billable - Engineer",
        ],
    );
    house.takes(&export.folder);
    plans(house, "2026-07-10");
    house.does(&["run", "approve", "biweekly-2026-07-10/C-1"]);
    let rate = ["work", "rate", "Engineer", "--from", "2026-01-01", "--rate"];
    let said = house.does(&[rate.as_slice(), &["125"]].concat());
    assert_eq!(said.out, "Engineer costs 125 an hour from 2026-01-01 on (before: 120).\n");
    // Twice is once.
    let version = house.reads(|tx| tx.data_version());
    house.does(&[rate.as_slice(), &["125"]].concat());
    assert_eq!(house.reads(|tx| tx.data_version()), version);
    assert!(house.does(&["work", "rates"]).out.contains("from 2026-01-01          125"));
    plans(house, "2026-07-10");
    assert_eq!(lines(house, "biweekly-2026-07-10/C-1"), ["E-1 1 x 120 = 120.00; Rate: Engineer"]);
    assert_eq!(lines(house, "biweekly-2026-07-10/C-2"), ["E-2 1 x 125 = 125.00; Rate: Engineer"]);
    house.does(&["work", "rate", "Engineer", "--from", "2026-07-01", "--rate", "90", "--account", "C-2"]);
    plans(house, "2026-07-10");
    assert_eq!(lines(house, "biweekly-2026-07-10/C-2"), ["E-2 1 x 90 = 90.00; Rate: Engineer"]);
    for (wrong, told) in [
        (["--rate", "-1", "--account", "C-2"], "can't be read"),
        (["--rate", "1", "--account", "C-9"], "there is no account C-9"),
        (["--rate", "1", "--agreement", "AG-9"], "there is no agreement AG-9"),
    ] {
        let arguments = [["work", "rate", "Engineer", "--from", "2026-07-01"].as_slice(), &wrong].concat();
        let said = house.says(&arguments);
        assert!(said.code != 0 && (said.err.contains(told) || said.code == 2), "{}", said.err);
    }
    house.is_sound();
}

fn hours_are_rounded_by_entry(house: &House) {
    let export = export(house);
    add(&export, "provider.toml", "[work]\nround_to_minutes = 15\n");
    entries(
        &export,
        &[
            "E-1 C-1 T-1 2026-07-03 09:00 Remote 0.6333 - 100 billable - -",
            "E-2 C-1 T-1 2026-07-03 10:00 Remote 0.5 - 100 billable - -",
            "E-3 C-1 T-1 2026-07-03 11:00 Remote 0.1 0.1 100 billable - -",
            "E-4 C-1 T-1 2026-07-03 12:00 Remote 0.1 - 100 no_charge - -",
        ],
    );
    house.takes(&export.folder);
    issues(house, "2026-07-10");
    // Worked 0:38, billed 0:45; what an entry gives stays.
    let billed = ["E-1 0.75 x 100 = 75.00", "E-2 0.5 x 100 = 50.00", "E-3 0.1 x 100 = 10.00", "E-4 0.25 x 0 = 0.00"];
    assert_eq!(lines(house, "biweekly-2026-07-10/C-1"), billed);
    house.is_sound();
}

fn hours_are_rounded_once_by_ticket(house: &House) {
    let export = export(house);
    add(&export, "provider.toml", "[work]\nround_to_minutes = 15\nround = \"nearest\"\nround_per = \"ticket\"\n");
    entries(
        &export,
        &[
            "E-1 C-1 T-1 2026-07-03 09:00 Remote 0.1 - 100 billable - -",
            "E-2 C-1 T-1 2026-07-04 09:00 Remote 0.2 - 100 billable - -",
            "E-3 C-1 T-1 2026-07-05 09:00 Remote 0.15 - 100 billable - -",
            "E-4 C-1 T-2 2026-07-05 09:00 Remote 0.15 - 100 billable - -",
        ],
    );
    house.takes(&export.folder);
    issues(house, "2026-07-10");
    let billed = ["E-1 0.1 x 100 = 10.00", "E-2 0.2 x 100 = 20.00", "E-3 0.2 x 100 = 20.00", "E-4 0.25 x 100 = 25.00"];
    assert_eq!(lines(house, "biweekly-2026-07-10/C-1"), billed);
    house.is_sound();
}

fn a_call_out_has_its_minimum(house: &House) {
    let export = export(house);
    let work = "[work]\nminimum_on_site_minutes = 60\nminimum_remote_minutes = 15\nround_to_minutes = 6\n";
    add(&export, "provider.toml", work);
    let first = [
        "E-1 C-1 T-1 2026-07-03 09:00 On_site 0.3 - 100 billable - -",
        "E-2 C-1 T-1 2026-07-03 11:00 On_site 0.2 - 100 billable - -",
        "E-3 C-1 T-1 2026-07-04 09:00 On_site 1.5 - 100 billable - -",
        "E-4 C-1 T-2 2026-07-04 09:00 Remote 0.1 - 100 billable - -",
        "E-5 C-1 T-2 2026-07-05 09:00 Remote 0.1 0.1 100 billable - -",
        "E-6 C-1 T-2 2026-07-06 09:00 On_site 0.1 - 100 no_charge - -",
    ];
    entries(&export, &first);
    house.takes(&export.folder);
    issues(house, "2026-07-10");
    assert_eq!(
        lines(house, "biweekly-2026-07-10/C-1"),
        [
            "E-1 0.3 x 100 = 30.00",
            "E-2 0.7 x 100 = 70.00; minimum call-out 1.00 h",
            "E-3 1.5 x 100 = 150.00",
            "E-4 0.25 x 100 = 25.00; minimum call-out 0.25 h",
            "E-5 0.1 x 100 = 10.00",
            "E-6 0.1 x 0 = 0.00",
        ]
    );
    // An entry of that day that comes late isn't a second call-out.
    let late = "E-7 C-1 T-1 2026-07-03 15:00 On_site 0.2 - 100 billable - -";
    entries(&export, &[late]);
    house.does(&["import", export.path()]);
    issues(house, "2026-07-24");
    assert_eq!(lines(house, "biweekly-2026-07-24/C-1"), ["E-7 0.2 x 100 = 20.00"]);
    house.is_sound();
}

fn a_ticket_is_charged_up_to_what_was_agreed(house: &House) {
    let export = export(house);
    export.put("tickets.csv", "ticket,account,not_to_exceed\nT-1,C-1,250.00\n");
    entries(
        &export,
        &[
            "E-1 C-1 T-1 2026-07-03 09:00 Remote 1 1 100 billable - -",
            "E-2 C-1 T-1 2026-07-04 09:00 Remote 1 1 100 covered AG-1 -",
            "E-3 C-1 T-1 2026-07-14 09:00 Remote 1 1 100 billable - -",
            "E-4 C-1 T-1 2026-07-15 09:00 Remote 1.7 1.7 100 billable - -",
            "E-5 C-1 T-2 2026-07-15 09:00 Remote 3 3 100 billable - -",
        ],
    );
    house.takes(&export.folder);
    issues(house, "2026-07-10");
    assert_eq!(lines(house, "biweekly-2026-07-10/C-1"), ["E-1 1 x 100 = 100.00", "E-2 1 x 0 = 0.00"]);
    issues(house, "2026-07-24");
    let charged = [
        "E-3 1 x 100 = 100.00",
        "E-4 1.7 x 100 = 50.00; $120.00 over the agreed $250.00: not charged",
        "E-5 3 x 100 = 300.00",
    ];
    assert_eq!(lines(house, "biweekly-2026-07-24/C-1"), charged);
    let listed = house.does(&["work", "tickets"]).out;
    assert!(listed.contains("T-1") && listed.contains("up to $250.00, $250.00 charged so far"), "{listed}");
    house.does(&["work", "ticket", "T-2", "--account", "C-1", "--not-to-exceed", "10.50"]);
    let said = house.refuses(&["work", "ticket", "T-2", "--account", "C-2"]);
    assert!(said.err.contains("another account's ticket"), "{}", said.err);
    let said = house.refuses(&["work", "ticket", "T-2", "--account", "C-1", "--not-to-exceed", "10.505"]);
    assert!(said.err.contains("at most 2 decimals"), "{}", said.err);
    house.is_sound();
}

fn prepaid_hours_are_drawn_oldest_first(house: &House) {
    let export = export(house);
    // Ten hours a month, which live for one further month.
    let all = [
        "E-1 C-1 T-1 2026-07-03 09:00 Remote 4 4 100 prepaid AG-1 -",
        "E-2 C-1 T-0 2026-07-06 09:00 Remote 1 1 100 billable - -",
        "E-3 C-1 T-1 2026-08-03 09:00 Remote 9 9 100 prepaid AG-1 -",
        "E-4 C-1 T-0 2026-08-04 09:00 Remote 8.5 8.5 100 prepaid AG-1 -",
        "E-5 C-1 T-1 2026-09-14 09:00 Remote 3 3 100 prepaid AG-1 -",
        "E-6 C-1 T-1 2026-09-15 09:00 Remote 1 1 100 billable AG-1 -",
    ];
    entries(&export, &all);
    house.takes(&export.folder);
    issues(house, "2026-07-10");
    assert_eq!(
        lines(house, "biweekly-2026-07-10/C-1"),
        ["E-2 1 x 100 = 100.00", "E-1 4 x 100 = 0.00; 4.00 h from prepaid hours"]
    );
    issues(house, "2026-08-07");
    // Six are left of July and ten are August's: the earlier work draws first, on whatever ticket.
    assert_eq!(
        lines(house, "biweekly-2026-08-07/C-1"),
        [
            "E-4 8.5 x 100 = 150.00; 7.00 h from prepaid hours, 1.50 h charged",
            "E-3 9 x 100 = 0.00; 9.00 h from prepaid hours"
        ]
    );
    issues(house, "2026-09-18");
    assert_eq!(
        lines(house, "biweekly-2026-09-18/C-1"),
        ["E-5 3 x 100 = 0.00; 3.00 h from prepaid hours", "E-6 1 x 100 = 100.00"]
    );
    let shown = house.does(&["agreement", "hours", "AG-1"]).out;
    let months: Vec<String> = shown.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(months[0], "month granted drawn expired left");
    assert_eq!(months[1], "2026-07 10.00 10.00 0.00 0.00");
    assert_eq!(months[2], "2026-08 10.00 10.00 0.00 0.00");
    assert!(months[3].starts_with("2026-09 10.00 3.00 "), "{shown}");
    let said = house.refuses(&["agreement", "hours", "AG-9"]);
    assert!(said.err.contains("there is no agreement AG-9"), "{}", said.err);
    // A balance is worked out from what invoices drew: making a run again draws nothing.
    issues(house, "2026-09-18");
    assert_eq!(house.does(&["agreement", "hours", "AG-1"]).out, shown);
    house.is_sound();
}

fn what_cannot_be_reckoned_is_told(house: &House) {
    let export = export(house);
    export.put(
        "rates.csv",
        "role,account,agreement,from_on,rate\nEngineer,,,2026-07-04,120\nEngineer,C-2,AG-1,2026-07-04,1\n",
    );
    export.put("tickets.csv", "ticket,account,not_to_exceed\nT-1,C-2,10.005\nT-2,C-9,10\nT-3,C-2,10\n");
    house.inits(&export.folder);
    entries(
        &export,
        &[
            "E-1 C-1 T-5 2026-07-03 09:00 Remote 1 1 - billable - Engineer",
            "E-2 C-1 T-5 2026-07-04 09:00 Remote 1 1 - billable - Engineer",
            "E-3 C-1 T-5 2026-07-04 09:00 Remote 1 1 - billable - -",
            "E-4 C-1 T-5 2026-07-04 09:00 Remote 1 1 100 prepaid - -",
            "E-5 C-1 T-3 2026-07-04 09:00 Remote 1 1 100 billable - -",
            "E-6 C-1 T-5 2026-07-04 09:00 Remote 1 1,5 100 billable - -",
        ],
    );
    export.replace("agreement_lines.csv", ",5,1\n", ",five,soon\n");
    let said = house.refuses(&["import", export.path()]);
    for told in [
        "rates.csv:3: column agreement, value \"AG-1\": it is another account's",
        "tickets.csv:2: column not_to_exceed, value \"10.005\"",
        "tickets.csv:3: column account, value \"C-9\": there is no such account",
        "time_entries.csv:4: column rate, value \"\": it is empty and the row names no role",
        "time_entries.csv:5: column agreement, value \"\": prepaid work names no agreement",
        "time_entries.csv:6: column ticket, value \"T-3\": tickets.csv gives it to another account",
        "agreement_lines.csv:2: column included_hours, value \"five\"",
        "agreement_lines.csv:2: column hours_carry_months, value \"soon\"",
    ] {
        assert!(said.err.contains(told), "{told} isn't told:\n{}", said.err);
    }
    // The rate that would hold for it can't be read, so nobody knows; once it can, it is told.
    export.put("rates.csv", "role,account,agreement,from_on,rate\nEngineer,,,2026-07-04,120\n");
    let said = house.refuses(&["import", export.path()]);
    let told =
        "time_entries.csv:2: column rate, value \"\": it is empty, and \"Engineer\" has no rate for work of 2026-07-03";
    assert!(said.err.contains(told) && !said.err.contains("time_entries.csv:3: "), "{}", said.err);

    let wrong = "[work]\nafter_hours_multiplier = \"0.5\"\nround_to_minutes = 0\n";
    add(&export, "provider.toml", wrong);
    let said = house.refuses(&["import", export.path()]);
    for told in ["[work] after_hours_multiplier, value \"0.5\"", "[work] round_to_minutes, value \"0\""] {
        assert!(said.err.contains(told), "{}", said.err);
    }
}

fn files_without_the_new_columns_are_right(house: &House) {
    let export = export(house);
    entries(&export, &["E-1 C-1 T-1 2026-07-03 09:00 Remote 1 - 100 billable - -"]);
    export.replace("time_entries.csv", ",role\n", "\n");
    export.replace("time_entries.csv", ",2026-07-03,\n", ",2026-07-03\n");
    export.replace("agreement_lines.csv", ",included_hours,hours_carry_months\n", ",hours_carry_months\n");
    export.replace("agreement_lines.csv", ",5,1\n", ",1\n");
    house.takes(&export.folder);
    export.replace("agreement_lines.csv", ",hours_carry_months\n", ",hours_carry_months,included_hours\n");
    let said = house.refuses(&["import", export.path()]);
    let told =
        "prorate and, where wanted, after them in this order: every,minimum_quantity,included_hours,hours_carry_months";
    assert!(said.err.contains(told), "{}", said.err);
}
