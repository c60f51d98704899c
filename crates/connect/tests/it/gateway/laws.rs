//! Laws of the sandbox, whatever is done to it: a key is charged once, the order of events doesn't matter, a journal that
//! is read again is the same world, and payouts hold every movement once.

use std::collections::BTreeMap;

use connect::gateway::sandbox::TestMethod;
use connect::gateway::{
    Charge, ChargeState, DisputeState, Event, Gateway, Keep, Method, News, PageAsk, PageState, PayoutPartKind,
    RefundAsk, Sandbox, Trouble,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Clock, charge_ask, left, page_ask, sandbox_with, usd};

/// Something done.
#[derive(Clone, Debug)]
enum Deed {
    /// A charge with one of a few keys, so that some come again.
    Charge {
        key: u8,
        method: usize,
        minor: i64,
    },
    Page {
        key: u8,
        method: usize,
    },
    Refund {
        key: u8,
        charge: usize,
        minor: i64,
    },
    Forget {
        method: usize,
    },
    Hours(i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let methods = 0..TestMethod::ALL.len();
    let deed = prop_oneof![
        4 => (0_u8..6, methods.clone(), 1_i64..4).prop_map(|(key, method, hundreds)| Deed::Charge { key, method, minor: hundreds * 100_00 }),
        2 => (0_u8..6, methods.clone()).prop_map(|(key, method)| Deed::Page { key, method }),
        2 => (0_u8..6, 0_usize..6, 1_i64..400_00).prop_map(|(key, charge, minor)| Deed::Refund { key, charge, minor }),
        1 => methods.prop_map(|method| Deed::Forget { method }),
        3 => (1_i64..300).prop_map(Deed::Hours),
    ];
    prop::collection::vec(deed, 1..25)
}

/// A world to which things were done, and what was answered.
struct Told {
    sandbox: Sandbox,
    gateway: Gateway,
    clock: Clock,
    began_at: Timestamp,
    /// What each key was charged with, when it was first answered.
    answers: BTreeMap<u8, (String, i64)>,
}

impl Told {
    async fn tell(sandbox: Sandbox, clock: Clock, deeds: &[Deed]) -> Self {
        let gateway = Gateway::Sandbox(sandbox.clone());
        let mut methods = Vec::new();
        for test in TestMethod::ALL {
            methods.push(left(&sandbox, test).await);
        }
        let began_at = clock.now();
        let mut told = Self { sandbox, gateway, clock, began_at, answers: BTreeMap::new() };
        for deed in deeds {
            told.deed(deed, &methods).await;
        }
        told
    }

    async fn deed(&mut self, deed: &Deed, methods: &[Method]) {
        match deed {
            Deed::Charge { key, method, minor } => self.charge(*key, methods.get(*method).unwrap(), *minor).await,
            Deed::Page { key, method } => {
                let test = *TestMethod::ALL.get(*method).unwrap();
                let ask = PageAsk { keep: Keep::ForLater, ..page_ask(&format!("page-{key}"), test.kind()) };
                // Refused where the key had the other kind.
                if let Ok(page) = self.gateway.open_page(&ask).await {
                    drop(self.sandbox.complete(&page.id, test));
                }
            }
            Deed::Refund { key, charge, minor } => {
                let charges = self.gateway.charges(self.began_at).await.unwrap();
                if let Some(charge) = charges.get(*charge) {
                    let ask =
                        RefundAsk { key: format!("refund-{key}"), charge: charge.id.clone(), amount: usd(*minor) };
                    drop(self.gateway.refund(&ask).await);
                }
            }
            Deed::Forget { method } => self.gateway.forget_method(&methods.get(*method).unwrap().id).await.unwrap(),
            Deed::Hours(hours) => self.pass(*hours),
        }
    }

