//! The papers the tests print: two from the sample data, and ways to make them worse.
#![expect(clippy::unwrap_used, reason = "tests")]

use documents::{InvoicePaper, NotesLabel, PaperSize, PlainPaper};

/// Northfield Grain & Supply, September 4 to 17: five tickets, three products.
pub fn biweekly() -> InvoicePaper {
    serde_json::from_str(include_str!("papers/biweekly.json")).unwrap()
}

/// Northfield Grain & Supply, September: one agreement with seats that changed in mid-month.
pub fn recurring() -> InvoicePaper {
    serde_json::from_str(include_str!("papers/recurring.json")).unwrap()
}

/// The bi-weekly paper with this many time entries, seven to a ticket.
pub fn long(entries: usize) -> InvoicePaper {
    let mut paper = biweekly();
    let ticket = paper.tickets.last().unwrap().clone();
    let entry = ticket.entries.last().unwrap().clone();
    paper.tickets = (0..entries.div_ceil(7))
        .map(|n| {
            let mut ticket = ticket.clone();
            ticket.number = format!("T-{}", 50_000 + n);
            ticket.entries = vec![entry.clone(); 7.min(entries - n * 7)];
            ticket
        })
        .collect();
    paper
}

/// The paper with this text wherever people's words go.
pub fn saying(mut paper: InvoicePaper, text: &str) -> InvoicePaper {
    let own = || text.to_owned();
    paper.notes = Some(own());
    paper.po_number = Some(own());
    paper.account = own();
    paper.number = own();
    paper.accent = own();
    paper.portal = own();
    paper.logo_svg = Some(own());
    paper.provider.name = own();
    paper.provider.legal_name = own();
    paper.provider.tagline = Some(own());
    paper.provider.address = vec![own(); 3];
    paper.provider.remit_to = vec![own(); 3];
    paper.bill_to.name = own();
    paper.bill_to.lines = vec![own(); 3];
    for share in &mut paper.taxes {
        share.jurisdiction = own();
        share.rate_percent = own();
    }
    for agreement in &mut paper.agreements {
        agreement.name = own();
        agreement.code = own();
        for line in &mut agreement.lines {
            line.description = own();
            line.unit = own();
            line.quantity = own();
            line.unit_price = own();
            line.tax_percent = Some(own());
            line.own_tax = Some(1);
            line.kind_label = Some(own());
        }
    }
    for change in paper.changes.iter_mut().flat_map(|changes| &mut changes.lines) {
        change.label = own();
        change.why = Some(own());
    }
    if let Some(changes) = &mut paper.changes {
        changes.sentence = Some(own());
    }
    for ticket in &mut paper.tickets {
        ticket.number = own();
        ticket.summary = own();
        ticket.requester = own();
        ticket.site = Some(own());
        ticket.worked = own();
        for entry in &mut ticket.entries {
            entry.notes = own();
            entry.technician = own();
            entry.work_type = own();
            entry.rate = own();
            entry.billed = own();
            entry.started_at = Some(own());
        }
    }
    for product in &mut paper.products {
        product.code = own();
        product.description = own();
        product.quantity = own();
    }
    paper
}

/// A permission with this text: no table and no sums.
pub fn permission(text: &str) -> PlainPaper {
    let invoice = biweekly();
    PlainPaper {
        called: "Permission".to_owned(),
        number: "C-1000, text 1".to_owned(),
        size: PaperSize::Letter,
        accent: invoice.accent,
        provider: invoice.provider,
        bill_to: invoice.bill_to,
        references: Vec::new(),
        amount_label: "Auto Pay".to_owned(),
        amount: "Given".to_owned(),
        facts: Vec::new(),
        heading: "Text 1".to_owned(),
        text: Some(text.to_owned()),
        columns: Vec::new(),
        rows: Vec::new(),
        sums: Vec::new(),
        total_label: String::new(),
        total: String::new(),
        notes_label: NotesLabel::Notes,
        notes: None,
        dated: invoice.issued_on,
    }
}
