//! Why one invoice differs from another: the causes, and that they always sum to the difference.

use billing::Currency;
use billing::difference::{Basis, Cause, Change, Days, Measure, Portion, Why, difference};
use billing::money::half_up;
use proptest::prelude::*;
use rust_decimal::Decimal;

const USD: Currency = Currency::USD;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A charge; `price` is that of a whole month, `part` the days charged of its days.
fn measure(quantity: &str, price: &str, part: Option<(u32, u32)>) -> Measure {
    let (quantity, unit_price) = (decimal(quantity), decimal(price));
    let charged_price = part.map_or(unit_price, |(days, of)| {
        let exact = unit_price * Decimal::from(days) / Decimal::from(of);
        billing::money::major(half_up(exact, USD).unwrap(), USD)
    });
    let amount = half_up(charged_price * quantity, USD).unwrap();
    Measure { quantity, unit_price, charged_price, days: part.map(|(charged, of)| Days { charged, of }), amount }
}

fn portion(key: &str, kind: &str, measures: &[Measure]) -> Portion {
    Portion {
        key: key.to_owned(),
        kind: kind.to_owned(),
        label: kind.to_owned(),
        reckoning: String::new(),
        unit: "seat".to_owned(),
        amount: measures.iter().map(|measure| measure.amount).sum(),
        basis: Basis::Priced(measures.to_vec()),
    }
}

fn tax(base: i64, percent: &str) -> Portion {
    let percent = decimal(percent);
    let amount = half_up(billing::money::major(base, USD) * percent / Decimal::ONE_HUNDRED, USD).unwrap();
    let basis = Basis::Tax { base, percent };
    Portion { amount, basis, unit: String::new(), ..portion("tax", "", &[]) }
}

fn causes(before: &[Portion], after: &[Portion]) -> Vec<(&'static str, i64)> {
    let rows = difference(before, after, USD);
    rows.iter().flat_map(|row| &row.causes).map(|cause| (cause.why.as_str(), cause.amount)).collect()
}

#[test]
fn seats_and_a_price_are_told_apart() {
    let before = [portion("L-1", "Microsoft 365", &[measure("44", "22.00", None)])];
    let after = [portion("L-2", "Microsoft 365", &[measure("47", "23.50", None)])];
    // Another line of the same kind took its place.
    let rows = difference(&before, &after, USD);
    assert_eq!(rows.len(), 1);
    let (quantity, price) = (
        Why::Quantity { before: decimal("44"), after: decimal("47") },
        Why::Price { before: decimal("22"), after: decimal("23.5") },
    );
    assert_eq!(rows[0].causes, [Cause { why: quantity, amount: 6600 }, Cause { why: price, amount: 7050 }]);
    assert_eq!(rows[0].change, 13_650);
}

#[test]
fn a_part_of_a_month_is_a_cause_of_its_own() {
    let before = [portion("L-1", "EDR", &[measure("47", "8.25", Some((15, 30)))])];
    let after = [portion("L-1", "EDR", &[measure("50", "8.25", None)])];
    assert_eq!(causes(&before, &after), [("proration", 38_775 - 19_411), ("quantity", 2475)]);
    assert_eq!(causes(&after, &before), [("proration", 20_650 - 41_250), ("quantity", 19_411 - 20_650)]);
    // A catch-up of last time is gone, the ordinary charge stays.
    let caught_up = [portion("L-1", "EDR", &[measure("4", "8.25", Some((3, 30))), measure("4", "8.25", None)])];
    let regular = [portion("L-1", "EDR", &[measure("4", "8.25", None)])];
    assert_eq!(causes(&caught_up, &regular), [("removed", -332)]);
    assert_eq!(causes(&regular, &caught_up), [("added", 332)]);
}

#[test]
fn what_cancels_out_is_a_change_all_the_same() {
    let before = [portion("L-1", "EDR", &[measure("4", "6.00", None)])];
    let after = [portion("L-1", "EDR", &[measure("6", "4.00", None)])];
    assert_eq!(causes(&before, &after), [("quantity", 1200), ("price", -1200)]);
    assert!(!difference(&before, &after, USD)[0].is_same());
    assert!(difference(&before, &before, USD)[0].is_same());
}

