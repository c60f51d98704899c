//! Whether this process is ending: then nothing new is begun, and what was begun has a few seconds left.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// How long what was claimed may take to be finished. After that it is given back, for another process.
pub const GRACE: Duration = Duration::from_secs(5);

/// The switch. Everybody may look; who serves turns it.
#[derive(Debug)]
pub struct Ending(watch::Sender<Option<Instant>>);

impl Default for Ending {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Ending {
    /// From now on nothing is claimed.
    pub fn begin(&self) {
        self.0.send_if_modified(|since| since.is_none() && since.replace(Instant::now()).is_none());
    }

    /// The process goes on after all.
    pub fn take_back(&self) {
        self.0.send_replace(None);
    }

    /// Whether nothing new may be begun.
    pub fn is_begun(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Waits until nothing new may be begun; gives since when.
    pub async fn begun(&self) -> Instant {
        let mut changes = self.0.subscribe();
        match changes.wait_for(Option::is_some).await.map(|since| *since) {
            Ok(Some(since)) => since,
            // The sender lives as long as `self`.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Waits until what was begun has had its time, too.
    pub async fn is_over(&self) {
        let since = self.begun().await;
        tokio::time::sleep_until(since + GRACE).await;
    }
}
