//! Whatever order the processor's events of one payment come in, and whichever of them comes twice: it ends in the same state.

use std::collections::BTreeMap;

use billing::invoice::InvoiceStatus;
use billing::ledger::EntryKind;
use billing::payment::PaymentState;
use connect::gateway::{
    Amount, Charge, ChargeState, Decline, DeclineClass, Dispute, DisputeState, Event, Method, MethodKind, News as Told,
};
use jiff::Timestamp;
use quittance::actions::ask_processor::ask_processor;
use quittance::actions::start_payment::{Keeping, Payer, StartPayment, With, start_payment};
use quittance::audit::Actor;
use quittance::config::{Config, MailConfig};
use store::payment::{GatewayPaymentRow, Hold};
use store::testing::Database;

use crate::browser::Browser;
use crate::cast::{ALICE, DESK};
use crate::house::is_slow;
use crate::issued::{Bill, issue_booked, issue_more};
use crate::paying::{card, ledger, sandbox};
use crate::world::{Wishes, World};

/// Each bill's total.
const WHOLE: i64 = 1_800;
/// So many payments are made before their letters are counted: a mailbox holds 500.
const BETWEEN_MAILS: usize = 30;

#[tokio::test]
async fn every_order_ends_alike_on_sqlite() {
    every_story(Database::Sqlite, if is_slow() { Dose::Full } else { Dose::Every(1) }).await;
}

#[tokio::test]
async fn some_orders_end_alike_on_postgres() {
    every_story(Database::Postgres, Dose::Every(if is_slow() { 3 } else { 17 })).await;
}

/// How much of it.
#[derive(Clone, Copy)]
enum Dose {
    /// Every order, and each of its events twice.
    Full,
    /// One order of so many, plain and with one of its events twice.
    Every(usize),
}

/// Something that becomes of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Processing,
    Failed,
    /// After a card that was declined: another attempt on the same page.
    Again,
    Settled,
    /// Minor units in all so far.
    Refunded(i64),
    Disputed,
    Won,
    Lost,
    Returned,
}

use Turn::{Again, Disputed, Failed, Lost, Processing, Refunded, Returned, Settled, Won};

/// What one payment can really go through, in the order in which it happens.
const STORIES: [&[Turn]; 9] = [
    &[Processing, Failed],
    &[Processing, Settled, Returned],
    &[Processing, Settled, Disputed, Lost],
    &[Processing, Settled, Refunded(500), Refunded(1_200), Refunded(1_800)],
    &[Processing, Settled, Disputed, Won, Refunded(700)],
    &[Settled, Refunded(600), Disputed, Lost],
    &[Processing, Settled, Refunded(600), Returned],
    &[Settled, Refunded(600), Disputed, Won, Refunded(900)],
    &[Failed, Again, Settled, Refunded(300), Refunded(600)],
];

async fn every_story(database: Database, dose: Dose) {
    let mut lived = 0;
    for story in STORIES {
        // A world for each: what its books hold is looked through after every payment.
        let mut till = Till::open(database).await;
        let mut ends: Vec<(Vec<Telling>, End)> = Vec::new();
        for order in orders(story.len(), dose) {
            let end = till.lives(story, &order).await;
            ends.push((order, end));
        }
        let (first, usual) = &ends[0];
        assert_eq!(usual.payment.state, end_of(story), "{story:?}");
        for (order, end) in &ends {
            assert_eq!(end, usual, "{story:?} told as {order:?} and as {first:?}");
        }
        till.counts_letters().await;
        ledger(&till.world, "1050").await;
        assert_eq!(till.world.app.store.read(|tx| tx.open_exceptions(10)).await.unwrap(), []);
        lived += ends.len();
    }
    println!("{lived} payments");
    assert!(lived > STORIES.len() * 2, "{lived}");
}

fn end_of(story: &[Turn]) -> PaymentState {
    let mut states = story.iter().filter_map(|turn| state_of(*turn));
    states.next_back().unwrap()
}

fn state_of(turn: Turn) -> Option<PaymentState> {
    Some(match turn {
        Processing | Again => PaymentState::Processing,
        Failed => PaymentState::Failed,
        Settled | Won => PaymentState::Settled,
        Refunded(_) => return None,
        Disputed => PaymentState::Disputed,
        Lost => PaymentState::ChargedBack,
        Returned => PaymentState::Returned,
    })
}

/// An event that is told: its place in the story, and whether it comes under another name than the one told before.
type Telling = (usize, bool);

