//! The figures that the import contract and its hand-checked cases name.

use billing::agreement::Part;
use billing::invoice::{makes_invoice, totals};
use billing::money::{Money, NoAmount, half_up, parse_decimal, parse_minor};
use billing::proration::{Basis, Change, Priced, change};
use billing::run::{RunKey, RunRefused};
use billing::schedule::Settings;
use billing::tax::{CategoryTax, DatedRate, PriceTax, Rate, TaxTerms, category_on, is_exempt, rates_on};
use billing::work::{Coverage, delivery_amount, entry_amount, is_taken_by};
use billing::{Billing, Charge, Currency, Month, Proration, Schedule, Span, Terms, split::split};
use jiff::civil::Date;
use rust_decimal::Decimal;

const USD: Currency = Currency::USD;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn terms(billing: Billing, from: &str, until: Option<&str>, quantity: &str, unit_price: &str) -> Terms {
    Terms {
        active: Span::open(day(from), until.map(day)),
        billing,
        quantity: number(quantity),
        unit_price: number(unit_price),
        proration: Proration::Daily,
    }
}

fn charges(terms: &Terms, run: &str) -> Vec<Charge> {
    terms.charges(month(run), day("2026-07-01"), USD).unwrap()
}

fn amounts(terms: &Terms, run: &str) -> Vec<i64> {
    charges(terms, run).iter().map(|charge| charge.amount).collect()
}

#[test]
fn half_a_month_of_seats_is_rounded_before_it_is_multiplied() {
    let before = terms(Billing::Arrears, "2024-05-01", Some("2026-09-16"), "44", "8.25");
    let [charge] = charges(&before, "2026-09").try_into().unwrap();
    assert_eq!(charge.charged_price, number("4.13"));
    assert_eq!((charge.amount, charge.of_days), (181_72, Some(30)));
    let after = terms(Billing::Arrears, "2026-09-16", None, "47", "8.25");
    assert_eq!(amounts(&after, "2026-09"), [194_11]);
}

#[test]
fn a_season_that_ends_inside_the_month_ahead() {
    let season = terms(Billing::Advance, "2026-05-01", Some("2026-09-08"), "6", "22.75");
    assert_eq!(amounts(&season, "2026-08"), [31_86]);
    assert_eq!(amounts(&season, "2026-09"), [0; 0]);
}

#[test]
fn the_first_run_of_an_advance_line_also_bills_its_month() {
    let old = terms(Billing::Advance, "2025-01-01", None, "13", "27.95");
    let [july, august] = charges(&old, "2026-07").try_into().unwrap();
    assert_eq!((july.month, july.part, july.amount), (month("2026-07"), Part::FirstMonth, 363_35));
    assert_eq!((august.month, august.part, august.amount), (month("2026-08"), Part::Regular, 363_35));
    assert_eq!(amounts(&old, "2026-08"), [363_35]);
}

#[test]
fn an_advance_line_that_began_inside_the_month_catches_up() {
    let marina = terms(Billing::Advance, "2026-08-14", None, "2", "22.75");
    let [august, september] = charges(&marina, "2026-08").try_into().unwrap();
    assert_eq!((august.part, august.charged_price, august.amount), (Part::CatchUp, number("13.21"), 26_42));
    assert_eq!(september.amount, 45_50);
    let one_day = terms(Billing::Advance, "2026-09-09", Some("2026-09-10"), "4", "1.75");
    assert_eq!(amounts(&one_day, "2026-09"), [24]);
}

#[test]
fn a_line_without_proration_costs_a_whole_month() {
    let mut training = terms(Billing::Arrears, "2026-01-01", Some("2026-09-04"), "9", "2.85");
    training.proration = Proration::Never;
    assert_eq!(amounts(&training, "2026-09"), [25_65]);
    assert_eq!(amounts(&training, "2026-10"), [0; 0]);
}

#[test]
fn an_end_on_the_day_of_the_start_covers_nothing() {
    let nothing = terms(Billing::Arrears, "2026-09-01", Some("2026-09-01"), "9", "2.85");
    assert_eq!(amounts(&nothing, "2026-09"), [0; 0]);
}

