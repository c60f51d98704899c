//! `quittance questions`: what customers ask about their invoices, and the answers.

use std::process::ExitCode;

use billing::Money;
use billing::question::QuestionState;
use billing::staff::Rights;
use clap::Subcommand;
use store::QuestionId;
use store::question::{ListedQuestionRow, QuestionMessageRow, QuestionRow};

use super::output::moment;
use super::{Place, say};
use crate::actions::answer_question::{Hold, answer_question};
use crate::actions::settle_question::settle_question;
use crate::app::App;
use crate::error::{Error, Result};
use crate::questions::Speaker;

/// So many are listed.
const LISTED: i64 = 1_000;

/// Questions and disputes about invoices.
#[derive(Subcommand)]
pub enum Questions {
    /// List those that are not settled, the oldest first.
    List,
    /// Show everything said about one.
    Show {
        /// As `list` shows it.
        question: i64,
    },
    /// Answer one; whoever asked and the account's admins are mailed.
    Answer {
        /// As `list` shows it.
        question: i64,
        /// The customer reads it.
        #[arg(long)]
        words: String,
        /// What is disputed is asked for again.
        #[arg(long)]
        end_hold: bool,
    },
    /// Answer one and settle it; what it holds is asked for again.
    Settle {
        /// As `list` shows it.
        question: i64,
        /// The customer reads it.
        #[arg(long)]
        words: String,
    },
}

impl Questions {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let needed = if matches!(self, Self::List | Self::Show { .. }) { Rights::Read } else { Rights::Billing };
        let by = place.actor(&app, needed).await?;
        match self {
            Self::List => list(&app).await?,
            Self::Show { question } => show(&app, question).await?,
            Self::Answer { question, words, end_hold } => {
                let hold = if end_hold { Hold::Ends } else { Hold::Stays };
                let done = answer_question(&app, Speaker::Staff, (question.into(), hold), &words, &by).await;
                done.map_err(|error| named(question, error))?;
                say("Answered.");
            }
            Self::Settle { question, words } => {
                let done = settle_question(&app, Speaker::Staff, question.into(), &words, &by).await;
                done.map_err(|error| named(question, error))?;
                say("Settled.");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Says which question there is none of.
fn named(question: i64, error: Error) -> Error {
    match error {
        Error::NotFound => {
            Error::Refused(format!("there is no question {question}; `quittance questions list` shows them"))
        }
        other => other,
    }
}

async fn list(app: &App) -> Result<()> {
    let open = app.store.read(|tx| tx.open_questions(LISTED)).await?;
    for row in &open {
        say(&line(app, row));
    }
    if open.is_empty() {
        say("Nobody asks anything.");
    }
    Ok(())
}

fn line(app: &App, row: &ListedQuestionRow) -> String {
    let line = row.line_no.map(|no| format!(" line {no}")).unwrap_or_default();
    let held = match row.held_minor {
        0 => String::new(),
        held => format!(", {} held", Money::new(held, row.currency).with_currency()),
    };
    format!(
        "{:>20} {} {:<12} {}{line}: {}{held}",
        i64::from(row.question_id),
        moment(app, row.asked_at),
        row.account_code,
        row.invoice_number,
        state(row.state)
    )
}

fn state(state: QuestionState) -> &'static str {
    match state {
        QuestionState::Asked => "waits for an answer",
        QuestionState::Answered => "answered",
        QuestionState::Settled => "settled",
    }
}

async fn show(app: &App, id: i64) -> Result<()> {
    let question = QuestionId::from(id);
    let read = app.store.read(move |tx| {
        let Some(row) = tx.question(question)? else { return Ok::<_, store::Error>(None) };
        let messages = tx.question_messages(row.account_id, question)?;
        Ok(tx.invoice(row.account_id, row.invoice_id)?.map(|invoice| (row, invoice, messages)))
    });
    let (row, invoice, messages) = read.await?.ok_or_else(|| named(id, Error::NotFound))?;
    let QuestionRow { line_no, held_minor, .. } = &row;
    let line = line_no.map(|no| format!(", line {no}")).unwrap_or_default();
    let held = Money::new(*held_minor, invoice.currency).with_currency();
    say(&format!("{}{line}, {}: {}, {held} held", invoice.number, invoice.bill_to_name, state(row.state)));
    for message in &messages {
        say(&format!("\n{}", said(app, message)));
    }
    Ok(())
}

fn said(app: &App, message: &QuestionMessageRow) -> String {
    let provider = app.provider();
    let who = if message.author.is_empty() { provider.name.as_str() } else { message.author.as_str() };
    let words: String = message.words.lines().map(|line| format!("\n    {line}")).collect();
    format!("{} {who} ({}){words}", moment(app, message.made_at), message.said)
}
