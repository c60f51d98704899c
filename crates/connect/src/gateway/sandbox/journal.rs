//! The file that holds the world: lines of JSON, each on disk before its answer leaves. Every turn reads what other
//! processes wrote, under the file's lock, and so all of them see one world.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::deed::Line;

/// The journal, and how far it was read.
pub(super) struct Journal {
    path: PathBuf,
    read_bytes: u64,
}

/// What others wrote since the last look.
pub(super) enum News {
    /// These lines more.
    More(Vec<Line>),
    /// It is another file: the world begins anew with these.
    Anew(Vec<Line>),
}

/// The journal in our hand; nobody else writes until it is dropped.
pub(super) struct Held<'journal> {
    file: File,
    read_bytes: &'journal mut u64,
}

impl Journal {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, read_bytes: 0 }
    }

    /// Waits for the lock and reads what is new.
    pub(super) fn hold(&mut self) -> Result<(Held<'_>, News)> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        file.lock()?;
        let is_another = file.metadata()?.len() < self.read_bytes;
        if is_another {
            self.read_bytes = 0;
        }
        let lines = rest(&mut file, &mut self.read_bytes)?;
        let news = if is_another { News::Anew(lines) } else { News::More(lines) };
        Ok((Held { file, read_bytes: &mut self.read_bytes }, news))
    }
}

impl Held<'_> {
    /// Whether nothing has ever been written.
    pub(super) fn is_blank(&self) -> bool {
        *self.read_bytes == 0
    }

    /// Writes a line, and waits until it is on disk where it has to last.
    pub(super) fn append(&mut self, line: &Line) -> Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)?;
        if line.deed.must_last() {
            self.file.sync_data()?;
        }
        *self.read_bytes += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }
}

/// The whole lines from a place on. Whoever died while writing left half a line, which is cut off: it was never answered.
fn rest(file: &mut File, read_bytes: &mut u64) -> Result<Vec<Line>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(*read_bytes))?;
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let lines: Result<Vec<Line>> = bytes
        .get(..whole)
        .unwrap_or_default()
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).map_err(|error| Error::new(ErrorKind::InvalidData, error)))
        .collect();
    let lines = lines?;
    let until = *read_bytes + u64::try_from(whole).unwrap_or_default();
    if whole < bytes.len() {
        file.set_len(until)?;
    }
    *read_bytes = until;
    Ok(lines)
}
