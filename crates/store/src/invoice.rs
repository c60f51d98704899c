//! Invoices: frozen rows, their maintained states, and how customers find them.

use billing::agreement::Part;
use billing::invoice::InvoiceStatus;
use billing::item::ItemKind;
use billing::tax::{PriceTax, TaxRounding};
use billing::work::{Coverage, WorkType};
use billing::{Currency, Stream};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::account::AccountFormats;
use crate::{AccountId, Error, InvoiceId, RunId, Tx, record, statements, text_enum, text_words};

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A month of an agreement line.
    Agreement,
    /// What a discount takes off a month of an agreement.
    Discount,
    /// A time entry.
    Time,
    /// A delivery.
    Delivery,
}

impl Source {
    /// The word in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Discount => "discount",
            Self::Time => "time",
            Self::Delivery => "delivery",
        }
    }
}

impl std::str::FromStr for Source {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Agreement, Self::Discount, Self::Time, Self::Delivery]
            .into_iter()
            .find(|source| source.as_str() == text)
            .ok_or(())
    }
}

text_enum!(Source, as_str);

record! {
    /// An invoice as it was issued. Never updated.
    pub struct InvoiceRow in "invoice" {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub number: String,
        pub series: String,
        pub serial: i64,
        pub stream: Stream,
        pub run_id: RunId,
        /// The invoice before it in its stream.
        pub previous_id: Option<InvoiceId>,
        pub provider_version: i64,
        pub period_from: Date,
        pub period_until: Date,
        pub issued_on: Date,
        pub due_on: Date,
        pub terms_days: u32,
        pub issued_at: Timestamp,
        pub currency: Currency,
        pub line_count: i64,
        pub subtotal_minor: i64,
        pub taxable_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        /// Whether the amounts of its lines hold the tax.
        pub prices: PriceTax,
        pub tax_rounding: TaxRounding,
        /// On the day of issue.
        pub tax_exempt: bool,
        /// Of an exempt account: what proves it.
        pub exemption_certificate: Option<String>,
        pub po_number: Option<String>,
        /// Of the account on the day of issue.
        pub formats: Option<AccountFormats>,
        pub account_code: String,
        pub bill_to_name: String,
        pub bill_to_address_1: String,
        pub bill_to_address_2: Option<String>,
        pub bill_to_city: String,
        pub bill_to_region: String,
        pub bill_to_postal_code: String,
        pub bill_to_country: String,
        /// Lower-cased: number, total, PO number, tickets.
        pub search: String,
    }
}

record! {
    /// A line with the evidence behind it. Never updated.
    pub struct InvoiceLineRow in "invoice_line" {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub line_no: i64,
        pub source: Source,
        pub source_id: i64,
        pub source_code: String,
        /// `2026-09` for agreement charges and discounts, else empty.
        pub month: String,
        pub item_code: Option<String>,
        pub item_kind: ItemKind,
        /// Of a time entry: the notes for the customer.
        pub description: String,
        pub from_on: Date,
        pub until_on: Date,
        /// Of a time entry: hours billed.
        pub quantity: Decimal,
        pub unit: Option<String>,
        pub unit_price: Decimal,
        /// After proration; else the same.
        pub charged_price: Decimal,
        pub part: Option<Part>,
        /// Days of the month, where prorated.
        pub of_days: Option<u32>,
        /// Counts the lines that one source has for one month, over all invoices; 0 for work.
        pub piece: i64,
        /// As priced: with its tax where the invoice's prices hold it.
        pub amount_minor: i64,
        pub taxable: bool,
        /// What it was taxed as; empty for the general category.
        pub tax_category: String,
        /// Its part of the invoice's tax.
        pub tax_minor: i64,
        pub agreement_code: Option<String>,
        pub agreement_name: Option<String>,
        /// The agreement's PO number on the day of issue.
        pub agreement_po: Option<String>,
        pub ticket: Option<String>,
        pub ticket_summary: Option<String>,
        pub requester: Option<String>,
        pub site: Option<String>,
        pub started_at: Option<String>,
        pub ended_at: Option<String>,
        pub technician: Option<String>,
        pub work_type: Option<WorkType>,
        pub hours_worked: Option<Decimal>,
        pub coverage: Option<Coverage>,
        pub approved_on: Option<Date>,
        /// Of a time entry whose rate was looked up: whose rate it is.
        pub role: Option<String>,
        /// What the role's rate was multiplied by.
        pub rate_factor: Option<Decimal>,
        /// The minimum call-out that raised the hours.
        pub minimum_hours: Option<Decimal>,
        /// Hours drawn of the agreement's balance; those beyond are charged.
        pub prepaid_hours: Option<Decimal>,
        /// What there was for the work of its month, used or left.
        pub prepaid_of: Option<Decimal>,
        /// What was left after it.
        pub prepaid_left: Option<Decimal>,
        /// Over the agreed amount, and not charged.
        pub over_minor: Option<i64>,
        /// The amount agreed for the ticket, where something is over it.
        pub agreed_minor: Option<i64>,
    }
}

