//! What handlers answer: a page, or a problem that the outermost layer turns into a page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::error::Error;
use crate::web::pages::ErrorKind;

/// Most handlers answer so.
pub type Answer = Result<Response, Problem>;

/// Something went wrong. It becomes an answer without a body, and `dress` puts the page into it: only there is it
/// known whose page it is.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) kind: ErrorKind,
    retry_after_s: Option<u32>,
}

impl Problem {
    /// 404: absent, or another's.
    pub fn not_found() -> Self {
        Self { kind: ErrorKind::NotFound, retry_after_s: None }
    }

    /// 422: a form that no page of ours sends.
    pub fn not_understood() -> Self {
        ErrorKind::NotUnderstood.into()
    }

    /// 500; the reason goes to the log alone.
    pub fn broken(reason: impl std::fmt::Display) -> Self {
        tracing::error!(%reason, "a request could not be answered");
        Self { kind: ErrorKind::Broken, retry_after_s: None }
    }

    /// 503: too much waits; the client is asked to come back.
    pub fn busy() -> Self {
        Self { kind: ErrorKind::Busy("in a few seconds".to_owned()), retry_after_s: Some(5) }
    }

    /// The same in the words of what is wrong with the database, where something is.
    pub(super) fn explained(self, health: &store::Health) -> Self {
        use store::Error::{Full, ReadOnly, Unreachable, WrongInstance};
        if !matches!(self.kind, ErrorKind::Busy(_)) {
            return self;
        }
        let kind = match (&health.reading, &health.writing) {
            (Some(Unreachable(_) | WrongInstance), _) => ErrorKind::NoDatabase,
            (_, Some(Full)) => ErrorKind::DiskFull,
            (_, Some(ReadOnly | Unreachable(_))) => ErrorKind::NotWritable,
            (_, Some(WrongInstance)) => ErrorKind::NoDatabase,
            _ => return self,
        };
        Self { kind, ..self }
    }

    /// 429, with the seconds after which asking again helps.
    pub fn too_many(when: impl Into<String>, retry_after_s: u32) -> Self {
        Self { kind: ErrorKind::TooMany(when.into()), retry_after_s: Some(retry_after_s) }
    }
}

impl From<ErrorKind> for Problem {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, retry_after_s: None }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Refused(_) => ErrorKind::NotUnderstood.into(),
            Error::TooMany(_) => Self::too_many("in a few minutes", 300),
            Error::Unreachable(reason) => {
                tracing::warn!(%reason, "a request has to come back");
                Self::busy()
            }
            Error::Internal(reason) => Self::broken(reason),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        Self::broken(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A page as an answer with status 200; put a `StatusCode` before it for another.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => Problem::from(error).into_response(),
        }
    }
}

/// 303: the browser goes on with a GET. The path must be one of ours, in plain ASCII.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(error) => Problem::broken(error).into_response(),
    }
}

/// Refusals of deeds are written without capital and full stop.
pub fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let rest = letters.as_str().trim_end_matches('.');
    format!("{first}{rest}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_database_is_asked_again_soon() {
        for error in
            [store::Error::Busy, store::Error::Contended, store::Error::Full, store::Error::Unreachable(String::new())]
        {
            let response = Problem::from(error).into_response();
            assert_eq!(response.status(), 503);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
        assert_eq!(Problem::from(store::Error::Other(String::new())).into_response().status(), 500);
        assert_eq!(Problem::from(Error::NotFound).into_response().status(), 404);
    }
}
