//! `/accounts/{account}/objections`: where the mails about changes lead: "this wasn't me".

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;
use store::request::RequestKind;

use super::accounts::own;
use crate::actions::ask_staff::{Asking, ask_staff};
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem};
use crate::web::form::Form;
use crate::web::pages::ObjectionPage;
use crate::web::session::SignedIn;

/// The longest text that is kept, in characters.
const LONGEST: usize = 2_000;

/// `GET /accounts/{account}/objections`
pub async fn page(State(app): State<App>, me: SignedIn, Path(code): Path<String>) -> Answer {
    let account = own(&me, &code)?;
    let action = format!("/accounts/{code}/objections");
    let page = ObjectionPage {
        frame: me.frame(&app),
        account_name: account.name,
        action,
        is_sent: false,
        error: String::new(),
    };
    Ok(Page(page).into_response())
}

/// What somebody says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectionForm {
    words: String,
}

/// `POST /accounts/{account}/objections`: it waits for staff.
pub async fn object(
    State(app): State<App>,
    me: SignedIn,
    Path(code): Path<String>,
    Form(form): Form<ObjectionForm>,
) -> Answer {
    let account = own(&me, &code)?;
    let asking = Asking { words: form.words.trim().chars().take(LONGEST).collect(), ..Asking::of(&account) };
    let about = Some((account.account_id, me.scope.person()));
    let action = format!("/accounts/{code}/objections");
    let page = |error: &str| ObjectionPage {
        frame: me.frame(&app),
        account_name: account.name.clone(),
        action: action.clone(),
        is_sent: error.is_empty(),
        error: error.to_owned(),
    };
    if asking.words.is_empty() {
        let page = page("Say in a few words what you don’t know of.");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response());
    }
    match ask_staff(&app, (RequestKind::Objection, asking), about, &me.actor(&app)).await {
        Ok(()) => Ok(Page(page("")).into_response()),
        Err(Error::TooMany(_)) => Err(Problem::too_many("tomorrow, or call us", 24 * 60 * 60)),
        Err(other) => Err(other.into()),
    }
}
