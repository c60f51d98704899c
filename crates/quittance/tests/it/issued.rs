//! Issued invoices as rows: what a run leaves behind, with the maintained sums, so that pages have something to show.

use std::collections::BTreeMap;

use billing::agreement::Part;
use billing::invoice::InvoiceStatus;
use billing::item::ItemKind;
use billing::ledger::{EntryKind, Ledger};
use billing::money::half_up;
use billing::tax::TaxTerms;
use billing::work::{Coverage, WorkType};
use billing::{Currency, Stream};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::books::{AccountDueRow, AccountMonthRow, AccountStateRow, EntryRow, LedgerRow, PostingRow};
use store::document::{DocumentBytesRow, DocumentRow};
use store::invoice::{DocumentKind, InvoiceLineRow, InvoiceRow, InvoiceStateRow, InvoiceTaxRow, NumberRow, Source};
use store::run::{RunRow, SeriesRow};
use store::{AccountId, EntryId, InvoiceId, RunId, Store, Tx};

const USD: Currency = Currency::USD;

/// An invoice to be issued.
#[derive(Clone)]
pub struct Bill {
    pub account: i64,
    pub id: i64,
    pub stream: Stream,
    pub period_from: Date,
    pub issued_on: Date,
    pub due_on: Date,
    pub status: InvoiceStatus,
    pub previous: Option<i64>,
    pub po_number: Option<String>,
    pub lines: Vec<InvoiceLineRow>,
    /// Jurisdiction, percent, minor units.
    pub taxes: Vec<(&'static str, &'static str, i64)>,
    /// The category of each share; all are of the general one where there are none.
    pub categories: Vec<&'static str>,
    pub tax: TaxTerms,
    /// Of an exempt account.
    pub certificate: Option<String>,
    /// The document's bytes, once it is made.
    pub pdf: Option<Vec<u8>>,
}

impl Bill {
    /// An open bi-weekly invoice of one delivery, whose PDF is made.
    pub fn new(account: i64, id: i64, issued_on: &str) -> Bill {
        let issued_on: Date = issued_on.parse().unwrap();
        Bill {
            account,
            id,
            stream: Stream::Biweekly,
            period_from: issued_on.checked_sub(jiff::Span::new().days(14)).unwrap(),
            issued_on,
            due_on: issued_on.checked_add(jiff::Span::new().days(30)).unwrap(),
            status: InvoiceStatus::Open,
            previous: None,
            po_number: None,
            lines: vec![delivery("Recycling with certificate", "1", "18.00")],
            taxes: Vec::new(),
            categories: Vec::new(),
            tax: TaxTerms::default(),
            certificate: None,
            pdf: Some(format!("%PDF {id}").into_bytes()),
        }
    }

    pub fn number(&self) -> String {
        format!("INV-{}", self.id)
    }

    fn subtotal(&self) -> i64 {
        self.lines.iter().map(|line| self.tax.prices.net(line.amount_minor, line.tax_minor)).sum()
    }

    /// The category of a share, and what it is taken on.
    fn taxed(&self, share: usize) -> (String, i64) {
        let Some(category) = self.categories.get(share) else { return (String::new(), self.subtotal()) };
        let own = self.lines.iter().filter(|line| line.taxable && line.tax_category == *category);
        let base = own.map(|line| self.tax.prices.net(line.amount_minor, line.tax_minor)).sum();
        ((*category).to_owned(), base)
    }

    fn tax(&self) -> i64 {
        self.taxes.iter().map(|(_, _, minor)| minor).sum()
    }

    pub fn total(&self) -> i64 {
        self.subtotal() + self.tax()
    }

    fn balance(&self) -> i64 {
        if self.status == InvoiceStatus::Open { self.total() } else { 0 }
    }
}

