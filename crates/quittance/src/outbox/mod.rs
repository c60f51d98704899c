//! What waits to be sent: invoices to each recipient, digests, and notices to staff. Each kind is claimed, sent and
//! written down in the same way.

pub mod address;
pub mod attempt;
pub mod digests;
pub mod invoices;
pub mod message;
pub mod notices;
pub mod outcome;
mod pay_link;

use connect::mail::Mailer;
use jiff::civil::Date;
use store::mail::{Due, MailState};

use crate::app::Inner;
use crate::config::Lateness;
use crate::outbox::attempt::Fate;

/// How many rows are claimed at a time.
pub const BATCH: i64 = 64;
/// How many days after its window a mail still goes by itself.
const LATE_AFTER: i32 = 7;

/// What became of the outbox. Notices to staff are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Recipients whose mail the server took.
    pub accepted: usize,
    /// Recipients refused for good.
    pub refused: usize,
    /// Recipients that will be tried again.
    pub postponed: usize,
    /// Recipients left out, because mail to them comes back.
    pub skipped: usize,
    /// Recipients whose server is not to be hurried: their turn comes.
    pub held: usize,
}

impl Delivered {
    /// Adds what became of some more.
    pub fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.postponed += other.postponed;
        self.skipped += other.skipped;
        self.held += other.held;
    }

    /// Counts what became of some recipients, also for the metrics.
    fn count(&mut self, app: &Inner, (state, fate): (MailState, &Fate), recipients: usize) {
        match fate {
            Fate::Accepted(_) => app.metrics.mailed("accepted"),
            Fate::Never(_) => app.metrics.mailed("refused"),
            Fate::Again(..) => app.metrics.mailed("postponed"),
            Fate::Skipped(_) | Fate::Held(_) | Fate::GivenBack => {}
        }
        self.sort(state, fate, recipients);
    }

    fn sort(&mut self, state: MailState, fate: &Fate, recipients: usize) {
        match (state, fate) {
            (MailState::Accepted | MailState::Bounced, _) => self.accepted += recipients,
            (MailState::Refused, _) => self.refused += recipients,
            (MailState::Skipped | MailState::Withdrawn, _) => self.skipped += recipients,
            (MailState::Waiting, Fate::Held(_)) => self.held += recipients,
            (MailState::Waiting, Fate::GivenBack) => {}
            (MailState::Waiting, _) => self.postponed += recipients,
        }
    }
}

/// With what a batch is sent.
pub struct Sending<'a> {
    /// The mail server.
    pub mailer: &'a Mailer,
    /// Which messages are too late to go by themselves.
    pub earliest: Date,
}

/// Messages whose window ended before this day wait for `deliver --late`.
pub fn earliest(app: &Inner) -> Date {
    match app.config.mail.lateness {
        Lateness::Waits => billing::calendar::shift(app.today(), -LATE_AFTER),
        Lateness::Goes => Date::constant(1, 1, 1),
    }
}

/// What may be claimed now.
pub fn due(app: &Inner) -> Due {
    Due { now: app.clock.real(), today: app.today(), earliest: earliest(app) }
}
