//! Credit notes, payments by hand, write-offs, refunds, late fees and statements, as commands: each does once what it says,
//! and the books stay right after every step.

use crate::export::Export;
use crate::house::{House, Listed, text};

houses!(
    an_invoice_is_credited_line_by_line_to_nothing,
    what_is_credited_beyond_the_balance_is_credit,
    a_command_that_runs_twice_does_once,
    what_is_not_left_is_refused,
    money_settles_the_oldest_first,
    a_refund_opens_an_invoice_again,
    what_nobody_pays_is_written_off,
    a_late_fee_is_charged_once,
    a_payment_that_came_back_is_open_again,
    a_statement_equals_the_ledger,
);

/// Two accounts with two invoices each.
fn moved_in(house: &House) -> Vec<Listed> {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    house.takes(&export.folder);
    issued(house)
}

fn issued(house: &House) -> Vec<Listed> {
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    house.is_sound();
    house.invoices().into_iter().filter(|invoice| invoice.account == "C-1000").collect()
}

fn of(house: &House, number: &str) -> Listed {
    house.invoices().into_iter().find(|invoice| invoice.number == number).unwrap()
}

/// `123.45` of minor units.
fn major(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

/// A line of the trial balance: debit positive.
fn ledger(house: &House, code: &str) -> i64 {
    let rows = house.reads(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1)));
    rows.iter().filter(|row| row.code == code).map(|row| row.debit_minor - row.credit_minor).sum()
}

fn credit_of(house: &House, code: &str) -> i64 {
    let code = code.to_owned();
    house.reads(move |tx| {
        let account = tx.accounts()?.into_iter().find(|account| account.code == code).unwrap();
        Ok(tx.account_states(&[account.account_id])?.first().map_or(0, |state| state.credit_minor))
    })
}

fn an_invoice_is_credited_line_by_line_to_nothing(house: &House) {
    let invoice = moved_in(house).swap_remove(0);
    let number = invoice.number.as_str();
    let revenue = ["4010", "4020"].map(|code| ledger(house, code));
    let plan = house.does(&["credit", "note", number, "--all", "--reason", "x", "--plan"]).out;
    assert!(plan.contains("Managed workstation, core") && plan.contains("Minnesota"), "{plan}");
    assert_eq!(of(house, number), invoice);
    for line in 1..=invoice.lines {
        let line = line.to_string();
        let said = house.says(&["credit", "note", number, "--lines", &line, "--reason", &format!("Line {line}")]);
        assert!(said.code == 0 || said.err.contains("nothing of line"), "{said:?}");
        house.is_sound();
    }
    assert_eq!((of(house, number).balance_minor, of(house, number).status.as_str()), (0, "paid"));
    let said = house.refuses(&["credit", "note", number, "--all", "--reason", "Once more"]);
    assert!(said.err.contains("nothing of it is left to credit"), "{}", said.err);
    let earned: i64 = ["4010", "4020"].map(|code| ledger(house, code)).iter().sum();
    assert_eq!(earned - revenue.iter().sum::<i64>(), invoice.subtotal_minor);
    house.does(&["render"]);
    house.does(&["document", "CN-1001", "--out", text(&house.path("note.pdf"))]);
    assert!(std::fs::read(house.path("note.pdf")).unwrap().starts_with(b"%PDF"));
    house.is_sound();
}

fn what_is_credited_beyond_the_balance_is_credit(house: &House) {
    let invoices = moved_in(house);
    let (first, second) = (&invoices[0], &invoices[1]);
    let paid = major(first.total_minor);
    let pay = ["payments", "record", "C-1000", "--amount", &paid, "--on", "2026-08-20", "--reference", "Check 1"];
    house.does(&[&pay[..], &["--invoice", &first.number]].concat());
    assert_eq!(
        (of(house, &first.number).balance_minor, of(house, &second.number).balance_minor),
        (0, second.total_minor)
    );
    let said = house.does(&["credit", "note", &first.number, "--amount", "100.00", "--reason", "An outage"]).out;
    assert!(
        said.contains("CN-1001 issued: $100.00, of it $0.00 off the invoice and $100.00 to the account's"),
        "{said}"
    );
    house.is_sound();
    assert_eq!((credit_of(house, "C-1000"), ledger(house, "2100")), (10_000, -10_000));
    let said = house.does(&["credit", "apply", "C-1000"]).out;
    assert!(said.contains(&second.number) && said.contains("settled"), "{said}");
    assert_eq!(of(house, &second.number).balance_minor, second.total_minor - 10_000);
    assert_eq!(credit_of(house, "C-1000"), 0);
    house.refuses(&["credit", "apply", "C-1000"]);
    house.does(&["credit", "give", "C-1000", "--amount", "5.00", "--reason", "For the trouble"]);
    assert_eq!((ledger(house, "4900"), credit_of(house, "C-1000")), (500, 500));
    house.is_sound();
}

