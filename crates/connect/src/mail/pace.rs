//! Quiet rates: how many letters a minute go to one receiving server, and how one that asks for patience gets it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{Accepted, Refusal};

const WINDOW: Duration = Duration::from_secs(60);
/// The first pause after a 421 or 450; each further one is twice as long, up to [`LONGEST_PAUSES`] times.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSES: u32 = 4;
/// More domains than this are not remembered: those that are quiet now are forgotten.
const MOST_DOMAINS: usize = 10_000;

/// Counts letters by the domain of their recipient, in this process.
#[derive(Debug)]
pub struct Pace {
    per_minute: u32,
    domains: Mutex<HashMap<String, Lane>>,
}

/// Whether a letter may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may; it is counted.
    Now,
    /// Not before this instant.
    At(Timestamp),
}

#[derive(Debug)]
struct Lane {
    from: Timestamp,
    sent: u32,
    /// How many were sent away in this window: their turns are spread over the next ones.
    waiting: u32,
    quiet_until: Timestamp,
    pauses: u32,
}

impl Pace {
    /// At most `per_minute` letters a minute to one domain; 0 sets no limit.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, domains: Mutex::default() }
    }

    /// Asks for a letter to `domain`, in real time.
    pub fn turn(&self, domain: &str, now: Timestamp) -> Turn {
        let mut domains = self.domains();
        if domains.len() > MOST_DOMAINS {
            domains.retain(|_, lane| lane.quiet_until > now || now.duration_since(lane.from).unsigned_abs() < WINDOW);
        }
        let lane = domains.entry(domain.to_ascii_lowercase()).or_insert_with(|| Lane::new(now));
        if lane.quiet_until > now {
            return Turn::At(lane.quiet_until);
        }
        lane.roll(now, self.per_minute);
        if self.per_minute == 0 || lane.sent < self.per_minute {
            lane.sent += 1;
            return Turn::Now;
        }
        let windows = 1 + lane.waiting / self.per_minute;
        lane.waiting = lane.waiting.saturating_add(1);
        Turn::At(lane.from + WINDOW * windows)
    }

    /// Notes what the relay said about a letter to `domain`: 421 and 450 make this domain wait, and no other.
    pub fn note(&self, domain: &str, outcome: &Result<Accepted, Refusal>, now: Timestamp) {
        let mut domains = self.domains();
        let Some(lane) = domains.get_mut(&domain.to_ascii_lowercase()) else { return };
        match outcome {
            Ok(_) => lane.pauses = 0,
            Err(Refusal::Temporary { code: 421 | 450, .. }) if lane.quiet_until <= now => {
                lane.quiet_until = now + PAUSE * 2_u32.pow(lane.pauses.min(LONGEST_PAUSES));
                lane.pauses += 1;
            }
            Err(_) => {}
        }
    }

    fn domains(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.domains.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn new(now: Timestamp) -> Self {
        Self { from: now, sent: 0, waiting: 0, quiet_until: Timestamp::MIN, pauses: 0 }
    }

    fn roll(&mut self, now: Timestamp, per_minute: u32) {
        if now.duration_since(self.from).unsigned_abs() >= WINDOW {
            self.from = now;
            self.sent = 0;
            self.waiting = self.waiting.saturating_sub(per_minute);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn a_domain_gets_so_many_a_minute_and_the_rest_are_spread() {
        let pace = Pace::new(2);
        let turns: Vec<Turn> = (0..7).map(|_| pace.turn("acme.example", at(0))).collect();
        let later = |minute: i64| Turn::At(at(60 * minute));
        assert_eq!(turns, [Turn::Now, Turn::Now, later(1), later(1), later(2), later(2), later(3)]);
        assert_eq!(pace.turn("globex.example", at(0)), Turn::Now, "another domain has its own");
        assert_eq!(pace.turn("ACME.example", at(60)), Turn::Now);
        assert_eq!(pace.turn("acme.example", at(61)), Turn::Now);
        assert!(matches!(pace.turn("acme.example", at(62)), Turn::At(_)));
    }

    #[test]
    fn zero_sets_no_limit() {
        let pace = Pace::new(0);
        assert!((0..1_000).all(|_| pace.turn("acme.example", at(0)) == Turn::Now));
    }

    #[test]
    fn who_asks_for_patience_gets_it_alone() {
        let pace = Pace::new(100);
        let busy = Err(Refusal::Temporary { code: 421, text: String::new() });
        assert_eq!(pace.turn("acme.example", at(0)), Turn::Now);
        pace.note("acme.example", &busy, at(0));
        pace.note("acme.example", &busy, at(0));
        assert_eq!(pace.turn("acme.example", at(59)), Turn::At(at(60)), "one pause for what was said at once");
        assert_eq!(pace.turn("globex.example", at(1)), Turn::Now);
        assert_eq!(pace.turn("acme.example", at(60)), Turn::Now);
        pace.note("acme.example", &busy, at(60));
        assert_eq!(pace.turn("acme.example", at(61)), Turn::At(at(180)), "longer the second time");
        pace.turn("acme.example", at(180));
        pace.note("acme.example", &Ok(Accepted { text: String::new() }), at(180));
        pace.note("acme.example", &busy, at(180));
        assert_eq!(pace.turn("acme.example", at(181)), Turn::At(at(240)), "forgiven after an acceptance");
        let other = Err(Refusal::Temporary { code: 451, text: String::new() });
        pace.turn("globex.example", at(2));
        pace.note("globex.example", &other, at(2));
        assert_eq!(pace.turn("globex.example", at(3)), Turn::Now);
    }
}
