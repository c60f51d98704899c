//! Questions about invoices: what was said, and what is held while a dispute lasts. No message is ever updated.

use billing::Currency;
use billing::question::{QuestionState, Said, Side, Standing};
use jiff::Timestamp;

use crate::scope::AccountScope;
use crate::{AccountId, Error, InvoiceId, One, PersonId, QuestionId, Tx, record, statements};

record! {
    /// A question about an invoice or one of its lines.
    pub struct QuestionRow in "question" {
        pub account_id: AccountId,
        pub question_id: QuestionId,
        pub invoice_id: InvoiceId,
        /// Nothing: the whole invoice.
        pub line_no: Option<i64>,
        pub state: QuestionState,
        /// What a dispute holds, tax included.
        pub held_minor: i64,
        pub asked_by: PersonId,
        /// In business time, as the next.
        pub asked_at: Timestamp,
        pub changed_at: Timestamp,
    }
}

impl QuestionRow {
    /// Where it stands.
    pub fn standing(&self) -> Standing {
        Standing { state: self.state, held: self.held_minor }
    }

    /// The same question as it stands after something was said.
    #[must_use]
    pub fn standing_at(self, standing: Standing, changed_at: Timestamp) -> Self {
        Self { state: standing.state, held_minor: standing.held, changed_at, ..self }
    }
}

record! {
    /// What somebody said. Never updated.
    pub struct QuestionMessageRow in "question_message" {
        pub account_id: AccountId,
        pub question_id: QuestionId,
        /// From 1.
        pub message_no: i64,
        pub side: Side,
        pub said: Said,
        pub person_id: Option<PersonId>,
        /// Empty: the provider.
        pub author: String,
        pub words: String,
        /// What the question holds from then on.
        pub held_minor: i64,
        /// In business time.
        pub made_at: Timestamp,
        /// In real time.
        pub written_at: Timestamp,
    }
}

record! {
    /// A question in the list of staff.
    pub struct ListedQuestionRow {
        pub question_id: QuestionId,
        pub account_code: String,
        pub account_name: String,
        pub invoice_number: String,
        pub line_no: Option<i64>,
        pub currency: Currency,
        pub state: QuestionState,
        pub held_minor: i64,
        pub asked_at: Timestamp,
        pub changed_at: Timestamp,
    }
}

record! {
    /// An invoice of which something is in dispute.
    pub struct HeldRow {
        pub account_id: AccountId,
        pub invoice_id: InvoiceId,
        /// By all of its disputes together.
        pub held_minor: i64,
    }
}

macro_rules! question_columns {
    () => {
        "account_id, question_id, invoice_id, line_no, state, held_minor, asked_by, asked_at, changed_at FROM question "
    };
}

macro_rules! message_columns {
    () => {
        "m.account_id, m.question_id, m.message_no, m.side, m.said, m.person_id, m.author, m.words, m.held_minor, m.made_at, m.written_at \
        FROM question_message m "
    };
}

statements! {
    QUESTION: (Integer) -> QuestionRow = concat!("SELECT ", question_columns!(), "WHERE question_id = $1");
    LOCK: (Integer) = "UPDATE question SET state = state WHERE question_id = $1";
    OF_INVOICE: (Integer, Integer) -> QuestionRow = concat!("SELECT ", question_columns!(),
        "WHERE account_id = $1 AND invoice_id = $2 ORDER BY question_id");
    SET_STANDING: (Integer, Integer, Text, Integer, Integer) = "UPDATE question SET state = $3, held_minor = $4, changed_at = $5 \
        WHERE account_id = $1 AND question_id = $2";
    MESSAGES: (Integer, Integer) -> QuestionMessageRow = concat!("SELECT ", message_columns!(),
        "WHERE m.account_id = $1 AND m.question_id = $2 ORDER BY m.message_no");
    MESSAGES_OF_INVOICE: (Integer, Integer) -> QuestionMessageRow = concat!("SELECT ", message_columns!(),
        "JOIN question q ON q.account_id = m.account_id AND q.question_id = m.question_id \
        WHERE q.account_id = $1 AND q.invoice_id = $2 ORDER BY m.question_id, m.message_no");
    WRITTEN: (Integer, Integer) -> One<i64> = "SELECT count(*) FROM question_message WHERE person_id = $1 AND written_at > $2";
    OPEN: (Integer) -> ListedQuestionRow = "SELECT q.question_id, a.code AS account_code, a.name AS account_name, i.number AS invoice_number, \
        q.line_no, i.currency, q.state, q.held_minor, q.asked_at, q.changed_at FROM question q \
        JOIN account a ON a.account_id = q.account_id \
        JOIN invoice i ON i.account_id = q.account_id AND i.invoice_id = q.invoice_id \
        WHERE q.state <> 'settled' ORDER BY q.question_id LIMIT $1";
    WAITING: () -> One<i64> = "SELECT count(*) FROM question WHERE state = 'asked'";
    HELD: (Integer, Integer) -> One<i64> = "SELECT CAST(coalesce(sum(held_minor), 0) AS BIGINT) FROM question \
        WHERE account_id = $1 AND invoice_id = $2 AND held_minor > 0";
    HELD_OF_ACCOUNT: (Integer) -> HeldRow = "SELECT account_id, invoice_id, CAST(sum(held_minor) AS BIGINT) AS held_minor FROM question \
        WHERE account_id = $1 AND held_minor > 0 GROUP BY account_id, invoice_id ORDER BY invoice_id";
    DISPUTES: (Integer, Integer) -> QuestionRow = concat!("SELECT ", question_columns!(),
        "WHERE account_id = $1 AND invoice_id = $2 AND held_minor > 0 ORDER BY question_id");
}