fn a_command_that_runs_twice_does_once(house: &House) {
    let invoice = moved_in(house).swap_remove(1);
    let number = invoice.number.as_str();
    let note = ["credit", "note", number, "--amount", "10.00", "--reason", "Wrong rate"];
    house.does(&note);
    let again = house.does(&note).out;
    assert!(again.contains("CN-1001 was issued before by the same command"), "{again}");
    assert_eq!(of(house, number).balance_minor, invoice.total_minor - 1_000);
    house.does(&[&note[..], &["--key", "second"]].concat());
    assert_eq!(of(house, number).balance_minor, invoice.total_minor - 2_000);
    let pay = ["payments", "record", "C-1000", "--amount", "7.00", "--on", "2026-08-20", "--reference", "Wire 7"];
    house.does(&pay);
    assert!(house.does(&pay).out.contains("was booked before by the same command"));
    assert_eq!(ledger(house, "1000"), 700);
    let listed = house.does(&["credit", "list"]).out;
    assert_eq!(listed.lines().count(), 3, "{listed}");
    assert!(listed.contains("CN-1002") && listed.contains("Wire 7") && listed.contains(number), "{listed}");
    house.is_sound();
}

fn what_is_not_left_is_refused(house: &House) {
    let invoice = moved_in(house).swap_remove(0);
    let number = invoice.number.as_str();
    let too_much = major(invoice.total_minor + 1);
    for (arguments, why) in [
        (["credit", "note", number, "--amount", &too_much, "--reason", "x"], "it is more than what is left of it"),
        (["credit", "note", number, "--lines", "99", "--reason", "x"], "it has no line 99"),
        (["credit", "note", number, "--amount", "1.234", "--reason", "x"], "is no amount of USD"),
        (["credit", "note", number, "--amount", "0", "--reason", "x"], "is no amount of USD"),
        (["credit", "note", number, "--amount", "1", "--reason", " "], "needs a reason"),
        (["credit", "note", "INV-1", "--amount", "1", "--reason", "x"], "there is no document INV-1"),
        (["credit", "write-off", number, "--amount", &too_much, "--reason", "x"], "is open of"),
        (["credit", "refund", "C-1000", "--amount", "1", "--reference", "x"], "has $0.00 in credit"),
        (["credit", "give", "C-1", "--amount", "1", "--reason", "x"], "there is no account C-1"),
    ] {
        let said = house.refuses(&arguments);
        assert!(said.err.contains(why), "{arguments:?}: {}", said.err);
    }
    house.ends(2, &["credit", "note", number, "--reason", "x"]);
    let later =
        house.refuses(&["payments", "record", "C-1000", "--amount", "1", "--on", "2999-01-01", "--reference", "x"]);
    assert!(later.err.contains("is after today"), "{}", later.err);
    assert_eq!((house.does(&["credit", "list"]).out.as_str(), of(house, number)), ("", invoice.clone()));
    house.is_sound();
}

fn money_settles_the_oldest_first(house: &House) {
    let invoices = moved_in(house);
    let (mut first, mut second) = (invoices[0].clone(), invoices[1].clone());
    if (second.due_on.as_str(), second.number.as_str()) < (first.due_on.as_str(), first.number.as_str()) {
        std::mem::swap(&mut first, &mut second);
    }
    let amount = major(first.total_minor + 300);
    let pay = ["payments", "record", "C-1000", "--amount", &amount, "--on", "2026-08-30", "--reference", "Check 12"];
    let planned = house.does(&[&pay[..], &["--plan"]].concat()).out;
    assert!(planned.contains("would be booked") && planned.contains(&first.number), "{planned}");
    house.does(&pay);
    assert_eq!(of(house, &first.number).balance_minor, 0);
    assert_eq!(of(house, &second.number).balance_minor, second.total_minor - 300);
    let rest = major(second.total_minor);
    house.does(&["payments", "record", "C-1000", "--amount", &rest, "--on", "2026-08-30", "--reference", "Check 13"]);
    assert_eq!((of(house, &second.number).balance_minor, credit_of(house, "C-1000")), (0, 300));
    house.does(&["credit", "refund", "C-1000", "--amount", "3.00", "--reference", "Wire 9"]);
    assert_eq!((credit_of(house, "C-1000"), ledger(house, "2100")), (0, 0));
    assert_eq!(ledger(house, "1000"), first.total_minor + second.total_minor);
    house.is_sound();
}

