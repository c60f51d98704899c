//! Forms from elsewhere are refused: by `Sec-Fetch-Site` and `Origin`, or by a form token where a browser sends neither.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::keys::Keys;
use crate::random;
use crate::web::answer::Problem;
use crate::web::cookie::Cookie;
use crate::web::form::LIMIT;
use crate::web::host::{is_own_origin, own_host, single};
use crate::web::pages::ErrorKind;

/// The field of the token in forms.
pub const FIELD: &str = "csrf";

/// A token of the session for one answer: the same secret under a new mask, so that compressing the page tells nothing.
pub fn token(keys: &Keys, session_hash: &[u8; 32]) -> String {
    masked(keys, session_hash, random::bytes())
}

/// A token that is the same each time, for pages that repeat nothing of the request and must be the same byte for byte.
pub fn steady_token(keys: &Keys, session_hash: &[u8; 32]) -> String {
    masked(keys, session_hash, keys.mac("mask of error pages", &[session_hash]))
}

fn masked(keys: &Keys, session_hash: &[u8; 32], mask: [u8; 32]) -> String {
    let secret = keys.mac("form token", &[session_hash]);
    let covered = mask.iter().zip(secret).map(|(mask, byte)| mask ^ byte);
    let bytes: Vec<u8> = mask.iter().copied().chain(covered).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn is_token(keys: &Keys, session_hash: &[u8; 32], text: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else { return false };
    let Some((mask, covered)) = bytes.split_at_checked(32) else { return false };
    let shown: Vec<u8> = mask.iter().zip(covered).map(|(mask, byte)| mask ^ byte).collect();
    covered.len() == 32 && bool::from(shown.ct_eq(&keys.mac("form token", &[session_hash])))
}

/// The layer around all routes. What only reads passes: no GET changes anything.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let host = own_host(&app.config, &parts).unwrap_or_default();
    let request = match source(&app, &parts.headers, &host) {
        Source::Ours => Request::from_parts(parts, body),
        Source::Elsewhere => return Err(ErrorKind::Refused.into()),
        Source::Unsaid => match Cookie::Session.read(&parts.headers) {
            None => Request::from_parts(parts, body),
            Some(session) => {
                let bytes = to_bytes(body, LIMIT).await.map_err(|_| Problem::from(ErrorKind::TooLarge))?;
                if !carries_token(&app.keys, &session.hash(), &bytes) {
                    return Err(ErrorKind::Refused.into());
                }
                Request::from_parts(parts, Body::from(bytes))
            }
        },
    };
    Ok(next.run(request).await)
}

/// What the browser says about the page a form stands on.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    Ours,
    Elsewhere,
    Unsaid,
}

fn source(app: &App, headers: &HeaderMap, host: &str) -> Source {
    let site = headers
        .contains_key("sec-fetch-site")
        .then(|| single(headers, header::HeaderName::from_static("sec-fetch-site")));
    let origin = headers.contains_key(header::ORIGIN).then(|| single(headers, header::ORIGIN));
    let site_is_ours = site.map(|site| matches!(site, Some("same-origin" | "none")));
    let origin_is_ours = origin.map(|origin| origin.is_some_and(|origin| is_own_origin(&app.config, host, origin)));
    match (site_is_ours, origin_is_ours) {
        (Some(false), _) | (_, Some(false)) => Source::Elsewhere,
        (None, None) => Source::Unsaid,
        _ => Source::Ours,
    }
}

fn carries_token(keys: &Keys, session_hash: &[u8; 32], body: &Bytes) -> bool {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let mut tokens = pairs.iter().filter(|(name, _)| name == FIELD);
    match (tokens.next(), tokens.next()) {
        (Some((_, text)), None) => is_token(keys, session_hash, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_session_alone_and_never_looks_the_same() {
        let keys = Keys::generate();
        let (one, other) = ([1; 32], [2; 32]);
        let text = token(&keys, &one);
        assert_ne!(text, token(&keys, &one));
        assert!(is_token(&keys, &one, &text));
        assert!(is_token(&keys, &one, &steady_token(&keys, &one)));
        assert!(!is_token(&keys, &other, &text));
        assert!(!is_token(&Keys::generate(), &one, &text));
        for bad in ["", "x", "AAAA", &text[1..], &format!("{text}AA")] {
            assert!(!is_token(&keys, &one, bad), "{bad}");
        }
    }
}
