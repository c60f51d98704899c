//! Asked to stop: once gracefully, within ten seconds whatever hangs; twice at once.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::error::{Error, Result};

/// Who has not ended by then is ended. A supervisor that promises ten seconds has not lost patience yet.
const LONGEST_END: Duration = Duration::from_millis(9500);

/// Whether somebody asked.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Begins to listen to SIGTERM and SIGINT.
    ///
    /// # Errors
    /// `Internal` where the system doesn't let us.
    pub fn listen() -> Result<Self> {
        let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
        let (asked, heard) = watch::channel(false);
        tokio::spawn(async move {
            for times in 1.. {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if times > 1 {
                    tracing::warn!("asked to stop twice: ending at once");
                    std::process::exit(1);
                }
                asked.send_replace(true);
                end_soon();
            }
        });
        Ok(Self(heard))
    }

    /// Waits until somebody asks.
    pub async fn asked(&self) {
        if self.0.clone().wait_for(|asked| *asked).await.is_err() {
            std::future::pending().await
        }
    }
}

/// Ends the process after a while even where something hangs: a database that doesn't answer, a file system that is
/// gone. What was claimed is then free when its lease ends.
pub fn end_soon() {
    let watch = || {
        std::thread::sleep(LONGEST_END);
        tracing::warn!("something hangs: ending without it");
        std::process::exit(0);
    };
    drop(std::thread::Builder::new().name("end".to_owned()).spawn(watch));
}
