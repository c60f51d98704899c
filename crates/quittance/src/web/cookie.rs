//! The four cookies: session, sign-in, Microsoft and device. Each holds a random token and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::random::Token;

/// A cookie of ours. The prefix makes browsers insist on `Secure`, on `Path=/` and on this very host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in.
    Session,
    /// Which browser asked for a code.
    SignIn,
    /// Which browser was sent to Microsoft.
    Microsoft,
    /// Which device has signed in before. It opens nothing; it has a count of its own when codes are asked for.
    Device,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-session",
            Self::SignIn => "__Host-sign-in",
            Self::Microsoft => "__Host-microsoft",
            Self::Device => "__Host-device",
        }
    }

    /// Seconds the browser keeps it; the server decides by itself how long it counts.
    fn max_age_s(self) -> u32 {
        const DAY: u32 = 86_400;
        match self {
            Self::Session => 30 * DAY,
            Self::SignIn | Self::Microsoft => DAY / 24,
            Self::Device => 400 * DAY,
        }
    }

    /// The token in a request. With several of one name none counts: the browser would not send that.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut found = lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name());
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Token::parse(value),
            _ => None,
        }
    }

    /// The header that sets it.
    pub fn set(self, token: &Token) -> (header::HeaderName, HeaderValue) {
        self.header(&token.reveal(), self.max_age_s())
    }

    /// The header that takes it away.
    pub fn clear(self) -> (header::HeaderName, HeaderValue) {
        self.header("", 0)
    }

    fn header(self, value: &str, max_age_s: u32) -> (header::HeaderName, HeaderValue) {
        let text = format!("{}={value}; Path=/; Max-Age={max_age_s}; Secure; HttpOnly; SameSite=Lax", self.name());
        let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("name and token are plain ASCII"));
        value.set_sensitive(true);
        (header::SET_COOKIE, value)
    }
}
