//! What holds for every piece of work: rounding, minimum call-outs, rates, agreed amounts, prepaid hours.

use billing::hours::{EarlierHours, RoundPer, WorkTerms, WorkedEntry, billed_hours, rounded};
use billing::life::{Change, Happening};
use billing::not_to_exceed::up_to;
use billing::prepaid::{Balance, Draw, Grant, Included, grants};
use billing::rates::{RateCard, RoleRate};
use billing::work::{Coverage, Toward, WorkType};
use billing::{Billing, Currency, Life, Month, Proration, Span, Terms};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// 256 cases; 10,000 where the full dose is asked for.
fn dose() -> ProptestConfig {
    let slow = std::env::var("QUITTANCE_SLOW").is_ok_and(|value| value == "1");
    ProptestConfig::with_cases(if slow { 10_000 } else { 256 })
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn rounds() -> impl Strategy<Value = Toward> {
    prop::sample::select(Toward::ALL)
}

fn hours() -> impl Strategy<Value = Decimal> {
    (0_i64..200_000).prop_map(|digits| Decimal::new(digits, 4))
}

fn months() -> impl Strategy<Value = Month> {
    (0_i32..36).prop_map(|n| Month::of(billing::calendar::shift(date(2026, 1, 1), 30 * n)))
}

const TICKETS: [&str; 3] = ["T-1", "T-2", "T-3"];

fn entries() -> impl Strategy<Value = Vec<WorkedEntry<'static>>> {
    let entry = (
        prop::sample::select(&TICKETS[..]),
        0_i8..4,
        prop::sample::select(WorkType::ALL),
        prop::sample::select(Coverage::ALL),
        hours(),
        prop::option::of(hours()),
    )
        .prop_map(|(ticket, day, work_type, coverage, hours_worked, hours_billed)| WorkedEntry {
            ticket,
            worked_on: date(2026, 9, 1 + day),
            work_type,
            coverage,
            hours_worked,
            hours_billed,
        });
    prop::collection::vec(entry, 0..20)
}

