//! Step-up: what is sensitive asks for a proof that is at most ten minutes old, whatever the session is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use crate::actions::begin_session::FRESH;
use crate::app::App;
use crate::web::answer::{Problem, see_other};
use crate::web::host::{is_own_origin, own_host, single};
use crate::web::next::prove_then;
use crate::web::session::SignedIn;

/// Somebody who proved a moment ago who they are. As a handler's argument it sends who didn't to `/prove`, and from
/// there back to the page; a form that was sent comes back to its page with `#again`, where the browser fills it in as it was.
#[derive(Clone)]
pub struct Proved(pub SignedIn);

impl FromRequestParts<App> for Proved {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let me = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if is_fresh(me.proved_at, app.clock.real()) {
            return Ok(Self(me));
        }
        Err(match back_to(parts, app) {
            Some(path) => see_other(&prove_then(&path)),
            None => Problem::not_found().into_response(),
        })
    }
}

/// Whether a proof of then is still fresh now.
pub fn is_fresh(proved_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(proved_at) <= FRESH
}

/// The path of the page that was asked for, or that the form stands on; the start where the browser doesn't say.
pub fn back_to(parts: &Parts, app: &App) -> Option<String> {
    if parts.method == Method::GET || parts.method == Method::HEAD {
        return parts.uri.path_and_query().map(|asked| asked.as_str().to_owned());
    }
    let host = own_host(&app.config, parts)?;
    let form = single(&parts.headers, header::REFERER).and_then(|form| own_page(app, &host, form));
    Some(form.map_or_else(|| "/".to_owned(), |form| format!("{form}#again")))
}

/// The path of an address of ours.
fn own_page<'a>(app: &App, host: &str, address: &'a str) -> Option<&'a str> {
    let (scheme, rest) = address.split_once("://")?;
    let length = rest.find('/')?;
    let origin = address.get(..scheme.len() + 3 + length)?;
    is_own_origin(&app.config, host, origin).then(|| rest.get(length..)).flatten()
}
