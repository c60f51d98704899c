//! The demo as the last build left it, for the tests in a browser; it ends when it is dropped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::cluster::free_port;
use crate::place::Place;

/// How long the demo may take to make its year of history; the dev profile is slow.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running demo.
pub struct Demo {
    process: Child,
    port: u16,
}

impl Demo {
    /// Starts it on a free port and waits until it answers.
    pub fn start(place: &Place) -> Result<Self> {
        Self::start_with(place, &[])
    }

    /// The same with further arguments.
    pub fn start_with(place: &Place, arguments: &[&str]) -> Result<Self> {
        let port = free_port()?;
        let process = Command::new(place.program())
            .args(["demo", "--listen", &format!("127.0.0.1:{port}")])
            .args(arguments)
            .env_remove("QUITTANCE_DATABASE_URL")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} can't be started: {error}", place.program().display()))?;
        let mut demo = Self { process, port };
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(Some(status)) = demo.process.try_wait() {
                return Err(format!("the demo ended with {status}"));
            }
            if demo.is_ready() {
                return Ok(demo);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Err(format!("the demo wasn't ready within {} seconds", PATIENCE.as_secs()))
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn is_ready(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            let host = format!("127.0.0.1:{}", self.port);
            write!(stream, "GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(answer.starts_with(b"HTTP/1.1 200"))
        };
        ask().unwrap_or(false)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Asked to end, it takes its folder and its children along.
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(10) {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
