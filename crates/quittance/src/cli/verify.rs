//! `quittance verify`: every invariant of the stored data, one a line.

use std::process::ExitCode;

use super::{Place, say, warn};
use crate::actions::verify_books::verify_books;
use crate::app::App;
use crate::error::Result;

/// Exit code 1 where an invariant is broken.
pub async fn run(place: &Place) -> Result<ExitCode> {
    tell(&super::open::open(place).await?).await
}

/// The same for an instance that is open.
pub async fn tell(app: &App) -> Result<ExitCode> {
    let verdicts = verify_books(app).await?;
    let mut broken = 0;
    for verdict in &verdicts {
        if verdict.broken.is_empty() {
            say(&format!("ok      {:<3} {}", verdict.id, verdict.holds));
        } else {
            broken += 1;
            say(&format!("BROKEN  {:<3} {}: {}", verdict.id, verdict.holds, verdict.broken.join(", ")));
        }
    }
    if broken > 0 {
        warn(&format!("{broken} of {} invariants are broken.", verdicts.len()));
        return Ok(ExitCode::FAILURE);
    }
    say(&format!("{} invariants hold.", verdicts.len()));
    Ok(ExitCode::SUCCESS)
}
