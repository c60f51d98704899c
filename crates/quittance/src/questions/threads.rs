//! What was asked about an invoice, for its page and for what a new dispute can hold.

use billing::question::holdable;
use store::credit::TakenRow;
use store::invoice::{InvoiceLineRow, WholeInvoice};
use store::question::{QuestionMessageRow, QuestionRow};
use store::{AccountId, InvoiceId, QuestionId, Tx};

/// Everything about the questions of an invoice: for its page, and for what a new dispute can hold.
#[derive(Clone, Debug, Default)]
pub struct Threads {
    /// Oldest first.
    pub questions: Vec<QuestionRow>,
    /// Of all of them, oldest first.
    pub messages: Vec<QuestionMessageRow>,
    /// What credit notes took of the lines.
    taken: Vec<TakenRow>,
    /// What is open of the invoice, minor units.
    open: i64,
}

impl Threads {
    /// Reads them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(tx: &mut Tx, account: AccountId, invoice: InvoiceId) -> Result<Self, store::Error> {
        Ok(Self {
            questions: tx.questions_of(account, invoice)?,
            messages: tx.messages_of_invoice(account, invoice)?,
            taken: tx.credited(account, invoice)?.0,
            open: tx.invoice_state(account, invoice)?.map_or(0, |state| state.balance_minor),
        })
    }

    /// What is said of a question, oldest first.
    pub fn of(&self, question: QuestionId) -> impl Iterator<Item = &QuestionMessageRow> {
        self.messages.iter().filter(move |message| message.question_id == question)
    }

    /// What is in dispute of the invoice, minor units; never more than is open.
    pub fn held(&self) -> i64 {
        self.questions.iter().fold(0_i64, |sum, row| sum.saturating_add(row.held_minor)).min(self.open)
    }

    /// The most that a dispute about a line, or about the whole invoice, can hold: minor units.
    pub fn most(&self, whole: &WholeInvoice, line: Option<&InvoiceLineRow>) -> i64 {
        holdable(line.map(|line| self.left_of(whole, line)), self.open, self.held())
    }

    /// What a line costs with its tax, without what was credited or is in dispute already.
    fn left_of(&self, whole: &WholeInvoice, line: &InvoiceLineRow) -> i64 {
        let gross = |amount: i64, tax: i64| whole.invoice.prices.net(amount, tax).saturating_add(tax);
        let taken = self.taken.iter().find(|row| row.no == line.line_no);
        let held = self.questions.iter().filter(|row| row.line_no == Some(line.line_no));
        let gone = taken.map_or(0, |row| gross(row.minor, row.tax_minor));
        let gone = held.fold(gone, |sum, row| sum.saturating_add(row.held_minor));
        gross(line.amount_minor, line.tax_minor).saturating_sub(gone)
    }
}