#[test]
fn decimals_are_exact_until_the_cents() {
    assert_eq!(amounts(&terms(Billing::Arrears, "2026-01-01", None, "880.2", "0.085"), "2026-09"), [74_82]);
    assert_eq!(half_up(number("4.125"), USD).unwrap(), 4_13);
    assert_eq!(half_up(number("-4.125"), USD).unwrap(), -4_13);
    assert_eq!(half_up(number("4.125"), Currency::JPY).unwrap(), 4);
    assert_eq!(delivery_amount(number("1"), number("1199.995"), USD).unwrap(), 1_200_00);
    assert_eq!(entry_amount(number("0.70"), number("127.75"), Coverage::Billable, USD).unwrap(), 89_43);
    assert_eq!(entry_amount(number("0.70"), number("127.75"), Coverage::Covered, USD).unwrap(), 0);
    assert_eq!(entry_amount(number("0.70"), number("127.75"), Coverage::NoCharge, USD).unwrap(), 0);
}

fn minnesota() -> Vec<Rate> {
    let rate = |name: &str, percent: &str| Rate { jurisdiction: name.to_owned(), percent: number(percent) };
    vec![rate("Minnesota", "6.875"), rate("Kandiyohi County", "0.5")]
}

#[test]
fn half_a_cent_of_tax_is_split_by_largest_remainder() {
    let totals = totals([(612_81, None), (60_00, Some(""))], |_| minnesota().to_vec(), TaxTerms::default()).unwrap();
    assert_eq!((totals.subtotal, totals.taxable, totals.tax, totals.total), (672_81, 60_00, 4_43, 677_24));
    let shares: Vec<i64> = totals.shares.iter().map(|share| share.amount).collect();
    assert_eq!(shares, [4_13, 30]);
    assert!(
        billing::invoice::totals([(60_00, None)], |_| minnesota().to_vec(), TaxTerms::default())
            .unwrap()
            .shares
            .is_empty()
    );
}

#[test]
fn the_rate_of_the_day_of_issue_holds() {
    let rate = |from_on: &str, percent: &str| DatedRate {
        jurisdiction: "Glencoe".to_owned(),
        category: String::new(),
        from_on: day(from_on),
        percent: number(percent),
    };
    let region = [rate("2026-10-01", "0.75"), rate("2024-01-01", "0.5")];
    let on = |text: &str| rates_on(&region, "", day(text)).first().map(|rate| rate.percent);
    assert_eq!(on("2023-12-31"), None);
    assert_eq!(on("2026-09-30"), Some(number("0.5")));
    assert_eq!(on("2026-10-01"), Some(number("0.75")));
}

#[test]
fn a_category_has_rates_of_its_own_where_there_are_some() {
    let rate = |jurisdiction: &str, category: &str, from_on: &str, percent: &str| DatedRate {
        jurisdiction: jurisdiction.to_owned(),
        category: category.to_owned(),
        from_on: day(from_on),
        percent: number(percent),
    };
    let region = [
        rate("State", "", "2020-01-01", "6.875"),
        rate("City", "", "2020-01-01", "0.5"),
        rate("State", "Software", "2026-07-01", "3"),
        rate("State", "", "2026-08-01", "7"),
        rate("State", "Books", "2026-01-01", "0"),
        rate("City", "Books", "2026-01-01", "0"),
    ];
    let of = |category: &str, on: &str| {
        let rates = rates_on(&region, category, day(on));
        rates.iter().map(|rate| format!("{} {}", rate.jurisdiction, rate.percent)).collect::<Vec<_>>().join(", ")
    };
    // Before its first row, and where a jurisdiction has none, the general rate holds; a newer general row changes nothing.
    assert_eq!(of("Software", "2026-06-30"), "State 6.875, City 0.5");
    assert_eq!(of("Software", "2026-08-01"), "State 3, City 0.5");
    assert_eq!(of("", "2026-08-01"), "State 7, City 0.5");
    assert_eq!(of("Books", "2026-08-01"), "");
    assert_eq!(of("Hosting", "2026-08-01"), "State 7, City 0.5");
    let as_what = |category: &'static str, on: &str| category_on(&region, category, day(on));
    assert_eq!((as_what("Software", "2026-06-30"), as_what("Software", "2026-07-01")), ("", "Software"));
    assert_eq!((as_what("Hosting", "2026-07-01"), as_what("Books", "2026-07-01")), ("", "Books"));
}

