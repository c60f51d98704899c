//! Where reports lie: a maildir, a folder of files, a file with one message or with many (mbox), or a pipe. At most the
//! head of each message is held in memory, however large it is.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use connect::mail::REPORT_BYTES;

use crate::actions::read_bounce::{Bounce, read_bounce};
use crate::app::App;
use crate::error::{Error, Result};

/// So many files of a folder are read at a time.
const AT_A_TIME: usize = 1_000;

/// Reads everything at `path` once. What is new in a maildir is moved to what was seen.
///
/// # Errors
/// `Refused` where the path can't be read; those of the database.
pub async fn read_path(app: &App, path: &Path) -> Result<Vec<(String, Bounce)>> {
    if !path.is_dir() {
        return read_file(app, path).await;
    }
    let is_maildir = path.join("new").is_dir() && path.join("cur").is_dir();
    let folders = if is_maildir { vec![path.join("new"), path.join("cur")] } else { vec![path.to_owned()] };
    let mut read = Vec::new();
    for folder in folders {
        for file in files(&folder)? {
            read.extend(read_file(app, &file).await?);
            if is_maildir && folder.ends_with("new") {
                see(path, &file);
            }
        }
    }
    Ok(read)
}

/// Reads a folder again and again: only what is new each time.
#[derive(Debug, Default)]
pub struct Watch {
    seen: BTreeSet<PathBuf>,
}

impl Watch {
    /// Reads what has come since the last time.
    ///
    /// # Errors
    /// As [`read_path`].
    pub async fn read(&mut self, app: &App, path: &Path) -> Result<()> {
        let is_maildir = path.join("new").is_dir();
        let folder = if is_maildir { path.join("new") } else { path.to_owned() };
        let present = files(&folder)?;
        self.seen.retain(|known| present.contains(known));
        for file in present {
            if self.seen.contains(&file) {
                continue;
            }
            read_file(app, &file).await?;
            if !(is_maildir && see(path, &file)) {
                self.seen.insert(file);
            }
        }
        Ok(())
    }
}

/// The messages of a stream, each cut at its head: one, or several of an mbox.
pub fn messages(mut stream: impl BufRead) -> std::io::Result<Vec<Vec<u8>>> {
    let mut messages: Vec<Vec<u8>> = vec![Vec::new()];
    let (mut line, mut after_empty, mut is_mbox, mut is_first) = (Vec::new(), true, false, true);
    while read_line(&mut stream, &mut line)? {
        let begins = line.starts_with(b"From ") && after_empty && (is_mbox || is_first);
        after_empty = line.iter().all(u8::is_ascii_whitespace);
        if begins {
            is_mbox = true;
            if !is_first {
                messages.push(Vec::new());
            }
        } else if let Some(message) = messages.last_mut() {
            let room = REPORT_BYTES.saturating_sub(message.len());
            message.extend(line.iter().take(room));
        }
        is_first = false;
    }
    messages.retain(|message| !message.is_empty());
    Ok(messages)
}

/// The next line or, of an endless one, its next piece; false at the end.
fn read_line(stream: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let most = u64::try_from(REPORT_BYTES).unwrap_or(u64::MAX);
    Ok(stream.take(most).read_until(b'\n', line)? > 0)
}

async fn read_file(app: &App, path: &Path) -> Result<Vec<(String, Bounce)>> {
    let unreadable = |error: std::io::Error| Error::Refused(format!("{} can't be read: {error}", path.display()));
    let found = messages(BufReader::new(File::open(path).map_err(unreadable)?)).map_err(unreadable)?;
    let mut read = Vec::new();
    for message in found {
        read.push((path.display().to_string(), read_bounce(app, &message).await?));
    }
    Ok(read)
}

/// The files of a folder, by name; hidden ones are none.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error: std::io::Error| Error::Refused(format!("{} can't be read: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    files.truncate(AT_A_TIME);
    Ok(files)
}

/// Moves a file of a maildir from what is new to what was seen; false where it can't be.
fn see(maildir: &Path, file: &Path) -> bool {
    let Some(name) = file.file_name() else { return false };
    let mut seen = name.to_owned();
    seen.push(":2,S");
    std::fs::rename(file, maildir.join("cur").join(seen)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_holds_several_and_a_message_holds_one() {
        let mbox = b"From a Mon\nSubject: 1\n\n>From here on\nx\n\nFrom b Tue\nSubject: 2\n\nBody\n";
        let found = messages(mbox.as_slice()).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with(b"Subject: 1") && found[0].ends_with(b"From here on\nx\n\n"));
        let one = b"Subject: 1\n\nFrom me\n\nFrom you\n";
        assert_eq!(messages(one.as_slice()).unwrap(), [one]);
        assert!(messages(b"".as_slice()).unwrap().is_empty());
    }

    #[test]
    fn an_endless_message_is_cut() {
        let endless = std::io::repeat(b'x').take(50_000_000);
        let found = messages(BufReader::new(endless)).unwrap();
        assert_eq!((found.len(), found[0].len()), (1, REPORT_BYTES));
    }
}
