//! Where Prometheus reads.

use std::net::TcpListener;

use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::{Error, Result};
use crate::web::metrics::serve_metrics;

/// The running listener; it ends when it is dropped.
pub struct Meter(JoinHandle<()>);

impl Meter {
    /// Listens where the settings say; nothing where they say nothing.
    ///
    /// # Errors
    /// `Refused` where the address can't be listened on.
    pub fn open(app: &App) -> Result<Option<Self>> {
        let listen = &app.config.metrics.listen;
        if listen.is_empty() {
            return Ok(None);
        }
        let listener = TcpListener::bind(listen)
            .map_err(|error| Error::Refused(format!("[metrics] {listen} can't be listened on: {error}")))?;
        let app = app.clone();
        Ok(Some(Self(tokio::spawn(async move {
            if let Err(error) = serve_metrics(app, listener).await {
                tracing::warn!(%error, "metrics are not served");
            }
        }))))
    }

    /// Ends; the address is free afterwards.
    pub async fn close(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.0.abort();
    }
}
