//! The life of an agreement line, month by month, with figures one can check by hand.

use std::collections::{BTreeMap, BTreeSet};

use billing::agreement::Part;
use billing::discount::{Discount, DiscountKind};
use billing::life::{Change, Due, Every, Happening, Life, Runs, uplifted};
use billing::money::half_up;
use billing::{Billing, Currency, Month, Proration, Span, Terms};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::dose;
use crate::laws::{days, decimals};

const USD: Currency = Currency::USD;
const START: Date = date(2025, 1, 1);

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn line(billing: Billing, from: &str, quantity: &str, unit_price: &str) -> Life {
    Life::of(Terms {
        active: Span::open(day(from), None),
        billing,
        quantity: number(quantity),
        unit_price: number(unit_price),
        proration: Proration::Daily,
    })
}

fn with(mut life: Life, changes: &[(&str, Happening)]) -> Life {
    life.changes.extend(changes.iter().map(|(on, what)| Change { on: day(on), what: *what }));
    life
}

/// The books of one line: what was charged for each period, and what each run put on its invoice.
#[derive(Default)]
struct Books {
    charged: BTreeMap<Month, i64>,
    made: BTreeSet<Month>,
}

impl Books {
    fn run(&mut self, life: &Life, run: &str) -> Vec<Due> {
        self.run_for(life, month(run), START)
    }

    fn run_for(&mut self, life: &Life, run: Month, starts_on: Date) -> Vec<Due> {
        let due = life.due(Runs { month: run, billing_starts_on: starts_on, made: &self.made }, &self.charged, USD);
        let due = due.unwrap();
        for due in &due {
            let (month, amount) = match due {
                Due::Charge(charge) => (charge.month, charge.amount),
                Due::TrueUp { month, was, is, .. } => (*month, is - was),
            };
            *self.charged.entry(month).or_default() += amount;
        }
        self.made.insert(run);
        due
    }

    fn amounts(&mut self, life: &Life, run: &str) -> Vec<i64> {
        self.run(life, run).iter().map(amount).collect()
    }
}

fn amount(due: &Due) -> i64 {
    match due {
        Due::Charge(charge) => charge.amount,
        Due::TrueUp { was, is, .. } => is - was,
    }
}

#[test]
fn seats_up_inside_a_month_are_two_parts_that_sum_to_the_month() {
    let life =
        with(line(Billing::Arrears, "2025-01-01", "10", "8.25"), &[("2025-09-16", Happening::Quantity(number("13")))]);
    // 10 x 4.13 for 15 of 30 days, and 13 x 4.12: the later part is the complement of the earlier one.
    assert_eq!(Books::default().amounts(&life, "2025-09"), [41_30, 53_56]);
    assert_eq!(Books::default().amounts(&life, "2025-10"), [107_25]);
}

#[test]
fn seats_added_to_a_month_that_was_billed_ahead_are_a_true_up() {
    let mut life = line(Billing::Advance, "2025-01-01", "10", "30.00");
    let mut books = Books::default();
    books.run(&life, "2025-08");
    life = with(life, &[("2025-09-16", Happening::Quantity(number("13")))]);
    life.revised_from = Some(day("2025-09-16"));
    let due = books.run(&life, "2025-09");
    assert!(matches!(due.first(), Some(Due::TrueUp { was: 300_00, is: 345_00, .. })), "{due:?}");
    assert_eq!(due.iter().map(amount).collect::<Vec<_>>(), [45_00, 390_00]);
    assert_eq!(books.amounts(&life, "2025-10"), [390_00]);
}