record! {
    /// A jurisdiction's share of an invoice's tax. Never updated.
    pub struct InvoiceTaxRow in "invoice_tax" {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub tax_no: i64,
        /// Empty for the general one.
        pub tax_category: String,
        pub jurisdiction: String,
        pub rate_percent: Decimal,
        /// Sum of the category's lines without tax.
        pub base_minor: i64,
        pub tax_minor: i64,
    }
}

record! {
    /// What is left of an invoice or late fee.
    pub struct InvoiceStateRow in "invoice_state" key(account_id, invoice_id) {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub status: InvoiceStatus,
        pub due_on: Date,
        pub issued_on: Date,
        pub balance_minor: i64,
        /// How much was credited of it.
        pub credited_minor: i64,
        /// How much was given up.
        pub written_off_minor: i64,
    }
}

text_words! {
    /// What has a number.
    pub enum DocumentKind {
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit_note",
        /// A fee for paying late.
        LateFee = "late_fee",
    }
}

record! {
    /// The directory of all documents' numbers.
    pub struct NumberRow in "document_number" {
        pub number: String,
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub kind: DocumentKind,
    }
}

record! {
    /// The newest invoice of an account in a stream: what a draft is compared with.
    pub struct PreviousRow {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        pub number: String,
        pub period_from: Date,
        pub total_minor: i64,
    }
}

