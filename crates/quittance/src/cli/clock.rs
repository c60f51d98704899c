//! `quittance clock`: where the business clock stands, and moving that of a sandbox.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Place, say, warn};
use crate::actions::move_clock::{morning, move_clock};
use crate::app::App;
use crate::error::{Error, Result};

/// Show the business clock, or move that of a sandbox: what falls due on the way is done.
#[derive(Args)]
pub struct Clock {
    /// A date (9:00 in the provider's zone) such as 2026-12-01, or an instant such as 2026-12-01T15:00:00Z.
    to: Option<Moment>,
}

/// Where to move the clock.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Day(Date),
    Instant(Timestamp),
}

impl std::str::FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let day = text.parse().map(Self::Day).ok().filter(|_| text.len() == 10);
        day.or_else(|| text.parse().map(Self::Instant).ok())
            .ok_or("expected a date such as 2026-12-01 or an instant such as 2026-12-01T15:00:00Z")
    }
}

impl Clock {
    /// Shows or moves.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let mut failed = Vec::new();
        if let Some(to) = self.to {
            let target = match to {
                Moment::Day(day) => morning(&app, day).ok_or_else(|| Error::refused("no calendar has that day"))?,
                Moment::Instant(instant) => instant,
            };
            let passed = move_clock(&app, target, |day| warn(&format!("{day} …"))).await?;
            say(&format!(
                "{} invoices issued, {} documents rendered, {} mails accepted on the way.",
                passed.invoices, passed.documents, passed.mails
            ));
            failed = passed.failed;
        }
        say(&format!("The clock stands at {}.", standing(&app)));
        for run in &failed {
            warn(&format!("{run}; it is tried again by itself"));
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The business time in the provider's zone.
fn standing(app: &App) -> String {
    app.clock.now().to_zoned(app.zone()).strftime("%A %Y-%m-%d %H:%M %Z").to_string()
}
