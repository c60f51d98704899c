//! SPF (RFC 7208), as far as it answers one question: may this address send for that domain?

use std::net::IpAddr;

use super::dns::{Dns, NoAnswer};

/// RFC 7208, 4.6.4: receivers give up beyond so many questions.
const MOST_QUESTIONS: usize = 10;

/// What a domain says about a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spf {
    /// It says nothing.
    Absent,
    /// It says it twice, or so that receivers give up.
    Broken(&'static str),
    /// It may send.
    Pass,
    /// It may not (`-all`, `~all`), or the domain doesn't say (`?all`).
    Fail,
}

/// Asks for a domain's record and follows what it includes.
pub async fn spf(dns: &Dns, domain: &str, sender: IpAddr) -> Result<Spf, NoAnswer> {
    let mut questions = 0;
    let mut pending = vec![domain.to_owned()];
    let mut is_first = true;
    while let Some(domain) = pending.pop() {
        let records = dns.texts(&domain).await?;
        let mut records = records.iter().filter(|text| is_record(text));
        let record = match (records.next(), records.next()) {
            (None, _) if is_first => return Ok(Spf::Absent),
            (None, _) => return Ok(Spf::Broken("it includes a domain without an SPF record")),
            (Some(_), Some(_)) => return Ok(Spf::Broken("there are two SPF records; receivers ignore both")),
            (Some(record), None) => record.clone(),
        };
        is_first = false;
        for term in record.split_whitespace().skip(1) {
            let (qualifier, mechanism) = match term.split_at_checked(1) {
                Some((sign @ ("+" | "-" | "~" | "?"), rest)) => (sign, rest),
                _ => ("+", term),
            };
            let step = Term::read(mechanism, &domain);
            if step.asks() {
                questions += 1;
            }
            if questions > MOST_QUESTIONS {
                return Ok(Spf::Broken("it needs more than 10 DNS look-ups; receivers give up"));
            }
            let holds = match step {
                Term::Follow(name) => {
                    pending.push(name);
                    false
                }
                Term::Network(network) => network.holds(sender),
                Term::Hosts { names, bits } => hosts_hold(dns, names, bits, sender).await?,
                Term::Unknown | Term::Other => false,
            };
            if holds && qualifier == "+" {
                return Ok(Spf::Pass);
            }
        }
    }
    Ok(Spf::Fail)
}

fn is_record(text: &str) -> bool {
    text.eq_ignore_ascii_case("v=spf1") || text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("v=spf1 "))
}

async fn hosts_hold(dns: &Dns, names: Names, bits: Option<u8>, sender: IpAddr) -> Result<bool, NoAnswer> {
    let hosts = match names {
        Names::Host(name) => vec![name],
        Names::MailOf(domain) => dns.mail_hosts(&domain).await?,
    };
    for host in hosts.iter().take(MOST_QUESTIONS) {
        for ip in dns.addresses(host).await? {
            if (Network { ip, bits: bits.unwrap_or(128) }).holds(sender) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

enum Names {
    Host(String),
    MailOf(String),
}

enum Term {
    Follow(String),
    Network(Network),
    Hosts {
        names: Names,
        bits: Option<u8>,
    },
    /// `exists` and `ptr`: asked by receivers, not by us.
    Unknown,
    Other,
}

impl Term {
    fn read(mechanism: &str, domain: &str) -> Self {
        let lower = mechanism.to_ascii_lowercase();
        let (name, value) = lower.split_once([':', '=']).unwrap_or((&lower, ""));
        let (name, own_bits) = name.split_once('/').unwrap_or((name, ""));
        let (host, bits) = value.split_once('/').unwrap_or((value, own_bits));
        let host = if host.is_empty() { domain } else { host };
        let bits = bits.split('/').next().and_then(|bits| bits.parse().ok());
        match name {
            "include" | "redirect" if !value.is_empty() => Self::Follow(value.to_owned()),
            "ip4" | "ip6" => {
                let ip = host.parse().map(|ip| Network { ip, bits: bits.unwrap_or(128) });
                ip.map_or(Self::Other, Self::Network)
            }
            "a" => Self::Hosts { names: Names::Host(host.to_owned()), bits },
            "mx" => Self::Hosts { names: Names::MailOf(host.to_owned()), bits },
            "exists" | "ptr" => Self::Unknown,
            _ => Self::Other,
        }
    }

    fn asks(&self) -> bool {
        matches!(self, Self::Follow(_) | Self::Hosts { .. } | Self::Unknown)
    }
}

struct Network {
    ip: IpAddr,
    bits: u8,
}

impl Network {
    fn holds(&self, sender: IpAddr) -> bool {
        match (self.ip, sender) {
            (IpAddr::V4(own), IpAddr::V4(sender)) => {
                let bits = u32::from(self.bits.min(32));
                same(u128::from(u32::from(own)) << 96, u128::from(u32::from(sender)) << 96, bits)
            }
            (IpAddr::V6(own), IpAddr::V6(sender)) => {
                same(u128::from(own), u128::from(sender), u32::from(self.bits.min(128)))
            }
            _ => false,
        }
    }
}

fn same(one: u128, other: u128, bits: u32) -> bool {
    let shift = 128_u32.saturating_sub(bits);
    one.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |network: &str, bits, sender: &str| {
            Network { ip: network.parse().unwrap(), bits }.holds(sender.parse().unwrap())
        };
        assert!(holds("192.0.2.0", 24, "192.0.2.77") && !holds("192.0.2.0", 24, "192.0.3.1"));
        assert!(holds("192.0.2.7", 128, "192.0.2.7") && !holds("192.0.2.7", 128, "192.0.2.8"));
        assert!(holds("0.0.0.0", 0, "8.8.8.8") && !holds("0.0.0.0", 0, "::1"));
        assert!(holds("2001:db8::", 32, "2001:db8::1") && !holds("2001:db8::", 32, "2001:db9::1"));
    }
}
