//! `POST /office/viewing`: staff look at the portal as an account sees it; `POST /office/viewing/end` stops it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

use super::{Office, home};
use crate::actions::view_as::view_as;
use crate::app::App;
use crate::error::Error;
use crate::web::answer::{Answer, Page, Problem, see_other, sentence};
use crate::web::form::{Form, Nothing};
use crate::web::next::sign_in_then;
use crate::web::session::MaybeSignedIn;

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
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(home::page(&app, &office, &sentence(&why)).await?))
                .into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// Ends. Whoever looks may stop at any time, however long ago they proved who they are.
pub async fn end(State(app): State<App>, who: MaybeSignedIn, Form(Nothing {}): Form<Nothing>) -> Answer {
    let Some(me) = who.person else { return Ok(see_other(&sign_in_then("/office"))) };
    if me.scope.staff_alone().is_none() {
        return Err(Problem::not_found());
    }
    let hash = me.session_hash();
    app.store.write(move |tx| tx.end_viewing(&hash)).await?;
    Ok(see_other("/office"))
}
