//! Payouts: on each business day what moved two business days before, after fees.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::calendar::{business_days_after, day, payout_at};
use super::world::{Step, World};
use crate::gateway::{Amount, News, Payout, PayoutPart, PayoutPartKind};

/// Business days until money that moved is paid out.
const PAID_AFTER: u32 = 2;

/// Money that moved at the processor's and isn't paid out yet.
pub(super) struct Movement {
    available_on: Date,
    currency: String,
    part: PayoutPart,
}

/// What moved because of a charge; minor units.
pub(super) struct Taken {
    pub(super) what: PayoutPartKind,
    pub(super) gross_minor: i64,
    pub(super) fee_minor: i64,
}

impl World {
    /// Writes down that money moved, and plans the day on which it is paid out.
    pub(super) fn book(&mut self, charge: &str, taken: Taken) {
        let Some(made) = self.charges.named(charge) else { return };
        let available_on = business_days_after(day(self.at, &self.zone), PAID_AFTER);
        let part = PayoutPart {
            what: taken.what,
            charge: Some(charge.to_owned()),
            reference: Some(made.charge.reference.clone()),
            gross_minor: taken.gross_minor,
            fee_minor: taken.fee_minor,
        };
        let currency = made.charge.amount.currency.clone();
        self.movements.push(Movement { available_on, currency, part });
        self.plan(payout_at(available_on, &self.zone), Step::PayOut { on: available_on });
    }

    /// One payout for each currency; a second call on the same day finds nothing left. Where more went away than came,
    /// it waits for the next one.
    pub(super) fn pay_out(&mut self, on: Date) {
        let mut by_currency: BTreeMap<String, Vec<Movement>> = BTreeMap::new();
        for moved in self.movements.extract_if(.., |moved| moved.available_on <= on) {
            by_currency.entry(moved.currency.clone()).or_default().push(moved);
        }
        for (currency, moved) in by_currency {
            let minor: i64 = moved.iter().map(|moved| moved.part.gross_minor - moved.part.fee_minor).sum();
            if minor <= 0 {
                self.movements.extend(moved);
                continue;
            }
            let id = self.name("po");
            let parts = moved.into_iter().map(|moved| moved.part).collect();
            self.payouts.push(Payout { id: id.clone(), amount: Amount { minor, currency }, arrives_on: on, parts });
            self.tell("payout.paid", News::Payout(id));
        }
    }
}
