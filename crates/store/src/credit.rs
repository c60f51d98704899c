//! Credit notes, late fees, and bookings without a document. None of these rows is ever updated.

use billing::ledger::EntryKind;
use billing::{Currency, Stream};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// A credit note as it was issued.
    pub struct CreditNoteRow in "credit_note" {
        pub account_id: AccountId,
        pub credit_note_id: InvoiceId,
        pub number: String,
        pub series: String,
        pub serial: i64,
        /// The invoice it takes back, wholly or in part.
        pub invoice_id: InvoiceId,
        /// The command's: one that runs twice makes one.
        pub key: String,
        pub provider_version: i64,
        pub issued_on: Date,
        pub issued_at: Timestamp,
        pub currency: Currency,
        pub net_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        /// What came off the invoice's balance.
        pub settled_minor: i64,
        /// What became the account's credit.
        pub credit_minor: i64,
        /// For the customer.
        pub reason: String,
    }
}

record! {
    /// What is taken back of a line.
    pub struct CreditNoteLineRow in "credit_note_line" {
        pub account_id: AccountId,
        pub credit_note_id: InvoiceId,
        /// The invoice's.
        pub line_no: i64,
        pub invoice_id: InvoiceId,
        /// As priced: with its tax where the invoice's prices hold it.
        pub amount_minor: i64,
        pub tax_minor: i64,
    }
}

record! {
    /// What is taken back of a jurisdiction's share.
    pub struct CreditNoteTaxRow in "credit_note_tax" {
        pub account_id: AccountId,
        pub credit_note_id: InvoiceId,
        /// The invoice's.
        pub tax_no: i64,
        pub invoice_id: InvoiceId,
        pub amount_minor: i64,
    }
}

record! {
    /// A fee for an invoice that was not paid in time.
    pub struct LateFeeRow in "late_fee" {
        pub account_id: AccountId,
        pub late_fee_id: InvoiceId,
        pub number: String,
        pub series: String,
        pub serial: i64,
        pub invoice_id: InvoiceId,
        pub provider_version: i64,
        pub issued_on: Date,
        pub due_on: Date,
        pub issued_at: Timestamp,
        pub currency: Currency,
        pub overdue_minor: i64,
        pub days_late: i64,
        pub percent_per_year: Decimal,
        pub flat_minor: i64,
        pub interest_minor: i64,
        pub total_minor: i64,
    }
}

record! {
    /// What moves money in the books and is no document.
    pub struct BookingRow in "booking" {
        pub account_id: AccountId,
        pub booking_id: InvoiceId,
        pub kind: EntryKind,
        /// The payment that came back, or counts after all.
        pub payment_id: Option<InvoiceId>,
        /// The command's.
        pub key: String,
        /// More than 0.
        pub amount_minor: i64,
        pub currency: Currency,
        /// Why; of a payment or refund its reference.
        pub reason: String,
        pub booked_on: Date,
        pub made_at: Timestamp,
    }
}

record! {
    /// A payment and what became of it.
    pub struct PaymentRow {
        pub account_id: AccountId,
        pub account_code: String,
        pub booking_id: InvoiceId,
        /// The command's, or the processor's payment.
        pub key: String,
        pub amount_minor: i64,
        pub currency: Currency,
        pub reason: String,
        pub booked_on: Date,
        /// The newest booking about it, its own where there is none other: what it settles, or what was taken back.
        pub newest_id: InvoiceId,
        pub newest_kind: EntryKind,
        pub newest_reason: String,
        /// How many bookings there are about it.
        pub count: i64,
    }
}

record! {
    /// How what is owed on a document, or where there is none the account's credit, changed by an entry.
    pub struct MovedRow {
        pub document_id: Option<InvoiceId>,
        /// What is owed grows by it, or credit shrinks.
        pub amount_minor: i64,
    }
}

record! {
    /// A payment that came back, or counts after all, as it changed a document.
    pub struct ComeBackRow {
        pub kind: EntryKind,
        pub posted_on: Date,
        pub reason: String,
        /// What is owed grew by it.
        pub amount_minor: i64,
    }
}

record! {
    /// What credit notes took of a line or share.
    pub struct TakenRow {
        /// The number of the line or share.
        pub no: i64,
        pub minor: i64,
        /// Of a line: its tax.
        pub tax_minor: i64,
    }
}

record! {
    /// Whatever is no run's invoice, for lists.
    pub struct ListedCredit {
        pub posted_on: Date,
        pub kind: EntryKind,
        pub account_code: String,
        /// Of a document.
        pub number: Option<String>,
        /// The invoice it is about, where it is one.
        pub invoice: Option<String>,
        /// How the account's balance changes: what is owed less credit.
        pub amount_minor: i64,
        pub currency: Currency,
        pub reason: Option<String>,
    }
}

