//! One invoice: facts, the line that explains its dates, sums, documents, how to pay.

use billing::invoice::{InvoiceStatus, stream_name};
use billing::ledger::EntryKind;
use billing::{Money, Span, Stream};
use documents::DateOrder;
use jiff::ToSpan;
use rust_decimal::Decimal;
use store::document::DocumentRow;
use store::invoice::Source;
use store::portal::ScopedInvoice;

use super::status::Standing;
use super::tickets::{agreements, loose_deliveries, loose_entries, tickets, why_earlier};
use super::{Today, changes, mailed};
use crate::paper::remarks::{charged_hours, prepaid_balances};
use crate::paper::{hours, taxes};
use crate::web::pages::{Asked, Day, Fact, File, Frame, HowToPay, InvoicePage, Link, Pdf, Piece, Total};

/// The page of an invoice. `csv_bytes` is the size of its lines as a file.
pub fn page(found: &ScopedInvoice, today: &Today, frame: Frame, csv_bytes: usize) -> InvoicePage {
    let invoice = &found.whole.invoice;
    let standing = standing(found);
    let is_paid = found.state.status == InvoiceStatus::Paid;
    let shown = if is_paid { standing.total } else { standing.balance };
    let label = if is_paid { "Amount" } else { "Amount due" };
    let mut frame = frame;
    frame.notices.extend(mailed::notices(found, today));
    InvoicePage {
        frame,
        number: invoice.number.clone(),
        status: standing.told(found.settled.as_ref(), today),
        stream: format!("{} invoice", stream_name(invoice.stream)),
        account_name: String::new(),
        amount_label: label.to_owned(),
        amount: shown.with_currency(),
        facts: facts(found, today),
        explain: explain(found, today),
        changes: changes::changes(found.previous.as_ref(), &found.whole, today),
        agreements: agreements(&found.whole, found.previous.as_ref(), today),
        tickets: tickets(&found.whole, today),
        prepaid: prepaid_balances(&found.whole.lines),
        loose_entries: loose_entries(&found.whole, today),
        loose_deliveries: loose_deliveries(&found.whole, today),
        totals: totals(found),
        total: closing(found, label),
        pdf: pdf_of(found.document.as_ref(), &format!("/invoices/{}", invoice.number), "Invoice"),
        files: vec![File {
            href: format!("/invoices/{}.csv", invoice.number),
            text: "Lines, CSV".to_owned(),
            size: size(csv_bytes),
        }],
        mail_again: mailed::again(found),
        forward: mailed::forward(found),
        pay: (!is_paid).then(|| how_to_pay(found, today)),
        asked: Asked::default(),
        questions: Vec::new(),
        is_refused: false,
    }
}

fn standing(found: &ScopedInvoice) -> Standing {
    let invoice = &found.whole.invoice;
    Standing::of_state(&found.state, (invoice.total_minor, invoice.currency))
}

/// What the lines come to without the tax that their prices hold.
const NET: &str = "Net, prices above include tax";

/// A row of sums.
pub fn total(label: impl Into<String>, amount: impl Into<String>) -> Total {
    Total { label: label.into(), amount: amount.into() }
}

fn facts(found: &ScopedInvoice, today: &Today) -> Vec<Fact> {
    let invoice = &found.whole.invoice;
    let period = crate::paper::words::full_span(Span::new(invoice.period_from, invoice.period_until), today.order);
    let fact = |label: &str, value: Day| Fact { label: label.to_owned(), value };
    let mut facts = vec![
        fact("Due date", today.full_day(invoice.due_on)),
        fact("Invoice date", today.full_day(invoice.issued_on)),
        fact("Service period", Day::new("", period)),
    ];
    facts.extend(invoice.po_number.as_ref().map(|po| fact("PO number", Day::new("", po.clone()))));
    facts
}