#[test]
fn a_price_on_a_date_a_suspension_and_an_end() {
    let life = with(
        line(Billing::Arrears, "2025-01-01", "2", "31.00"),
        &[
            ("2025-03-11", Happening::Price(number("62.00"))),
            ("2025-05-11", Happening::Suspend),
            ("2025-07-22", Happening::Resume),
            ("2025-10-16", Happening::End),
        ],
    );
    let mut books = Books::default();
    let mut year = Vec::new();
    for run in 1..=12 {
        year.push(books.run_for(&life, Month::of(date(2025, run, 1)), START).iter().map(amount).collect::<Vec<_>>());
    }
    assert_eq!(year.get(2).unwrap(), &[20_00, 84_00], "10 of 31 days at 31.00, 21 at 62.00");
    assert_eq!(year.get(4).unwrap(), &[40_00], "10 of 31 days");
    assert!(year.get(5).unwrap().is_empty(), "suspended");
    assert_eq!(year.get(6).unwrap(), &[40_00], "22 to 31 July");
    assert_eq!(year.get(9).unwrap(), &[60_00], "15 of 31 days");
    assert!(year.get(10).unwrap().is_empty());
}

#[test]
fn a_cancellation_of_what_was_billed_ahead_is_credited_once() {
    let mut life = line(Billing::Advance, "2025-01-01", "6", "22.75");
    let mut books = Books::default();
    books.run(&life, "2025-08");
    life = with(life, &[("2025-09-08", Happening::End)]);
    life.revised_from = Some(day("2025-09-08"));
    // 7 of 30 days are 31.86; 136.50 was charged.
    assert_eq!(books.amounts(&life, "2025-09"), [31_86 - 136_50]);
    assert!(books.amounts(&life, "2025-10").is_empty());
    assert_eq!(books.charged.get(&month("2025-09")), Some(&31_86));
}

#[test]
fn a_change_that_lies_back_is_trued_up_once_for_each_month() {
    let mut life = line(Billing::Arrears, "2025-01-01", "10", "30.00");
    let mut books = Books::default();
    for run in ["2025-06", "2025-07", "2025-08"] {
        assert_eq!(books.amounts(&life, run), [300_00]);
    }
    life = with(life, &[("2025-07-01", Happening::Quantity(number("12")))]);
    life.revised_from = Some(day("2025-07-01"));
    assert_eq!(books.amounts(&life, "2025-09"), [60_00, 60_00, 360_00]);
    assert_eq!(books.amounts(&life, "2025-10"), [360_00]);
}

#[test]
fn between_arrears_and_advance_no_month_is_missed_and_none_charged_twice() {
    let to = |billing| Happening::Bill(billing);
    let life = with(line(Billing::Arrears, "2025-01-01", "1", "100.00"), &[("2025-04-01", to(Billing::Advance))]);
    let mut books = Books::default();
    assert_eq!(books.amounts(&life, "2025-02"), [100_00]);
    assert_eq!(books.amounts(&life, "2025-03"), [100_00, 100_00], "March, and April ahead");
    assert_eq!(books.amounts(&life, "2025-04"), [100_00], "May ahead");
    let life = with(line(Billing::Advance, "2024-12-01", "1", "100.00"), &[("2025-04-01", to(Billing::Arrears))]);
    let mut books = Books::default();
    assert_eq!(books.amounts(&life, "2025-02"), [100_00], "March ahead");
    assert!(books.amounts(&life, "2025-03").is_empty());
    assert_eq!(books.amounts(&life, "2025-04"), [100_00]);
}

#[test]
fn a_switch_that_was_recorded_late_is_caught_up() {
    let mut life = line(Billing::Arrears, "2025-01-01", "1", "100.00");
    let mut books = Books::default();
    assert_eq!(books.amounts(&life, "2025-03"), [100_00]);
    life = with(life, &[("2025-04-01", Happening::Bill(Billing::Advance))]);
    life.revised_from = Some(day("2025-04-01"));
    let due = books.run(&life, "2025-04");
    assert_eq!(due.iter().map(amount).collect::<Vec<_>>(), [100_00, 100_00], "April late, May ahead");
    assert!(matches!(due.first(), Some(Due::Charge(charge)) if charge.part == Part::Late));
}

