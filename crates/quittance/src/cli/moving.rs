//! `quittance move`: from the embedded file to PostgreSQL.

use std::process::ExitCode;

use clap::Args;
use store::copy::{Meanwhile, Tally, copy, tally};
use store::{Location, Store};

use super::backup::show;
use super::{Place, open, say, serve};
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};

/// Copy everything to PostgreSQL.
#[derive(Args)]
pub struct Move {
    /// postgres://user:password@host:port/name, an empty database in UTF-8 and collation C.
    url: String,
}

/// Why the file is held, and its copy until it is whole, so that whatever ends this leaves no two that issue.
const MOVING: &str = "it is being moved to PostgreSQL";

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
        let copied = moved(&app, &target).await?;
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

/// Holds the file, copies it, and lets the copy go. Where this was ended after the copy, it goes on from there.
async fn moved(app: &App, target: &Store) -> Result<Vec<Tally>> {
    let ours = app.store.read(|tx| tx.instance()).await?;
    let theirs = target.read(|tx| tx.instance()).await?;
    let is_copied = theirs
        .as_ref()
        .is_some_and(|theirs| theirs.held_because.as_deref() == Some(MOVING) && Some(theirs) == ours.as_ref());
    if theirs.is_some() && !is_copied {
        return Err(Error::refused("that database holds an instance already; nothing was changed"));
    }
    let held = ours.and_then(|instance| instance.held_because);
    let is_free = held.is_none_or(|because| because == MOVING);
    let now = app.clock.real();
    let copied = if is_copied {
        tally(target).await?
    } else {
        if is_free {
            app.store.write(move |tx| tx.hold_instance(now, MOVING)).await?;
        }
        match copy(&app.store, target, Meanwhile::OthersWait).await {
            Ok(copied) => copied,
            Err(error) => {
                if is_free {
                    app.store.write(|tx| tx.let_instance_go()).await?;
                }
                return Err(match error {
                    store::Error::Other(words) => Error::Refused(format!("{words}; nothing was left in the target")),
                    other => other.into(),
                });
            }
        }
    };
    if is_free {
        target.write(|tx| tx.let_instance_go()).await?;
    }
    app.store.write(move |tx| tx.hold_instance(now, "it was moved to PostgreSQL")).await?;
    Ok(copied)
}
