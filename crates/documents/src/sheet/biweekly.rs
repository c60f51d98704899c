//! The bi-weekly part of a sheet: the summary by ticket and by product, and the documentation of the work.

use jiff::civil::Date;
use serde::Serialize;

use super::recurring::Taxing;
use super::{currency, word};
use crate::paper::{DateOrder, EntryBilling, EntryPart, InvoicePaper, PaperCurrency, ProductPart, TicketPart};
use crate::text::{Printed, clipped};
use crate::words::{amount, decimal, hours, short_date_beside, span, sum_of_hours};

/// A documentation of at most this many printed lines may stand in the empty part of page 1, whole.
const SHORT: usize = 30;

/// Characters of a note on one printed line, roughly.
const NOTE_WIDTH: usize = 46;

#[derive(Debug, Serialize)]
pub struct Biweekly {
    tickets: Vec<Ticket>,
    worked: String,
    billed: String,
    services: String,
    products: Vec<Product>,
    products_sum: String,
    /// Balances of prepaid hours, one sentence each.
    prepaid: Vec<Printed>,
    period: String,
    /// The difference to the invoice before, in a sentence.
    compared: Option<Printed>,
    /// The documentation is short enough to stay in one piece on the page where it fits.
    short: bool,
}

#[derive(Debug, Serialize)]
struct Ticket {
    number: Printed,
    summary: Printed,
    /// The summary for the documentation, where it repeats on every page and must not grow.
    title: Printed,
    /// Names the days of work dated before the period.
    earlier: Option<String>,
    requester: Printed,
    /// "asked by … · site", for the documentation.
    asked: Printed,
    worked: String,
    billed: String,
    amount: String,
    /// The amount is a word: covered or not charged.
    free: bool,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    day: String,
    times: Option<Printed>,
    technician: Printed,
    notes: Printed,
    /// "Work of Aug 3, approved Sep 9", where it is dated before the period, and how it came to its hours and amount.
    about: Option<Printed>,
    work_type: Printed,
    worked: String,
    billed: String,
    rate: Printed,
    amount: String,
    /// The amount is a word: covered or not charged.
    free: bool,
}

#[derive(Debug, Serialize)]
struct Product {
    code: Printed,
    description: Printed,
    about: Option<Printed>,
    delivered: String,
    quantity: Printed,
    price: Printed,
    tax: String,
    /// Beneath it.
    rate: Option<String>,
    amount: String,
}

impl Biweekly {
    pub fn of(paper: &InvoicePaper) -> Self {
        let writer = Writer {
            currency: currency(paper),
            order: paper.date_order,
            from: paper.period_from,
            until: paper.period_until,
            taxing: Taxing::of(paper),
        };
        let sum =
            |amounts: &mut dyn Iterator<Item = i64>| amount(amounts.fold(0, i64::saturating_add), &writer.currency);
        Self {
            tickets: paper.tickets.iter().map(|ticket| writer.ticket(ticket)).collect(),
            worked: sum_of_hours(paper.tickets.iter().map(|t| t.worked.as_str())),
            billed: sum_of_hours(paper.tickets.iter().map(|t| t.billed.as_str())),
            services: sum(&mut paper.tickets.iter().map(|t| t.amount)),
            products: paper.products.iter().map(|product| writer.product(product)).collect(),
            products_sum: sum(&mut paper.products.iter().map(|p| p.amount)),
            prepaid: paper.prepaid.iter().map(|balance| Printed::line(balance, word::WIDE)).collect(),
            period: span(paper.period_from, paper.period_until, paper.date_order),
            compared: paper
                .changes
                .as_ref()
                .and_then(|changes| changes.sentence.as_deref())
                .map(|sentence| Printed::line(sentence, word::WIDE)),
            short: printed_lines(&paper.tickets) <= SHORT,
        }
    }
}

/// Roughly how many lines the documentation takes: it only decides whether it is kept in one piece.
fn printed_lines(tickets: &[TicketPart]) -> usize {
    let of_note = |notes: &str| notes.lines().map(|line| line.len().div_ceil(NOTE_WIDTH).max(1)).sum::<usize>().max(2);
    let of_ticket =
        |ticket: &TicketPart| ticket.entries.iter().map(|e| of_note(&e.notes)).sum::<usize>().saturating_add(3);
    tickets.iter().map(of_ticket).sum()
}

/// "asked by … · site", as far as it is known.
fn asked_by(ticket: &TicketPart) -> String {
    let site = ticket.site.as_deref().map(|site| clipped(site, 60)).unwrap_or_default();
    match (clipped(&ticket.requester, 60), site.as_str()) {
        (requester, _) if requester.is_empty() => site,
        (requester, "") => format!("asked by {requester}"),
        (requester, site) => format!("asked by {requester} · {site}"),
    }
}

/// Whether no entry of the ticket is billed.
fn is_free(ticket: &TicketPart) -> bool {
    let costs = |entry: &EntryPart| {
        entry.billing == EntryBilling::Billable || (entry.billing == EntryBilling::Prepaid && entry.amount != 0)
    };
    let is_billed = ticket.entries.iter().any(costs);
    ticket.amount == 0 && !is_billed && !ticket.entries.is_empty()
}