#[test]
fn work_of_the_run_date_waits() {
    let (run, start) = (day("2026-09-18"), day("2026-07-01"));
    let taken = |done: &str, approved: Option<&str>| is_taken_by(run, day(done), approved.map(day), start);
    assert!(taken("2026-09-17", Some("2026-09-17")));
    assert!(taken("2026-07-01", Some("2026-09-17")));
    assert!(!taken("2026-09-18", Some("2026-09-17")));
    assert!(!taken("2026-09-15", Some("2026-09-18")));
    assert!(!taken("2026-09-15", None));
    assert!(!taken("2026-06-30", Some("2026-07-01")));
}

#[test]
fn invoices_of_nothing_are_not_made() {
    assert!(!makes_invoice([]));
    assert!(!makes_invoice([0, 0]));
    assert!(makes_invoice([0, 1]));
}

#[test]
fn runs_are_refused_with_the_reason() {
    let schedule = Schedule {
        settings: Settings::default(),
        billing_starts_on: day("2026-07-01"),
        biweekly_anchor_on: day("2026-01-09"),
    };
    let check = |run: &str, today: &str| {
        let key: RunKey = run.parse().unwrap();
        assert_eq!(key.to_string(), run);
        key.check(&schedule, day(today))
    };
    assert_eq!(check("recurring-2026-09", "2026-10-01"), Ok(()));
    assert!(matches!(check("recurring-2026-09", "2026-09-30"), Err(RunRefused::Future { .. })));
    assert!(matches!(check("recurring-2026-06", "2026-09-30"), Err(RunRefused::BeforeStart { .. })));
    assert_eq!(check("biweekly-2026-07-10", "2026-07-10"), Ok(()));
    let (before, after) = (day("2026-09-18"), day("2026-10-02"));
    let refused = RunRefused::OffGrid { run_on: day("2026-09-20"), before, after };
    assert_eq!(check("biweekly-2026-09-20", "2026-11-01"), Err(refused));
    assert!(matches!(check("biweekly-2026-06-26", "2026-11-01"), Err(RunRefused::BeforeStart { .. })));
    assert_eq!(check("recurring-2026-07", "2026-09-30"), Ok(()), "the first month");
    for (run, before) in [("recurring-2027-01", "recurring-2026-12"), ("biweekly-2026-07-24", "biweekly-2026-07-10")] {
        assert_eq!(run.parse::<RunKey>().unwrap().previous(schedule.grid()).to_string(), before);
    }
}

