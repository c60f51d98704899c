//! The list of invoices: one account, six accounts, and the three ways to be empty.

use quittance::web::pages::{
    AccountChoice, Accounts, Chart, Choice, Day, Empty, Filter, Group, InvoiceRow, InvoicesPage, Link, Listing, Month,
    NextDue, Overdue, Piece, Status, StatusKind, Summary,
};

use crate::{
    Gallery,
    frame::{demo, khadra, marit},
};

/// Number, stream, services, issued, due, amount, status, what happens next. A number in front of `|` is an account.
type Row = [&'static str; 8];

const OPEN: [Row; 4] = [
    [
        "INV-20299",
        "Bi-weekly",
        "Sep 4–17",
        "Sep 18",
        "Oct 18",
        "$3,163.73",
        "Overdue 19 days",
        "Nothing planned. Please pay now or call us",
    ],
    ["INV-20435", "Bi-weekly", "Oct 2–15", "Oct 16", "Nov 15", "$72.50", "Due in 9 days", "Nothing planned"],
    ["INV-20480", "Bi-weekly", "Oct 16–29", "Oct 30", "Nov 29", "$165.00", "Due in 23 days", "Nothing planned"],
    ["INV-20517", "Recurring", "Oct 1–31", "Nov 1", "Dec 1", "$3,908.90", "Due in 25 days", "Nothing planned"],
];
const PAID: [Row; 8] = [
    ["INV-20345", "Recurring", "Sep 1–30", "Oct 1", "Oct 31", "$3,896.10", "Paid Oct 31", "Check 10402"],
    ["INV-20251", "Bi-weekly", "Aug 21–Sep 3", "Sep 4", "Oct 4", "$18.00", "Paid Sep 28", "Check 10390"],
    ["INV-20197", "Recurring", "Aug 1–31", "Sep 1", "Oct 1", "$3,882.33", "Paid Oct 1", "Check 10391"],
    ["INV-20158", "Bi-weekly", "Aug 7–20", "Aug 21", "Sep 20", "$165.00", "Paid Sep 14", "Check 10389"],
    ["INV-20117", "Bi-weekly", "Jul 24–Aug 6", "Aug 7", "Sep 6", "$247.50", "Paid Sep 4", "Check 10388"],
    ["INV-20063", "Recurring", "Jul 1–31", "Aug 1", "Aug 31", "$3,882.33", "Paid Aug 31", "Check 10387"],
    ["INV-20022", "Bi-weekly", "Jul 10–23", "Jul 24", "Aug 23", "$1,788.99", "Paid Aug 20", "Check 10386"],
    ["INV-20001", "Bi-weekly", "Jul 1–9", "Jul 10", "Aug 9", "$2,244.99", "Paid Aug 6", "Check 10385"],
];
const MANY: [Row; 7] = [
    [
        "INV-20429",
        "Kandi Soccer Association|Bi-weekly",
        "Sep 18–Oct 1",
        "Oct 2",
        "Nov 1",
        "$421.13",
        "Overdue 5 days",
        "Its treasurer pays",
    ],
    [
        "INV-20467",
        "Raymond Seed House|Bi-weekly",
        "Oct 2–15",
        "Oct 16",
        "Nov 15",
        "$95.81",
        "Processing",
        "Sent Nov 5. Arrives by Nov 12",
    ],
    [
        "INV-20538",
        "Solberg Bookkeeping|Recurring",
        "Oct 1–31",
        "Nov 1",
        "Nov 21",
        "$77.01",
        "Due in 15 days",
        "Nothing planned",
    ],
    ["INV-20524", "Café d’Été|Recurring", "Oct 1–31", "Nov 1", "Nov 21", "$32.00", "Due in 15 days", "Nothing planned"],
    [
        "INV-20507",
        "Raymond Seed House|Bi-weekly",
        "Oct 16–29",
        "Oct 30",
        "Nov 29",
        "$968.14",
        "In dispute",
        "$412.50 held, answer by Nov 10",
    ],
    [
        "INV-20489",
        "Panadería La Estrella|Bi-weekly",
        "Oct 16–29",
        "Oct 30",
        "Nov 29",
        "$971.10",
        "Due in 23 days",
        "Nothing planned",
    ],
    [
        "INV-20485",
        "“Big Ole” Auto Body & Glass|Bi-weekly",
        "Oct 16–29",
        "Oct 30",
        "Nov 29",
        "$145.00",
        "Part paid",
        "$45.00 left",
    ],
];

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("invoices", &home())?;
    gallery.hang("invoices-demo", &InvoicesPage { frame: demo(khadra()), ..home() })?;
    gallery.hang("invoices-accounts", &accounts())?;
    gallery.hang("invoices-none", &none_yet())?;
    gallery.hang("invoices-no-match", &no_match())?;
    gallery.hang("invoices-nothing-owed", &nothing_owed())
}

