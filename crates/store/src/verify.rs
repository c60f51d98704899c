//! What `verify` asks: each statement names what breaks an invariant, at most twenty of them, and nothing where all is well.

use crate::{AccountId, Error, InvoiceId, One, Statement, Tx, record, statements};

statements! {
    UNBALANCED: () -> One<String> = "SELECT a.code || ' entry ' || CAST(e.entry_id AS TEXT) AS found FROM entry e \
        JOIN account a ON a.account_id = e.account_id LEFT JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id \
        LEFT JOIN invoice i ON i.account_id = e.account_id AND i.invoice_id = e.document_id AND e.kind = 'invoice' \
        GROUP BY a.code, e.entry_id, i.total_minor HAVING CAST(coalesce(sum(p.amount_minor), i.total_minor, 1) AS BIGINT) <> 0 ORDER BY e.entry_id LIMIT 20";
    WITHOUT_ENTRY: () -> One<String> = "SELECT i.number AS found FROM invoice i LEFT JOIN entry e ON e.account_id = i.account_id \
        AND e.kind = 'invoice' AND e.document_id = i.invoice_id WHERE e.entry_id IS NULL ORDER BY i.serial LIMIT 20";
    RECEIVABLE: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN entry e ON e.account_id = i.account_id \
        AND e.kind = 'invoice' AND e.document_id = i.invoice_id LEFT JOIN posting p ON p.account_id = e.account_id \
        AND p.entry_id = e.entry_id AND p.ledger_code = '1100' GROUP BY i.number, i.serial, i.total_minor \
        HAVING CAST(coalesce(sum(p.amount_minor), 0) AS BIGINT) <> i.total_minor ORDER BY i.serial LIMIT 20";
    LINE_SUMS: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN invoice_line l ON l.account_id = i.account_id \
        AND l.invoice_id = i.invoice_id GROUP BY i.number, i.serial, i.subtotal_minor, i.taxable_minor, i.line_count, i.prices \
        HAVING CAST(sum(l.amount_minor - CASE i.prices WHEN 'inclusive' THEN l.tax_minor ELSE 0 END) AS BIGINT) <> i.subtotal_minor \
        OR count(*) <> i.line_count OR CAST(sum((l.amount_minor - CASE i.prices WHEN 'inclusive' THEN l.tax_minor ELSE 0 END) * l.taxable) \
        AS BIGINT) <> i.taxable_minor ORDER BY i.serial LIMIT 20";
    LINE_TAXES: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN (SELECT account_id, invoice_id, tax_category, tax_minor \
        FROM invoice_line UNION ALL SELECT account_id, invoice_id, tax_category, -tax_minor FROM invoice_tax) t \
        ON t.account_id = i.account_id AND t.invoice_id = i.invoice_id GROUP BY i.number, i.serial, t.tax_category \
        HAVING CAST(sum(t.tax_minor) AS BIGINT) <> 0 ORDER BY i.serial LIMIT 20";
    TAX_BASES: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN invoice_tax t ON t.account_id = i.account_id \
        AND t.invoice_id = i.invoice_id LEFT JOIN invoice_line l ON l.account_id = t.account_id AND l.invoice_id = t.invoice_id \
        AND l.tax_category = t.tax_category AND l.taxable = 1 GROUP BY i.number, i.serial, t.tax_no, t.base_minor, i.prices \
        HAVING CAST(coalesce(sum(l.amount_minor - CASE i.prices WHEN 'inclusive' THEN l.tax_minor ELSE 0 END), 0) AS BIGINT) <> t.base_minor \
        ORDER BY i.serial LIMIT 20";
    WITHOUT_LINES: () -> One<String> = "SELECT i.number AS found FROM invoice i WHERE NOT EXISTS (SELECT 1 FROM invoice_line l \
        WHERE l.account_id = i.account_id AND l.invoice_id = i.invoice_id) ORDER BY i.serial LIMIT 20";
    TAX_SUMS: () -> One<String> = "SELECT i.number AS found FROM invoice i LEFT JOIN invoice_tax t ON t.account_id = i.account_id \
        AND t.invoice_id = i.invoice_id GROUP BY i.number, i.serial, i.tax_minor \
        HAVING CAST(coalesce(sum(t.tax_minor), 0) AS BIGINT) <> i.tax_minor ORDER BY i.serial LIMIT 20";
    EARNED: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN (SELECT account_id, invoice_id, item_kind, '' AS ledger_code, \
        amount_minor, tax_minor FROM invoice_line UNION ALL SELECT account_id, invoice_id, '' AS item_kind, '2200 ' || jurisdiction AS ledger_code, \
        tax_minor AS amount_minor, 0 AS tax_minor FROM invoice_tax UNION ALL SELECT e.account_id, e.document_id AS invoice_id, '' AS item_kind, \
        p.ledger_code, p.amount_minor, 0 AS tax_minor FROM entry e JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id \
        WHERE e.kind = 'invoice' AND p.ledger_code <> '1100') x ON x.account_id = i.account_id AND x.invoice_id = i.invoice_id \
        GROUP BY i.number, i.serial, CASE WHEN x.ledger_code <> '' THEN x.ledger_code WHEN i.stream = 'recurring' \
        THEN CASE x.item_kind WHEN 'service' THEN '4010' ELSE '4020' END \
        ELSE CASE x.item_kind WHEN 'labour' THEN '4110' WHEN 'product' THEN '4120' ELSE '4130' END END \
        HAVING CAST(sum(x.amount_minor - CASE i.prices WHEN 'inclusive' THEN x.tax_minor ELSE 0 END) AS BIGINT) <> 0 ORDER BY i.serial LIMIT 20";
    ENTRY_HEADS: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN entry e ON e.account_id = i.account_id \
        AND e.kind = 'invoice' AND e.document_id = i.invoice_id WHERE e.posted_on <> i.issued_on OR e.currency <> i.currency \
        ORDER BY i.serial LIMIT 20";
    BALANCES: () -> One<String> = "SELECT i.number AS found FROM invoice i LEFT JOIN invoice_state s ON s.account_id = i.account_id \
        AND s.invoice_id = i.invoice_id LEFT JOIN (SELECT account_id, document_id, CAST(sum(amount_minor) AS BIGINT) AS balance \
        FROM posting WHERE ledger_code = '1100' GROUP BY account_id, document_id) b \
        ON b.account_id = i.account_id AND b.document_id = i.invoice_id \
        WHERE s.balance_minor IS NULL OR s.balance_minor <> coalesce(b.balance, 0) OR s.due_on <> i.due_on \
        OR s.issued_on <> i.issued_on ORDER BY i.serial LIMIT 20";
    ACCOUNT_BALANCES: () -> One<String> = "SELECT a.code AS found FROM account a LEFT JOIN account_state s ON s.account_id = a.account_id \
        LEFT JOIN (SELECT account_id, CAST(sum(balance_minor) AS BIGINT) AS balance FROM invoice_state GROUP BY account_id) b \
        ON b.account_id = a.account_id WHERE coalesce(s.balance_minor, 0) <> coalesce(b.balance, 0) ORDER BY a.code LIMIT 20";
    ACCOUNT_MONTHS: () -> One<String> = "SELECT a.code || ' ' || m.month || ' ' || m.stream AS found FROM account_month m \
        JOIN account a ON a.account_id = m.account_id LEFT JOIN (SELECT i.account_id, substr(s.issued_on, 1, 7) AS month, i.stream, \
        count(*) AS issued, CAST(sum(coalesce(f.total_minor, i.total_minor)) AS BIGINT) AS minor, \
        count(*) FILTER (WHERE s.balance_minor <> 0) AS open, CAST(sum(s.balance_minor) AS BIGINT) AS open_minor, \
        CAST(sum(coalesce(f.total_minor, i.total_minor)) FILTER (WHERE s.balance_minor <> 0) AS BIGINT) AS open_total FROM invoice_state s \
        LEFT JOIN late_fee f ON f.account_id = s.account_id AND f.late_fee_id = s.invoice_id \
        JOIN invoice i ON i.account_id = s.account_id AND i.invoice_id = coalesce(f.invoice_id, s.invoice_id) \
        GROUP BY i.account_id, substr(s.issued_on, 1, 7), i.stream) x \
        ON x.account_id = m.account_id AND x.month = m.month AND x.stream = m.stream \
        WHERE m.issued_count <> coalesce(x.issued, 0) OR m.issued_minor <> coalesce(x.minor, 0) \
        OR m.open_count <> coalesce(x.open, 0) OR m.open_minor <> coalesce(x.open_minor, 0) \
        OR m.open_total_minor <> coalesce(x.open_total, 0) ORDER BY a.code, m.month LIMIT 20";
    MONTHS_MISSING: () -> One<String> = "SELECT i.number AS found FROM invoice i LEFT JOIN account_month m ON m.account_id = i.account_id \
        AND m.month = substr(i.issued_on, 1, 7) AND m.stream = i.stream LEFT JOIN account_due d ON d.account_id = i.account_id \
        AND d.due_on = i.due_on WHERE m.account_id IS NULL OR d.account_id IS NULL ORDER BY i.serial LIMIT 20";
    ACCOUNT_DUES: () -> One<String> = "SELECT a.code || ' ' || d.due_on AS found FROM account_due d JOIN account a \
        ON a.account_id = d.account_id LEFT JOIN (SELECT account_id, due_on, count(*) AS open, CAST(sum(balance_minor) AS BIGINT) AS minor \
        FROM invoice_state WHERE status = 'open' GROUP BY account_id, due_on) x ON x.account_id = d.account_id AND x.due_on = d.due_on \
        WHERE d.open_count <> coalesce(x.open, 0) OR d.open_minor <> coalesce(x.minor, 0) ORDER BY a.code, d.due_on LIMIT 20";
    NUMBERS: () -> One<String> = "SELECT s.series AS found FROM series s LEFT JOIN (SELECT series, count(*) AS given, \
        min(serial) AS lowest, max(serial) AS highest FROM (SELECT series, serial FROM invoice UNION ALL SELECT series, serial FROM credit_note \
        UNION ALL SELECT series, serial FROM late_fee) given GROUP BY series) x ON x.series = s.series \
        WHERE coalesce(x.given, 0) <> s.next - s.first OR coalesce(x.lowest, s.first) <> s.first \
        OR coalesce(x.highest, s.next - 1) <> s.next - 1 ORDER BY s.series";
    NUMBER_WORDS: () -> One<String> = "SELECT x.number AS found FROM (SELECT number, series, serial FROM invoice \
        UNION ALL SELECT number, series, serial FROM credit_note UNION ALL SELECT number, series, serial FROM late_fee) x \
        JOIN series s ON s.series = x.series WHERE x.number <> s.prefix || CAST(x.serial AS TEXT) ORDER BY x.number LIMIT 20";
    DIRECTORY: () -> One<String> = "SELECT i.number AS found FROM (SELECT number, account_id, invoice_id AS id, 'invoice' AS kind FROM invoice \
        UNION ALL SELECT number, account_id, credit_note_id, 'credit_note' FROM credit_note \
        UNION ALL SELECT number, account_id, late_fee_id, 'late_fee' FROM late_fee) i LEFT JOIN document_number n ON n.number = i.number \
        WHERE n.document_id IS NULL OR n.document_id <> i.id OR n.account_id <> i.account_id OR n.kind <> i.kind \
        ORDER BY i.number LIMIT 20";
    STATES_BY_KIND: () -> One<String> = "SELECT n.number AS found FROM invoice_state s JOIN document_number n ON n.account_id = s.account_id \
        AND n.document_id = s.invoice_id LEFT JOIN (SELECT p.account_id, p.document_id, \
        CAST(coalesce(-sum(p.amount_minor) FILTER (WHERE e.kind = 'credit_note'), 0) AS BIGINT) AS credited, \
        CAST(coalesce(-sum(p.amount_minor) FILTER (WHERE e.kind = 'write_off'), 0) AS BIGINT) AS written_off, \
        CAST(sum(p.amount_minor) AS BIGINT) AS balance \
        FROM posting p JOIN entry e ON e.account_id = p.account_id AND e.entry_id = p.entry_id WHERE p.ledger_code = '1100' \
        GROUP BY p.account_id, p.document_id) b ON b.account_id = s.account_id AND b.document_id = s.invoice_id \
        WHERE s.credited_minor <> coalesce(b.credited, 0) OR s.written_off_minor <> coalesce(b.written_off, 0) \
        OR s.balance_minor <> coalesce(b.balance, 0) OR s.balance_minor < 0 ORDER BY n.number LIMIT 20";
    ACCOUNT_CREDITS: () -> One<String> = "SELECT a.code AS found FROM account a LEFT JOIN account_state s ON s.account_id = a.account_id \
        LEFT JOIN (SELECT account_id, CAST(-sum(amount_minor) AS BIGINT) AS credit FROM posting WHERE ledger_code = '2100' \
        GROUP BY account_id) b ON b.account_id = a.account_id \
        WHERE coalesce(s.credit_minor, 0) <> coalesce(b.credit, 0) OR coalesce(s.credit_minor, 0) < 0 ORDER BY a.code LIMIT 20";
    CREDITED_LINES: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN invoice_line l ON l.account_id = i.account_id \
        AND l.invoice_id = i.invoice_id JOIN (SELECT account_id, invoice_id, line_no, CAST(sum(amount_minor) AS BIGINT) AS minor, \
        CAST(sum(tax_minor) AS BIGINT) AS tax FROM credit_note_line GROUP BY account_id, invoice_id, line_no) c ON c.account_id = l.account_id AND c.invoice_id = l.invoice_id \
        AND c.line_no = l.line_no WHERE c.minor * c.minor > l.amount_minor * c.minor \
        OR c.tax * c.tax > l.tax_minor * c.tax ORDER BY i.serial LIMIT 20";
    CREDITED_SHARES: () -> One<String> = "SELECT i.number AS found FROM invoice i JOIN invoice_tax t ON t.account_id = i.account_id \
        AND t.invoice_id = i.invoice_id JOIN (SELECT account_id, invoice_id, tax_no, CAST(sum(amount_minor) AS BIGINT) AS minor \
        FROM credit_note_tax GROUP BY account_id, invoice_id, tax_no) c ON c.account_id = t.account_id AND c.invoice_id = t.invoice_id \
        AND c.tax_no = t.tax_no WHERE c.minor > t.tax_minor ORDER BY i.serial LIMIT 20";
    CREDIT_NOTES: () -> One<String> = "SELECT c.number AS found FROM credit_note c \
        JOIN invoice i ON i.account_id = c.account_id AND i.invoice_id = c.invoice_id \
        LEFT JOIN (SELECT account_id, credit_note_id, CAST(sum(amount_minor) AS BIGINT) AS minor, CAST(sum(tax_minor) AS BIGINT) AS tax \
        FROM credit_note_line GROUP BY account_id, credit_note_id) l ON l.account_id = c.account_id AND l.credit_note_id = c.credit_note_id \
        LEFT JOIN (SELECT account_id, credit_note_id, CAST(sum(amount_minor) AS BIGINT) AS minor FROM credit_note_tax \
        GROUP BY account_id, credit_note_id) t ON t.account_id = c.account_id AND t.credit_note_id = c.credit_note_id \
        LEFT JOIN (SELECT e.account_id, e.document_id, \
        CAST(coalesce(-sum(p.amount_minor) FILTER (WHERE p.ledger_code = '1100'), 0) AS BIGINT) AS settled, \
        CAST(coalesce(-sum(p.amount_minor) FILTER (WHERE p.ledger_code = '2100'), 0) AS BIGINT) AS credit \
        FROM entry e JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id WHERE e.kind = 'credit_note' \
        GROUP BY e.account_id, e.document_id) e ON e.account_id = c.account_id AND e.document_id = c.credit_note_id \
        WHERE coalesce(l.minor, 0) <> c.net_minor + CASE i.prices WHEN 'inclusive' THEN c.tax_minor ELSE 0 END \
        OR coalesce(l.tax, 0) <> c.tax_minor OR coalesce(t.minor, 0) <> c.tax_minor OR coalesce(e.settled, -1) <> c.settled_minor \
        OR coalesce(e.credit, -1) <> c.credit_minor ORDER BY c.serial LIMIT 20";
    BOOKINGS: () -> One<String> = "SELECT a.code || ' ' || b.kind || ' ' || b.booked_on AS found FROM booking b \
        JOIN account a ON a.account_id = b.account_id \
        LEFT JOIN booking q ON q.account_id = b.account_id AND q.booking_id = b.payment_id AND q.kind = 'payment' \
        LEFT JOIN (SELECT e.account_id, e.kind, e.document_id, \
        CAST(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0) AS BIGINT) AS minor FROM entry e \
        JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id GROUP BY e.account_id, e.kind, e.document_id) e \
        ON e.account_id = b.account_id AND e.kind = b.kind AND e.document_id = b.booking_id \
        WHERE coalesce(e.minor, -1) <> b.amount_minor OR (b.payment_id IS NOT NULL AND q.booking_id IS NULL) ORDER BY a.code, b.booking_id LIMIT 20";
    WITHOUT_SUBJECT: () -> One<String> = "SELECT a.code || ' ' || e.kind || ' ' || e.posted_on AS found FROM entry e \
        JOIN account a ON a.account_id = e.account_id LEFT JOIN document_number n ON n.account_id = e.account_id \
        AND n.document_id = e.document_id AND n.kind = e.kind LEFT JOIN booking b ON b.account_id = e.account_id \
        AND b.booking_id = e.document_id AND b.kind = e.kind WHERE n.number IS NULL AND b.booking_id IS NULL \
        ORDER BY a.code, e.entry_id LIMIT 20";
    PAYMENT_PARTS: () -> One<String> = "SELECT p.number AS found FROM payment p LEFT JOIN (SELECT payment_id, \
        CAST(sum(amount_minor) AS BIGINT) AS minor, count(*) FILTER (WHERE hold = 'under_way') AS held, count(*) FILTER (WHERE hold = 'planned') AS planned \
        FROM payment_part GROUP BY payment_id) x ON x.payment_id = p.payment_id WHERE coalesce(x.minor, 0) <> p.amount_minor \
        OR (p.state IN ('asked', 'unknown', 'processing')) <> (coalesce(x.held, 0) > 0) OR (p.state = 'planned') <> (coalesce(x.planned, 0) > 0) \
        ORDER BY p.payment_id LIMIT 20";
    PAYMENTS_BOOKED: () -> One<String> = "SELECT p.number AS found FROM payment p LEFT JOIN (SELECT key, CAST(sum(amount_minor) AS BIGINT) AS minor \
        FROM booking WHERE kind = 'payment' AND key LIKE 'processor %' GROUP BY key) b ON b.key = 'processor ' || p.number \
        WHERE coalesce(b.minor, 0) <> CASE WHEN p.money = 'came' OR p.is_returned = 1 OR p.objection <> 'never' OR p.refunded_minor > 0 \
        THEN p.amount_minor ELSE 0 END AND NOT EXISTS (SELECT 1 FROM payment_exception x WHERE x.payment_id = p.payment_id AND x.resolved_at IS NULL) \
        ORDER BY p.payment_id LIMIT 20";
    DRAFTS: () -> One<String> = "SELECT i.number AS found FROM invoice i LEFT JOIN draft d ON d.run_id = i.run_id \
        AND d.account_id = i.account_id WHERE d.state IS NULL OR d.state <> 'issued' ORDER BY i.serial LIMIT 20";
    ISSUED_DRAFTS: () -> One<String> = "SELECT a.code || ' ' || r.stream || ' ' || r.period_from AS found FROM draft d \
        JOIN run r ON r.run_id = d.run_id JOIN account a ON a.account_id = d.account_id LEFT JOIN invoice i ON i.run_id = d.run_id \
        AND i.account_id = d.account_id WHERE d.state = 'issued' AND i.invoice_id IS NULL ORDER BY a.code LIMIT 20";
    ENTRIES_TAKEN: () -> One<String> = "SELECT t.code AS found FROM time_entry t LEFT JOIN invoice_line l ON l.account_id = t.account_id \
        AND l.source = 'time' AND l.month = '' AND l.source_id = t.entry_id \
        WHERE coalesce(t.invoice_id, -1) <> coalesce(l.invoice_id, -1) ORDER BY t.code LIMIT 20";
    DELIVERIES_TAKEN: () -> One<String> = "SELECT t.code AS found FROM delivery t LEFT JOIN invoice_line l ON l.account_id = t.account_id \
        AND l.source = 'delivery' AND l.month = '' AND l.source_id = t.delivery_id \
        WHERE coalesce(t.invoice_id, -1) <> coalesce(l.invoice_id, -1) ORDER BY t.code LIMIT 20";
    CHARGED_ONCE: () -> One<String> = "SELECT min(l.source_code) || ' ' || l.month AS found FROM (SELECT DISTINCT account_id, month, source_id \
        FROM invoice_line WHERE source = 'agreement' AND piece > 0) m JOIN invoice_line l ON l.account_id = m.account_id \
        AND l.source = 'agreement' AND l.month = m.month AND l.source_id = m.source_id WHERE l.part <> 'true_up' \
        GROUP BY l.account_id, l.month, l.source_id \
        HAVING min(l.invoice_id) <> max(l.invoice_id) OR count(*) <> count(DISTINCT l.from_on) ORDER BY found LIMIT 20";
    STREAMS: () -> One<String> = "SELECT i.number AS found FROM invoice i WHERE EXISTS (SELECT 1 FROM invoice_line l \
        WHERE l.account_id = i.account_id AND l.invoice_id = i.invoice_id \
        AND (l.source IN ('agreement', 'discount')) <> (i.stream = 'recurring')) ORDER BY i.serial LIMIT 20";
    UNRENDERED: () -> One<String> = "SELECT i.number AS found FROM document_number i LEFT JOIN document d ON d.account_id = i.account_id \
        AND d.document_id = i.document_id LEFT JOIN job j ON j.kind = 'render' AND j.account_id = i.account_id \
        AND j.subject_id = i.document_id WHERE d.document_id IS NULL AND j.job_id IS NULL ORDER BY i.number LIMIT 20";
    MAIL_WITHOUT_DOCUMENT: () -> One<String> = "SELECT i.number AS found FROM mail m JOIN document_number i ON i.account_id = m.account_id \
        AND i.document_id = m.document_id LEFT JOIN document d ON d.account_id = m.account_id AND d.document_id = m.document_id \
        WHERE d.document_id IS NULL ORDER BY i.number LIMIT 20";
    DOCUMENTS: (Integer, Integer, Integer) -> StoredDocument = "SELECT d.account_id, d.document_id, d.sha256, i.number FROM document d \
        JOIN document_number i ON i.account_id = d.account_id AND i.document_id = d.document_id \
        WHERE (d.account_id, d.document_id) > ($1, $2) ORDER BY d.account_id, d.document_id LIMIT $3";
}