#[test]
fn a_year_from_a_leap_day_comes_back_on_it() {
    let mut life = line(Billing::Advance, "2024-02-29", "5", "120.00");
    life.every = Every::Year;
    let mut books = Books::default();
    let starts = date(2024, 1, 1);
    let mut year = |run: &str| books.run_for(&life, month(run), starts).iter().map(amount).collect::<Vec<_>>();
    assert!(year("2024-01").is_empty());
    assert_eq!(year("2024-02"), [600_00], "the first year, when it began");
    assert!(year("2024-12").is_empty());
    assert_eq!(year("2025-01"), [600_00], "from 28 February 2025, ahead");
    assert!(year("2025-02").is_empty());
    assert_eq!(life.period(month("2028-02")).unwrap().span.from, date(2028, 2, 29));
}

#[test]
fn a_quarter_in_arrears_ends_with_its_line() {
    let mut life = with(line(Billing::Arrears, "2025-01-15", "1", "90.00"), &[("2025-05-15", Happening::End)]);
    life.every = Every::Quarter;
    let mut books = Books::default();
    let runs: Vec<Vec<i64>> =
        ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"].map(|run| books.amounts(&life, run)).into();
    // 15 January to 15 April, then 30 of the 91 days to 15 July.
    assert_eq!(runs, [vec![], vec![], vec![], vec![90_00], vec![29_67], vec![]]);
}

#[test]
fn a_minimum_and_a_renewal_with_uplift() {
    let mut life = with(
        line(Billing::Arrears, "2025-01-01", "12", "46.50"),
        &[("2025-03-01", Happening::Quantity(number("4"))), ("2025-06-01", Happening::Uplift(number("3.5")))],
    );
    life.minimum = number("10");
    assert_eq!(Books::default().amounts(&life, "2025-02"), [558_00]);
    assert_eq!(Books::default().amounts(&life, "2025-03"), [465_00], "ten, though four are used");
    assert_eq!(Books::default().amounts(&life, "2025-06"), [481_30], "46.50 and 3.5 % are 48.13");
    assert_eq!(uplifted(number("0.085"), number("10"), USD).unwrap(), number("0.094"));
}

#[test]
fn a_month_without_proration_costs_what_its_first_day_says() {
    let mut life = with(
        line(Billing::Arrears, "2025-01-20", "1", "60.00"),
        &[("2025-02-10", Happening::Price(number("80.00"))), ("2025-03-10", Happening::End)],
    );
    life.terms.proration = Proration::Never;
    let mut books = Books::default();
    let months = ["2025-01", "2025-02", "2025-03", "2025-04"].map(|run| books.amounts(&life, run));
    assert_eq!(months, [vec![60_00], vec![60_00], vec![80_00], vec![]]);
}

#[test]
fn discounts_are_of_what_is_charged_and_never_more() {
    let percent =
        Discount { kind: DiscountKind::Percent, value: number("12.5"), from: month("2025-11"), months: Some(3) };
    assert_eq!(
        ["2025-10", "2025-11", "2026-01", "2026-02"].map(|text| percent.covers(month(text))),
        [false, true, true, false]
    );
    // 12.5 % of 100.04 is 12.505: 12.51, of which the second base has a little more than half.
    assert_eq!(percent.off(&[50_01, 50_03], &[0, 0], USD).unwrap(), [6_25, 6_26]);
    let fixed = Discount { kind: DiscountKind::Fixed, value: number("80"), months: None, ..percent };
    assert_eq!(fixed.off(&[30_00, 20_00], &[3_75, 2_50], USD).unwrap(), [26_25, 17_50]);
    assert!(fixed.covers(month("2099-01")));
}

fn happenings() -> impl Strategy<Value = Vec<Change>> {
    let what = prop_oneof![
        (0_i64..500).prop_map(|n| Happening::Quantity(Decimal::from(n))),
        decimals().prop_map(Happening::Price),
        (0_i64..200).prop_map(|tenths| Happening::Uplift(Decimal::new(tenths, 1))),
        Just(Happening::Suspend),
        Just(Happening::Resume),
        Just(Happening::End),
    ];
    prop::collection::vec((days(), what), 0..6).prop_map(|mut changes| {
        changes.sort_by_key(|(on, _)| *on);
        changes.into_iter().map(|(on, what)| Change { on, what }).collect()
    })
}

