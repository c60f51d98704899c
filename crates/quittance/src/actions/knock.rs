//! Somebody knocks at a door that writes a row for everybody: so often within a quarter of an hour, and then no more.

use jiff::{SignedDuration, Timestamp};
use store::door::Door;

use crate::app::App;
use crate::error::Result;
use crate::random::Token;

const WINDOW_US: i64 = 15 * 60 * 1_000_000;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Who knocks.
pub struct Knock {
    /// The device's cookie: one that somebody signed in with has a count of its own.
    pub device: Option<Token>,
    /// The network, as text.
    pub network: String,
}

/// How many tries a network or known device has at a door. Many people may sit behind one network, and the page of the
/// address asks for a challenge by itself.
fn most(door: Door) -> i64 {
    match door {
        Door::Microsoft => 60,
        Door::Passkey => 200,
    }
}

/// Counts a try; gives when it can be tried again where there were too many.
///
/// # Errors
/// Those of the database.
pub async fn knock(app: &App, door: Door, who: Knock) -> Result<Option<Timestamp>> {
    let now = app.clock.real();
    let began = now.as_microsecond().div_euclid(WINDOW_US).saturating_mul(WINDOW_US);
    let window_at = Timestamp::from_microsecond(began).unwrap_or(now);
    let device = who.device.map(|device| device.hash());
    let by_device = app.keys.mac("asked by device", &[&device.unwrap_or_default()]);
    let by_network = app.keys.mac("asked by network", &[who.network.as_bytes()]);
    let counted = app.store.write(move |tx| {
        let is_known = device.is_some() && tx.is_anybodys_device(&device.unwrap_or_default())?;
        tx.knock(if is_known { &by_device } else { &by_network }, door, window_at)
    });
    let is_too_many = counted.await? > most(door);
    Ok(is_too_many.then(|| window_at.saturating_add(WINDOW).unwrap_or(Timestamp::MAX)))
}
