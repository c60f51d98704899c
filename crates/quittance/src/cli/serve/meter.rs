//! Where Prometheus reads.

use std::net::TcpListener;

use tokio::task::JoinHandle;

use crate::app::App;
use crate::web::metrics::serve_metrics;

/// The running listener; it ends when it is dropped.
pub struct Meter(JoinHandle<()>);

impl Meter {
    /// Listens where the settings say; nothing where they say nothing, or where that fails: customers are served all the
    /// same, and Prometheus notices.
    pub fn open(app: &App) -> Option<Self> {
        let listen = &app.config.metrics.listen;
        if listen.is_empty() {
            return None;
        }
        match TcpListener::bind(listen) {
            Ok(listener) => Some(Self(tokio::spawn(serve(app.clone(), listener)))),
            Err(error) => {
                tracing::error!(%error, listen, "metrics are not served");
                None
            }
        }
    }

    /// Ends; the address is free afterwards.
    pub async fn close(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

async fn serve(app: App, listener: TcpListener) {
    if let Err(error) = serve_metrics(app, listener).await {
        tracing::error!(%error, "metrics are not served");
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.0.abort();
    }
}
