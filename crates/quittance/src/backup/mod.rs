//! Backups: every file of an instance in one, compressed and sealed with a key of its own, written and read as a
//! stream.

mod archive;
mod key;
mod seal;

pub use archive::{Packer, Unpacker};
pub use key::BackupKey;
pub use seal::{Opener, Sealer};
