//! `cargo xtask bench`: builds the program and the one that measures it, starts a PostgreSQL server that syncs, and writes
//! `docs/performance.md`. Arguments go to the measuring program: `cargo xtask bench issue --quick 2000`.

use crate::cluster::{Cluster, Durability};
use crate::place::{Place, cargo};
use crate::steps::succeeds;
use crate::{Result, tools};

/// Measures everything, or what `arguments` name. Only a whole run writes the page.
pub fn run(arguments: &[String]) -> Result<bool> {
    let place = Place::find()?;
    if !succeeds(&mut cargo(&place, &["build", "--release", "--package", "quittance", "--package", "bench"]))? {
        return Ok(false);
    }
    let cluster = Cluster::start(&tools::postgres()?, Durability::Full)?;
    let mut measure = cargo(&place, &["run", "--quiet", "--release", "--package", "bench", "--"]);
    measure.args(arguments).args(["--postgres", &cluster.url()]);
    if arguments.is_empty() {
        measure.args(["--write", "docs/performance.md"]);
    }
    succeeds(&mut measure)
}
