//! What it takes to reach a relay, checked once.

use std::{net::IpAddr, time::Duration};

use lettre::transport::smtp::{
    self,
    authentication::Credentials,
    client::{Certificate, TlsParameters},
    extension::ClientId,
};

use super::{Address, Signer};
use crate::Secret;

/// How to reach the relay.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A host name or an IP address; the certificate must name it.
    pub host: String,
    /// Usually 465 with [`Security::Tls`], 587 with [`Security::Starttls`].
    pub port: u16,
    pub login: Option<Login>,
    pub security: Security,
    /// One authority to trust besides the public ones, as PEM: for a relay with a certificate of the house.
    pub authority_pem: Option<String>,
    /// How long one step may take: connecting, each answer. The letter itself gets four times as long.
    pub timeout_s: u32,
    /// The name we greet the relay with: the host name of this server.
    pub hello_name: String,
    /// Connections at once, at least one. Relays limit them per client, often to 10 or 20.
    pub connections: usize,
    /// The envelope's sender, where reports of failures go; nobody: the letter's own sender.
    pub return_path: Option<Address>,
    /// Signs every letter; nobody: the relay does, or nobody.
    pub signer: Option<Signer>,
}

/// Who signs in at the relay.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub password: Secret,
}

/// How the connection is encrypted. Nothing falls back to plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain first, then encrypted; a relay that does not offer it is not used.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// Not encrypted: only to a relay on this machine.
    None,
}

/// Why the settings can't be used. For the person who wrote them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("mail to {0} would travel unencrypted: use TLS or STARTTLS; only a relay on this machine may do without")]
    Unencrypted(String),
    #[error("“{0}” can't be a host name to greet the mail server with")]
    HelloName(String),
    #[error("the certificates for the mail server can't be used: {0}")]
    Certificates(String),
    #[error("the mail server needs a time limit of at least one second")]
    NoTime,
}

/// Settings that passed the checks, in the SMTP library's terms.
pub(super) struct Route {
    pub host: String,
    pub port: u16,
    pub credentials: Option<Credentials>,
    pub security: Security,
    pub tls: TlsParameters,
    pub step: Duration,
    pub hello: ClientId,
    pub connections: usize,
    pub return_path: Option<Address>,
    pub signer: Option<Signer>,
}

impl Route {
    pub(super) fn new(settings: Settings) -> Result<Self, Unusable> {
        if settings.security == Security::None && !is_loopback(&settings.host) {
            return Err(Unusable::Unencrypted(settings.host));
        }
        if settings.timeout_s == 0 {
            return Err(Unusable::NoTime);
        }
        let tls = tls(&settings)?;
        Ok(Self {
            hello: hello(&settings.hello_name)?,
            step: Duration::from_secs(u64::from(settings.timeout_s)),
            credentials: settings.login.map(|login| Credentials::new(login.user, login.password.reveal().to_owned())),
            security: settings.security,
            host: settings.host,
            port: settings.port,
            connections: settings.connections.max(1),
            return_path: settings.return_path,
            signer: settings.signer,
            tls,
        })
    }
}

/// The name `localhost` counts, as RFC 6761 (6.3) keeps it for the loopback.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn hello(name: &str) -> Result<ClientId, Unusable> {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => return Ok(ClientId::Ipv4(ip)),
        Ok(IpAddr::V6(ip)) => return Ok(ClientId::Ipv6(ip)),
        Err(_) => {}
    }
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    named.then(|| ClientId::Domain(name.to_owned())).ok_or_else(|| Unusable::HelloName(name.escape_debug().to_string()))
}

fn tls(settings: &Settings) -> Result<TlsParameters, Unusable> {
    let unusable = |error: smtp::Error| Unusable::Certificates(error.to_string());
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority_pem {
        // The library takes a file without any certificate for an empty list of them.
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(Unusable::Certificates("the PEM holds none".to_owned()));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(unusable)?);
    }
    builder.build().map_err(unusable)
}