record! {
    /// A late fee with something left to pay.
    pub struct OpenFeeRow {
        pub number: String,
        pub due_on: Date,
        pub balance_minor: i64,
        pub currency: Currency,
    }
}

record! {
    /// An invoice that is late, with no fee yet.
    pub struct OverdueRow {
        pub account_id: AccountId,
        pub account_code: String,
        pub invoice_id: InvoiceId,
        pub number: String,
        pub stream: Stream,
        pub due_on: Date,
        pub balance_minor: i64,
        pub currency: Currency,
    }
}

macro_rules! note_columns {
    () => {
        "account_id, credit_note_id, number, series, serial, invoice_id, key, provider_version, issued_on, issued_at, currency, \
        net_minor, tax_minor, total_minor, settled_minor, credit_minor, reason FROM credit_note "
    };
}

macro_rules! fee_columns {
    () => {
        "account_id, late_fee_id, number, series, serial, invoice_id, provider_version, issued_on, due_on, issued_at, currency, \
        overdue_minor, days_late, percent_per_year, flat_minor, interest_minor, total_minor FROM late_fee "
    };
}

macro_rules! payment_columns {
    () => {
        "b.account_id, a.code AS account_code, b.booking_id, b.key, b.amount_minor, b.currency, b.reason, b.booked_on, \
        n.booking_id AS newest_id, n.kind AS newest_kind, n.reason AS newest_reason, (SELECT count(*) FROM booking x \
        WHERE x.account_id = b.account_id AND x.payment_id = b.booking_id) AS count FROM booking b \
        JOIN account a ON a.account_id = b.account_id JOIN booking n ON n.account_id = b.account_id \
        AND n.booking_id = coalesce((SELECT max(x.booking_id) FROM booking x WHERE x.account_id = b.account_id \
        AND x.payment_id = b.booking_id AND x.kind NOT IN ('bank_fee', 'payout')), b.booking_id) "
    };
}

