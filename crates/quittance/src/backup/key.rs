//! The key of backups: a file of its own, which is in no backup.

use std::fs;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::random;

/// What its line begins with.
const MARK: &str = "quittance-backup-key-1 ";

/// 256 bits. It has no `Debug` and no `Display`.
pub struct BackupKey([u8; 32]);

impl BackupKey {
    /// A new one.
    pub fn generate() -> Self {
        Self(random::bytes())
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// `Refused` where it can't be read or holds no key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .map_err(|error| Error::Refused(format!("the backup key {} can't be read: {error}", path.display())))?;
        let key = text.lines().find_map(|line| line.strip_prefix(MARK));
        let key = key.and_then(|key| URL_SAFE_NO_PAD.decode(key.trim()).ok()?.try_into().ok());
        key.map(Self).ok_or_else(|| Error::Refused(format!("{} holds no backup key", path.display())))
    }

    /// Writes a key file, readable by its owner alone.
    ///
    /// # Errors
    /// `Refused` where it can't be written or is there already.
    pub fn write(&self, path: &Path) -> Result<()> {
        let failed = |error: std::io::Error| {
            Error::Refused(format!("the backup key can't be written to {}: {error}", path.display()))
        };
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = format!(
            "# The key of this provider's backups. Without it none of them can be opened: keep a copy elsewhere.\n\
             {MARK}{}\n",
            URL_SAFE_NO_PAD.encode(self.0)
        );
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Tells two keys apart without giving either away.
    pub fn id(&self) -> [u8; 8] {
        let hash = Sha256::new_with_prefix(MARK).chain_update(self.0).finalize();
        let mut id = [0; 8];
        id.iter_mut().zip(hash).for_each(|(byte, of_hash)| *byte = of_hash);
        id
    }

    /// For the cipher alone.
    pub(super) fn reveal(&self) -> &[u8; 32] {
        &self.0
    }
}
