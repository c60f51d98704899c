//! Invoices: paid; and for others to hang, bi-weekly and overdue, recurring and due with a PDF that is being made.

use quittance::web::pages::{
    Agreement, AgreementLine, Asked, ChangeRow, Changes, Day, Deed, Delivery, Entry, Fact, File, ForwardForm, HowToPay,
    InvoicePage, Link, Pdf, Piece, Price, Status, StatusKind, Ticket, Total,
};

use crate::{Gallery, frame::khadra, invoices::day};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("invoice-forward-refused", &forward_refused())?;
    gallery.hang("invoice-paid", &paid())
}

fn forward_refused() -> InvoicePage {
    let forward = ForwardForm {
        action: "/invoices/INV-20299/forwards".into(),
        email: "erik.lund@northfieldgrain".into(),
        error: "This is not an e-mail address. It needs an @ and a domain, like name@company.example.".into(),
    };
    InvoicePage { forward: Some(forward), is_refused: true, ..biweekly() }
}

pub fn biweekly() -> InvoicePage {
    InvoicePage {
        frame: khadra(),
        number: "INV-20299".into(),
        status: Status::new(StatusKind::Overdue, "Overdue 19 days"),
        stream: "Bi-weekly invoice".into(),
        account_name: String::new(),
        amount_label: "Amount due".into(),
        amount: "$3,163.73".into(),
        facts: facts("Oct 18", "Sep 18", "Sep 4–17, 2026"),
        explain: vec![
            Piece::text("Services "),
            Piece::strong("Sep 4–17, 2026"),
            Piece::text(" · issued "),
            Piece::Day(day("Sep 18")),
            Piece::text(" · e-mailed "),
            Piece::Day(Day::new("2026-09-18T09:02:00-05:00", "Sep 18, 9:02 am")),
            Piece::text(" to khadra.moua@northfieldgrain.example, accepted · due "),
            Piece::Day(day("Oct 18")),
            Piece::text(" · overdue "),
            Piece::strong("since Oct 19"),
            Piece::text(". Sep 3’s quarterly review was approved on Sep 4, so it stands here."),
        ],
        changes: Some(short_changes()),
        agreements: Vec::new(),
        tickets: tickets(),
        prepaid: vec!["Prepaid hours: 7.25 of 10.00 used in September, 2.75 left".to_owned()],
        loose_entries: Vec::new(),
        loose_deliveries: Vec::new(),
        totals: vec![
            total("Services, 2.75 h charged", "443.75"),
            total("Products", "2,533.16"),
            total("Minnesota 6.875% on 2,533.16", "174.15"),
            total("Kandiyohi County 0.5% on 2,533.16", "12.67"),
        ],
        total: total("Amount due", "$3,163.73"),
        pdf: Pdf::Ready(file("Invoice, PDF, 2 pages", "84 kB")),
        files: vec![file("Lines, CSV", "2 kB")],
        mail_again: Some(Deed::new("/invoices/INV-20299/mails", "E-mail it to me again")),
        forward: Some(ForwardForm { action: "/invoices/INV-20299/forwards".into(), ..ForwardForm::default() }),
        pay: Some(how_to_pay("$3,163.73", "Oct 18, 2026")),
        asked: Asked::default(),
        questions: Vec::new(),
        is_refused: false,
    }
}

pub fn recurring() -> InvoicePage {
    InvoicePage {
        number: "INV-20517".into(),
        status: Status::new(StatusKind::Due, "Due in 25 days"),
        stream: "Recurring invoice".into(),
        amount: "$3,908.90".into(),
        facts: facts("Dec 1", "Nov 1", "Oct 1–31, 2026"),
        explain: vec![
            Piece::text("Services "),
            Piece::strong("Oct 1–31, 2026"),
            Piece::text(" · issued "),
            Piece::Day(day("Nov 1")),
            Piece::text(" · e-mailed "),
            Piece::Day(Day::new("2026-11-02T09:02:00-06:00", "Nov 2, 9:02 am")),
            Piece::text(" to erik.lund@northfieldgrain.example, accepted · due "),
            Piece::Day(day("Dec 1")),
            Piece::text("."),
        ],
        changes: Some(long_changes()),
        agreements: vec![agreement()],
        tickets: Vec::new(),
        totals: vec![
            total("Subtotal", "3,870.79"),
            total("Minnesota 6.875% on 516.75", "35.53"),
            total("Kandiyohi County 0.5% on 516.75", "2.58"),
        ],
        total: total("Amount due", "$3,908.90"),
        pdf: Pdf::Making,
        pay: Some(how_to_pay("$3,908.90", "Dec 1, 2026")),
        ..biweekly()
    }
}

