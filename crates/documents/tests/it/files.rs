//! The files: the same bytes each time, both standards named, the right sheet, and long ones too.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;

use documents::{Error, InvoicePaper, PaperSize, Rendered, render};

use crate::papers::{biweekly, long, recurring};

fn hash(rendered: &Rendered) -> u64 {
    let mut hasher = DefaultHasher::new();
    rendered.pdf.hash(&mut hasher);
    hasher.finish()
}

fn holds(rendered: &Rendered, part: &str) -> bool {
    rendered.pdf.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    for paper in [biweekly(), recurring()] {
        let first = render(&paper).unwrap();
        render(&long(20)).unwrap();
        assert_eq!(render(&paper).unwrap(), first);
    }
}

#[test]
fn prints_its_hash_for_another_process() {
    println!("hash={}", hash(&render(&biweekly()).unwrap()));
}

#[test]
fn another_process_gives_the_same_bytes() {
    let other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "files::prints_its_hash_for_another_process", "--nocapture"])
        .output()
        .unwrap();
    let expected = format!("hash={}", hash(&render(&biweekly()).unwrap()));
    assert!(String::from_utf8(other.stdout).unwrap().contains(&expected));
}

#[test]
fn both_standards_the_title_and_the_date_are_written() {
    let rendered = render(&biweekly()).unwrap();
    for part in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Invoice INV-20310, West Prairie Technology",
        "2026-09-18T00:00:00",
        "/Lang(en-US)",
    ] {
        assert!(holds(&rendered, part), "{part}");
    }
}

#[test]
fn the_sheet_is_the_readers() {
    for (size, media_box) in
        [(PaperSize::Letter, "/MediaBox[0 0 612 792]"), (PaperSize::A4, "/MediaBox[0 0 595.2756 841.8898]")]
    {
        let rendered = render(&InvoicePaper { size, ..recurring() }).unwrap();
        assert!(holds(&rendered, media_box), "{media_box}");
        assert_eq!(rendered.pages, 1);
    }
}

#[test]
fn six_hundred_entries_run_over_pages() {
    let rendered = render(&long(600)).unwrap();
    assert!((20..40).contains(&rendered.pages), "{} pages", rendered.pages);
}

#[test]
fn work_that_fits_stays_on_page_one() {
    let mut paper = biweekly();
    paper.tickets.truncate(2);
    paper.products.clear();
    assert_eq!(render(&paper).unwrap().pages, 1);
    assert_eq!(render(&biweekly()).unwrap().pages, 2);
}

#[test]
fn a_logo_that_cannot_be_read_gives_way_to_the_monogram() {
    let with = |logo: Option<&str>| render(&InvoicePaper { logo_svg: logo.map(str::to_owned), ..recurring() }).unwrap();
    let monogram = with(None);
    assert_eq!(with(Some("<svg")), monogram);
    assert_eq!(with(Some("not an image")), monogram);
    let logo = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#0f5a66"/></svg>"##;
    assert_ne!(with(Some(logo)), monogram);
}

#[test]
fn an_address_too_long_for_the_code_is_refused() {
    let paper = InvoicePaper { invoice_url: "x".repeat(1_001), ..recurring() };
    assert!(matches!(render(&paper), Err(Error::Address(1_001))));
}

#[test]
fn a_paper_crosses_to_another_process_unchanged() {
    let paper = biweekly();
    let json = serde_json::to_string(&paper).unwrap();
    assert_eq!(serde_json::from_str::<InvoicePaper>(&json).unwrap(), paper);
}
