//! Where a file of an export is: on the disk, or in memory. It may be read several times.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lines::Lines;
use crate::error::{Error, Result};

/// The names of the CSV files, in the order in which rows refer to each other.
pub const FILES: [&str; 12] = [
    "accounts.csv",
    "contacts.csv",
    "items.csv",
    "tax_rates.csv",
    "agreements.csv",
    "agreement_lines.csv",
    "agreement_changes.csv",
    "discounts.csv",
    "rates.csv",
    "tickets.csv",
    "time_entries.csv",
    "products.csv",
];

/// How a file of another kind is called in problems, until its own name is put there.
const OTHER: &str = "the file";

/// A CSV file of the contract.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in the contract.
    pub name: &'static str,
    /// Its size in bytes when it was found.
    pub size: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

impl Source {
    /// A file on the disk.
    ///
    /// # Errors
    /// `Refused` where it can't be read, or its name is none of the contract's.
    pub fn file(path: &Path) -> Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = known(&name)?;
        let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
        Ok(Self { name, size, place: Place::Disk(path.to_owned()) })
    }

    /// A file of another kind, whatever it is called.
    ///
    /// # Errors
    /// `Refused` where it can't be read.
    pub fn other(path: &Path) -> Result<Self> {
        let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
        Ok(Self { name: OTHER, size, place: Place::Disk(path.to_owned()) })
    }

    /// A file's text, made by this program.
    ///
    /// # Errors
    /// As [`Source::file`].
    pub fn text(name: &str, text: &str) -> Result<Self> {
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(Self { name: known(name)?, size, place: Place::Memory(text.as_bytes().into()) })
    }

    /// Its bytes from the first on.
    ///
    /// # Errors
    /// `Refused` where it can't be opened.
    pub fn open(&self) -> Result<Lines> {
        let bytes: Box<dyn Read + Send> = match &self.place {
            Place::Disk(path) => Box::new(File::open(path).map_err(|error| unreadable(path, &error))?),
            Place::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        };
        Ok(Lines::of(bytes))
    }

    /// The refusal where reading stopped in the middle.
    pub fn unreadable(&self, error: &impl std::fmt::Display) -> Error {
        match &self.place {
            Place::Disk(path) => unreadable(path, error),
            Place::Memory(_) => unreadable(Path::new(self.name), error),
        }
    }
}

/// The refusal of a file that can't be read.
pub fn unreadable(path: &Path, error: &impl std::fmt::Display) -> Error {
    Error::Refused(format!("{} can't be read: {error}", path.display()))
}

fn known(name: &str) -> Result<&'static str> {
    FILES.into_iter().find(|known| *known == name).ok_or_else(|| {
        Error::Refused(format!("{name} is no file of the export; expected provider.toml, {}", FILES.join(", ")))
    })
}
