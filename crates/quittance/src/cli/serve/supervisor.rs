//! What systemd and its like hand over and want to be told: a listening socket, READY, STOPPING.

use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;

use listenfd::ListenFd;

use crate::error::{Error, Result};

/// The socket that was opened for us (`LISTEN_FDS`, `LISTEN_PID`). It stays open between two processes, so nobody is
/// refused while one ends and the next one starts.
///
/// # Errors
/// `Refused` where what was handed over isn't a listening TCP socket.
pub fn listener() -> Result<Option<TcpListener>> {
    ListenFd::from_env()
        .take_tcp_listener(0)
        .map_err(|error| Error::Refused(format!("the socket that was handed over can't be used: {error}")))
}

/// Tells the supervisor, where there is one (`NOTIFY_SOCKET`): `READY=1`, `STOPPING=1`.
pub fn tell(state: &str) {
    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let told = UnixDatagram::unbound().and_then(|socket| match path.to_str().and_then(|name| name.strip_prefix('@')) {
        Some(name) => send_to_name(&socket, state, name),
        None => socket.send_to(state.as_bytes(), &path),
    });
    if let Err(error) = told {
        tracing::warn!(%error, state, "the supervisor could not be told");
    }
}

#[cfg(target_os = "linux")]
fn send_to_name(socket: &UnixDatagram, state: &str, name: &str) -> std::io::Result<usize> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    socket.send_to_addr(state.as_bytes(), &address)
}

#[cfg(not(target_os = "linux"))]
fn send_to_name(_: &UnixDatagram, _: &str, _: &str) -> std::io::Result<usize> {
    Err(std::io::ErrorKind::Unsupported.into())
}
