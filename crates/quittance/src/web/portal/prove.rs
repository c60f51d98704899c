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
    let is_staff = me.scope.staff_alone().is_some();
    let page = ProvePage {
        frame: me.frame(&app),
        next: own_path(&way.next).unwrap_or(HOME).to_owned(),
        email: if me.proof.is_strong() || is_staff { String::new() } else { me.email.clone() },
        is_staff,
        invented: if is_staff && app.demo_mailbox().is_some() { me.email.clone() } else { String::new() },
        passkey: has_passkey,
        microsoft: app.microsoft.is_some(),
        link: way.said == Some(Said::Link) && !is_staff,
        refused: way.said.map(|said| sentence(said, is_staff).to_owned()).unwrap_or_default(),
    };
    Ok(Page(page).into_response())
}

fn sentence(said: Said, is_staff: bool) -> &'static str {
    match said {
        Said::Link if is_staff => {
            "Microsoft did not say that you showed a second factor, or you came in too long ago. Nothing was linked."
        }
        other => other.sentence(),
    }
}