/// A line of nothing yet.
fn line(source: Source, description: &str, quantity: &str, price: &str) -> InvoiceLineRow {
    let (quantity, price): (Decimal, Decimal) = (quantity.parse().unwrap(), price.parse().unwrap());
    InvoiceLineRow {
        account_id: AccountId::from(0),
        invoice_id: InvoiceId::from(0),
        line_no: 0,
        source,
        source_id: 0,
        source_code: String::new(),
        month: String::new(),
        item_code: None,
        item_kind: ItemKind::Product,
        description: description.to_owned(),
        from_on: "2026-09-14".parse().unwrap(),
        until_on: "2026-09-15".parse().unwrap(),
        quantity,
        unit: None,
        unit_price: price,
        charged_price: price,
        part: None,
        of_days: None,
        piece: 0,
        amount_minor: half_up(quantity * price, USD).unwrap(),
        taxable: false,
        tax_category: String::new(),
        tax_minor: 0,
        agreement_code: None,
        agreement_po: None,
        agreement_name: None,
        ticket: None,
        ticket_summary: None,
        requester: None,
        site: None,
        started_at: None,
        ended_at: None,
        technician: None,
        work_type: None,
        hours_worked: None,
        coverage: None,
        approved_on: Some("2026-09-14".parse().unwrap()),
        role: None,
        rate_factor: None,
        minimum_hours: None,
        prepaid_hours: None,
        prepaid_of: None,
        prepaid_left: None,
        over_minor: None,
        agreed_minor: None,
    }
}

pub fn delivery(description: &str, quantity: &str, price: &str) -> InvoiceLineRow {
    InvoiceLineRow { item_code: Some("ITEM".to_owned()), ..line(Source::Delivery, description, quantity, price) }
}

pub fn entry(ticket: &str, hours: &str, coverage: Coverage, notes: &str) -> InvoiceLineRow {
    let line = line(Source::Time, notes, hours, "145.00");
    InvoiceLineRow {
        item_kind: ItemKind::Labour,
        amount_minor: if coverage == Coverage::Billable { line.amount_minor } else { 0 },
        ticket: Some(ticket.to_owned()),
        ticket_summary: Some(format!("Summary of {ticket}")),
        requester: Some("Dwayne Yusuf".to_owned()),
        site: Some("Main office".to_owned()),
        started_at: Some("10:00".to_owned()),
        ended_at: Some("11:00".to_owned()),
        technician: Some("T. Becker".to_owned()),
        work_type: Some(WorkType::Remote),
        hours_worked: Some(line.quantity),
        coverage: Some(coverage),
        ..line
    }
}

/// A month of an agreement line; `days` is the part charged, as `15/30`, or empty.
pub fn charge(
    code: &str,
    description: &str,
    span: (&str, &str),
    numbers: (&str, &str, &str),
    of_days: Option<u32>,
) -> InvoiceLineRow {
    let (quantity, price, charged) = numbers;
    let line = line(Source::Agreement, description, quantity, charged);
    let from_on: Date = span.0.parse().unwrap();
    InvoiceLineRow {
        source_code: code.to_owned(),
        month: span.0[..7].to_owned(),
        item_kind: ItemKind::Service,
        item_code: Some("SVC".to_owned()),
        from_on,
        until_on: span.1.parse().unwrap(),
        unit: Some("device".to_owned()),
        unit_price: price.parse().unwrap(),
        part: Some(Part::Regular),
        of_days,
        agreement_code: Some("AG-1".to_owned()),
        agreement_name: Some("Managed IT, core".to_owned()),
        ..line
    }
}

/// Issues invoices, and keeps the sums.
pub async fn issue(store: &Store, bills: Vec<Bill>) {
    store.write(move |tx| write(tx, &bills)).await.unwrap();
}

/// Issues invoices with their entries, so that they can be paid and the books checked.
pub async fn issue_booked(store: &Store, bills: Vec<Bill>) {
    let written = store.write(move |tx| {
        write(tx, &bills)?;
        tx.insert_or_skip(&Ledger::chart().iter().map(ledger_row).collect::<Vec<_>>())?;
        bills.iter().try_for_each(|bill| book(tx, bill))
    });
    written.await.unwrap();
}

/// One more, where there are some already.
pub async fn issue_more(store: &Store, bill: Bill) {
    let written = store.write(move |tx| {
        rows(tx, std::slice::from_ref(&bill))?;
        let (account_id, minor) = (AccountId::from(bill.account), bill.balance());
        tx.accumulate(&[AccountStateRow { account_id, balance_minor: minor, credit_minor: 0 }])?;
        tx.accumulate(&[AccountDueRow { account_id, due_on: bill.due_on, open_count: 1, open_minor: minor }])?;
        let month = bill.issued_on.strftime("%Y-%m").to_string();
        let (stream, issued_minor) = (bill.stream, bill.total());
        tx.accumulate(&[AccountMonthRow {
            account_id,
            month,
            stream,
            issued_count: 1,
            issued_minor,
            open_count: 1,
            open_minor: minor,
            open_total_minor: issued_minor,
        }])?;
        book(tx, &bill)
    });
    written.await.unwrap();
}

