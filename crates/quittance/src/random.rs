//! The only place that makes randomness: tokens, codes and ids.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::clock::Clock;

/// The bits of an id that count within a millisecond.
const COUNTER_BITS: u32 = 12;
const COUNTER_MASK: i64 = (1 << COUNTER_BITS) - 1;
/// The last milliseconds of a lease, kept for ids that are made when it could not be renewed.
const RESERVE_MS: i64 = 10_000;

/// `N` random bytes. The machine's source failing is a failing machine: nothing secret can be made then.
#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "this is the one place that asks the machine, and without randomness no secret is safe"
)]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the machine's source of randomness answers");
    bytes
}

/// Fills a buffer with random bytes, for a library that wants them so.
pub fn fill(buffer: &mut [u8]) {
    for chunk in buffer.chunks_mut(32) {
        chunk.iter_mut().zip(bytes::<32>()).for_each(|(place, byte)| *place = byte);
    }
}

/// Bytes as they can stand in an address.
pub fn base64_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A secret of 256 bits, as it stands in a cookie or a link. It has no `Display`; only its hash is stored.
pub struct Token([u8; 32]);

impl Token {
    /// A new one.
    pub fn new() -> Self {
        Self(bytes())
    }

    /// One that can be made again: what a key of ours made of something.
    pub fn of(mac: [u8; 32]) -> Self {
        Self(mac)
    }

    /// Reads one as it came back; nothing where it isn't one.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As it is sent.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// As it is stored.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl Default for Token {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes ids: 41 bits of milliseconds, 10 bits of this process, 12 bits of counter. They ascend within a process.
///
/// The number of the process is leased from the database. An id's time lies before the end of the lease it was made
/// under, whatever the machine's clock says: a process that slept past its lease goes on in the time that was its own,
/// so that whoever has the number by then makes other ids. Without a lease the number is random; two processes that
/// drew the same one would meet at a primary key, which fails the transaction and never mixes rows.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    state: Mutex<Numbering>,
}

#[derive(Debug)]
struct Numbering {
    process: i64,
    /// Milliseconds and counter of the last id.
    last: i64,
    /// Milliseconds at which the lease ends.
    ends_ms: i64,
}

impl Ids {
    /// A maker of ids with a random number.
    pub fn new(clock: Clock) -> Self {
        let process = i64::from(u16::from_le_bytes(bytes())) % 1024;
        Self { clock, state: Mutex::new(Numbering { process, last: 0, ends_ms: i64::MAX }) }
    }

    /// The next id.
    pub fn mint<T: From<i64>>(&self) -> T {
        let now_ms = self.clock.real().as_millisecond();
        let mut state = self.state();
        // Near its end the clock is not followed any more: the rest of the lease is enough for millions of ids.
        let is_safe = now_ms < state.ends_ms.saturating_sub(RESERVE_MS);
        let tick = if is_safe { now_ms << COUNTER_BITS } else { 0 };
        state.last = tick.max(state.last + 1);
        let (ms, counter) = (state.last >> COUNTER_BITS, state.last & COUNTER_MASK);
        T::from((ms << 22) | (state.process << COUNTER_BITS) | counter)
    }

    /// The next `count` ids, ascending.
    pub fn many(&self, count: usize) -> Vec<i64> {
        (0..count).map(|_| self.mint()).collect()
    }

    /// From now on ids carry `process`, leased from `from` until `until`. They go on ascending.
    pub fn lease(&self, process: i64, from: Timestamp, until: Timestamp) {
        let mut state = self.state();
        if state.process != process || state.ends_ms == i64::MAX {
            // The last holder's ids lie before `from`, and ours of the same millisecond could sort below our last.
            let next_ms = (from.as_millisecond() + 1).max((state.last >> COUNTER_BITS) + 1);
            state.last = (next_ms << COUNTER_BITS) - 1;
            state.process = process;
        }
        state.ends_ms = until.as_millisecond();
    }

    /// No id made so far carries a time at or after this.
    pub fn minted_until(&self) -> Timestamp {
        Timestamp::from_millisecond((self.state().last >> COUNTER_BITS) + 1).unwrap_or(Timestamp::MAX)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Numbering> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn parts(id: i64) -> (i64, i64, i64) {
        (id >> 22, (id >> COUNTER_BITS) & 0x3ff, id & COUNTER_MASK)
    }

    #[test]
    fn ids_ascend_across_numbers_and_stay_within_their_lease() {
        let ids = Ids::new(Clock::default());
        let mut made = ids.many(10_000);
        let now = Clock::default().real();
        ids.lease(7, now, now + SignedDuration::from_secs(60));
        made.extend(ids.many(10_000));
        ids.clock.pass_for_tests(3_600_000_000);
        made.extend(ids.many(1_000_000));
        let (ms, process, _) = parts(*made.last().unwrap());
        assert_eq!(process, 7);
        assert!(ms < now.as_millisecond() + 60_000, "an hour later the ids still stand in the time that was leased");
        // A lower number after a higher one.
        let later = ids.clock.real();
        ids.lease(3, later, later + SignedDuration::from_secs(60));
        made.extend(ids.many(3));
        assert!(made.is_sorted_by(|a, b| a < b));
        assert_eq!(parts(*made.last().unwrap()).1, 3);
        assert!(ids.minted_until() > later);
    }
}
