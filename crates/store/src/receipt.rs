//! Receipts: what a payment by a processor settled of each document, as the ledger has it, and what went back since.

use jiff::civil::Date;

use crate::credit::BookingRow;
use crate::invoice::DocumentKind;
use crate::payment::{GatewayPaymentRow, PaymentPartRow};
use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, Tx, record, statements};

record! {
    /// What a payment did to a document, or where there is none to the account's credit.
    pub struct ReceiptLineRow {
        pub number: Option<String>,
        pub kind: Option<DocumentKind>,
        pub issued_on: Option<Date>,
        /// What was open of the document before.
        pub open_minor: i64,
        pub paid_minor: i64,
    }
}

statements! {
    // What was open before is summed by the order in which it was written down: what is booked later with an earlier day changes no receipt.
    LINES: (Integer, Integer) -> ReceiptLineRow = "SELECT n.number, n.kind, s.issued_on, CAST(coalesce(o.minor, 0) AS BIGINT) AS open_minor, \
        CAST(-p.amount_minor AS BIGINT) AS paid_minor FROM entry e JOIN posting p ON p.account_id = e.account_id AND p.entry_id = e.entry_id \
        AND p.ledger_code IN ('1100', '2100') LEFT JOIN document_number n ON n.account_id = p.account_id AND n.document_id = p.document_id \
        LEFT JOIN invoice_state s ON s.account_id = p.account_id AND s.invoice_id = p.document_id \
        LEFT JOIN (SELECT x.document_id, sum(x.amount_minor) AS minor FROM entry y JOIN posting x ON x.account_id = y.account_id \
        AND x.entry_id < y.entry_id AND x.document_id IS NOT NULL WHERE y.account_id = $1 AND y.kind = 'payment' AND y.document_id = $2 \
        GROUP BY x.document_id) o ON o.document_id = p.document_id \
        WHERE e.account_id = $1 AND e.kind = 'payment' AND e.document_id = $2 \
        ORDER BY CASE WHEN p.document_id IS NULL THEN 1 ELSE 0 END, p.posting_no";
    LATER: (Integer, Integer, Text, Text) -> BookingRow = "SELECT account_id, booking_id, kind, payment_id, key, amount_minor, currency, reason, booked_on, \
        made_at FROM booking WHERE account_id = $1 AND ((payment_id = $2 AND kind IN ('returned', 'chargeback', 'reinstated')) \
        OR (kind = 'refund' AND key >= $3 AND key < $4)) ORDER BY booking_id";
}

impl Tx {
    /// A payment with those of its parts that are of a person's accounts; nothing where none is.
    pub fn scoped_payment_part(
        &mut self,
        scope: &AccountScope,
        number: &str,
    ) -> Result<Option<(GatewayPaymentRow, Vec<PaymentPartRow>)>, Error> {
        let Some(payment) = self.gateway_payment_by_number(number)? else { return Ok(None) };
        let mut parts = self.payment_parts(payment.payment_id)?;
        parts.retain(|part| scope.account(part.account_id).is_some());
        Ok((!parts.is_empty()).then_some((payment, parts)))
    }

    /// What a payment's booking settled, in its order. The caller has made sure that it is the asker's to have.
    pub fn receipt_lines(&mut self, account: AccountId, booking: InvoiceId) -> Result<Vec<ReceiptLineRow>, Error> {
        self.rows(&LINES, &[&account, &booking])
    }

    /// What was booked about a payment later: money that went back, or counts again; refunds by the range of their keys.
    pub fn booked_later(
        &mut self,
        account: AccountId,
        booking: InvoiceId,
        (from, until): (&str, &str),
    ) -> Result<Vec<BookingRow>, Error> {
        self.rows(&LATER, &[&account, &booking, &from, &until])
    }
}
