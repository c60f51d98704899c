//! `cargo xtask bench`: builds the program and the one that measures it, starts a PostgreSQL server that syncs, and writes
//! `docs/performance.md`. Arguments go to the measuring program: `cargo xtask bench issue --quick 2000`.

use std::error::Error;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where Debian keeps the programs of the server.
const DEBIAN: &str = "/usr/lib/postgresql";
/// A benchmark of a server that checkpoints all the time measures the checkpoints. Syncing stays on.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_wal_size=4GB";

/// Measures everything, or what `arguments` name. Only a whole run writes the page.
pub fn bench(arguments: &[String]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeed(Command::new(&cargo).args(["build", "--release", "--package", "quittance", "--package", "bench"]))?;
    let server = Server::start()?;
    let mut measure = Command::new(cargo);
    measure.args(["run", "--quiet", "--release", "--package", "bench", "--"]).args(arguments);
    measure.arg("--postgres").arg(&server.url);
    if arguments.is_empty() {
        measure.args(["--write", "docs/performance.md"]);
    }
    succeed(&mut measure)
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// A server of its own in a temporary folder, gone when it is dropped.
struct Server {
    folder: PathBuf,
    programs: PathBuf,
    url: String,
}

impl Server {
    fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("quittance-bench-server-{port}"));
        fs::create_dir_all(&folder)?;
        let url = format!("postgres://quittance@127.0.0.1:{port}/postgres");
        let server = Self { folder, programs: programs()?, url };
        if is_root()? {
            // The server refuses to run as root.
            succeed(Command::new("chown").arg("postgres").arg(&server.folder))?;
        }
        let data = server.folder.join("data");
        let init = ["--auth=trust", "--username=quittance", "--encoding=UTF8", "--locale=C", "--pgdata"];
        succeed(server.command("initdb")?.args(init).arg(&data).stdout(Stdio::null()))?;
        let options = format!("{SETTINGS} -p {port}");
        let log = server.folder.join("log");
        succeed(server.command("pg_ctl")?.args(["-w", "start", "-o", &options, "-D"]).arg(&data).arg("-l").arg(log).stdout(Stdio::null()))?;
        Ok(server)
    }

    fn command(&self, program: &str) -> Result<Command> {
        let program = self.programs.join(program);
        if !is_root()? {
            return Ok(Command::new(program));
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir(&self.folder);
        Ok(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What doesn't stop now goes with the machine.
        if let Ok(mut command) = self.command("pg_ctl") {
            let stop = command.args(["-w", "-m", "immediate", "stop", "-D"]).arg(self.folder.join("data"));
            let _ = stop.stdout(Stdio::null()).status();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The newest server of Debian, or the one on the path.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    if Path::new(DEBIAN).exists() {
        for folder in fs::read_dir(DEBIAN)? {
            let path = folder?.path();
            let version = path.file_name().and_then(|name| name.to_str()?.parse().ok());
            versions.extend(version.map(|version| (version, path.join("bin"))));
        }
    }
    Ok(versions.into_iter().max().map(|(_, path)| path).unwrap_or_default())
}

fn is_root() -> Result<bool> {
    Ok(Command::new("id").arg("-u").output()?.stdout == b"0\n")
}