record! {
    /// A document whose bytes are to be compared with their hash.
    pub struct StoredDocument {
        pub account_id: AccountId,
        pub document_id: InvoiceId,
        pub sha256: [u8; 32],
        pub number: String,
    }
}

/// An invariant, the sentence that it holds, and who breaks it.
pub struct Check {
    /// `I1`.
    pub id: &'static str,
    /// "Every entry sums to zero".
    pub holds: &'static str,
    statement: &'static Statement,
}

/// Every invariant that can be asked in one statement.
pub static CHECKS: &[Check] = &[
    Check { id: "I1", holds: "every entry sums to zero", statement: &UNBALANCED },
    Check { id: "I1", holds: "every invoice has its entry", statement: &WITHOUT_ENTRY },
    Check { id: "I1", holds: "what an entry makes receivable is the invoice's total", statement: &RECEIVABLE },
    Check { id: "I1", holds: "lines sum to the subtotal", statement: &LINE_SUMS },
    Check { id: "I1", holds: "every invoice has lines", statement: &WITHOUT_LINES },
    Check { id: "I1", holds: "shares sum to the tax", statement: &TAX_SUMS },
    Check { id: "I1", holds: "the tax of lines is that of their category", statement: &LINE_TAXES },
    Check { id: "I1", holds: "tax is taken on what lines of the category come to", statement: &TAX_BASES },
    Check {
        id: "I1",
        holds: "lines are earned by stream and kind, and tax is owed by jurisdiction",
        statement: &EARNED,
    },
    Check { id: "I1", holds: "entries have the date and currency of their invoice", statement: &ENTRY_HEADS },
    Check { id: "I2", holds: "the balance of every invoice equals its postings", statement: &BALANCES },
    Check { id: "I2", holds: "the balance of every account equals its invoices", statement: &ACCOUNT_BALANCES },
    Check { id: "I2", holds: "sums by month equal the invoices and late fees", statement: &ACCOUNT_MONTHS },
    Check { id: "I2", holds: "every invoice is in the sums", statement: &MONTHS_MISSING },
    Check { id: "I2", holds: "sums by due date equal the open invoices", statement: &ACCOUNT_DUES },
    Check { id: "I2", holds: "what was credited and written off equals the postings", statement: &STATES_BY_KIND },
    Check { id: "I2", holds: "the credit of every account equals its postings", statement: &ACCOUNT_CREDITS },
    Check { id: "I2", holds: "no line is credited beyond its amount", statement: &CREDITED_LINES },
    Check { id: "I2", holds: "no tax is credited beyond its share", statement: &CREDITED_SHARES },
    Check { id: "I2", holds: "credit notes equal their lines, taxes and postings", statement: &CREDIT_NOTES },
    Check { id: "I2", holds: "bookings equal their postings, and what came back is a payment", statement: &BOOKINGS },
    Check { id: "I2", holds: "every entry is about a document or booking", statement: &WITHOUT_SUBJECT },
    Check { id: "I3", holds: "numbers are consecutive", statement: &NUMBERS },
    Check { id: "I3", holds: "a number is its series' prefix and its serial", statement: &NUMBER_WORDS },
    Check { id: "I3", holds: "the directory knows every number", statement: &DIRECTORY },
    Check {
        id: "I4",
        holds: "the parts of every payment sum to it, and hold what they should",
        statement: &PAYMENT_PARTS,
    },
    Check { id: "I6", holds: "what came by the processor is in the books once", statement: &PAYMENTS_BOOKED },
    Check { id: "I7", holds: "every invoice comes from a draft", statement: &DRAFTS },
    Check { id: "I7", holds: "every issued draft is an invoice", statement: &ISSUED_DRAFTS },
    Check { id: "I7", holds: "every time entry knows the invoice it stands on", statement: &ENTRIES_TAKEN },
    Check { id: "I7", holds: "every delivery knows the invoice it stands on", statement: &DELIVERIES_TAKEN },
    Check { id: "I7", holds: "a month of an agreement line is charged once", statement: &CHARGED_ONCE },
    Check { id: "I7", holds: "the two streams never mix", statement: &STREAMS },
    Check { id: "I8", holds: "every document is rendered or waits to be", statement: &UNRENDERED },
    Check { id: "I8", holds: "no mail goes without its document", statement: &MAIL_WITHOUT_DOCUMENT },
];

impl Tx {
    /// What breaks an invariant: numbers, codes, at most twenty.
    pub fn broken(&mut self, check: &Check) -> Result<Vec<String>, Error> {
        Ok(self.rows::<One<String>>(check.statement, &[])?.into_iter().map(|One(found)| found).collect())
    }

    /// Documents after one, with the hash their bytes must have.
    pub fn stored_documents(
        &mut self,
        after: (AccountId, InvoiceId),
        limit: i64,
    ) -> Result<Vec<StoredDocument>, Error> {
        self.rows(&DOCUMENTS, &[&after.0, &after.1, &limit])
    }
}
