//! What the page promises of Auto Pay is what happens: random rules and invoices, lived day by day by the real job.

use billing::autopay::{Decision, Replayed, Rule, Scope, TakesOpen, When};
use billing::payment::PaymentState;
use billing::{Currency, Stream};
use connect::gateway::sandbox::TestMethod;
use jiff::SignedDuration;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quittance::actions::confirm_autopay::{ConfirmAutoPay, confirm_autopay};
use quittance::actions::propose_autopay::{ProposeAutoPay, propose_autopay};
use quittance::audit::Actor;
use quittance::autopay::sight::Sight;
use quittance::autopay::{mandates, methods};
use store::AccountId;
use store::account::AccountRow;
use store::autopay::Side;

use crate::autopay::{charges, keeps, works};
use crate::issued::{Bill, delivery, issue_booked};
use crate::world::World;

paying_stories!(the_preview_is_what_happens);

/// A random life of an account: its rule, and its invoices by the day of issue, counted from the first.
#[derive(Clone, Debug)]
struct Life {
    rule: Rule,
    /// Day of issue, days until it is due, cents, whether it is recurring.
    invoices: Vec<(i32, i32, i64, bool)>,
}

fn lives() -> impl Strategy<Value = Life> {
    let scope = prop_oneof![
        3 => Just(Scope::Everything), 1 => Just(Scope::Stream(Stream::Recurring)), 1 => Just(Scope::Stream(Stream::Biweekly)),
    ];
    let when = prop_oneof![
        Just(When::Due),
        (1_u8..10).prop_map(When::BeforeDue),
        (1_u8..10).prop_map(When::AfterDue),
        (0_u8..12).prop_map(When::AfterIssue),
        (1_u8..=31).prop_map(When::DayOfMonth),
    ];
    let limits = (prop::option::of(5_00_i64..900_00), prop::option::of(400_00_i64..2_000_00));
    let invoice = (1_i32..=LAST_ISSUE, 1_i32..25, 1_00_i64..1_000_00, any::<bool>());
    (scope, when, limits, 1_u8..8, prop::collection::vec(invoice, 2..7)).prop_map(
        |(scope, when, (per_invoice, per_month), notice_days, invoices)| {
            let mut rule =
                Rule { scope, when, notice_days, takes_open: TakesOpen::All, ..Rule::everything(Currency::USD) };
            // A month's limit below that of one invoice is no rule.
            rule.limits.per_month = per_month;
            rule.limits.per_invoice = per_invoice.filter(|limit| per_month.is_none_or(|month| *limit <= month));
            Life { rule, invoices }
        },
    )
}

/// So many accounts live for so many days.
const ACCOUNTS: i64 = 8;
const DAYS: i32 = 70;
/// The last day on which one of them gets an invoice.
const LAST_ISSUE: i32 = 28;

/// What each day's forecast promises for the invoices that are open comes true, and what the months replayed show is what was
/// charged: for random rules and invoices, lived day by day by the real job.
async fn the_preview_is_what_happens(world: World) {
    let mut runner = TestRunner::deterministic();
    let lives: Vec<Life> = (0..ACCOUNTS).map(|_| lives().new_tree(&mut runner).unwrap().current()).collect();
    let first = world.app.today();
    for (place, life) in (0..).zip(&lives) {
        let account = 100 + place;
        moves_in(&world, account).await;
        keeps(&world, account, TestMethod::CardSettles).await;
        agrees(&world, account, life.rule.clone()).await;
    }
    let mut promised: Vec<(i64, String, Date, i64)> = Vec::new();
    let mut quiet_from = first;
    for day in 1..=DAYS {
        world.passes(SignedDuration::from_hours(24));
        let mut bills = Vec::new();
        for (place, life) in (0..).zip(&lives) {
            for (n, (_, terms, cents, recurring)) in (1_i64..).zip(&life.invoices).filter(|(_, one)| one.0 == day) {
                bills.push(bill(100 + place, (n, world.app.today()), (*terms, *cents, *recurring)));
            }
        }
        issue_booked(&world.app.store, bills).await;
        works(&world).await;
        // What is promised on the day from which on nothing new comes any more.
        if day == LAST_ISSUE {
            quiet_from = world.app.today();
            for place in 0..ACCOUNTS {
                promised.extend(forecast(&world, 100 + place).await);
            }
        }
    }
    for (place, life) in (0..).zip(&lives) {
        let account = 100 + place;
        let made: Vec<(String, Date, i64)> = made(&world, account).await;
        let replayed: Vec<_> = replayed(&world, account, &life.rule, first).await;
        assert_eq!(replayed, made, "C-{account}: {life:?}");
        let told: Vec<_> = promised
            .iter()
            .filter(|row| row.0 == account)
            .map(|(_, number, on, minor)| (number.clone(), *on, *minor))
            .collect();
        for promise in &told {
            assert!(made.contains(promise), "C-{account}: {promise:?} was promised, {made:?} came: {life:?}");
        }
        let since: Vec<_> = made.iter().filter(|(_, on, _)| *on > quiet_from).collect();
        assert_eq!(since.len(), told.len(), "C-{account}: {life:?}");
    }
    let sum: usize = promised.len();
    assert!(sum > 5, "{sum} promises: the lives are too quiet to show anything");
}

