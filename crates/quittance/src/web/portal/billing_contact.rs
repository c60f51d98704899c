//! `/billing-contact`: whoever can't sign in because the billing contact has left asks staff. The answer is the same for
//! everybody: it tells nobody which companies are customers.

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::IntoResponse;
use connect::mail::Address;
use serde::Deserialize;
use store::request::RequestKind;

use crate::actions::add_contact::one_line;
use crate::actions::ask_staff::{Asking, ask_staff};
use crate::app::App;
use crate::audit::Actor;
use crate::error::Error;
use crate::web::answer::{Answer, Page};
use crate::web::form::Form;
use crate::web::network::Network;
use crate::web::pages::{BillingContactPage, BillingContactState, TypedRequest};
use crate::web::session::MaybeSignedIn;

/// The longest of a field, and of the text, in characters.
const LONGEST: usize = 200;
const LONGEST_WORDS: usize = 2_000;

/// `GET /billing-contact`
pub async fn page(State(app): State<App>, who: MaybeSignedIn) -> Answer {
    let state = BillingContactState::Fresh;
    Ok(Page(BillingContactPage { frame: who.frame(&app), state, typed: TypedRequest::default() }).into_response())
}

/// The form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingContactForm {
    company: String,
    name: String,
    email: String,
    phone: String,
    words: String,
}

/// `POST /billing-contact`
pub async fn ask(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Form(form): Form<BillingContactForm>,
) -> Answer {
    let cut = |text: &str, most: usize| text.trim().chars().take(most).collect::<String>();
    let typed = TypedRequest {
        company: form.company.clone(),
        name: form.name.clone(),
        email: form.email.clone(),
        phone: form.phone.clone(),
        words: form.words.clone(),
    };
    let page = |state| Page(BillingContactPage { frame: who.frame(&app), state, typed: typed.clone() });
    let is_whole = !form.company.trim().is_empty() && !form.name.trim().is_empty();
    let Some(email) = Address::new("", form.email.trim()).ok().filter(|_| is_whole) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(BillingContactState::Incomplete)).into_response());
    };
    let asking = Asking {
        company: cut(&one_line(&form.company), LONGEST),
        name: cut(&one_line(&form.name), LONGEST),
        email: email.email().to_owned(),
        phone: cut(&one_line(&form.phone), LONGEST),
        words: cut(&form.words, LONGEST_WORDS),
        ..Asking::default()
    };
    // Who asks is nobody that we know, even where the browser is signed in.
    let network = Network::of(&headers, &extensions).to_string();
    let by = Actor { person: None, name: "somebody".to_owned(), acting_as: None, network, at: app.clock.real() };
    match ask_staff(&app, (RequestKind::BillingContact, asking), None, &by).await {
        Ok(()) => Ok(page(BillingContactState::Sent).into_response()),
        Err(Error::TooMany(_)) => {
            Ok((StatusCode::TOO_MANY_REQUESTS, page(BillingContactState::TooMany)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
