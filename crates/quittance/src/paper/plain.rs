//! Credit notes, late fees and statements as papers: one table each, every text written.

use billing::Money;
use billing::ageing::COLUMNS;
use documents::{BillTo, ColumnKind, NotesLabel, PlainColumn, PlainPaper, Reference};
use jiff::civil::Date;
use store::account::AccountRow;
use store::credit::{LateFeeRow, WholeCreditNote};
use store::invoice::WholeInvoice;
use store::provider::ProviderRow;

use super::taxes::taxed_by;
use super::{address_lines, bill_to, provider_paper, words};
use crate::formats::Formats;
use crate::statement::Statement;

pub(super) fn pair(label: &str, value: impl Into<String>) -> Reference {
    Reference { label: label.to_owned(), value: value.into() }
}

pub(super) fn column(title: &str, kind: ColumnKind) -> PlainColumn {
    PlainColumn { title: title.to_owned(), kind }
}

/// A paper of the provider that says nothing yet.
pub(super) fn blank((provider, formats): (&ProviderRow, Formats), to: BillTo, dated: Date) -> PlainPaper {
    PlainPaper {
        called: String::new(),
        number: String::new(),
        size: formats.size,
        accent: provider.accent.clone(),
        provider: provider_paper(provider),
        bill_to: to,
        references: Vec::new(),
        amount_label: String::new(),
        amount: String::new(),
        facts: Vec::new(),
        heading: String::new(),
        text: None,
        columns: Vec::new(),
        rows: Vec::new(),
        sums: Vec::new(),
        total_label: String::new(),
        total: String::new(),
        notes_label: NotesLabel::Notes,
        notes: None,
        dated,
    }
}

/// An account as whoever it is about.
pub(super) fn customer(account: &AccountRow) -> BillTo {
    let lines = [account.address_1.as_str(), account.address_2.as_deref().unwrap_or_default()];
    let (city, region) = (&account.city, &account.region);
    BillTo {
        name: account.name.clone(),
        lines: address_lines(&lines, city, region, &account.postal_code, &account.country),
    }
}

/// The paper of a credit note. `whole` is the invoice it takes back.
pub fn credit_note_paper(note: &WholeCreditNote, whole: &WholeInvoice, provider: &ProviderRow) -> PlainPaper {
    let (head, invoice) = (&note.note, &whole.invoice);
    let formats = Formats::of(provider, invoice.formats);
    let figure = |minor: i64| Money::new(minor, head.currency).to_string();
    let money = |minor: i64| Money::new(minor, head.currency).with_currency();
    let mut sums = vec![pair("Net", figure(head.net_minor))];
    sums.extend(credited_taxes(note, whole).map(|(label, taken)| pair(&label, figure(taken))));
    PlainPaper {
        called: "Credit note".to_owned(),
        number: head.number.clone(),
        references: vec![pair("Account", invoice.account_code.clone()), pair("Invoice", invoice.number.clone())],
        amount_label: "Credited".to_owned(),
        amount: money(head.total_minor),
        facts: vec![
            pair("Date", formats.long_date(head.issued_on)),
            pair("For invoice", invoice.number.clone()),
            pair("Invoice date", formats.long_date(invoice.issued_on)),
        ],
        heading: format!("What is credited of invoice {}", invoice.number),
        columns: vec![
            column("Line", ColumnKind::Text),
            column("Invoiced", ColumnKind::Amount),
            column("Credited", ColumnKind::Amount),
        ],
        rows: credited_lines(note, whole).map(|(what, of, taken)| vec![what, figure(of), figure(taken)]).collect(),
        sums,
        total_label: format!("Credited ({})", head.currency.code()),
        total: money(head.total_minor),
        notes_label: NotesLabel::Reason,
        notes: Some(format!("{}\n\n{}", head.reason, where_it_went(note, invoice.number.as_str()))),
        ..blank((provider, formats), bill_to(invoice, provider), head.issued_on)
    }
}

/// The lines of an invoice that a credit note takes back: what they are, what was invoiced, what is credited.
pub fn credited_lines<'a>(
    note: &'a WholeCreditNote,
    whole: &'a WholeInvoice,
) -> impl Iterator<Item = (String, i64, i64)> + 'a {
    note.lines.iter().filter_map(|taken| {
        let line = whole.lines.iter().find(|line| line.line_no == taken.line_no)?;
        let ticket = line.ticket.as_ref().map(|ticket| format!("{ticket}: ")).unwrap_or_default();
        Some((format!("{ticket}{}", line.description), line.amount_minor, taken.amount_minor))
    })
}

