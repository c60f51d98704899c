//! One invoice: its evidence, why it differs, and its files.

use std::io::{Cursor, Read};

use billing::Stream;
use billing::tax::{PriceTax, TaxRounding, TaxTerms};
use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::invoice::InvoiceLineRow;
use store::item::ItemRow;
use store::work::{DeliveryRow, TimeEntryRow};
use store::{AccountId, DeliveryId, InvoiceId, ItemId, TimeEntryId};

use crate::cast::ALICE;
use crate::issued::{Bill, charge, delivery, entry, issue};
use crate::world::World;

stories!(
    a_recurring_invoice_says_what_changed,
    seats_and_price_have_figures_of_their_own,
    a_biweekly_invoice_shows_its_evidence,
    cells_are_no_formulas,
    an_archive_holds_what_was_ticked,
    documents_open_and_leave_nothing,
    work_shows_what_is_covered_and_never_internal_notes,
    a_certificate_stands_beside_the_exemption,
    categories_stand_apart,
    lines_hold_their_tax,
);

/// The figures of a table's last column: `+193.64`, `−181.72`.
fn figures(text: &str) -> Vec<Decimal> {
    let table = text.split("<table class=\"diff").nth(1).unwrap().split("</tbody>").next().unwrap();
    let rows = table.split("<tbody").nth(1).unwrap().split("<tr").skip(1);
    let last = rows.map(|row| row.split("class=\"num\">").last().unwrap().split("</").next().unwrap().to_owned());
    last.filter_map(|cell| cell.replace('\u{2212}', "-").replace(['+', '$', ','], "").parse().ok()).collect()
}

fn recurring(id: i64, issued_on: &str) -> Bill {
    let issued: Date = issued_on.parse().unwrap();
    Bill {
        stream: Stream::Recurring,
        period_from: issued.yesterday().unwrap().first_of_month(),
        ..Bill::new(1, id, issued_on)
    }
}

