//! `quittance serve`: the portal, and the workers behind it.

mod handover;
mod meter;
mod seat;
mod signals;
mod supervisor;

use std::net::{TcpListener, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use handover::{Predecessor, Successor};
use seat::Seat;
pub use seat::lock;
use signals::{Stop, end_soon};
use store::Location;

use super::{Place, open, say, warn};
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::web::{Conversations, FAREWELL, accept_until};
use crate::workers::Workers;

/// How many connections may wait to be accepted, while a process takes over.
const BACKLOG: i32 = 4096;
/// How long the next process waits for our answers. Those that take longer are finished beside it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serve the portal.
#[derive(Args)]
pub struct Serve {
    /// The address, in place of the one in quittance.toml.
    #[arg(long)]
    listen: Option<String>,
    /// Take over from the `serve` that runs on this data directory and address, refusing no connection. Where there is
    /// none, just serve. If this process can't start, the other one goes on.
    #[arg(long)]
    take_over: bool,
}

impl Serve {
    /// Serves until told to stop, or until another process takes over.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let stop = Stop::listen()?;
        let config = Config::read(&place.data)?;
        let listen = self.listen.unwrap_or_else(|| config.listen.clone());
        let mut before = if self.take_over { Predecessor::find(&place.data, port(&listen)?)? } else { None };
        let listener = match (supervisor::listener()?, &before) {
            (Some(handed_over), _) => handed_over,
            (None, Some(before)) => before.socket()?,
            (None, None) => bind(&listen)?,
        };
        // What can fail fails before the other process steps aside.
        let is_sqlite = matches!(open::location(place, &config), Location::Sqlite(_));
        let prepared = open::prepare(place, config).await?;
        if let Some(before) = &mut before {
            prepared.check().await?;
            before.steps_aside().await;
        }
        let mut seat = Seat::new(&place.data, local_address(&listener)?.port());
        if is_sqlite {
            seat.lock()?;
        }
        let app = place.note(prepared.open().await?);
        seat.open_meter(&app);
        seat.open_gate();
        if let Some(before) = before {
            before.may_go().await;
        }
        if let Some(because) = app.held_because().await? {
            warn(&format!(
                "This instance is held because {because}: it neither issues nor mails until `quittance resume`."
            ));
        }
        say(&format!("Serving {} on http://{}", app.config.base_url, local_address(&listener)?));
        supervisor::tell("READY=1");
        serve(app, listener, seat, &stop).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Runs portal and workers until Ctrl-C or a request to terminate.
///
/// # Errors
/// Those of the listener.
pub async fn serve_alone(app: App, listener: TcpListener) -> Result<()> {
    serve(app, listener, Seat::default(), &Stop::listen()?).await
}

async fn serve(app: App, listener: TcpListener, mut seat: Seat, stop: &Stop) -> Result<()> {
    let mut workers = Workers::start(&app);
    loop {
        let mut successor = None;
        let socket = listener.try_clone().map_err(Error::internal)?;
        let told = async {
            tokio::select! {
                () = stop.asked() => {}
                next = seat.knocked(&listener) => successor = Some(next),
            }
            app.ending.begin();
        };
        let conversations = accept_until(app.clone(), socket, told).await?;
        let Some(successor) = successor else {
            // From now on who comes is refused, and may find another process.
            drop(listener);
            return leave(&app, workers, &conversations, Some(seat)).await;
        };
        if hands_over(&conversations, &mut seat, successor, stop).await {
            return leave(&app, workers, &conversations, None).await;
        }
        tracing::warn!("the process that wanted to take over did not; going on");
        seat.take_back(&app)?;
        // It may have brought the schema to a version that we don't know.
        app.store.migrate().await?;
        workers.resume();
    }
}

/// Lets the next process serve; false where it doesn't in the end.
async fn hands_over(conversations: &Conversations, seat: &mut Seat, mut successor: Successor, stop: &Stop) -> bool {
    conversations.have_ended(LAST_WORDS).await;
    seat.give_up().await;
    tokio::select! {
        follows = successor.follows() => follows,
        () = stop.asked() => true,
    }
}

/// Ends: requests are answered, work that was claimed is finished or given back.
async fn leave(app: &App, workers: Workers, conversations: &Conversations, seat: Option<Seat>) -> Result<()> {
    end_soon();
    supervisor::tell("STOPPING=1");
    tokio::join!(conversations.have_ended(FAREWELL), workers.end());
    app.give_node_back().await;
    // Another process that serves by now has a door of its own there.
    if let Some(seat) = seat {
        seat.leave();
    }
    Ok(())
}

/// Listens on an address.
///
/// # Errors
/// `Refused` where it can't.
pub fn bind(listen: &str) -> Result<TcpListener> {
    let refused = |error: &dyn std::fmt::Display| {
        Error::Refused(format!(
            "{listen} can't be listened on: {error}. Where another `quittance serve` runs there, `--take-over` takes \
             its place"
        ))
    };
    let listener = TcpListener::bind(listen).map_err(|error| refused(&error))?;
    rustix::net::listen(&listener, BACKLOG).map_err(|error| refused(&error))?;
    Ok(listener)
}

/// The address a listener got.
///
/// # Errors
/// `Internal` where the system doesn't tell.
pub fn local_address(listener: &TcpListener) -> Result<std::net::SocketAddr> {
    listener.local_addr().map_err(Error::internal)
}

fn port(listen: &str) -> Result<u16> {
    let mut addresses =
        listen.to_socket_addrs().map_err(|error| Error::Refused(format!("{listen} is no address: {error}")))?;
    addresses.next().map(|address| address.port()).ok_or_else(|| Error::Refused(format!("{listen} is no address")))
}
