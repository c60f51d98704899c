//! A ZIP archive written front to back: files stored as they are, nothing kept but names, sums and places. Documents are
//! compressed already, and with their size known beforehand no file is ever held but the one that is being sent.

use flate2::Crc;

/// 1980-01-01, the first day a ZIP can name: the same documents give the same bytes on any day.
const DAY: u16 = (1 << 5) | 1;
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0; names are UTF-8; stored.
const VERSION: u16 = 20;
const UTF8_NAMES: u16 = 1 << 11;

const LOCAL_LENGTH: u64 = 30;
const CENTRAL_LENGTH: u64 = 46;
const END_LENGTH: u64 = 22;

/// An archive in the making. The caller sends what each function gives, in order.
#[derive(Debug, Default)]
pub struct Archive {
    /// The index, which follows the files.
    central: Vec<u8>,
    files: u16,
    written: u32,
}

/// More than 65,535 files or 4 GiB.
#[derive(Debug, thiserror::Error)]
#[error("the archive would be too large")]
pub struct TooLarge;

impl Archive {
    /// How long the archive of these names and sizes is, in bytes.
    pub fn length<'a>(files: impl Iterator<Item = (&'a str, u64)>) -> u64 {
        let of_file = |(name, size): (&str, u64)| {
            let name = u64::try_from(name.len()).unwrap_or(u64::MAX);
            size.saturating_add(name.saturating_mul(2)).saturating_add(LOCAL_LENGTH + CENTRAL_LENGTH)
        };
        files.map(of_file).fold(END_LENGTH, u64::saturating_add)
    }

    /// What stands in front of a file's bytes.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, TooLarge> {
        let size = u32::try_from(bytes.len()).map_err(|_| TooLarge)?;
        let name_length = u16::try_from(name.len()).map_err(|_| TooLarge)?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let mut common = Vec::new();
        for field in [VERSION, UTF8_NAMES, 0, 0, DAY] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend(name_length.to_le_bytes());
        common.extend(0_u16.to_le_bytes());

        let mut local = LOCAL.to_le_bytes().to_vec();
        local.extend(&common);
        local.extend(name.bytes());

        self.central.extend(CENTRAL.to_le_bytes());
        self.central.extend(VERSION.to_le_bytes());
        self.central.extend(&common);
        // No comment, first disk, no attributes.
        self.central.extend([0_u8; 10]);
        self.central.extend(self.written.to_le_bytes());
        self.central.extend(name.bytes());

        let head = u32::try_from(local.len()).map_err(|_| TooLarge)?;
        self.written = self.written.checked_add(head).and_then(|sum| sum.checked_add(size)).ok_or(TooLarge)?;
        self.files = self.files.checked_add(1).ok_or(TooLarge)?;
        Ok(local)
    }

    /// What follows the last file.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn end(self) -> Result<Vec<u8>, TooLarge> {
        let size = u32::try_from(self.central.len()).map_err(|_| TooLarge)?;
        let mut end = self.central;
        end.extend(END.to_le_bytes());
        end.extend([0_u8; 4]);
        end.extend(self.files.to_le_bytes());
        end.extend(self.files.to_le_bytes());
        end.extend(size.to_le_bytes());
        end.extend(self.written.to_le_bytes());
        end.extend(0_u16.to_le_bytes());
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn another_reader_finds_every_file() {
        let files = [("INV-1.pdf", b"one".to_vec()), ("INV-2.pdf", vec![7; 70_000]), ("Ä.pdf", Vec::new())];
        let mut archive = Archive::default();
        let mut bytes = Vec::new();
        for (name, content) in &files {
            bytes.extend(archive.file(name, content).unwrap());
            bytes.extend(content);
        }
        bytes.extend(archive.end().unwrap());
        let sizes = files.iter().map(|(name, content)| (*name, u64::try_from(content.len()).unwrap()));
        assert_eq!(Archive::length(sizes), u64::try_from(bytes.len()).unwrap());

        let mut reader = ::zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(reader.len(), 3);
        for (name, content) in &files {
            let mut read = Vec::new();
            reader.by_name(name).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(&read, content, "{name}");
        }
    }
}