fn a_refund_opens_an_invoice_again(house: &House) {
    let invoice = moved_in(house).swap_remove(0);
    let (number, whole) = (invoice.number.as_str(), major(invoice.total_minor));
    let pay = ["payments", "record", "C-1000", "--amount", &whole, "--on", "2026-08-20", "--reference", "Check 1"];
    house.does(&[&pay[..], &["--invoice", number]].concat());
    let back = ["credit", "refund", "C-1000", "--amount", "50.00", "--reference", "Wire 1", "--invoice", number];
    let said = house.does(&back).out;
    assert!(said.contains("open again"), "{said}");
    assert_eq!((of(house, number).balance_minor, of(house, number).status.as_str()), (5_000, "open"));
    house.does(&back);
    assert_eq!(of(house, number).balance_minor, 5_000);
    let more = house.refuses(&[
        "credit",
        "refund",
        "C-1000",
        "--amount",
        &whole,
        "--reference",
        "Wire 2",
        "--invoice",
        number,
    ]);
    assert!(more.err.contains("was paid on"), "{}", more.err);
    house.is_sound();
}

fn what_nobody_pays_is_written_off(house: &House) {
    let invoice = moved_in(house).swap_remove(0);
    let number = invoice.number.as_str();
    house.does(&["credit", "write-off", number, "--amount", "1.00", "--reason", "Rounding"]);
    house.does(&["credit", "write-off", number, "--reason", "Bankrupt"]);
    assert_eq!((of(house, number).balance_minor, ledger(house, "6100")), (0, invoice.total_minor));
    assert!(house.refuses(&["credit", "write-off", number, "--reason", "Again"]).err.contains("$0.00 is open of"));
    // What is credited after all is the customer's.
    house.does(&["credit", "note", number, "--amount", "2.00", "--reason", "x"]);
    assert_eq!(credit_of(house, "C-1000"), 200);
    house.is_sound();
}

fn a_late_fee_is_charged_once(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    assert!(house.says(&["credit", "late-fees"]).code != 0);
    let old = std::fs::read_to_string(export.file("provider.toml")).unwrap();
    let fee = "[receivables.late_fee]\nflat = \"15.00\"\npercent_per_year = \"12\"\nafter_days = 10\n";
    export.put("provider.toml", format!("{old}\n{fee}"));
    house.takes(&export.folder);
    let invoices = issued(house);
    let today = quittance::clock::Clock::default().real().to_zoned(jiff::tz::TimeZone::UTC).date();
    let is_late = |invoice: &&Listed| invoice.due_on.parse::<jiff::civil::Date>().unwrap() < today;
    let late = house.invoices().iter().filter(is_late).count();
    assert!(late > 0);
    house.does(&["credit", "write-off", &invoices[0].number, "--reason", "x"]);
    let planned = house.does(&["credit", "late-fees", "--plan"]).out;
    assert_eq!(planned.lines().count(), late - 1, "{planned}");
    let made = house.does(&["credit", "late-fees"]).out;
    assert!(made.contains("LF-1001") && made.contains(&format!("{} late fees made", late - 1)), "{made}");
    assert!(house.does(&["credit", "late-fees"]).out.contains("0 late fees made"));
    assert!(house.does(&["notices"]).out.contains("late fees were charged"));
    house.is_sound();
    assert!(ledger(house, "4210") < 0);
    house.does(&["render"]);
    house.does(&["document", "LF-1001", "--out", text(&house.path("fee.pdf"))]);
    house.does(&["credit", "write-off", "LF-1001", "--reason", "As agreed"]);
    house.is_sound();
    // The two streams are as they were.
    assert_eq!(house.invoices().len(), 4);
}

