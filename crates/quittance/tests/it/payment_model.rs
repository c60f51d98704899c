//! Payments against a small model: whatever customers, the processor, banks and staff do in whatever order, the books say what
//! simple sums say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use billing::crediting::Choice;
use billing::payment::PaymentState;
use connect::gateway::{
    Amount, Charge, ChargeState, Decline, DeclineClass, Dispute, DisputeState, Method, MethodKind as Kind,
};
use jiff::Timestamp;
use quittance::actions::book_deed::{BookDeed, Deed, book_deed};
use quittance::actions::credit_invoice::{CreditInvoice, credit_invoice};
use quittance::actions::settle_payment::{News, settle_payment};
use quittance::actions::start_payment::{Payer, StartPayment, With, start_payment};
use quittance::actions::verify_books::verify_books;
use quittance::audit::Actor;
use store::PaymentId;
use store::testing::Database;

use crate::house::is_slow;
use crate::issued::{Bill, issue_booked};
use crate::world::World;

/// Steps in one world: its books are looked through again and again, which takes longer the more there is in them.
const STEPS: usize = 20_000;
const FIRST_BILL: i64 = 1_000;

#[test]
fn twenty_thousand_steps_on_sqlite() {
    walk_worlds(Database::Sqlite, if is_slow() { 1_000_000 / STEPS } else { 1 }, STEPS);
}

#[test]
fn a_thousand_steps_on_postgres() {
    walk_worlds(Database::Postgres, if is_slow() { 20 } else { 1 }, 1_000);
}

/// Walks through so many worlds, as many at a time as there are processors; each has its number as its seed.
fn walk_worlds(database: Database, worlds: usize, steps: usize) {
    let next = AtomicUsize::new(1);
    let walker = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > worlds {
                break;
            }
            println!("world {seed}");
            runtime.block_on(async { walk(World::paying(database).await, steps, u64::try_from(seed).unwrap()).await });
        }
    };
    let walkers = thread::available_parallelism().unwrap().get().min(worlds);
    thread::scope(|scope| (0..walkers).for_each(|_| drop(scope.spawn(walker))));
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides.max(1)
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.roll(usize::try_from(high - low + 1).unwrap())).unwrap()
    }
}

/// What the processor would know of a payment.
struct Told {
    id: PaymentId,
    number: String,
    amount: i64,
    charge: Charge,
    /// Everything it ever said, for saying it again.
    said: Vec<Charge>,
}

impl Told {
    fn came(&self) -> bool {
        matches!(self.charge.state, ChargeState::Settled | ChargeState::Returned(_))
    }

    /// What of its money is the provider's at the end, if all that was said is known.
    fn kept(&self) -> i64 {
        let disputed = self.charge.dispute.as_ref().is_some_and(|dispute| dispute.state != DisputeState::Won);
        let gone = disputed || matches!(self.charge.state, ChargeState::Returned(_));
        if self.came() && !gone { self.amount - self.charge.refunded_minor } else { 0 }
    }
}

/// The sums that the books must come to.
#[derive(Default)]
struct Sums {
    issued: i64,
    credited: i64,
    by_hand: i64,
}

async fn walk(world: World, steps: usize, seed: u64) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ seed);
    let (mut sums, mut told, mut next_bill) = (Sums::default(), Vec::<Told>::new(), FIRST_BILL);
    let method = keep(&world).await;
    let by = Actor::console(&world.app);
    let (mut looks, mut summed) = (0, 0);
    for step in 0..steps {
        match dice.roll(10) {
            0 | 1 => {
                issue(&world, next_bill, sums.issued == 0).await;
                sums.issued += 1_800;
                next_bill += 1;
            }
            2..=4 => told.extend(pay(&world, &mut dice, (method.clone(), step), (next_bill, &by)).await),
            5 if dice.roll(4) == 0 => sums.credited += credit(&world, &mut dice, (step, next_bill), &by).await,
            6 if dice.roll(4) == 0 => sums.by_hand += by_hand(&world, &mut dice, step, &by).await,
            _ => news(&world, &mut dice, &mut told).await,
        }
        if step % 500 == 499 {
            looks += 1;
            summed += usize::from(check(&world, &sums, &told).await);
        }
        // What is long over is left alone, so that a million steps fit into memory.
        if told.len() > 400 {
            let settled: i64 = told.drain(..200).map(|one| if one.came() { one.kept() } else { 0 }).sum();
            sums.by_hand += settled;
        }
    }
    println!("world {seed}: {summed} of {looks} looks summed");
    assert!(summed * 2 > looks, "most of what is told is for no person to see to");
}