fn lives() -> impl Strategy<Value = Life> {
    let every = prop::sample::select(Every::ALL);
    let billing = prop::sample::select(Billing::ALL);
    let proration = prop::sample::select(Proration::ALL);
    (days(), every, billing, proration, (0_i64..500, decimals()), happenings())
        .prop_map(|(from, every, billing, proration, (quantity, unit_price), changes)| {
            let active = Span::open(from, None);
            let terms = Terms { active, billing, quantity: Decimal::from(quantity), unit_price, proration };
            Life { terms, minimum: Decimal::ZERO, every, changes, revised_from: None }
        })
        .prop_map(|mut life| {
            life.changes.retain(|change| change.on >= life.terms.active.from);
            life
        })
}

proptest! {
    #![proptest_config(dose())]

    /// Whenever the changes become known, in the end each period has cost what it costs by all of them.
    #[test]
    fn it_does_not_matter_when_a_change_becomes_known(life in lives(), known_in in 0_usize..40) {
        let first = Month::of(date(2023, 1, 1));
        let ignorant = Life { changes: Vec::new(), ..life.clone() };
        let knowing = Life { revised_from: life.changes.first().map(|change| change.on), ..life.clone() };
        let (mut late, mut always) = (Books::default(), Books::default());
        let mut run = first;
        for n in 0..140 {
            late.run_for(if n < known_in { &ignorant } else { &knowing }, run, first.first());
            always.run_for(&knowing, run, first.first());
            run = run.next();
        }
        late.charged.retain(|_, amount| *amount != 0);
        always.charged.retain(|_, amount| *amount != 0);
        prop_assert_eq!(late.charged, always.charged);
    }

    /// A change to what holds already changes nothing: the parts of a period sum to the whole.
    #[test]
    fn parts_sum_to_the_whole(life in lives(), on in days()) {
        let whole = Life { changes: Vec::new(), ..life };
        let cut = Life { changes: vec![Change { on, what: Happening::Price(whole.terms.unit_price) },
            Change { on, what: Happening::Quantity(whole.terms.quantity) }], ..whole.clone() };
        for run in 0..30 {
            let month = Month::of(billing::calendar::shift(date(2023, 1, 1), run * 31));
            let sum = |life: &Life| life.period(month).map(|period| {
                life.charges(period, Part::Regular, USD).unwrap().iter().map(|charge| charge.charged_price).sum::<Decimal>()
            });
            prop_assert_eq!(sum(&whole), sum(&cut));
        }
    }

    #[test]
    fn a_charge_is_its_price_times_its_quantity(life in lives(), month in days().prop_map(Month::of)) {
        let Some(period) = life.period(month) else { return Ok(()) };
        let charges = life.charges(period, Part::Regular, USD).unwrap();
        let mut until = period.span.from;
        for charge in &charges {
            prop_assert_eq!(charge.amount, half_up(charge.charged_price * charge.quantity, USD).unwrap());
            prop_assert!(charge.span.from >= until && charge.span.from < charge.span.until);
            prop_assert!(charge.span.until <= period.span.until);
            until = charge.span.until;
        }
    }

    #[test]
    fn a_discount_is_never_more_than_what_is_charged(
        bases in prop::collection::vec((0_i64..1_000_000, 0_i64..1_000_000), 1..5),
        percent in any::<bool>(),
        value in 0_i64..2_000_000,
    ) {
        let kind = if percent { DiscountKind::Percent } else { DiscountKind::Fixed };
        let value = Decimal::new(value, if percent { 4 } else { 2 });
        let discount = Discount { kind, value, from: month("2025-01"), months: None };
        let (bases, taken): (Vec<i64>, Vec<i64>) = bases.into_iter().map(|(base, taken)| (base, taken.min(base))).unzip();
        let off = discount.off(&bases, &taken, USD).unwrap();
        prop_assert!(off.iter().zip(&bases).zip(&taken).all(|((off, base), taken)| 0 <= *off && off + taken <= *base));
        if taken.iter().all(|taken| *taken == 0) && !percent {
            let all: i64 = bases.iter().sum();
            prop_assert_eq!(off.iter().sum::<i64>(), half_up(value, USD).unwrap().min(all));
        }
    }
}
