//! The life of an agreement through the front door: what is recorded for a day stands on the right invoice, once.

use crate::export::Export;
use crate::house::House;

houses!(
    seats_added_later_are_corrected_once,
    a_change_is_recorded_once,
    what_makes_no_sense_is_refused,
    a_switch_to_advance_leaves_no_month_out,
    a_discount_follows_what_is_charged,
    an_upgrade_ends_one_line_and_begins_another,
    a_new_line_catches_up_and_its_setup_is_biweekly,
    a_credit_larger_than_the_invoice_waits,
    a_hold_ends_with_its_cause,
    an_excluded_month_is_not_caught_up,
    yearly_lines_and_renewals_come_from_the_export,
);

fn moved_in(house: &House) -> Export {
    let export = Export::of(&["C-1008"], house.path("export"));
    house.takes(&export.folder);
    export
}

fn agreement(house: &House) -> String {
    let listed = house.does(&["agreement", "list", "C-1008"]).out;
    listed.split_whitespace().next().unwrap().to_owned()
}

/// Something small of its own, so that its figures can be followed by hand.
fn of_its_own(house: &House, billing: &str, from: &str) {
    moved_in(house);
    let own = agreement(house);
    house.does(&["agreement", "cancel", &own, "--on", "2026-06-30"]);
    house.does(&["agreement", "add", "C-1008", "AG-T", "Test", "--from", "2026-06-01", "--billing", billing]);
    let price = ["--quantity", "10", "--price", "31.00", "--from", from];
    house.does(&[&["agreement", "add-line", "AG-T", "T-1", "--item", "MW-CORE"][..], &price].concat());
}

fn runs(house: &House, month: &str) -> i64 {
    let before = house.invoices().len();
    house.does(&["run", "recurring", "--for", month, "--approve"]);
    house.is_sound();
    house.invoices().iter().skip(before).map(|invoice| invoice.subtotal_minor).sum()
}

fn seats_added_later_are_corrected_once(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    assert_eq!(runs(house, "2026-07"), 310_00);
    house.does(&["agreement", "seats", "T-1", "+2", "--on", "2026-07-17"]);
    // July: 16 of 31 days of ten, then twelve for the other fifteen; and the whole of August.
    assert_eq!(runs(house, "2026-08"), 30_00 + 372_00);
    let shown = house.does(&["run", "show", "recurring-2026-08/C-1008"]).out;
    assert!(shown.contains("$310.00 was billed, $340.00 is right"), "{shown}");
    assert!(shown.contains("$92.00 more than July"), "the difference and its causes: {shown}");
    house.does(&["run", "recurring", "--for", "2026-09"]);
    let draft = house.does(&["run", "show", "recurring-2026-09/C-1008"]).out;
    assert!(draft.contains("waiting") && draft.contains("$30.00 less than August"), "{draft}");
    assert_eq!(runs(house, "2026-09"), 372_00);
}

fn a_change_is_recorded_once(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    let first = house.does(&["agreement", "seats", "T-1", "+2", "--on", "2026-07-17"]).out;
    assert!(first.contains("quantity 12"), "{first}");
    let again = house.does(&["agreement", "seats", "T-1", "+2", "--on", "2026-07-17"]).out;
    assert!(again.contains("stands so already"), "{again}");
    let other = house.refuses(&["agreement", "seats", "T-1", "14", "--on", "2026-07-17"]).err;
    assert!(other.contains("take it back first"), "{other}");
    house.does(&["agreement", "undo", "T-1-quantity-2026-07-17"]);
    assert!(house.does(&["agreement", "show", "AG-T"]).out.contains("10 workstation"));
    assert_eq!(runs(house, "2026-07"), 310_00);
}

fn what_makes_no_sense_is_refused(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    for (ask, says) in [
        (&["agreement", "seats", "NOPE", "3", "--on", "2026-08-01"][..], "there is no agreement NOPE"),
        (&["agreement", "seats", "AG-T", "3", "--on", "2026-08-01"], "belongs to a line"),
        (&["agreement", "seats", "T-1", "-11", "--on", "2026-08-01"], "less than nothing"),
        (&["agreement", "seats", "T-1", "3", "--on", "2026-06-30"], "begins on 2026-07-01"),
        (
            &["agreement", "add-line", "AG-T", "T 2", "--item", "MW-CORE", "--quantity", "1", "--from", "2026-07-01"],
            "can't be a code",
        ),
        (
            &["agreement", "add-line", "AG-T", "T-2", "--item", "NOPE", "--quantity", "1", "--from", "2026-07-01"],
            "no item NOPE",
        ),
        (
            &["agreement", "discount", "AG-T", "D", "--percent", "101", "--from", "2026-07", "--description", "x"],
            "at most 100",
        ),
        (
            &["agreement", "renew", "AG-T", "--on", "2026-09-01", "--months", "0", "--uplift", "3"],
            "every 1 or more months",
        ),
        (&["agreement", "undo", "NOPE"], "no change or discount"),
        (&["agreement", "list", "C-NOPE"], "no account C-NOPE"),
    ] {
        let said = house.refuses(ask).err;
        assert!(said.contains(says), "{ask:?}: {said}");
    }
    house.ends(2, &["agreement", "seats", "T-1", "many", "--on", "2026-08-01"]);
    house.ends(2, &["agreement", "bill", "AG-T", "sometimes", "--from", "2026-08"]);
}

