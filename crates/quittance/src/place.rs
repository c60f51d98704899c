//! The files of a data directory, and what has to be done so that one is there for good.

use std::fs::File;
use std::path::Path;

use crate::error::Error;

/// The embedded database's file in the data directory.
pub const DATABASE_FILE: &str = "quittance.db";
/// The settings.
pub const SETTINGS: &str = "quittance.toml";
/// The folder of keys.
pub const KEYS: &str = "keys";
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