statements! {
    NOTE: (Integer, Integer) -> CreditNoteRow = concat!("SELECT ", note_columns!(), "WHERE account_id = $1 AND credit_note_id = $2");
    NOTE_BY_KEY: (Integer, Text) -> CreditNoteRow = concat!("SELECT ", note_columns!(), "WHERE account_id = $1 AND key = $2");
    NOTES: (Integer, Integer) -> CreditNoteRow = concat!("SELECT ", note_columns!(),
        "WHERE account_id = $1 AND invoice_id = $2 ORDER BY credit_note_id");
    NOTE_LINES: (Integer, Integer) -> CreditNoteLineRow = "SELECT account_id, credit_note_id, line_no, invoice_id, amount_minor, tax_minor \
        FROM credit_note_line WHERE account_id = $1 AND credit_note_id = $2 ORDER BY line_no";
    NOTE_TAXES: (Integer, Integer) -> CreditNoteTaxRow = "SELECT account_id, credit_note_id, tax_no, invoice_id, amount_minor \
        FROM credit_note_tax WHERE account_id = $1 AND credit_note_id = $2 ORDER BY tax_no";
    TAKEN_LINES: (Integer, Integer) -> TakenRow = "SELECT l.line_no AS no, CAST(sum(l.amount_minor) AS BIGINT) AS minor, \
        CAST(sum(l.tax_minor) AS BIGINT) AS tax_minor FROM credit_note c \
        JOIN credit_note_line l ON l.account_id = c.account_id AND l.credit_note_id = c.credit_note_id \
        WHERE c.account_id = $1 AND c.invoice_id = $2 GROUP BY l.line_no ORDER BY l.line_no";
    TAKEN_TAXES: (Integer, Integer) -> TakenRow = "SELECT t.tax_no AS no, CAST(sum(t.amount_minor) AS BIGINT) AS minor, \
        CAST(0 AS BIGINT) AS tax_minor FROM credit_note c \
        JOIN credit_note_tax t ON t.account_id = c.account_id AND t.credit_note_id = c.credit_note_id \
        WHERE c.account_id = $1 AND c.invoice_id = $2 GROUP BY t.tax_no ORDER BY t.tax_no";
    FEE: (Integer, Integer) -> LateFeeRow = concat!("SELECT ", fee_columns!(), "WHERE account_id = $1 AND late_fee_id = $2");
    FEE_OF: (Integer, Integer) -> LateFeeRow = concat!("SELECT ", fee_columns!(), "WHERE account_id = $1 AND invoice_id = $2");
    OVERDUE: (Text) -> OverdueRow = "SELECT i.account_id, i.account_code, i.invoice_id, i.number, i.stream, s.due_on, s.balance_minor, \
        i.currency FROM invoice_state s JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = s.invoice_id \
        LEFT JOIN late_fee f ON f.account_id = s.account_id AND f.invoice_id = s.invoice_id \
        WHERE s.status = 'open' AND s.due_on < $1 AND f.late_fee_id IS NULL ORDER BY i.serial";
    // From the few fees to their states: SQLite would walk all that is open, and keeps to the order of a CROSS JOIN.
    OPEN_FEES: (Integer) -> OpenFeeRow = "SELECT f.number, s.due_on, s.balance_minor, f.currency FROM late_fee f \
        CROSS JOIN invoice_state s WHERE s.account_id = f.account_id AND s.invoice_id = f.late_fee_id \
        AND f.account_id = $1 AND s.status = 'open' ORDER BY s.due_on, f.late_fee_id LIMIT 20";
    PAYMENTS: () -> PaymentRow = concat!("SELECT ", payment_columns!(), "WHERE b.kind = 'payment' ORDER BY b.booked_on, b.booking_id");
    NEWEST_BY_HAND: (Text, Integer) -> PaymentRow = concat!("SELECT ", payment_columns!(),
        "WHERE b.kind = 'payment' AND substr(b.key, 1, length($1)) <> $1 ORDER BY b.booked_on DESC, b.booking_id DESC LIMIT $2");
    PAYMENTS_NAMED: (Integer, Text) -> PaymentRow = concat!("SELECT ", payment_columns!(),
        "WHERE b.kind = 'payment' AND (b.booking_id = $1 OR b.reason = $2) ORDER BY b.booked_on, b.booking_id LIMIT 20");
    MOVED_BY: (Integer, Text, Integer) -> MovedRow = "SELECT p.document_id, p.amount_minor FROM entry e \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.ledger_code IN ('1100', '2100') \
        WHERE e.account_id = $1 AND e.kind = $2 AND e.document_id = $3 ORDER BY p.posting_no";
    PAID_BY_CREDIT: (Integer) -> MovedRow = "SELECT p.document_id, p.amount_minor FROM booking b \
        JOIN entry e ON e.account_id = b.account_id AND e.kind = b.kind AND e.document_id = b.booking_id \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.ledger_code = '1100' \
        WHERE b.account_id = $1 AND b.kind = 'credit_used' ORDER BY b.booking_id DESC, p.posting_no DESC";
    COME_BACK: (Integer, Integer) -> ComeBackRow = "SELECT b.kind, e.posted_on, b.reason, p.amount_minor FROM booking b \
        JOIN entry e ON e.account_id = b.account_id AND e.kind = b.kind AND e.document_id = b.booking_id \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id AND p.document_id = $2 \
        WHERE b.account_id = $1 AND b.payment_id IS NOT NULL ORDER BY e.posted_on, e.entry_id";
    BOOKING: (Integer, Text) -> BookingRow = "SELECT account_id, booking_id, kind, payment_id, key, amount_minor, currency, reason, booked_on, made_at \
        FROM booking WHERE account_id = $1 AND key = $2";
    LISTED: (Text, Text) -> ListedCredit = "SELECT e.posted_on, e.kind, a.code AS account_code, n.number, i.number AS invoice, \
        CAST(coalesce(sum(p.amount_minor) FILTER (WHERE p.ledger_code IN ('1100', '2100')), 0) AS BIGINT) AS amount_minor, e.currency, \
        coalesce(c.reason, b.reason) AS reason FROM entry e JOIN account a ON a.account_id = e.account_id \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id \
        LEFT JOIN document_number n ON n.account_id = e.account_id AND n.document_id = e.document_id \
        LEFT JOIN credit_note c ON c.account_id = e.account_id AND c.credit_note_id = e.document_id \
        LEFT JOIN late_fee f ON f.account_id = e.account_id AND f.late_fee_id = e.document_id \
        LEFT JOIN invoice i ON i.account_id = e.account_id AND i.invoice_id = coalesce(c.invoice_id, f.invoice_id) \
        LEFT JOIN booking b ON b.account_id = e.account_id AND b.booking_id = e.document_id \
        WHERE e.kind <> 'invoice' AND e.posted_on >= $1 AND e.posted_on < $2 \
        GROUP BY e.account_id, e.entry_id, e.posted_on, e.kind, a.code, n.number, i.number, e.currency, c.reason, b.reason \
        ORDER BY e.posted_on, e.entry_id";
}

