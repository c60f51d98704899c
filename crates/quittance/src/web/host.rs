//! Which host names requests may carry, and which origins may post. Links are made from `base_url` alone.

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::config::{Config, host_name, is_loopback};

/// The `Host` a request asks for (of an absolute address, its authority) if it is one of ours.
pub fn own_host(config: &Config, request: &Parts) -> Option<String> {
    let header = single(&request.headers, header::HOST)?;
    let asked = request.uri.authority().map_or(header, |authority| authority.as_str());
    let name = host_name(asked).to_lowercase();
    let ours = config.host().is_some_and(|host| host == name)
        || config.hosts.iter().any(|host| host.eq_ignore_ascii_case(&name))
        || (is_loopback(&name) && is_loopback(host_name(&config.listen)));
    ours.then(|| asked.to_lowercase())
}

/// Whether an `Origin` is this portal's: the configured address, or the very host that was asked.
pub fn is_own_origin(config: &Config, host: &str, origin: &str) -> bool {
    if origin == config.base_url {
        return true;
    }
    let scheme = if is_loopback(host_name(host)) { "http" } else { "https" };
    origin.split_once("://").is_some_and(|(with, asked)| with == scheme && asked == host)
}

/// The only value of a header; several are as bad as none.
pub fn single(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
