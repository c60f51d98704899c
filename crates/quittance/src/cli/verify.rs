//! `quittance verify`: every invariant of the stored data, one a line.

use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::{Place, say, warn};
use crate::actions::verify_books::verify_books_telling;
use crate::app::App;
use crate::error::Result;

/// How long a check lasts before it is said that it is under way.
const PATIENCE: Duration = Duration::from_secs(1);

/// Exit code 1 where an invariant is broken.
pub async fn run(place: &Place) -> Result<ExitCode> {
    tell(&super::open::open(place).await?).await
}

/// The same for an instance that is open.
pub async fn tell(app: &App) -> Result<ExitCode> {
    let (begins, under_way) = watch::channel("");
    let checks = async move {
        verify_books_telling(app, |check| {
            begins.send_replace(check);
        })
        .await
    };
    let (verdicts, ()) = tokio::join!(checks, tell_what_lasts(under_way));
    let verdicts = verdicts?;
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

/// Says which check is under way, once for each that lasts, until there are no more.
async fn tell_what_lasts(mut under_way: watch::Receiver<&'static str>) {
    loop {
        let check = *under_way.borrow_and_update();
        let next = match timeout(PATIENCE, under_way.changed()).await {
            Ok(next) => next,
            Err(_) => {
                warn(&format!("Still asking whether {check} …"));
                under_way.changed().await
            }
        };
        if next.is_err() {
            return;
        }
    }
}