/// Orders of so many events: each plain, and with one of them once more at another place, under its name or another.
fn orders(count: usize, dose: Dose) -> Vec<Vec<Telling>> {
    let mut all = vec![Vec::new()];
    for _ in 0..count {
        all = all
            .into_iter()
            .flat_map(|begun: Vec<usize>| {
                let left = (0..count).filter(|place| !begun.contains(place)).collect::<Vec<_>>();
                left.into_iter().map(move |place| [begun.as_slice(), &[place]].concat())
            })
            .collect();
    }
    let (step, twice) = match dose {
        Dose::Full => (1, count),
        Dose::Every(step) => (step, 1),
    };
    let mut told = Vec::new();
    for (number, order) in all.iter().enumerate().step_by(step) {
        let plain: Vec<Telling> = order.iter().map(|place| (*place, false)).collect();
        told.push(plain.clone());
        for again in (0..twice).map(|shift| (number + shift) % count) {
            let mut order = plain.clone();
            order.insert((number / count + again) % (count + 1), (again, number % 2 == 0));
            told.push(order);
        }
    }
    told
}

/// Where a payment and everything about it stands when all is told.
#[derive(Clone, Debug, PartialEq)]
struct End {
    payment: GatewayPaymentRow,
    held: Vec<Hold>,
    /// Balance, what was credited and what was written off.
    invoice: (InvoiceStatus, i64, i64, i64),
    /// What its accounts changed by.
    ledger: BTreeMap<String, i64>,
    /// What its entries come to by what they are, minor units: it came, went back by refunds, was taken back.
    came: i64,
    refunded: i64,
    taken_back: i64,
}

/// The world, and who takes the money in it.
struct Till {
    world: World,
    nobody: Browser,
    next: i64,
    /// Number and story of what was told since letters were counted.
    uncounted: Vec<(String, &'static [Turn])>,
    /// The number of the last letter that was counted.
    counted_to: u64,
}

impl Till {
    async fn open(database: Database) -> Till {
        // Two people get more letters than a mail server is to be hurried with.
        let mail = MailConfig { per_minute: 0, ..MailConfig::default() };
        let wishes = Wishes { pays: true, ..Wishes::default() };
        let world = World::set_up(database, wishes, Config { mail, ..Config::default() }).await;
        let row = card(&world);
        world.app.store.write(move |tx| tx.keep_method(&row)).await.unwrap();
        issue_booked(&world.app.store, vec![Bill::new(2, 999, &world.app.today().to_string())]).await;
        let nobody = world.browser().without("origin").without("sec-fetch-site");
        Till { world, nobody, next: 1_000, uncounted: Vec::new(), counted_to: 0 }
    }

    /// A new invoice and a payment of it, and everything that is told of it.
    async fn lives(&mut self, story: &'static [Turn], order: &[Telling]) -> End {
        let (bill, before) = (self.next, self.trial().await);
        self.next += 1;
        issue_more(&self.world.app.store, Bill::new(1, bill, &self.world.app.today().to_string())).await;
        let payment = self.begins(bill, story.contains(&Again)).await;
        let said = said(&payment, story);
        for (place, is_renamed) in order {
            let name = if *is_renamed { "again" } else { "first" };
            self.tells(&format!("evt_{}_{place}_{name}", payment.number), said[*place].clone()).await;
        }
        self.uncounted.push((payment.number.clone(), story));
        if self.uncounted.len() == BETWEEN_MAILS {
            self.counts_letters().await;
        }
        let (entries, expected) = (self.entries(&payment, &said).await, Entries::of(&said, order));
        assert_eq!(entries.counts, expected, "{story:?} {order:?}");
        let mut change = self.trial().await;
        for (code, minor) in before {
            *change.entry(code).or_default() -= minor;
        }
        // The bill itself is no news.
        *change.entry("1100".to_owned()).or_default() -= WHOLE;
        *change.entry("4120".to_owned()).or_default() += WHOLE;
        change.retain(|_, minor| *minor != 0);
        self.ends(&payment, bill, (change, entries)).await
    }

    /// Written down, and nobody has been asked; or on the processor's page.
    async fn begins(&self, bill: i64, is_page: bool) -> GatewayPaymentRow {
        let app = &self.world.app;
        let with = if is_page {
            With::New(store::method::MethodKind::Card, Keeping::Once)
        } else {
            With::Kept(1.into(), 1.into())
        };
        let payer = Payer::AutoPay { account: 1.into() };
        let parts = vec![(format!("INV-{bill}"), WHOLE)];
        let ask = StartPayment { parts, ahead: None, with, on: None, key: format!("order-{bill:08}") };
        let payment = start_payment(app, payer, ask, &Actor::console(app)).await.unwrap().payment.unwrap();
        if is_page {
            ask_processor(app, payment.payment_id, "/payments").await.unwrap();
        }
        payment
    }

