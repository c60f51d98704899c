//! SQLite: one thread that writes, several that read.

mod connection;
mod copy;
mod errors;
mod reader;
mod repair;
mod schema;
mod writer;

pub(crate) use connection::Sqlite;

use std::path::Path;
use std::sync::Arc;

use super::queue::{Lane, Threads, channel};
use super::{Engine, Engines};
use crate::health::Watch;
use crate::store::{Expected, Options};
use crate::{Error, Tx};

/// Opens the file, creating it when there is none, and starts the threads.
pub(super) fn start(path: &Path, options: &Options, expected: &Expected, watch: &Arc<Watch>) -> Result<Engines, Error> {
    let (mut writing, mut reading) = (Threads::default(), Threads::default());
    let (writes, waiting_writes) = channel(options.queue);
    let (reads, waiting_reads) = channel(options.queue);
    let writer = Sqlite::open_writer(path)?;
    writer.cache(options.writer_cache_kib)?;
    if let Some(pages) = options.pages {
        writer.limit(pages)?;
    }
    let writer = writer::Writer::new(path.to_owned(), writer, expected.clone(), watch.clone());
    writing.spawn("store-write", move || writer.serve(&waiting_writes))?;
    for _ in 0..options.threads.max(1) {
        let reader = Sqlite::open_reader(path)?;
        reader.cache(options.reader_cache_kib)?;
        let (orders, watch) = (waiting_reads.clone(), watch.clone());
        reading.spawn("store-read", move || reader::serve(Tx::new(Engine::Sqlite(reader)), &orders, &watch))?;
    }
    Ok(Engines { reads: Lane::new(reads, reading), writes: Lane::new(writes, writing) })
}
