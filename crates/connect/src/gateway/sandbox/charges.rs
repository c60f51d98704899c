//! Charges: what a method does when it is charged, and what becomes of it.

use jiff::Timestamp;

use super::calendar::{business_days_later, days_later, seconds_later};
use super::fees;
use super::method::{Presence, TestMethod};
use super::methods::VERIFIED_AFTER;
use super::pages::other_ask;
use super::payouts::Taken;
use super::world::{Step, World};
use crate::gateway::{
    Amount, Charge, ChargeAsk, ChargeState, Decline, Dispute, DisputeState, Method, News, PayoutPartKind, Trouble,
};

/// Business days until a debit is ours.
const DEBIT_TAKES: u32 = 3;
const DEBIT_FAILS_AFTER: i64 = 2;
const RETURNED_AFTER: i64 = 40;
const PROCESSING_S: u64 = 600;
const DISPUTED_AFTER: i64 = 5;
const DECIDED_AFTER: i64 = 20;

/// A charge, and how it was asked for where nobody was present.
pub(super) struct Charged {
    pub(super) charge: Charge,
    pub(super) ask: Option<ChargeAsk>,
    test: TestMethod,
}

/// What is to be charged.
pub(super) struct Attempt {
    pub(super) key: String,
    pub(super) reference: String,
    pub(super) amount: Amount,
    pub(super) test: TestMethod,
    pub(super) who: Presence,
}

impl Amount {
    /// Nothing else is taken by any processor.
    pub(super) fn check(&self) -> Result<(), Trouble> {
        let is_code = self.currency.len() == 3 && self.currency.bytes().all(|letter| letter.is_ascii_uppercase());
        if self.minor <= 0 || !is_code {
            return Err(Trouble::Refused(format!("{} {} can't be charged", self.minor, self.currency)));
        }
        Ok(())
    }
}

impl World {
    /// Charges a kept method. The same key gives the same charge.
    pub(super) fn charge(&mut self, ask: &ChargeAsk) -> Result<Charge, Trouble> {
        if let Some(known) = self.charges.keyed(&ask.key) {
            let is_same = known.ask.as_ref() == Some(ask);
            return if is_same { Ok(known.charge.clone()) } else { Err(other_ask(&ask.key)) };
        }
        ask.amount.check()?;
        let kept = self.kept(&ask.method)?;
        if kept.method.customer != ask.customer || kept.method.kind != ask.kind {
            return Err(Trouble::Refused(format!("the method {} isn't that customer's", ask.method)));
        }
        if !kept.method.is_verified {
            return Err(Trouble::Refused("the owner of the account has not shown yet that it is theirs".to_owned()));
        }
        let (method, test) = (kept.method.clone(), kept.test);
        if test == TestMethod::CardUnreachable {
            return Err(Trouble::Unreachable("nobody answers".to_owned()));
        }
        if test == TestMethod::CardAskLost && self.lost.insert(ask.key.clone()) {
            return Err(Trouble::Unknown("the connection broke".to_owned()));
        }
        let (key, reference, amount) = (ask.key.clone(), ask.reference.clone(), ask.amount.clone());
        let charge = self.attempt(Attempt { key, reference, amount, test, who: Presence::Away }, method);
        if let Some(made) = self.charges.named_mut(&charge.id) {
            made.ask = Some(ask.clone());
        }
        self.charges.also_by_key(&ask.key, &charge.id);
        match test {
            TestMethod::CardAnswerLost => Err(Trouble::Unknown("the connection broke".to_owned())),
            _ => Ok(charge),
        }
    }

    /// Those made from an instant on that fit, oldest first.
    pub(super) fn charges_where(&self, since: Timestamp, fits: impl Fn(&Charge) -> bool) -> Vec<Charge> {
        let made = self.charges.iter().map(|made| &made.charge);
        made.filter(|charge| charge.made_at >= since && fits(charge)).cloned().collect()
    }

    /// Tries it, and writes down what came of it.
    pub(super) fn attempt(&mut self, attempt: Attempt, method: Method) -> Charge {
        let Attempt { key, reference, amount, test, who } = attempt;
        let is_over = method.expires_on.is_some_and(|last| last < self.today());
        let declined = test.declined(who).or(is_over.then_some("expired_card"));
        let charge = Charge {
            id: self.name("ch"),
            key,
            reference,
            amount,
            live: false,
            state: declined.map_or(ChargeState::Processing, |code| ChargeState::Failed(Decline::of_card(code))),
            refunded_minor: 0,
            dispute: None,
            fee_minor: None,
            method: Some(method),
            made_at: self.at,
        };
        let (id, begun) = (charge.id.clone(), charge.clone());
        self.charges.put(&id, None, Charged { charge, ask: None, test });
        if declined.is_some() {
            self.tell_of(&id, "charge.failed");
        } else {
            self.set_going(&id, test);
        }
        self.charges.named(&id).map_or(begun, |made| made.charge.clone())
    }

