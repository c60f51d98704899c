//! `/accounts/{account}/objections`: where the mails about changes lead: "this wasn't me".

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use store::request::RequestKind;

use super::accounts::own;
use crate::actions::ask_staff::{Asking, ask_staff};
use crate::app::App;
use crate::web::answer::{Answer, Page};
use crate::web::form::Form;
use crate::web::pages::ObjectionPage;
use crate::web::session::SignedIn;

/// The longest text that is kept, in characters.
const LONGEST: usize = 2_000;

/// `GET /accounts/{account}/objections`
pub async fn page(State(app): State<App>, me: SignedIn, Path(code): Path<String>) -> Answer {
    let account = own(&me, &code)?;
    let action = format!("/accounts/{code}/objections");
    let page = ObjectionPage { frame: me.frame(&app), account_name: account.name, action, is_sent: false };
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
    let asking = Asking {
        company: account.name.clone(),
        name: account.contact_name,
        email: account.contact_email,
        phone: String::new(),
        words: form.words.trim().chars().take(LONGEST).collect(),
    };
    let about = Some((account.account_id, me.scope.person()));
    ask_staff(&app, (RequestKind::Objection, asking), about, &me.actor(&app)).await?;
    let action = format!("/accounts/{code}/objections");
    let page = ObjectionPage { frame: me.frame(&app), account_name: account.name, action, is_sent: true };
    Ok(Page(page).into_response())
}
