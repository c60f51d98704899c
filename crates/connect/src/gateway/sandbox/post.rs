//! Events on their way: each comes late, some come twice, and they overtake each other, all by the seed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::calendar::seconds_later;
use super::seed;
use crate::gateway::{Event, News};

/// Of a hundred events, how many come twice.
const TWICE: u64 = 30;
/// Of a hundred, how many take minutes in place of seconds.
const SLOW: u64 = 10;
const USUAL_S: u64 = 20;
const SLOW_S: u64 = 900;

/// When a delivery is due, and its number.
pub(super) type Delivery = (Timestamp, u64);

/// What waits to be told.
#[derive(Default)]
pub(super) struct Post {
    waiting: BTreeMap<Delivery, Event>,
    count: u64,
}

impl Post {
    /// Sends word of something that happened.
    pub(super) fn send(&mut self, seed: u64, kind: &str, made_at: Timestamp, what: News) {
        self.count += 1;
        let id = seed::name(seed, "evt", self.count);
        let chance = |what: &str, most: u64| seed::number(seed, &format!("{id} {what}")) % most;
        let usual = chance("delay", USUAL_S + 1);
        let delay_s = if chance("slow", 100) < SLOW { chance("delay", SLOW_S + 1) } else { usual };
        let again_s = (chance("twice", 100) < TWICE).then(|| delay_s + chance("again", SLOW_S + 1));
        let event = Event { id, kind: kind.to_owned(), made_at, live: false, what };
        for (seconds, copy) in [Some(delay_s), again_s].into_iter().flatten().zip(0..) {
            self.waiting.insert((seconds_later(made_at, seconds), self.count * 2 + copy), event.clone());
        }
    }

    /// What is due, in the order in which it arrives.
    pub(super) fn due(&self, now: Timestamp) -> impl Iterator<Item = (Delivery, &Event)> {
        self.waiting.range(..=(now, u64::MAX)).map(|(delivery, event)| (*delivery, event))
    }

    /// All deliveries that are still to be made.
    pub(super) fn deliveries(&self) -> impl Iterator<Item = Delivery> {
        self.waiting.keys().copied()
    }

    /// It was taken: once less to tell.
    pub(super) fn told(&mut self, event: &str, now: Timestamp) {
        let taken = self.due(now).find(|(_, waiting)| waiting.id == event).map(|(delivery, _)| delivery);
        if let Some(delivery) = taken {
            self.waiting.remove(&delivery);
        }
    }
}
