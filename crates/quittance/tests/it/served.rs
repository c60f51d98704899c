//! A serving process of a test's own, and what it answers on its real socket.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::house::House;

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running `serve`; killed when dropped.
pub struct Served {
    process: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl House {
    /// Serves on a free port.
    pub fn serves(&self) -> Served {
        self.serves_with(&["--listen", "127.0.0.1:0"])
    }

    /// Serves with these arguments, and waits until it does.
    pub fn serves_with(&self, arguments: &[&str]) -> Served {
        self.starts(self.command(&[&["serve"], arguments].concat()))
    }

    /// Starts a command that serves in the end.
    pub fn starts(&self, mut command: Command) -> Served {
        let count = std::fs::read_dir(self.path("")).unwrap().count();
        let log = self.path(&format!("log-{count}"));
        let mut process = command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").and_then(|(_, address)| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{line:?}, {}", std::fs::read_to_string(&log).unwrap()));
        Served { process, address, log }
    }
}

impl Served {
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The status and the whole answer to `GET path`.
    pub fn get(&self, path: &str) -> (u16, String) {
        get(self.address, path).unwrap()
    }

    /// What it has written to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    pub fn is_told(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> ExitStatus {
        let patience = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < patience, "{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asked to stop, it ends with 0.
    pub fn stops(mut self) {
        self.is_told(Signal::TERM);
        let status = self.ends();
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Waits until `GET path` answers so.
    pub fn until(&self, path: &str, is_right: impl Fn(u16, &str) -> bool) {
        let patience = Instant::now() + PATIENCE;
        loop {
            let (status, answer) = self.get(path);
            if is_right(status, &answer) {
                return;
            }
            assert!(Instant::now() < patience, "{status} {answer}: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// One request over a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"))
}

/// Sends these bytes over a connection of its own and gives status and answer.
pub fn ask(address: SocketAddr, request: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.map(|status| (status, answer)).ok_or_else(|| std::io::Error::other("no answer"))
}
