//! What is done to the sandbox's world, as its journal keeps it. Whoever reads all of them gets the same world.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::method::TestMethod;
use super::world::World;
use crate::gateway::{ChargeAsk, PageAsk, RefundAsk};

/// A line of the journal.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) at: Timestamp,
    #[serde(flatten)]
    pub(super) deed: Deed,
}

/// One deed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(super) enum Deed {
    /// The first of a journal: what it was begun with stays, whatever the settings say later.
    Begin {
        seed: u64,
        zone: Option<String>,
    },
    /// Time passed, and something happened by itself.
    Pass,
    OpenPage {
        ask: PageAsk,
    },
    EndPage {
        page: String,
    },
    Complete {
        page: String,
        choice: TestMethod,
    },
    Charge {
        ask: ChargeAsk,
    },
    Refund {
        ask: RefundAsk,
    },
    Forget {
        method: String,
    },
    Replace {
        method: String,
    },
    Expire {
        method: String,
    },
    Told {
        event: String,
    },
}

impl Deed {
    /// Whether it has to outlive a power cut. What was told may be told again.
    pub(super) fn must_last(&self) -> bool {
        !matches!(self, Self::Told { .. })
    }

    /// Does it once more. What was answered then is nobody's concern now, a refusal included.
    pub(super) fn redo(self, world: &mut World) {
        match self {
            Self::Begin { seed, zone } => world.begin(seed, zone.as_deref()),
            Self::Pass => {}
            Self::OpenPage { ask } => drop(world.open_page(&ask)),
            Self::EndPage { page } => drop(world.end_page(&page)),
            Self::Complete { page, choice } => drop(world.complete(&page, choice)),
            Self::Charge { ask } => drop(world.charge(&ask)),
            Self::Refund { ask } => drop(world.refund(&ask)),
            Self::Forget { method } => world.forget(&method),
            Self::Replace { method } => drop(world.replace(&method)),
            Self::Expire { method } => drop(world.expire(&method)),
            Self::Told { event } => world.post.told(&event, world.at),
        }
    }
}