/// The shares of an invoice's tax that a credit note takes back: `Minnesota 6.875%`, and how much of it.
pub fn credited_taxes<'a>(
    note: &'a WholeCreditNote,
    whole: &'a WholeInvoice,
) -> impl Iterator<Item = (String, i64)> + 'a {
    note.taxes.iter().map(|taken| {
        let share = whole.taxes.iter().find(|share| share.tax_no == taken.tax_no);
        let label = share.map(|share| format!("{} {}%", taxed_by(share), share.rate_percent.normalize()));
        (label.unwrap_or_default(), taken.amount_minor)
    })
}

/// `$20.00 came off INV-20001, $5.00 is credit on your account.`
pub fn where_it_went(note: &WholeCreditNote, invoice: &str) -> String {
    let head = &note.note;
    let money = |minor: i64| Money::new(minor, head.currency).with_currency();
    match (head.settled_minor, head.credit_minor) {
        (settled, 0) => format!("{} came off what is due on {invoice}.", money(settled)),
        (0, credit) => format!("{} is credit on your account.", money(credit)),
        (settled, credit) => {
            format!(
                "{} came off what is due on {invoice}, {} is credit on your account.",
                money(settled),
                money(credit)
            )
        }
    }
}

/// The paper of a late fee. `whole` is the invoice that was not paid in time.
pub fn late_fee_paper(fee: &LateFeeRow, whole: &WholeInvoice, provider: &ProviderRow) -> PlainPaper {
    let invoice = &whole.invoice;
    let formats = Formats::of(provider, invoice.formats);
    let figure = |minor: i64| Money::new(minor, fee.currency).to_string();
    let money = |minor: i64| Money::new(minor, fee.currency).with_currency();
    let interest = format!(
        "Interest of {}% a year on {} for {} days",
        fee.percent_per_year.normalize(),
        money(fee.overdue_minor),
        fee.days_late
    );
    let parts = [("Late fee".to_owned(), fee.flat_minor), (interest, fee.interest_minor)];
    PlainPaper {
        called: "Late fee".to_owned(),
        number: fee.number.clone(),
        references: vec![pair("Account", invoice.account_code.clone()), pair("Invoice", invoice.number.clone())],
        amount_label: "Amount due".to_owned(),
        amount: money(fee.total_minor),
        facts: vec![
            pair("Due date", formats.long_date(fee.due_on)),
            pair("Date", formats.long_date(fee.issued_on)),
            pair("For invoice", invoice.number.clone()),
        ],
        heading: format!("Invoice {} was due on {}", invoice.number, formats.long_date(invoice.due_on)),
        columns: vec![column("What", ColumnKind::Text), column("Amount", ColumnKind::Amount)],
        rows: parts.into_iter().filter(|(_, minor)| *minor != 0).map(|(what, of)| vec![what, figure(of)]).collect(),
        total_label: format!("Amount due ({})", fee.currency.code()),
        total: money(fee.total_minor),
        ..blank((provider, formats), bill_to(invoice, provider), fee.issued_on)
    }
}

/// The paper of a statement.
pub fn statement_paper(statement: &Statement, account: &AccountRow, provider: &ProviderRow) -> PlainPaper {
    let formats = Formats::of(provider, account.formats);
    let order = formats.order;
    let figure = |minor: i64| Money::new(minor, statement.currency).to_string();
    let money = |minor: i64| Money::new(minor, statement.currency).with_currency();
    let mut rows = vec![vec![
        words::full(statement.span.from, order),
        String::new(),
        "Opening balance".to_owned(),
        String::new(),
        figure(statement.opening),
    ]];
    rows.extend(statement.lines.iter().map(|line| {
        let (number, what) = (line.number.clone(), line.what.clone());
        vec![words::full(line.on, order), number, what, figure(line.amount), figure(line.balance)]
    }));
    let aged = COLUMNS.iter().zip(statement.ageing);
    PlainPaper {
        called: "Statement".to_owned(),
        number: account.code.clone(),
        references: vec![pair("Account", account.code.clone())],
        amount_label: "Balance".to_owned(),
        amount: money(statement.closing),
        facts: vec![pair("Period", words::full_span(statement.span, order))],
        heading: "What was booked".to_owned(),
        columns: vec![
            column("Date", ColumnKind::Short),
            column("Number", ColumnKind::Short),
            column("What", ColumnKind::Text),
            column("Amount", ColumnKind::Amount),
            column("Balance", ColumnKind::Amount),
        ],
        rows,
        sums: aged.map(|(label, minor)| pair(&age(label), figure(minor))).collect(),
        total_label: format!("Balance ({})", statement.currency.code()),
        total: money(statement.closing),
        notes: Some("The sums show the balance by days past due; credit counts as current, with a minus.".to_owned()),
        ..blank((provider, formats), customer(account), statement.span.last())
    }
}

/// `Not yet due`, `0-30 days past due`.
pub fn age(column: &str) -> String {
    if column == "Current" { "Not yet due, less credit".to_owned() } else { format!("{column} days past due") }
}
