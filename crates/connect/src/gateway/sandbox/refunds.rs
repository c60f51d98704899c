//! Money that goes back to whoever paid.

use super::calendar::business_days_later;
use super::pages::other_ask;
use super::payouts::Taken;
use super::world::{Step, World};
use crate::gateway::{
    ChargeState, DisputeState, MethodKind, News, PayoutPartKind, Refund, RefundAsk, RefundState, Trouble,
};

/// Business days until it is back in an account; on a card it shows at once.
const ARRIVES_AFTER: u32 = 2;

/// A refund and how it was asked for.
pub(super) struct Returned {
    pub(super) refund: Refund,
    ask: RefundAsk,
}

impl World {
    pub(super) fn refund(&mut self, ask: &RefundAsk) -> Result<Refund, Trouble> {
        if let Some(known) = self.refunds.keyed(&ask.key) {
            return if known.ask == *ask { Ok(known.refund.clone()) } else { Err(other_ask(&ask.key)) };
        }
        let kind = self.refundable(ask)?;
        let state = if kind == MethodKind::Bank { RefundState::Pending } else { RefundState::Done };
        let (id, key) = (self.name("re"), ask.key.clone());
        let refund = Refund { id: id.clone(), key, charge: ask.charge.clone(), amount: ask.amount.clone(), state };
        self.refunds.put(&id, Some(&ask.key), Returned { refund: refund.clone(), ask: ask.clone() });
        if let Some(made) = self.charges.named_mut(&ask.charge) {
            made.charge.refunded_minor += ask.amount.minor;
        }
        self.book(&ask.charge, Taken { what: PayoutPartKind::Refund, gross_minor: -ask.amount.minor, fee_minor: 0 });
        self.tell_of(&ask.charge, "charge.refunded");
        if state == RefundState::Pending {
            let at = business_days_later(self.at, ARRIVES_AFTER, &self.zone);
            self.plan(at, Step::Arrive { refund: id });
            self.tell("refund.created", News::Refund(refund.clone()));
        } else {
            self.tell("refund.done", News::Refund(refund.clone()));
        }
        Ok(refund)
    }

    pub(super) fn arrive(&mut self, refund: &str) {
        let Some(returned) = self.refunds.named_mut(refund) else { return };
        returned.refund.state = RefundState::Done;
        let news = News::Refund(returned.refund.clone());
        self.tell("refund.done", news);
    }

    /// Whether so much of the charge can go back; to what kind of method.
    fn refundable(&self, ask: &RefundAsk) -> Result<MethodKind, Trouble> {
        let refused = |why: String| Err(Trouble::Refused(why));
        ask.amount.check()?;
        let Some(made) = self.charges.named(&ask.charge) else {
            return refused(format!("there is no charge {}", ask.charge));
        };
        let charge = &made.charge;
        let is_held = charge.dispute.as_ref().is_some_and(|dispute| dispute.state != DisputeState::Won);
        if charge.state != ChargeState::Settled || is_held {
            return refused(format!("the money of {} isn't here", ask.charge));
        }
        let left = charge.amount.minor - charge.refunded_minor;
        if ask.amount.currency != charge.amount.currency || ask.amount.minor > left {
            return refused(format!("of {} only {left} {} are left", ask.charge, charge.amount.currency));
        }
        Ok(charge.method.as_ref().map_or(MethodKind::Card, |method| method.kind))
    }
}
