//! The data directory and `quittance.toml`: what an operator sets once.

use std::path::{Path, PathBuf};

use billing::Money;
use billing::money::digits;
use connect::Secret;
use connect::identity::{Entra, Settings};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::log::Format;
use crate::place::SETTINGS;

/// The settings of `quittance.toml`. Unknown keys are refused, so that a typing error is not a silent default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where customers reach the portal, without a path: `https://billing.example.com`.
    pub base_url: String,
    /// Further host names that requests may carry, besides that of `base_url` and the loopback.
    pub hosts: Vec<String>,
    /// The address to listen on.
    pub listen: String,
    /// The database, where it isn't the embedded file.
    pub database: DatabaseConfig,
    /// The mail server.
    pub mail: MailConfig,
    /// The log of `serve`.
    pub log: LogConfig,
    /// What is counted, for Prometheus.
    pub metrics: MetricsConfig,
    /// The people of the provider.
    pub staff: StaffConfig,
    /// The doors besides the mailed code.
    pub sign_in: SignInConfig,
    /// The payment processor.
    pub payments: PaymentsConfig,
    /// Who sets up Auto Pay.
    pub autopay: AutoPayConfig,
}

/// `[sign_in]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInConfig {
    /// Microsoft's; nothing: there is no such door.
    pub microsoft: Option<MicrosoftConfig>,
}

/// `[sign_in.microsoft]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MicrosoftConfig {
    /// Where people of all companies sign in; another one is for Microsoft's clouds of other countries, and for tests.
    #[serde(default = "organizations")]
    pub authority: String,
    /// Of the registration.
    pub client_id: String,
    /// The file that holds the registration's secret.
    pub client_secret_file: PathBuf,
}

fn organizations() -> String {
    "https://login.microsoftonline.com/organizations/v2.0".to_owned()
}

/// `[autopay]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutoPayConfig {
    /// Who decides about a rule.
    pub set_by: SetBy,
}

/// Who decides about a rule of Auto Pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// Staff prepare it, the customer agrees.
    Staff,
    /// Either proposes it, the other agrees.
    #[default]
    Both,
    /// The customer alone.
    Customer,
}

/// `[payments]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentsConfig {
    /// Who moves the money.
    pub processor: Processor,
    /// Whether a part of an invoice can be paid.
    pub parts: bool,
    /// Whether a mail's own link lets its invoice be seen and paid without signing in.
    pub links: bool,
    /// The most that one member of staff sends back alone, in whole units of the payment's currency; above it a second one
    /// approves.
    pub refund_limit: u32,
    /// `[payments.stripe]`
    pub stripe: Option<StripeConfig>,
    /// Where the sandbox's processor writes what it did; nothing: it forgets when the process ends.
    pub journal: Option<PathBuf>,
    /// What the sandbox's processor draws its delays from.
    pub seed: u64,
}

impl Default for PaymentsConfig {
    fn default() -> Self {
        Self {
            processor: Processor::None,
            parts: true,
            links: true,
            refund_limit: 500,
            stripe: None,
            journal: None,
            seed: 1,
        }
    }
}

impl PaymentsConfig {
    /// Whether so much goes back only when two of staff want it.
    pub fn needs_two(&self, refund: Money) -> bool {
        let unit = 10_i64.saturating_pow(u32::from(digits(refund.currency())));
        refund.minor() > i64::from(self.refund_limit).saturating_mul(unit)
    }
}

/// Who moves the money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Processor {
    /// Nobody: invoices say how to pay by check or transfer.
    #[default]
    None,
    /// Stripe.
    Stripe,
    /// The one of sandboxes: no money moves.
    Sandbox,
}

/// `[payments.stripe]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripeConfig {
    /// The file that holds the restricted key.
    pub secret_key_file: PathBuf,
    /// The file that holds the secret of the events' signatures; without it no event is taken.
    pub webhook_secret_file: Option<PathBuf>,
    /// Where Stripe is; another one is for tests.
    #[serde(default = "stripe")]
    pub api: String,
}

fn stripe() -> String {
    "https://api.stripe.com".to_owned()
}

/// `[log]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` or `json`.
    pub format: Format,
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// The address of `GET /metrics`, on the loopback; empty: none.
    pub listen: String,
}

/// `[staff]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffConfig {
    /// Who is told by mail what needs a person; nobody: the provider's e-mail.
    pub notices: Vec<String>,
}

/// `[database]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseConfig {
    /// `postgres://…`; empty: the file `quittance.db` in the data directory.
    pub url: String,
}

/// `[mail]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailConfig {
    /// The mail server; empty: no mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `starttls`, `tls`, or `none` on the loopback alone.
    pub security: String,
    /// Whom to sign in as; empty: nobody.
    pub user: String,
    /// The file that holds the password.
    pub password_file: Option<PathBuf>,
    /// One authority to trust besides the public ones, as a PEM file: for a mail server with a certificate of the house.
    pub authority_file: Option<PathBuf>,
    /// The sender; empty: the provider's e-mail.
    pub from: String,
    /// Where reports of failed deliveries go; empty: the sender.
    pub return_path: String,
    /// The folder (a maildir, or one file for each message) in which such reports lie; nothing: none is read.
    pub bounces: Option<PathBuf>,
    /// The selector of the DKIM key; empty: we don't sign, the mail server does.
    pub dkim_selector: String,
    /// For whom we sign; empty: the domain of `from`.
    pub dkim_domain: String,
    /// The file that holds the key.
    pub dkim_key_file: Option<PathBuf>,
    /// Documents larger than this many bytes are linked, not attached.
    pub attach_at_most: usize,
    /// Letters a minute to one receiving domain; 0: as many as there are.
    pub per_minute: u32,
    /// Connections to the mail server at once.
    pub connections: usize,
    /// What becomes of mails long after their window. The demo makes its past at once; nobody else sets it.
    #[serde(skip)]
    pub lateness: Lateness,
}

