//! A sealed stream: parts of 64 KiB under XChaCha20-Poly1305 in the STREAM construction. Each part carries its number
//! and whether it is the last, so that a part changed, left out, moved or added is found.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::Payload;
use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

use super::key::BackupKey;
use crate::random;

/// What every backup begins with.
const MARK: &[u8] = b"quittance backup 1\n";
/// Bytes of a part before it is sealed.
const PART: usize = 64 << 10;
/// What sealing adds to it.
const TAG: usize = 16;
/// The cipher's 24 bytes without the number of the part.
const NONCE: usize = 19;

/// Seals what is written to it. Only [`Sealer::finish`] makes it whole.
pub struct Sealer<W: Write> {
    out: W,
    cipher: EncryptorBE32<XChaCha20Poly1305>,
    head: Vec<u8>,
    part: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// Those of writing.
    pub fn new(mut out: W, key: &BackupKey) -> io::Result<Self> {
        let nonce: [u8; NONCE] = random::bytes();
        let head = [MARK, &key.id(), &nonce].concat();
        out.write_all(&head)?;
        let cipher = EncryptorBE32::from_aead(XChaCha20Poly1305::new(key.reveal().into()), &nonce.into());
        Ok(Self { out, cipher, head, part: Vec::with_capacity(PART) })
    }

    /// Writes the last part and gives back where it was written to.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(mut self) -> io::Result<W> {
        let sealed = self.cipher.encrypt_last(Payload { msg: &self.part, aad: &self.head });
        self.out.write_all(&sealed.map_err(too_long)?)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full part waits for the next byte: it may be the last.
        if self.part.len() == PART {
            let sealed = self.cipher.encrypt_next(Payload { msg: &self.part, aad: &self.head });
            self.out.write_all(&sealed.map_err(too_long)?)?;
            self.part.clear();
        }
        let taken = bytes.len().min(PART - self.part.len());
        self.part.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads what a [`Sealer`] wrote. Nothing of a part is given out that isn't exactly as it was written.
pub struct Opener<R: Read> {
    sealed: R,
    /// Nothing after the last part.
    cipher: Option<DecryptorBE32<XChaCha20Poly1305>>,
    head: Vec<u8>,
    next: Vec<u8>,
    part: io::Cursor<Vec<u8>>,
    /// Bytes before the part to be opened next.
    passed: usize,
}

/// Why a backup can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It doesn't begin like one.
    #[error("this is no backup of Quittance, or of a newer version")]
    NoBackup,
    /// Another key sealed it.
    #[error("it was sealed with another key")]
    OtherKey,
    /// A byte isn't what it was.
    #[error("it was changed or cut since it was written, from about byte {0} on")]
    Changed(usize),
}

impl<R: Read> Opener<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// Those of reading; [`Wrong`] inside.
    pub fn new(mut sealed: R, key: &BackupKey) -> io::Result<Self> {
        let head = up_to(&mut sealed, MARK.len() + 8 + NONCE)?;
        let (mark, rest) = head.split_at_checked(MARK.len()).unwrap_or_default();
        let (id, nonce) = rest.split_at_checked(8).unwrap_or_default();
        let nonce: Result<[u8; NONCE], _> = nonce.try_into();
        let (true, Ok(nonce)) = (mark == MARK, nonce) else { return Err(io::Error::other(Wrong::NoBackup)) };
        if id != key.id() {
            return Err(io::Error::other(Wrong::OtherKey));
        }
        let cipher = DecryptorBE32::from_aead(XChaCha20Poly1305::new(key.reveal().into()), &nonce.into());
        let next = up_to(&mut sealed, PART + TAG)?;
        let passed = head.len();
        Ok(Self { sealed, cipher: Some(cipher), head, next, part: io::Cursor::default(), passed })
    }

    /// Opens the next part; false after the last.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(mut cipher) = self.cipher.take() else { return Ok(false) };
        let this = std::mem::take(&mut self.next);
        self.next = if this.len() == PART + TAG { up_to(&mut self.sealed, PART + TAG)? } else { Vec::new() };
        let sealed = Payload { msg: &this, aad: &self.head };
        let opened = if self.next.is_empty() {
            cipher.decrypt_last(sealed)
        } else {
            let opened = cipher.decrypt_next(sealed);
            self.cipher = Some(cipher);
            opened
        };
        self.part = io::Cursor::new(opened.map_err(|_| io::Error::other(Wrong::Changed(self.passed)))?);
        self.passed += this.len();
        Ok(true)
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.part.read(buffer)?;
            if count > 0 || buffer.is_empty() || !self.advance()? {
                return Ok(count);
            }
        }
    }
}

/// So many bytes, or fewer at the end.
fn up_to(from: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    from.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_long(_: chacha20poly1305::Error) -> io::Error {
    io::Error::other("a backup has at most 256 TiB")
}
