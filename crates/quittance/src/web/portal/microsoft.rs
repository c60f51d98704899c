//! `/sign-in/microsoft`: the second door.

use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::{AppendHeaders, IntoResponse, Response};
use connect::identity::Prompt;
use serde::Deserialize;
use store::door::Door;

use crate::actions::ask_microsoft::{AskMicrosoft, Asked, ask_microsoft};
use crate::actions::enter_by_microsoft::{Back, EnterByMicrosoft, Entered, enter_by_microsoft};
use crate::actions::unlink_microsoft::unlink_microsoft;
use crate::app::App;
use crate::random::Token;
use crate::web::answer::{Answer, Page, Problem, see_other};
use crate::web::coming_in::{browser, come_in, may_knock};
use crate::web::cookie::Cookie;
use crate::web::form::Form;
use crate::web::next::{own_path, prove_then, sign_in_then};
use crate::web::pages::ElsewherePage;
use crate::web::proved::Proved;
use crate::web::said::Said;
use crate::web::session::MaybeSignedIn;

/// The form of the button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorForm {
    #[serde(default)]
    next: String,
    /// `again`: show once more who you are; `choose`: choose an account.
    #[serde(default)]
    how: String,
}

/// `POST /sign-in/microsoft`. The answer is a page that leads on by itself: a form that is redirected to another site
/// would need that site, and whatever it redirects to, in the policy of our pages.
pub async fn go(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Form(form): Form<DoorForm>,
) -> Answer {
    if app.microsoft.is_none() {
        return Err(Problem::not_found());
    }
    may_knock(&app, Door::Microsoft, &headers, &extensions).await?;
    let next = own_path(&form.next).unwrap_or_default().to_owned();
    let prompt = match form.how.as_str() {
        "again" => Prompt::Again,
        "choose" => Prompt::Choose,
        _ => Prompt::Usual,
    };
    Ok(match ask_microsoft(&app, AskMicrosoft { next: next.clone(), prompt }).await? {
        Asked::Goes { browser, address } => {
            let page = Page(ElsewherePage::to_microsoft(who.frame(&app), address));
            (AppendHeaders([Cookie::Microsoft.set(&browser)]), page).into_response()
        }
        Asked::Down => back(&who, Said::Down, &next),
    })
}

/// `POST /sign-in/microsoft/unlink`
pub async fn unlink(State(app): State<App>, Proved(me): Proved) -> Answer {
    unlink_microsoft(&app, me.scope.person(), &me.actor(&app)).await?;
    Ok(see_other("/passkeys?done=unlinked"))
}

/// What Microsoft adds to the address.
#[derive(Deserialize)]
pub struct Returned {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    #[serde(default)]
    error_description: String,
}

/// `GET /sign-in/microsoft/callback`. The one GET that changes something, for the protocol has it so: it does nothing
/// without the cookie of the browser that was sent away, and nothing twice.
pub async fn callback(
    State(app): State<App>,
    who: MaybeSignedIn,
    (headers, extensions): (HeaderMap, Extensions),
    Query(returned): Query<Returned>,
) -> Answer {
    let came = match (returned.code, returned.error) {
        (Some(code), None) => Back::Code(code),
        (_, Some(error)) => Back::Error { error, description: returned.error_description },
        // An administrator has consented and is led back here.
        (None, None) => return Ok(see_other("/sign-in")),
    };
    let enter = EnterByMicrosoft {
        state: Token::parse(&returned.state),
        binding: Cookie::Microsoft.read(&headers),
        back: came,
        browser: browser(&headers, &extensions),
    };
    Ok(match enter_by_microsoft(&app, enter).await? {
        Entered::SignedIn { opened, next } => come_in(&opened, Cookie::Microsoft, &next),
        Entered::Link { email, next } => see_other(&with_email(&door(&who, Said::Link, &next), &email)),
        Entered::Consent { next } => back(&who, Said::Consent, &next),
        Entered::Cancelled { next } => back(&who, Said::Cancelled, &next),
        Entered::Down { next } => back(&who, Said::Down, &next),
        Entered::Personal { next } => back(&who, Said::Personal, &next),
        Entered::Refused { next } => back(&who, Said::Refused, &next),
        Entered::Expired => back(&who, Said::Expired, ""),
    })
}

/// Whoever is signed in was about to prove who they are.
fn door(who: &MaybeSignedIn, said: Said, next: &str) -> String {
    said.at(&if who.person.is_some() { prove_then(next) } else { sign_in_then(next) })
}

fn back(who: &MaybeSignedIn, said: Said, next: &str) -> Response {
    see_other(&door(who, said, next))
}

fn with_email(address: &str, email: &str) -> String {
    match serde_urlencoded::to_string([("email", email)]) {
        Ok(query) if !email.is_empty() => format!("{address}&{query}"),
        _ => address.to_owned(),
    }
}
