//! The only place that knows the time: the machine's clock, and the business clock that a sandbox can move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Business time is real time plus an offset, 0 unless the instance is a sandbox. Leases, ids, codes, sessions and
/// limits use [`Clock::real`]; dates on documents use [`Clock::now`] and [`Clock::today`].
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_us: Arc<AtomicI64>,
    /// Always 0 but in tests.
    real_offset_us: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that stands `offset_us` microseconds from the machine's.
    pub fn new(offset_us: i64) -> Self {
        let clock = Self::default();
        clock.set_offset(offset_us);
        clock
    }

    /// How far the business clock stands from the machine's, in microseconds.
    pub fn offset(&self) -> i64 {
        self.offset_us.load(Ordering::Relaxed)
    }

    /// Moves the business clock; every copy of it follows.
    pub fn set_offset(&self, offset_us: i64) {
        self.offset_us.store(offset_us, Ordering::Relaxed);
    }

    /// The machine's time.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn real(&self) -> Timestamp {
        let us = Timestamp::now().as_microsecond().saturating_add(self.real_offset_us.load(Ordering::Relaxed));
        Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX)
    }

    /// Moves the machine's time for tests that wait for something to expire; nothing of the program calls it.
    #[doc(hidden)]
    pub fn pass_for_tests(&self, span_us: i64) {
        self.real_offset_us.fetch_add(span_us, Ordering::Relaxed);
    }

    /// Business time.
    pub fn now(&self) -> Timestamp {
        let us = self.real().as_microsecond().saturating_add(self.offset_us.load(Ordering::Relaxed));
        Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX)
    }

    /// The business date in the provider's zone.
    pub fn today(&self, zone: &TimeZone) -> Date {
        self.now().to_zoned(zone.clone()).date()
    }
}
