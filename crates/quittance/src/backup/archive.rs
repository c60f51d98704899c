//! Files one after the other in a compressed stream: the length of its name, its name, its length, its bytes. No name
//! ends it.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The longest name.
const LONGEST_NAME: usize = 200;

/// Packs files.
pub struct Packer<W: Write>(DeflateEncoder<W>);

impl<W: Write> Packer<W> {
    /// Nothing yet.
    pub fn new(out: W) -> Self {
        Self(DeflateEncoder::new(out, Compression::fast()))
    }

    /// A file of so many bytes.
    ///
    /// # Errors
    /// Those of reading and writing; where it has become shorter or longer.
    pub fn put(&mut self, name: &str, size: u64, from: impl Read) -> io::Result<()> {
        let name_size = u16::try_from(name.len()).map_err(io::Error::other)?;
        self.0.write_all(&name_size.to_be_bytes())?;
        self.0.write_all(name.as_bytes())?;
        self.0.write_all(&size.to_be_bytes())?;
        let written = io::copy(&mut from.take(size), &mut self.0)?;
        if written == size { Ok(()) } else { Err(io::Error::other(format!("{name} has become shorter"))) }
    }

    /// Ends it, and gives back where it was written to.
    ///
    /// # Errors
    /// Those of writing.
    pub fn finish(mut self) -> io::Result<W> {
        self.0.write_all(&0_u16.to_be_bytes())?;
        self.0.finish()
    }
}

/// Unpacks files.
pub struct Unpacker<R: Read>(DeflateDecoder<R>);

impl<R: Read> Unpacker<R> {
    /// At the first file.
    pub fn new(from: R) -> Self {
        Self(DeflateDecoder::new(from))
    }

    /// Name and size of the next file; nothing after the last.
    ///
    /// # Errors
    /// Those of reading; where it is no such archive.
    pub fn next_file(&mut self) -> io::Result<Option<(String, u64)>> {
        let mut size = [0; 2];
        self.0.read_exact(&mut size)?;
        let size = usize::from(u16::from_be_bytes(size));
        if size == 0 {
            return Ok(None);
        }
        if size > LONGEST_NAME {
            return Err(io::Error::other("a name is too long"));
        }
        let mut name = vec![0; size];
        self.0.read_exact(&mut name)?;
        let name = String::from_utf8(name).map_err(io::Error::other)?;
        let mut bytes = [0; 8];
        self.0.read_exact(&mut bytes)?;
        Ok(Some((name, u64::from_be_bytes(bytes))))
    }

    /// The bytes of the file named last.
    ///
    /// # Errors
    /// Those of reading and writing.
    pub fn copy_to(&mut self, size: u64, to: &mut impl Write) -> io::Result<()> {
        let copied = io::copy(&mut (&mut self.0).take(size), to)?;
        if copied == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Reads whatever is left after the last file, so that what lies beneath is read to its end.
    ///
    /// # Errors
    /// Those of reading; where there is more than there should be.
    pub fn finish(mut self) -> io::Result<()> {
        let packed = io::copy(&mut self.0, &mut io::sink())?;
        let beneath = io::copy(self.0.get_mut(), &mut io::sink())?;
        if packed + beneath == 0 { Ok(()) } else { Err(io::Error::other("there is more than was packed")) }
    }
}