async fn a_recurring_invoice_says_what_changed(world: World) {
    let (sep, half, rest, oct) = (
        ("2026-09-01", "2026-10-01"),
        ("2026-09-01", "2026-09-16"),
        ("2026-09-16", "2026-10-01"),
        ("2026-10-01", "2026-11-01"),
    );
    let before = Bill {
        lines: vec![
            charge("L-1", "Managed workstation", sep, ("42", "46.50", "46.50"), None),
            charge("L-2", "Endpoint detection", half, ("44", "8.25", "4.13"), Some(30)),
            charge("L-3", "Endpoint detection", rest, ("47", "8.25", "4.13"), Some(30)),
        ],
        taxes: vec![("Minnesota", "6.875", 2584), ("Kandiyohi County", "0.5", 188)],
        ..recurring(1, "2026-10-01")
    };
    let now = Bill {
        lines: vec![
            charge("L-1", "Managed workstation", oct, ("42", "46.50", "46.50"), None),
            charge("L-3", "Endpoint detection", oct, ("47", "8.25", "8.25"), None),
        ],
        taxes: vec![("Minnesota", "6.875", 2666), ("Kandiyohi County", "0.5", 194)],
        previous: Some(1),
        ..recurring(2, "2026-11-01")
    };
    let difference = Decimal::new(now.total() - before.total(), 2);
    issue(&world.app.store, vec![before, now]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-2").await;
    for words in [
        "What changed since September",
        "Only <b>Endpoint detection</b> changed.",
        "44 devices until Sep 15",
        "47 devices since Sep 16",
        "44 × 4.13 = 181.72",
        "47 × 4.13 = 194.11",
        "47 × 8.25 = 387.75",
        "15 of 30 days last time",
        "ended",
        "One other line",
        "Sales tax 7.375%",
        "Minnesota 6.875% on",
    ] {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    assert_eq!(figures(&page.text()).iter().sum::<Decimal>(), difference);
    let first = alice.get("/invoices/INV-1").await;
    assert!(!first.has("What changed") && first.has("15 of 30 days, 8.25 a month"), "{}", first.text());
}

/// A change of seats and price on the 1st ends one line and starts another: it is one row with two causes.
async fn seats_and_price_have_figures_of_their_own(world: World) {
    let (sep, oct) = (("2026-09-01", "2026-10-01"), ("2026-10-01", "2026-11-01"));
    let before = Bill {
        lines: vec![charge("L-1", "Microsoft 365", sep, ("44", "22.00", "22.00"), None)],
        taxes: vec![("Minnesota", "5", 4840)],
        ..recurring(1, "2026-10-01")
    };
    let now = Bill {
        lines: vec![charge("L-9", "Microsoft 365", oct, ("47", "23.50", "23.50"), None)],
        taxes: vec![("Minnesota", "6", 6627)],
        previous: Some(1),
        ..recurring(2, "2026-11-01")
    };
    issue(&world.app.store, vec![before, now]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-2").await;
    for words in [
        "3 devices more: +66.00 · price 22.00 → 23.50: +70.50",
        "other amounts taxed: +6.83 · rate 5% → 6%: +11.04",
        "44 × 22.00 = 968.00",
        "+136.50",
    ] {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    assert!(!page.has("ended"), "{}", page.text());
}

async fn a_biweekly_invoice_shows_its_evidence(world: World) {
    let many = (1..=12).map(|n| delivery(&format!("Product {n}"), "1", &format!("{n}.50")));
    let setup = InvoiceTicket::lines();
    let before =
        Bill { lines: vec![entry("T-1", "2", Coverage::Billable, "Before.")], ..Bill::new(1, 1, "2026-09-04") };
    let now =
        Bill { lines: setup.into_iter().chain(many).collect(), previous: Some(1), ..Bill::new(1, 2, "2026-09-18") };
    let difference = Decimal::new(now.total() - before.total(), 2);
    issue(&world.app.store, vec![before, now]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-2").await;
    for words in [
        "T-48930",
        "Summary of T-48930",
        "asked for by </span>Dwayne Yusuf",
        "Covered",
        "No charge",
        "&#60;b&#62;bold",
        "Monitor",
        "T. Becker, remote",
        "Services, 1.25 h charged",
        "other tickets and products",
        "More than INV-1, $290.00",
        "T-1 Summary of T-1, on INV-1 only",
        "Please pay",
    ] {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    assert_eq!(figures(&page.text()).iter().sum::<Decimal>(), difference);
}

struct InvoiceTicket;

impl InvoiceTicket {
    fn lines() -> Vec<store::invoice::InvoiceLineRow> {
        let on_ticket =
            store::invoice::InvoiceLineRow { ticket: Some("T-48930".to_owned()), ..delivery("Monitor", "4", "238.50") };
        vec![
            entry("T-48930", "1.00", Coverage::Covered, "Created account."),
            entry("T-48930", "1.25", Coverage::NoCharge, "Set up <b>bold</b>."),
            entry("T-48930", "1.25", Coverage::Billable, "Delivered."),
            on_ticket,
        ]
    }
}

async fn cells_are_no_formulas(world: World) {
    let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain, \"quoted\"\nline"];
    let lines = texts.map(|text| delivery(text, "1", "1.00")).to_vec();
    issue(
        &world.app.store,
        vec![Bill { lines, po_number: Some("=HYPERLINK(1)".to_owned()), ..Bill::new(1, 1, "2026-09-18") }],
    )
    .await;
    let mut alice = world.signed_in(ALICE).await;
    let file = alice.get("/invoices/INV-1.csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"INV-1.csv\"");
    let list = alice.get("/invoices.csv").await;
    let mut written = Vec::new();
    for answer in [&file, &list] {
        let mut reader = csv::Reader::from_reader(answer.body.as_ref());
        for record in reader.records() {
            for cell in &record.unwrap() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']), "{cell:?}");
                written.push(cell.to_owned());
            }
        }
    }
    for text in texts {
        let calm = if text.starts_with('p') { text.to_owned() } else { format!("'{text}") };
        assert!(written.contains(&calm), "{calm:?}");
    }
    assert!(written.contains(&"'=HYPERLINK(1)".to_owned()));
}

async fn an_archive_holds_what_was_ticked(world: World) {
    let bills = vec![
        Bill::new(1, 1, "2026-08-07"),
        Bill::new(1, 2, "2026-08-21"),
        Bill::new(1, 3, "2026-09-04"),
        Bill { pdf: None, ..Bill::new(1, 4, "2026-09-18") },
    ];
    issue(&world.app.store, bills).await;
    let mut alice = world.signed_in(ALICE).await;
    let answer = alice.get("/invoices.zip?number=INV-3&number=INV-1").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"));
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
    assert_eq!(archive.file_names().collect::<Vec<_>>(), ["INV-1.pdf", "INV-3.pdf"]);
    for id in [1, 3] {
        let mut content = String::new();
        archive.by_name(&format!("INV-{id}.pdf")).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, format!("%PDF {id}"));
    }
    let again = alice.get("/invoices.zip?number=INV-1&number=INV-3").await;
    assert_eq!(again.body, answer.body, "the same documents, the same bytes");

    let waiting = alice.get("/invoices.zip").await;
    assert_eq!(waiting.status, 202);
    assert!(waiting.has("1 of 4 are not ready.") && waiting.header("retry-after") == "3", "{}", waiting.text());
    for path in ["/invoices", "/invoices/INV-1", "/statements"] {
        assert!(!alice.get(path).await.has(" download>"), "{path}: such a page would be saved as the file");
    }
    let listed = alice.get("/invoices.zip?since=2026-08&q=inv-2").await;
    assert_eq!(listed.status, 200);
    let none = alice.get("/invoices.zip?number=").await;
    assert_eq!(none.status, 202, "nothing ticked is the whole list");
    let too_many: Vec<String> = (0..501).map(|n| format!("number=INV-{n}")).collect();
    let refused = alice.get(&format!("/invoices.zip?{}", too_many.join("&"))).await;
    assert_eq!(refused.status, 422);
    assert!(refused.has("at most 500 PDFs"));
}

async fn documents_open_and_leave_nothing(world: World) {
    issue(&world.app.store, vec![Bill::new(1, 1, "2026-08-07")]).await;
    let mut alice = world.signed_in(ALICE).await;
    let first = alice.get("/invoices/INV-1.pdf").await;
    assert_eq!((first.status, first.text().as_str()), (200, "%PDF 1"));
    assert_eq!(first.header("content-disposition"), "inline; filename=\"INV-1.pdf\"");
    assert_eq!(first.header("content-type"), "application/pdf");
    assert_eq!(first.header("cache-control"), "no-store", "nothing of it stays on a shared computer");
}

const INTERNAL: &str = "INTERNAL-MARKER";

fn time_entry(id: i64, coverage: Coverage, approved: bool, invoice: Option<i64>) -> TimeEntryRow {
    TimeEntryRow {
        account_id: AccountId::from(1),
        entry_id: TimeEntryId::from(id),
        code: format!("E-{id}"),
        ticket: format!("T-{id}"),
        ticket_summary: format!("Ticket number {id}"),
        requester: "Dwayne Yusuf".to_owned(),
        site: "Shop".to_owned(),
        worked_on: Date::constant(2026, 9, 1).checked_add(jiff::Span::new().days(id)).unwrap(),
        started_at: "09:00".to_owned(),
        ended_at: "10:00".to_owned(),
        technician: "T. Becker".to_owned(),
        work_type: WorkType::OnSite,
        hours_worked: Decimal::new(88, 2),
        hours_billed: Some(Decimal::ONE),
        rate: Some(Decimal::from(165)),
        coverage,
        agreement_id: None,
        notes: format!("Notes of {id}"),
        internal_notes: Some(INTERNAL.to_owned()),
        approved_on: approved.then(|| Date::constant(2026, 9, 20)),
        invoice_id: invoice.map(InvoiceId::from),
        role: None,
    }
}

/// Four docks, delivered and not billed yet.
fn docks() -> (ItemRow, DeliveryRow) {
    let item = ItemRow {
        item_id: ItemId::from(1),
        code: "DOCK".to_owned(),
        name: "Dock".to_owned(),
        kind: billing::item::ItemKind::Product,
        unit: "each".to_owned(),
        unit_price: Decimal::ONE,
        taxable: true,
        tax_category: String::new(),
    };
    let delivery = DeliveryRow {
        account_id: AccountId::from(1),
        delivery_id: DeliveryId::from(1),
        code: "D-1".to_owned(),
        ticket: None,
        delivered_on: Date::constant(2026, 9, 14),
        item_id: item.item_id,
        description: "Thunderbolt dock".to_owned(),
        quantity: Decimal::from(4),
        unit_price: Decimal::new(23_850, 2),
        approved_on: Some(Date::constant(2026, 9, 14)),
        invoice_id: None,
    };
    (item, delivery)
}

async fn work_shows_what_is_covered_and_never_internal_notes(world: World) {
    let line = entry("T-1", "1", Coverage::Billable, "Notes of 1");
    issue(&world.app.store, vec![Bill { lines: vec![line], ..Bill::new(1, 1, "2026-09-18") }]).await;
    let write = world.app.store.write(|tx| {
        tx.insert(&[
            time_entry(1, Coverage::Billable, true, Some(1)),
            time_entry(2, Coverage::Covered, true, None),
            time_entry(3, Coverage::NoCharge, true, None),
            time_entry(4, Coverage::Billable, false, None),
            TimeEntryRow { account_id: AccountId::from(2), ..time_entry(5, Coverage::Billable, true, None) },
        ])?;
        let (item, delivery) = docks();
        tx.insert(&[item])?;
        tx.insert(&[delivery])
    });
    write.await.unwrap();
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/work").await;
    for words in [
        "Notes of 1",
        "/invoices/INV-1",
        "165.00",
        "Notes of 2",
        "Covered",
        "No charge",
        "Not billed yet",
        "Thunderbolt dock",
        "954.00",
        "4 pieces of work, 2.64 h worked",
        "T. Becker, on site",
    ] {
        assert!(page.has(words), "{words}\n{}", page.text());
    }
    for words in ["Notes of 4", "Notes of 5", INTERNAL] {
        assert!(!page.has(words), "{words}");
    }
    for (asked, has, lacks) in [
        ("month=2026-09", "Notes of 2", "Notes of 4"),
        ("q=number+2", "Notes of 2", "Notes of 1"),
        ("q=THUNDER", "Thunderbolt dock", "Notes of 2"),
        ("q=%25", "No work matches", "Notes of 1"),
        ("month=2026-08", "No work in August 2026", "Notes"),
    ] {
        let page = alice.get(&format!("/work?{asked}")).await;
        assert!(page.has(has) && !page.has(lacks), "{asked}\n{}", page.text());
    }
    for path in [
        "/invoices",
        "/invoices/INV-1",
        "/invoices/INV-1.csv",
        "/invoices.csv",
        "/invoices/INV-1.pdf",
        "/work?q=INTERNAL",
    ] {
        assert!(!alice.get(path).await.has(INTERNAL), "{path}");
    }
}

async fn a_certificate_stands_beside_the_exemption(world: World) {
    issue(
        &world.app.store,
        vec![Bill { certificate: Some("ST3-1204 <b>".to_owned()), ..Bill::new(1, 1, "2026-11-01") }],
    )
    .await;
    let page = world.signed_in(ALICE).await.get("/invoices/INV-1").await;
    assert!(page.text().contains("Tax exempt, certificate ST3-1204"), "{}", page.text());
}

/// A product taxed as something: its amount, and its part of the tax.
fn taxed(category: &str, price: &str, tax_minor: i64) -> InvoiceLineRow {
    let (taxable, tax_category) = (true, category.to_owned());
    InvoiceLineRow { taxable, tax_category, tax_minor, ..delivery("Something", "1", price) }
}

async fn categories_stand_apart(world: World) {
    let bill = Bill {
        lines: vec![taxed("", "100.00", 688), taxed("Software", "200.00", 600), taxed("Books", "50.00", 0)],
        taxes: vec![("Minnesota", "6.875", 688), ("Minnesota", "3", 600)],
        categories: vec!["", "Software"],
        ..Bill::new(1, 1, "2026-09-18")
    };
    issue(&world.app.store, vec![bill]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-1").await;
    let page = page.text();
    for row in ["Minnesota 6.875% on 100.00", "Software, Minnesota 3% on 200.00", "Books 0% on 50.00"] {
        assert!(page.contains(row), "{row}: {page}");
    }
    for mark in ["6.875%", "3%", "0%"] {
        assert!(page.contains(&format!("class=\"tax\">{mark}</td>")), "{mark}: {page}");
    }
    let csv = alice.get("/invoices/INV-1.csv").await;
    let csv = csv.text();
    let rows: Vec<&str> = csv.lines().collect();
    assert!(rows[0].ends_with(",tax_category,tax"), "{csv}");
    assert!(rows[2].ends_with(",Software,6.00") && rows[3].ends_with(",Books,0.00"), "{csv}");
}

async fn lines_hold_their_tax(world: World) {
    let tax = TaxTerms { rounding: TaxRounding::PerLine, prices: PriceTax::Inclusive };
    let bill = Bill {
        lines: vec![taxed("", "100.00", 16_67), taxed("", "35.97", 6_00)],
        taxes: vec![("VAT", "20", 22_67)],
        categories: vec![""],
        tax,
        ..Bill::new(1, 1, "2026-09-18")
    };
    let exempt = Bill { certificate: Some("VAT-1".to_owned()), tax, ..Bill::new(1, 2, "2026-10-02") };
    issue(&world.app.store, vec![bill, exempt]).await;
    let mut alice = world.signed_in(ALICE).await;
    let page = alice.get("/invoices/INV-1").await;
    let page = page.text();
    for row in ["Net, prices above include tax", "113.30", "VAT 20% on 113.30", "22.67", "$135.97"] {
        assert!(page.contains(row), "{row}: {page}");
    }
    assert!(page.contains("class=\"tax\">6.00<span class=\"hint part\">20%</span>"), "{page}");
    // Who is exempt pays the same price, and nothing of it is tax.
    let page = alice.get("/invoices/INV-2").await;
    let page = page.text();
    assert!(page.contains("$18.00") && !page.contains("include tax"), "{page}");
}
