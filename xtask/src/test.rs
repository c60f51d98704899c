//! `cargo xtask test`: everything that has to hold before a change goes in, on a machine that has nothing but Rust.

use std::process::Command;

use crate::Result;
use crate::cluster::{Cluster, Durability, free_port};
use crate::demo::Demo;
use crate::place::{Place, cargo};
use crate::steps::{Steps, counts_tests, succeeds};
use crate::tools::{self, Tools};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Ask {
    /// The full doses: more seeds, more kills.
    slow: bool,
    /// Only Rust tests whose names hold one of these, and nothing else; everything where there is none.
    filters: Vec<String>,
}

impl Ask {
    /// Reads the arguments.
    pub fn read(arguments: &[String]) -> Result<Self> {
        let mut ask = Self { slow: false, filters: Vec::new() };
        for argument in arguments {
            match argument.as_str() {
                "--slow" => ask.slow = true,
                option if option.starts_with('-') => {
                    return Err(format!("{option} is unknown; test knows --slow alone"));
                }
                filter => ask.filters.push(filter.to_owned()),
            }
        }
        Ok(ask)
    }

    /// The full doses of these tests.
    pub const fn of_faults(filters: Vec<String>) -> Self {
        Self { slow: true, filters }
    }
}

/// Runs the steps; true where all of them passed.
pub fn run(ask: &Ask) -> Result<bool> {
    let place = Place::find()?;
    let tools = tools::all(&place)?;
    let mut steps = Steps::default();
    if ask.filters.is_empty() {
        steps.step("format", || succeeds(&mut cargo(&place, &["fmt", "--all", "--check"])));
        steps.step("tidy", crate::tidy::run);
        steps.step("expected figures", || oracle(&place, &tools));
        let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        steps.step("clippy", || succeeds(&mut cargo(&place, &clippy)));
    }
    let mut is_built = false;
    steps.step("build", || {
        is_built = crate::build::all(&place)?;
        Ok(is_built)
    });
    // What follows would run what an earlier build has left.
    if !is_built {
        return Ok(steps.end());
    }
    steps.counted("tests", || tests(&place, &tools, ask));
    if ask.filters.is_empty() {
        browser(&place, &tools, &mut steps);
    }
    Ok(steps.end())
}

/// The expected invoices are what the sample leads to, computed in two ways.
fn oracle(place: &Place, tools: &Tools) -> Result<bool> {
    let python = |arguments: &[&str]| succeeds(Command::new(&tools.python).args(arguments).current_dir(&place.root));
    Ok(python(&["oracle/expected.py", "--check"])?
        && python(&["oracle/another_way.py", "sample", "2026-11-01", "oracle/expected"])?)
}

/// Always the whole workspace: a part of it alone would choose other features and compile typst once more.
fn tests(place: &Place, tools: &Tools, ask: &Ask) -> Result<(usize, usize)> {
    let cluster = Cluster::start(&tools.postgres, Durability::OfTheServer)?;
    let mut command = cargo(place, &["test", "--workspace", "--no-fail-fast"]);
    command.arg("--").args(&ask.filters);
    command.env("QUITTANCE_TEST_POSTGRES", cluster.url()).env("QUITTANCE_TEST_PYTHON", &tools.python);
    command.env("QUITTANCE_TEST_STRIPE_OPENAPI", &tools.stripe_openapi);
    command.env("QUITTANCE_SLOW", if ask.slow { "1" } else { "0" });
    counts_tests(&mut command)
}

/// The demo in a browser, and every page on its own.
fn browser(place: &Place, tools: &Tools, steps: &mut Steps) {
    steps.step("browser tools", || tools::node_modules(place).map(|()| true));
    let node = |arguments: &[&str]| {
        let mut command = Command::new(&tools.node);
        command.args(arguments).env("CHROMIUM", &tools.chromium).current_dir(place.root.join("e2e"));
        succeeds(&mut command)
    };
    steps.step("the portal in a browser", || {
        let demo = Demo::start(place)?;
        node(&["portal.mjs", &demo.url()])
    });
    steps.step("paying in a browser", || {
        let demo = Demo::start(place)?;
        node(&["pay.mjs", &demo.url()])
    });
    steps.step("the office in a browser", || {
        let demo = Demo::start(place)?;
        node(&["office.mjs", &demo.url()])
    });
    steps.step("the doors in a browser", || {
        // The stand-in for Microsoft is started by the walk: its first look is at a door that doesn't answer.
        let port = free_port()?.to_string();
        let authority = format!("http://127.0.0.1:{port}/organizations/v2.0");
        let demo = Demo::start_with(place, &["--microsoft", &authority])?;
        node(&["doors.mjs", &demo.url(), &port])
    });
    let gallery = std::env::temp_dir().join(format!("quittance-gallery-{}", std::process::id()));
    let folder = gallery.to_string_lossy();
    steps.step("every page has its gallery", || {
        succeeds(Command::new(place.target.join("debug/examples/gallery")).arg(&gallery).current_dir(&place.root))
    });
    for (script, name) in [("look.mjs", "every page without barriers"), ("comforts.mjs", "the comforts of a script")] {
        steps.step(name, || node(&[script, &folder]));
    }
    let _ = std::fs::remove_dir_all(&gallery);
}

#[cfg(test)]
mod tests {
    use super::Ask;

    #[test]
    fn arguments_are_read_or_refused() {
        let read = |arguments: &[&str]| Ask::read(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read(&[]), Ok(Ask { slow: false, filters: Vec::new() }));
        assert_eq!(read(&["kill", "--slow"]), Ok(Ask { slow: true, filters: vec!["kill".to_owned()] }));
        assert!(read(&["--quick"]).is_err());
    }
}
