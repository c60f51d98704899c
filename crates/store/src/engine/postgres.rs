//! PostgreSQL: several threads, each with a connection and a small runtime of its own.

mod arrays;
mod connection;
mod copy;
mod errors;
mod line;
mod values;
mod worker;

pub(crate) use connection::Postgres;

use std::sync::{Arc, RwLock};

use worker::{Shared, Worker};

use super::Engines;
use super::queue::{Lane, Threads, channel};
use crate::Error;
use crate::health::Watch;
use crate::store::{Expected, Options};

/// Starts the threads. Each connects when it gets its first closure.
pub(super) fn start(url: &str, options: &Options, expected: &Expected, watch: &Arc<Watch>) -> Result<Engines, Error> {
    let config = connection::config(url)?;
    let mut threads = Threads::default();
    let (sender, orders) = channel(options.queue);
    let (expected, watch) = (expected.clone(), watch.clone());
    let shared = Arc::new(Shared { config, expected, watch, orders, turn: RwLock::new(()) });
    for (number, _) in (0..).zip(0..options.threads.max(1)) {
        let worker = Worker::new(shared.clone(), number);
        threads.spawn("store-postgres", move || worker.run())?;
    }
    Ok(Engines { reads: Lane::new(sender.clone(), Threads::default()), writes: Lane::new(sender, threads) })
}
