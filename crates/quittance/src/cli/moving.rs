//! `quittance move`: from the embedded file to PostgreSQL.

use std::process::ExitCode;

use clap::Args;
use store::Location;
use store::copy::{Meanwhile, copy};

use super::backup::show;
use super::{Place, open, say, serve};
use crate::config::Config;
use crate::error::{Error, Result};

/// Copy everything to PostgreSQL.
#[derive(Args)]
pub struct Move {
    /// postgres://user:password@host:port/name, an empty database in UTF-8 and collation C.
    url: String,
}

impl Move {
    /// Copies in one transaction, compares, and says how to go on. The file stays, held.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let config = Config::read(&place.data)?;
        if !matches!(open::location(place, &config), Location::Sqlite(_)) {
            return Err(Error::refused("this instance is on PostgreSQL already"));
        }
        let _nobody_serves = serve::lock(&place.data)?;
        let app = open::open_sparing(place).await?;
        let target = open::open_store(Location::Postgres(self.url)).await?;
        if target.read(|tx| tx.instance()).await?.is_some() {
            return Err(Error::refused("that database holds an instance already; nothing was changed"));
        }
        let copied = copy(&app.store, &target, Meanwhile::OthersWait).await.map_err(|error| match error {
            store::Error::Other(words) => Error::Refused(format!("{words}; nothing was left in the target")),
            other => other.into(),
        })?;
        let now = app.clock.real();
        app.store.write(move |tx| tx.hold_instance(now, "it was moved to PostgreSQL")).await?;
        say("Rows, sums and hashes of both databases, which are the same:");
        show(&copied);
        let settings = place.data.join(crate::place::SETTINGS);
        say(&format!(
            "Next: in {}, under [database], set url to what you gave here. Then start `serve`.",
            settings.display()
        ));
        say(
            "The file stays as it was, held: it would neither issue nor mail. `quittance resume` before you set the url \
             would end that.",
        );
        Ok(ExitCode::SUCCESS)
    }
}