statements! {
    INVOICE: (Integer, Integer) -> InvoiceRow = "SELECT account_id, invoice_id, number, series, serial, stream, run_id, previous_id, \
        provider_version, period_from, period_until, issued_on, due_on, terms_days, issued_at, currency, line_count, subtotal_minor, \
        taxable_minor, tax_minor, total_minor, prices, tax_rounding, tax_exempt, exemption_certificate, po_number, formats, account_code, bill_to_name, bill_to_address_1, \
        bill_to_address_2, bill_to_city, bill_to_region, bill_to_postal_code, bill_to_country, search \
        FROM invoice WHERE account_id = $1 AND invoice_id = $2";
    NUMBER: (Text) -> NumberRow = "SELECT number, account_id, document_id, kind FROM document_number WHERE number = $1";
    LINES: (Integer, Integer) -> InvoiceLineRow = "SELECT account_id, invoice_id, line_no, source, source_id, source_code, month, \
        item_code, item_kind, description, from_on, until_on, quantity, unit, unit_price, charged_price, part, of_days, piece, \
        amount_minor, taxable, tax_category, tax_minor, agreement_code, agreement_name, agreement_po, ticket, ticket_summary, requester, site, started_at, ended_at, technician, work_type, \
        hours_worked, coverage, approved_on, role, rate_factor, minimum_hours, prepaid_hours, prepaid_of, prepaid_left, \
        over_minor, agreed_minor FROM invoice_line WHERE account_id = $1 AND invoice_id = $2 ORDER BY line_no";
    TAXES: (Integer, Integer) -> InvoiceTaxRow = "SELECT account_id, invoice_id, tax_no, tax_category, jurisdiction, rate_percent, base_minor, tax_minor \
        FROM invoice_tax WHERE account_id = $1 AND invoice_id = $2 ORDER BY tax_no";
    STATE: (Integer, Integer) -> InvoiceStateRow = "SELECT account_id, invoice_id, status, due_on, issued_on, balance_minor, credited_minor, written_off_minor \
        FROM invoice_state WHERE account_id = $1 AND invoice_id = $2";
    OF_DOCUMENT: (Integer, Integer) -> NumberRow = "SELECT number, account_id, document_id, kind FROM document_number \
        WHERE account_id = $1 AND document_id = $2";
    OPEN: (Integer) -> InvoiceStateRow = "SELECT account_id, invoice_id, status, due_on, issued_on, balance_minor, credited_minor, written_off_minor \
        FROM invoice_state WHERE account_id = $1 AND status = 'open' ORDER BY due_on, invoice_id";
    STREAM: (Integer, Integer) -> crate::One<Stream> = "SELECT i.stream FROM invoice_state s \
        LEFT JOIN late_fee f ON f.account_id = s.account_id AND f.late_fee_id = s.invoice_id \
        JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = coalesce(f.invoice_id, s.invoice_id) \
        WHERE s.account_id = $1 AND s.invoice_id = $2";
    PREVIOUS: (Text, Text; many Integer) -> PreviousRow = "SELECT i.account_id, i.invoice_id, i.number, i.period_from, i.total_minor \
        FROM invoice i JOIN (SELECT account_id, max(issued_on) AS issued_on FROM invoice \
        WHERE stream = $1 AND issued_on < $2 AND account_id IN ($keys) GROUP BY account_id) newest \
        ON newest.account_id = i.account_id AND newest.issued_on = i.issued_on \
        WHERE i.stream = $1 ORDER BY i.account_id";
    RUN_INVOICES: (Integer) -> NumberRow = "SELECT i.number, i.account_id, i.invoice_id AS document_id, n.kind FROM invoice i \
        JOIN document_number n ON n.number = i.number WHERE i.run_id = $1 ORDER BY i.serial";
    ISSUED_IN: (Integer) -> PreviousRow = "SELECT i.account_id, i.invoice_id, i.number, i.period_from, i.total_minor FROM draft d \
        JOIN invoice i ON i.account_id = d.account_id AND i.run_id = d.run_id WHERE d.run_id = $1 AND d.state = 'issued' \
        ORDER BY i.account_id";
    TAXED_SINCE: (Text, Text) -> crate::One<i64> = "SELECT t.invoice_id FROM invoice_tax t JOIN account a ON a.account_id = t.account_id \
        JOIN invoice i ON i.account_id = t.account_id AND i.invoice_id = t.invoice_id \
        WHERE a.tax_region = $1 AND i.issued_on >= $2 ORDER BY t.invoice_id LIMIT 1";
    LISTED_SINCE: (Integer, Integer) -> ListedInvoice = "SELECT i.number, i.serial, i.account_code, i.stream, i.period_from, i.period_until, i.issued_on, \
        i.due_on, i.currency, i.line_count, i.subtotal_minor, i.tax_minor, i.total_minor, s.balance_minor, s.status \
        FROM invoice i JOIN invoice_state s ON s.account_id = i.account_id AND s.invoice_id = i.invoice_id \
        WHERE i.series = 'invoice' AND i.serial > $1 ORDER BY i.serial LIMIT $2";
}

