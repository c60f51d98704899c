//! `quittance w9`: the provider's Form W-9, which customers download.

use std::path::PathBuf;
use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use serde_json::json;
use store::audit::AuditKind;
use store::certificate::{ProviderPaperRow, W9};

use super::{Place, say};
use crate::actions::hand_in_certificate::{LARGEST, media_type};
use crate::error::{Error, Result};

/// The provider's Form W-9.
#[derive(Subcommand)]
pub enum FormW9 {
    /// Put a PDF in the place of the one before; customers download it from then on.
    Set {
        /// A PDF of at most 10 MB.
        file: PathBuf,
    },
}

impl FormW9 {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let Self::Set { file } = self;
        let by = place.actor(&app, Rights::Admin).await?;
        let shown = file.display();
        let about =
            std::fs::metadata(&file).map_err(|error| Error::Refused(format!("{shown} can't be read: {error}")))?;
        if about.len() > u64::try_from(LARGEST).unwrap_or(u64::MAX) {
            return Err(Error::Refused(format!("{shown} is larger than 10 MB")));
        }
        let bytes = std::fs::read(&file).map_err(|error| Error::Refused(format!("{shown} can't be read: {error}")))?;
        if media_type(&bytes) != Some("application/pdf") {
            return Err(Error::Refused(format!("{shown} is no PDF")));
        }
        let deed = by.did(AuditKind::SettingChanged, "Form W-9").after(json!({ "bytes": bytes.len() }));
        let row = ProviderPaperRow { name: W9.to_owned(), bytes, changed_at: app.clock.now() };
        let written = app.store.write(move |tx| {
            tx.set_provider_paper(&row)?;
            tx.append_audit(std::slice::from_ref(&deed))
        });
        written.await?;
        say("Customers who are signed in download it now: /w9.pdf, linked from help and from their company data.");
        Ok(ExitCode::SUCCESS)
    }
}