fn home() -> InvoicesPage {
    let listing = Listing {
        count_line: "12 invoices, $23,435.37 since July 2026".into(),
        zip: "/invoices.zip?since=2026-07".into(),
        csv: "/invoices.csv?since=2026-07".into(),
        statement: "/statements.pdf?account=C-1000&from=2026-07-01&to=2026-11-06".into(),
        groups: vec![group("Open", &OPEN), group("Paid", &PAID)],
        more: "/invoices?after=INV-20001".into(),
        empty: None,
    };
    InvoicesPage {
        may_pay: true,
        frame: khadra(),
        account_name: "Northfield Grain & Supply, Inc.".into(),
        accounts: None,
        summary: Some(summary()),
        filter: Some(filter("2")),
        listing,
    }
}

fn summary() -> Summary {
    let late = Day::new("2026-10-18", "Oct 18");
    Summary {
        takes_next: None,
        pay_all: Some(Link::new("/pay", "Pay all")),
        label: "You owe".into(),
        owed: "$7,310.13".into(),
        note: vec![Piece::text("4 invoices.")],
        overdue: Some(Overdue {
            amount: "$3,163.73".into(),
            late: true,
            note: vec![
                Piece::Link(Link::new("/invoices/INV-20299", "INV-20299")),
                Piece::text(format!(", due {}, 19 days ago", late.text)),
            ],
        }),
        next_due: Some(NextDue {
            amount: "$72.50".into(),
            note: vec![Piece::text("Sunday, Nov 15: "), Piece::Link(Link::new("/invoices/INV-20435", "INV-20435"))],
        }),
        chart: Some(chart()),
    }
}

fn chart() -> Chart {
    let month = |short: &str, long: &str, minor: [i64; 2], texts: [&str; 4]| Month {
        short: short.into(),
        long: format!("{long} 2026"),
        recurring_minor: minor[0],
        biweekly_minor: minor[1],
        recurring: texts[0].into(),
        biweekly: texts[1].into(),
        total: texts[2].into(),
        total_short: texts[3].into(),
    };
    let months = vec![
        month("Jul", "July", [0, 403_398], ["$0.00", "$4,033.98", "$4,033.98", "4,034"]),
        month("Aug", "August", [388_233, 41_250], ["$3,882.33", "$412.50", "$4,294.83", "4,295"]),
        month("Sep", "September", [388_233, 318_173], ["$3,882.33", "$3,181.73", "$7,064.06", "7,064"]),
        month("Oct", "October", [389_610, 23_750], ["$3,896.10", "$237.50", "$4,133.60", "4,134"]),
        month("Nov", "November", [390_890, 0], ["$3,908.90", "$0.00", "$3,908.90", "3,909"]),
    ];
    Chart::new("USD", months)
}

fn filter(chosen: &str) -> Filter {
    let tab = |value: &str, text: &str, count: &str, at: &str| Choice {
        value: value.into(),
        text: text.into(),
        count: count.into(),
        chosen: chosen == at,
    };
    Filter {
        tabs: vec![
            tab("/invoices?show=open", "Open", "4", "0"),
            tab("/invoices?show=paid", "Paid", "8", "1"),
            tab("/invoices", "All", "12", "2"),
        ],
        show: if chosen == "0" { "open".into() } else { String::new() },
        streams: vec![option("", "Both streams"), option("recurring", "Recurring"), option("biweekly", "Bi-weekly")],
        periods: vec![option("2026-07", "Since July 2026"), option("2026-10", "Since October 2026")],
        ..Filter::default()
    }
}

fn option(value: &str, text: &str) -> Choice {
    Choice { value: value.into(), text: text.into(), ..Choice::default() }
}

fn group(title: &str, rows: &[Row]) -> Group {
    Group { title: title.into(), id: title.to_lowercase(), rows: rows.iter().map(row).collect() }
}

