//! The security headers of every answer, errors and files included.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const YEAR_S: u32 = 31_536_000;
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), \
     xr-spatial-tracking=()";

/// What an answer's own page needs.
pub enum Scripts<'a> {
    /// Style and script carry this nonce.
    Nonce(&'a str),
    /// Style and script come from our files. For pages that must be the same byte for byte, which a nonce forbids.
    OwnFiles,
    /// The answer is no page.
    None,
}

/// Puts the headers onto an answer; what the handler said about caching stays.
pub fn guard(headers: &mut HeaderMap, scripts: Scripts<'_>, is_https: bool) {
    if let Ok(policy) = HeaderValue::from_str(&content_policy(scripts, is_https)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not no-referrer: browsers would then send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_https {
        let value = HeaderValue::try_from(format!("max-age={YEAR_S}; includeSubDomains"));
        value.into_iter().for_each(|value| drop(headers.insert(header::STRICT_TRANSPORT_SECURITY, value)));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

fn content_policy(scripts: Scripts<'_>, is_https: bool) -> String {
    let source = match scripts {
        Scripts::Nonce(nonce) => format!("'nonce-{nonce}'"),
        Scripts::OwnFiles => "'self'".to_owned(),
        Scripts::None => {
            return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'".to_owned();
        }
    };
    let upgrade = if is_https { "; upgrade-insecure-requests" } else { "" };
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; connect-src 'self'; script-src {source}; \
         style-src {source}; require-trusted-types-for 'script'; trusted-types 'none'{upgrade}"
    )
}
