//! `quittance document`: an invoice's PDF.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::Place;
use crate::actions::render_documents::render_document;
use crate::error::{Error, Result};

/// Write an invoice's PDF to a file.
#[derive(Args)]
pub struct Document {
    /// Its number, such as INV-20001.
    number: String,
    /// The file.
    #[arg(long)]
    out: PathBuf,
}

impl Document {
    /// Writes the stored bytes; a document that waits is rendered first.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let number = self.number.clone();
        let found = app.store.read(move |tx| tx.number(&number)).await?;
        let Some(found) = found else {
            return Err(Error::Refused(format!("there is no invoice {}", self.number)));
        };
        let (account, id) = (found.account_id, found.document_id);
        let bytes = render_document(&app, account, id).await?;
        let bytes = bytes
            .ok_or_else(|| Error::Refused(format!("{} could not be rendered; see quittance render", self.number)))?;
        std::fs::write(&self.out, &bytes)
            .map_err(|error| Error::Refused(format!("{} can't be written: {error}", self.out.display())))?;
        Ok(ExitCode::SUCCESS)
    }
}
