//! A PostgreSQL server of a test's own, to be ended and started again.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

use crate::house::text;
use crate::served::PATIENCE;

pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// A running server with nothing in it.
    pub fn begin() -> Cluster {
        let folder = TempDir::with_prefix("quittance-cluster-").unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut cluster = Cluster { folder, programs: programs(), port, server: None };
        if getuid().is_root() {
            let owned = Command::new("chown").args(["-R", "nobody", text(cluster.folder.path())]).status().unwrap();
            assert!(owned.success());
        }
        let mut initdb = cluster.program("initdb");
        initdb.args(["--username=quittance", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        let made = initdb.arg(cluster.folder.path().join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.starts();
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://quittance@127.0.0.1:{}/postgres", self.port)
    }

    pub fn starts(&mut self) {
        let port = self.port.to_string();
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.folder.path().join("data")).args(["-p", &port]);
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "full_page_writes=off"] {
            server.args(["-c", setting]);
        }
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        self.server = Some(server.stdout(Stdio::null()).stderr(log).spawn().unwrap());
        let patience = Instant::now() + PATIENCE;
        while !self.log().contains("ready to accept connections") {
            assert!(Instant::now() < patience, "{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it: INT as who runs it does, QUIT as a machine that fails.
    pub fn ends(&mut self, signal: Signal) {
        let Some(mut server) = self.server.take() else { return };
        kill_process(Pid::from_raw(i32::try_from(server.id()).unwrap()).unwrap(), signal).unwrap();
        server.wait().unwrap();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// PostgreSQL doesn't run as root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if getuid().is_root() { Command::new("setpriv") } else { Command::new(&path) };
        if getuid().is_root() {
            command.args(["--reuid=nobody", "--clear-groups", "--"]).arg(path);
        }
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.ends(Signal::QUIT);
    }
}

/// Where the programs are: in the path, or where Debian keeps them, the newest.
fn programs() -> PathBuf {
    let in_path =
        std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let is_there = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut found = versions.into_iter().rev().chain(in_path).filter(is_there);
    found.next().unwrap_or_else(|| panic!("no PostgreSQL in {}", Path::new("/usr/lib/postgresql").display()))
}