async fn moves_in(world: &World, account: i64) {
    let written = world.app.store.write(move |tx| {
        let model = tx.accounts_of(&[AccountId::from(1)])?.remove(0);
        let (code, name) = (format!("C-{account}"), format!("Company {account}"));
        tx.insert(&[AccountRow { account_id: AccountId::from(account), code, name, ..model }])
    });
    written.await.unwrap();
}

/// Both agree to a rule.
async fn agrees(world: &World, account: i64, rule: Rule) {
    let (app, id) = (&world.app, AccountId::from(account));
    let by = Actor::console(app);
    let methods = app.store.read(move |tx| methods(tx, id)).await.unwrap();
    let agreed = Some(mandates::text(&rule, &methods, (&format!("Company {account}"), "Prairie IT, Inc.")).unwrap());
    let ask = ProposeAutoPay { rule, replaces: None, from: Side::Customer, agreed };
    let version = propose_autopay(app, id, ask, &by).await.unwrap().version;
    confirm_autopay(app, id, ConfirmAutoPay { version, side: Side::Staff, agreed: None }, &by).await.unwrap();
}

fn bill(account: i64, (n, today): (i64, Date), (terms, cents, recurring): (i32, i64, bool)) -> Bill {
    let price = billing::money::major(cents, Currency::USD).to_string();
    Bill {
        stream: if recurring { Stream::Recurring } else { Stream::Biweekly },
        due_on: billing::calendar::shift(today, terms),
        lines: vec![delivery("Something", "1", &price)],
        ..Bill::new(account, account * 100 + n, &today.to_string())
    }
}

async fn sight(world: &World, account: i64) -> Sight {
    let (today, zone) = (world.app.today(), world.app.zone());
    world.app.store.read(move |tx| Sight::read(tx, account.into(), (today, &zone))).await.unwrap()
}

async fn forecast(world: &World, account: i64) -> Vec<(i64, String, Date, i64)> {
    let sight = sight(world, account).await;
    let all = sight.autopay.invoices.iter().zip(sight.autopay.forecast());
    let charged = all.filter_map(|(invoice, decision)| match decision {
        Decision::Charge(charge) => Some((account, invoice.number.clone(), charge.charge_on, charge.amount)),
        Decision::Leave(_) => None,
    });
    charged.collect()
}

/// What the real job charged, by number.
async fn made(world: &World, account: i64) -> Vec<(String, Date, i64)> {
    let rows = charges(world, account).await;
    let mut made: Vec<_> = rows
        .iter()
        .map(|row| {
            assert_eq!(row.state, Some(PaymentState::Settled));
            (format!("INV-{}", i64::from(row.document_id)), row.charged_on, row.amount_minor)
        })
        .collect();
    made.sort();
    made
}

/// What the page says the rule would have done.
async fn replayed(world: &World, account: i64, rule: &Rule, first: Date) -> Vec<(String, Date, i64)> {
    let sight = sight(world, account).await;
    let previewed = sight.preview(&sight.as_agreed(rule.clone(), None));
    let rows = previewed.months.iter().flat_map(|(_, rows)| rows);
    let charged = rows.filter_map(|(invoice, row)| match row.outcome {
        Replayed::Charged(_, amount) => Some((invoice.number.clone(), row.on, amount)),
        Replayed::Left(_) => None,
    });
    let mut charged: Vec<_> = charged.filter(|(_, on, _)| *on >= first).collect();
    charged.sort();
    charged
}
