//! `/invoices/{number}`: one invoice with the evidence of the work behind it.

use askama::Template;

use super::{Asked, Day, Deed, Frame, Link, Piece, Price, Status};

/// One fact of the strip: label and value.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// `Due date`.
    pub label: String,
    /// `Oct 18, 2026`; its `iso` may be empty when it is no date.
    pub value: Day,
}

/// One line of what changed since the last invoice.
#[derive(Clone, Debug, Default)]
pub struct ChangeRow {
    /// `44 seats until Sep 15`.
    pub what: String,
    /// `3 seats more: +66.00 · price 22.00 → 23.50: +70.50`; empty where the row says all there is.
    pub why: String,
    /// `44 × 4.13 = 181.72`; empty in the short form.
    pub before: String,
    /// `ended`; empty in the short form.
    pub now: String,
    /// `−181.72`, `+193.64` or `same`.
    pub change: String,
}

/// What changed since the last invoice of the same stream.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// `What changed since September`.
    pub title: String,
    /// A sentence before the table, or nothing.
    pub sentence: Vec<Piece>,
    /// Head of the column before: `September, INV-20345`; empty for the short form (what and change only).
    pub before_head: String,
    /// Head of the column now: `October, INV-20517`.
    pub now_head: String,
    /// What changed first, what stayed the same folded into the last row.
    pub rows: Vec<ChangeRow>,
    /// `Total`, or `More than INV-20251, $18.00`.
    pub total: ChangeRow,
}

/// One time entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Worked on.
    pub day: Day,
    /// The note for the customer, shown as written, line breaks too.
    pub what: String,
    /// `T. Becker`.
    pub technician: String,
    /// `remote`, `on site`.
    pub work_type: String,
    /// `0.98`.
    pub worked: String,
    /// `1.00`.
    pub billed: String,
    /// `145.00`.
    pub rate: String,
    /// The amount, or why there is none.
    pub amount: Price,
    /// `Before this period: approved Sep 4.`, and how it came to its hours and amount; or empty.
    pub remark: String,
    /// What was asked about it.
    pub asked: Asked,
}

/// One delivery of a product.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Delivered on.
    pub day: Day,
    /// `Thunderbolt dock 180 W`.
    pub what: String,
    /// `4`.
    pub quantity: String,
    /// `238.50`.
    pub price: String,
    /// `7.375%`, or its own tax where each line's is rounded by itself; empty when it isn't taxed.
    pub tax: String,
    /// The rate beneath its own tax; or empty.
    pub tax_rate: String,
    /// `954.00`.
    pub amount: String,
    /// `Before this period: approved Sep 4.`; or empty.
    pub remark: String,
    /// What was asked about it.
    pub asked: Asked,
}

/// One ticket: a sum that opens to its entries and deliveries.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// `T-48930`.
    pub number: String,
    /// `New employee setup: Saw Peña`.
    pub summary: String,
    /// `Dwayne Yusuf`.
    pub asked_by: String,
    /// Hours worked, `3.38`.
    pub worked: String,
    /// Hours billed, `3.50`.
    pub billed: String,
    /// Its sum, or why there is none.
    pub amount: Price,
    /// `Before this period`, `1 question, answered`, beside the name; or empty.
    pub remark: String,
    /// Whether it stands open at first.
    pub open: bool,
    /// Its entries, oldest first.
    pub entries: Vec<Entry>,
    /// Its deliveries, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// One charge of an agreement.
#[derive(Clone, Debug)]
pub struct AgreementLine {
    /// `Managed workstation, core`.
    pub what: String,
    /// `Oct 1–31`.
    pub days: String,
    /// `15 of 30 days`, when it isn't the whole month; else empty.
    pub part: String,
    /// `42`.
    pub quantity: String,
    /// `46.50`.
    pub price: String,
    /// `7.375%`, or its own tax where each line's is rounded by itself; empty when it isn't taxed.
    pub tax: String,
    /// The rate beneath its own tax; or empty.
    pub tax_rate: String,
    /// `1,953.00`.
    pub amount: String,
    /// `changed`, `new`; or empty.
    pub mark: String,
    /// What was asked about it.
    pub asked: Asked,
}

