//! `/office/questions`: what customers ask about their invoices, and the answers of staff.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::Money;
use billing::question::QuestionState;
use billing::staff::Rights;
use serde::Deserialize;
use store::QuestionId;
use store::invoice::WholeInvoice;
use store::question::{ListedQuestionRow, QuestionMessageRow, QuestionRow};

use super::Office;
use crate::actions::answer_question::{Hold, answer_question};
use crate::actions::settle_question::settle_question;
use crate::app::App;
use crate::error::Error;
use crate::questions::Speaker;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
use crate::web::pages::{QuestionLine, QuestionPage, QuestionsPage};
use crate::web::portal::pay::plain;
use crate::web::portal::shown::{Today, questions};

/// How many are listed.
const MOST: i64 = 200;

/// `GET /office/questions`
pub async fn list(State(app): State<App>, office: Office) -> Answer {
    let open = app.store.read(|tx| tx.open_questions(MOST)).await?;
    let today = Today::new(app.today(), &app.provider());
    let (waiting, answered): (Vec<_>, Vec<_>) = open.iter().partition(|row| row.state == QuestionState::Asked);
    let lines = |rows: Vec<&ListedQuestionRow>| rows.into_iter().map(|row| line(row, &today)).collect();
    let page = QuestionsPage { frame: office.frame(&app), waiting: lines(waiting), answered: lines(answered) };
    Ok(Page(page).into_response())
}

fn line(row: &ListedQuestionRow, today: &Today) -> QuestionLine {
    let line = row.line_no.map(|no| format!(", line {no}")).unwrap_or_default();
    QuestionLine {
        href: format!("/office/questions/{}", i64::from(row.question_id)),
        what: format!("{}{line}: {}", row.invoice_number, row.account_name),
        at: today.instant(row.changed_at),
        state: match row.held_minor {
            0 => String::new(),
            held => format!("{} held", Money::new(held, row.currency).with_currency()),
        },
    }
}

/// `GET /office/questions/{id}`
pub async fn question(State(app): State<App>, office: Office, Path(id): Path<String>) -> Answer {
    Ok(Page(page(&app, &office, id_of(&id)?, ("", "")).await?).into_response())
}

/// What staff say, and what becomes of the question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    words: String,
    /// `answer`, `release` or `settle`.
    deed: String,
}

/// `POST /office/questions/{id}`
pub async fn answer(
    State(app): State<App>,
    office: Office,
    Path(id): Path<String>,
    Form(form): Form<AnswerForm>,
) -> Answer {
    office.needs(Rights::Billing)?;
    let (question, by) = (id_of(&id)?, office.actor(&app));
    let answered = |hold| answer_question(&app, Speaker::Staff, (question, hold), &form.words, &by);
    let done = match form.deed.as_str() {
        "answer" => answered(Hold::Stays).await,
        "release" => answered(Hold::Ends).await,
        "settle" => settle_question(&app, Speaker::Staff, question, &form.words, &by).await,
        _ => return Err(Problem::not_understood()),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/office/questions/{id}"))),
        Err(Error::Refused(why)) => {
            let page = page(&app, &office, question, (&form.words, &why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn id_of(text: &str) -> Result<QuestionId, Problem> {
    text.parse::<i64>().map(QuestionId::from).map_err(|_| Problem::not_found())
}

/// What the page reads.
struct Read {
    row: QuestionRow,
    messages: Vec<QuestionMessageRow>,
    whole: WholeInvoice,
    account: String,
}

async fn read(app: &App, question: QuestionId) -> Result<Read, Problem> {
    let read = app.store.read(move |tx| {
        let Some(row) = tx.question(question)? else { return Ok::<_, store::Error>(None) };
        let messages = tx.question_messages(row.account_id, question)?;
        let account = tx.accounts_of(&[row.account_id])?.into_iter().next();
        let account = account.map(|account| format!("{} {}", account.code, account.name)).unwrap_or_default();
        let whole = tx.whole_invoice(row.account_id, row.invoice_id)?;
        Ok(whole.map(|whole| Read { row, messages, whole, account }))
    });
    read.await?.ok_or_else(Problem::not_found)
}

async fn page(
    app: &App,
    office: &Office,
    question: QuestionId,
    (words, error): (&str, &str),
) -> Result<QuestionPage, Problem> {
    let Read { row, messages, whole, account } = read(app, question).await?;
    let (provider, today) = (app.provider(), Today::new(app.today(), &app.provider()));
    let money = |minor: i64| Money::new(minor, whole.invoice.currency).with_currency();
    let line = whole.lines.iter().find(|line| Some(line.line_no) == row.line_no);
    let is_open = row.state != QuestionState::Settled && office.staff.rights.cover(Rights::Billing);
    let number = whole.invoice.number.clone();
    let part = row.line_no.map_or_else(
        || format!("--amount {}", plain(row.held_minor, whole.invoice.currency)),
        |no| format!("--lines {no}"),
    );
    Ok(QuestionPage {
        frame: office.frame(app),
        thread: questions::thread(&row, &whole, messages.iter(), (&provider.name, &today)),
        account,
        costs: line.map(|line| money(whole.net_of(line).saturating_add(line.tax_minor))).unwrap_or_default(),
        held: if row.held_minor > 0 { money(row.held_minor) } else { String::new() },
        credit: if row.held_minor > 0 && is_open {
            format!("quittance credit note {number} {part} --reason \"…\"")
        } else {
            String::new()
        },
        action: if is_open { format!("/office/questions/{}", i64::from(question)) } else { String::new() },
        words: words.to_owned(),
        error: error.to_owned(),
        number,
    })
}
