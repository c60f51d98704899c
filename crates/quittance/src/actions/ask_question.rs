//! A contact asks about an invoice or one of its lines, or disputes a part of what it costs.

use billing::question::{QuestionState, Said, Standing, hold};
use store::question::QuestionRow;
use store::scope::{AccountScope, ScopedAccount};
use store::{InvoiceId, QuestionId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::questions::{Desk, Message, Speaker, Threads, plain};

/// What is asked.
#[derive(Clone, Debug)]
pub struct AskQuestion {
    /// The invoice's number.
    pub number: String,
    /// One of its lines; nothing: all of it.
    pub line: Option<i64>,
    /// As typed.
    pub words: String,
    pub wish: Wish,
}

/// What the asker wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To know something.
    Question,
    /// Not to pay so many minor units as long as it isn't settled; all that it costs where nothing is said.
    Dispute(Option<i64>),
}

/// Writes the question down, and tells staff; gives the one that was asked before where it is the same.
///
/// # Errors
/// `NotFound` for an invoice or line that isn't the asker's; `Refused` with the sentence that says what is wrong; `TooMany`.
pub async fn ask_question(app: &App, scope: &AccountScope, ask: AskQuestion, by: &Actor) -> Result<QuestionId> {
    let asking = Asking {
        ask: AskQuestion { words: plain(&ask.words)?, ..ask },
        desk: Desk::of(app, by),
        question_id: app.ids.mint(),
        scope: scope.clone(),
        speaker: Speaker::Contact(scope.clone()),
    };
    let asked = app.store.write(move |tx| asking.write(tx)).await?;
    app.wake.mail.notify_waiters();
    Ok(asked)
}

/// Everything that is made before the transaction, which may run again.
struct Asking {
    ask: AskQuestion,
    desk: Desk,
    question_id: QuestionId,
    scope: AccountScope,
    speaker: Speaker,
}

impl Asking {
    fn write(&self, tx: &mut Tx) -> Result<QuestionId> {
        let (account, invoice) = tx.scoped_number(&self.scope, &self.ask.number)?.ok_or(Error::NotFound)?;
        let threads = Threads::read(tx, account.account_id, invoice)?;
        if let Some(known) = self.repeated(&threads) {
            return Ok(known);
        }
        self.desk.may_write(tx, &self.speaker)?;
        let held = self.held(tx, &account, (invoice, &threads))?;
        let standing = Standing::first(held);
        let question = QuestionRow {
            account_id: account.account_id,
            question_id: self.question_id,
            invoice_id: invoice,
            line_no: self.ask.line,
            state: standing.state,
            held_minor: standing.held,
            asked_by: self.scope.person(),
            asked_at: self.desk.now(),
            changed_at: self.desk.now(),
        };
        tx.insert(std::slice::from_ref(&question))?;
        let message = Message { speaker: &self.speaker, said: self.said(), words: &self.ask.words };
        self.desk.say(tx, question, standing, message)?;
        Ok(self.question_id)
    }

    /// The same words by the same person about the same thing, which nobody has answered: a form that was sent twice.
    fn repeated(&self, threads: &Threads) -> Option<QuestionId> {
        let is_same = |row: &&QuestionRow| {
            let first = threads.of(row.question_id).next();
            (row.line_no, row.asked_by, row.state) == (self.ask.line, self.scope.person(), QuestionState::Asked)
                && first.is_some_and(|first| first.said == self.said() && first.words == self.ask.words)
                && match self.ask.wish {
                    Wish::Dispute(Some(wanted)) => row.held_minor == wanted,
                    Wish::Dispute(None) | Wish::Question => true,
                }
        };
        threads.questions.iter().find(is_same).map(|row| row.question_id)
    }

    fn said(&self) -> Said {
        if self.ask.wish == Wish::Question { Said::Asked } else { Said::Disputed }
    }

    /// What is held, minor units.
    fn held(&self, tx: &mut Tx, account: &ScopedAccount, (invoice, threads): (InvoiceId, &Threads)) -> Result<i64> {
        let whole = tx.whole_invoice(account.account_id, invoice)?.ok_or(Error::NotFound)?;
        let line = self.ask.line.map(|no| whole.lines.iter().find(|line| line.line_no == no).ok_or(Error::NotFound));
        let line = line.transpose()?;
        let Wish::Dispute(wanted) = self.ask.wish else { return Ok(0) };
        if !account.role.may_pay() {
            return Err(Error::refused(
                "You may ask, but not dispute an amount: that is for those who pay. Ask a question, or tell them.",
            ));
        }
        hold(wanted, threads.most(&whole, line)).map_err(Error::refused)
    }
}
