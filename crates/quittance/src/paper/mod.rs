//! What an issued invoice says, from its frozen rows alone: the document and the portal show the same.

pub mod change;
pub mod group;
pub mod permission;
pub mod plain;
pub mod receipt;
pub mod remarks;
pub mod taxes;
pub mod why;
pub mod words;

use billing::work::Coverage;
use billing::{Currency, Span, Stream};
use documents::{
    AgreementLinePart, AgreementPart, BillTo, DateOrder, EntryBilling, EntryPart, Fraction, InvoicePaper,
    PaperCurrency, ProductPart, ProviderPaper, TaxShare, TicketPart,
};
use rust_decimal::Decimal;
use store::invoice::{InvoiceLineRow, InvoiceRow, WholeInvoice};
use store::provider::ProviderRow;

use crate::formats::Formats;

/// The paper of an invoice. `provider` is the version it was issued under; `previous` the invoice before it in its
/// stream, which it is compared with.
pub fn invoice_paper(whole: &WholeInvoice, provider: &ProviderRow, previous: Option<&WholeInvoice>) -> InvoicePaper {
    let invoice = &whole.invoice;
    let formats = Formats::of(provider, invoice.formats);
    let order = formats.order;
    let is_recurring = invoice.stream == Stream::Recurring;
    let note = if is_recurring { &provider.recurring_note } else { &provider.biweekly_note };
    let mut agreements = Vec::new();
    let (mut tickets, mut products) = (Vec::new(), Vec::new());
    if is_recurring {
        agreements = group::agreements(&whole.lines).iter().map(|group| agreement_part(group, whole, order)).collect();
    } else {
        let groups = group::tickets(&whole.lines);
        let worked = groups.iter().filter(|ticket| !ticket.entries.is_empty());
        tickets = worked.map(|ticket| ticket_part(ticket, invoice.currency)).collect();
        products = group::deliveries(&whole.lines).map(|line| product_part(line, whole)).collect();
    }
    InvoicePaper {
        number: invoice.number.clone(),
        stream: invoice.stream,
        currency: paper_currency(invoice.currency),
        size: formats.size,
        date_order: order,
        accent: provider.accent.clone(),
        logo_svg: None,
        provider: provider_paper(provider),
        bill_to: bill_to(invoice, provider),
        account: invoice.account_code.clone(),
        po_number: invoice.po_number.clone(),
        references: Vec::new(),
        issued_on: invoice.issued_on,
        due_on: invoice.due_on,
        period_from: invoice.period_from,
        period_until: invoice.period_until,
        terms_days: invoice.terms_days,
        portal: bare_address(&provider.portal_url).to_owned(),
        invoice_url: format!("{}/invoices/{}", provider.portal_url.trim_end_matches('/'), invoice.number),
        subtotal: invoice.subtotal_minor,
        tax: invoice.tax_minor,
        total: invoice.total_minor,
        taxes: taxes::rows(whole).into_iter().map(tax_share).collect(),
        prices_hold_tax: taxes::is_held(invoice),
        tax_exempt: invoice.tax_exempt,
        exemption_certificate: invoice.exemption_certificate.clone(),
        notes: note.clone(),
        agreements,
        changes: previous.map(|previous| change::printed(previous, whole, order)),
        tickets,
        products,
        prepaid: remarks::prepaid_balances(&whole.lines),
    }
}

/// An address as people read it: without scheme and final slash.
pub fn bare_address(url: &str) -> &str {
    url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/')
}

/// The lines of a postal address, in the order of its country; empty ones are left out.
pub fn address_lines(street: &[&str], city: &str, region: &str, postal_code: &str, country: &str) -> Vec<String> {
    let city = match country {
        "US" | "CA" | "AU" | "PR" => joined(&[&joined(&[city, region], ", "), postal_code], " "),
        "GB" | "IE" => joined(&[city, postal_code], ", "),
        _ => joined(&[postal_code, city], " "),
    };
    let street = street.iter().flat_map(|part| part.lines()).map(str::to_owned);
    street.chain(std::iter::once(city)).filter(|line| !line.trim().is_empty()).collect()
}

fn joined(parts: &[&str], between: &str) -> String {
    let filled: Vec<&str> = parts.iter().copied().filter(|part| !part.trim().is_empty()).collect();
    filled.join(between)
}

/// A price with at least the places of its currency: `46.50`, `0.085`.
pub fn price(price: Decimal, currency: Currency) -> String {
    let places = u32::from(billing::money::digits(currency));
    let mut price = price.normalize();
    if price.scale() < places {
        price.rescale(places);
    }
    price.to_string()
}

/// A price as people read it: `1,289.00`.
pub fn written_price(of: Decimal, currency: Currency) -> String {
    words::decimal(&price(of, currency))
}

/// Hours with at least two places: `0.50`.
pub fn hours(hours: Decimal) -> String {
    price(hours, Currency::USD)
}

fn paper_currency(currency: Currency) -> PaperCurrency {
    PaperCurrency {
        code: currency.code().to_owned(),
        digits: u8::try_from(billing::money::digits(currency)).unwrap_or(2),
    }
}

