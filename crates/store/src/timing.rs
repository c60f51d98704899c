//! How long things take: a histogram that anybody may add to without waiting.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the buckets in milliseconds; what takes longer counts in the sum alone.
pub const BOUNDS_MS: [u64; 10] = [1, 5, 10, 25, 50, 100, 250, 1000, 5000, 30_000];

/// Counts of durations.
#[derive(Debug, Default)]
pub struct Timing {
    buckets: [AtomicU64; 10],
    count: AtomicU64,
    sum_us: AtomicU64,
}

/// A timing as it stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timed {
    /// How many took at most as long as the bound at the same place, which counts those of the bounds before it.
    pub at_most: [u64; 10],
    /// How many in all.
    pub count: u64,
    /// Microseconds in all.
    pub sum_us: u64,
}

impl Timing {
    /// Adds one.
    pub fn add(&self, took: Duration) {
        let (us, ms) = (took.as_micros(), took.as_millis());
        let place = BOUNDS_MS.iter().zip(&self.buckets).find(|(bound, _)| ms < u128::from(**bound));
        if let Some((_, bucket)) = place {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(u64::try_from(us).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// As it stands.
    pub fn read(&self) -> Timed {
        let mut sum = 0;
        let at_most = self.buckets.each_ref().map(|bucket| {
            sum += bucket.load(Ordering::Relaxed);
            sum
        });
        Timed { at_most, count: self.count.load(Ordering::Relaxed), sum_us: self.sum_us.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let timing = Timing::default();
        for ms in [0, 3, 3, 70, 60_000] {
            timing.add(Duration::from_millis(ms));
        }
        let timed = timing.read();
        assert_eq!(timed.at_most, [1, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
        assert_eq!((timed.count, timed.sum_us), (5, 60_076_000));
    }
}
