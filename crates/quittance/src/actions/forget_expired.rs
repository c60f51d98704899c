//! Deletes what signing in no longer needs: codes after two days, sessions a month after their end, challenges at once.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::error::Result;

/// The limits look back one day.
const CODES_FOR: SignedDuration = SignedDuration::from_hours(48);
const SESSIONS_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
const DOOR_COUNTS_FOR: SignedDuration = SignedDuration::from_hours(1);
const EVERY: Duration = Duration::from_secs(3600);

/// Deletes it once.
///
/// # Errors
/// Those of the database.
pub async fn forget_expired(app: &App) -> Result<()> {
    let now = app.clock.real();
    let before = |span| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
    let (codes, sessions) = (before(CODES_FOR), before(SESSIONS_FOR));
    app.store.write(move |tx| tx.forget_sign_ins(codes)).await?;
    app.store.write(move |tx| tx.forget_sessions(sessions)).await?;
    app.store.write(move |tx| tx.forget_viewings(now)).await?;
    let counts = before(DOOR_COUNTS_FOR);
    app.store.write(move |tx| tx.forget_door_counts(counts)).await?;
    app.store.write(move |tx| tx.forget_passkey_challenges(now)).await?;
    app.store.write(move |tx| tx.forget_microsoft_attempts(now)).await?;
    Ok(())
}

/// Does so every hour; never ends.
pub async fn work(app: App) {
    loop {
        if let Err(error) = forget_expired(&app).await {
            tracing::warn!(%error, "expired codes and sessions are still there");
        }
        tokio::time::sleep(EVERY).await;
    }
}