#[test]
fn amounts_are_read_and_written_as_people_do() {
    for wrong in ["", "-1", "+1", "1,5", "1.", ".5", "1.23456", "1e3", "1234567890123", "1 000", "\u{662}"] {
        assert!(parse_decimal(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(parse_decimal("0.085").unwrap(), number("0.085"));
    assert_eq!(parse_decimal("123456789012.1234").unwrap(), number("123456789012.1234"), "as long as it may be");
    for (minor, written) in [(0, "0.00"), (-1, "\u{2212}0.01"), (12_345, "123.45"), (123_456, "1,234.56")] {
        assert_eq!(Money::new(minor, USD).to_string(), written);
    }
    assert_eq!(Money::new(-1_234_567_89, USD).with_currency(), "\u{2212}$1,234,567.89");
    assert_eq!(Money::new(5, USD).to_string(), "0.05");
    assert_eq!(Money::new(1500, Currency::JPY).to_string(), "1,500");
}

#[test]
fn an_amount_that_a_person_wrote_is_read_to_the_cent() {
    let right =
        [("1234.5", 123_450), ("0012.500", 1_250), ("12.", 1_200), (".5", 50), ("999999999999.99", 99_999_999_999_999)];
    for (text, minor) in right {
        assert_eq!(parse_minor(text, USD), Ok(minor), "{text}");
    }
    assert_eq!(parse_minor("1500.00", Currency::JPY), Ok(1_500));
    assert_eq!(parse_minor("1.005", Currency::KWD), Ok(1_005));
    for text in ["", ".", "-1", "+1", "1,5", "1 000", "$1", "1e3", "1.2.3", "\u{662}"] {
        assert_eq!(parse_minor(text, USD), Err(NoAmount::Unreadable), "{text:?}");
    }
    for text in ["0", "0.00", ".0"] {
        assert_eq!(parse_minor(text, USD), Err(NoAmount::Nothing), "{text}");
    }
    assert_eq!(parse_minor("1.005", USD), Err(NoAmount::TooPrecise));
    assert_eq!(parse_minor("1.5", Currency::JPY), Err(NoAmount::TooPrecise));
    assert_eq!(parse_minor("1234567890123", USD), Err(NoAmount::TooLarge));
}

#[test]
fn a_split_of_nothing_and_by_nothing() {
    assert_eq!(split(10, &[1, 1, 1]).unwrap(), [4, 3, 3]);
    assert_eq!(split(-10, &[1, 1, 1]).unwrap(), [-4, -3, -3]);
    assert_eq!(split(7, &[0, 0]).unwrap(), [7, 0]);
    assert_eq!(split(0, &[3, 5]).unwrap(), [0, 0]);
    assert!(split(1, &[-1]).is_err());
}

#[test]
fn a_change_has_no_line_of_nothing() {
    let june = Span::new(day("2026-06-01"), day("2026-07-01"));
    let priced = |price: i64| Priced { price, period: june };
    for basis in [Basis::ActualDays, Basis::Fixed30, Basis::Whole] {
        let over = change(basis, day("2026-07-01"), &[priced(3_000)], &[priced(4_000)]).unwrap();
        assert_eq!(over, [], "{basis:?}: nothing is left of a period that is over");
        let lines = change(basis, day("2026-06-16"), &[priced(0)], &[priced(3_000)]).unwrap();
        let days = Span::new(day("2026-06-16"), june.until);
        let amount = if basis == Basis::Whole { 3_000 } else { 1_500 };
        assert_eq!(lines, [Change { amount, days }], "{basis:?}: what cost nothing is not credited");
    }
}

#[test]
fn what_is_priced_is_net_with_the_tax_it_holds() {
    for (prices, priced) in [(PriceTax::Exclusive, 10_000), (PriceTax::Inclusive, 10_688)] {
        assert_eq!(prices.priced(10_000, 688), priced);
        assert_eq!(prices.net(priced, 688), 10_000);
    }
}

#[test]
fn an_exemption_ends_on_the_first_day_that_is_taxed() {
    let (before, until, after) = (day("2026-09-30"), day("2026-10-01"), day("2026-10-02"));
    assert!(is_exempt(true, None, after) && is_exempt(true, Some(until), before));
    assert!(!is_exempt(true, Some(until), until) && !is_exempt(true, Some(until), after));
    assert!(!is_exempt(false, None, before) && !is_exempt(false, Some(until), before));
}

#[test]
fn a_jurisdiction_is_named_with_what_it_taxes_also_where_that_is_less_than_a_cent() {
    let rate = Rate { jurisdiction: "Minnesota".to_owned(), percent: number("6.875") };
    let shares = |lines: &[i64]| {
        let mut tax = CategoryTax::new(vec![rate.clone()], TaxTerms::default()).unwrap();
        for line in lines {
            tax.line(*line).unwrap();
        }
        let shares = tax.shares("").unwrap();
        shares.iter().map(|share| (share.base, share.amount)).collect::<Vec<_>>()
    };
    assert_eq!(shares(&[3]), [(3, 0)]);
    assert_eq!(shares(&[3_000, -3_000]), []);
    assert_eq!(shares(&[10_000]), [(10_000, 688)]);
}
