//! What belongs to the one process that serves: the lock of the embedded database, and the door where the next process
//! knocks.

use std::fs::{File, TryLockError};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::handover::{Gate, Successor};
use super::meter::Meter;
use crate::app::App;
use crate::error::{Error, Result};

/// Our place as the serving process. The demo has one without anything.
#[derive(Default)]
pub struct Seat {
    at: Option<(PathBuf, u16)>,
    is_locked: bool,
    lock: Option<File>,
    gate: Option<Gate>,
    meter: Option<Meter>,
}

impl Seat {
    /// A seat at this port of a data directory, not taken yet.
    pub fn new(data: &Path, port: u16) -> Self {
        Self { at: Some((data.to_owned(), port)), ..Self::default() }
    }

    /// The embedded database belongs to one serving process; a second one is refused.
    ///
    /// # Errors
    /// `Refused` where another process has it.
    pub fn lock(&mut self) -> Result<()> {
        let Some((data, _)) = &self.at else { return Ok(()) };
        self.lock = Some(lock(data)?);
        self.is_locked = true;
        Ok(())
    }

    /// From now on another process may take over.
    pub fn open_gate(&mut self) {
        self.gate = self.at.as_ref().and_then(|(data, port)| Gate::open(data, *port));
    }

    /// Waits for a process that is prepared to take over.
    pub async fn knocked(&self, socket: &TcpListener) -> Successor {
        match &self.gate {
            Some(gate) => gate.knocked(socket).await,
            None => std::future::pending().await,
        }
    }

    /// Serves the metrics, where the settings say so.
    pub fn open_meter(&mut self, app: &App) {
        self.meter = Meter::open(app);
    }

    /// Lets go of the lock and of the metrics' address, for the next process.
    pub async fn give_up(&mut self) {
        self.lock = None;
        if let Some(meter) = self.meter.take() {
            meter.close().await;
        }
    }

    /// Sits down again, because the next process didn't.
    ///
    /// # Errors
    /// As [`Seat::lock`].
    pub fn take_back(&mut self, app: &App) -> Result<()> {
        if self.is_locked {
            self.lock()?;
        }
        self.open_gate();
        self.open_meter(app);
        Ok(())
    }

    /// Leaves nothing behind.
    pub fn leave(self) {
        if let Some(gate) = self.gate {
            gate.remove();
        }
    }
}

/// Nobody else serves the embedded database of a data directory as long as the file is held.
///
/// # Errors
/// `Refused` where another process has it.
pub fn lock(data: &Path) -> Result<File> {
    let path = data.join("serve.lock");
    let file =
        File::create(&path).map_err(|error| Error::Refused(format!("{} can't be made: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Refused(format!(
            "another `quittance serve` already works on {}. With PostgreSQL there may be several; `--take-over` takes \
             its place",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Error::Refused(format!("{} can't be locked: {error}", path.display()))),
    }
}