/// `Services Sep 4–17, 2026 · issued Sep 18 · e-mailed Sep 18, 9:02 am to …, accepted · due Oct 18.`
fn explain(found: &ScopedInvoice, today: &Today) -> Vec<Piece> {
    let invoice = &found.whole.invoice;
    let period = crate::paper::words::full_span(Span::new(invoice.period_from, invoice.period_until), today.order);
    let mut pieces = vec![
        Piece::text("Services "),
        Piece::strong(period),
        Piece::text(" · issued "),
        Piece::Day(today.day(invoice.issued_on)),
    ];
    pieces.extend(mailed::pieces(found, today));
    for note in &found.credit_notes {
        let amount = Money::new(note.total_minor, note.currency).with_currency();
        pieces.extend([
            Piece::text(" · credited "),
            Piece::strong(amount),
            Piece::text(" by "),
            Piece::Link(Link::new(format!("/credit-notes/{}", note.number), note.number.clone())),
        ]);
    }
    if let Some(fee) = &found.late_fee {
        let link = Link::new(format!("/late-fees/{}", fee.number), fee.number.clone());
        pieces.extend([Piece::text(" · late fee "), Piece::Link(link)]);
    }
    for payment in &found.come_back {
        let amount = Money::new(payment.amount_minor.saturating_abs(), invoice.currency).with_currency();
        let what = match payment.kind {
            EntryKind::Reinstated => " · payment reinstated ",
            EntryKind::Chargeback => " · payment charged back ",
            _ => " · payment returned ",
        };
        pieces.extend([
            Piece::text(what),
            Piece::Day(today.day(payment.posted_on)),
            Piece::text(", "),
            Piece::strong(amount),
            Piece::text(format!(": {}", payment.reason)),
        ]);
    }
    pieces.extend([Piece::text(" · due "), Piece::Day(today.day(invoice.due_on))]);
    if standing(found).is_overdue(today.day) {
        let since = invoice.due_on.checked_add(1.day()).unwrap_or(invoice.due_on);
        pieces.extend([Piece::text(" · overdue "), Piece::strong(format!("since {}", today.day(since).text))]);
    }
    let after = why_earlier(&found.whole, today).map(|sentence| format!(" {sentence}")).unwrap_or_default();
    pieces.push(Piece::text(format!(".{after}")));
    pieces
}

/// `Tax exempt, certificate ST3-1204`
fn exempt(certificate: Option<&str>) -> String {
    certificate.map_or_else(|| "Tax exempt".to_owned(), |certificate| format!("Tax exempt, certificate {certificate}"))
}

fn totals(found: &ScopedInvoice) -> Vec<Total> {
    let invoice = &found.whole.invoice;
    let figure = |minor: i64| Money::new(minor, invoice.currency).to_string();
    let mut rows = match invoice.stream {
        _ if taxes::is_held(invoice) => vec![total(NET, figure(invoice.subtotal_minor))],
        Stream::Recurring => vec![total("Subtotal", figure(invoice.subtotal_minor))],
        Stream::Biweekly => parts(found),
    };
    if invoice.tax_exempt {
        rows.push(total(exempt(invoice.exemption_certificate.as_deref()), figure(invoice.tax_minor)));
    }
    if found.whole.taxes.is_empty() && invoice.tax_minor != 0 {
        rows.push(total("Sales tax", figure(invoice.tax_minor)));
    }
    rows.extend(taxes::rows(&found.whole).into_iter().map(|row| {
        let label = format!("{} {}% on {}", row.name, row.percent, figure(row.base));
        total(label, figure(row.amount))
    }));
    rows.extend(taken_off(found));
    rows
}

/// What is no longer open, and why: credited, written off, paid. Nothing where it was paid and nothing else.
fn taken_off(found: &ScopedInvoice) -> Vec<Total> {
    let (invoice, state) = (&found.whole.invoice, &found.state);
    let figure = |minor: i64| Money::new(minor, invoice.currency).to_string();
    let gone = invoice.total_minor.saturating_sub(state.balance_minor);
    let forgiven = state.credited_minor.saturating_add(state.written_off_minor);
    if gone == 0 || (state.status == InvoiceStatus::Paid && forgiven == 0) {
        return Vec::new();
    }
    let parts = [
        ("Credited", state.credited_minor),
        ("Written off", state.written_off_minor),
        ("Paid", gone.saturating_sub(forgiven)),
    ];
    let parts = parts.into_iter().filter(|(_, minor)| *minor != 0);
    std::iter::once(total("Total", figure(invoice.total_minor)))
        .chain(parts.map(|(label, minor)| total(label, figure(minor.saturating_neg()))))
        .collect()
}