proptest! {
    #![proptest_config(dose())]

    #[test]
    fn rounding_is_a_step_and_less_than_one_away(hours in hours(), quarters in 1_u32..9, round in rounds()) {
        let step = 15 * quarters;
        let result = rounded(hours, step, round).unwrap();
        let size = Decimal::from(step) / Decimal::from(60);
        prop_assert!((result % size).is_zero());
        // Half a second may be taken to the whole one first.
        let second = Decimal::new(2, 4);
        prop_assert!((result - hours).abs() < size + second);
        match round {
            Toward::Up => prop_assert!(result >= hours - second),
            Toward::Down => prop_assert!(result <= hours + second),
            Toward::Nearest => prop_assert!((result - hours).abs() <= size / Decimal::TWO + second),
        }
        prop_assert_eq!(rounded(result, step, round).unwrap(), result);
    }

    #[test]
    fn what_an_entry_gives_is_what_counts(entries in entries(), round in rounds(), per in prop::sample::select(RoundPer::ALL)) {
        let terms = WorkTerms {
            minimum_on_site_minutes: Some(60), minimum_remote_minutes: Some(15), round_to_minutes: Some(15), round, round_per: per,
            ..WorkTerms::default()
        };
        let billed = billed_hours(&entries, &[], &terms).unwrap();
        prop_assert_eq!(billed.len(), entries.len());
        for (entry, billed) in entries.iter().zip(&billed) {
            prop_assert!(entry.hours_billed.is_none_or(|given| given == billed.hours && billed.minimum.is_none()));
            prop_assert!(billed.hours >= Decimal::ZERO);
        }
        // Without terms, hours are billed as they were worked.
        for (entry, billed) in entries.iter().zip(billed_hours(&entries, &[], &WorkTerms::default()).unwrap()) {
            prop_assert_eq!(billed.hours, entry.hours_billed.unwrap_or(entry.hours_worked));
        }
    }

    #[test]
    fn a_ticket_is_rounded_once(entries in entries(), round in rounds()) {
        let terms = WorkTerms { round_to_minutes: Some(15), round, round_per: RoundPer::Ticket, ..WorkTerms::default() };
        let billed = billed_hours(&entries, &[], &terms).unwrap();
        for ticket in TICKETS {
            for coverage in Coverage::ALL {
                let own = |entry: &WorkedEntry<'_>| entry.ticket == ticket && entry.coverage == *coverage && entry.hours_billed.is_none();
                let worked: Decimal = entries.iter().filter(|entry| own(entry)).map(|entry| entry.hours_worked).sum();
                let sum: Decimal = entries.iter().zip(&billed).filter(|(entry, _)| own(entry)).map(|(_, billed)| billed.hours).sum();
                prop_assert_eq!(sum, rounded(worked, 15, round).unwrap());
            }
        }
    }

    #[test]
    fn a_call_out_has_its_minimum(entries in entries(), before in hours()) {
        let terms = WorkTerms { minimum_on_site_minutes: Some(120), ..WorkTerms::default() };
        let earlier = EarlierHours { ticket: "T-1", worked_on: date(2026, 9, 1), work_type: WorkType::OnSite, hours: before };
        let billed = billed_hours(&entries, &[earlier], &terms).unwrap();
        let plain = billed_hours(&entries, &[], &WorkTerms::default()).unwrap();
        for (entry, (billed, plain)) in entries.iter().zip(billed.iter().zip(&plain)) {
            prop_assert!(billed.hours >= plain.hours);
            prop_assert!(billed.hours == plain.hours || billed.minimum == Some(Decimal::TWO));
            let same = |other: &WorkedEntry<'_>| {
                (other.ticket, other.worked_on, other.work_type) == (entry.ticket, entry.worked_on, WorkType::OnSite) && other.coverage.may_cost()
            };
            if same(entry) && entry.hours_billed.is_none() {
                let sum: Decimal = entries.iter().zip(&billed_hours(&entries, &[], &terms).unwrap())
                    .filter(|(other, _)| same(other)).map(|(_, billed)| billed.hours).sum();
                prop_assert!(sum >= Decimal::TWO);
            }
        }
    }

    #[test]
    fn no_more_than_agreed_is_charged(agreed in 0_i64..100_000, before in 0_i64..100_000, amounts in prop::collection::vec(0_i64..50_000, 0..20)) {
        let parts = up_to(agreed, before, amounts.iter().copied());
        for (amount, part) in amounts.iter().zip(&parts) {
            prop_assert_eq!(part.charged + part.over, *amount);
            prop_assert!(part.charged >= 0 && part.over >= 0);
        }
        let charged: i64 = parts.iter().map(|part| part.charged).sum();
        let all: i64 = amounts.iter().sum();
        prop_assert_eq!(charged, all.min((agreed - before).max(0)));
        // Split over two invoices, the same is charged.
        let (one, two) = amounts.split_at(amounts.len() / 2);
        let first = up_to(agreed, before, one.iter().copied());
        let first_charged: i64 = first.iter().map(|part| part.charged).sum();
        let second = up_to(agreed, before + first_charged, two.iter().copied());
        prop_assert_eq!([first, second].concat(), parts);
    }

    #[test]
    fn hours_are_drawn_once_and_never_made(
        given in prop::collection::vec((months(), hours(), 0_u32..4), 0..12),
        draws in prop::collection::vec((months(), hours()), 0..24),
        now in months(),
    ) {
        let given: Vec<Grant> = given.into_iter().map(|(month, hours, carry)| {
            let last = (0..carry).fold(month, |month, _| month.next());
            Grant { month, hours, last }
        }).collect();
        let mut balance = Balance::new(given.clone());
        let draws: Vec<Draw> = draws.into_iter().map(|(month, hours)| Draw { month, hours }).collect();
        let drawn: Vec<_> = draws.iter().map(|draw| balance.draw(*draw)).collect();
        for (draw, drawn) in draws.iter().zip(&drawn) {
            prop_assert!(drawn.hours <= draw.hours && drawn.hours >= Decimal::ZERO);
            // Hours are charged only where nothing is left.
            prop_assert!(drawn.hours == draw.hours || drawn.left.is_zero());
            prop_assert!(drawn.of >= drawn.left + drawn.hours);
        }
        let months = balance.months(now);
        let sum = |of: fn(&billing::prepaid::MonthOfHours) -> Decimal| -> Decimal { months.iter().map(of).sum() };
        prop_assert_eq!(sum(|month| month.granted), given.iter().map(|grant| grant.hours).sum::<Decimal>());
        prop_assert_eq!(sum(|month| month.drawn), drawn.iter().map(|drawn| drawn.hours).sum::<Decimal>());
        for month in &months {
            prop_assert_eq!(month.granted, month.drawn + month.expired + month.left);
        }
        // What invoices froze, drawn again in its order, leaves the same.
        let mut again = Balance::new(given);
        for (draw, drawn) in draws.iter().zip(&drawn) {
            prop_assert_eq!(again.draw(Draw { hours: drawn.hours, ..*draw }).hours, drawn.hours);
        }
        prop_assert_eq!(again.months(now), months);
    }
}

fn on(day: &str) -> Date {
    day.parse().unwrap()
}

