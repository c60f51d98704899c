//! `quittance serve`: the portal, and the workers behind it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use store::Location;

use super::{Place, open, say};
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::web;
use crate::workers::Workers;

/// Serve the portal.
#[derive(Args)]
pub struct Serve {
    /// The address, in place of the one in quittance.toml.
    #[arg(long)]
    listen: Option<String>,
}

impl Serve {
    /// Serves until told to stop.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let config = Config::read(&place.data)?;
        let listen = self.listen.unwrap_or_else(|| config.listen.clone());
        let _only = match open::location(place, &config) {
            Location::Sqlite(_) => Some(lock(&place.data)?),
            Location::Postgres(_) => None,
        };
        let app = open::open(place).await?;
        let listener = bind(&listen)?;
        say(&format!("Serving {} on http://{}", app.config.base_url, local_address(&listener)?));
        serve(app, listener).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Runs portal and workers until the process is asked to stop.
///
/// # Errors
/// Those of the listener.
pub async fn serve(app: App, listener: std::net::TcpListener) -> Result<()> {
    let _workers = Workers::start(&app);
    web::serve(app, listener, asked_to_stop()).await
}

/// Listens on an address.
///
/// # Errors
/// `Refused` where it can't.
pub fn bind(listen: &str) -> Result<std::net::TcpListener> {
    std::net::TcpListener::bind(listen)
        .map_err(|error| Error::Refused(format!("{listen} can't be listened on: {error}")))
}

/// The address a listener got.
///
/// # Errors
/// `Internal` where the system doesn't tell.
pub fn local_address(listener: &std::net::TcpListener) -> Result<std::net::SocketAddr> {
    listener.local_addr().map_err(Error::internal)
}

/// The embedded database belongs to one serving process; a second one is refused.
fn lock(data: &Path) -> Result<File> {
    let path = data.join("serve.lock");
    let file =
        File::create(&path).map_err(|error| Error::Refused(format!("{} can't be made: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Refused(format!(
            "another `quittance serve` already works on {}. With PostgreSQL there may be several",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Error::Refused(format!("{} can't be locked: {error}", path.display()))),
    }
}

/// Ends with Ctrl-C or a request to terminate.
async fn asked_to_stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
