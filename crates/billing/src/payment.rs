//! A payment by a processor: where it stands, and what the books have to say about it.
//!
//! What becomes known of a payment only ever grows, so that news may come twice, late, and in any order: they are joined,
//! and what the books don't say yet is booked.

use crate::words::words;

words! {
    /// Where a payment stands.
    pub enum PaymentState {
        /// It is to be made on a later day; nobody has been asked.
        Planned = "planned",
        /// It is written down and the processor is being asked, or somebody is on its page.
        Asked = "asked",
        /// The answer did not reach us: it may have been charged.
        Unknown = "unknown",
        /// The bank has it; a debit takes days.
        Processing = "processing",
        /// The money is the provider's.
        Settled = "settled",
        /// No money came.
        Failed = "failed",
        /// It was taken back before anything moved.
        Canceled = "canceled",
        /// The payer's bank gave the money back to the payer.
        Returned = "returned",
        /// The payer objects at their bank; the money is held back until that is over.
        Disputed = "disputed",
        /// The payer's objection was granted; the money is gone.
        ChargedBack = "charged_back",
    }
}

impl PaymentState {
    /// Whether it may still take money for its invoices: then nothing else may.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Asked | Self::Unknown | Self::Processing)
    }
}

words! {
    /// Who or what began a payment.
    pub enum Origin {
        /// A person on the pages.
        Page = "page",
        /// Whoever had the signed link of a mail.
        Link = "link",
        /// Auto Pay.
        AutoPay = "autopay",
    }
}

words! {
    /// What became of the money itself.
    pub enum Money {
        /// Nothing is known.
        Nothing = "nothing",
        /// The bank has it.
        Processing = "processing",
        /// None came, and none will.
        Failed = "failed",
        /// It came.
        Came = "came",
    }
}

words! {
    /// What became of a payer's objection.
    pub enum Objection {
        /// There is none.
        Never = "never",
        /// It is looked at.
        Open = "open",
        /// It was turned down: the payment counts.
        Won = "won",
        /// It was granted: the money is gone.
        Lost = "lost",
    }
}

/// All that is known about a payment. Two of them are joined, never replaced by one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What became of the money.
    pub money: Money,
    /// Whether the payer's bank gave it back.
    pub returned: bool,
    /// What became of an objection.
    pub objection: Objection,
    /// What was given back, minor units.
    pub refunded: i64,
}

impl Known {
    /// Before anything is known.
    pub const NOTHING: Self = Self { money: Money::Nothing, returned: false, objection: Objection::Never, refunded: 0 };

    /// What is known from both. It doesn't matter which came first, or whether one came twice.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            money: self.money.max(other.money),
            returned: self.returned || other.returned,
            objection: self.objection.max(other.objection),
            refunded: self.refunded.max(other.refunded),
        }
    }

    /// Whether the money came at some time. Nothing comes back that never came.
    #[must_use]
    pub fn came(self) -> bool {
        self.money == Money::Came || self.returned || self.objection != Objection::Never || self.refunded > 0
    }

    /// Whether the money is gone again, for now or for good.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        self.returned || matches!(self.objection, Objection::Open | Objection::Lost)
    }

    /// Where the payment stands, as far as the processor has said anything.
    #[must_use]
    pub fn state(self) -> Option<PaymentState> {
        Some(match self.money {
            _ if self.objection == Objection::Lost => PaymentState::ChargedBack,
            _ if self.objection == Objection::Open => PaymentState::Disputed,
            _ if self.returned => PaymentState::Returned,
            _ if self.came() => PaymentState::Settled,
            Money::Processing => PaymentState::Processing,
            Money::Failed => PaymentState::Failed,
            Money::Nothing | Money::Came => return None,
        })
    }

    /// What the books have to say now that they didn't say when only `booked` was known, in this order.
    #[must_use]
    pub fn unbooked(self, booked: Self) -> Vec<Unbooked> {
        let mut deeds = Vec::new();
        if self.came() && !booked.came() {
            deeds.push(Unbooked::Came);
        }
        let refunded = self.refunded.saturating_sub(booked.refunded);
        let refund = (refunded > 0).then_some(Unbooked::Refunded(refunded));
        // A processor refunds only what is there: before it is gone, and after it counts again.
        match (self.is_gone(), booked.is_gone()) {
            (true, false) => {
                deeds.extend(refund);
                deeds.push(if self.returned { Unbooked::Returned } else { Unbooked::ChargedBack });
            }
            (false, true) => {
                deeds.push(Unbooked::Reinstated);
                deeds.extend(refund);
            }
            _ => deeds.extend(refund),
        }
        deeds
    }
}

/// Something that the books don't say yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbooked {
    /// The money came.
    Came,
    /// The bank gave back what was still there of it.
    Returned,
    /// The payer objected to what was still there of it.
    ChargedBack,
    /// It counts after all.
    Reinstated,
    /// So many minor units were given back.
    Refunded(i64),
}
