//! What is agreed, by import: changes and discounts as files, put right where an invoice took something else before.

use crate::export::Export;
use crate::house::House;

houses!(
    discounts_come_by_import,
    changes_come_by_import,
    a_change_is_one_by_file_and_by_command,
    what_is_wrong_with_them_is_told,
    an_empty_cell_empties,
    a_renewal_is_taken_back,
    included_hours_are_agreed_by_command,
    months_that_runs_are_over_with_are_told,
);

const LINES: &str = "line,agreement,item,description,starts_on,ends_on,quantity,unit_price,prorate\n";
const CHANGES: &str = "change,agreement,line,kind,from_on,value\n";
const DISCOUNTS: &str = "discount,agreement,line,item,description,percent,amount,from_on,months\n";

/// An agreement of ten workstations at 31.00 and five mailboxes at 10.00, without work.
fn export(house: &House) -> Export {
    let export = Export::of(&["C-1008"], house.path("export"));
    export.put(
        "agreements.csv",
        "agreement,account,name,starts_on,ends_on,billing,po_number\nAG-T,C-1008,Core,2026-07-01,,arrears,\n",
    );
    export.put(
        "agreement_lines.csv",
        format!(
            "{LINES}T-1,AG-T,MW-CORE,Workstations,2026-07-01,,10,31.00,yes\nT-2,AG-T,M365-BB,Mailboxes,2026-07-01,,5,10.00,yes\n"
        ),
    );
    for file in ["time_entries.csv", "products.csv"] {
        let header = String::from_utf8(export.bytes(file)).unwrap();
        export.put(file, format!("{}\n", header.lines().next().unwrap()));
    }
    export
}

fn imports(house: &House, export: &Export) -> String {
    let said = house.does(&["import", export.path()]);
    format!("{}{}", said.out, said.err)
}

/// Makes the run; gives the subtotal of its invoice.
fn runs(house: &House, month: &str) -> i64 {
    let before = house.invoices().len();
    house.does(&["run", "recurring", "--for", month, "--approve"]);
    house.is_sound();
    house.invoices().iter().skip(before).map(|invoice| invoice.subtotal_minor).sum()
}

fn discounts_come_by_import(house: &House) {
    let export = export(house);
    let rows = "D-1,AG-T,,,Loyalty,10,,2026-07-01,2\nD-2,AG-T,,M365-BB,Mail on us,,7.50,2026-08-01,\nD-3,AG-T,T-1,,August,20,,2026-08-01,1\n";
    export.put("discounts.csv", format!("{DISCOUNTS}{rows}"));
    house.takes(&export.folder);
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    assert_eq!(runs(house, "2026-07"), 360_00 - 36_00);
    // Two lines of one discount say of what they are.
    let shown = house.does(&["run", "show", "recurring-2026-07/C-1008"]).out;
    assert!(shown.contains("Loyalty (services)") && shown.contains("Loyalty (licences)"), "{shown}");
    // A fifth off the line, 7.50 off the item, a tenth off the whole.
    assert_eq!(runs(house, "2026-08"), 360_00 - 62_00 - 7_50 - 36_00);

    export.set("discounts.csv", "D-1", "percent", "15");
    let said = imports(house, &export);
    assert!(
        said.contains("D-1: value was \"10\", is \"15\"") && said.contains("the next invoice corrects it"),
        "{said}"
    );
    // Five percent of two months more, and what September's own discount takes off.
    assert_eq!(runs(house, "2026-09"), 360_00 - 36_00 - 7_50);

    for (id, column, value) in [("D-1", "from_on", "2026-08-01"), ("D-2", "item", ""), ("D-2", "item", "MW-CORE")] {
        let old = export.set("discounts.csv", id, column, value);
        let said = house.refuses(&["import", export.path()]).err;
        assert!(said.contains("an invoice took it off something else"), "{id} {column}: {said}");
        export.set("discounts.csv", id, column, &old);
    }
    export.put("discounts.csv", DISCOUNTS);
    house.does(&["agreement", "undo", "D-2"]);
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    assert_eq!(runs(house, "2026-10"), 360_00);
}