/// Services and products of a bi-weekly invoice, those that there are.
fn parts(found: &ScopedInvoice) -> Vec<Total> {
    let lines = &found.whole.lines;
    let of = |source: Source| lines.iter().filter(move |line| line.source == source);
    let sum = |source: Source| of(source).fold(0_i64, |sum, line| sum.saturating_add(line.amount_minor));
    let figure = |minor: i64| Money::new(minor, found.whole.invoice.currency).to_string();
    let mut rows = Vec::new();
    if of(Source::Time).next().is_some() {
        let charged: Decimal = of(Source::Time).map(charged_hours).sum();
        let label =
            if charged.is_zero() { "Services".to_owned() } else { format!("Services, {} h charged", hours(charged)) };
        rows.push(total(label, figure(sum(Source::Time))));
    }
    if of(Source::Delivery).next().is_some() {
        rows.push(total("Products", figure(sum(Source::Delivery))));
    }
    rows
}

/// The last row: what is left, or that nothing is.
fn closing(found: &ScopedInvoice, label: &str) -> Total {
    let standing = standing(found);
    match (found.state.status, found.state.credited_minor.saturating_add(found.state.written_off_minor)) {
        (InvoiceStatus::Open, _) => total(label, standing.balance.with_currency()),
        (InvoiceStatus::Paid, 0) => total("Paid", standing.total.with_currency()),
        (InvoiceStatus::Paid, _) => total("Left to pay", standing.balance.with_currency()),
    }
}

/// A document to download, at `path` and `.pdf`.
pub fn pdf_of(document: Option<&DocumentRow>, path: &str, called: &str) -> Pdf {
    let Some(document) = document else { return Pdf::Making };
    let pages = if document.pages == 1 { "1 page".to_owned() } else { format!("{} pages", document.pages) };
    Pdf::Ready(File {
        href: format!("{path}.pdf"),
        text: format!("{called}, PDF, {pages}"),
        size: size(usize::try_from(document.size).unwrap_or(0)),
    })
}

/// `84 kB`, `1.2 MB`.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..=999_499 => format!("{} kB", bytes.saturating_add(500).saturating_div(1_000).max(1)),
        _ => {
            let tenths = bytes.saturating_add(50_000).saturating_div(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

fn how_to_pay(found: &ScopedInvoice, today: &Today) -> HowToPay {
    let invoice = &found.whole.invoice;
    let standing = standing(found);
    let amount = Piece::strong(standing.balance.with_currency());
    let due = Piece::strong(today.full_day(invoice.due_on).text);
    let sentence = if standing.is_overdue(today.day) {
        vec![Piece::text("Please pay "), amount, Piece::text(" now. It was due on "), due, Piece::text(".")]
    } else {
        vec![Piece::text("Please pay "), amount, Piece::text(" by "), due, Piece::text(".")]
    };
    let provider = &found.provider;
    let remit = match provider.remit_to.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(remit) => remit.to_owned(),
        None => {
            let street = [provider.address.as_str()];
            let lines = crate::paper::address_lines(
                &street,
                &provider.city,
                &provider.region,
                &provider.postal_code,
                &provider.country,
            );
            format!("{}\n{}", provider.legal_name, lines.join("\n"))
        }
    };
    let how = if today.order == DateOrder::MonthFirst { "By check to" } else { "To" };
    let note = match invoice.stream {
        Stream::Recurring => &provider.recurring_note,
        Stream::Biweekly => &provider.biweekly_note,
    };
    let mut paragraphs = vec![format!("{how}\n{remit}")];
    paragraphs.extend(note.clone().filter(|note| !note.trim().is_empty()));
    HowToPay {
        title: "How to pay".to_owned(),
        sentence,
        pay_now: None,
        skip: None,
        note: Vec::new(),
        paragraphs,
        references: vec![total("Please write on it", format!("{}, {}", invoice.account_code, invoice.number))],
    }
}
