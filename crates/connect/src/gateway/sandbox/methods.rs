//! Kept methods: made on pages, verified, replaced, forgotten.

use super::calendar::{business_days_later, days_later, last_of_month};
use super::method::TestMethod;
use super::seed;
use super::world::{Step, World};
use crate::gateway::{Method, MethodKind, News, Trouble};

/// How long micro-deposits take, business days.
pub(super) const VERIFIED_AFTER: u32 = 2;
const REPLACED_AFTER: i64 = 7;

/// A kept method.
pub(super) struct Kept {
    pub(super) method: Method,
    pub(super) test: TestMethod,
    pub(super) is_gone: bool,
}

impl World {
    /// What can be known of a card or account that somebody uses once.
    pub(super) fn shown(&self, test: TestMethod) -> Method {
        Method {
            id: String::new(),
            customer: String::new(),
            kind: test.kind(),
            brand: test.brand().to_owned(),
            last4: test.last4().to_owned(),
            expires_on: test.expires_on(self.today()),
            is_verified: test != TestMethod::BankUnverified,
        }
    }

    /// Keeps it with a customer, a new one where none is named.
    pub(super) fn keep(&mut self, test: TestMethod, customer: Option<&str>) -> Method {
        let customer = customer.map_or_else(|| self.name("cus"), str::to_owned);
        let method = Method { id: self.name("pm"), customer, ..self.shown(test) };
        let id = method.id.clone();
        if !method.is_verified {
            let at = business_days_later(self.at, VERIFIED_AFTER, &self.zone);
            self.plan(at, Step::Verify { method: id.clone() });
        }
        if test == TestMethod::CardReplaced {
            let at = days_later(self.at, REPLACED_AFTER, &self.zone);
            self.plan(at, Step::Replace { method: id.clone() });
        }
        self.methods.put(&id, None, Kept { method: method.clone(), test, is_gone: false });
        method
    }

    /// A method that is still kept.
    pub(super) fn kept(&self, method: &str) -> Result<&Kept, Trouble> {
        let kept = self.methods.named(method).filter(|kept| !kept.is_gone);
        kept.ok_or_else(|| Trouble::Refused(format!("there is no method {method}")))
    }

    pub(super) fn forget(&mut self, method: &str) {
        let Some(kept) = self.methods.named_mut(method).filter(|kept| !kept.is_gone) else { return };
        kept.is_gone = true;
        self.tell("method.gone", News::MethodGone(method.to_owned()));
    }

    /// The network gives a card another number and more years; an account keeps all but its digits.
    pub(super) fn replace(&mut self, method: &str) -> Result<(), Trouble> {
        self.kept(method)?;
        let last4 = format!("{:04}", seed::number(self.seed, &format!("{method} {}", self.at)) % 10_000);
        let until = last_of_month(self.today(), 48);
        self.change(method, |method| {
            method.last4 = last4;
            method.expires_on = (method.kind == MethodKind::Card).then_some(until);
        })
    }

    /// A card's last day was in the month before.
    pub(super) fn expire(&mut self, method: &str) -> Result<(), Trouble> {
        if self.kept(method)?.method.kind == MethodKind::Bank {
            return Err(Trouble::Refused("an account doesn't expire".to_owned()));
        }
        let until = last_of_month(self.today(), -1);
        self.change(method, |method| method.expires_on = Some(until))
    }

    pub(super) fn verify(&mut self, method: &str) {
        // One that was forgotten meanwhile is none any more.
        drop(self.change(method, |method| method.is_verified = true));
    }

    fn change(&mut self, method: &str, change: impl FnOnce(&mut Method)) -> Result<(), Trouble> {
        self.kept(method)?;
        if let Some(kept) = self.methods.named_mut(method) {
            change(&mut kept.method);
            let news = News::Method(kept.method.clone());
            self.tell("method.updated", news);
        }
        Ok(())
    }
}
