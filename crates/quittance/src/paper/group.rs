//! The frozen lines of an invoice under their agreements and tickets.

use billing::Span;
use billing::agreement::Part;
use billing::work::Coverage;
use documents::DateOrder;
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, Source};

use super::words;

/// The charges of one agreement, in the order of the invoice.
#[derive(Clone, Debug)]
pub struct AgreementGroup<'a> {
    /// `AG-1001`.
    pub code: &'a str,
    /// As it was called when the invoice was issued.
    pub name: &'a str,
    /// The same of its PO number.
    pub po_number: Option<&'a str>,
    /// Never empty.
    pub lines: Vec<&'a InvoiceLineRow>,
}

impl AgreementGroup<'_> {
    /// Minor units.
    pub fn amount(&self) -> i64 {
        sum(&self.lines)
    }
}

/// A ticket's part in an invoice: its time entries and the products delivered for it.
#[derive(Clone, Debug)]
pub struct TicketGroup<'a> {
    /// `T-48930`.
    pub number: &'a str,
    /// Empty where only products name the ticket.
    pub summary: &'a str,
    /// Who asked; empty where only products name the ticket.
    pub requester: &'a str,
    /// Where, if it is known.
    pub site: Option<&'a str>,
    /// Its entries, in the order of the invoice.
    pub entries: Vec<&'a InvoiceLineRow>,
    /// Its deliveries, in the order of the invoice.
    pub deliveries: Vec<&'a InvoiceLineRow>,
}

impl TicketGroup<'_> {
    /// Hours worked.
    pub fn worked(&self) -> Decimal {
        self.entries.iter().filter_map(|line| line.hours_worked).sum()
    }

    /// Hours billed, those that cost nothing too.
    pub fn billed(&self) -> Decimal {
        self.entries.iter().map(|line| line.quantity).sum()
    }

    /// Of its entries alone, in minor units.
    pub fn work_amount(&self) -> i64 {
        sum(&self.entries)
    }

    /// Of entries and deliveries, in minor units.
    pub fn amount(&self) -> i64 {
        sum(&self.entries).saturating_add(sum(&self.deliveries))
    }

    /// `Covered`, `NoCharge` or `Prepaid` where nothing of the ticket costs anything, the one word for all of it.
    pub fn free(&self) -> Option<Coverage> {
        let mut kinds = self.entries.iter().map(|line| costing(line));
        let first = kinds.next().filter(|_| self.deliveries.is_empty())?;
        let all_free = first != Coverage::Billable && kinds.clone().all(|kind| kind != Coverage::Billable);
        let same = kinds.all(|kind| kind == first);
        all_free.then_some(if same { first } else { Coverage::NoCharge })
    }
}

/// How an entry is billed; what costs something although hours were prepaid is billable.
fn costing(line: &InvoiceLineRow) -> Coverage {
    match line.coverage {
        Some(Coverage::Prepaid) if line.amount_minor == 0 && line.over_minor.is_none() => Coverage::Prepaid,
        Some(Coverage::Prepaid) | None => Coverage::Billable,
        Some(coverage) => coverage,
    }
}

fn sum(lines: &[&InvoiceLineRow]) -> i64 {
    lines.iter().fold(0, |sum, line| sum.saturating_add(line.amount_minor))
}

/// The agreements of a recurring invoice, in the order in which they first appear.
pub fn agreements(lines: &[InvoiceLineRow]) -> Vec<AgreementGroup<'_>> {
    let mut groups: Vec<AgreementGroup<'_>> = Vec::new();
    for line in lines.iter().filter(|line| matches!(line.source, Source::Agreement | Source::Discount)) {
        let code = line.agreement_code.as_deref().unwrap_or_default();
        match groups.iter_mut().find(|group| group.code == code) {
            Some(group) => group.lines.push(line),
            None => {
                let name = line.agreement_name.as_deref().unwrap_or_default();
                let po_number = line.agreement_po.as_deref();
                groups.push(AgreementGroup { code, name, po_number, lines: vec![line] });
            }
        }
    }
    groups
}

/// The tickets of a bi-weekly invoice, in the order in which they first appear; those with work before those that only
/// deliveries name.
pub fn tickets(lines: &[InvoiceLineRow]) -> Vec<TicketGroup<'_>> {
    let mut groups: Vec<TicketGroup<'_>> = Vec::new();
    let (work, products): (Vec<_>, Vec<_>) = lines
        .iter()
        .filter(|line| !matches!(line.source, Source::Agreement | Source::Discount))
        .partition(|line| line.source == Source::Time);
    for line in work.into_iter().chain(products) {
        let Some(number) = line.ticket.as_deref().filter(|ticket| !ticket.is_empty()) else { continue };
        let place = groups.iter().position(|group| group.number == number).unwrap_or_else(|| {
            groups.push(TicketGroup {
                number,
                summary: line.ticket_summary.as_deref().unwrap_or_default(),
                requester: line.requester.as_deref().unwrap_or_default(),
                site: line.site.as_deref().filter(|site| !site.is_empty()),
                entries: Vec::new(),
                deliveries: Vec::new(),
            });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(place) else { continue };
        match line.source {
            Source::Time => group.entries.push(line),
            Source::Delivery | Source::Agreement | Source::Discount => group.deliveries.push(line),
        }
    }
    groups
}

/// Every delivery of a bi-weekly invoice, in its order.
pub fn deliveries(lines: &[InvoiceLineRow]) -> impl Iterator<Item = &InvoiceLineRow> {
    lines.iter().filter(|line| line.source == Source::Delivery)
}

/// Entries or deliveries that stand on no ticket.
pub fn loose(lines: &[InvoiceLineRow], source: Source) -> impl Iterator<Item = &InvoiceLineRow> {
    let has_ticket = |line: &&InvoiceLineRow| line.ticket.as_deref().is_some_and(|ticket| !ticket.is_empty());
    lines.iter().filter(move |line| line.source == source && !has_ticket(line))
}

/// What kind of charge a line is, where it isn't the ordinary one.
pub fn part_label(line: &InvoiceLineRow, order: DateOrder) -> Option<String> {
    match line.part? {
        Part::Regular => None,
        Part::CatchUp => Some(format!("Catch-up, began {}", words::short(line.from_on, order))),
        Part::Late => Some("Not billed before".to_owned()),
        Part::TrueUp => Some(format!("Correction of {}", words::span(Span::new(line.from_on, line.until_on), order))),
        Part::FirstMonth => Some("First month, billed in advance from now on".to_owned()),
    }
}