#[test]
fn a_rate_that_changed_is_told_from_what_it_is_taken_of() {
    assert_eq!(causes(&[tax(10_000, "7")], &[tax(20_000, "8")]), [("tax", 700), ("tax_rate", 200)]);
    assert_eq!(causes(&[tax(10_000, "7")], &[tax(20_000, "7")]), [("tax", 700)]);
    assert_eq!(causes(&[], &[tax(20_000, "7")]), [("tax", 1400)]);
}

#[test]
fn what_is_below_zero_is_a_discount() {
    let of = |amount| Portion { amount, basis: Basis::Amount, ..portion("D-1", "", &[]) };
    assert_eq!(causes(&[], &[of(-500)]), [("discount", -500)]);
    assert_eq!(causes(&[of(-700)], &[of(-500)]), [("discount", 200)]);
    let reduced = Measure { charged_price: decimal("7.00"), amount: 2800, ..measure("4", "8.00", None) };
    let (whole, reduced) = (measure("4", "8.00", None), portion("L-1", "EDR", &[reduced]));
    assert_eq!(causes(&[portion("L-1", "EDR", &[whole])], &[reduced]), [("discount", -400)]);
}

fn measures() -> impl Strategy<Value = Measure> {
    let part = prop_oneof![2 => Just(None), 1 => (1_u32..31).prop_map(|days| Some(Days { charged: days, of: 31 }))];
    let amount = prop_oneof![4 => Just(None), 1 => (-5_000_i64..5_000_000).prop_map(Some)];
    (0_i64..100_000, 0_u32..=4, 0_i64..10_000_000, part, amount).prop_map(|(quantity, scale, price, days, amount)| {
        let (quantity, unit_price) = (Decimal::new(quantity, scale), Decimal::new(price, 4));
        let charged_price =
            days.map_or(unit_price, |days| (unit_price * Decimal::from(days.charged) / Decimal::from(31)).round_dp(2));
        // Mostly what it comes to; now and then something else, as a discount or a wrong import would make it.
        let amount = amount.unwrap_or_else(|| half_up(quantity * charged_price, USD).unwrap());
        Measure { quantity, unit_price, charged_price, days, amount }
    })
}

fn bases() -> impl Strategy<Value = (Basis, i64)> {
    prop_oneof![
        6 => prop::collection::vec(measures(), 1..3).prop_map(|all| {
            let amount = all.iter().map(|measure| measure.amount).sum();
            (Basis::Priced(all), amount)
        }),
        1 => (0_i64..1_000_000, 0_i64..20_000, 0_i64..100_000)
            .prop_map(|(base, percent, amount)| (Basis::Tax { base, percent: Decimal::new(percent, 3) }, amount)),
        1 => (-1_000_000_i64..1_000_000).prop_map(|amount| (Basis::Amount, amount)),
    ]
}

fn portions() -> impl Strategy<Value = Vec<Portion>> {
    let portion = (0_u8..6, 0_u8..3, bases()).prop_map(|(key, kind, (basis, amount))| Portion {
        key: key.to_string(),
        kind: if kind == 0 { String::new() } else { kind.to_string() },
        label: format!("Line {key}"),
        reckoning: String::new(),
        unit: String::new(),
        amount,
        basis,
    });
    prop::collection::vec(portion, 0..12)
}

/// 256, or 10,000 where the full doses are asked for.
fn cases() -> u32 {
    if std::env::var("QUITTANCE_SLOW").is_ok_and(|value| value == "1") { 10_000 } else { 256 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn causes_sum_to_the_difference(before in portions(), after in portions()) {
        let sum = |portions: &[Portion]| portions.iter().map(|portion| portion.amount).sum::<i64>();
        let rows = difference(&before, &after, USD);
        prop_assert_eq!(rows.iter().map(|row| row.change).sum::<i64>(), sum(&after) - sum(&before));
        for row in &rows {
            prop_assert_eq!(row.causes.iter().map(|cause| cause.amount).sum::<i64>(), row.change, "{:?}", row);
            prop_assert!(row.causes.iter().all(|cause| cause.amount != 0), "{:?}", row);
        }
        let none = difference(&after, &after, USD);
        prop_assert!(none.iter().all(Change::is_same), "{:?}", none);
    }
}
