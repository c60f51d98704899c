//! Where the project lies, and where its tools and compiled files go.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// The folders that the chores work in.
pub struct Place {
    /// The project.
    pub root: PathBuf,
    /// Tools of the tests, kept between runs.
    pub tools: PathBuf,
    /// What cargo compiles; outside the project, so that all its copies share it.
    pub target: PathBuf,
}

impl Place {
    /// Finds them: `CARGO_TARGET_DIR` where it is set, else the user's cache.
    pub fn find() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the project's folder is not known")?.to_owned();
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
            .ok_or("neither XDG_CACHE_HOME nor HOME is set")?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("quittance-target"), PathBuf::from);
        Ok(Self { root, tools: cache.join("quittance-tools"), target })
    }

    /// The program as the last build of the dev profile left it.
    pub fn program(&self) -> PathBuf {
        self.target.join("debug").join("quittance")
    }
}

/// Cargo with these arguments, in the project.
pub fn cargo(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(&place.root).env("CARGO_TARGET_DIR", &place.target);
    // This very program runs under `cargo run`, which names its own package in the environment. ring's build script asks for
    // those names, so that ring and all that stands on it would be compiled again by each of the two ways to call cargo.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}
