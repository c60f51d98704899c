//! The bounded channels between `Store` and its threads.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::Error;
use crate::job::Job;

/// Whether a closure may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A closure to run in a transaction of its own.
pub(crate) struct Order {
    pub(crate) access: Access,
    pub(crate) job: Box<dyn Job>,
}

/// The end that takes orders.
#[derive(Clone)]
pub(super) struct Sender(SyncSender<Order>);

/// A channel and the threads that take from it.
pub(crate) struct Lane {
    sender: Sender,
    // After the sender: dropping that one is what lets the threads end.
    _threads: Threads,
}

impl Lane {
    pub(super) fn new(sender: Sender, threads: Threads) -> Lane {
        Lane { sender, _threads: threads }
    }

    /// Errors: `Busy` when the channel is full, `Unreachable` when the threads have ended.
    pub(crate) fn send(&self, order: Order) -> Result<(), Error> {
        self.sender.0.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Unreachable("the store is closed".to_owned()),
        })
    }
}

/// The end that hands them to the first thread that asks.
#[derive(Clone)]
pub(super) struct Orders(Arc<Mutex<Receiver<Order>>>);

pub(super) fn channel(capacity: usize) -> (Sender, Orders) {
    let (sender, receiver) = sync_channel(capacity);
    (Sender(sender), Orders(Arc::new(Mutex::new(receiver))))
}

impl Orders {
    /// Waits for an order; nothing when the store is closed.
    pub(super) fn wait(&self) -> Option<Order> {
        self.0.lock().ok()?.recv().ok()
    }

    /// An order that waits already.
    pub(super) fn waiting(&self) -> Option<Order> {
        self.0.lock().ok()?.try_recv().ok()
    }
}

/// The threads of a store. Dropping waits for them, so that a closed store has let go of its files and connections.
#[derive(Default)]
pub(super) struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    pub(super) fn spawn(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
        self.0.push(thread.map_err(|error| Error::Other(format!("no thread for the database: {error}")))?);
        Ok(())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let here = std::thread::current().id();
        for thread in self.0.drain(..).filter(|thread| thread.thread().id() != here) {
            // A thread that panicked has said so already.
            drop(thread.join());
        }
    }
}
