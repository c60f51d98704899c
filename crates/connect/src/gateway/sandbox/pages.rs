//! Hosted pages: opened, finished, left, run out.

use jiff::{Timestamp, ToSpan};

use super::charges::Attempt;
use super::method::{Presence, TestMethod};
use super::world::{Step, World};
use crate::gateway::{Charge, ChargeState, Keep, Method, News, PageAsk, PageState, Trouble};

/// A page lives so long.
const HOURS: i64 = 24;

/// A hosted page.
pub(super) struct Page {
    pub(super) id: String,
    pub(super) ask: PageAsk,
    pub(super) expires_at: Timestamp,
    pub(super) outcome: Outcome,
}

/// How it ended.
pub(super) enum Outcome {
    Open,
    /// The names of what came of it.
    Done {
        charge: Option<String>,
        method: Option<String>,
    },
    Expired,
}

impl World {
    /// The name of the page and until when it lives.
    pub(super) fn open_page(&mut self, ask: &PageAsk) -> Result<(String, Timestamp), Trouble> {
        if let Some(known) = self.pages.keyed(&ask.key) {
            return if known.ask == *ask { Ok((known.id.clone(), known.expires_at)) } else { Err(other_ask(&ask.key)) };
        }
        if let Some(amount) = &ask.amount {
            amount.check()?;
        }
        if ask.amount.is_none() && ask.keep == Keep::Once {
            return Err(Trouble::Refused("a page without an amount is there to keep a method".to_owned()));
        }
        let id = self.name("page");
        let expires_at = self.at.checked_add(HOURS.hours()).unwrap_or(self.at);
        self.plan(expires_at, Step::RunOut { page: id.clone() });
        let page = Page { id: id.clone(), ask: ask.clone(), expires_at, outcome: Outcome::Open };
        self.pages.put(&id, Some(&ask.key), page);
        Ok((id, expires_at))
    }

    pub(super) fn page(&self, page: &str) -> Result<&Page, Trouble> {
        self.pages.named(page).ok_or_else(|| Trouble::Refused(format!("there is no page {page}")))
    }

    /// How far a page is, and what came of it as that stands now.
    pub(super) fn page_state(&self, page: &str) -> Result<PageState, Trouble> {
        Ok(match &self.page(page)?.outcome {
            Outcome::Open => PageState::Open,
            Outcome::Expired => PageState::Expired,
            Outcome::Done { charge, method } => PageState::Done {
                charge: charge.as_ref().and_then(|id| self.charges.named(id)).map(|made| made.charge.clone()),
                method: method.as_ref().and_then(|id| self.methods.named(id)).map(|kept| kept.method.clone()),
            },
        })
    }

    pub(super) fn end_page(&mut self, page: &str) -> Result<(), Trouble> {
        self.page(page)?;
        self.run_out(page);
        Ok(())
    }

    pub(super) fn run_out(&mut self, page: &str) {
        if self.pages.named(page).is_some_and(|page| matches!(page.outcome, Outcome::Open)) {
            self.close(page, Outcome::Expired, "page.expired");
        }
    }

    /// What the visitor chose. Finishing a page twice is like once: a browser may send it again.
    pub(super) fn complete(&mut self, page: &str, choice: TestMethod) -> Result<(), Trouble> {
        let known = self.page(page)?;
        let ask = known.ask.clone();
        match known.outcome {
            Outcome::Done { .. } => return Ok(()),
            Outcome::Expired => return Err(refused("This page can't be used any more. Go back and begin again.")),
            Outcome::Open if choice.kind() != ask.kind => return Err(refused("This page doesn't take that.")),
            Outcome::Open => {}
        }
        let Some(amount) = ask.amount.clone() else {
            let method = self.keep(choice, ask.customer.as_deref());
            self.finish(page, None, Some(method));
            return Ok(());
        };
        self.lose(choice)?;
        let attempt = Attempt { key: ask.key, reference: ask.reference, amount, test: choice, who: Presence::There };
        let (charge, method) = if choice.declined(Presence::There).is_some() {
            (self.attempt(attempt, self.shown(choice)), None)
        } else if ask.keep == Keep::ForLater {
            let method = self.keep(choice, ask.customer.as_deref());
            (self.attempt(attempt, method.clone()), Some(method))
        } else {
            (self.attempt(attempt, self.shown(choice)), None)
        };
        if let ChargeState::Failed(decline) = &charge.state {
            return Err(refused(&format!("Declined ({}). Choose something else.", decline.code)));
        }
        self.finish(page, Some(charge), method);
        if choice == TestMethod::CardAnswerLost {
            return Err(Trouble::Unknown("The connection broke. Whether it was paid can't be seen here.".to_owned()));
        }
        Ok(())
    }

    /// What goes wrong on the way to the processor.
    fn lose(&self, choice: TestMethod) -> Result<(), Trouble> {
        match choice {
            TestMethod::CardAskLost => {
                Err(Trouble::Unknown("The connection broke. Whether it was paid can't be seen here.".to_owned()))
            }
            TestMethod::CardUnreachable => {
                Err(Trouble::Unreachable("The processor can't be reached. Try again later.".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn finish(&mut self, page: &str, charge: Option<Charge>, method: Option<Method>) {
        let outcome = Outcome::Done { charge: charge.map(|charge| charge.id), method: method.map(|method| method.id) };
        self.close(page, outcome, "page.completed");
    }

    fn close(&mut self, page: &str, outcome: Outcome, kind: &str) {
        let Some(open) = self.pages.named_mut(page) else { return };
        open.outcome = outcome;
        let news = News::Page { page: open.id.clone(), reference: open.ask.reference.clone() };
        self.tell(kind, news);
    }
}

/// The same key for something else, as the real ones refuse it.
pub(super) fn other_ask(key: &str) -> Trouble {
    Trouble::Refused(format!("the key {key} was used before, for something else"))
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused(why.to_owned())
}