#[test]
fn thirty_eight_minutes_are_billed_as_forty_five() {
    let minutes = number("0.6333");
    assert_eq!(rounded(minutes, 15, Toward::Up).unwrap(), number("0.75"));
    assert_eq!(rounded(minutes, 15, Toward::Nearest).unwrap(), number("0.75"));
    assert_eq!(rounded(minutes, 15, Toward::Down).unwrap(), number("0.5"));
    // Forty minutes are four steps of ten, although 0.6667 is a little more.
    assert_eq!(rounded(number("0.6667"), 10, Toward::Up).unwrap(), number("0.6667"));
    assert_eq!(rounded(Decimal::ZERO, 15, Toward::Up).unwrap(), Decimal::ZERO);
}

#[test]
fn the_most_particular_rate_wins() {
    let rate = |account: Option<i64>, agreement: Option<i64>, from: &str, rate: &str| RoleRate {
        role: "Engineer".to_owned(),
        account,
        agreement,
        from_on: on(from),
        rate: number(rate),
    };
    let card = RateCard::new([
        rate(None, None, "2026-01-01", "120"),
        rate(None, None, "2026-09-01", "130"),
        rate(Some(1), None, "2026-02-01", "110"),
        rate(Some(1), Some(7), "2026-03-01", "95"),
    ]);
    let found =
        |account, agreement, day| card.rate("Engineer", account, agreement, on(day)).map(|rate| rate.to_string());
    assert_eq!(found(2, None, "2026-08-31").as_deref(), Some("120"));
    assert_eq!(found(2, None, "2026-09-01").as_deref(), Some("130"));
    assert_eq!(found(1, None, "2026-09-01").as_deref(), Some("110"));
    assert_eq!(found(1, Some(7), "2026-09-01").as_deref(), Some("95"));
    assert_eq!(found(1, Some(7), "2026-02-28").as_deref(), Some("110"));
    assert_eq!(found(1, Some(8), "2026-09-01").as_deref(), Some("110"));
    assert_eq!(found(2, None, "2025-12-31"), None);
    assert_eq!(card.rate("Apprentice", 1, None, on("2026-09-01")), None);
}

/// Two units of five hours from the 16th of September to the end of October.
fn support(proration: Proration, changes: &[(&str, Happening)]) -> Vec<Grant> {
    let terms = Terms {
        active: Span::new(on("2026-09-16"), on("2026-11-01")),
        billing: Billing::Arrears,
        quantity: number("2"),
        unit_price: number("400"),
        proration,
    };
    let changes = changes.iter().map(|(day, what)| Change { on: on(day), what: *what }).collect();
    let life = Life { changes, ..Life::of(terms) };
    let included = Included { hours: number("5"), carry_months: 1 };
    grants(&life, included, (on("2026-01-01"), Month::of(on("2027-01-01"))), Currency::USD).unwrap()
}

fn by_month(grants: &[Grant]) -> Vec<String> {
    grants.iter().map(|grant| format!("{} {}", grant.month, grant.hours)).collect()
}

#[test]
fn a_part_of_a_month_includes_a_part_of_the_hours() {
    let granted = support(Proration::Daily, &[]);
    assert_eq!(by_month(&granted), ["2026-09 5", "2026-10 10"]);
    assert_eq!(by_month(&support(Proration::Never, &[])), ["2026-09 10", "2026-10 10"]);
    let mut balance = Balance::new(granted);
    let october = Month::of(on("2026-10-05"));
    let first = balance.draw(Draw { month: october, hours: number("7.25") });
    assert_eq!((first.hours, first.of, first.left), (number("7.25"), number("15"), number("7.75")));
    let second = balance.draw(Draw { month: october, hours: number("8") });
    assert_eq!((second.hours, second.left), (number("7.75"), Decimal::ZERO));
}

#[test]
fn what_happens_to_a_line_happens_to_its_hours() {
    // October has 31 days: 10 of two units, 21 of three, 5 x (20 + 63) / 31.
    let seats = ("2026-10-11", Happening::Quantity(number("3")));
    assert_eq!(by_month(&support(Proration::Daily, &[seats])), ["2026-09 5", "2026-10 13.39"]);
    assert_eq!(by_month(&support(Proration::Never, &[seats])), ["2026-09 10", "2026-10 10"]);
    let pause = [("2026-09-16", Happening::Suspend), ("2026-10-17", Happening::Resume)];
    assert_eq!(by_month(&support(Proration::Daily, &pause)), ["2026-10 4.84"], "15 of 31 days");
    let end = [("2026-10-01", Happening::End)];
    assert_eq!(by_month(&support(Proration::Daily, &end)), ["2026-09 5"]);
    let dearer = [("2026-10-01", Happening::Price(number("900"))), ("2026-10-02", Happening::Uplift(number("5")))];
    assert_eq!(by_month(&support(Proration::Daily, &dearer)), ["2026-09 5", "2026-10 10"]);
}