    async fn charge(&mut self, key: u8, method: &Method, minor: i64) {
        let mut ask = charge_ask(&format!("key-{key}"), method);
        ask.amount = usd(minor);
        match (self.gateway.charge(&ask).await, self.answers.get(&key)) {
            (Ok(charge), Some(known)) => assert_eq!((&charge.id, charge.amount.minor), (&known.0, known.1)),
            (Ok(charge), None) => drop(self.answers.insert(key, (charge.id, charge.amount.minor))),
            (Err(Trouble::Refused(_) | Trouble::Unreachable(_) | Trouble::Unknown(_)), _) => {}
        }
    }

    fn pass(&self, hours: i64) {
        self.clock.set(self.clock.now() + SignedDuration::from_hours(hours));
    }

    async fn charges(&self) -> Vec<Charge> {
        self.gateway.charges(self.began_at).await.unwrap()
    }

    /// All events until nothing happens any more.
    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(next) = self.sandbox.next_at() {
            self.clock.set(next.max(self.clock.now()));
            for signed in self.sandbox.due_events() {
                events.push(self.gateway.read_event(&signed.body, &signed.signature, self.clock.now()).unwrap());
                self.sandbox.told(&signed.id);
            }
        }
        events
    }
}

/// How far a charge is: what it says only ever grows.
fn rank(charge: &Charge) -> (u8, i64, u8) {
    let state = match charge.state {
        ChargeState::Processing => 0,
        ChargeState::Failed(_) | ChargeState::Canceled | ChargeState::Settled => 1,
        ChargeState::Returned(_) => 2,
    };
    let dispute = charge.dispute.as_ref().map_or(0, |dispute| match dispute.state {
        DisputeState::Open => 1,
        DisputeState::Won | DisputeState::Lost => 2,
    });
    (state, charge.refunded_minor, dispute)
}

/// What somebody knows who takes events as they come, and asks where one says so.
async fn learned(told: &Told, events: &[Event]) -> BTreeMap<String, Charge> {
    let mut known: BTreeMap<String, Charge> = BTreeMap::new();
    for event in events {
        let charge = match &event.what {
            News::Charge(charge) => charge.clone(),
            News::AskCharge { charge, .. } => told.gateway.look_at(charge).await.unwrap(),
            _ => continue,
        };
        let newest = known.entry(charge.id.clone()).or_insert_with(|| charge.clone());
        if rank(newest) < rank(&charge) {
            *newest = charge;
        }
    }
    known
}