fn changes_come_by_import(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    assert_eq!(runs(house, "2026-07"), 360_00);
    // July: 16 of 31 days of ten, then twelve for the other fifteen.
    export.put("agreement_changes.csv", format!("{CHANGES}X-1,AG-T,T-1,quantity,2026-07-17,12\n"));
    let said = imports(house, &export);
    assert!(said.contains("holds from 2026-07-17 on, in a month that was run already"), "{said}");
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    assert_eq!(runs(house, "2026-08"), 30_00 + 372_00 + 50_00);
    // A week later: 23 of 31 days of ten, eight of twelve, 326.00 where 340.00 was billed.
    export.set("agreement_changes.csv", "X-1", "from_on", "2026-07-24");
    let said = imports(house, &export);
    assert!(said.contains("takes_effect_on was \"2026-07-17\", is \"2026-07-24\""), "{said}");
    assert_eq!(runs(house, "2026-09"), -14_00 + 372_00 + 50_00);
    let more = "X-1,AG-T,T-1,quantity,2026-07-24,12\nX-2,AG-T,,suspend,2026-10-01,\nX-3,AG-T,T-2,resume,2026-10-16,\nX-4,AG-T,T-1,end,2026-11-01,\n";
    export.put("agreement_changes.csv", format!("{CHANGES}{more}"));
    imports(house, &export);
    assert_eq!(runs(house, "2026-10"), 25_80, "sixteen of 31 days of five mailboxes");
    let other = export.set("agreement_changes.csv", "X-3", "line", "T-1");
    let said = house.refuses(&["import", export.path()]).err;
    assert!(said.contains("it was recorded for another line or agreement"), "{said}");
    export.set("agreement_changes.csv", "X-3", "line", &other);
    house.does(&["agreement", "undo", "X-4"]);
    assert!(!house.does(&["agreement", "show", "AG-T"]).out.contains("X-4"));
}

fn a_change_is_one_by_file_and_by_command(house: &House) {
    let export = export(house);
    export.put("agreement_changes.csv", format!("{CHANGES}X-1,AG-T,T-1,quantity,2026-07-17,12\n"));
    house.takes(&export.folder);
    let again = house.does(&["agreement", "seats", "T-1", "12", "--on", "2026-07-17"]).out;
    assert!(again.contains("X-1 stands so already"), "{again}");
    let other = house.refuses(&["agreement", "seats", "T-1", "+3", "--on", "2026-07-17"]).err;
    assert!(other.contains("X-1 is there already and says something else"), "{other}");
    house.does(&["agreement", "uplift", "AG-T", "10", "--on", "2026-07-01"]);
    export.put("agreement_changes.csv", format!("{CHANGES}X-2,AG-T,,uplift,2026-07-01,10\n"));
    let said = house.refuses(&["import", export.path()]).err;
    assert!(said.contains("AG-T-uplift-2026-07-01 says so of the same agreement already"), "{said}");
    export.put("agreement_changes.csv", format!("{CHANGES}AG-T-uplift-2026-07-01,AG-T,,uplift,2026-07-01,10\n"));
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    // 34.10 for ten, then for two more for fifteen of 31 days; 11.00 for five.
    assert_eq!(runs(house, "2026-07"), 10 * 17_60 + 12 * 16_50 + 5 * 11_00);
}

