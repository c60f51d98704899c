//! Secrets that live beside the database, never in it.

use std::fs;
use std::io::Write;
use std::path::Path;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::place::KEYS;
use crate::random;

/// The id of the instance that a data directory belongs to; made where there is none yet. A database of another
/// instance is then refused.
///
/// # Errors
/// `Refused` where the file can't be read or written.
pub fn instance_id(data: &Path) -> Result<Vec<u8>> {
    let path = data.join(KEYS).join("instance");
    if !path.exists() {
        write_new(data, "instance", &random::bytes::<16>())?;
    }
    fs::read(&path).map_err(|error| Error::Refused(format!("{} can't be read: {error}", path.display())))
}

fn write_new(data: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let folder = data.join(KEYS);
    let failed =
        |error: std::io::Error| Error::Refused(format!("the keys can't be written to {}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(folder.join(name)).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)
}

/// The key of sign-in codes and form tokens. It has no `Debug` and no `Display`.
#[derive(Clone)]
pub struct Keys {
    pepper: [u8; 32],
}

impl Keys {
    /// New keys.
    pub fn generate() -> Self {
        Self { pepper: random::bytes() }
    }

    /// Writes the keys to `DIR/keys/pepper`, readable by the owner alone.
    ///
    /// # Errors
    /// `Refused` where the file can't be written or is there already.
    pub fn write(&self, data: &Path) -> Result<()> {
        write_new(data, "pepper", &self.pepper)
    }

    /// Whether a data directory has keys.
    pub fn exist(data: &Path) -> bool {
        data.join(KEYS).join("pepper").exists()
    }

    /// Reads the keys of a data directory.
    ///
    /// # Errors
    /// `Refused` where they are missing.
    pub fn read(data: &Path) -> Result<Self> {
        let path = data.join(KEYS).join("pepper");
        let bytes = fs::read(&path).map_err(|error| {
            Error::Refused(format!(
                "{path} can't be read: {error}. Restore it from a backup; where there is none, 32 new random bytes do \
                 (head -c 32 /dev/urandom > {path}), and only codes and forms under way stop working",
                path = path.display()
            ))
        })?;
        let pepper =
            bytes.try_into().map_err(|_| Error::Refused(format!("{} does not hold 32 bytes", path.display())))?;
        Ok(Self { pepper })
    }

    /// What the sandbox's processor signs its events with.
    pub fn sandbox_secret(&self) -> String {
        random::base64_url(&self.mac("sandbox processor", &[]))
    }

    /// HMAC-SHA-256 over `purpose` and `parts`, each with its length, so that no two inputs look alike.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.pepper)
            .unwrap_or_else(|_| unreachable!("a MAC takes a key of any length"));
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