impl Tx {
    /// A question. For staff and for who has checked whose it is.
    pub fn question(&mut self, question: QuestionId) -> Result<Option<QuestionRow>, Error> {
        self.row(&QUESTION, &[&question])
    }

    /// A question that whoever has it in this transaction goes on with alone: all others wait.
    pub fn lock_question(&mut self, question: QuestionId) -> Result<Option<QuestionRow>, Error> {
        self.execute(&LOCK, &[&question])?;
        self.question(question)
    }

    /// A question about an invoice of the scope; nothing where it is another's, about another invoice, or doesn't exist.
    pub fn scoped_question(
        &mut self,
        scope: &AccountScope,
        number: &str,
        question: QuestionId,
    ) -> Result<Option<QuestionRow>, Error> {
        let Some((account, invoice)) = self.scoped_number(scope, number)? else { return Ok(None) };
        let found = self.question(question)?;
        Ok(found.filter(|row| (row.account_id, row.invoice_id) == (account.account_id, invoice)))
    }

    /// What was asked about an invoice, oldest first.
    pub fn questions_of(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Vec<QuestionRow>, Error> {
        self.rows(&OF_INVOICE, &[&account, &invoice])
    }

    /// What was said about a question, oldest first.
    pub fn question_messages(
        &mut self,
        account: AccountId,
        question: QuestionId,
    ) -> Result<Vec<QuestionMessageRow>, Error> {
        self.rows(&MESSAGES, &[&account, &question])
    }

    /// What was said about all questions of an invoice, question by question, oldest first.
    pub fn messages_of_invoice(
        &mut self,
        account: AccountId,
        invoice: InvoiceId,
    ) -> Result<Vec<QuestionMessageRow>, Error> {
        self.rows(&MESSAGES_OF_INVOICE, &[&account, &invoice])
    }

    /// How many messages a person wrote after an instant, in real time.
    pub fn messages_written(&mut self, person: PersonId, after: Timestamp) -> Result<i64, Error> {
        Ok(self.value(&WRITTEN, &[&person, &after])?.unwrap_or(0))
    }

    /// Writes down what was said, and where its question stands from then on.
    pub fn say(&mut self, question: &QuestionRow, message: &QuestionMessageRow) -> Result<(), Error> {
        let QuestionRow { account_id, question_id, state, held_minor, changed_at, .. } = question;
        self.insert(std::slice::from_ref(message))?;
        self.execute(&SET_STANDING, &[account_id, question_id, state, held_minor, changed_at]).map(drop)
    }

    /// The questions of all accounts that are not settled, the oldest first.
    pub fn open_questions(&mut self, limit: i64) -> Result<Vec<ListedQuestionRow>, Error> {
        self.rows(&OPEN, &[&limit])
    }

    /// How many questions wait for an answer of staff.
    pub fn waiting_questions(&mut self) -> Result<i64, Error> {
        Ok(self.value(&WAITING, &[])?.unwrap_or(0))
    }

    /// What is in dispute of a document and so asked for by nobody, minor units; never more than is open of it. Reminders,
    /// late fees and Auto Pay leave it out; whoever pays by hand may pay it all the same.
    pub fn held_by_dispute(&mut self, account: AccountId, document: InvoiceId) -> Result<i64, Error> {
        let held = self.value(&HELD, &[&account, &document])?.unwrap_or(0);
        if held == 0 {
            return Ok(0);
        }
        let open = self.invoice_state(account, document)?.map_or(0, |state| state.balance_minor);
        Ok(held.min(open))
    }

    /// The invoices of an account of which something is in dispute. What is held may be more than is open by now.
    pub fn held_of_account(&mut self, account: AccountId) -> Result<Vec<HeldRow>, Error> {
        self.rows(&HELD_OF_ACCOUNT, &[&account])
    }

    /// The disputes about an invoice that hold something, oldest first.
    pub fn open_disputes(&mut self, account: AccountId, invoice: InvoiceId) -> Result<Vec<QuestionRow>, Error> {
        self.rows(&DISPUTES, &[&account, &invoice])
    }
}