/// What becomes of a mail whose window ended more than 7 days ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lateness {
    /// It waits for `deliver --late`.
    #[default]
    Waits,
    /// It goes like any other.
    Goes,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: "starttls".to_owned(),
            user: String::new(),
            password_file: None,
            from: String::new(),
            return_path: String::new(),
            bounces: None,
            authority_file: None,
            dkim_selector: String::new(),
            dkim_domain: String::new(),
            dkim_key_file: None,
            attach_at_most: 5_000_000,
            per_minute: 120,
            connections: 4,
            lateness: Lateness::Waits,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".to_owned(),
            hosts: Vec::new(),
            listen: "127.0.0.1:8080".to_owned(),
            database: DatabaseConfig::default(),
            mail: MailConfig::default(),
            log: LogConfig::default(),
            metrics: MetricsConfig::default(),
            staff: StaffConfig::default(),
            sign_in: SignInConfig::default(),
            payments: PaymentsConfig::default(),
            autopay: AutoPayConfig::default(),
        }
    }
}

/// The file that `init` writes: every key that an operator may need, explained. What is left out is for tests and sandboxes: the
/// sandbox's `journal` and `seed`, and where Stripe is.
pub const TEMPLATE: &str = include_str!("quittance.toml");

impl Config {
    /// Reads `quittance.toml` of a data directory.
    ///
    /// # Errors
    /// `Refused` where the file is missing or wrong; the sentence says where.
    pub fn read(data: &Path) -> Result<Self> {
        let path = data.join(SETTINGS);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Error::Refused(format!("{} can't be read ({error}). Run `quittance init` first", path.display()))
        })?;
        let config: Self =
            toml::from_str(&text).map_err(|error| Error::Refused(format!("{} is wrong: {error}", path.display())))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let host = self.host().unwrap_or_default();
        let secure = self.base_url.starts_with("https://");
        let plain = self.base_url.starts_with("http://") && is_loopback(&host);
        // Every address of an invoice must fit into a QR code, or its document could not be made.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let usable = !host.is_empty() && host.chars().all(is_name) && self.base_url.len() <= 300;
        if !usable || self.base_url.ends_with('/') || !(secure || plain) {
            return Err(Error::Refused(format!(
                "base_url {:?} can't be used: it must be https://HOST without a path (http:// only where the host is the loopback)",
                self.base_url
            )));
        }
        let metrics = &self.metrics.listen;
        let is_near = |address: std::net::SocketAddr| address.ip().is_loopback();
        if !metrics.is_empty() && !metrics.parse().is_ok_and(is_near) {
            return Err(Error::Refused(format!(
                "[metrics] listen {metrics:?} can't be used: it must be an address of the loopback, such as 127.0.0.1:9464"
            )));
        }
        Ok(())
    }

    /// The second door; nothing where none is set up.
    ///
    /// # Errors
    /// `Refused` with the sentence that says what is wrong.
    pub fn microsoft(&self) -> Result<Option<Entra>> {
        let Some(config) = &self.sign_in.microsoft else { return Ok(None) };
        let path = &config.client_secret_file;
        let secret = std::fs::read_to_string(path).map_err(|error| {
            Error::Refused(format!("[sign_in.microsoft] client_secret_file {} can't be read: {error}", path.display()))
        })?;
        let settings = Settings {
            authority: config.authority.clone(),
            client_id: config.client_id.clone(),
            client_secret: Secret::from(secret.trim_end().to_owned()),
            redirect_url: format!("{}/sign-in/microsoft/callback", self.base_url),
        };
        Entra::new(settings).map(Some).map_err(Error::Refused)
    }

    /// The files that the settings name because they hold a secret or what is trusted.
    pub fn named_files(&self) -> impl Iterator<Item = &Path> {
        let mail = [&self.mail.password_file, &self.mail.dkim_key_file, &self.mail.authority_file];
        let microsoft = self.sign_in.microsoft.iter().map(|microsoft| &microsoft.client_secret_file);
        let stripe = self.payments.stripe.iter();
        let stripe = stripe.flat_map(|stripe| [&stripe.secret_key_file].into_iter().chain(&stripe.webhook_secret_file));
        mail.into_iter().flatten().chain(microsoft).chain(stripe).map(PathBuf::as_path)
    }

    /// The host name of `base_url`, without its port.
    pub fn host(&self) -> Option<String> {
        let (_, rest) = self.base_url.split_once("://")?;
        (!rest.contains('/')).then(|| host_name(rest).to_lowercase())
    }

    /// Whether customers reach the portal over TLS.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// `billing.example.com` of `billing.example.com:8443`, `[::1]` of `[::1]:8080`.
pub fn host_name(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Whether a host name can only mean this machine.
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}