fn paid() -> InvoicePage {
    InvoicePage {
        number: "INV-20251".into(),
        status: Status::new(StatusKind::Paid, "Paid Sep 28"),
        amount_label: "Amount".into(),
        amount: "$18.00".into(),
        facts: facts("Oct 4", "Sep 4", "Aug 21–Sep 3, 2026"),
        changes: None,
        tickets: Vec::new(),
        prepaid: Vec::new(),
        loose_entries: vec![entry(
            "Sep 2",
            "Looked into the scale’s label printer; cable replaced.",
            ["0.20", "0.25", "145.00"],
            Price::Covered,
        )],
        loose_deliveries: vec![delivery("Aug 21", "Recycling with certificate", ["1", "18.00", "", "18.00"])],
        totals: vec![total("Products", "18.00")],
        total: total("Paid", "$18.00"),
        pay: None,
        ..biweekly()
    }
}

fn facts(due: &str, issued: &str, period: &str) -> Vec<Fact> {
    let fact = |label: &str, value: Day| Fact { label: label.into(), value };
    let full = |short: &str| Day { text: format!("{short}, 2026"), ..day(short) };
    vec![
        fact("Due date", full(due)),
        fact("Invoice date", full(issued)),
        fact("Service period", Day::new("", period)),
        fact("PO number", Day::new("", "PO-7700")),
    ]
}

pub fn total(label: &str, amount: &str) -> Total {
    Total { label: label.into(), amount: amount.into() }
}

fn file(text: &str, size: &str) -> File {
    File { href: "/invoices/INV-20299.pdf".into(), text: text.into(), size: size.into() }
}

pub fn how_to_pay(amount: &str, by: &str) -> HowToPay {
    HowToPay {
        skip: None,
        note: Vec::new(),
        pay_now: Some(Link::new("/pay?number=INV-20299", format!("Pay {amount}"))),
        title: "How to pay".into(),
        sentence: vec![
            Piece::text("Please pay "),
            Piece::strong(amount),
            Piece::text(" by "),
            Piece::strong(by),
            Piece::text("."),
        ],
        paragraphs: vec![
            "By check to West Prairie Technology, Inc.\n1200 Main Avenue, Suite 4\nWillmar, MN 56201".into(),
            "By bank transfer: call us for our account number. We never send it by e-mail.".into(),
        ],
        references: vec![total("Please write on it", "C-1000, INV-20299")],
    }
}

fn change(what: &str, before: &str, now: &str, change: &str) -> ChangeRow {
    // Where a part of a month begins or ends, the row says which.
    let why = if now.ends_with("387.75") { "15 of 30 days last time" } else { "" };
    ChangeRow { what: what.into(), why: why.into(), before: before.into(), now: now.into(), change: change.into() }
}

fn short_changes() -> Changes {
    Changes {
        title: "What changed since the last bi-weekly invoice".into(),
        rows: vec![
            change("Equipment for Saw Peña’s setup, T-48930: laptop, dock, four monitors", "", "", "+2,533.16"),
            change("Work that is charged: 2.75 h, none last time", "", "", "+443.75"),
            change("Recycling with certificate, on INV-20251 only", "", "", "−18.00"),
            change("Sales tax on the equipment", "", "", "+186.82"),
        ],
        total: change("More than INV-20251, $18.00", "", "", "+3,145.73"),
        ..Changes::default()
    }
}

fn long_changes() -> Changes {
    Changes {
        title: "What changed since September".into(),
        sentence: vec![
            Piece::text("Endpoint detection and response: "),
            Piece::strong("3 more seats since Sep 16"),
            Piece::text(". September had them for 15 of 30 days, October has them in full."),
        ],
        before_head: "September, INV-20345".into(),
        now_head: "October, INV-20517".into(),
        rows: vec![
            change("44 seats until Sep 15", "44 × 4.13 = 181.72", "ended", "−181.72"),
            change("47 seats since Sep 16", "47 × 4.13 = 194.11", "47 × 8.25 = 387.75", "+193.64"),
            change("Sales tax 7.375%", "37.23", "38.11", "+0.88"),
            change("Six other lines", "3,483.04", "3,483.04", "same"),
        ],
        total: change("Total", "$3,896.10", "$3,908.90", "+$12.80"),
    }
}

pub fn agreement() -> Agreement {
    let line = |what: &str, numbers: [&str; 3], tax: &str| AgreementLine {
        what: what.into(),
        days: "Oct 1–31".into(),
        part: String::new(),
        quantity: numbers[0].into(),
        price: numbers[1].into(),
        tax: tax.into(),
        tax_rate: String::new(),
        amount: numbers[2].into(),
        mark: String::new(),
        asked: Asked::default(),
    };
    let partly = AgreementLine {
        days: "Sep 16–30".into(),
        part: "15 of 30 days".into(),
        ..line("E-mail security, 3 seats more", ["3", "2.23", "6.69"], "")
    };
    let changed = AgreementLine {
        mark: "changed".into(),
        ..line("Endpoint detection and response", ["47", "8.25", "387.75"], "MN")
    };
    Agreement {
        name: "Managed IT, core, since May 2024".into(),
        lines: vec![
            line("Managed workstation, core", ["42", "46.50", "1,953.00"], ""),
            line("Managed server", ["2", "189.00", "378.00"], ""),
            line("Firewall rental, mid-size", ["1", "129.00", "129.00"], "MN"),
            line("Cloud backup storage, GB", ["880.2", "0.085", "74.82"], ""),
            line("Microsoft 365 Business Premium", ["28", "27.19", "761.32"], ""),
            partly,
            changed,
        ],
    }
}

