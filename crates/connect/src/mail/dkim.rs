//! DKIM (RFC 6376): our signature under every letter, and the key for it.

use std::{fmt, sync::Arc};

use lettre::message::{
    Message,
    dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey},
    header::HeaderName,
};
use rsa::{
    RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding},
    pkcs8::{DecodePrivateKey, EncodePublicKey},
    rand_core::{CryptoRng, Error as RandomError, RngCore},
    traits::PublicKeyParts,
};

use super::address::check_domain;
use crate::Secret;

/// RFC 8301: shorter keys are not to be used.
const LEAST_BITS: usize = 1024;
const BITS: usize = 2048;
/// What a reader sees and what a relay has no reason to change. Those that a letter lacks can't be added either.
/// The library keeps Content-Type with the body and can't sign it.
const SIGNED: [&str; 8] = ["From", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version"];

/// Signs letters. Clones share the key.
#[derive(Clone)]
pub struct Signer {
    config: Arc<DkimConfig>,
    domain: String,
    selector: String,
    public_key: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

/// Why letters can't be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSigner {
    #[error("the DKIM key can't be read: it must be an RSA key as PEM, such as `quittance mail dkim-key` makes")]
    Key,
    #[error("the DKIM key has {0} bits; receivers ignore keys of fewer than 1024")]
    Short(usize),
    #[error("“{0}” can't be a DKIM selector: letters, digits and hyphens")]
    Selector(String),
    #[error("“{0}” can't be a DKIM domain")]
    Domain(String),
}

impl Signer {
    /// Signs for `domain` with the key that DNS shows at `selector._domainkey.domain`. The PEM is PKCS#1 or PKCS#8.
    pub fn new(domain: &str, selector: &str, pem: &Secret) -> Result<Self, NoSigner> {
        let is_label = |label: &str| {
            let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            plain && !label.is_empty() && label.len() <= 63
        };
        if !selector.split('.').all(is_label) {
            return Err(NoSigner::Selector(selector.escape_debug().to_string()));
        }
        check_domain(domain).map_err(|_| NoSigner::Domain(domain.escape_debug().to_string()))?;
        let text = pem.reveal();
        let key = RsaPrivateKey::from_pkcs1_pem(text)
            .or_else(|_| RsaPrivateKey::from_pkcs8_pem(text))
            .map_err(|_| NoSigner::Key)?;
        if key.n().bits() < LEAST_BITS {
            return Err(NoSigner::Short(key.n().bits()));
        }
        let pkcs1 = key.to_pkcs1_pem(LineEnding::LF).map_err(|_| NoSigner::Key)?;
        let signing = DkimSigningKey::new(&pkcs1, DkimSigningAlgorithm::Rsa).map_err(|_| NoSigner::Key)?;
        let relaxed =
            DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
        let headers = SIGNED.map(HeaderName::new_from_ascii_str).to_vec();
        Ok(Self {
            config: Arc::new(DkimConfig::new(selector.to_owned(), domain.to_owned(), signing, headers, relaxed)),
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            public_key: public_key(&key)?,
        })
    }

    /// For whom it signs.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Where DNS must show the key.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// What DNS must show there.
    pub fn record(&self) -> String {
        format!("v=DKIM1; k=rsa; p={}", self.public_key)
    }

    /// Whether a record that DNS shows holds our key.
    pub fn is_published_as(&self, record: &str) -> bool {
        let mut tags = record.split(';').filter_map(|tag| tag.split_once('='));
        let key = tags.find(|(name, _)| name.trim() == "p").map(|(_, value)| value);
        key.is_some_and(|key| key.chars().filter(|c| !c.is_whitespace()).eq(self.public_key.chars()))
    }

    pub(super) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

fn public_key(key: &RsaPrivateKey) -> Result<String, NoSigner> {
    let pem = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|_| NoSigner::Key)?;
    Ok(pem.lines().filter(|line| !line.starts_with("-----")).collect())
}

/// A new RSA key of 2048 bits as PEM. `fill` is the caller's randomness, fit for secrets.
pub fn new_dkim_key(fill: fn(&mut [u8])) -> Result<Secret, NoSigner> {
    let key = RsaPrivateKey::new(&mut Randomness(fill), BITS).map_err(|_| NoSigner::Key)?;
    let pem = key.to_pkcs1_pem(LineEnding::LF).map_err(|_| NoSigner::Key)?;
    Ok(Secret::from(pem.as_str().to_owned()))
}

struct Randomness(fn(&mut [u8]));

impl RngCore for Randomness {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        (self.0)(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Randomness {}
