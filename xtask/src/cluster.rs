//! A PostgreSQL server of our own: in a temporary folder, on a free port of the loopback, gone when it is dropped.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// Accounts that are not root, in the order in which they are tried.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// What a commit is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is on the disk, as for real data.
    Full,
    /// It survives the end of any process, not of the machine: enough for tests, and quick.
    OfTheServer,
}

/// A running server.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes a cluster with the programs in `programs` and starts it. PostgreSQL refuses to run as root: there it runs
    /// as another user.
    pub fn start(programs: &Path, durability: Durability) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("quittance-postgres-{}", std::process::id()));
        // Left by a process that had our number and was killed.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
        let user = if is_root()? { Some(other_user(&folder)?) } else { None };
        let data = folder.join("data");
        let mut initdb = as_user(user, &programs.join("initdb"));
        initdb.args(["--username=quittance", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        finish(initdb.arg(&data).current_dir(&folder))?;
        let port = free_port()?;
        let mut command = as_user(user, &programs.join("postgres"));
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(&folder);
        for setting in settings(durability) {
            command.args(["-c", setting]);
        }
        let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let server = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("PostgreSQL can't be started: {error}"))?;
        let mut cluster = Self { server, folder, port };
        cluster.wait()?;
        Ok(cluster)
    }

    /// A database on it that any test may connect to.
    pub fn url(&self) -> String {
        format!("postgres://quittance@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(format!("PostgreSQL ended with {status}: {}", self.log()));
            }
            // The postmaster listens a moment before it answers; a first answer that isn't an error is enough.
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok()
                && self.log().contains("ready to accept connections")
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("PostgreSQL didn't start within {} seconds: {}", PATIENCE.as_secs(), self.log()))
    }

    fn log(&self) -> String {
        let mut text = String::new();
        let read = std::fs::File::open(self.folder.join("log")).and_then(|mut file| file.read_to_string(&mut text));
        read.map_or_else(|error| error.to_string(), |_| text)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it ends its sessions and then itself. Our child is it, or the program
        // that changed the user and became it.
        let _ = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn settings(durability: Durability) -> Vec<&'static str> {
    let mut settings = vec!["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400"];
    match durability {
        // A server that checkpoints all the time would show the checkpoints.
        Durability::Full => settings.push("max_wal_size=4GB"),
        Durability::OfTheServer => settings.extend(["fsync=off", "full_page_writes=off"]),
    }
    settings
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().map_err(|error| format!("id can't be started: {error}"))?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// A user who isn't root, made the owner of `folder`.
fn other_user(folder: &Path) -> Result<&'static str> {
    let mut reason = String::new();
    for user in USERS {
        match finish(Command::new("chown").arg(user).arg(folder)) {
            Ok(()) => return Ok(user),
            Err(error) => reason = error,
        }
    }
    Err(format!("PostgreSQL doesn't run as root, and there is no other user for it: {reason}"))
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={user}")).args(["--clear-groups", "--"]).arg(program);
    command
}

/// Runs a command that has to succeed, and is quiet unless it doesn't.
fn finish(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} can't be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{name} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// A port that nobody listens on. Another program may take it before we do; the start then fails and says so.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}
