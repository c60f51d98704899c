//! The floor on SQLite: rusqlite, one prepared insert per table, as durable as ours.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::rows::Rows;
use crate::Result;

/// Writes the rows into a copy of the instance, and says how long that took.
pub fn write(path: &Path, rows: &Rows) -> Result<Duration> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; \
         PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;",
    )?;
    let started = Instant::now();
    let mut inserts = Vec::new();
    for table in &rows.tables {
        let places = vec!["?"; table.columns.len()].join(", ");
        inserts.push(connection.prepare(&format!("INSERT INTO {} VALUES ({places})", table.name))?);
    }
    let mut advance = connection.prepare("UPDATE series SET next = ?1 WHERE series = 'invoice'")?;
    for (batch, next) in rows.batches.iter().zip(&rows.next) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (insert, rows) in inserts.iter_mut().zip(batch) {
            for row in rows {
                for (cell, place) in row.iter().zip(1..) {
                    insert.raw_bind_parameter(place, cell)?;
                }
                insert.raw_execute()?;
            }
        }
        advance.execute([next])?;
        connection.execute_batch("COMMIT")?;
    }
    Ok(started.elapsed())
}
