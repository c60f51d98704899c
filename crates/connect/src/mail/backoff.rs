//! When a letter that was not accepted is tried again.

use std::time::Duration;

const MINUTES: [u64; 5] = [1, 5, 15, 60, 4 * 60];
const LATER_MINUTES: u64 = 6 * 60;
const LAST_RETRY: u32 = 24;

/// How long to wait after failed attempt number `attempt` (the first is 1), or `None` when it was the last.
///
/// 1, 5 and 15 minutes, 1 and 4 hours, then every 6 hours; it gives up after about 5 days, as RFC 5321 (4.5.4.1)
/// advises. `jitter_permille` (0 to 1000, from the caller's randomness) moves the wait by up to a tenth in both
/// directions, so that letters that failed together do not come back together; 500 leaves it as it is.
pub fn backoff(attempt: u32, jitter_permille: u16) -> Option<Duration> {
    if !(1..=LAST_RETRY).contains(&attempt) {
        return None;
    }
    let index = usize::try_from(attempt - 1).ok()?;
    let minutes = MINUTES.get(index).copied().unwrap_or(LATER_MINUTES);
    let permille = 900 + u64::from(jitter_permille.min(1000)) / 5;
    Some(Duration::from_millis(minutes * 60 * permille))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::backoff;

    const HOUR_S: u64 = 60 * 60;

    #[test]
    fn waits_grow_and_end_after_about_five_days() {
        let waits: Vec<Duration> = (1..).map_while(|attempt| backoff(attempt, 500)).collect();
        let first: Vec<u64> = waits.iter().take(6).map(Duration::as_secs).collect();
        assert_eq!(first, [60, 300, 900, HOUR_S, 4 * HOUR_S, 6 * HOUR_S]);
        assert_eq!(waits.len(), 24);
        let total: Duration = waits.iter().sum();
        assert!((115 * HOUR_S..=125 * HOUR_S).contains(&total.as_secs()), "{total:?}");
        assert!(waits.is_sorted());
    }

    #[test]
    fn jitter_moves_the_wait_by_a_tenth_at_most() {
        assert_eq!(backoff(1, 0), Some(Duration::from_secs(54)));
        assert_eq!(backoff(1, 1000), Some(Duration::from_secs(66)));
        assert_eq!(backoff(1, u16::MAX), backoff(1, 1000));
    }

    #[test]
    fn there_is_no_attempt_zero_and_no_attempt_without_end() {
        assert_eq!(backoff(0, 500), None);
        assert_eq!(backoff(25, 500), None);
        assert_eq!(backoff(u32::MAX, 500), None);
    }
}