/// What is left of a charge after fees, and after what went back.
fn ours(charge: &Charge) -> i64 {
    let fee = charge.fee_minor.unwrap_or_default();
    let disputed = charge.dispute.as_ref().map_or(0, |dispute| match dispute.state {
        DisputeState::Won => 15_00,
        DisputeState::Open | DisputeState::Lost => 15_00 + dispute.amount_minor,
    });
    match charge.state {
        ChargeState::Settled => charge.amount.minor - fee - charge.refunded_minor - disputed,
        ChargeState::Returned(_) => -fee,
        _ => 0,
    }
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_is_charged_once(deeds in deeds(), seed in any::<u64>()) {
        wait(async {
            let clock = Clock::monday();
            let told = Told::tell(sandbox_with(&clock, seed, None), clock, &deeds).await;
            let mut keys: Vec<String> = told.charges().await.into_iter().filter(|charge| charge.key.starts_with("key-")).map(|charge| charge.key).collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), all);
        });
    }

    #[test]
    fn whatever_the_order_of_events_the_end_is_the_same(
        deeds in deeds(),
        seed in any::<u64>(),
        order in prop::collection::vec(any::<u32>(), 400),
    ) {
        wait(async {
            let clock = Clock::monday();
            let told = Told::tell(sandbox_with(&clock, seed, None), clock, &deeds).await;
            let mut events = told.events();
            let once: BTreeMap<String, Charge> = told.charges().await.into_iter().map(|charge| (charge.id.clone(), charge)).collect();
            assert_eq!(learned(&told, &events).await, once);
            events.extend(events.clone());
            let mut shuffled: Vec<(u32, Event)> = order.iter().copied().cycle().zip(events).collect();
            shuffled.sort_by_key(|(place, _)| *place);
            let shuffled: Vec<Event> = shuffled.into_iter().map(|(_, event)| event).collect();
            assert_eq!(learned(&told, &shuffled).await, once);
        });
    }

    #[test]
    fn a_journal_read_again_is_the_same_world(deeds in deeds(), seed in any::<u64>()) {
        wait(async {
            let folder = tempfile::TempDir::new().unwrap();
            let journal = folder.path().join("sandbox.jsonl");
            let clock = Clock::monday();
            let told = Told::tell(sandbox_with(&clock, seed, Some(journal.clone())), clock.clone(), &deeds).await;
            // Another process, whose settings have another seed meanwhile.
            let sandbox = sandbox_with(&clock, seed ^ 1, Some(journal));
            let again = Told { gateway: Gateway::Sandbox(sandbox.clone()), sandbox, ..told };
            let first = Told { sandbox: told.sandbox, gateway: told.gateway, clock: clock.clone(), began_at: again.began_at, answers: BTreeMap::new() };
            assert_eq!(again.charges().await, first.charges().await);
            assert_eq!(again.sandbox.next_at(), first.sandbox.next_at());
            assert_eq!(again.sandbox.due_events(), first.sandbox.due_events());
            let end = first.events();
            assert_eq!(again.charges().await, first.charges().await);
            let since = "2026-01-01".parse().unwrap();
            assert_eq!(again.gateway.payouts(since).await.unwrap(), first.gateway.payouts(since).await.unwrap());
            assert_eq!(again.sandbox.next_at(), None, "{} events were told by the other one", end.len());
        });
    }

    #[test]
    fn payouts_hold_each_movement_once(deeds in deeds(), seed in any::<u64>()) {
        wait(async {
            let clock = Clock::monday();
            let told = Told::tell(sandbox_with(&clock, seed, None), clock, &deeds).await;
            told.events();
            let (mut moved, mut paid) = (BTreeMap::new(), 0);
            for payout in told.gateway.payouts("2026-01-01".parse().unwrap()).await.unwrap() {
                let parts: i64 = payout.parts.iter().map(|part| part.gross_minor - part.fee_minor).sum();
                assert_eq!(parts, payout.amount.minor);
                assert!(parts > 0);
                paid += parts;
                for part in payout.parts.iter().filter(|part| part.what == PayoutPartKind::Charge) {
                    let known = moved.insert(part.charge.clone().unwrap(), part.gross_minor);
                    assert_eq!(known, None, "a charge is paid out once");
                }
            }
            let charges = told.charges().await;
            for charge in charges.iter().filter(|charge| moved.contains_key(&charge.id)) {
                let is_ours = matches!(charge.state, ChargeState::Settled | ChargeState::Returned(_));
                assert_eq!((is_ours, moved.get(&charge.id)), (true, Some(&charge.amount.minor)));
            }
            // What isn't paid out is less than nothing: it waits for money to come.
            let ours_of_all: i64 = charges.iter().map(ours).sum();
            assert!(ours_of_all <= paid, "{ours_of_all} of which {paid} were paid");
            let went = |charge: &Charge| charge.refunded_minor > 0 || charge.dispute.is_some() || ours(charge) < 0;
            assert!(ours_of_all == paid || charges.iter().any(went));
        });
    }
}

#[test]
fn pages_answer_with_what_came_of_them() {
    wait(async {
        let clock = Clock::monday();
        let sandbox = sandbox_with(&clock, 3, None);
        let gateway = Gateway::Sandbox(sandbox.clone());
        for test in TestMethod::ALL {
            let page = gateway.open_page(&page_ask(test.name(), test.kind())).await.unwrap();
            let said = sandbox.complete(&page.id, test);
            match gateway.page(&page.id).await.unwrap() {
                PageState::Done { charge: Some(charge), method: None } => {
                    assert_eq!(charge.reference, format!("payment-of-{}", test.name()));
                    assert_eq!(said.is_ok(), test != TestMethod::CardAnswerLost, "{}", test.name());
                }
                PageState::Open => assert!(said.is_err(), "{}", test.name()),
                other => panic!("{}: {other:?}", test.name()),
            }
        }
    });
}
