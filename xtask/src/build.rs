//! Builds all that the tests run, and mends a build directory in which an earlier build was killed.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::Result;
use crate::place::{Place, cargo};
use crate::steps::succeeds;

/// Builds tests, programs and examples of the whole workspace; true where that succeeded. Where a build was killed, cargo
/// may take a crate for built that isn't there: that one is built anew.
pub fn all(place: &Place) -> Result<bool> {
    let Some(half_built) = build(place)? else { return Ok(true) };
    let Some(name) = half_built else { return Ok(false) };
    println!("{name} was left half built by an earlier build; building it anew");
    // The compiler writes `_` where the package's name has `-`.
    let clean = |name: &str| succeeds(&mut cargo(place, &["clean", "-p", name]));
    Ok((clean(&name)? || clean(&name.replace('_', "-"))?) && build(place)?.is_none())
}

/// Nothing where the build succeeded; else the crate that is only half there, if that is the reason.
fn build(place: &Place) -> Result<Option<Option<String>>> {
    let mut command = cargo(place, &["test", "--workspace", "--no-run"]);
    let mut process =
        command.stderr(Stdio::piped()).spawn().map_err(|error| format!("cargo can't be started: {error}"))?;
    let mut found = None;
    if let Some(said) = process.stderr.take() {
        for line in BufReader::new(said).lines().map_while(std::result::Result::ok) {
            eprintln!("{line}");
            found = found.or_else(|| half_built(&line).map(str::to_owned));
        }
    }
    let status = process.wait().map_err(|error| error.to_string())?;
    Ok((!status.success()).then_some(found))
}

/// The crate that the compiler misses, in its words.
fn half_built(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("crate `")?;
    let (name, rest) = rest.split_once('`')?;
    rest.starts_with(" required to be available in rlib format, but was not found in this form").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::half_built;

    #[test]
    fn a_crate_that_is_half_there_is_found() {
        let line =
            "error: crate `typst_layout` required to be available in rlib format, but was not found in this form";
        assert_eq!(half_built(line), Some("typst_layout"));
        assert_eq!(half_built("error[E0433]: unresolved crate `typst`"), None);
    }
}
