//! `quittance render` and `quittance deliver`: finish what waits.

use std::process::ExitCode;

use clap::Args;

use super::output::many;
use super::{Place, progress_bar, say, warn};
use crate::actions::deliver_mail::{finish_delivery, release_late};
use crate::actions::render_documents::finish_rendering;
use crate::app::App;
use crate::error::Result;
use crate::outbox::{Delivered, earliest};

/// Renders the documents that wait.
pub async fn render(place: &Place) -> Result<ExitCode> {
    let app = super::open::open(place).await?;
    app.store.write(|tx| tx.hurry_failed_jobs()).await?;
    let made = finish_rendering(&app, progress_bar("Rendered documents")).await?;
    let failed = app.store.read(|tx| tx.failed_jobs()).await?;
    for job in &failed {
        warn(&format!("a document could not be made: {}", job.last_error.as_deref().unwrap_or_default()));
    }
    say(&format!("{} rendered.", many(made, "document", "documents")));
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Send the mails whose day has come.
#[derive(Args)]
pub struct Deliver {
    /// Also those whose window ended more than 7 days ago.
    #[arg(long)]
    late: bool,
}

impl Deliver {
    /// Sends until nothing is due.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        if self.late {
            release_late(&app).await?;
        }
        app.store.write(|tx| tx.hurry_mails()).await?;
        let started = std::time::Instant::now();
        let delivered = finish_delivery(&app, |so_far| {
            if started.elapsed().as_secs() >= 1 {
                warn(&format!("{} recipients accepted …", so_far.accepted));
            }
        });
        let delivered = delivered.await?;
        report(&app, &delivered).await?;
        Ok(if delivered.refused + delivered.postponed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn report(app: &App, delivered: &Delivered) -> Result<()> {
    let earliest = earliest(app);
    let read = app.store.read(move |tx| Ok::<_, store::Error>((tx.waiting_mails()?, tx.late_recipients(earliest)?)));
    let (waiting, late) = read.await?;
    say(&format!(
        "{} recipients accepted, {} refused, {} to be tried again; {waiting} wait in all.",
        delivered.accepted, delivered.refused, delivered.postponed
    ));
    if delivered.skipped > 0 {
        say(&format!("{} left out, because mail to them came back (quittance mail addresses).", delivered.skipped));
    }
    if delivered.held > 0 {
        say(&format!(
            "{} wait for their turn: at most {} a minute go to one domain, fewer while its server asks for patience.",
            delivered.held, app.config.mail.per_minute
        ));
    }
    if late > 0 {
        say(&format!(
            "{late} recipients' mails are more than 7 days past their window. They wait until somebody decides: quittance \
             deliver --late sends them."
        ));
    }
    Ok(())
}
