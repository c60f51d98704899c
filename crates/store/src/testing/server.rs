//! Databases on the PostgreSQL server of a test run.

use tokio::task::spawn_blocking;

use super::{Place, digest, migrated, other, unique};
use crate::engine::command_on_server;
use crate::{Error, Location, Migration, Options};

const VARIABLE: &str = "QUITTANCE_TEST_POSTGRES";

/// A database that is dropped with this.
pub(super) struct Temporary {
    server: String,
    name: String,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // On a thread of its own, because a test drops it where blocking isn't allowed.
        let dropping = std::thread::spawn(move || {
            // What can't be dropped goes with the server at the end of the run.
            drop(command_on_server(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        });
        drop(dropping.join());
    }
}

/// A new database with this schema, copied from a template. Errors: `Other` when no server is named.
pub(super) async fn database(migrations: &'static [Migration]) -> Result<(Options, Place), Error> {
    let server = std::env::var(VARIABLE).map_err(|_| {
        other(format!(
            "{VARIABLE} names no PostgreSQL server; run the tests with `cargo xtask test`, or set it to \
                       postgres://user@127.0.0.1:port/postgres"
        ))
    })?;
    let template = template(&server, migrations).await?;
    let name = unique("quittance_test");
    run(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    run(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
    let options = Options::new(Location::Postgres(with_database(&server, &name)));
    Ok((options, Place::Server { _dropped_with_this: Temporary { server, name } }))
}

/// Makes the template unless it is there: under another name first, so that a template is always complete.
async fn template(server: &str, migrations: &'static [Migration]) -> Result<String, Error> {
    let template = format!("quittance_template_{}", digest(migrations));
    // Fails, with a division by zero, when there is none.
    let exists = format!("SELECT 1 / count(*) FROM pg_database WHERE datname = '{template}'");
    if run(server, exists).await.is_ok() {
        return Ok(template);
    }
    let making = unique("quittance_making");
    run(server, format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await?;
    let collation = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
    run(server, format!("CREATE DATABASE {making} {collation}")).await?;
    migrated(Options::new(Location::Postgres(with_database(server, &making))), migrations).await?;
    if run(server, format!("ALTER DATABASE {making} RENAME TO {template}")).await.is_err() {
        // Another test was quicker.
        run(server, format!("DROP DATABASE {making} WITH (FORCE)")).await?;
    }
    Ok(template)
}

async fn run(server: &str, sql: String) -> Result<(), Error> {
    let server = server.to_owned();
    spawn_blocking(move || command_on_server(&server, &sql)).await.map_err(other)?
}

/// The same URL with another database.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let (address, settings) = url.split_once('?').map_or((url, String::new()), |(a, s)| (a, format!("?{s}")));
    let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
    format!("{server}/{name}{settings}")
}
