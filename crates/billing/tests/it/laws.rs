//! What holds for every input, tried with random ones.

use billing::invoice::totals;
use billing::item::ItemKind;
use billing::ledger::{Entry, Ledger, Posting};
use billing::money::{half_up, major, parse_decimal};
use billing::split::split;
use billing::tax::{Rate, TaxTerms};
use billing::{Billing, Currency, Grid, Month, Proration, Span, Stream, Terms};
use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;

const USD: Currency = Currency::USD;

pub fn days() -> impl Strategy<Value = Date> {
    (0_i32..3000).prop_map(|days| billing::calendar::shift(jiff::civil::date(2023, 1, 1), days))
}

fn spans() -> impl Strategy<Value = Span> {
    (days(), prop_oneof![Just(None), (-5_i32..500).prop_map(Some)])
        .prop_map(|(from, length)| Span::open(from, length.map(|days| billing::calendar::shift(from, days))))
}

pub fn decimals() -> impl Strategy<Value = Decimal> {
    (0_i64..100_000_000, 0_u32..=4).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn terms() -> impl Strategy<Value = Terms> {
    let billing = prop_oneof![Just(Billing::Arrears), Just(Billing::Advance)];
    let proration = prop_oneof![Just(Proration::Daily), Just(Proration::Never)];
    (spans(), billing, decimals(), decimals(), proration).prop_map(
        |(active, billing, quantity, unit_price, proration)| Terms { active, billing, quantity, unit_price, proration },
    )
}

pub fn rates() -> impl Strategy<Value = Vec<Rate>> {
    let percents = prop::collection::vec(1_i64..20_000, 0..5);
    percents.prop_map(|percents| {
        let named = percents.into_iter().enumerate();
        named.map(|(n, p)| Rate { jurisdiction: format!("J{n}"), percent: Decimal::new(p, 3) }).collect()
    })
}

pub fn kinds() -> impl Strategy<Value = ItemKind> {
    use ItemKind::{Fee, Labour, Licence, Product, Service};
    prop::sample::select(vec![Service, Licence, Product, Fee, Labour])
}

proptest! {
    #![proptest_config(crate::dose())]

    #[test]
    fn a_split_sums_to_the_whole(total in any::<i32>(), weights in prop::collection::vec(0_i64..1_000_000, 1..9)) {
        let parts = split(i64::from(total), &weights).unwrap();
        prop_assert_eq!(parts.iter().sum::<i64>(), i64::from(total));
        prop_assert_eq!(parts.len(), weights.len());
        let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        for (part, weight) in parts.iter().zip(&weights).filter(|_| sum > 0) {
            // No part is a whole cent away from its exact share.
            let off = i128::from(*part) * sum - i128::from(total) * i128::from(*weight);
            prop_assert!(off.abs() < sum, "{} of {:?}", part, weights);
        }
        let mirrored = split(-i64::from(total), &weights).unwrap();
        prop_assert!(parts.iter().zip(&mirrored).all(|(part, other)| *part == -other));
    }

    #[test]
    fn an_invoice_balances(
        lines in prop::collection::vec((kinds(), 0_i64..10_000_000, any::<bool>()), 1..40),
        rates in rates(),
        recurring in any::<bool>(),
    ) {
        let taxed = lines.iter().map(|(_, amount, taxable)| (*amount, taxable.then_some("")));
        let totals = totals(taxed, |_| rates.clone(), TaxTerms::default()).unwrap();
        prop_assert_eq!(totals.total, totals.subtotal + totals.tax);
        prop_assert_eq!(totals.shares.iter().map(|share| share.amount).sum::<i64>(), totals.tax);
        let combined: Decimal = rates.iter().map(|rate| rate.percent).sum();
        let exact = major(totals.taxable, USD) * combined / Decimal::ONE_HUNDRED;
        prop_assert_eq!(totals.tax, half_up(exact, USD).unwrap());
        let stream = if recurring { Stream::Recurring } else { Stream::Biweekly };
        let amounts = lines.iter().map(|(kind, amount, _)| (*kind, *amount));
        let entry = Entry::of_invoice(7, stream, amounts.clone(), &totals.shares, totals.total).unwrap();
        prop_assert_eq!(entry.postings().iter().map(|posting| posting.amount).sum::<i64>(), 0);
        prop_assert!(entry.postings().iter().all(|posting| posting.amount != 0));
        prop_assert!(Entry::of_invoice(7, stream, amounts, &totals.shares, totals.total + 1).is_err());
    }

    #[test]
    fn an_unbalanced_entry_cannot_be_made(amounts in prop::collection::vec(-1000_i64..1000, 0..6)) {
        let ledgers = [Ledger::Bank, Ledger::TaxPayable("A".to_owned()), Ledger::TaxPayable("B".to_owned())];
        let postings = amounts.iter().zip(ledgers.iter().cycle());
        let made = Entry::new(postings.map(|(amount, ledger)| Posting::to(ledger.clone(), *amount)));
        prop_assert_eq!(made.is_ok(), amounts.iter().sum::<i64>() == 0);
    }

    #[test]
    fn a_part_of_a_month_never_costs_more_than_the_month(terms in terms(), month in days().prop_map(Month::of)) {
        for charge in terms.charges(month, jiff::civil::date(2023, 1, 1), USD).unwrap() {
            prop_assert!(charge.month == month || charge.month == month.next());
            let days = charge.span.days();
            prop_assert!(1 <= days && days <= charge.month.days());
            prop_assert!(charge.month.span().and(terms.active).days() == days);
            prop_assert_eq!(charge.of_days.is_some(), days < charge.month.days() && terms.proration == Proration::Daily);
            if charge.of_days.is_none() {
                prop_assert_eq!(charge.charged_price, terms.unit_price);
            }
            let full = half_up(terms.unit_price, USD).unwrap();
            prop_assert!(half_up(charge.charged_price, USD).unwrap() <= full);
            prop_assert_eq!(charge.amount, half_up(charge.charged_price * terms.quantity, USD).unwrap());
        }
    }

    /// Over all runs, each month in which a line is active is charged exactly once, in arrears and in advance alike.
    #[test]
    fn every_active_month_is_charged_once(terms in terms(), first in days().prop_map(Month::of)) {
        let starts_on = first.first();
        let mut charged = Vec::new();
        let mut run = first;
        for _ in 0..24 {
            charged.extend(terms.charges(run, starts_on, USD).unwrap().into_iter().map(|charge| charge.month));
            run = run.next();
        }
        let mut month = first;
        // The last run bills one month more or less, by the way of billing; it is left aside.
        for _ in 0..23 {
            let times = charged.iter().filter(|known| **known == month).count();
            prop_assert_eq!(times, usize::from(terms.active.and(month.span()).days() > 0), "{}", month);
            month = month.next();
        }
    }

    #[test]
    fn run_dates_lie_on_one_grid(anchor_on in days(), day in days()) {
        let grid = Grid::every_two_weeks(anchor_on);
        let (before, after) = (grid.on_or_before(day), grid.after(day));
        prop_assert!(before <= day && day < after);
        prop_assert_eq!(Span::new(before, after).days(), 14);
        prop_assert!(grid.holds(before) && grid.holds(after) && grid.holds(anchor_on));
        prop_assert_eq!(grid.holds(day), day == before);
        prop_assert_eq!(grid.period(after), Span::new(before, after));
        // Moving the anchor along the grid changes nothing.
        prop_assert_eq!(Grid::every_two_weeks(after).after(day), after);
    }

    #[test]
    fn rounding_is_half_a_cent_at_most(amount in decimals(), negative in any::<bool>()) {
        let amount = if negative { -amount } else { amount };
        let rounded = major(half_up(amount, USD).unwrap(), USD);
        prop_assert!((rounded - amount).abs() <= Decimal::new(5, 3));
        prop_assert_eq!(half_up(rounded, USD).unwrap(), half_up(amount, USD).unwrap());
        prop_assert_eq!(half_up(-amount, USD).unwrap(), -half_up(amount, USD).unwrap());
    }

    #[test]
    fn decimals_are_read_as_they_were_written(amount in decimals()) {
        prop_assert_eq!(parse_decimal(&amount.to_string()).unwrap(), amount);
    }
}
