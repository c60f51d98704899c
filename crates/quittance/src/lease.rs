//! Leases: what a process has claimed stays its own while it lives, is given back when it ends, and is free soon after it
//! died.

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
/// lease from `ends` to `next`, and gives of how many rows. Where there is none any more, or the end had passed because
/// this process stood still for too long and another may have claimed them, `work` is given up, and there is no result; so
/// it is in the moment in which the work is done with its last row. Where renewing fails the lease ends, and another
/// process may do the same work: that is safe.
///
/// Where the process is ending and `work` takes too long, the lease is given back, by moving its end into the past, and
/// this never returns: whoever ends the process drops it.
pub async fn holding<T, R>(app: &App, lease_until: Timestamp, renew: R, work: impl Future<Output = T>) -> Option<T>
where
    R: Fn(&mut Tx, Timestamp, Timestamp) -> Result<u64, store::Error> + Clone + Send + 'static,
{
    let mut ends = lease_until;
    let mut work = pin!(work);
    let given_back = loop {
        let is_over = tokio::select! {
            biased;
            // First, so that who stood still finds out before going on.
            () = tokio::time::sleep(RENEW_EVERY) => false,
            done = work.as_mut() => return Some(done),
            () = app.ending.is_over() => true,
        };
        let (renew, last) = (renew.clone(), ends);
        let next = if is_over { Timestamp::UNIX_EPOCH } else { app.clock.real() + LEASE };
        let renewed = app.store.write(move |tx| renew(tx, last, next)).await;
        match renewed {
            renewed if is_over => break renewed,
            Ok(0) => return None,
            // Until its end nobody else could claim a row; since then somebody may have claimed some of them.
            Ok(_) if app.clock.real() >= last => return None,
            Ok(_) => ends = next,
            Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
        }
    };
    if let Err(error) = given_back {
        tracing::warn!(%error, "a lease could not be given back; it ends by itself in a few seconds");
    }
    std::future::pending().await
}