/// The charges of one agreement.
#[derive(Clone, Debug, Default)]
pub struct Agreement {
    /// `Managed IT, core, since May 2024`.
    pub name: String,
    /// Its charges, in order.
    pub lines: Vec<AgreementLine>,
}

/// One row of the sums at the end.
#[derive(Clone, Debug, Default)]
pub struct Total {
    /// `Minnesota 6.875% on 2,533.16`.
    pub label: String,
    /// `174.15`.
    pub amount: String,
}

/// A file to download.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Where it is.
    pub href: String,
    /// `Invoice, PDF, 2 pages`.
    pub text: String,
    /// `84 kB`.
    pub size: String,
}

/// The invoice's document.
#[derive(Clone, Debug)]
pub enum Pdf {
    /// It can be downloaded.
    Ready(File),
    /// It is being made; the page says when to look again.
    Making,
}

/// The form that mails an invoice to a colleague. Field: `email`.
#[derive(Clone, Debug, Default)]
pub struct ForwardForm {
    /// Where it goes.
    pub action: String,
    /// What was typed and refused, and why; empty at first.
    pub email: String,
    pub error: String,
}

/// The side panel: how and until when to pay.
#[derive(Clone, Debug, Default)]
pub struct HowToPay {
    /// `How to pay`, `Paid`.
    pub title: String,
    /// `Please pay $3,163.73 by Oct 18, 2026.` with its bold words.
    pub sentence: Vec<Piece>,
    /// To the page on which it is paid; nothing without a processor, for who may not pay, and while a payment is under way.
    pub pay_now: Option<Link>,
    /// Skips it, or has Auto Pay take it after all: the button, and what it sends.
    pub skip: Option<(Deed, String)>,
    /// What Auto Pay does with it, and why; or empty.
    pub note: Vec<Piece>,
    /// The provider's own words, one per paragraph; line breaks are kept.
    pub paragraphs: Vec<String>,
    /// What to write on the payment: label and value.
    pub references: Vec<Total>,
}

/// `GET /invoices/{number}`.
#[derive(Template)]
#[template(path = "invoice.html")]
pub struct InvoicePage {
    /// What stands around it.
    pub frame: Frame,
    /// `INV-20299`.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// `Bi-weekly invoice`.
    pub stream: String,
    /// The account's name, for a person with several; else empty.
    pub account_name: String,
    /// `Amount due`, or `Amount` when it is paid.
    pub amount_label: String,
    /// `$3,163.73`.
    pub amount: String,
    /// Due date, invoice date, service period, PO number: what there is.
    pub facts: Vec<Fact>,
    /// The explain line under the facts.
    pub explain: Vec<Piece>,
    /// `None` for the first invoice of its stream.
    pub changes: Option<Changes>,
    /// The charges of agreements; empty on a bi-weekly invoice.
    pub agreements: Vec<Agreement>,
    /// Tickets with their work; empty on a recurring invoice.
    pub tickets: Vec<Ticket>,
    /// `Prepaid hours: 7.25 of 10.00 used in October, 2.75 left`, per agreement and month.
    pub prepaid: Vec<String>,
    /// Work that stands on no ticket.
    pub loose_entries: Vec<Entry>,
    /// Deliveries that stand on no ticket.
    pub loose_deliveries: Vec<Delivery>,
    /// Subtotals and taxes.
    pub totals: Vec<Total>,
    /// `Amount due` and `$3,163.73`.
    pub total: Total,
    /// The document.
    pub pdf: Pdf,
    /// Other files: the lines as CSV.
    pub files: Vec<File>,
    /// Mails it to the visitor again; `None` leaves the button out.
    pub mail_again: Option<Deed>,
    /// The form that mails it to a colleague; nothing as there.
    pub forward: Option<ForwardForm>,
    /// How to pay; `None` leaves the panel out.
    pub pay: Option<HowToPay>,
    /// What was asked about the whole invoice.
    pub asked: Asked,
    /// Every question, of its lines too: `#question-17`, what it is about, where it stands.
    pub questions: Vec<(Link, Status)>,
    /// Whether a question or an address was refused: the page says why beside its form.
    pub is_refused: bool,
}
