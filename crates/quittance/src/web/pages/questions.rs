//! Questions: what was asked about an invoice or a line, the forms that ask and answer, and the pages of staff.

use askama::Template;

use super::{Day, Frame, Status};

/// What somebody said.
#[derive(Clone, Debug)]
pub struct ThreadMessage {
    /// `Khadra Moua`, `R. Dahl, West Prairie Technology`.
    pub who: String,
    /// When.
    pub at: Day,
    /// What it did besides: `$72.50 is held`; may be empty.
    pub did: String,
    /// Shown as written, line breaks too; may be empty.
    pub words: String,
}

/// A form that goes on with a question.
#[derive(Clone, Debug, Default)]
pub struct ReplyForm {
    /// Where it goes. Field: `words`.
    pub action: String,
    /// What was typed and refused, and why; empty at first.
    pub words: String,
    pub error: String,
}

/// A question with everything said about it.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its id on the page: `question-17`.
    pub id: String,
    /// What it is about: `Monitor 27 in`, `The whole invoice`.
    pub what: String,
    /// `Answered`, `In dispute, $72.50 held`.
    pub status: Status,
    /// Whether nothing is left to say.
    pub is_settled: bool,
    /// Oldest first.
    pub messages: Vec<ThreadMessage>,
    /// How the visitor goes on; `None` where it is over, or theirs to read alone.
    pub reply: Option<ReplyForm>,
    /// Where "This answers it" goes; empty where the visitor can't say so.
    pub settle: String,
    /// What comes with it: `$72.50 is then due again`; may be empty.
    pub settles: String,
}

/// The form that asks about a line or an invoice.
#[derive(Clone, Debug, Default)]
pub struct AskForm {
    /// Where it goes. Fields: `line`, `kind`, `amount`, `words`.
    pub action: String,
    /// The line's number; empty: the whole invoice.
    pub line: String,
    /// `Ask about this line`.
    pub label: String,
    /// `$72.50`, the most that a dispute can hold; empty: only a question can be asked.
    pub most: String,
    /// What stands in the field: `72.50`.
    pub amount: String,
    /// Whether the dispute is chosen.
    pub disputes: bool,
    /// What was typed and refused, and why; empty at first.
    pub words: String,
    pub error: String,
}

/// What was asked about a line or an invoice, and the way to ask.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Of the line; 0 where it is about the whole invoice.
    pub line_no: i64,
    /// Oldest first.
    pub threads: Vec<Thread>,
    /// `None` where the visitor can't ask.
    pub form: Option<AskForm>,
}

impl Asked {
    /// Nothing yet, about a line.
    pub fn about(line_no: i64) -> Self {
        Self { line_no, ..Self::default() }
    }
}

/// A question in a list.
#[derive(Clone, Debug, Default)]
pub struct QuestionLine {
    /// Where it stands.
    pub href: String,
    /// `INV-20299, line 6: Northfield Grain & Supply`.
    pub what: String,
    /// When something was said last.
    pub at: Day,
    /// `Waits for our answer`, `$72.50 held`.
    pub state: String,
}

/// `GET /office/questions`.
#[derive(Template)]
#[template(path = "office_questions.html")]
pub struct QuestionsPage {
    /// What stands around it.
    pub frame: Frame,
    /// Those that wait for an answer, the oldest first.
    pub waiting: Vec<QuestionLine>,
    /// Those that wait for the customer, the oldest first.
    pub answered: Vec<QuestionLine>,
}

/// `GET /office/questions/{id}`. Fields of the form: `words`, `deed`.
#[derive(Template)]
#[template(path = "office_question.html")]
pub struct QuestionPage {
    /// What stands around it.
    pub frame: Frame,
    /// `INV-20299`.
    pub number: String,
    /// Code and name.
    pub account: String,
    /// All of it.
    pub thread: Thread,
    /// What the line costs with its tax; empty where it is about the whole invoice.
    pub costs: String,
    /// `$72.50`; empty where nothing is held.
    pub held: String,
    /// The command that credits it; empty where nothing is held.
    pub credit: String,
    /// Where the form goes; empty where the visitor may only read, or it is settled.
    pub action: String,
    /// What was typed and refused, and why; empty at first.
    pub words: String,
    pub error: String,
}
