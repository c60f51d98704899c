//! What an invoice document is made of: plain data, already decided. It crosses to the rendering process as JSON.
//! Amounts are minor units of the paper's currency, spans are half-open, and every text is printed as its characters, never as markup.

pub use billing::Stream;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One invoice as it will be printed. Nothing here is computed while rendering: amounts and sums arrive finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoicePaper {
    /// The invoice's number with its prefix, such as `INV-20310`.
    pub number: String,
    pub stream: Stream,
    pub currency: PaperCurrency,
    pub size: PaperSize,
    pub date_order: DateOrder,
    /// The provider's accent colour as `#rrggbb`; anything else falls back to ink blue. Pick one with contrast 4.5:1 on white.
    pub accent: String,
    /// The provider's logo as a self-contained SVG; without it, or where it cannot be read, a monogram is drawn.
    #[serde(default)]
    pub logo_svg: Option<String>,
    pub provider: ProviderPaper,
    pub bill_to: BillTo,
    /// The account's code, such as `C-1000`.
    pub account: String,
    #[serde(default)]
    pub po_number: Option<String>,
    /// Further rows under "References", after account and PO number.
    #[serde(default)]
    pub references: Vec<Reference>,
    pub issued_on: Date,
    pub due_on: Date,
    /// The service period, half-open; printed with its last day included.
    pub period_from: Date,
    pub period_until: Date,
    pub terms_days: u32,
    /// The portal as people read it, such as `pay.example.com`.
    pub portal: String,
    /// The invoice's ordinary page behind sign-in; it becomes the QR code. Not longer than 1,000 bytes.
    pub invoice_url: String,
    pub subtotal: i64,
    pub tax: i64,
    pub total: i64,
    /// The share of each jurisdiction in `tax`.
    #[serde(default)]
    pub taxes: Vec<TaxShare>,
    /// The amounts of lines hold their tax: the sums begin with what they come to without it.
    #[serde(default)]
    pub prices_hold_tax: bool,
    /// The account is exempt: the totals say so instead of listing taxes.
    #[serde(default)]
    pub tax_exempt: bool,
    /// What proves the exemption; printed beside it.
    #[serde(default)]
    pub exemption_certificate: Option<String>,
    /// A note of the provider; line breaks are kept.
    #[serde(default)]
    pub notes: Option<String>,
    /// Recurring stream: the agreements billed.
    #[serde(default)]
    pub agreements: Vec<AgreementPart>,
    /// What differs from the invoice before: line by line on a recurring one, a sentence on a bi-weekly one.
    #[serde(default)]
    pub changes: Option<Changes>,
    /// Bi-weekly stream: the tickets with their work.
    #[serde(default)]
    pub tickets: Vec<TicketPart>,
    /// Bi-weekly stream: the products delivered.
    #[serde(default)]
    pub products: Vec<ProductPart>,
    /// Bi-weekly stream: sentences on the balances of prepaid hours that work drew on.
    #[serde(default)]
    pub prepaid: Vec<String>,
}

/// The currency amounts are printed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperCurrency {
    /// ISO 4217, such as `USD`.
    pub code: String,
    /// Decimal places of the minor unit: 2 for USD, 0 for JPY.
    pub digits: u8,
}

/// The sheet the document is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperSize {
    Letter,
    A4,
}

impl PaperSize {
    /// The sheet people have in the printer in a country (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn of_country(country: &str) -> Self {
        match country {
            "US" | "CA" | "MX" | "PH" | "PR" | "CL" | "CO" | "CR" | "DO" | "GT" | "PA" | "SV" | "VE" => Self::Letter,
            _ => Self::A4,
        }
    }
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// April 15, 2026
    MonthFirst,
    /// 15 April 2026
    DayFirst,
}

impl DateOrder {
    /// The order of a country (ISO 3166-1 alpha-2).
    #[must_use]
    pub fn of_country(country: &str) -> Self {
        match country {
            "US" | "PR" | "GU" | "VI" | "PH" => Self::MonthFirst,
            _ => Self::DayFirst,
        }
    }
}

/// Who sends the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderPaper {
    pub name: String,
    pub legal_name: String,
    #[serde(default)]
    pub tagline: Option<String>,
    pub address: Vec<String>,
    pub phone: String,
    pub email: String,
    #[serde(default)]
    pub website: Option<String>,
    /// With its kind, such as `EIN 41-0000000`.
    #[serde(default)]
    pub tax_id: Option<String>,
    /// Where a check is sent, name first; without it the stub names the legal name and the address.
    #[serde(default)]
    pub remit_to: Vec<String>,
}

/// Who receives the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillTo {
    pub name: String,
    pub lines: Vec<String>,
}

/// One row under "References".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub label: String,
    pub value: String,
}

/// One jurisdiction's share of the invoice's tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxShare {
    /// With its category before it, where that isn't the general one.
    pub jurisdiction: String,
    /// Plain decimal, such as `6.875`.
    pub rate_percent: String,
    /// The sum the rate was applied to.
    pub base: i64,
    pub amount: i64,
}

/// One agreement on a recurring invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementPart {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub po_number: Option<String>,
    pub lines: Vec<AgreementLinePart>,
    /// The sum of the lines' amounts.
    pub amount: i64,
}

