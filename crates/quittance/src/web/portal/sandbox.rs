//! `/sandbox/pay/{page}`: in a sandbox it stands for the page of a payment company, with a card for everything that can happen.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use billing::{Currency, Money};
use connect::gateway::sandbox::{PageView, TestMethod};
use connect::gateway::{Gateway, PageState, Sandbox};
use serde::Deserialize;

use crate::app::App;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::{Form, Nothing};
use crate::web::pages::{Deed, SandboxPayPage, TestChoice};
use crate::web::session::MaybeSignedIn;

fn sandbox(app: &App) -> Result<&Sandbox, Problem> {
    match &app.gateway {
        Some(Gateway::Sandbox(sandbox)) => Ok(sandbox),
        _ => Err(Problem::not_found()),
    }
}

fn view(app: &App, page: &str) -> Result<PageView, Problem> {
    sandbox(app)?.page_of(page).ok_or_else(Problem::not_found)
}

/// The page. One that is over leads back.
pub async fn page(State(app): State<App>, visitor: MaybeSignedIn, Path(page): Path<String>) -> Answer {
    let view = view(&app, &page)?;
    if view.state != PageState::Open {
        return Ok(see_other(&own_path(&app, &view.back_url)));
    }
    Ok(Page(shown(&app, &visitor, view, (&page, String::new()))).into_response())
}

fn shown(app: &App, visitor: &MaybeSignedIn, view: PageView, (page, error): (&str, String)) -> SandboxPayPage {
    let shown = view.amount.as_ref().map(|amount| {
        let currency = Currency::from_code(&amount.currency).unwrap_or(app.provider().currency);
        Money::new(amount.minor, currency).with_currency()
    });
    let amount = shown.unwrap_or_default();
    let choice = |(place, method): (usize, &TestMethod)| TestChoice {
        value: method.name().to_owned(),
        name: format!("{} {}", method.brand(), method.last4()),
        hint: method.label().to_owned(),
        chosen: place == 0,
    };
    SandboxPayPage {
        frame: visitor.frame(app),
        error,
        button: if amount.is_empty() { "Save it".to_owned() } else { format!("Pay {amount}") },
        amount,
        words: view.words,
        choices: view.choices.iter().enumerate().map(choice).collect(),
        action: format!("/sandbox/pay/{page}"),
        back: Deed::new(format!("/sandbox/pay/{page}/back"), "Back without paying"),
    }
}

/// What was chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    choice: String,
}

/// Somebody "pays"; then they come back. What is declined is told on the page, where they can try again.
pub async fn complete(
    State(app): State<App>,
    visitor: MaybeSignedIn,
    Path(page): Path<String>,
    Form(form): Form<Chosen>,
) -> Answer {
    let method = TestMethod::named(&form.choice).ok_or_else(Problem::not_understood)?;
    let done = sandbox(&app)?.complete(&page, method);
    app.wake.payments.notify_waiters();
    let view = view(&app, &page)?;
    match done {
        Err(why) if view.state == PageState::Open => {
            let page = shown(&app, &visitor, view, (&page, format!("{}.", why.trim_end_matches('.'))));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
        _ => Ok(see_other(&own_path(&app, &view.done_url))),
    }
}

/// They come back without paying; the page can still be used.
pub async fn back(State(app): State<App>, Path(page): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    Ok(see_other(&own_path(&app, &view(&app, &page)?.back_url)))
}

/// The path of an address that we gave the processor ourselves.
fn own_path(app: &App, url: &str) -> String {
    url.strip_prefix(&app.config.base_url).filter(|path| path.starts_with('/')).unwrap_or("/invoices").to_owned()
}
