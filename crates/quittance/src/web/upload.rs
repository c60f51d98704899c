//! A form that brings a file: read whole, no field twice, at most 10 MiB and a little for the other fields.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;

use crate::actions::hand_in_certificate::LARGEST;
use crate::app::App;
use crate::web::answer::Problem;
use crate::web::csrf;
use crate::web::form::storable;
use crate::web::pages::ErrorKind;

/// The most bytes such a form may have.
pub const LIMIT: usize = LARGEST + 64 * 1024;
/// The most parts, and the longest head of one.
const MOST_PARTS: usize = 10;
const LONGEST_HEAD: usize = 2048;

/// The fields of a form, without the form token.
#[derive(Debug, PartialEq, Eq)]
pub struct Upload {
    fields: Vec<(String, String)>,
    /// As the browser calls the file; empty where none was chosen.
    pub file_name: String,
    pub bytes: Vec<u8>,
}

impl Upload {
    /// Takes a field; nothing where it isn't there.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let place = self.fields.iter().position(|(known, _)| known == name)?;
        Some(self.fields.swap_remove(place).1)
    }

    /// Whether every field was taken: what a page of ours doesn't send is refused.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let boundary = kind.and_then(boundary).ok_or_else(Problem::not_understood)?;
        let bytes = to_bytes(request.into_body(), LIMIT).await.map_err(|_| Problem::from(ErrorKind::TooLarge))?;
        read(&bytes, &boundary).ok_or_else(Problem::not_understood)
    }
}

fn boundary(kind: &str) -> Option<String> {
    let (kind, rest) = kind.split_once(';')?;
    let boundary = rest.trim().strip_prefix("boundary=")?.trim_matches('"');
    let is_good = kind.trim().eq_ignore_ascii_case("multipart/form-data") && (1..=70).contains(&boundary.len());
    is_good.then(|| boundary.to_owned())
}

fn read(body: &[u8], boundary: &str) -> Option<Upload> {
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(next.as_bytes().get(2..)?)?;
    let mut upload = Upload { fields: Vec::new(), file_name: String::new(), bytes: Vec::new() };
    let mut has_file = false;
    for _ in 0..MOST_PARTS {
        if rest.starts_with(b"--") {
            return Some(upload);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, b"\r\n\r\n").filter(|end| *end <= LONGEST_HEAD)?;
        let head = std::str::from_utf8(rest.get(..end)?).ok()?;
        let content = rest.get(end + 4..)?;
        let end = find(content, next.as_bytes())?;
        let (value, name) = (content.get(..end)?, parameter(head, "name")?);
        rest = content.get(end + next.len()..)?;
        match parameter(head, "filename") {
            Some(_) if has_file => return None,
            Some(file_name) => {
                has_file = true;
                (upload.file_name, upload.bytes) = (file_name, value.to_vec());
            }
            None if name == csrf::FIELD => {}
            None if upload.fields.iter().any(|(known, _)| *known == name) => return None,
            None => upload.fields.push((name, storable(std::str::from_utf8(value).ok()?))),
        }
    }
    None
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

/// A parameter of `Content-Disposition: form-data; name="…"; filename="…"`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (_, rest) = line.split_once(&format!("; {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Upload, boundary, read};

    const FORM: &str = "--b7\r\nContent-Disposition: form-data; name=\"expires_on\"\r\n\r\n2027-01-31\r\n\
        --b7\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n\
        --b7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.pdf\"\r\nContent-Type: x/y\r\n\r\n%PDF-\r\n--b\r\n--b7--\r\n";

    #[test]
    fn a_form_with_a_file_is_read() {
        let mut upload = read(FORM.as_bytes(), "b7").unwrap();
        assert_eq!((upload.file_name.as_str(), upload.bytes.as_slice()), ("a;b.pdf", b"%PDF-\r\n--b".as_slice()));
        assert_eq!(upload.take("expires_on").as_deref(), Some("2027-01-31"));
        assert!(upload.is_empty() && upload.take("csrf").is_none());
    }

    #[test]
    fn what_no_browser_sends_is_refused() {
        let twice = FORM.replacen("name=\"csrf\"", "name=\"expires_on\"", 1);
        for broken in ["", "--b7", "--b7\r\n", &FORM[..FORM.len() - 20], &FORM[3..], &twice] {
            assert_eq!(read(broken.as_bytes(), "b7"), None, "{broken}");
        }
        assert_eq!(read(FORM.as_bytes(), "b8"), None::<Upload>);
        assert_eq!(boundary("multipart/form-data; boundary=b7").as_deref(), Some("b7"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
    }
}