fn a_switch_to_advance_leaves_no_month_out(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    house.does(&["agreement", "bill", "AG-T", "advance", "--from", "2026-09"]);
    assert_eq!(runs(house, "2026-07"), 310_00);
    assert_eq!(runs(house, "2026-08"), 620_00, "August, and September ahead");
    house.does(&["agreement", "bill", "AG-T", "arrears", "--from", "2026-10"]);
    assert_eq!(runs(house, "2026-09"), 0, "October waits until it is over");
    assert_eq!(runs(house, "2026-10"), 310_00);
}

fn a_discount_follows_what_is_charged(house: &House) {
    of_its_own(house, "advance", "2026-07-01");
    let terms = ["--percent", "12.5", "--from", "2026-08", "--months", "2", "--description", "Loyalty, 12.5 %"];
    house.does(&[&["agreement", "discount", "AG-T", "D-1"][..], &terms].concat());
    assert_eq!(runs(house, "2026-07"), 310_00 + 310_00 - 38_75, "July, August ahead with its discount");
    house.does(&["agreement", "seats", "T-1", "20", "--on", "2026-08-01"]);
    assert_eq!(runs(house, "2026-08"), (310_00 - 38_75) + (620_00 - 77_50), "August corrected, September");
    assert_eq!(runs(house, "2026-09"), 620_00, "October has none");
    house.does(&["agreement", "undo", "D-1"]);
    assert_eq!(runs(house, "2026-10"), 620_00);
}

fn an_upgrade_ends_one_line_and_begins_another(house: &House) {
    of_its_own(house, "advance", "2026-07-01");
    assert_eq!(runs(house, "2026-07"), 620_00);
    let to = ["--code", "T-2", "--to", "MSRV", "--price", "62.00", "--on", "2026-08-17"];
    house.does(&[&["agreement", "upgrade", "T-1"][..], &to].concat());
    // August: sixteen of 31 days at 31.00 instead of all, fifteen at 62.00; September at 62.00.
    assert_eq!(runs(house, "2026-08"), 160_00 - 310_00 + 300_00 + 620_00);
    assert_eq!(runs(house, "2026-09"), 620_00);
}

fn a_new_line_catches_up_and_its_setup_is_biweekly(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    assert_eq!(runs(house, "2026-07"), 310_00);
    let line = ["--item", "MSRV", "--quantity", "1", "--price", "93.00", "--from", "2026-07-22"];
    let setup = ["--setup-fee", "250", "--setup-item", "SETUP"];
    let fee = house.says(&[&["agreement", "add-line", "AG-T", "T-2"][..], &line, &setup].concat());
    if fee.code != 0 {
        let fees = std::fs::read_to_string(Export::sample().join("items.csv")).unwrap();
        panic!("{} {}", fee.err, fees.lines().filter(|line| line.contains(",fee,")).collect::<Vec<_>>().join("\n"));
    }
    assert_eq!(runs(house, "2026-08"), 30_00 + 310_00 + 93_00, "ten days of July, late");
    let plan = house.does(&["run", "biweekly", "--on", "2026-08-07", "--plan"]).out;
    assert!(plan.contains("C-1008"), "{plan}");
    house.is_sound();
}

