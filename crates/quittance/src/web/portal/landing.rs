//! `/`: the way in for those who are not signed in, the invoices for those who are.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::web::answer::{Page, see_other};
use crate::web::pages::LandingPage;
use crate::web::session::MaybeSignedIn;

pub async fn landing(State(app): State<App>, who: MaybeSignedIn) -> Response {
    if who.person.is_some() {
        return see_other("/invoices");
    }
    let (pays, microsoft) = (app.gateway.is_some(), app.microsoft.is_some());
    Page(LandingPage { frame: who.frame(&app), pays, microsoft }).into_response()
}
