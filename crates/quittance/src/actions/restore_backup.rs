//! Makes a data directory from a backup: beside its place, checked to the last byte, and put there when it is whole.

use std::fs::{self, File};
use std::io::{BufReader, Error as IoError, Write};
use std::path::{Path, PathBuf};

use store::{Location, Options, Store};

use super::back_up::{ABOUT, About};
use crate::backup::{BackupKey, Opener, Unpacker};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::place::{DATABASE_FILE, KEYS, SETTINGS, failed, sync_folder};

/// Marks a folder as ours to remove: one that was killed leaves it behind.
const MARK: &str = "restoring";

/// What was unpacked, beside the place where it belongs; gone when it isn't put there.
pub struct Restored {
    /// Where it is.
    pub stage: PathBuf,
    /// What the backup says of itself.
    pub about: About,
    data: PathBuf,
    is_placed: bool,
}

/// Unpacks a backup beside the data directory `data`, which must be empty or not there, and holds the instance: what
/// its other copy did since, it doesn't know.
///
/// # Errors
/// `Refused` where the place isn't empty, or any byte of the backup isn't as it was written; those of the database.
pub async fn restore_backup(file: &Path, key: &BackupKey, data: &Path) -> Result<Restored> {
    if fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) || data.is_file() {
        return Err(Error::Refused(format!("{} isn't empty; nothing was changed", data.display())));
    }
    let stage = stage(data)?;
    let mut restored = Restored { stage, about: unknown(), data: data.to_owned(), is_placed: false };
    restored.about = unpack(file, key, &restored.stage).map_err(|error| Error::Refused(refusal(file, &error)))?;
    own_settings(&restored.stage.join(SETTINGS))?;
    let store = Store::open(Options::new(Location::Sqlite(restored.stage.join(DATABASE_FILE)))).await?;
    store.migrate().await?;
    let because = format!("it was restored from a backup of {}", restored.about.made_at.strftime("%Y-%m-%d %H:%M UTC"));
    let now = Clock::default().real();
    store.write(move |tx| tx.hold_instance(now, &because)).await?;
    Ok(restored)
}

impl Restored {
    /// Puts it in its place. Nobody may have it open any more.
    ///
    /// # Errors
    /// `Refused` where it can't be.
    pub fn put_in_place(mut self) -> Result<()> {
        let placed = fs::remove_file(self.stage.join(MARK))
            .and_then(|()| sync_folder(&self.stage.join(MARK)))
            .and_then(|()| fs::rename(&self.stage, &self.data))
            .and_then(|()| sync_folder(&self.data));
        placed.map_err(failed("the restored instance can't be put at", &self.data))?;
        self.is_placed = true;
        Ok(())
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        if !self.is_placed {
            // The next one removes what is left.
            drop(fs::remove_dir_all(&self.stage));
        }
    }
}

fn unknown() -> About {
    About { made_at: jiff::Timestamp::UNIX_EPOCH, version: String::new(), engine: String::new() }
}

/// A folder beside the data directory, on the same disk.
fn stage(data: &Path) -> Result<PathBuf> {
    let mut name = data.as_os_str().to_owned();
    name.push(".restoring");
    let stage = PathBuf::from(name);
    if stage.join(MARK).exists() {
        fs::remove_dir_all(&stage).map_err(failed("what an earlier restore left can't be removed from", &stage))?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = match data.parent() {
        Some(parent) => fs::create_dir_all(parent).and_then(|()| builder.create(&stage)),
        None => builder.create(&stage),
    };
    made.and_then(|()| File::create(stage.join(MARK)).map(drop)).map_err(failed("there is no place at", &stage))?;
    Ok(stage)
}

fn unpack(file: &Path, key: &BackupKey, stage: &Path) -> std::io::Result<About> {
    let opener = Opener::new(BufReader::new(File::open(file)?), key)?;
    let mut unpacker = Unpacker::new(opener);
    let mut about = None;
    while let Some((name, size)) = unpacker.next_file()? {
        if name == ABOUT {
            let mut bytes = Vec::new();
            unpacker.copy_to(size, &mut bytes)?;
            about = Some(serde_json::from_slice(&bytes)?);
            continue;
        }
        let path = inside(stage, &name).ok_or_else(|| IoError::other(format!("it holds a file {name:?}")))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut out = options.open(&path)?;
        unpacker.copy_to(size, &mut out)?;
        out.flush()?;
        out.sync_all()?;
        sync_folder(&path)?;
    }
    unpacker.finish()?;
    about.ok_or_else(|| IoError::other("it doesn't say what it is"))
}

/// Where a file of a backup belongs; nothing for one that a backup doesn't hold.
fn inside(stage: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |name: &str| {
        !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    match name.split_once('/') {
        None if name == SETTINGS || name == DATABASE_FILE => Some(stage.join(name)),
        Some((KEYS, key)) if is_plain(key) && !key.is_empty() => Some(stage.join(KEYS).join(key)),
        _ => None,
    }
}

fn refusal(file: &Path, error: &IoError) -> String {
    format!("{} can't be restored: {error}. Nothing was put in place", file.display())
}

/// The restored database is the file in the data directory, whatever database the instance had: that one may still be
/// at work.
fn own_settings(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).map_err(failed("the settings can't be read from", path))?;
    let mut section = String::new();
    let own: Vec<String> = text
        .lines()
        .map(|line| {
            if line.trim_start().starts_with('[') {
                section = line.trim().to_owned();
            }
            let is_url = line.trim_start().strip_prefix("url").is_some_and(|rest| rest.trim_start().starts_with('='));
            if section == "[database]" && is_url { "url = \"\"".to_owned() } else { line.to_owned() }
        })
        .collect();
    let mut file = File::create(path).map_err(failed("the settings can't be written to", path))?;
    let written = writeln!(file, "{}", own.join("\n")).and_then(|()| file.sync_all());
    written.map_err(failed("the settings can't be written to", path))
}
