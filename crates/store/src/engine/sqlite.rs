//! SQLite: one thread that writes, several that read.

mod connection;
mod errors;
mod reader;
mod schema;
mod writer;

pub(crate) use connection::Sqlite;

use std::path::Path;

use super::queue::{Lane, Threads, channel};
use super::{Engine, Engines};
use crate::store::Options;
use crate::{Error, Tx};

/// Opens the file, creating it when there is none, and starts the threads.
pub(super) fn start(path: &Path, options: &Options) -> Result<Engines, Error> {
    let (mut writing, mut reading) = (Threads::default(), Threads::default());
    let (writes, waiting_writes) = channel(options.queue);
    let (reads, waiting_reads) = channel(options.queue);
    let writer = Sqlite::open_writer(path)?;
    if let Some(pages) = options.pages {
        writer.limit(pages)?;
    }
    let log = connection::log_path(path);
    writing.spawn("store-write", move || writer::serve(Tx::new(Engine::Sqlite(writer)), &waiting_writes, &log))?;
    for _ in 0..options.threads.max(1) {
        let reader = Sqlite::open_reader(path)?;
        let orders = waiting_reads.clone();
        reading.spawn("store-read", move || reader::serve(Tx::new(Engine::Sqlite(reader)), &orders))?;
    }
    Ok(Engines { reads: Lane::new(reads, reading), writes: Lane::new(writes, writing) })
}
