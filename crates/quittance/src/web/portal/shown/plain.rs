//! A credit note or late fee as its page shows it.

use billing::Money;
use store::credit::{LateFeeRow, WholeCreditNote};
use store::document::DocumentRow;
use store::invoice::InvoiceStateRow;

use super::Today;
use super::invoice::{pdf_of, total};
use super::status::Standing;
use crate::issued::{Issued, Kind};
use crate::paper::plain::{credited_lines, credited_taxes, where_it_went};
use crate::web::pages::{ChangeRow, Day, Fact, Frame, Link, Piece, PlainPage, Total};

/// The page.
pub fn page(
    issued: &Issued,
    (document, state): (Option<DocumentRow>, Option<InvoiceStateRow>),
    today: &Today,
    frame: Frame,
) -> PlainPage {
    let invoice = &issued.whole.invoice;
    let page = PlainPage {
        frame,
        called: issued.called().to_owned(),
        number: issued.number().to_owned(),
        href: issued.path(),
        invoice: invoice.number.clone(),
        status: None,
        account_name: String::new(),
        amount_label: "Amount".to_owned(),
        amount: issued.total().with_currency(),
        facts: Vec::new(),
        explain: Vec::new(),
        heading: String::new(),
        heads: Vec::new(),
        rows: Vec::new(),
        totals: Vec::new(),
        total: total("Total", issued.total().with_currency()),
        pdf: pdf_of(document.as_ref(), &issued.path(), issued.called()),
    };
    match &issued.kind {
        Kind::CreditNote(note) => credit_note(page, issued, note, today),
        Kind::LateFee(fee) => late_fee(page, issued, (fee, state), today),
        Kind::Invoice(_) => page,
    }
}

fn fact(label: &str, value: Day) -> Fact {
    Fact { label: label.to_owned(), value }
}

fn credit_note(page: PlainPage, issued: &Issued, note: &WholeCreditNote, today: &Today) -> PlainPage {
    let (head, invoice) = (&note.note, &issued.whole.invoice);
    let figure = |minor: i64| Money::new(minor, head.currency).to_string();
    let row = |(what, of, taken): (String, i64, i64)| ChangeRow {
        what,
        before: figure(of),
        change: figure(taken),
        ..ChangeRow::default()
    };
    let mut totals: Vec<Total> = vec![total("Net", figure(head.net_minor))];
    totals.extend(credited_taxes(note, &issued.whole).map(|(label, taken)| total(label, figure(taken))));
    PlainPage {
        amount_label: "Credited".to_owned(),
        facts: vec![
            fact("Date", today.full_day(head.issued_on)),
            fact("For invoice", Day::new("", invoice.number.clone())),
            fact("Invoice date", today.full_day(invoice.issued_on)),
        ],
        explain: vec![
            Piece::text("Reason: "),
            Piece::strong(head.reason.clone()),
            Piece::text(format!(" · {}", where_it_went(note, &invoice.number))),
        ],
        heading: "What is credited".to_owned(),
        heads: ["Line", "Invoiced", "Credited"].map(str::to_owned).to_vec(),
        rows: credited_lines(note, &issued.whole).map(row).collect(),
        totals,
        total: total("Credited", Money::new(head.total_minor, head.currency).with_currency()),
        ..page
    }
}

fn late_fee(
    page: PlainPage,
    issued: &Issued,
    (fee, state): (&LateFeeRow, Option<InvoiceStateRow>),
    today: &Today,
) -> PlainPage {
    let invoice = &issued.whole.invoice;
    let figure = |minor: i64| Money::new(minor, fee.currency).to_string();
    let interest = format!("Interest of {}% a year for {} days", fee.percent_per_year.normalize(), fee.days_late);
    let parts = [("Late fee".to_owned(), fee.flat_minor), (interest, fee.interest_minor)];
    let row = |(what, minor): (String, i64)| ChangeRow { what, change: figure(minor), ..ChangeRow::default() };
    let standing = state.map(|state| Standing::of_state(&state, (fee.total_minor, fee.currency)));
    let left = standing.map_or(issued.total(), |standing| standing.balance);
    PlainPage {
        status: standing.map(|standing| standing.status(today.day)),
        amount_label: if left.is_zero() { "Amount" } else { "Amount due" }.to_owned(),
        amount: if left.is_zero() { issued.total() } else { left }.with_currency(),
        facts: vec![fact("Due date", today.full_day(fee.due_on)), fact("Date", today.full_day(fee.issued_on))],
        explain: vec![
            Piece::Link(Link::new(format!("/invoices/{}", invoice.number), invoice.number.clone())),
            Piece::text(" was due on "),
            Piece::Day(today.full_day(invoice.due_on)),
            Piece::text(format!("; {} was open then.", Money::new(fee.overdue_minor, fee.currency).with_currency())),
        ],
        heading: "What is charged".to_owned(),
        heads: ["What", "Amount"].map(str::to_owned).to_vec(),
        rows: parts.into_iter().filter(|(_, minor)| *minor != 0).map(row).collect(),
        ..page
    }
}