fn a_payment_that_came_back_is_open_again(house: &House) {
    let invoice = moved_in(house).swap_remove(0);
    let (number, whole) = (invoice.number.as_str(), major(invoice.total_minor));
    let pay = ["payments", "record", "C-1000", "--amount", &whole, "--on", "2026-08-20", "--reference", "Check 1"];
    house.does(&[&pay[..], &["--invoice", number]].concat());
    let comes_back = ["payments", "return", "Check 1", "--reason", "Insufficient funds", "--on", "2026-08-24"];
    let planned = house.does(&[&comes_back[..], &["--plan"]].concat()).out;
    assert!(planned.contains("would be booked") && planned.contains("open again"), "{planned}");
    assert_eq!(of(house, number).balance_minor, 0);
    house.does(&[&comes_back[..], &["--fee", "12.50"]].concat());
    let again = house.does(&comes_back).out;
    assert!(again.contains("was booked before by the same command"), "{again}");
    // Due when it was due before, and nothing but new entries.
    assert_eq!(of(house, number), invoice);
    assert_eq!((ledger(house, "1000"), ledger(house, "6200")), (-1_250, 1_250));
    house.is_sound();
    let listed = house.does(&["payments", "list", "C-1000"]).out;
    assert!(listed.contains("Check 1 (returned: Insufficient funds)"), "{listed}");
    let id = listed.split_whitespace().next().unwrap().to_owned();
    for (arguments, why) in [
        (["payments", "return", "Check 1", "--reason", "Again"], "came back already (Insufficient funds)"),
        (["payments", "return", "Check 2", "--reason", "x"], "there is no payment Check 2"),
        (["payments", "reinstate", &id, "--on", "2999-01-01"], "is after today"),
    ] {
        let said = house.refuses(&arguments);
        assert!(said.err.contains(why), "{arguments:?}: {}", said.err);
    }
    house.does(&["payments", "reinstate", &id]);
    assert_eq!(of(house, number).balance_minor, 0);
    assert!(house.refuses(&["payments", "reinstate", "Check 1", "--reason", "x"]).err.contains("has not come back"));
    let shown = house.does(&["statement", "C-1000", "--from", "2026-08-01", "--until", "2999-01-01"]).out;
    for words in ["Payment returned, Check 1: Insufficient funds", "Payment reinstated, Check 1: it counts after all"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    // What went back as a refund can't come back once more.
    house.does(&["credit", "refund", "C-1000", "--amount", "5.00", "--reference", "Wire 1", "--invoice", number]);
    let said = house.refuses(&["payments", "return", "Check 1", "--reason", "Stopped", "--chargeback"]);
    assert!(said.err.contains("is still paid: the rest went back before"), "{}", said.err);
    // Two of one reference are told apart by their ids.
    house.does(&[&pay[..], &["--key", "second"]].concat());
    let said = house.refuses(&["payments", "return", "Check 1", "--reason", "Stopped"]);
    assert!(said.err.contains("2 payments have the reference Check 1"), "{}", said.err);
    house.is_sound();
}

fn a_statement_equals_the_ledger(house: &House) {
    let invoices = moved_in(house);
    let (first, second) = (&invoices[0], &invoices[1]);
    house.does(&["credit", "note", &second.number, "--amount", "12.34", "--reason", "Counted twice"]);
    house.does(&["payments", "record", "C-1000", "--amount", "99.00", "--on", "2026-08-20", "--reference", "Check 1"]);
    house.does(&["credit", "give", "C-1000", "--amount", "1.00", "--reason", "Sorry"]);
    let range = ["statement", "C-1000", "--from", "2026-01-01", "--until", "2999-01-01"];
    let said = house.does(&range).out;
    let expected = first.total_minor + second.total_minor - 1_234 - 9_900 - 100;
    for words in ["Opening balance", "Counted twice", "Payment, Check 1", "Credit: Sorry", &first.number, "CN-1001"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let csv = house.does(&[&range[..], &["--csv"]].concat()).out;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.unwrap()).collect();
    let last = rows.last().unwrap();
    assert_eq!((&last[1], &last[5]), ("closing", major(expected).as_str()));
    // Day by day, closing and ageing are what the postings of the account sum to.
    house.reads(move |tx| {
        let account = tx.accounts()?.into_iter().find(|account| account.code == "C-1000").unwrap().account_id;
        for day in 0..200 {
            let until = billing::calendar::shift(jiff::civil::date(2026, 7, 1), day);
            let parts = tx.statement_parts(account, jiff::civil::date(2026, 1, 1), until)?;
            let sum = parts.opening_minor + parts.movements.iter().map(|row| row.amount_minor).sum::<i64>();
            let open: i64 = parts.open.iter().map(|row| row.balance_minor).sum();
            assert_eq!(sum, open - parts.credit_minor, "{until}");
            let later = tx.statement_parts(account, until, jiff::civil::date(2999, 1, 1))?;
            assert_eq!(later.opening_minor, sum);
        }
        let states = tx.account_states(&[account])?;
        assert_eq!(states[0].balance_minor - states[0].credit_minor, expected);
        Ok(())
    });
    house.does(&[&range[..], &["--pdf", text(&house.path("statement.pdf"))]].concat());
    assert!(std::fs::read(house.path("statement.pdf")).unwrap().starts_with(b"%PDF"));
    assert!(
        house
            .refuses(&["statement", "C-1000", "--from", "2026-08-01", "--until", "2026-08-01"])
            .err
            .contains("--until")
    );
    house.is_sound();
}
