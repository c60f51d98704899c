//! Makes a backup: one state of the database, with settings and keys, packed, sealed, and put in its place when it is
//! whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use store::copy::{Meanwhile, copy};
use store::{Location, Options, Store};

use crate::app::App;
use crate::backup::{BackupKey, Packer, Sealer};
use crate::error::{Error, Result};
use crate::place::{DATABASE_FILE, KEYS, SETTINGS, failed, sync_folder};

/// What the backup says of itself, in its first file.
pub const ABOUT: &str = "about.json";

/// `about.json`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The instant at which it was begun.
    pub made_at: jiff::Timestamp,
    /// The version of the program that made it.
    pub version: String,
    /// "SQLite" or "PostgreSQL": where the data were. In the backup they are a file of SQLite.
    pub engine: String,
}

/// Writes a backup of the instance in `data` to `file`. `progress` is told how many bytes of how many are packed.
///
/// # Errors
/// `Refused` where a file can't be read or written, or another backup is under way; those of the database.
pub async fn back_up(
    app: &App,
    data: &Path,
    file: &Path,
    key: &BackupKey,
    progress: impl Fn(usize, usize),
) -> Result<u64> {
    let about = About {
        made_at: app.clock.real(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: app.store.engine_name().to_owned(),
    };
    let snapshot = Snapshot::take(app, data).await?;
    let part = part_of(file);
    let packed = pack(&about, data, &snapshot, (&part, key), progress);
    if let Err(error) = packed {
        // What is left of it is of no use to anybody.
        drop(fs::remove_file(&part));
        return Err(failed("the backup can't be written to", &part)(error));
    }
    fs::rename(&part, file).and_then(|()| sync_folder(file)).map_err(failed("the backup can't be put at", file))?;
    Ok(fs::metadata(file).map_or(0, |file| file.len()))
}

/// The name under which a file is written until it is whole.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// A copy of the database in the data directory, gone when it is packed.
struct Snapshot {
    path: PathBuf,
    _only: File,
}

impl Snapshot {
    async fn take(app: &App, data: &Path) -> Result<Self> {
        let lock = data.join("backup.lock");
        let only = File::create(&lock).map_err(failed("a backup can't be begun at", &lock))?;
        if only.try_lock().is_err() {
            return Err(Error::refused("another backup of this instance is under way"));
        }
        let snapshot = Self { path: data.join("snapshot.part"), _only: only };
        // One that was killed may have left its own.
        snapshot.remove();
        match app.store.location() {
            Location::Sqlite(_) => app.store.save_as(snapshot.path.clone()).await?,
            Location::Postgres(_) => {
                let file = Store::open(Options::new(Location::Sqlite(snapshot.path.clone()))).await?;
                file.migrate().await?;
                copy(&app.store, &file, Meanwhile::OthersWrite).await?;
            }
        }
        Ok(snapshot)
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(suffix);
            // Mostly there is none.
            drop(fs::remove_file(PathBuf::from(name)));
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.remove();
    }
}

fn pack(
    about: &About,
    data: &Path,
    snapshot: &Snapshot,
    (part, key): (&Path, &BackupKey),
    progress: impl Fn(usize, usize),
) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut packer = Packer::new(Sealer::new(BufWriter::new(options.open(part)?), key)?);
    let about = serde_json::to_vec(about)?;
    packer.put(ABOUT, u64::try_from(about.len()).unwrap_or(0), about.as_slice())?;
    for name in small_files(data)? {
        let file = File::open(data.join(&name))?;
        packer.put(&name, file.metadata()?.len(), file)?;
    }
    let database = File::open(&snapshot.path)?;
    let size = database.metadata()?.len();
    packer.put(DATABASE_FILE, size, Told { file: database, read: 0, size, progress })?;
    let mut out = packer.finish()?.finish()?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Settings and keys. The key of backups isn't among them: a lock doesn't hold its own key.
fn small_files(data: &Path) -> std::io::Result<Vec<String>> {
    let mut names = vec![SETTINGS.to_owned()];
    for entry in fs::read_dir(data.join(KEYS))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| std::io::Error::other("a key has an odd name"))?;
        if entry.file_type()?.is_file() {
            names.push(format!("{KEYS}/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

/// A file that tells how far it is read.
struct Told<P> {
    file: File,
    read: usize,
    size: u64,
    progress: P,
}

impl<P: Fn(usize, usize)> std::io::Read for Told<P> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count;
        (self.progress)(self.read, usize::try_from(self.size).unwrap_or(usize::MAX));
        Ok(count)
    }
}