async fn keep(world: &World) -> With {
    let row = crate::paying::card(world);
    world.app.store.write(move |tx| tx.keep_method(&row)).await.unwrap();
    With::Kept(1.into(), 1.into())
}

async fn issue(world: &World, id: i64, is_first: bool) {
    let day = world.app.today().to_string();
    if is_first {
        issue_booked(&world.app.store, vec![Bill::new(1, id, &day)]).await;
    } else {
        crate::issued::issue_more(&world.app.store, Bill::new(1, id, &day)).await;
    }
}

/// What is open of some bills: of new ones, and of some of any age. To read all that is open for each would take most of the time.
async fn open(world: &World, dice: &mut Dice, next_bill: i64) -> Vec<(String, i64)> {
    let bill =
        |place| dice.between(if place % 4 == 0 { FIRST_BILL } else { FIRST_BILL.max(next_bill - 40) }, next_bill - 1);
    let bills: BTreeSet<i64> = if next_bill > FIRST_BILL { (0..16).map(bill).collect() } else { BTreeSet::new() };
    let read = world.app.store.read(move |tx| {
        let mut open = Vec::new();
        for bill in &bills {
            let state = tx.invoice_state(1.into(), (*bill).into())?.unwrap();
            open.push((format!("INV-{bill}"), state.balance_minor));
        }
        Ok::<_, store::Error>(open)
    });
    let mut open = read.await.unwrap();
    open.retain(|(_, balance)| *balance > 0);
    open
}

/// Some of what is open, whole or in part. What a payment holds already is refused.
async fn pay(
    world: &World,
    dice: &mut Dice,
    (with, step): (With, usize),
    (next_bill, by): (i64, &Actor),
) -> Option<Told> {
    let mut parts = open(world, dice, next_bill).await;
    parts.retain(|_| dice.roll(4) == 0);
    for (_, amount) in &mut parts {
        *amount = if dice.roll(3) == 0 { dice.between(1, *amount) } else { *amount };
    }
    let payer = Payer::AutoPay { account: 1.into() };
    let ask = StartPayment { parts, ahead: None, with, on: None, key: format!("step-{step:08}") };
    let started = start_payment(&world.app, payer, ask, by).await.ok()?;
    let payment = started.payment?;
    let charge = Charge {
        id: format!("ch_{step}"),
        key: payment.attempt_key(),
        reference: payment.number.clone(),
        amount: Amount { minor: payment.amount_minor, currency: "USD".to_owned() },
        live: false,
        state: ChargeState::Processing,
        refunded_minor: 0,
        dispute: None,
        fee_minor: None,
        method: Some(Method {
            id: String::new(),
            customer: String::new(),
            kind: Kind::Card,
            brand: "Visa".to_owned(),
            last4: "4242".to_owned(),
            expires_on: None,
            is_verified: true,
        }),
        made_at: Timestamp::UNIX_EPOCH,
    };
    Some(Told {
        id: payment.payment_id,
        number: payment.number,
        amount: payment.amount_minor,
        charge,
        said: Vec::new(),
    })
}

/// The processor says something new about a payment, or something old once more.
async fn news(world: &World, dice: &mut Dice, told: &mut [Told]) {
    let count = told.len();
    let Some(one) = told.get_mut(dice.roll(count)) else { return };
    let old = one.said.len();
    if old > 0 && dice.roll(3) == 0 {
        let again = one.said[dice.roll(old)].clone();
        return settle_payment(&world.app, one.id, News::Charge(again)).await.unwrap();
    }
    let decline = |code: &str| Decline { code: code.to_owned(), class: DeclineClass::Soft };
    let dispute = |state| {
        Some(Dispute {
            id: "du".to_owned(),
            reason: "fraudulent".to_owned(),
            amount_minor: one.amount,
            state,
            due_at: None,
        })
    };
    match (&one.charge.state, one.charge.dispute.as_ref().map(|dispute| dispute.state), dice.roll(8)) {
        (ChargeState::Processing, _, 0) => one.charge.state = ChargeState::Failed(decline("insufficient_funds")),
        (ChargeState::Processing, _, _) => one.charge.state = ChargeState::Settled,
        // Of what went back whole, nothing is left to be objected to.
        (ChargeState::Settled, None, 0) if one.charge.refunded_minor < one.amount => {
            one.charge.dispute = dispute(DisputeState::Open)
        }
        (ChargeState::Settled, None, 1) if one.charge.refunded_minor < one.amount => {
            one.charge.state = ChargeState::Returned(decline("R10"))
        }
        (ChargeState::Settled, None, 2) if one.charge.refunded_minor < one.amount => {
            one.charge.refunded_minor = dice.between(one.charge.refunded_minor + 1, one.amount);
        }
        (ChargeState::Settled, Some(DisputeState::Open), 3 | 4) => one.charge.dispute = dispute(DisputeState::Won),
        (ChargeState::Settled, Some(DisputeState::Open), 5) => one.charge.dispute = dispute(DisputeState::Lost),
        _ => {}
    }
    // Some of what happens is never told by itself: what comes later says it as well.
    if dice.roll(4) > 0 || !matches!(one.charge.state, ChargeState::Processing) {
        one.said.push(one.charge.clone());
        settle_payment(&world.app, one.id, News::Charge(one.charge.clone())).await.unwrap();
    }
}

