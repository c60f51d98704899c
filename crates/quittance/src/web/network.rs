//! From which network a request comes: the /24 of an IPv4 address, the /48 of an IPv6 address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

/// The other end of the connection; the server puts it into each request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A network, as limits count it and as people read it on the page of their sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpAddr);

impl Network {
    /// The network of a request. `X-Forwarded-For` counts only where the peer is this machine, where our reverse proxy
    /// runs, and of it only the last address: the one that proxy added. Everything before it, anybody can write.
    pub fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical());
        let forwarded = peer.is_loopback().then(|| forwarded_for(headers)).flatten();
        Self::around(forwarded.unwrap_or(peer))
    }

    fn around(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80))),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{bits}", self.0)
    }
}

fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(peer: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(Peer(peer.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        Network::of(&headers, &extensions).to_string()
    }

    #[test]
    fn only_the_proxy_on_this_machine_is_believed() {
        assert_eq!(network("198.51.100.7:5000", &["203.0.113.9"]), "198.51.100.0/24");
        assert_eq!(network("127.0.0.1:5000", &["203.0.113.9"]), "203.0.113.0/24");
        assert_eq!(network("127.0.0.1:5000", &["10.0.0.1, 203.0.113.9"]), "203.0.113.0/24");
        assert_eq!(network("127.0.0.1:5000", &["10.0.0.1", "203.0.113.9"]), "203.0.113.0/24");
        assert_eq!(network("[::ffff:127.0.0.1]:5000", &["2001:db8:1:2::9"]), "2001:db8:1::/48");
        assert_eq!(network("127.0.0.1:5000", &["unknown"]), "127.0.0.0/24");
    }
}
