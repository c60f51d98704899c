//! A credit note, a late fee, and a statement.

use quittance::web::pages::{
    ChangeRow, Choice, Day, Fact, File, Link, MovementRow, Pdf, Piece, PlainPage, StatementsPage, Status, StatusKind,
    Total,
};

use crate::{Gallery, frame::khadra};

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("credit-note", &credit_note())?;
    gallery.hang("credit-note-making", &PlainPage { pdf: Pdf::Making, ..credit_note() })?;
    gallery.hang("late-fee", &late_fee())?;
    gallery.hang("statement", &statement())?;
    let none = StatementsPage { rows: Vec::new(), closing: total("You owe", "$0.00"), ..statement() };
    gallery.hang("statement-empty", &none)
}

fn total(label: &str, amount: &str) -> Total {
    Total { label: label.into(), amount: amount.into() }
}

fn fact(label: &str, value: Day) -> Fact {
    Fact { label: label.into(), value }
}

fn credit_note() -> PlainPage {
    let row = |what: &str, before: &str, change: &str| ChangeRow {
        what: what.into(),
        before: before.into(),
        change: change.into(),
        ..ChangeRow::default()
    };
    PlainPage {
        frame: khadra(),
        called: "Credit note".into(),
        number: "CN-1001".into(),
        href: "/credit-notes/CN-1001".into(),
        invoice: "INV-20299".into(),
        status: None,
        account_name: String::new(),
        amount_label: "Credited".into(),
        amount: "$256.03".into(),
        facts: vec![
            fact("Date", Day::new("2026-11-03", "Nov 3, 2026")),
            fact("For invoice", Day::new("", "INV-20299")),
            fact("Invoice date", Day::new("2026-09-18", "Sep 18, 2026")),
        ],
        explain: vec![
            Piece::text("Reason: "),
            Piece::strong("One dock was returned unopened"),
            Piece::text(" · $256.03 came off what is due on INV-20299."),
        ],
        heading: "What is credited".into(),
        heads: ["Line", "Invoiced", "Credited"].map(str::to_owned).to_vec(),
        rows: vec![row("T-48930: Thunderbolt dock 180 W", "954.00", "238.50")],
        totals: vec![
            total("Net", "238.50"),
            total("Minnesota 6.875%", "16.40"),
            total("Kandiyohi County 0.5%", "1.13"),
        ],
        total: total("Credited", "$256.03"),
        pdf: Pdf::Ready(File {
            href: "/credit-notes/CN-1001.pdf".into(),
            text: "Credit note, PDF, 1 page".into(),
            size: "38 kB".into(),
        }),
    }
}

fn late_fee() -> PlainPage {
    let row = |what: &str, change: &str| ChangeRow { what: what.into(), change: change.into(), ..ChangeRow::default() };
    PlainPage {
        called: "Late fee".into(),
        number: "LF-1001".into(),
        href: "/late-fees/LF-1001".into(),
        status: Some(Status::new(StatusKind::Due, "Due in 28 days")),
        amount_label: "Amount due".into(),
        amount: "$32.68".into(),
        facts: vec![
            fact("Due date", Day::new("2026-12-04", "Dec 4, 2026")),
            fact("Date", Day::new("2026-11-04", "Nov 4, 2026")),
        ],
        explain: vec![
            Piece::Link(Link::new("/invoices/INV-20299", "INV-20299")),
            Piece::text(" was due on "),
            Piece::Day(Day::new("2026-10-18", "Oct 18, 2026")),
            Piece::text("; $3,163.73 was open then."),
        ],
        heading: "What is charged".into(),
        heads: ["What", "Amount"].map(str::to_owned).to_vec(),
        rows: vec![row("Late fee", "15.00"), row("Interest of 12% a year for 17 days", "17.68")],
        totals: Vec::new(),
        total: total("Total", "$32.68"),
        pdf: Pdf::Ready(File {
            href: "/late-fees/LF-1001.pdf".into(),
            text: "Late fee, PDF, 1 page".into(),
            size: "31 kB".into(),
        }),
        ..credit_note()
    }
}

fn statement() -> StatementsPage {
    let movement = |day: &str, number: &str, href: &str, what: &str, figures: (&str, &str)| MovementRow {
        on: Day::new(format!("2026-{day}"), day.to_owned()),
        number: number.into(),
        href: href.into(),
        what: what.into(),
        amount: figures.0.into(),
        balance: figures.1.into(),
    };
    let choice = |text: &str, chosen: bool| Choice {
        value: "/statements?account=C-1000".into(),
        text: text.into(),
        count: String::new(),
        chosen,
    };
    let file = |ending: &str, text: &str| File {
        href: format!("/statements.{ending}?account=C-1000"),
        text: text.into(),
        size: String::new(),
    };
    StatementsPage {
        frame: khadra(),
        account_name: "Northfield Grain & Supply".into(),
        period: "Sep 1–Nov 6, 2026".into(),
        periods: vec![choice("This month", false), choice("Last month", false), choice("Three months", true)],
        accounts: vec![choice("Northfield Grain & Supply", true), choice("Khadra Clinic", false)],
        from: "2026-09-01".into(),
        to: "2026-11-06".into(),
        opened_on: Day::new("2026-09-01", "Sep 1, 2026"),
        closed_on: Day::new("2026-11-06", "Nov 6, 2026"),
        opening: "0.00".into(),
        rows: vec![
            movement("09-18", "INV-20299", "/invoices/INV-20299", "Invoice, due Oct 18", ("3,163.73", "3,163.73")),
            movement("10-01", "INV-20345", "/invoices/INV-20345", "Invoice, due Oct 31", ("3,896.10", "7,059.83")),
            movement("10-30", "", "", "Payment, check 4411", ("\u{2212}3,896.10", "3,163.73")),
            movement(
                "11-03",
                "CN-1001",
                "/credit-notes/CN-1001",
                "Credit for INV-20299: One dock was returned unopened",
                ("\u{2212}256.03", "2,907.70"),
            ),
        ],
        closing: total("You owe", "$2,907.70"),
        facts: vec![
            total("Before", "$0.00"),
            total("Charged", "$7,059.83"),
            total("Paid and credited", "\u{2212}$4,152.13"),
        ],
        ageing: vec![
            total("Not yet due, less credit", "0.00"),
            total("0-30 days past due", "2,907.70"),
            total("31-60 days past due", "0.00"),
            total("61-90 days past due", "0.00"),
            total("91+ days past due", "0.00"),
        ],
        files: vec![file("pdf", "Statement, PDF"), file("csv", "Statement, CSV")],
    }
}
