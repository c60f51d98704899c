//! `POST /office/viewing`: staff look at the portal as an account sees it; `POST /office/viewing/end` stops it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::{Office, home};
use crate::actions::view_as::view_as;
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, see_other};
use crate::web::form::Form;

/// Whom to look as.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewForm {
    account: String,
}

/// Begins.
pub async fn begin(State(app): State<App>, office: Office, Form(form): Form<ViewForm>) -> Answer {
    match view_as(&app, office.session_hash(), &form.account, &office.actor(&app)).await {
        Ok(_) => Ok(see_other("/invoices")),
        Err(Error::Refused(why)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(home::page(&app, &office, &why).await?)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// There is nothing to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Ends.
pub async fn end(State(app): State<App>, office: Office, Form(Nothing {}): Form<Nothing>) -> Answer {
    let hash = office.session_hash();
    app.store.write(move |tx| tx.end_viewing(&hash)).await?;
    Ok(see_other("/office"))
}
