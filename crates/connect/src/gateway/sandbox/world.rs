//! The processor's world: what it holds, and what happens in it by itself as time passes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::charges::Charged;
use super::methods::Kept;
use super::pages::Page;
use super::payouts::Movement;
use super::post::Post;
use super::refunds::Returned;
use super::shelf::Shelf;
use super::{calendar, seed};
use crate::gateway::{News, Payout};

/// Everything that is known. It changes by deeds and by time, and by nothing else.
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) zone: TimeZone,
    /// The instant it stands at; never goes back.
    pub(super) at: Timestamp,
    pub(super) pages: Shelf<Page>,
    pub(super) charges: Shelf<Charged>,
    pub(super) refunds: Shelf<Returned>,
    pub(super) methods: Shelf<Kept>,
    pub(super) movements: Vec<Movement>,
    pub(super) payouts: Vec<Payout>,
    /// Keys whose ask was lost once.
    pub(super) lost: BTreeSet<String>,
    pub(super) post: Post,
    to_come: BTreeMap<(Timestamp, u64), Step>,
    count: u64,
}

/// What happens by itself.
#[derive(Clone)]
pub(super) enum Step {
    RunOut { page: String },
    Settle { charge: String },
    Fail { charge: String, code: &'static str },
    Return { charge: String, code: &'static str },
    Dispute { charge: String },
    Decide { charge: String },
    Arrive { refund: String },
    Verify { method: String },
    Replace { method: String },
    PayOut { on: Date },
}

impl World {
    pub(super) fn new(seed: u64, zone: TimeZone) -> Self {
        Self {
            seed,
            zone,
            at: Timestamp::MIN,
            pages: Shelf::default(),
            charges: Shelf::default(),
            refunds: Shelf::default(),
            methods: Shelf::default(),
            movements: Vec::new(),
            payouts: Vec::new(),
            lost: BTreeSet::new(),
            post: Post::default(),
            to_come: BTreeMap::new(),
            count: 0,
        }
    }

    /// What a journal says of its beginning. A zone that this machine doesn't know leaves that of the settings.
    pub(super) fn begin(&mut self, seed: u64, zone: Option<&str>) {
        self.seed = seed;
        if let Some(zone) = zone.and_then(|zone| TimeZone::get(zone).ok()) {
            self.zone = zone;
        }
    }

    /// Lets time pass: everything that was to come until then comes, in its order.
    pub(super) fn pass(&mut self, until: Timestamp) {
        while let Some(next) = self.to_come.first_entry().filter(|next| next.key().0 <= until) {
            let ((at, _), step) = next.remove_entry();
            self.at = self.at.max(at);
            self.happen(step);
        }
        self.at = self.at.max(until);
    }

    /// When something happens by itself next.
    pub(super) fn next_step(&self) -> Option<Timestamp> {
        self.to_come.keys().next().map(|(at, _)| *at)
    }

    pub(super) fn plan(&mut self, at: Timestamp, step: Step) {
        self.count += 1;
        self.to_come.insert((at, self.count), step);
    }

    /// A new name: `ch_…`.
    pub(super) fn name(&mut self, kind: &str) -> String {
        self.count += 1;
        seed::name(self.seed, kind, self.count)
    }

    pub(super) fn tell(&mut self, kind: &str, what: News) {
        self.post.send(self.seed, kind, self.at, what);
    }

    pub(super) fn today(&self) -> Date {
        calendar::day(self.at, &self.zone)
    }

    fn happen(&mut self, step: Step) {
        match step {
            Step::RunOut { page } => self.run_out(&page),
            Step::Settle { charge } => self.settle(&charge),
            Step::Fail { charge, code } => self.fail(&charge, code),
            Step::Return { charge, code } => self.take_back(&charge, code),
            Step::Dispute { charge } => self.dispute(&charge),
            Step::Decide { charge } => self.decide(&charge),
            Step::Arrive { refund } => self.arrive(&refund),
            Step::Verify { method } => self.verify(&method),
            Step::Replace { method } => drop(self.replace(&method)),
            Step::PayOut { on } => self.pay_out(on),
        }
    }
}
