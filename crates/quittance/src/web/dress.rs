//! The outermost layer: refuses what is none of ours, catches what breaks, makes problems pages, adds the headers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;

use crate::app::App;
use crate::random;
use crate::web::answer::{Page, Problem};
use crate::web::csrf;
use crate::web::form::LIMIT;
use crate::web::frame::{Asked, bare_frame};
use crate::web::host::own_host;
use crate::web::pages::{ErrorKind, ErrorPage, Frame};
use crate::web::policy::{Scripts, guard};
use crate::web::record::Trace;
use crate::web::upload;

const LONGEST_ADDRESS: usize = 8 * 1024;
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// The layer around everything.
pub async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let trace = request.extensions().get::<Trace>().cloned().unwrap_or_default();
    let asked = Asked { nonce: URL_SAFE_NO_PAD.encode(random::bytes::<18>()), known: Arc::default(), trace };
    request.extensions_mut().insert(asked.clone());
    let (parts, body) = request.into_parts();
    let is_head = parts.method == axum::http::Method::HEAD;
    let response = match refusal(&app, &parts) {
        Some(problem) => problem.into_response(),
        None => run(next, parts, body).await,
    };
    finish(&app, &asked, response, is_head)
}

/// What is refused before any route is looked for.
fn refusal(app: &App, parts: &Parts) -> Option<Problem> {
    if own_host(&app.config, parts).is_none() {
        return Some(ErrorKind::WrongHost(app.config.base_url.clone()).into());
    }
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    if address.len() > LONGEST_ADDRESS {
        return Some(ErrorKind::AddressTooLong.into());
    }
    let length =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most(parts.uri.path())) {
        return Some(ErrorKind::TooLarge.into());
    }
    (!is_plain_path(parts.uri.path())).then(Problem::not_found)
}

/// The most bytes that an address takes.
fn most(path: &str) -> usize {
    if path.starts_with("/accounts/") && path.ends_with("/certificates") { upload::LIMIT } else { LIMIT }
}

/// No path of ours holds an encoded slash, backslash, dot segment or control character, or what isn't UTF-8.
fn is_plain_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else { return false };
        let Ok(byte) = u8::try_from(high * 16 + low) else { return false };
        if matches!(byte, b'/' | b'\\' | b'%') {
            return false;
        }
        decoded.push(byte);
    }
    let Ok(text) = String::from_utf8(decoded) else { return false };
    !text.chars().any(|character| character.is_control() || character == '\\')
        && !text.split('/').any(|part| matches!(part, "." | ".."))
}

/// Runs the routes: at most 30 seconds, and a panic is an answer too.
async fn run(next: Next, parts: Parts, body: Body) -> Response {
    let work = AssertUnwindSafe(next.run(Request::from_parts(parts, body))).catch_unwind();
    match tokio::time::timeout(LONGEST_REQUEST, work).await {
        Ok(Ok(response)) => response,
        // Its words may hold what people sent; where it happened is in the log already.
        Ok(Err(_)) => Problem::broken("a handler panicked").into_response(),
        Err(_) => {
            tracing::warn!("a request took too long");
            Problem::busy().into_response()
        }
    }
}

fn finish(app: &App, asked: &Asked, response: Response, is_head: bool) -> Response {
    let problem = response.extensions().get::<Problem>().cloned().or_else(|| of_bare_status(&response));
    let Some(problem) = problem else {
        let mut response = response;
        let scripts = if is_html(&response) { Scripts::Nonce(&asked.nonce) } else { Scripts::None };
        guard(response.headers_mut(), scripts, app.config.is_https());
        return response;
    };
    let mut page = error_page(app, asked, problem.explained(&app.store.health()));
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    guard(page.headers_mut(), Scripts::OwnFiles, app.config.is_https());
    if is_head {
        *page.body_mut() = Body::empty();
    }
    page
}

fn error_page(app: &App, asked: &Asked, problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let known = asked.known.get();
    let csrf = known.map(|known| csrf::steady_token(&app.keys, &known.session_hash)).unwrap_or_default();
    let visitor = known.map(|known| known.visitor.clone());
    // A foreign invoice and an absent one must be the same byte for byte, so only what is our fault carries a trace.
    let trace = if status.is_server_error() { asked.trace.0.clone() } else { String::new() };
    let page = ErrorPage { frame: Frame { csrf, visitor, ..bare_frame(app) }, kind: problem.kind, trace };
    let mut response = (status, Page(page)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// Answers that a library made by itself, with a line of plain text or nothing.
fn of_bare_status(response: &Response) -> Option<Problem> {
    let status = response.status();
    let is_bare =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => ErrorKind::WrongMethod.into(),
        StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge.into(),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => Problem::busy(),
        status if status.is_server_error() => Problem::broken(status),
        _ => ErrorKind::NotUnderstood.into(),
    })
}

fn is_html(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::is_plain_path;

    #[test]
    fn weird_paths_are_seen() {
        for path in ["/", "/invoices/INV-7", "/a%20b", "/%C3%A4"] {
            assert!(is_plain_path(path), "{path}");
        }
        for path in [
            "/a%2Fb",
            "/a%2fb",
            "/a%5Cb",
            "/a%00",
            "/a%0d%0a",
            "/%ff",
            "/%",
            "/%4",
            "/%zz",
            "/../a",
            "/%2e%2e/a",
            "/a%252F",
        ] {
            assert!(!is_plain_path(path), "{path}");
        }
    }
}
