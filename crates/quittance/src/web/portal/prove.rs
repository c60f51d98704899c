//! `GET /prove`: somebody who is signed in shows once more who they are. The ways are those of signing in.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::Deserialize;

use crate::app::App;
use crate::web::answer::{Answer, Page};
use crate::web::coming_in::HOME;
use crate::web::next::own_path;
use crate::web::pages::ProvePage;
use crate::web::said::Said;
use crate::web::session::SignedIn;

/// What may stand in the address.
#[derive(Deserialize)]
pub struct Way {
    #[serde(default)]
    next: String,
    said: Option<Said>,
}

/// `GET /prove`
pub async fn prove(State(app): State<App>, me: SignedIn, Query(way): Query<Way>) -> Answer {
    let person = me.scope.person();
    let has_passkey = app.passkeys.is_some() && !app.store.read(move |tx| tx.passkeys(person)).await?.is_empty();
    let page = ProvePage {
        frame: me.frame(&app),
        next: own_path(&way.next).unwrap_or(HOME).to_owned(),
        email: if me.proof.is_strong() { String::new() } else { me.email.clone() },
        passkey: has_passkey,
        microsoft: app.microsoft.is_some(),
        link: way.said == Some(Said::Link),
        refused: way.said.map(|said| said.sentence().to_owned()).unwrap_or_default(),
    };
    Ok(Page(page).into_response())
}