fn entry(on: &str, what: &str, numbers: [&str; 3], amount: Price) -> Entry {
    let [worked, billed, rate] = numbers.map(str::to_owned);
    let work_type = if rate == "165.00" { "on site" } else { "remote" };
    Entry {
        day: day(on),
        what: what.into(),
        technician: "T. Becker".into(),
        work_type: work_type.into(),
        worked,
        billed,
        rate,
        amount,
        remark: String::new(),
        asked: Asked::default(),
    }
}

fn delivery(on: &str, what: &str, numbers: [&str; 4]) -> Delivery {
    let [quantity, price, tax, amount] = numbers.map(str::to_owned);
    let (tax_rate, remark, asked) = (String::new(), String::new(), Asked::default());
    Delivery { day: day(on), what: what.into(), quantity, price, tax, tax_rate, amount, remark, asked }
}

fn ticket(number: &str, texts: [&str; 4], amount: Price, entries: Vec<Entry>) -> Ticket {
    let [summary, asked_by, worked, billed] = texts.map(str::to_owned);
    Ticket {
        number: number.into(),
        summary,
        asked_by,
        worked,
        billed,
        amount,
        remark: String::new(),
        open: false,
        entries,
        deliveries: Vec::new(),
    }
}

fn money(text: &str) -> Price {
    Price::Money(text.into())
}

#[expect(clippy::too_many_lines, reason = "one long literal of invented data")]
fn tickets() -> Vec<Ticket> {
    let setup = vec![
        entry(
            "Sep 14",
            "Created account and mailbox for Saw Peña, added to groups as on the new-hire form, assigned licence.",
            ["0.98", "1.00", "145.00"],
            Price::Covered,
        ),
        entry(
            "Sep 14",
            "Set up NGS-PC-041: enrolled, encrypted, installed AgriTrack and printers.",
            ["1.15", "1.25", "145.00"],
            Price::NoCharge,
        ),
        entry(
            "Sep 14",
            "Delivered NGS-PC-041 to Saw Peña, walked through sign-in, multi-factor and phone voicemail.",
            ["1.25", "1.25", "165.00"],
            money("206.25"),
        ),
    ];
    let review = Entry {
        remark: "before this period, approved Sep 4".into(),
        ..entry(
            "Sep 3",
            "Quarterly review with Saw: tickets, age of machines, risks, budget for next year.",
            ["0.88", "1.00", "165.00"],
            money("165.00"),
        )
    };
    vec![
        Ticket {
            open: true,
            deliveries: vec![
                delivery("Sep 14", "Thunderbolt dock 180 W", ["1", "290.16", "MN", "290.16"]),
                delivery(
                    "Sep 14",
                    "Laptop 14 in, Core Ultra 5, 16 GB, 512 GB, 3 yr on site, S/N 7CG8074875",
                    ["1", "1,289.00", "MN", "1,289.00"],
                ),
                delivery("Sep 14", "Monitor 27 in, height adjustable", ["4", "238.50", "MN", "954.00"]),
            ],
            ..ticket(
                "T-48930",
                ["New employee setup: Saw Peña", "Dwayne Yusuf", "3.38", "3.50"],
                money("2,739.41"),
                setup,
            )
        },
        Ticket {
            remark: "Sep 3, before this period".into(),
            ..ticket("T-48832", ["Quarterly review", "Saw Peña", "0.88", "1.00"], money("165.00"), vec![review])
        },
        ticket(
            "T-48850",
            ["PDF program activation", "Erik Lund", "0.27", "0.50"],
            money("72.50"),
            vec![entry(
                "Sep 4",
                "Assigned licence to Erik, removed the trial copy, default program set.",
                ["0.27", "0.50", "145.00"],
                money("72.50"),
            )],
        ),
        ticket(
            "T-48905",
            ["Cannot reach the shared drive", "Khadra Moua", "0.67", "0.75"],
            Price::Covered,
            vec![
                entry(
                    "Sep 11",
                    "Drive map of Khadra pointed to the old server; corrected the policy and refreshed.",
                    ["0.25", "0.25", "145.00"],
                    Price::Covered,
                ),
                entry(
                    "Sep 11",
                    "Removed a 2019 logon script that mapped the drive twice.",
                    ["0.42", "0.50", "145.00"],
                    Price::Covered,
                ),
            ],
        ),
        ticket(
            "T-48923",
            ["Time clock does not sync", "Ifrah Svendsen", "0.62", "0.75"],
            Price::Covered,
            vec![entry(
                "Sep 14",
                "Time clock at Main office lost its network after a switch change; port moved to the device network.",
                ["0.62", "0.75", "145.00"],
                Price::Covered,
            )],
        ),
    ]
}
