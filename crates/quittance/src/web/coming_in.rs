//! What all doors have in common: which browser comes in, and the answer that lets it.

use axum::http::{Extensions, HeaderMap};
use axum::response::{AppendHeaders, IntoResponse, Response};

use crate::actions::begin_session::{Browser, Opened};
use crate::web::agent;
use crate::web::answer::see_other;
use crate::web::cookie::Cookie;
use crate::web::network::Network;
use crate::web::next::own_path;

/// Where people land who were on the way to nothing else.
pub const HOME: &str = "/invoices";

/// The browser of a request.
pub fn browser(headers: &HeaderMap, extensions: &Extensions) -> Browser {
    Browser {
        session: Cookie::Session.read(headers),
        device: Cookie::Device.read(headers),
        agent: agent::device(headers),
        network: Network::of(headers, extensions).to_string(),
    }
}

/// Sets the cookies of a session that has begun, takes the door's own away, and leads on.
pub fn come_in(opened: &Opened, door: Cookie, next: &str) -> Response {
    let cookies = [Cookie::Session.set(&opened.session), Cookie::Device.set(&opened.device), door.clear()];
    (AppendHeaders(cookies), see_other(own_path(next).unwrap_or(HOME))).into_response()
}
