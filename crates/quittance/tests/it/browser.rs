//! A browser as the portal sees one: it keeps cookies and says from which site a form comes.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request};
use quittance::web::network::Peer;
use tower::ServiceExt;

use crate::world::{BASE, HOST};

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub peer: &'static str,
    /// Headers of every request; of the form's site, too.
    pub says: BTreeMap<&'static str, String>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text without what differs from answer to answer by design: nonces, traces and form tokens.
    pub fn plain(&self) -> String {
        let mut text = self.text();
        for (start, end) in [("nonce=\"", "\""), ("<b>trace ", "<"), ("name=\"csrf\" value=\"", "\"")] {
            let parts: Vec<String> = text.split(start).map(str::to_owned).collect();
            let rest = parts.iter().skip(1).map(|part| part.split_once(end).map_or(part.as_str(), |(_, rest)| rest));
            text = std::iter::once(parts[0].as_str()).chain(rest).collect::<Vec<_>>().join(start);
        }
        text
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn has(&self, words: &str) -> bool {
        self.text().contains(words)
    }
}

impl Browser {
    pub fn new(router: Router) -> Browser {
        let says =
            [("host", HOST.to_owned()), ("sec-fetch-site", "same-origin".to_owned()), ("origin", BASE.to_owned())];
        Browser { router, cookies: BTreeMap::new(), peer: "198.51.100.7:40000", says: BTreeMap::from(says) }
    }

    pub fn without(mut self, header: &str) -> Browser {
        self.says.remove(header);
        self
    }

    pub fn saying(mut self, header: &'static str, value: &str) -> Browser {
        self.says.insert(header, value.to_owned());
        self
    }

    pub fn from(mut self, peer: &'static str) -> Browser {
        self.peer = peer;
        self
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_raw(path, serde_urlencoded::to_string(fields).unwrap()).await
    }

    pub async fn post_raw(&mut self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Asks for a code.
    pub async fn asks(&mut self, email: &str) -> Answer {
        self.post("/sign-in", &[("email", email)]).await
    }

    /// Types a code.
    pub async fn types(&mut self, code: &str) -> Answer {
        self.post("/sign-in/code", &[("code", code)]).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(Peer(self.peer.parse().unwrap()));
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert("cookie", HeaderValue::from_str(&cookies.join("; ")).unwrap());
        }
        for (name, value) in &self.says {
            if *name != "origin" || request.method() == "POST" {
                request.headers_mut().insert(*name, HeaderValue::from_str(value).unwrap());
            }
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, 1 << 24).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}