fn book(tx: &mut Tx, bill: &Bill) -> Result<(), store::Error> {
    let (account_id, entry_id) = (AccountId::from(bill.account), EntryId::from(bill.id));
    let document = InvoiceId::from(bill.id);
    tx.insert(&[EntryRow {
        account_id,
        entry_id,
        kind: EntryKind::Invoice,
        document_id: document,
        posted_on: bill.issued_on,
        currency: USD,
    }])?;
    let posting = |posting_no, code: &str, document_id, amount_minor| PostingRow {
        account_id,
        entry_id,
        posting_no,
        ledger_code: code.to_owned(),
        document_id,
        amount_minor,
    };
    tx.insert(&[posting(1, "1100", Some(document), bill.total()), posting(2, "4120", None, -bill.total())])
}

fn ledger_row(ledger: &Ledger) -> LedgerRow {
    LedgerRow { code: ledger.code(), name: ledger.name(), kind: ledger.kind() }
}

fn write(tx: &mut Tx, bills: &[Bill]) -> Result<(), store::Error> {
    rows(tx, bills)?;
    sums(tx, bills)
}

fn rows(tx: &mut Tx, bills: &[Bill]) -> Result<(), store::Error> {
    tx.insert_or_skip(&[SeriesRow { series: "invoice".to_owned(), prefix: "INV-".to_owned(), first: 1, next: 1 }])?;
    for bill in bills {
        let (account_id, invoice_id) = (AccountId::from(bill.account), InvoiceId::from(bill.id));
        tx.insert(&[run(bill)])?;
        tx.insert(&[invoice(bill)])?;
        tx.insert(&[NumberRow {
            number: bill.number(),
            account_id,
            document_id: invoice_id,
            kind: DocumentKind::Invoice,
        }])?;
        let lines = bill.lines.iter().zip(1..).map(|(line, line_no)| InvoiceLineRow {
            account_id,
            invoice_id,
            line_no,
            source_id: bill.id * 1_000 + line_no,
            source_code: if line.source_code.is_empty() {
                format!("S-{}-{line_no}", bill.id)
            } else {
                line.source_code.clone()
            },
            ..line.clone()
        });
        tx.insert(&lines.collect::<Vec<_>>())?;
        let taxes = bill.taxes.iter().zip(1..).enumerate();
        let taxes = taxes.map(|(place, ((jurisdiction, percent, minor), tax_no))| {
            let (tax_category, base_minor) = bill.taxed(place);
            let (jurisdiction, rate_percent) = ((*jurisdiction).to_owned(), percent.parse().unwrap());
            let tax_minor = *minor;
            InvoiceTaxRow {
                account_id,
                invoice_id,
                tax_no,
                tax_category,
                jurisdiction,
                rate_percent,
                base_minor,
                tax_minor,
            }
        });
        tx.insert(&taxes.collect::<Vec<_>>())?;
        let (status, due_on, issued_on) = (bill.status, bill.due_on, bill.issued_on);
        tx.insert(&[InvoiceStateRow {
            account_id,
            invoice_id,
            status,
            due_on,
            issued_on,
            balance_minor: bill.balance(),
            credited_minor: 0,
            written_off_minor: 0,
        }])?;
        if let Some(bytes) = &bill.pdf {
            let size = i64::try_from(bytes.len()).unwrap();
            tx.insert(&[DocumentRow {
                account_id,
                document_id: invoice_id,
                sha256: [9; 32],
                pages: 2,
                size,
                rendered_at: Timestamp::UNIX_EPOCH,
            }])?;
            tx.insert(&[DocumentBytesRow { account_id, document_id: invoice_id, bytes: bytes.clone() }])?;
        }
    }
    Ok(())
}