fn what_is_wrong_with_them_is_told(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    export.put(
        "discounts.csv",
        format!(
            "{DISCOUNTS}D-1,AG-9,,,x,10,,2026-07-01,\nD-2,AG-T,T-9,,x,10,,2026-07-01,\nD-3,AG-T,T-1,M365-BB,x,10,,2026-07-01,\n\
             D-4,AG-T,,DOCK,x,10,,2026-07-01,\nD-5,AG-T,,,x,,,2026-07-01,\nD-6,AG-T,,,x,101,,2026-07-01,\n\
             D-7,AG-T,,,x,10,,2026-07-15,\nD-8,AG-T,,,x,10,,2026-07-01,0\nD-8,AG-T,,,x,10,,2026-07-01,\nD-9,AG-T,,,x,1,2,2026-07-01,\n"
        ),
    );
    export.put(
        "agreement_changes.csv",
        format!(
            "{CHANGES}X-1,AG-T,T-1,quantity,2026-07-17,\nX-2,AG-T,,price,2026-07-17,3\nX-3,AG-T,T-1,advance,2026-08-01,\n\
             X-4,AG-T,,arrears,2026-08-15,\nX-5,AG-T,T-1,suspend,2026-06-30,\nX-6,AG-T,T-1,suspend,2026-08-01,5\n\
             X-7,AG-T,T-2,suspend,2026-08-01,\nX-8,AG-T,T-2,suspend,2026-08-01,\nX-9,AG-T,T-1,pause,2026-08-01,\n"
        ),
    );
    let said = house.refuses(&["import", export.path()]).err;
    for told in [
        "discounts.csv:2: column agreement, value \"AG-9\": there is no such agreement",
        "discounts.csv:3: column line, value \"T-9\": there is no such line",
        "discounts.csv:4: column item, value \"M365-BB\": the row names a line as well",
        "discounts.csv:5: column item, value \"DOCK\": its kind is product",
        "discounts.csv:6: column percent, value \"\": a discount is one of both",
        "discounts.csv:7: column percent, value \"101\"",
        "discounts.csv:8: column from_on, value \"2026-07-15\": discounts are of whole months",
        "discounts.csv:9: column months, value \"0\"",
        "discounts.csv:10: column discount, value \"D-8\": it stands on line 9 already",
        "discounts.csv:11: column percent, value \"1\": a discount is one of both",
        "agreement_changes.csv:2: column value, value \"\": the kind is quantity. Expected: how much",
        "agreement_changes.csv:3: column line, value \"\": a price belongs to a line",
        "agreement_changes.csv:4: column line, value \"T-1\": advance or arrears belongs to the whole agreement",
        "agreement_changes.csv:5: column from_on, value \"2026-08-15\": billing changes on the 1st",
        "agreement_changes.csv:6: column from_on, value \"2026-06-30\": 2026-06-30 lies outside of it",
        "agreement_changes.csv:7: column value, value \"5\": the kind is suspend",
        "agreement_changes.csv:9: column from_on, value \"2026-08-01\": X-7 says so of the same line already",
        "agreement_changes.csv:10: column kind, value \"pause\"",
        "Expected: one of: quantity, price, uplift, suspend, resume, end, advance, arrears",
    ] {
        assert!(said.contains(told), "{told} isn't told:\n{said}");
    }
    assert!(said.contains("18 problems; nothing was written"), "{said}");
}

fn an_empty_cell_empties(house: &House) {
    let export = export(house);
    let lines = String::from_utf8(export.bytes("agreement_lines.csv")).unwrap();
    let agreements = String::from_utf8(export.bytes("agreements.csv")).unwrap();
    let each = |file: &str, header: &str, values: &str| {
        let mut rows = file.lines();
        let head = format!("{}{header}\n", rows.next().unwrap());
        rows.fold(head, |all, row| format!("{all}{row}{values}\n"))
    };
    let columns = ",every,minimum_quantity,included_hours,hours_carry_months";
    export.put("agreement_lines.csv", each(&lines, columns, ",quarter,20,0.5,2"));
    export.put("agreements.csv", each(&agreements, ",renews_on,renews_months,uplift_percent", ",2027-07-01,12,3.50"));
    house.takes(&export.folder);
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    // Columns that the header leaves out stay as they were recorded.
    export.put("agreement_lines.csv", &lines);
    export.put("agreements.csv", &agreements);
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    let shown = house.does(&["agreement", "show", "AG-T"]).out;
    assert!(shown.contains("Renews on 2027-07-01") && shown.contains("20 workstation at 31 a quarter"), "{shown}");
    // Cells that are there and empty say that there is nothing.
    export.put("agreement_lines.csv", each(&lines, columns, ",,,,"));
    export.put("agreements.csv", each(&agreements, ",renews_on,renews_months,uplift_percent", ",,,"));
    let said = imports(house, &export);
    for change in [
        "T-1: every was \"quarter\", is \"month\"",
        "minimum_quantity was \"20\", is \"0\"",
        "T-2: included_hours was \"0.5\", is empty",
    ] {
        assert!(said.contains(change), "{change}\n{said}");
    }
    let shown = house.does(&["agreement", "show", "AG-T"]).out;
    assert!(!shown.contains("Renews") && shown.contains("10 workstation at 31 a month"), "{shown}");
    let said = house.refuses(&["agreement", "hours", "AG-T"]).err;
    assert!(said.contains("no line of AG-T includes hours"), "{said}");
}

fn a_renewal_is_taken_back(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let renew = ["agreement", "renew", "AG-T", "--on", "2026-08-01", "--uplift", "10"];
    house.does(&renew);
    assert!(house.does(&renew).out.contains("stands so already"));
    assert_eq!(runs(house, "2026-07"), 360_00);
    assert_eq!(runs(house, "2026-08"), 396_00);
    assert!(house.does(&["agreement", "show", "AG-T"]).out.contains("(AG-T-renewal)"));
    house.does(&["agreement", "undo", "AG-T-renewal"]);
    assert_eq!(runs(house, "2026-09"), 360_00 - 36_00, "August's rise is corrected");
    assert!(house.refuses(&["agreement", "undo", "AG-T-renewal"]).err.contains("no change or discount"));
}

