//! `/sandbox/pay/{page}`: in a sandbox it stands for the page of a payment company, with a card for everything that can happen.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use billing::{Currency, Money};
use connect::gateway::sandbox::{PageView, TestMethod};
use connect::gateway::{Gateway, PageState, Sandbox};
use serde::Deserialize;

use crate::app::App;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::form::Form;
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
    let page_ = SandboxPayPage {
        frame: visitor.frame(&app),
        button: if amount.is_empty() { "Save it".to_owned() } else { format!("Pay {amount}") },
        amount,
        words: view.words,
        choices: view.choices.iter().enumerate().map(choice).collect(),
        action: format!("/sandbox/pay/{page}"),
        back: Deed::new(format!("/sandbox/pay/{page}/back"), "Back without paying"),
    };
    Ok(Page(page_).into_response())
}

/// What was chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    choice: String,
}

/// Somebody "pays"; then they come back.
pub async fn complete(State(app): State<App>, Path(page): Path<String>, Form(form): Form<Chosen>) -> Answer {
    let method = TestMethod::named(&form.choice).ok_or_else(Problem::not_understood)?;
    let view = view(&app, &page)?;
    // What it says against it (declined, used up) it says to who looks at the page or the payment again.
    let done = sandbox(&app)?.complete(&page, method);
    app.wake.payments.notify_waiters();
    Ok(see_other(&match done {
        Ok(()) => own_path(&app, &view.done_url),
        Err(_) => format!("/sandbox/pay/{page}"),
    }))
}

/// Nothing is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// They come back without paying; the page can still be used.
pub async fn back(State(app): State<App>, Path(page): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    Ok(see_other(&own_path(&app, &view(&app, &page)?.back_url)))
}

/// The path of an address that we gave the processor ourselves.
fn own_path(app: &App, url: &str) -> String {
    url.strip_prefix(&app.config.base_url).filter(|path| path.starts_with('/')).unwrap_or("/invoices").to_owned()
}