/// What issuing maintains.
fn sums(tx: &mut Tx, bills: &[Bill]) -> Result<(), store::Error> {
    let mut states: BTreeMap<i64, i64> = BTreeMap::new();
    let mut months: BTreeMap<(i64, String, &str), AccountMonthRow> = BTreeMap::new();
    let mut dues: BTreeMap<(i64, Date), AccountDueRow> = BTreeMap::new();
    for bill in bills {
        let account_id = AccountId::from(bill.account);
        let is_open = i64::from(bill.status == InvoiceStatus::Open);
        *states.entry(bill.account).or_default() += bill.balance();
        let month = bill.issued_on.strftime("%Y-%m").to_string();
        let row =
            months.entry((bill.account, month.clone(), bill.stream.as_str())).or_insert_with(|| AccountMonthRow {
                account_id,
                month,
                stream: bill.stream,
                issued_count: 0,
                issued_minor: 0,
                open_count: 0,
                open_minor: 0,
                open_total_minor: 0,
            });
        row.issued_count += 1;
        row.issued_minor += bill.total();
        row.open_total_minor += bill.balance();
        row.open_count += is_open;
        row.open_minor += bill.balance();
        let due = AccountDueRow { account_id, due_on: bill.due_on, open_count: 0, open_minor: 0 };
        let row = dues.entry((bill.account, bill.due_on)).or_insert(due);
        row.open_count += is_open;
        row.open_minor += bill.balance();
    }
    let state = |(id, minor): (i64, i64)| AccountStateRow {
        account_id: AccountId::from(id),
        balance_minor: minor,
        credit_minor: 0,
    };
    tx.accumulate(&states.into_iter().map(state).collect::<Vec<_>>())?;
    tx.accumulate(&months.into_values().collect::<Vec<_>>())?;
    tx.accumulate(&dues.into_values().collect::<Vec<_>>())
}

fn run(bill: &Bill) -> RunRow {
    // A run for each, so that no two are of one stream and day.
    let from = Date::constant(1990, 1, 1).checked_add(jiff::Span::new().days(bill.id)).unwrap();
    RunRow {
        run_id: RunId::from(bill.id),
        stream: bill.stream,
        period_from: from,
        period_until: from,
        issue_on: bill.issued_on,
        made_at: Timestamp::UNIX_EPOCH,
    }
}

fn invoice(bill: &Bill) -> InvoiceRow {
    let total = billing::Money::new(bill.total(), USD).to_string();
    let tickets: Vec<&str> = bill.lines.iter().filter_map(|line| line.ticket.as_deref()).collect();
    let po = bill.po_number.clone().unwrap_or_default();
    InvoiceRow {
        account_id: AccountId::from(bill.account),
        invoice_id: InvoiceId::from(bill.id),
        number: bill.number(),
        series: "invoice".to_owned(),
        serial: bill.id,
        stream: bill.stream,
        run_id: RunId::from(bill.id),
        previous_id: bill.previous.map(InvoiceId::from),
        provider_version: 1,
        period_from: bill.period_from,
        period_until: bill.issued_on,
        issued_on: bill.issued_on,
        due_on: bill.due_on,
        terms_days: 30,
        issued_at: Timestamp::UNIX_EPOCH,
        currency: USD,
        line_count: i64::try_from(bill.lines.len()).unwrap(),
        subtotal_minor: bill.subtotal(),
        taxable_minor: if bill.taxes.is_empty() { 0 } else { bill.subtotal() },
        tax_minor: bill.tax(),
        total_minor: bill.total(),
        prices: bill.tax.prices,
        tax_rounding: bill.tax.rounding,
        tax_exempt: bill.certificate.is_some(),
        exemption_certificate: bill.certificate.clone(),
        po_number: bill.po_number.clone(),
        formats: None,
        account_code: format!("C-{}", bill.account),
        bill_to_name: "Acme Milling".to_owned(),
        bill_to_address_1: "1 Main Street".to_owned(),
        bill_to_address_2: None,
        bill_to_city: "Willmar".to_owned(),
        bill_to_region: "MN".to_owned(),
        bill_to_postal_code: "56201".to_owned(),
        bill_to_country: "US".to_owned(),
        search: format!("{} {total} {po} {}", bill.number(), tickets.join(" ")).to_lowercase(),
    }
}