    async fn tells(&mut self, event: &str, charge: Charge) {
        let now = self.world.app.clock.now();
        let what = Told::Charge(charge);
        let event = Event { id: event.to_owned(), kind: "charge".to_owned(), made_at: now, live: false, what };
        let signed = sandbox(&self.world).signed(&event, now).unwrap();
        let mut from = self.nobody.clone().saying("sandbox-signature", &signed.signature);
        let answer = from.post_raw("/webhooks/sandbox", signed.body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    async fn trial(&self) -> BTreeMap<String, i64> {
        let rows = self.world.app.store.read(|tx| tx.trial_balance(jiff::civil::date(2999, 1, 1))).await.unwrap();
        rows.into_iter().map(|row| (row.code, row.debit_minor - row.credit_minor)).collect()
    }

    async fn ends(
        &self,
        payment: &GatewayPaymentRow,
        bill: i64,
        (ledger, entries): (BTreeMap<String, i64>, Booked),
    ) -> End {
        let id = payment.payment_id;
        let read = self.world.app.store.read(move |tx| {
            let parts = tx.payment_parts(id)?;
            let state = tx.invoice_state(1.into(), bill.into())?.unwrap();
            Ok::<_, store::Error>((tx.gateway_payment(id)?.unwrap(), parts, state))
        });
        let (row, parts, state) = read.await.unwrap();
        End {
            payment: plain(row),
            held: parts.iter().map(|part| part.hold).collect(),
            invoice: (state.status, state.balance_minor, state.credited_minor, state.written_off_minor),
            ledger,
            came: entries.came,
            refunded: entries.refunded,
            taken_back: entries.taken_back,
        }
    }

    /// What the books hold of one payment.
    async fn entries(&self, payment: &GatewayPaymentRow, said: &[Charge]) -> Booked {
        let number = payment.number.clone();
        let mut refunds: Vec<i64> =
            said.iter().map(|charge| charge.refunded_minor).filter(|minor| *minor > 0).collect();
        refunds.dedup();
        let read = self.world.app.store.read(move |tx| {
            let mut booked = Booked::default();
            let Some(came) = tx.booking_by_key(1.into(), &format!("processor {number}"))? else { return Ok(booked) };
            booked.counts.came = 1;
            booked.came = came.amount_minor;
            for minor in &refunds {
                let refund = tx.booking_by_key(1.into(), &format!("refund of {number} up to {minor}"))?;
                booked.counts.refunds += usize::from(refund.is_some());
                booked.refunded += refund.map_or(0, |row| row.amount_minor);
            }
            for count in 0..8 {
                let key = format!("after {} {count}", i64::from(came.booking_id));
                let Some(row) = tx.booking_by_key(1.into(), &key)? else { break };
                let sign = if row.kind == EntryKind::Reinstated { -1 } else { 1 };
                booked.counts.taken_back += usize::from(sign == 1);
                booked.counts.reinstated += usize::from(sign == -1);
                booked.taken_back += sign * row.amount_minor;
            }
            Ok::<_, store::Error>(booked)
        });
        read.await.unwrap()
    }

    /// Everybody got each letter once, and the one about the end for certain; no letter is about what never was.
    async fn counts_letters(&mut self) {
        self.world.told("nothing of this").await;
        let letters = self.world.mailbox.received();
        for (number, story) in self.uncounted.drain(..) {
            let line = format!("Payment {number}\n");
            let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
            for letter in letters.iter().filter(|one| one.number > self.counted_to && one.text.contains(&line)) {
                *told.entry((letter.recipient.email().to_owned(), letter.subject.clone())).or_default() += 1;
            }
            assert!(told.values().all(|count| *count == 1), "{told:?}");
            let words: Vec<&str> = story.iter().filter_map(|turn| state_of(*turn)).map(words).collect();
            let is_of_it = |subject: &str| words.iter().any(|words| subject.contains(words));
            assert!(told.keys().all(|(_, subject)| is_of_it(subject)), "{story:?}: {told:?}");
            let end = end_of(story);
            let readers = told.keys().filter(|(_, subject)| subject.contains(self::words(end)));
            let readers: Vec<&str> = readers.map(|(email, _)| email.as_str()).collect();
            let is_trouble = matches!(end, PaymentState::Returned | PaymentState::ChargedBack);
            assert_eq!(readers, if is_trouble { vec![ALICE, DESK] } else { vec![ALICE] }, "{story:?}: {told:?}");
        }
        self.counted_to = letters.iter().map(|letter| letter.number).max().unwrap_or(0);
    }
}

/// What a letter about a state says in its subject.
fn words(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Processing => "is on its way",
        PaymentState::Failed => "did not go through",
        PaymentState::Settled => "Receipt: ",
        PaymentState::Returned => "came back",
        PaymentState::Disputed => "is disputed at the bank",
        PaymentState::ChargedBack => "went back after a dispute",
        other => panic!("{other} is not told"),
    }
}

/// Without what is another payment's by nature: names, places and instants. Whether an instant is there stays.
fn plain(row: GatewayPaymentRow) -> GatewayPaymentRow {
    let there = |at: Option<Timestamp>| at.map(|_| Timestamp::UNIX_EPOCH);
    let own = row.charge.as_ref().is_some_and(|charge| *charge == format!("ch_{}", row.number));
    GatewayPaymentRow {
        payment_id: 0.into(),
        number: String::new(),
        key: String::new(),
        page: row.page.map(|_| String::new()),
        page_url: row.page_url.map(|_| String::new()),
        charge: Some(if own { "its own".to_owned() } else { format!("{:?}", row.charge) }),
        made_at: Timestamp::UNIX_EPOCH,
        asked_at: there(row.asked_at),
        settled_at: there(row.settled_at),
        ended_at: there(row.ended_at),
        next_at: Timestamp::UNIX_EPOCH,
        ..row
    }
}

/// Entries of one payment: how many of each kind, and what they come to.
#[derive(Default)]
struct Booked {
    counts: Entries,
    came: i64,
    refunded: i64,
    taken_back: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Entries {
    came: usize,
    refunds: usize,
    taken_back: usize,
    reinstated: usize,
}

impl Entries {
    /// What has to be booked, told in this order: what was skipped over leaves no entry of its own, and nothing is booked twice.
    fn of(said: &[Charge], order: &[Telling]) -> Entries {
        let mut entries = Entries::default();
        let (mut refunded, mut was_gone, mut is_over, mut has_come) = (0, false, false, false);
        for charge in order.iter().map(|(place, _)| &said[*place]) {
            has_come |= matches!(charge.state, ChargeState::Settled | ChargeState::Returned(_));
            let objection = charge.dispute.as_ref().map(|dispute| dispute.state);
            is_over |= matches!(objection, Some(DisputeState::Won));
            let is_gone = matches!(charge.state, ChargeState::Returned(_))
                || matches!(objection, Some(DisputeState::Open | DisputeState::Lost)) && !is_over
                || was_gone && !is_over;
            entries.came = usize::from(has_come);
            entries.refunds += usize::from(charge.refunded_minor > refunded);
            entries.taken_back += usize::from(is_gone && !was_gone);
            entries.reinstated += usize::from(was_gone && !is_gone);
            (refunded, was_gone) = (refunded.max(charge.refunded_minor), is_gone);
        }
        entries
    }
}

/// What the processor says of the charge at each turn: each time all that it knows by then.
fn said(payment: &GatewayPaymentRow, story: &[Turn]) -> Vec<Charge> {
    let id = format!("ch_{}", payment.number);
    let method = Method {
        id: String::new(),
        customer: String::new(),
        kind: MethodKind::Card,
        brand: "Visa".to_owned(),
        last4: "4242".to_owned(),
        expires_on: None,
        is_verified: true,
    };
    let mut charge = Charge {
        id: if story.contains(&Again) { format!("{id}_declined") } else { id.clone() },
        key: payment.attempt_key(),
        reference: payment.number.clone(),
        amount: Amount { minor: payment.amount_minor, currency: "USD".to_owned() },
        live: false,
        state: ChargeState::Processing,
        refunded_minor: 0,
        dispute: None,
        fee_minor: None,
        method: Some(method),
        made_at: Timestamp::UNIX_EPOCH,
    };
    let decline = |code: &str| Decline { code: code.to_owned(), class: DeclineClass::Soft };
    let mut said = Vec::new();
    for turn in story {
        let left = charge.amount.minor - charge.refunded_minor;
        let dispute = |state| {
            let (id, reason) = ("du".to_owned(), "fraudulent".to_owned());
            Some(Dispute { id, reason, amount_minor: left, state, due_at: None })
        };
        match turn {
            Processing => charge.state = ChargeState::Processing,
            Failed => charge.state = ChargeState::Failed(decline("insufficient_funds")),
            Again => (charge.id, charge.state) = (id.clone(), ChargeState::Processing),
            Settled => charge.state = ChargeState::Settled,
            Refunded(minor) => charge.refunded_minor = *minor,
            Disputed => charge.dispute = dispute(DisputeState::Open),
            Won => charge.dispute = dispute(DisputeState::Won),
            Lost => charge.dispute = dispute(DisputeState::Lost),
            Returned => charge.state = ChargeState::Returned(decline("R10")),
        }
        said.push(charge.clone());
    }
    said
}
