//! Forms: at most 256 KiB, no field that nobody asked for, no field twice.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::web::answer::Problem;
use crate::web::csrf;
use crate::web::pages::ErrorKind;

/// The most bytes a request may bring.
pub const LIMIT: usize = 256 * 1024;

/// The fields of a form, without the form token. Declare the type with `#[serde(deny_unknown_fields)]`: what it doesn't
/// know is answered 422, and so is what it can't read.
pub struct Form<T>(pub T);

/// A form in which there is nothing to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let is_empty = request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length == "0");
        if !is_empty && !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(ErrorKind::NotUnderstood.into());
        }
        let bytes = to_bytes(request.into_body(), LIMIT).await.map_err(|_| Problem::from(ErrorKind::TooLarge))?;
        read(&bytes).ok_or_else(|| ErrorKind::NotUnderstood.into()).map(Self)
    }
}

/// A text without the one character that no database can hold.
pub fn storable(text: &str) -> String {
    text.replace('\0', "")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).ok()?;
    pairs.retain(|(name, _)| name != csrf::FIELD);
    pairs.iter_mut().for_each(|(_, value)| *value = storable(value));
    serde_urlencoded::from_str(&serde_urlencoded::to_string(pairs).ok()?).ok()
}