record! {
    /// An invoice as scripts see it.
    pub struct ListedInvoice {
        pub number: String,
        pub serial: i64,
        pub account_code: String,
        pub stream: Stream,
        pub period_from: Date,
        pub period_until: Date,
        pub issued_on: Date,
        pub due_on: Date,
        pub currency: Currency,
        pub line_count: i64,
        pub subtotal_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub balance_minor: i64,
        pub status: InvoiceStatus,
    }
}

/// An invoice with everything frozen about it.
#[derive(Clone, Debug)]
pub struct WholeInvoice {
    pub invoice: InvoiceRow,
    pub lines: Vec<InvoiceLineRow>,
    pub taxes: Vec<InvoiceTaxRow>,
}

impl WholeInvoice {
    /// What is earned with a line, without tax.
    pub fn net_of(&self, line: &InvoiceLineRow) -> i64 {
        self.invoice.prices.net(line.amount_minor, line.tax_minor)
    }
}

impl Tx {
    /// Which account and document a number belongs to. For staff, jobs and the scoped readers; says nothing of rights.
    pub fn number(&mut self, number: &str) -> Result<Option<NumberRow>, Error> {
        self.row(&NUMBER, &[&number])
    }

    /// An invoice of an account.
    pub fn invoice(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Option<InvoiceRow>, Error> {
        self.row(&INVOICE, &[&account, &invoice])
    }

    /// An invoice with lines and taxes.
    pub fn whole_invoice(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Option<WholeInvoice>, Error> {
        let Some(head) = self.invoice(account, invoice)? else { return Ok(None) };
        let lines = self.rows(&LINES, &[&account, &invoice])?;
        let taxes = self.rows(&TAXES, &[&account, &invoice])?;
        Ok(Some(WholeInvoice { invoice: head, lines, taxes }))
    }

    /// What is left of an invoice.
    pub fn invoice_state(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Option<InvoiceStateRow>, Error> {
        self.row(&STATE, &[&account, &invoice])
    }

    /// The number and kind of a document; nothing where it is a booking.
    pub fn number_of(&mut self, account: AccountId, document: InvoiceId) -> Result<Option<NumberRow>, Error> {
        self.row(&OF_DOCUMENT, &[&account, &document])
    }

    /// What is open of an account, invoices and late fees, oldest due first.
    pub fn open_documents(&mut self, account: AccountId) -> Result<Vec<InvoiceStateRow>, Error> {
        self.rows(&OPEN, &[&account])
    }

    /// The stream of an invoice, or of the invoice that a late fee is for.
    pub fn stream_of(&mut self, account: AccountId, document: InvoiceId) -> Result<Option<Stream>, Error> {
        self.value(&STREAM, &[&account, &document])
    }

    /// For each of these accounts its newest invoice of the stream issued before a day.
    pub fn previous_invoices(
        &mut self,
        stream: Stream,
        before: Date,
        accounts: &[AccountId],
    ) -> Result<Vec<PreviousRow>, Error> {
        self.rows_by(&PREVIOUS, &[&stream, &before], accounts)
    }

    /// The numbers a run gave, in order.
    pub fn run_invoices(&mut self, run: RunId) -> Result<Vec<NumberRow>, Error> {
        self.rows(&RUN_INVOICES, &[&run])
    }

    /// What a run issued, by account: what the next run of its stream is compared with.
    pub fn issued_in(&mut self, run: RunId) -> Result<Vec<PreviousRow>, Error> {
        self.rows(&ISSUED_IN, &[&run])
    }

    /// Whether an invoice took tax of this region on or after a day.
    pub fn tax_was_charged(&mut self, region: &str, from_on: Date) -> Result<bool, Error> {
        Ok(self.value::<i64>(&TAXED_SINCE, &[&region, &from_on])?.is_some())
    }

    /// Invoices in the order of their numbers, a page after a serial.
    pub fn listed_invoices(&mut self, after: i64, limit: i64) -> Result<Vec<ListedInvoice>, Error> {
        self.rows(&LISTED_SINCE, &[&after, &limit])
    }
}
