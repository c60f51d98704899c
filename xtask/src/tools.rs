//! What the tests need besides Rust: PostgreSQL, a browser, Node, Python with aiosmtpd and localstripe, Stripe's description
//! of its interface. Debian's packages are installed where we may; elsewhere it is said what is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::place::{Place, cargo};

/// Where Debian and others keep the programs of PostgreSQL, which are not in the path.
const POSTGRES: [&str; 3] = ["/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt"];
/// Names of a browser that speaks the protocol of Chromium's tools.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The Python packages that `e2e/smtpd.py`, `e2e/dnsd.py` and `e2e/processor.py` stand on, and Stripe's own, by which the
/// signatures of events are judged.
const PACKAGES: [&str; 5] =
    ["aiosmtpd==1.4.6", "dkimpy==1.1.8", "dnspython>=2.7", "localstripe==1.15.10", "stripe==16.1.0"];
/// What they are called in a program.
const MODULES: &str = "import aiosmtpd, dkim, dns.message, localstripe, stripe";
/// In the crate that `e2e/stripe-openapi` names.
const OPENAPI: &str = "spec/openapi.spec3.json";

/// The tools, found or installed.
pub struct Tools {
    /// The folder with `initdb` and `postgres`.
    pub postgres: PathBuf,
    /// A browser.
    pub chromium: PathBuf,
    /// Node.
    pub node: PathBuf,
    /// A Python that has aiosmtpd and localstripe.
    pub python: PathBuf,
    /// Stripe's description of its interface.
    pub stripe_openapi: PathBuf,
}

/// Finds or installs everything.
pub fn all(place: &Place) -> Result<Tools> {
    install_missing()?;
    let (postgres, chromium, node) = (postgres()?, browser()?, program("node")?);
    Ok(Tools { postgres, chromium, node, python: python(place)?, stripe_openapi: stripe_openapi(place)? })
}

fn install_missing() -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    if postgres().is_err() {
        missing.push("postgresql");
    }
    if browser().is_err() {
        missing.push("chromium");
    }
    if program("node").is_err() {
        missing.push("nodejs");
    }
    if program("npm").is_err() {
        missing.push("npm");
    }
    if !runs(Command::new("python3").args(["-c", "import ensurepip, venv"])) {
        missing.push("python3-venv");
    }
    if program("setpriv").is_err() {
        missing.push("util-linux");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !is_root || program("apt-get").is_err() {
        return Err(format!(
            "the tests need what Debian calls {names}. Install it (apt-get install {names}), then run again"
        ));
    }
    println!("Installing {names} …");
    // A server that the package starts by itself is none of ours; the tests start their own.
    let apt =
        |arguments: &[&str]| runs(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"));
    let fresh = apt(&["update", "-q"]);
    let arguments = [&["install", "-q", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    if !apt(&arguments) {
        let hint = if fresh { "" } else { " (apt-get update failed too)" };
        return Err(format!("apt-get could not install {names}{hint}"));
    }
    Ok(())
}

fn runs(command: &mut Command) -> bool {
    command.stdout(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The folder with PostgreSQL's programs, the newest where there are several.
pub fn postgres() -> Result<PathBuf> {
    if let Ok(initdb) = program("initdb")
        && let Some(folder) = initdb.parent()
    {
        return Ok(folder.to_owned());
    }
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for parent in POSTGRES {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let bin = entry.path().join("bin");
            let version: String = entry.file_name().to_string_lossy().chars().filter(char::is_ascii_digit).collect();
            if bin.join("initdb").exists() {
                found.push((version.parse().unwrap_or(0), bin));
            }
        }
    }
    found.sort();
    found.pop().map(|(_, bin)| bin).ok_or_else(|| "PostgreSQL is missing".to_owned())
}

fn browser() -> Result<PathBuf> {
    BROWSERS.iter().find_map(|name| program(name).ok()).ok_or_else(|| "a browser is missing".to_owned())
}

/// A program in the path.
fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(name));
    candidates.find(|file| file.is_file()).ok_or_else(|| format!("{name} is missing"))
}

/// A virtual environment of the tests' own, made once.
fn python(place: &Place) -> Result<PathBuf> {
    let folder = place.tools.join("venv");
    let python = folder.join("bin").join("python3");
    if runs(Command::new(&python).args(["-c", MODULES]).stderr(std::process::Stdio::null())) {
        return Ok(python);
    }
    println!("Making a Python environment with {} …", PACKAGES.join(", "));
    std::fs::create_dir_all(&place.tools)
        .map_err(|error| format!("{} can't be made: {error}", place.tools.display()))?;
    if !runs(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)) {
        return Err(format!("python3 -m venv {} failed", folder.display()));
    }
    if !runs(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES)) {
        return Err(format!("pip could not install {}", PACKAGES.join(", ")));
    }
    Ok(python)
}

/// Has cargo fetch the crate that holds the file, and finds where it lies. Nothing is built.
fn stripe_openapi(place: &Place) -> Result<PathBuf> {
    let arguments =
        ["metadata", "--format-version", "1", "--locked", "--manifest-path", "e2e/stripe-openapi/Cargo.toml"];
    let output = cargo(place, &arguments).output().map_err(|error| format!("cargo can't be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let manifests = said.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let folders = manifests.filter_map(|manifest| Path::new(manifest).parent());
    let mut files = folders.map(|folder| folder.join(OPENAPI));
    files.find(|file| file.exists()).ok_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        format!("Stripe's description of its interface can't be fetched from crates.io: {why}")
    })
}

/// Installs what `e2e/package-lock.json` names, unless it is there.
pub fn node_modules(place: &Place) -> Result<()> {
    let folder = place.root.join("e2e");
    let (lock, installed) = (folder.join("package-lock.json"), folder.join("node_modules/.package-lock.json"));
    if is_newer(&installed, &lock) {
        return Ok(());
    }
    let npm = Command::new(program("npm")?)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(&folder)
        .status();
    match npm {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("npm ci in e2e ended with {status}")),
        Err(error) => Err(format!("npm can't be started: {error}")),
    }
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    changed(file) > changed(than)
}