/// A credit note with its lines and taxes.
#[derive(Clone, Debug)]
pub struct WholeCreditNote {
    pub note: CreditNoteRow,
    pub lines: Vec<CreditNoteLineRow>,
    pub taxes: Vec<CreditNoteTaxRow>,
}

impl Tx {
    /// A credit note with everything frozen about it.
    pub fn whole_credit_note(&mut self, account: AccountId, note: InvoiceId) -> Result<Option<WholeCreditNote>, Error> {
        let Some(head) = self.row(&NOTE, &[&account, &note])? else { return Ok(None) };
        let lines = self.rows(&NOTE_LINES, &[&account, &note])?;
        let taxes = self.rows(&NOTE_TAXES, &[&account, &note])?;
        Ok(Some(WholeCreditNote { note: head, lines, taxes }))
    }

    /// The credit note that a command made.
    pub fn credit_note_by_key(&mut self, account: AccountId, key: &str) -> Result<Option<CreditNoteRow>, Error> {
        self.row(&NOTE_BY_KEY, &[&account, &key])
    }

    /// The credit notes of an invoice, oldest first.
    pub fn credit_notes(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Vec<CreditNoteRow>, Error> {
        self.rows(&NOTES, &[&account, &invoice])
    }

    /// What credit notes took of an invoice's lines, and of its tax shares.
    pub fn credited(
        &mut self,
        account: AccountId,
        invoice: InvoiceId,
    ) -> Result<(Vec<TakenRow>, Vec<TakenRow>), Error> {
        Ok((self.rows(&TAKEN_LINES, &[&account, &invoice])?, self.rows(&TAKEN_TAXES, &[&account, &invoice])?))
    }

    /// A late fee.
    pub fn late_fee(&mut self, account: AccountId, fee: InvoiceId) -> Result<Option<LateFeeRow>, Error> {
        self.row(&FEE, &[&account, &fee])
    }

    /// The late fee of an invoice.
    pub fn late_fee_of(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Option<LateFeeRow>, Error> {
        self.row(&FEE_OF, &[&account, &invoice])
    }

    /// Open invoices that were due before a day and have no late fee, in the order of their numbers.
    pub fn overdue_without_fee(&mut self, today: Date) -> Result<Vec<OverdueRow>, Error> {
        self.rows(&OVERDUE, &[&today])
    }

    /// The late fees of a scope that are open, at most twenty of each account.
    pub fn open_late_fees(&mut self, scope: &AccountScope) -> Result<Vec<OpenFeeRow>, Error> {
        let mut fees: Vec<OpenFeeRow> = Vec::new();
        for account in scope.accounts() {
            fees.append(&mut self.rows(&OPEN_FEES, &[&account.account_id])?);
        }
        Ok(fees)
    }

    /// What a command booked.
    pub fn booking_by_key(&mut self, account: AccountId, key: &str) -> Result<Option<BookingRow>, Error> {
        self.row(&BOOKING, &[&account, &key])
    }

    /// Every payment by hand and what became of it, in the order in which they came.
    pub fn payments(&mut self) -> Result<Vec<PaymentRow>, Error> {
        self.rows(&PAYMENTS, &[])
    }

    /// The newest payments whose keys don't begin so, the newest first.
    pub fn newest_by_hand(&mut self, key_of_others: &str, limit: i64) -> Result<Vec<PaymentRow>, Error> {
        self.rows(&NEWEST_BY_HAND, &[&key_of_others, &limit])
    }

    /// The payments of this id, or of this reference.
    pub fn payments_named(&mut self, id: InvoiceId, reference: &str) -> Result<Vec<PaymentRow>, Error> {
        self.rows(&PAYMENTS_NAMED, &[&id, &reference])
    }

    /// What a booking's entry changed on documents and the account's credit.
    pub fn moved_by(
        &mut self,
        account: AccountId,
        kind: EntryKind,
        booking: InvoiceId,
    ) -> Result<Vec<MovedRow>, Error> {
        self.rows(&MOVED_BY, &[&account, &kind, &booking])
    }

    /// What the account's credit has paid of documents, the newest first.
    pub fn paid_by_credit(&mut self, account: AccountId) -> Result<Vec<MovedRow>, Error> {
        self.rows(&PAID_BY_CREDIT, &[&account])
    }

    /// The payments that came back and changed a document, or count after all, oldest first.
    pub fn come_back(&mut self, account: AccountId, document: InvoiceId) -> Result<Vec<ComeBackRow>, Error> {
        self.rows(&COME_BACK, &[&account, &document])
    }

    /// Every entry of days `[from, until)` but those of invoices.
    pub fn listed_credits(&mut self, from: Date, until: Date) -> Result<Vec<ListedCredit>, Error> {
        self.rows(&LISTED, &[&from, &until])
    }
}
