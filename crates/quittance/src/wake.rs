//! Wakes the workers of this process; other processes find out by looking now and then.

use tokio::sync::Notify;

/// One bell for each kind of worker.
#[derive(Debug, Default)]
pub struct Wake {
    /// A document waits to be rendered.
    pub render: Notify,
    /// A message waits to be sent.
    pub mail: Notify,
    /// The outcome of a payment is to be asked for.
    pub payments: Notify,
}