async fn credit(world: &World, dice: &mut Dice, (step, next_bill): (usize, i64), by: &Actor) -> i64 {
    let open = open(world, dice, next_bill).await;
    let Some((invoice, balance)) = open.get(dice.roll(open.len())).cloned() else { return 0 };
    let choice = Choice::Amount(dice.between(1, balance));
    let ask = CreditInvoice { invoice, choice, reason: "An outage".to_owned(), key: format!("credit {step}") };
    credit_invoice(&world.app, ask, by).await.map_or(0, |(note, _)| note.total_minor)
}

async fn by_hand(world: &World, dice: &mut Dice, step: usize, by: &Actor) -> i64 {
    let amount = dice.between(1, 2_500);
    let deed = Deed::Payment { amount, chosen: Vec::new() };
    let (reason, key) = (format!("Check {step}"), format!("check {step}"));
    let ask = BookDeed { account: "C-1".to_owned(), deed, reason, on: world.app.today(), key };
    book_deed(&world.app, ask, by).await.map_or(0, |booked| booked.amount)
}

/// What the books say is what the sums say, and every payment stands where all that was said of it puts it.
/// Whether the sums could be compared: where something waits for a person, the books say less.
async fn check(world: &World, sums: &Sums, told: &[Told]) -> bool {
    for verdict in verify_books(&world.app).await.unwrap() {
        if ["I2", "I4", "I6", "I10"].contains(&verdict.id) || verdict.holds.contains("sums to zero") {
            assert_eq!(verdict.broken, [""; 0], "{} {}", verdict.id, verdict.holds);
        }
    }
    let numbers: Vec<PaymentId> = told.iter().map(|one| one.id).collect();
    let read = world.app.store.read(move |tx| {
        let state = tx.account_states(&[1.into()])?.into_iter().next();
        let mut states = BTreeMap::new();
        for id in &numbers {
            states.insert(*id, tx.gateway_payment(*id)?.unwrap().state);
        }
        Ok::<_, store::Error>((state, states, tx.open_exceptions(100)?))
    });
    let (state, states, exceptions) = read.await.unwrap();
    let waiting: Vec<&str> = exceptions.iter().map(|row| row.words.as_str()).collect();
    for one in told.iter().filter(|one| !one.said.is_empty()) {
        let expected = match (&one.charge.state, one.charge.dispute.as_ref().map(|dispute| dispute.state)) {
            (_, Some(DisputeState::Open)) => PaymentState::Disputed,
            (_, Some(DisputeState::Lost)) => PaymentState::ChargedBack,
            (ChargeState::Returned(_), _) => PaymentState::Returned,
            (ChargeState::Settled, _) => PaymentState::Settled,
            (ChargeState::Failed(_), _) => PaymentState::Failed,
            _ => PaymentState::Processing,
        };
        assert_eq!(states[&one.id], expected, "{} {:?}", one.number, one.charge);
    }
    let kept: i64 = told.iter().filter(|one| !one.said.is_empty()).map(Told::kept).sum();
    let (balance, credit) = state.map_or((0, 0), |state| (state.balance_minor, state.credit_minor));
    if waiting.is_empty() {
        assert_eq!(balance - credit, sums.issued - sums.credited - sums.by_hand - kept, "what is owed, less credit");
    } else {
        println!("{}: {}", waiting.len(), waiting[0]);
    }
    waiting.is_empty()
}
