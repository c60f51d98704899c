//! The files of a data directory, and what has to be done so that one is there for good.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The embedded database's file in the data directory.
pub const DATABASE_FILE: &str = "quittance.db";
/// The settings.
pub const SETTINGS: &str = "quittance.toml";
/// The folder of keys.
pub const KEYS: &str = "keys";
/// What a sandbox's payment processor did, where the settings name no other file.
pub const JOURNAL: &str = "processor.jsonl";
/// The key of backups, where none is named.
pub const BACKUP_KEY: &str = "backup.key";

/// Has the disk remember which files stand in the folder of this one.
///
/// # Errors
/// Those of the disk.
pub fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// The refusal where something can't be done with a file.
pub fn failed<'p>(what: &'p str, path: &'p Path) -> impl Fn(std::io::Error) -> Error + 'p {
    move |error| Error::Refused(format!("{what} {}: {error}", path.display()))
}

/// A folder for files of this process, which nobody else may read; gone with this value.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes it among the machine's temporary files. `what` tells it from others of this process.
    ///
    /// # Errors
    /// `Refused` where it can't be made.
    pub fn new(what: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("quittance-{}-{what}", std::process::id()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // Not one that is there already: somebody else may have put it there.
        builder.create(&path).map_err(|error| Error::Refused(format!("{} can't be made: {error}", path.display())))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
