//! `/invoices/{number}/questions`: asks about an invoice or a line, goes on with a question, and says that it is answered.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use store::QuestionId;

use super::invoice::page_of;
use super::pay::{amount_of, plain};
use super::shown::questions::{Typed, TypedIn};
use crate::actions::answer_question::{Hold, answer_question};
use crate::actions::ask_question::{AskQuestion, Wish, ask_question};
use crate::actions::settle_question::settle_question;
use crate::app::App;
use crate::error::Error;
use crate::questions::Speaker;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::{Form, Nothing};
use crate::web::session::SignedIn;

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskForm {
    /// Empty: the whole invoice.
    #[serde(default)]
    line: String,
    /// `question` or `dispute`.
    kind: String,
    /// What a dispute holds; empty: all that it can.
    #[serde(default)]
    amount: String,
    words: String,
}

/// `POST /invoices/{number}/questions`
pub async fn ask(
    State(app): State<App>,
    me: SignedIn,
    Path(number): Path<String>,
    Form(form): Form<AskForm>,
) -> Answer {
    let line = match form.line.as_str() {
        "" => None,
        line => Some(line.parse::<i64>().map_err(|_| Problem::not_understood())?),
    };
    let asked = match form.kind.as_str() {
        "question" => Ok(Wish::Question),
        "dispute" => disputed(&app, &me, &number, form.amount.trim()).await?.map(Wish::Dispute),
        _ => return Err(Problem::not_understood()),
    };
    let asked = match asked {
        Ok(wish) => {
            let ask = AskQuestion { number: number.clone(), line, words: form.words.clone(), wish };
            ask_question(&app, &me.scope, ask, &me.actor(&app)).await
        }
        Err(why) => Err(Error::Refused(why)),
    };
    let wanted = (form.kind == "dispute").then_some(form.amount);
    let typed = |error| Typed { form: TypedIn::Ask(line, wanted), words: form.words, error };
    match asked {
        Ok(question) => Ok(see_other(&place(&number, question))),
        Err(error) => refused(&app, &me, number, (error, typed)).await,
    }
}

/// The amount that is to be held, in the currency of the invoice; nothing where nothing was typed; or what is wrong with it.
async fn disputed(app: &App, me: &SignedIn, number: &str, typed: &str) -> Result<Result<Option<i64>, String>, Problem> {
    if typed.is_empty() {
        return Ok(Ok(None));
    }
    let (scope, asked) = (me.scope.clone(), number.to_owned());
    let found = app.store.read(move |tx| tx.scoped_number(&scope, &asked)).await?;
    let (account, _) = found.ok_or_else(Problem::not_found)?;
    let example = plain(10_050, account.currency);
    let wrong = |_| format!("“{typed}” is not an amount that can be held. Write it like {example}.");
    Ok(amount_of(typed, account.currency).map(Some).map_err(wrong))
}

/// What is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyForm {
    words: String,
}

/// `POST /invoices/{number}/questions/{id}/messages`
pub async fn reply(
    State(app): State<App>,
    me: SignedIn,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<ReplyForm>,
) -> Answer {
    let question = found(&app, &me, (&number, &id)).await?;
    let speaker = Speaker::Contact(me.scope.clone());
    let done = answer_question(&app, speaker, (question, Hold::Stays), &form.words, &me.actor(&app)).await;
    let typed = |error| Typed { form: TypedIn::Reply(question), words: form.words, error };
    match done {
        Ok(()) => Ok(see_other(&place(&number, question))),
        Err(error) => refused(&app, &me, number, (error, typed)).await,
    }
}

/// `POST /invoices/{number}/questions/{id}/settlement`
pub async fn settle(
    State(app): State<App>,
    me: SignedIn,
    Path((number, id)): Path<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Answer {
    let question = found(&app, &me, (&number, &id)).await?;
    let done = settle_question(&app, Speaker::Contact(me.scope.clone()), question, "", &me.actor(&app)).await;
    let typed = |error| Typed { form: TypedIn::Reply(question), words: String::new(), error };
    match done {
        Ok(()) => Ok(see_other(&place(&number, question))),
        Err(error) => refused(&app, &me, number, (error, typed)).await,
    }
}

/// A question about this invoice; another's isn't there.
async fn found(app: &App, me: &SignedIn, (number, id): (&str, &str)) -> Result<QuestionId, Problem> {
    let question = QuestionId::from(id.parse::<i64>().map_err(|_| Problem::not_found())?);
    let (scope, number) = (me.scope.clone(), number.to_owned());
    let found = app.store.read(move |tx| tx.scoped_question(&scope, &number, question)).await?;
    found.map(|row| row.question_id).ok_or_else(Problem::not_found)
}

/// Where the question stands on the page. The number was found, so it is one of ours.
fn place(number: &str, question: QuestionId) -> String {
    format!("/invoices/{number}#question-{}", i64::from(question))
}

/// The page again, with what was typed and why it was refused.
async fn refused(
    app: &App,
    me: &SignedIn,
    number: String,
    (error, typed): (Error, impl FnOnce(String) -> Typed),
) -> Answer {
    let (status, why) = match error {
        Error::Refused(why) => (StatusCode::UNPROCESSABLE_ENTITY, why),
        Error::TooMany(why) => (StatusCode::TOO_MANY_REQUESTS, why),
        other => return Err(other.into()),
    };
    let page = page_of(app, me, number, Some(&typed(why))).await?;
    Ok((status, Page(page)).into_response())
}
