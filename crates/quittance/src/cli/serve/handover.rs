//! The serving process gives its socket to the next one, over a socket of its own in the data directory.
//!
//! The next one asks (`HELLO`) and gets the listening socket; prepares, and says so (`PREPARED`); the old one stops
//! accepting, answers what it has, and lets go of the lock (`YOURS`); the next one opens the instance and accepts
//! (`READY`). Meanwhile who connects waits in the socket's own queue. If the next one dies or gives up before it is
//! ready, the old one goes on as if nothing had been.

use std::io::{IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use crate::error::{Error, Result};

/// The version of what is said here.
const HELLO: u8 = b'1';
const SOCKET: u8 = b's';
const PREPARED: u8 = b'p';
const YOURS: u8 = b'y';
const READY: u8 = b'r';

/// How long the other side may take to say its first word.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the next process may take to prepare.
const PREPARING: Duration = Duration::from_secs(60);

/// Where the process that serves a port waits for the next one.
fn path(data: &Path, port: u16) -> PathBuf {
    data.join(format!("serve-{port}.sock"))
}

/// The old side's door.
pub struct Gate {
    listener: UnixListener,
    path: PathBuf,
}

/// A process that has prepared to follow us.
pub struct Successor(UnixStream);

impl Gate {
    /// Opens the door, in place of that of a process before us. Nothing, with a word in the log, where it can't be.
    pub fn open(data: &Path, port: u16) -> Option<Self> {
        let path = path(data, port);
        let _ = std::fs::remove_file(&path);
        match UnixListener::bind(&path) {
            Ok(listener) => Some(Self { listener, path }),
            Err(error) => {
                tracing::warn!(%error, "there will be no taking over: {} can't be made", path.display());
                None
            }
        }
    }

    /// Waits for a process that wants to follow us, gives it `socket`, and waits until it has prepared.
    pub async fn knocked(&self, socket: &TcpListener) -> Successor {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            match greet(stream, socket).await {
                Ok(successor) => return successor,
                Err(error) => tracing::warn!(%error, "somebody wanted to take over and gave up"),
            }
        }
    }

    /// Takes the door away. Not where another process has put its own in its place.
    pub fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn greet(mut stream: UnixStream, socket: &TcpListener) -> std::io::Result<Successor> {
    expect(&mut stream, HELLO, PATIENCE).await?;
    stream.writable().await?;
    send_socket(&stream, socket)?;
    tracing::info!("another process prepares to take over");
    expect(&mut stream, PREPARED, PREPARING).await?;
    Ok(Successor(stream))
}

async fn expect(stream: &mut UnixStream, word: u8, patience: Duration) -> std::io::Result<()> {
    let heard = timeout(patience, stream.read_u8()).await??;
    if heard == word { Ok(()) } else { Err(std::io::Error::other("it speaks another version")) }
}

impl Successor {
    /// Says that the instance is theirs now, and waits until they serve; false where they don't.
    pub async fn follows(&mut self) -> bool {
        self.0.write_u8(YOURS).await.is_ok() && matches!(self.0.read_u8().await, Ok(READY))
    }
}

/// The process before us.
pub struct Predecessor {
    stream: UnixStream,
    socket: TcpListener,
}

impl Predecessor {
    /// The process that serves this port of this data directory; nothing where there is none.
    ///
    /// # Errors
    /// `Refused` where there is one that doesn't hand over.
    pub fn find(data: &Path, port: u16) -> Result<Option<Self>> {
        let Ok(stream) = Blocking::connect(path(data, port)) else { return Ok(None) };
        let failed = |error: std::io::Error| Error::Refused(format!("the serving process doesn't hand over: {error}"));
        let socket = ask(&stream).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        let stream = UnixStream::from_std(stream).map_err(failed)?;
        Ok(Some(Self { stream, socket }))
    }

    /// The socket that it listens on, too.
    ///
    /// # Errors
    /// `Internal` where the system doesn't let us.
    pub fn socket(&self) -> Result<TcpListener> {
        self.socket.try_clone().map_err(Error::internal)
    }

    /// Says that we have prepared, and waits until it has stepped aside. One that dies meanwhile has done so, too.
    pub async fn steps_aside(&mut self) {
        if self.stream.write_u8(PREPARED).await.is_ok() {
            let _ = self.stream.read_u8().await;
        }
    }

    /// Says that we serve.
    pub async fn may_go(mut self) {
        let _ = self.stream.write_u8(READY).await;
    }
}

fn ask(mut stream: &Blocking) -> std::io::Result<TcpListener> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[HELLO])?;
    receive_socket(stream)
}

fn send_socket(stream: impl AsFd, socket: &TcpListener) -> std::io::Result<()> {
    let sockets = [socket.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut enclosed = SendAncillaryBuffer::new(&mut space);
    enclosed.push(SendAncillaryMessage::ScmRights(&sockets));
    rustix::net::sendmsg(stream, &[IoSlice::new(&[SOCKET])], &mut enclosed, SendFlags::empty())?;
    Ok(())
}

fn receive_socket(stream: &Blocking) -> std::io::Result<TcpListener> {
    let mut word = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut enclosed = RecvAncillaryBuffer::new(&mut space);
    let mut words = [IoSliceMut::new(&mut word)];
    rustix::net::recvmsg(stream, &mut words, &mut enclosed, RecvFlags::CMSG_CLOEXEC)?;
    let socket = enclosed.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    });
    socket.map(TcpListener::from).ok_or_else(|| std::io::Error::other("it sent no socket"))
}
