//! Accepts connections: quick small answers, no patience for slow ones, and an end that lets requests finish.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::actions::forget_expired;
use crate::app::App;
use crate::error::{Error, Result};
use crate::post;
use crate::web::network::Peer;
use crate::web::patience::Patient;
use crate::web::router;

/// The most connections at once; one more waits in the system's queue.
const CONNECTIONS: u64 = 8192;
/// Files and sockets kept for everything else: the database, mail, rendering.
const OTHER_FILES: u64 = 256;
/// How long the other side may take nothing of an answer.
const STALLED: Duration = Duration::from_secs(30);
/// How long the head of a request may take, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(10);
/// How long the head of a request may be.
const HEAD_BYTES: usize = 32 * 1024;
/// How long requests may take to finish at the end.
const FAREWELL: Duration = Duration::from_secs(20);

/// Serves the portal, sends its codes and forgets what has expired, until `shutdown` is over, then lets running requests finish.
///
/// # Errors
/// `Unreachable` where the listener can't be used.
pub async fn serve(app: App, listener: std::net::TcpListener, shutdown: impl Future<Output = ()> + Send) -> Result<()> {
    let unusable = |error: std::io::Error| Error::Unreachable(format!("the address can't be listened on: {error}"));
    listener.set_nonblocking(true).map_err(unusable)?;
    let listener = TcpListener::from_std(listener).map_err(unusable)?;
    // The first visitor should not wait for the stylesheet to be packed.
    app.assets.look(&app.provider());
    let background = [tokio::spawn(post::work(app.clone())), tokio::spawn(forget_expired::work(app.clone()))];
    let router = router(app);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections()));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        converse(&router, &graceful, (stream, peer, place));
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were cut off at the end");
    }
    background.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// As many connections as the system lets us have files, which it is asked to make as many as it may.
fn connections() -> usize {
    let most = usize::try_from(files().saturating_sub(OTHER_FILES).clamp(64, CONNECTIONS));
    most.unwrap_or(64)
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
    graceful: &GracefulShutdown,
    (stream, peer, place): (TcpStream, SocketAddr, OwnedSemaphorePermit),
) {
    let router = router.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
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
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // An error here is the other side going away or talking nonsense.
        drop(connection.await);
        drop(place);
    });
}
