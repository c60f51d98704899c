//! `quittance wording`: the texts that the provider may edit.

use std::path::PathBuf;
use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use store::audit::AuditKind;
use store::provider::WordingRow;

use super::{Place, say, warn};
use crate::error::{Error, Result};
use crate::wording;

/// The texts of mails and help.
#[derive(Subcommand)]
pub enum Wording {
    /// Which texts there are, and which were changed.
    List,
    /// Print one.
    Show { key: String },
    /// Replace one by a file.
    Set {
        key: String,
        /// The file.
        #[arg(long)]
        file: PathBuf,
    },
    /// Go back to the text that came with the program.
    Reset { key: String },
}

impl Wording {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let known: Vec<_> = wording::all().collect();
        let check = |key: &str| {
            let found = known.iter().any(|(known, _)| *known == key);
            if found {
                Ok(())
            } else {
                Err(Error::Refused(format!("there is no text {key}; `quittance wording list` shows them")))
            }
        };
        match self {
            Self::List => {
                let changed = app.store.read(|tx| tx.wordings()).await?;
                for (key, _) in known {
                    let mark = if changed.iter().any(|row| row.key == key) { "changed" } else { "" };
                    say(&format!("{key:<32} {mark}"));
                }
            }
            Self::Show { key } => {
                check(&key)?;
                let changed = app.store.read(|tx| tx.wordings()).await?;
                let own = changed.iter().find(|row| row.key == key).map(|row| row.body.as_str());
                let default = known.iter().find(|(known, _)| *known == key).map(|(_, text)| *text);
                say(own.or(default).unwrap_or_default());
                // Beside the text, which somebody may write into a file.
                warn(&format!("It may name: {}", wording::names(&key).join(", ")));
            }
            Self::Set { key, file } => {
                check(&key)?;
                let body = std::fs::read_to_string(&file)
                    .map_err(|error| Error::Refused(format!("{} can't be read: {error}", file.display())))?;
                wording::check(&key, &body)?;
                let row = WordingRow { key, body, changed_at: app.clock.now() };
                let deed = place.actor(&app, Rights::Admin).await?.did(AuditKind::WordingChanged, row.key.clone());
                let written = app.store.write(move |tx| {
                    tx.set_wording(row.clone())?;
                    tx.append_audit(std::slice::from_ref(&deed))
                });
                written.await?;
            }
            Self::Reset { key } => {
                check(&key)?;
                let deed =
                    place.actor(&app, Rights::Admin).await?.did(AuditKind::WordingChanged, format!("{key} reset"));
                let written = app.store.write(move |tx| {
                    tx.reset_wording(&key)?;
                    tx.append_audit(std::slice::from_ref(&deed))
                });
                written.await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