fn a_credit_larger_than_the_invoice_waits(house: &House) {
    of_its_own(house, "advance", "2026-07-01");
    assert_eq!(runs(house, "2026-07"), 620_00);
    house.does(&["agreement", "cancel", "AG-T", "--on", "2026-08-01"]);
    assert_eq!(runs(house, "2026-08"), 0);
    let shown = house.does(&["run", "show", "recurring-2026-08/C-1008"]).out;
    assert!(shown.contains("held") && shown.contains("gives back more than it charges"), "{shown}");
    // Nobody approves an invoice that pays the customer, whatever was said of it meanwhile.
    let draft = "recurring-2026-08/C-1008";
    for decision in [&["run", "hold", draft][..], &["run", "exclude", draft]] {
        let said = house.refuses(&["run", "approve", draft]).err;
        assert!(said.contains("can't be approved: It gives back more than it charges"), "{said}");
        assert!(said.contains("give it as a credit note and exclude it"), "{said}");
        house.does(decision);
    }
    // One that was excluded is planned again.
    assert!(house.does(&["run", "approve", draft]).err.contains("is held: It gives back"));
    house.does(&["run", "approve", "recurring-2026-08"]);
    assert_eq!(runs(house, "2026-08"), 0);
    let line = ["--item", "MSRV", "--quantity", "1", "--price", "500", "--from", "2026-09-01"];
    house.does(&["agreement", "add", "C-1008", "AG-U", "Next", "--from", "2026-09-01"]);
    house.does(&[&["agreement", "add-line", "AG-U", "U-1"][..], &line].concat());
    assert_eq!(runs(house, "2026-09"), 500_00 - 310_00, "the credit stands once it fits");
}

fn a_hold_ends_with_its_cause(house: &House) {
    of_its_own(house, "advance", "2026-07-01");
    assert_eq!(runs(house, "2026-07"), 620_00);
    let plans = || {
        house.does(&["run", "recurring", "--for", "2026-08"]);
        house.does(&["run", "show", "recurring-2026-08/C-1008"]).out
    };
    let cancel = ["agreement", "cancel", "AG-T", "--on", "2026-08-01"];
    let undo = ["agreement", "undo", "AG-T-end-2026-08-01"];
    house.does(&cancel);
    assert!(plans().contains("gives back more than it charges"));
    house.does(&undo);
    let shown = plans();
    assert!(shown.contains("waiting") && !shown.contains("gives back"), "{shown}");
    // What a person held stays held: first through its credit, then without one.
    house.does(&["run", "hold", "recurring-2026-08/C-1008", "--reason", "Seats are disputed"]);
    for deed in [&cancel[..], &undo] {
        house.does(deed);
        let shown = plans();
        assert!(shown.contains("held") && shown.contains("Seats are disputed"), "{shown}");
    }
    house.does(&["run", "approve", "recurring-2026-08/C-1008"]);
    let invoices = house.invoices();
    assert_eq!((invoices.len(), invoices[1].subtotal_minor), (2, 310_00));
    house.is_sound();
}

fn an_excluded_month_is_not_caught_up(house: &House) {
    of_its_own(house, "arrears", "2026-07-01");
    house.does(&["run", "recurring", "--for", "2026-07"]);
    house.does(&["run", "exclude", "recurring-2026-07/C-1008", "--reason", "a month for free"]);
    house.does(&["agreement", "seats", "T-1", "12", "--on", "2026-07-10"]);
    assert_eq!(runs(house, "2026-08"), 372_00);
}

fn yearly_lines_and_renewals_come_from_the_export(house: &House) {
    let export = Export::of(&["C-1008"], house.path("export"));
    export.replace("agreements.csv", "po_number\n", "po_number,renews_on,renews_months,uplift_percent\n");
    let agreements = std::fs::read_to_string(export.file("agreements.csv")).unwrap();
    let (header, rows) = agreements.split_once('\n').unwrap();
    let rows: Vec<String> = rows.lines().map(|row| format!("{row},2026-08-01,12,")).collect();
    export.put("agreements.csv", format!("{header}\n{}\n", rows.join("\n")));
    let lines = std::fs::read_to_string(export.file("agreement_lines.csv")).unwrap();
    let (header, rows) = lines.split_once('\n').unwrap();
    let rows: Vec<String> = rows.lines().map(|row| format!("{row},year,")).collect();
    export.put("agreement_lines.csv", format!("{},every,minimum_quantity\n{}\n", header.trim_end(), rows.join("\n")));
    let init = house.path("export/provider.toml");
    house.does(&["init", "--provider", init.to_str().unwrap()]);
    let said = house.refuses(&["import", export.path()]);
    let said = format!("{}{}", said.out, said.err);
    assert!(said.contains("a renewal needs its day, its months and its percentage"), "{said}");
    let fixed = std::fs::read_to_string(export.file("agreements.csv")).unwrap().replace("-01,12,", "-01,12,10");
    export.put("agreements.csv", fixed);
    house.does(&["import", export.path()]);
    let code = agreement(house);
    let shown = house.does(&["agreement", "show", &code]).out;
    assert!(shown.contains("a year") && shown.contains("Renews on 2026-08-01 and every 12 months"), "{shown}");
    house.does(&["import", export.path()]);
    house.is_sound();
}