pub(crate) fn provider_paper(provider: &ProviderRow) -> ProviderPaper {
    let filled = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    ProviderPaper {
        name: provider.name.clone(),
        legal_name: provider.legal_name.clone(),
        tagline: provider.tagline.clone(),
        address: address_lines(
            &[&provider.address],
            &provider.city,
            &provider.region,
            &provider.postal_code,
            &provider.country,
        ),
        phone: provider.phone.clone(),
        email: provider.email.clone(),
        website: filled(bare_address(&provider.website)),
        tax_id: provider.tax_id.clone(),
        remit_to: provider.remit_to.as_deref().unwrap_or_default().lines().map(str::to_owned).collect(),
    }
}

/// Who receives it; the country is named where it isn't the provider's.
pub(crate) fn bill_to(invoice: &InvoiceRow, provider: &ProviderRow) -> BillTo {
    let second = invoice.bill_to_address_2.as_deref().unwrap_or_default();
    let mut lines = address_lines(
        &[&invoice.bill_to_address_1, second],
        &invoice.bill_to_city,
        &invoice.bill_to_region,
        &invoice.bill_to_postal_code,
        &invoice.bill_to_country,
    );
    if invoice.bill_to_country != provider.country {
        lines.push(invoice.bill_to_country.clone());
    }
    BillTo { name: invoice.bill_to_name.clone(), lines }
}

fn tax_share(row: taxes::TaxLine) -> TaxShare {
    TaxShare { jurisdiction: row.name, rate_percent: row.percent, base: row.base, amount: row.amount }
}

fn agreement_part(group: &group::AgreementGroup<'_>, whole: &WholeInvoice, order: DateOrder) -> AgreementPart {
    AgreementPart {
        code: group.code.to_owned(),
        name: group.name.to_owned(),
        po_number: group.po_number.map(str::to_owned),
        lines: group.lines.iter().map(|line| agreement_line(line, whole, order)).collect(),
        amount: group.amount(),
    }
}

fn agreement_line(line: &InvoiceLineRow, whole: &WholeInvoice, order: DateOrder) -> AgreementLinePart {
    let currency = whole.invoice.currency;
    let charged = price(line.charged_price, currency);
    let unit_price = price(line.unit_price, currency);
    AgreementLinePart {
        description: line.description.clone(),
        from: line.from_on,
        until: line.until_on,
        quantity: line.quantity.normalize().to_string(),
        unit: line.unit.clone().unwrap_or_default(),
        charged_unit_price: (charged != unit_price).then_some(charged),
        unit_price,
        fraction: line.of_days.map(|of_days| Fraction { days: Span::new(line.from_on, line.until_on).days(), of_days }),
        kind_label: group::part_label(line, order),
        taxable: line.taxable,
        tax_percent: taxes::percent(line, whole),
        own_tax: taxes::own(line, whole),
        amount: line.amount_minor,
    }
}

fn ticket_part(ticket: &group::TicketGroup<'_>, currency: Currency) -> TicketPart {
    TicketPart {
        number: ticket.number.to_owned(),
        summary: ticket.summary.to_owned(),
        requester: ticket.requester.to_owned(),
        site: ticket.site.map(str::to_owned),
        worked: hours(ticket.worked()),
        billed: hours(ticket.billed()),
        amount: ticket.work_amount(),
        entries: ticket.entries.iter().map(|line| entry_part(line, currency)).collect(),
    }
}

fn entry_part(line: &InvoiceLineRow, currency: Currency) -> EntryPart {
    EntryPart {
        worked_on: line.from_on,
        started_at: line.started_at.clone(),
        ended_at: line.ended_at.clone(),
        technician: line.technician.clone().unwrap_or_default(),
        work_type: line.work_type.map(|work_type| work_type.to_string()).unwrap_or_default(),
        worked: hours(line.hours_worked.unwrap_or_default()),
        billed: hours(line.quantity),
        rate: hours(line.unit_price),
        billing: match line.coverage {
            Some(Coverage::Covered) => EntryBilling::Covered,
            Some(Coverage::NoCharge) => EntryBilling::NoCharge,
            Some(Coverage::Prepaid) => EntryBilling::Prepaid,
            Some(Coverage::Billable) | None => EntryBilling::Billable,
        },
        amount: line.amount_minor,
        notes: line.description.clone(),
        approved_on: line.approved_on,
        remarks: remarks::Reckoning::of_line(line, currency).remarks(),
    }
}

fn product_part(line: &InvoiceLineRow, whole: &WholeInvoice) -> ProductPart {
    ProductPart {
        code: line.item_code.clone().unwrap_or_default(),
        description: line.description.clone(),
        delivered_on: line.from_on,
        ticket: line.ticket.clone(),
        quantity: line.quantity.normalize().to_string(),
        unit_price: price(line.unit_price, whole.invoice.currency),
        taxable: line.taxable,
        tax_percent: taxes::percent(line, whole),
        own_tax: taxes::own(line, whole),
        amount: line.amount_minor,
        approved_on: line.approved_on,
    }
}