    fn set_going(&mut self, id: &str, test: TestMethod) {
        let charge = id.to_owned();
        let (at, zone) = (self.at, self.zone.clone());
        let verified_at = business_days_later(at, VERIFIED_AFTER, &zone);
        let (at, step) = match test {
            TestMethod::CardProcessing => (seconds_later(at, PROCESSING_S), Step::Settle { charge }),
            TestMethod::BankSettles | TestMethod::BankReturned => {
                (business_days_later(at, DEBIT_TAKES, &zone), Step::Settle { charge })
            }
            TestMethod::BankUnverified if self.waits_for_deposits(id) => {
                (business_days_later(verified_at, DEBIT_TAKES, &zone), Step::Settle { charge })
            }
            TestMethod::BankUnverified => (business_days_later(at, DEBIT_TAKES, &zone), Step::Settle { charge }),
            _ => match test.fails() {
                Some(code) => (days_later(at, DEBIT_FAILS_AFTER, &zone), Step::Fail { charge, code }),
                None => return self.settle(id),
            },
        };
        self.tell_of(id, "charge.processing");
        self.plan(at, step);
    }

    fn waits_for_deposits(&self, id: &str) -> bool {
        let method = self.charges.named(id).and_then(|made| made.charge.method.as_ref());
        method.is_some_and(|method| !method.is_verified)
    }

    pub(super) fn settle(&mut self, id: &str) {
        let Some(made) = self.charges.named_mut(id) else { return };
        let (test, charge) = (made.test, &mut made.charge);
        let fee_minor = fees::of(test.kind(), charge.amount.minor);
        charge.state = ChargeState::Settled;
        charge.fee_minor = Some(fee_minor);
        let gross_minor = charge.amount.minor;
        self.book(id, Taken { what: PayoutPartKind::Charge, gross_minor, fee_minor });
        self.tell_of(id, "charge.settled");
        let charge = id.to_owned();
        let (days, step) = match test {
            TestMethod::CardDisputeWon | TestMethod::CardDisputeLost => (DISPUTED_AFTER, Step::Dispute { charge }),
            TestMethod::BankReturned => (RETURNED_AFTER, Step::Return { charge, code: "R10" }),
            _ => return,
        };
        self.plan(days_later(self.at, days, &self.zone), step);
    }

    pub(super) fn fail(&mut self, id: &str, code: &str) {
        let Some(made) = self.charges.named_mut(id) else { return };
        made.charge.state = ChargeState::Failed(Decline::of_bank(code));
        self.tell_of(id, "charge.failed");
    }

    /// The bank takes back what is left of it.
    pub(super) fn take_back(&mut self, id: &str, code: &str) {
        let Some(left) = self.left(id) else { return };
        let Some(made) = self.charges.named_mut(id) else { return };
        made.charge.state = ChargeState::Returned(Decline::of_bank(code));
        self.book(id, Taken { what: PayoutPartKind::Dispute, gross_minor: -left, fee_minor: 0 });
        self.tell_of(id, "charge.returned");
    }

    pub(super) fn dispute(&mut self, id: &str) {
        let Some(left) = self.left(id) else { return };
        let name = self.name("dp");
        let due_at = Some(days_later(self.at, DECIDED_AFTER, &self.zone));
        let dispute = Dispute {
            id: name,
            reason: "fraudulent".to_owned(),
            amount_minor: left,
            state: DisputeState::Open,
            due_at,
        };
        self.put_dispute(id, dispute, "dispute.opened");
        self.book(id, Taken { what: PayoutPartKind::Dispute, gross_minor: -left, fee_minor: fees::DISPUTE });
        self.plan(days_later(self.at, DECIDED_AFTER, &self.zone), Step::Decide { charge: id.to_owned() });
    }

    pub(super) fn decide(&mut self, id: &str) {
        let Some(made) = self.charges.named(id) else { return };
        let Some(dispute) = made.charge.dispute.clone() else { return };
        if made.test == TestMethod::CardDisputeWon {
            let gross_minor = dispute.amount_minor;
            self.put_dispute(id, Dispute { state: DisputeState::Won, ..dispute }, "dispute.won");
            self.book(id, Taken { what: PayoutPartKind::Dispute, gross_minor, fee_minor: 0 });
        } else {
            self.put_dispute(id, Dispute { state: DisputeState::Lost, ..dispute }, "dispute.lost");
        }
    }

    /// Where a dispute's events don't hold the charge, as the real ones don't: it has to be asked for.
    fn put_dispute(&mut self, id: &str, dispute: Dispute, kind: &str) {
        let Some(made) = self.charges.named_mut(id) else { return };
        made.charge.dispute = Some(dispute);
        let news = News::AskCharge { charge: id.to_owned(), reference: made.charge.reference.clone() };
        self.tell(kind, news);
    }

    /// What has not gone back yet; nothing where it all has.
    fn left(&self, id: &str) -> Option<i64> {
        let charge = &self.charges.named(id)?.charge;
        Some(charge.amount.minor - charge.refunded_minor).filter(|left| *left > 0)
    }

    pub(super) fn tell_of(&mut self, id: &str, kind: &str) {
        if let Some(made) = self.charges.named(id) {
            let news = News::Charge(made.charge.clone());
            self.tell(kind, news);
        }
    }
}