fn row(row: &Row) -> InvoiceRow {
    let [number, stream, services, issued, due, amount, status, next] = *row;
    let (account, stream) = stream.split_once('|').unwrap_or(("", stream));
    let kind = match status.split(' ').next() {
        Some("Overdue") => StatusKind::Overdue,
        Some("Processing") => StatusKind::Processing,
        Some("In") => StatusKind::Dispute,
        Some("Part") => StatusKind::PartPaid,
        Some("Paid") => StatusKind::Paid,
        _ => StatusKind::Due,
    };
    let digits: String = amount.chars().filter(char::is_ascii_digit).collect();
    InvoiceRow {
        number: number.into(),
        href: format!("/invoices/{number}"),
        pdf: format!("/invoices/{number}.pdf"),
        account: account.into(),
        stream: stream.into(),
        services: services.into(),
        issued: day(issued),
        due: day(due),
        amount: amount.into(),
        minor: digits.parse().unwrap_or_default(),
        currency: "USD",
        digits: 2,
        status: Status::new(kind, status),
        next: next.into(),
    }
}

/// `Oct 18` of 2026.
pub fn day(text: &str) -> Day {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (month, day) = text.split_once(' ').unwrap_or((text, "1"));
    let month = months.iter().position(|name| *name == month).unwrap_or_default() + 1;
    Day::new(format!("2026-{month:02}-{day:0>2}"), text)
}

fn accounts() -> InvoicesPage {
    let choice = |name: &str, owed: &str, remark: &str| AccountChoice {
        href: "/invoices?account=C-1009".into(),
        name: name.into(),
        owed: owed.into(),
        remark: remark.into(),
        chosen: name == "All six accounts",
    };
    let choices = vec![
        choice("All six accounts", "$1,780.75", ""),
        choice("“Big Ole” Auto Body & Glass", "$145.00", ""),
        choice("Café d’Été", "$32.00", ""),
        choice("Kandi Soccer Association", "$421.13", "Look only"),
        choice("Panadería La Estrella", "$971.10", ""),
        choice("Raymond Seed House", "$555.64", ""),
        choice("Solberg Bookkeeping", "$77.01", ""),
    ];
    let summary = Summary {
        pay_all: None,
        label: "You owe, over five accounts".into(),
        owed: "$1,780.75".into(),
        note: vec![Piece::text("5 invoices. Another $95.81 is on its way, $412.50 is held in dispute.")],
        overdue: Some(Overdue {
            amount: "$0.00".into(),
            late: false,
            note: vec![Piece::text("Kandi Soccer Association has $421.13 overdue; its treasurer pays it.")],
        }),
        ..summary()
    };
    InvoicesPage {
        may_pay: true,
        frame: marit(),
        account_name: String::new(),
        accounts: Some(Accounts { shown: "All six accounts".into(), choices }),
        summary: Some(summary),
        listing: Listing {
            groups: vec![group("Open", &MANY)],
            count_line: "7 invoices since October 2026".into(),
            statement: String::new(),
            ..home().listing
        },
        ..home()
    }
}

fn none_yet() -> InvoicesPage {
    let empty = Empty {
        title: "No invoices yet".into(),
        text: "Your first recurring invoice is for November. It is dated December 1 and reaches you by December 7."
            .into(),
        link: Some(Link::new("/work", "See what we did for you so far")),
    };
    InvoicesPage {
        may_pay: true,
        summary: None,
        filter: None,
        listing: Listing { empty: Some(empty), ..Listing::default() },
        ..home()
    }
}

fn no_match() -> InvoicesPage {
    let empty = Empty {
        title: "No invoice matches “T-49999”".into(),
        text: "Searched: numbers, tickets, amounts, PO numbers.".into(),
        link: Some(Link::new("/invoices", "Clear the search")),
    };
    let filter = Filter { search: "T-49999".into(), ..filter("2") };
    InvoicesPage { filter: Some(filter), listing: Listing { empty: Some(empty), ..Listing::default() }, ..home() }
}

fn nothing_owed() -> InvoicesPage {
    let summary = Summary {
        pay_all: None,
        owed: "$0.00".into(),
        note: vec![Piece::text("All 12 invoices are paid.")],
        overdue: None,
        next_due: None,
        ..summary()
    };
    let empty = Empty {
        title: "You owe nothing".into(),
        text: "The next bi-weekly invoice is made on November 13, if there is something to bill.".into(),
        link: Some(Link::new("/invoices", "See all 12 invoices")),
    };
    let listing = Listing { empty: Some(empty), ..Listing::default() };
    InvoicesPage { summary: Some(summary), filter: Some(filter("0")), listing, ..home() }
}