struct Writer {
    currency: PaperCurrency,
    order: DateOrder,
    from: Date,
    until: Date,
    taxing: Taxing,
}

impl Writer {
    fn ticket(&self, ticket: &TicketPart) -> Ticket {
        Ticket {
            number: Printed::line(&clipped(&ticket.number, 40), 8),
            summary: Printed::line(&ticket.summary, word::WIDE),
            title: Printed::line(&clipped(&ticket.summary, 200), word::WIDE),
            earlier: self.earlier_days(&ticket.entries),
            requester: Printed::line(&clipped(&ticket.requester, 120), 16),
            asked: Printed::line(&asked_by(ticket), word::WIDE),
            worked: hours(&ticket.worked),
            billed: hours(&ticket.billed),
            free: is_free(ticket),
            amount: self.ticket_amount(ticket),
            entries: ticket.entries.iter().map(|entry| self.entry(entry)).collect(),
        }
    }

    /// A word where nothing of the ticket is billed, else its sum.
    fn ticket_amount(&self, ticket: &TicketPart) -> String {
        let all = |billing: EntryBilling| ticket.entries.iter().all(|entry| entry.billing == billing);
        if !is_free(ticket) {
            amount(ticket.amount, &self.currency)
        } else if all(EntryBilling::Covered) {
            "Covered".to_owned()
        } else if all(EntryBilling::Prepaid) {
            "Prepaid".to_owned()
        } else {
            "No charge".to_owned()
        }
    }

    fn earlier_days(&self, entries: &[EntryPart]) -> Option<String> {
        let mut days: Vec<Date> = entries.iter().map(|entry| entry.worked_on).filter(|day| *day < self.from).collect();
        days.sort_unstable();
        days.dedup();
        match days.as_slice() {
            [] => None,
            [day] => Some(format!("Includes work of {}", self.day(*day))),
            [first, .., last] => Some(format!("Includes work of {} to {}", self.day(*first), self.day(*last))),
        }
    }

    fn entry(&self, entry: &EntryPart) -> Entry {
        let times = match (&entry.started_at, &entry.ended_at) {
            (Some(started), Some(ended)) => Some(Printed::line(&format!("{started}–{ended}"), 14)),
            (Some(started), None) => Some(Printed::line(started, 14)),
            _ => None,
        };
        let (free, amount) = match entry.billing {
            EntryBilling::Prepaid if entry.amount == 0 => (true, "Prepaid".to_owned()),
            EntryBilling::Billable | EntryBilling::Prepaid => (false, amount(entry.amount, &self.currency)),
            EntryBilling::Covered => (true, "Covered".to_owned()),
            EntryBilling::NoCharge => (true, "No charge".to_owned()),
        };
        let earlier = self.earlier("Work of", entry.worked_on, entry.approved_on);
        let about: Vec<String> = earlier.into_iter().chain(entry.remarks.iter().cloned()).collect();
        Entry {
            day: self.day(entry.worked_on),
            times,
            technician: Printed::line(&entry.technician, 11),
            notes: Printed::block(&entry.notes, word::WIDE),
            about: (!about.is_empty()).then(|| Printed::line(&about.join(" · "), word::WIDE)),
            work_type: Printed::line(&entry.work_type, 9),
            worked: hours(&entry.worked),
            billed: hours(&entry.billed),
            rate: Printed::line(&decimal(&entry.rate), word::FIGURES),
            amount,
            free,
        }
    }

    /// Why something dated before the period stands on this invoice.
    fn earlier(&self, what: &str, dated: Date, approved_on: Option<Date>) -> Option<String> {
        let approved = approved_on.map(|day| format!(", approved {}", self.day(day))).unwrap_or_default();
        (dated < self.from).then(|| format!("{what} {}{approved}", self.day(dated)))
    }

    fn day(&self, day: Date) -> String {
        short_date_beside(day, self.until, self.order)
    }

    fn product(&self, product: &ProductPart) -> Product {
        let ticket = product
            .ticket
            .as_deref()
            .filter(|ticket| !ticket.trim().is_empty())
            .map(|ticket| format!("For ticket {ticket}"));
        let (tax, rate) = self.taxing.mark(product.taxable, product.tax_percent.as_deref(), product.own_tax);
        let earlier = self.earlier("Delivered", product.delivered_on, product.approved_on);
        let about: Vec<String> = ticket.into_iter().chain(earlier).collect();
        Product {
            code: Printed::line(&product.code, 10),
            description: Printed::line(&product.description, word::WIDE),
            about: (!about.is_empty()).then(|| Printed::line(&about.join(" · "), word::WIDE)),
            delivered: self.day(product.delivered_on),
            quantity: Printed::line(&decimal(&product.quantity), 5),
            price: Printed::line(&decimal(&product.unit_price), word::FIGURES),
            tax,
            rate,
            amount: amount(product.amount, &self.currency),
        }
    }
}
