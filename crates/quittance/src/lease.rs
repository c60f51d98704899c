//! Leases: what a process has claimed stays its own while it lives, and is free soon after it died.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use store::Tx;

use crate::app::App;

/// How long a claim holds without being renewed.
pub const LEASE: Duration = Duration::from_secs(10);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// How soon to look again for what another process holds.
pub const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Carries out `work` on what was claimed until `lease_until`. Meanwhile `renew(tx, ends, next)` moves the end of the
/// lease from `ends` to `next`. Where that fails the lease ends, and another process may do the same work: that is safe.
pub async fn holding<T, R>(app: &App, lease_until: Timestamp, renew: R, work: impl Future<Output = T>) -> T
where
    R: Fn(&mut Tx, Timestamp, Timestamp) -> Result<(), store::Error> + Clone + Send + 'static,
{
    let mut ends = lease_until;
    let mut work = pin!(work);
    loop {
        if let Ok(done) = tokio::time::timeout(RENEW_EVERY, work.as_mut()).await {
            return done;
        }
        let (renew, last, next) = (renew.clone(), ends, app.clock.real() + LEASE);
        if app.store.write(move |tx| renew(tx, last, next)).await.is_ok() {
            ends = next;
        }
    }
}