fn included_hours_are_agreed_by_command(house: &House) {
    let export = export(house);
    house.takes(&export.folder);
    let line = ["--item", "HELP-USER", "--quantity", "10", "--price", "50", "--from", "2026-09-16"];
    let hours = ["--included-hours", "0.5", "--hours-carry-months", "1"];
    let said = house.does(&[&["agreement", "add-line", "AG-T", "T-3"][..], &line, &hours].concat()).out;
    assert!(said.contains("with 0.5 prepaid hours a month each"), "{said}");
    house.does(&["agreement", "seats", "T-3", "20", "--on", "2026-10-01"]);
    house.does(&["agreement", "suspend", "T-3", "--on", "2026-11-01"]);
    let shown = house.does(&["agreement", "hours", "AG-T"]).out;
    let granted: Vec<Vec<&str>> = shown.lines().skip(1).map(|line| line.split_whitespace().take(2).collect()).collect();
    assert_eq!(granted[..2], [["2026-09", "2.50"], ["2026-10", "10.00"]], "{shown}");
    assert!(!shown.contains("2026-11"), "{shown}");
    let said =
        house.refuses(&[&["agreement", "add-line", "AG-T", "T-4"][..], &line, &["--hours-carry-months", "1"]].concat());
    assert!(said.err.contains("give --included-hours"), "{}", said.err);
}

/// By the contract no later run charges them; whoever imports is told how they are billed all the same.
fn months_that_runs_are_over_with_are_told(house: &House) {
    let export = export(house);
    export.set("agreement_lines.csv", "T-1", "ends_on", "2026-08-01");
    export.replace("agreements.csv", "AG-T,", "AG-B,C-1008,Backup,2026-07-01,2026-08-01,arrears,\nAG-T,");
    export.replace("agreement_lines.csv", "T-1,", "B-1,AG-B,BKP-GB,Backup,2026-07-01,,1,20.00,yes\nT-1,");
    house.takes(&export.folder);
    assert_eq!(runs(house, "2026-07"), 310_00 + 50_00 + 20_00);
    // A draft is planned again with what comes in.
    house.does(&["run", "recurring", "--for", "2026-08"]);
    export.replace("agreement_lines.csv", "T-1,", "T-3,AG-T,M365-BB,More mail,2026-08-01,,5,10.00,yes\nT-1,");
    let said = imports(house, &export);
    assert!(!said.contains("should have been charged"), "{said}");
    assert_eq!(runs(house, "2026-08"), 50_00 + 50_00);
    // Then it is issued: a line and an agreement end later, and what is billed ahead begins a month later.
    export.set("agreement_lines.csv", "T-1", "ends_on", "");
    export.set("agreements.csv", "AG-B", "ends_on", "");
    export.replace("agreements.csv", "AG-T,", "AG-A,C-1008,Ahead,2026-07-01,,advance,\nAG-T,");
    export.replace("agreement_lines.csv", "T-1,", "A-1,AG-A,M365-BB,Mail ahead,2026-09-01,,5,10.00,yes\nT-1,");
    let said = imports(house, &export);
    for (line, month) in [("T-1", "2026-08"), ("B-1", "2026-08"), ("A-1", "2026-09")] {
        let told = format!("{line} should have been charged for {month} by runs that are over");
        let to_do = format!("quittance agreement resume '{line}' --on {month}-01");
        assert!(said.contains(&told) && said.contains(&to_do), "{said}");
    }
    assert!(!said.contains("T-3 should") && said.matches("should have been").count() == 3, "{said}");
    assert!(imports(house, &export).ends_with("Nothing changes.\n"));
    // September, and October ahead: as the contract says.
    assert_eq!(runs(house, "2026-09"), 310_00 + 50_00 + 50_00 + 20_00 + 50_00);
    house.does(&["agreement", "resume", "T-1", "--on", "2026-08-01"]);
    house.does(&["agreement", "resume", "A-1", "--on", "2026-09-01"]);
    assert_eq!(runs(house, "2026-10"), 480_00 + 310_00 + 50_00, "what was lost is late");
}