/// One charge of an agreement line. Decimals are plain text without thousands separators, such as `1289.00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementLinePart {
    pub description: String,
    /// The days charged, half-open.
    pub from: Date,
    pub until: Date,
    pub quantity: String,
    /// What is counted, such as `seat`; empty where nothing is named.
    #[serde(default)]
    pub unit: String,
    /// Per unit and month.
    pub unit_price: String,
    /// The prorated price per unit, where it differs from `unit_price`.
    #[serde(default)]
    pub charged_unit_price: Option<String>,
    /// Given on prorated lines: printed as `17/31 days`.
    #[serde(default)]
    pub fraction: Option<Fraction>,
    /// What kind of charge it is where it is not the ordinary one, such as `Catch-up`.
    #[serde(default)]
    pub kind_label: Option<String>,
    pub taxable: bool,
    /// The combined rate that a taxable line carries, such as `7.375`; printed in its tax column.
    #[serde(default)]
    pub tax_percent: Option<String>,
    /// Its tax, where each line's is rounded by itself.
    #[serde(default)]
    pub own_tax: Option<i64>,
    pub amount: i64,
}

/// The days of a month that are charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    pub days: u32,
    pub of_days: u32,
}

/// How an invoice differs from the one before in its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    pub previous_number: String,
    /// What the previous one is called in a sentence, such as `August`.
    pub previous_label: String,
    pub lines: Vec<ChangeLine>,
    /// The difference in a few words, such as `$290.00 more than INV-20251: Monitor +$954.00`; absent where it is 0.
    #[serde(default)]
    pub sentence: Option<String>,
    pub total_change: i64,
}

/// One difference; `before` or `after` is absent where the line did not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeLine {
    /// What changed, such as `Endpoint detection, 47 devices since Sep 16`.
    pub label: String,
    /// Why, such as `3 seats more: +66.00 · price 22.00 → 23.50: +70.50`.
    #[serde(default)]
    pub why: Option<String>,
    #[serde(default)]
    pub before: Option<i64>,
    #[serde(default)]
    pub after: Option<i64>,
    pub change: i64,
}

/// One ticket with its time entries; hours and amount are the sums of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketPart {
    pub number: String,
    pub summary: String,
    pub requester: String,
    #[serde(default)]
    pub site: Option<String>,
    /// Plain decimal hours.
    pub worked: String,
    pub billed: String,
    pub amount: i64,
    pub entries: Vec<EntryPart>,
}

/// One time entry. Work dated before the paper's period is marked with its date and approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryPart {
    pub worked_on: Date,
    /// `HH:MM`, as written in the import.
    #[serde(default)]
    pub started_at: Option<String>,
    #[serde(default)]
    pub ended_at: Option<String>,
    pub technician: String,
    pub work_type: String,
    /// Plain decimal hours.
    pub worked: String,
    pub billed: String,
    /// Per hour, plain decimal.
    pub rate: String,
    pub billing: EntryBilling,
    pub amount: i64,
    /// For the customer; line breaks are kept. Internal notes must never be put here.
    pub notes: String,
    #[serde(default)]
    pub approved_on: Option<Date>,
    /// How it came to its hours and amount, such as `minimum call-out 1.00 h`.
    #[serde(default)]
    pub remarks: Vec<String>,
}

/// How a time entry is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryBilling {
    Billable,
    /// By the agreement; printed as "Covered".
    Covered,
    /// Printed as "No charge".
    NoCharge,
    /// From the agreement's hours; printed as "Prepaid" where nothing is charged.
    Prepaid,
}

/// One delivery of a product. A delivery dated before the paper's period is marked with its date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductPart {
    pub code: String,
    pub description: String,
    pub delivered_on: Date,
    #[serde(default)]
    pub ticket: Option<String>,
    /// Plain decimals.
    pub quantity: String,
    pub unit_price: String,
    pub taxable: bool,
    /// As of an agreement's line.
    #[serde(default)]
    pub tax_percent: Option<String>,
    #[serde(default)]
    pub own_tax: Option<i64>,
    pub amount: i64,
    #[serde(default)]
    pub approved_on: Option<Date>,
}

/// Any other document: a credit note, a late fee, a statement, a receipt, a permission. Every text arrives written, amounts too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainPaper {
    /// What it is, such as `Credit note`.
    pub called: String,
    /// Its number, such as `CN-1001`; of a statement the account's code.
    pub number: String,
    pub size: PaperSize,
    /// As on an invoice.
    pub accent: String,
    pub provider: ProviderPaper,
    pub bill_to: BillTo,
    /// Rows under "References".
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What the large amount is, such as `Credited`.
    pub amount_label: String,
    /// The large amount, with its currency.
    pub amount: String,
    /// What stands beside it: dates, at most four.
    #[serde(default)]
    pub facts: Vec<Reference>,
    /// Over the text and the table.
    pub heading: String,
    /// Words that were agreed to, in full breadth; line breaks are kept.
    #[serde(default)]
    pub text: Option<String>,
    /// Of the table; without them there is none.
    pub columns: Vec<PlainColumn>,
    /// A cell for each column.
    pub rows: Vec<Vec<String>>,
    /// The rows of the sums, before the last one.
    #[serde(default)]
    pub sums: Vec<Reference>,
    /// Empty: it sums nothing up.
    pub total_label: String,
    pub total: String,
    #[serde(default)]
    pub notes_label: NotesLabel,
    /// Line breaks are kept.
    #[serde(default)]
    pub notes: Option<String>,
    /// The date written into the file.
    pub dated: Date,
}

/// What stands over the text beside the sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotesLabel {
    #[default]
    Notes,
    Reason,
}

impl NotesLabel {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notes => "Notes",
            Self::Reason => "Reason",
        }
    }
}

/// A column of a plain paper's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainColumn {
    pub title: String,
    pub kind: ColumnKind,
}

/// How broad a column is and where its cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Takes the room that is left.
    Text,
    /// A date or number.
    Short,
    /// Stands right.
    Amount,
}

/// A document of either kind, as it crosses to the rendering process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    Invoice(Box<InvoicePaper>),
    Plain(Box<PlainPaper>),
}
