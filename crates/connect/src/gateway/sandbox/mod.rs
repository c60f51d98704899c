//! The processor of the demo and of the tests. Nothing real moves; everything that can go wrong at a real one goes wrong
//! here on purpose, by a seed, and its world outlives the process where it has a journal.

mod calendar;
mod calls;
mod charges;
mod deed;
mod fees;
mod journal;
mod method;
mod methods;
mod pages;
mod payouts;
mod post;
mod refunds;
mod seed;
mod shelf;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use method::TestMethod;

use self::deed::{Deed, Line};
use self::journal::{Held, Journal, News};
use self::post::Delivery;
use self::world::World;
use super::{Amount, BadEvent, Event, Keep, MethodKind, PageState, Trouble, signature};
use crate::Secret;

/// What was handed out and not taken is handed out again after so long.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// What a sandbox is made with.
#[derive(Clone)]
pub struct SandboxSettings {
    /// Decides every name, delay and duplicate. A journal that was begun with another one keeps that.
    pub seed: u64,
    /// The file that holds its world; without one it lives in memory.
    pub journal: Option<PathBuf>,
    /// Signs its events.
    pub secret: Secret,
    /// Its hosted pages stand at `{pages}/{id}`.
    pub pages: String,
    /// The clock.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// In which its banks work.
    pub zone: TimeZone,
}

/// A processor that moves nothing. Clones share its state.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    settings: SandboxSettings,
    state: Mutex<State>,
}

struct State {
    world: World,
    journal: Option<Journal>,
    /// Calls so far, and what happens to which one.
    calls: u64,
    faults: BTreeMap<u64, Fault>,
    /// Deliveries that were handed out, and until when they are left alone.
    handed: BTreeMap<Delivery, Timestamp>,
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never reaches the processor: `Unreachable`.
    Before,
    /// It gets lost on the way there: `Unknown`, and nothing happened.
    Lost,
    /// It is done, and the answer gets lost: `Unknown`.
    After,
}

/// An event as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The event's name, for [`Sandbox::told`].
    pub id: String,
    /// JSON.
    pub body: Vec<u8>,
    /// The header that proves where it comes from.
    pub signature: String,
}

/// What a hosted page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageView {
    /// What is paid for.
    pub words: String,
    /// What is to be paid; nothing where a method is left.
    pub amount: Option<Amount>,
    /// A card or an account.
    pub kind: MethodKind,
    /// Whether it is kept.
    pub keep: Keep,
    /// Name and e-mail address.
    pub payer: (String, String),
    /// What can be chosen.
    pub choices: Vec<TestMethod>,
    /// How far it is.
    pub state: PageState,
    /// Until when it can be used.
    pub expires_at: Timestamp,
    /// Where the visitor goes after paying.
    pub done_url: String,
    /// Where they go if they don't.
    pub back_url: String,
}

impl Sandbox {
    /// Nothing is read or written yet; where the journal can't be used, each call says so.
    #[must_use]
    pub fn new(settings: SandboxSettings) -> Self {
        let state = State {
            world: World::new(settings.seed, settings.zone.clone()),
            journal: settings.journal.clone().map(Journal::new),
            calls: 0,
            faults: BTreeMap::new(),
            handed: BTreeMap::new(),
        };
        Self { inner: Arc::new(Inner { settings, state: Mutex::new(state) }) }
    }

    /// What a page shows; nothing where there is none, or the journal can't be read.
    #[must_use]
    pub fn page_of(&self, id: &str) -> Option<PageView> {
        let view = self.look(|world| {
            let (page, state) = (world.page(id)?, world.page_state(id)?);
            let ask = page.ask.clone();
            Ok(PageView {
                words: ask.words,
                amount: ask.amount,
                kind: ask.kind,
                keep: ask.keep,
                payer: ask.payer,
                choices: TestMethod::ALL.into_iter().filter(|method| method.kind() == ask.kind).collect(),
                state,
                expires_at: page.expires_at,
                done_url: ask.done_url,
                back_url: ask.back_url,
            })
        });
        view.ok()
    }

    /// The visitor pays with this, or leaves it. Finishing a page again does nothing.
    ///
    /// # Errors
    /// A sentence for the visitor, who is still on the page: declined, broken, over.
    pub fn complete(&self, page: &str, choice: TestMethod) -> Result<(), String> {
        let deed = Deed::Complete { page: page.to_owned(), choice };
        self.act(&deed, |world| world.complete(page, choice)).map_err(|trouble| match trouble {
            Trouble::Unreachable(why) | Trouble::Unknown(why) | Trouble::Refused(why) => why,
        })
    }

    /// The visitor goes back without paying. As at the real ones the page stays open until it is ended or runs out.
    ///
    /// # Errors
    /// A sentence: there is no such page.
    pub fn cancel(&self, page: &str) -> Result<(), String> {
        self.look(|world| world.page(page).map(|_| ())).map_err(|trouble| trouble.to_string())
    }

