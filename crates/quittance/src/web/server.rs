//! Accepts connections: quick small answers, no patience for slow ones, and an end at which everybody who came gets an
//! answer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::app::App;
use crate::error::{Error, Result};
use crate::web::network::Peer;
use crate::web::patience::Patient;
use crate::web::router;

/// The most connections at once; one more waits in the system's queue.
const CONNECTIONS: u32 = 8192;
/// Files and sockets kept for everything else: the database, mail, rendering.
const OTHER_FILES: u64 = 256;
/// How long the other side may take nothing of an answer.
const STALLED: Duration = Duration::from_secs(30);
/// How long the head of a request may take, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(10);
/// How long the head of a request may be.
const HEAD_BYTES: usize = 32 * 1024;
/// How long requests may take to finish at the end.
pub const FAREWELL: Duration = Duration::from_secs(7);

/// Serves the portal until `shutdown` is over, then lets running requests finish.
///
/// # Errors
/// `Unreachable` where the listener can't be used.
pub async fn serve(app: App, listener: std::net::TcpListener, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
    let conversations = accept_until(app, listener, shutdown).await?;
    conversations.have_ended(FAREWELL).await;
    Ok(())
}

/// What goes on when no more is accepted: each connection answers one request, if it is under way or the first one, and
/// closes.
pub struct Conversations {
    places: Arc<Semaphore>,
    most: u32,
}

impl Conversations {
    /// Waits until all have ended, but no longer than `patience`; false where some go on.
    pub async fn have_ended(&self, patience: Duration) -> bool {
        let ended = tokio::time::timeout(patience, self.places.acquire_many(self.most)).await.is_ok();
        if !ended {
            tracing::warn!("some requests take long to finish");
        }
        ended
    }
}

/// Serves the portal until `shutdown` is over, and tells every connection then to come to its end.
///
/// # Errors
/// `Unreachable` where the listener can't be used.
pub async fn accept_until(
    app: App,
    listener: std::net::TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<Conversations> {
    let unusable = |error: std::io::Error| Error::Unreachable(format!("the address can't be listened on: {error}"));
    listener.set_nonblocking(true).map_err(unusable)?;
    let listener = TcpListener::from_std(listener).map_err(unusable)?;
    // Nobody should wait for the stylesheet to be packed: neither the first visitor, nor the door.
    let look = app.assets.look(&app.provider());
    tokio::task::spawn_blocking(move || look.pack());
    let router = router(app);
    let most = connections();
    let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(64)));
    let ending = watch::Sender::new(());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut shutdown => break,
        };
        let Some(accepted) = accepted else { continue };
        converse(&router, ending.subscribe(), accepted);
    }
    // Every receiver hears of it.
    drop(ending);
    Ok(Conversations { places, most })
}

/// As many connections as the system lets us have files, which it is asked to make as many as it may.
fn connections() -> u32 {
    u32::try_from(files().saturating_sub(OTHER_FILES)).unwrap_or(CONNECTIONS).clamp(64, CONNECTIONS)
}

#[cfg(unix)]
fn files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let before = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: before.maximum, maximum: before.maximum };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() { before.maximum } else { before.current };
    now.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn files() -> u64 {
    u64::MAX
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Without it small answers wait for the other side's delayed acknowledgement, about 40 ms.
            stream.set_nodelay(true).ok()?;
            Some((stream, peer, place))
        }
        Err(error) => {
            // Out of file descriptors, most likely: some connections have to end first.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

fn converse(
    router: &Router,
    ending: watch::Receiver<()>,
    (stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit),
) {
    let router = router.clone();
    let asked = Arc::new(Notify::new());
    let was_asked = Arc::clone(&asked);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        asked.notify_one();
        let router = router.clone();
        async move {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(peer));
            Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Patient::new(stream, STALLED)), service);
    tokio::spawn(async move {
        let mut connection = std::pin::pin!(connection);
        // An error here is the other side going away or talking nonsense.
        tokio::select! {
            ended = connection.as_mut() => drop(ended),
            () = is_time_to_go(ending, &was_asked) => {
                connection.as_mut().graceful_shutdown();
                drop(connection.await);
            }
        }
        drop(place);
    });
}

/// Waits for the end, and then for the first request: told to close before it, a connection would do so without a word,
/// and whoever has just come would be turned away.
async fn is_time_to_go(mut ending: watch::Receiver<()>, was_asked: &Notify) {
    while ending.changed().await.is_ok() {}
    was_asked.notified().await;
}
