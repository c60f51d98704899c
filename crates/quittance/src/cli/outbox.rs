//! `quittance render` and `quittance deliver`: finish what waits.

use std::process::ExitCode;

use super::{Place, progress_bar, say, warn};
use crate::actions::deliver_mail::finish_delivery;
use crate::actions::render_documents::finish_rendering;
use crate::error::Result;

/// Renders the documents that wait.
pub async fn render(place: &Place) -> Result<ExitCode> {
    let app = super::open::open(place).await?;
    app.store.write(|tx| tx.hurry_failed_jobs()).await?;
    let made = finish_rendering(&app, progress_bar("Rendered documents")).await?;
    let failed = app.store.read(|tx| tx.failed_jobs()).await?;
    for job in &failed {
        warn(&format!("a document could not be made: {}", job.last_error.as_deref().unwrap_or_default()));
    }
    say(&format!("{made} documents rendered."));
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sends the mails whose day has come.
pub async fn deliver(place: &Place) -> Result<ExitCode> {
    let app = super::open::open(place).await?;
    let started = std::time::Instant::now();
    let delivered = finish_delivery(&app, |so_far| {
        if started.elapsed().as_secs() >= 1 {
            warn(&format!("{} recipients accepted …", so_far.accepted));
        }
    });
    let delivered = delivered.await?;
    let waiting = app.store.read(|tx| tx.waiting_mails()).await?;
    say(&format!(
        "{} recipients accepted, {} refused, {} to be tried again; {waiting} wait in all.",
        delivered.accepted, delivered.refused, delivered.postponed
    ));
    Ok(if delivered.refused + delivered.postponed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