    /// The events that are due, signed now. Each stays until it is [`Sandbox::told`], and is handed out again a minute
    /// later where it isn't.
    #[must_use]
    pub fn due_events(&self) -> Vec<Signed> {
        let due = self.turn(None, |world, handed| {
            let now = world.at;
            handed.retain(|_, until| *until > now);
            let due: Vec<(Delivery, Event)> = world
                .post
                .due(now)
                .filter(|(delivery, _)| !handed.contains_key(delivery))
                .map(|(delivery, event)| (delivery, event.clone()))
                .collect();
            handed.extend(due.iter().map(|(delivery, _)| (*delivery, now + AGAIN_AFTER)));
            Ok((now, due))
        });
        let (now, due) = due.unwrap_or_else(|trouble: Trouble| {
            tracing::warn!(%trouble, "the sandbox's events can't be read");
            (Timestamp::MIN, Vec::new())
        });
        due.into_iter().filter_map(|(_, event)| self.signed(&event, now)).collect()
    }

    /// An event was taken; where it comes twice, its second coming is still due.
    pub fn told(&self, event: &str) {
        let deed = Deed::Told { event: event.to_owned() };
        let told = self.act(&deed, |world| {
            world.post.told(event, world.at);
            Ok(())
        });
        if let Err(trouble) = told {
            tracing::warn!(%trouble, event, "the sandbox will tell it again");
        }
    }

    /// When something happens by itself or is due to be told next; in the past where it is due already.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        let next = self.turn(None, |world, handed| {
            let untold = world.post.deliveries().map(|delivery| handed.get(&delivery).copied().unwrap_or(delivery.0));
            Ok(world.next_step().into_iter().chain(untold).min())
        });
        next.unwrap_or_default()
    }

    /// The n-th call from now on fails; 1 is the next. Only calls of the seam count, in this process.
    pub fn fail_calls(&self, nth: u64, how: Fault) {
        let mut state = self.state();
        let call = state.calls.saturating_add(nth);
        state.faults.insert(call, how);
    }

    /// How many calls of the seam there were, those that failed included.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// The network gives a kept card another number and more years.
    ///
    /// # Errors
    /// A sentence: there is no such method.
    pub fn replace_method(&self, method: &str) -> Result<(), String> {
        let deed = Deed::Replace { method: method.to_owned() };
        self.act(&deed, |world| world.replace(method)).map_err(|trouble| trouble.to_string())
    }

    /// The network says that a kept card expired in the month before.
    ///
    /// # Errors
    /// A sentence: there is no such method, or it is an account.
    pub fn expire_method(&self, method: &str) -> Result<(), String> {
        let deed = Deed::Expire { method: method.to_owned() };
        self.act(&deed, |world| world.expire(method)).map_err(|trouble| trouble.to_string())
    }

    pub(super) fn read_event(&self, body: &[u8], header: &str, now: Timestamp) -> Result<Event, BadEvent> {
        signature::check(body, header, &self.inner.settings.secret, now)?;
        Self::read_kept(body)
    }

    pub(super) fn read_kept(body: &[u8]) -> Result<Event, BadEvent> {
        serde_json::from_slice(body).map_err(|error| BadEvent::Unreadable(error.to_string()))
    }

    /// An event as it is sent at an instant; also one of the caller's own making, to try out who takes it. Nothing where it
    /// can't be written as JSON.
    #[must_use]
    pub fn signed(&self, event: &Event, now: Timestamp) -> Option<Signed> {
        let body = serde_json::to_vec(event).ok()?;
        let signature = signature::sign(&body, &self.inner.settings.secret, now);
        Some(Signed { id: event.id.clone(), body, signature })
    }

    /// Looks at the world as it is now.
    fn look<T>(&self, look: impl FnOnce(&World) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.turn(None, |world, _| look(world))
    }

    /// Writes a deed down and does it.
    fn act<T>(&self, deed: &Deed, act: impl FnOnce(&mut World) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.turn(Some(deed), |world, _| act(world))
    }

    /// One turn at the world: what others did is read, time passes, the deed is on disk, and then it is done.
    fn turn<T>(
        &self,
        deed: Option<&Deed>,
        work: impl FnOnce(&mut World, &mut BTreeMap<Delivery, Timestamp>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut state = self.state();
        let State { world, journal, handed, .. } = &mut *state;
        let mut held = match journal {
            Some(journal) => Some(self.hold(journal, world)?),
            None => None,
        };
        let at = world.at.max((self.inner.settings.now)());
        let happens = world.next_step().is_some_and(|next| next <= at);
        if let Some(deed) = deed.or(happens.then_some(&Deed::Pass))
            && let Some(held) = &mut held
        {
            let unknown = |error: std::io::Error| Trouble::Unknown(format!("its journal can't be written: {error}"));
            held.append(&Line { at, deed: deed.clone() }).map_err(unknown)?;
        }
        world.pass(at);
        work(world, handed)
    }

    /// Takes the journal and catches up with it.
    fn hold<'journal>(&self, journal: &'journal mut Journal, world: &mut World) -> Result<Held<'journal>, Trouble> {
        let broken = |error: std::io::Error| Trouble::Unreachable(format!("its journal can't be used: {error}"));
        let settings = &self.inner.settings;
        let (mut held, news) = journal.hold().map_err(broken)?;
        let lines = match news {
            News::More(lines) => lines,
            News::Anew(lines) => {
                *world = World::new(settings.seed, settings.zone.clone());
                lines
            }
        };
        for line in lines {
            world.pass(line.at);
            line.deed.redo(world);
        }
        if held.is_blank() {
            let zone = settings.zone.iana_name().map(str::to_owned);
            let deed = Deed::Begin { seed: settings.seed, zone };
            held.append(&Line { at: (settings.now)(), deed }).map_err(broken)?;
        }
        Ok(held)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
