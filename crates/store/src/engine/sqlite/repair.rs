//! After the disk failed: the file is opened again, and believed only when a commit has reached the disk.

use std::path::Path;

use super::Sqlite;
use crate::Error;
use crate::store::Expected;

/// Opens the file again. Errors: `Unreachable` while the disk fails; `WrongInstance` when there is another file now.
///
/// The log of what was acknowledged stands on the disk as before: a commit that failed was never added to its index, and
/// the next one is written over it. What is shown here is that the disk takes a commit again, by one of a counter in
/// the file's header that nobody reads.
pub(super) fn open_again(path: &Path, expected: &Expected) -> Result<Sqlite, Error> {
    // Not one that would make a new, empty file in the place of a disk that is gone.
    if !path.exists() {
        return Err(Error::Unreachable("the file of the database is gone".to_owned()));
    }
    let sqlite = Sqlite::open_writer(path)?;
    if let Some(expected) = expected.get() {
        let found = sqlite.connection.query_row("SELECT instance_id FROM instance", [], |row| row.get::<_, Vec<u8>>(0));
        if found.map_err(Error::from)? != *expected {
            return Err(Error::WrongInstance);
        }
    }
    let count: i64 = sqlite.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let next = (count + 1) % 1_000_000;
    sqlite.connection.execute_batch(&format!("BEGIN IMMEDIATE; PRAGMA user_version = {next}; COMMIT;"))?;
    Ok(sqlite)
}
