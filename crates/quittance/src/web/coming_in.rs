//! What all doors have in common: which browser comes in, and the answer that lets it.

use axum::http::{Extensions, HeaderMap};
use axum::response::{AppendHeaders, IntoResponse, Response};
use jiff::Timestamp;
use store::door::Door;

use crate::actions::begin_session::{Browser, Opened};
use crate::actions::knock::{Knock, knock};
use crate::app::App;
use crate::web::agent;
use crate::web::answer::{Problem, see_other};
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

/// Counts a try at a door; the problem of too many where there were.
///
/// # Errors
/// 429 with when to try again; those of the database.
pub async fn may_knock(app: &App, door: Door, headers: &HeaderMap, extensions: &Extensions) -> Result<(), Problem> {
    let network = Network::of(headers, extensions).to_string();
    let Some(at) = knock(app, door, Knock { device: Cookie::Device.read(headers), network }).await? else {
        return Ok(());
    };
    let left_s = seconds_until(at, app.clock.real());
    Err(Problem::too_many(in_words(left_s), left_s))
}

/// Whole seconds until an instant, at least one.
pub fn seconds_until(at: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(at.duration_since(now).as_secs().saturating_add(1)).unwrap_or(1)
}

/// `in 12 minutes`, `in 3 hours`; never too early.
pub fn in_words(seconds: u32) -> String {
    let (count, unit) = match seconds.div_ceil(60) {
        minutes @ 0..=90 => (minutes.max(1), "minute"),
        minutes => (minutes.div_ceil(60), "hour"),
    };
    format!("in {count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Sets the cookies of a session that has begun, takes the door's own away, and leads on.
pub fn come_in(opened: &Opened, door: Cookie, next: &str) -> Response {
    let cookies = [Cookie::Session.set(&opened.session), Cookie::Device.set(&opened.device), door.clear()];
    (AppendHeaders(cookies), see_other(own_path(next).unwrap_or(HOME))).into_response()
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn waits_are_said_in_whole_minutes() {
        assert_eq!(in_words(1), "in 1 minute");
        assert_eq!(in_words(61), "in 2 minutes");
        assert_eq!(in_words(86_400), "in 24 hours");
    }
}
