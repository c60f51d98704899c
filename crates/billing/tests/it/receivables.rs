//! What holds for credit notes, settling, late fees and statements, whatever the figures.

use billing::Currency;
use billing::crediting::{Choice, Credit, CreditError, LineLeft, ShareLeft, credit, left};
use billing::item::ItemKind;
use billing::ledger::{Entry, Ledger};
use billing::receivables::{Fee, LateFee};
use billing::settling::{CreditGone, Open, Settled, reopen, settle};
use billing::statement::{aged, running};
use billing::tax::{Rate, tax};
use billing::{Stream, ageing};
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

const USD: Currency = Currency::USD;

/// An invoice of nothing but charges, with its tax in two shares.
fn invoice() -> impl Strategy<Value = (Vec<LineLeft>, Vec<ShareLeft>)> {
    let line = (0_i64..500_000, any::<bool>());
    let lines = prop::collection::vec(line, 1..7);
    (lines, 1_i64..9_000, 0_i64..2_000).prop_map(|(lines, state, city)| {
        let lines: Vec<LineLeft> =
            lines.into_iter().map(|(amount, taxable)| LineLeft { amount, credited: 0, taxable }).collect();
        let base = lines.iter().filter(|line| line.taxable).map(|line| line.amount).sum();
        let rate = |jurisdiction: &str, percent| Rate {
            jurisdiction: jurisdiction.to_owned(),
            percent: Decimal::new(percent, 3),
        };
        let shares = tax(base, &[rate("State", state), rate("City", city)], USD).unwrap();
        let shares = shares.iter().map(|share| ShareLeft { amount: share.amount, credited: 0 }).collect();
        (lines, shares)
    })
}

fn take(lines: &mut [LineLeft], shares: &mut [ShareLeft], taken: &Credit) {
    lines.iter_mut().zip(&taken.lines).for_each(|(line, amount)| line.credited += amount);
    shares.iter_mut().zip(&taken.shares).for_each(|(share, amount)| share.credited += amount);
}

proptest! {
    /// A payment that comes back opens all that it was worth again, no more and no less, or credit of it is gone.
    #[test]
    fn what_comes_back_opens_what_it_paid(
        parts in prop::collection::vec(1_i64..100_000, 0..4),
        rest in 0_i64..50_000,
        credit in 0_i64..60_000,
        by_credit in prop::collection::vec((2_i64..7, 1_i64..40_000), 0..4),
    ) {
        let settled = Settled { parts: (0..).zip(parts).collect(), rest };
        let worth = |of: &Settled| of.rest + of.parts.iter().map(|(_, part)| part).sum::<i64>();
        let used: i64 = by_credit.iter().map(|(_, part)| part).sum();
        match reopen(&settled, credit, &by_credit) {
            Ok(again) => {
                prop_assert_eq!(worth(&again), worth(&settled));
                prop_assert!(again.rest <= credit.min(rest) && again.parts.iter().all(|(_, part)| *part > 0));
                let mut documents: Vec<i64> = again.parts.iter().map(|(document, _)| *document).collect();
                documents.sort_unstable();
                documents.dedup();
                prop_assert_eq!(documents.len(), again.parts.len(), "each document once");
            }
            Err(CreditGone(missing)) => prop_assert_eq!(missing, rest - credit.min(rest) - used),
        }
    }

    /// However an invoice is credited, no line, share or total goes below nothing, each note's total is net and tax, and
    /// crediting the rest makes all of them sum to the invoice.
    #[test]
    fn credit_notes_sum_to_the_invoice(
        (mut lines, mut shares) in invoice(),
        parts in prop::collection::vec((any::<bool>(), 0_usize..6, 1_i64..200_000), 0..6),
    ) {
        let whole = left(&lines, &shares).unwrap();
        let mut sum = 0;
        for (by_line, line, amount) in parts {
            let choice = if by_line { Choice::Lines(vec![line % lines.len() + 1]) } else { Choice::Amount(amount) };
            let before = left(&lines, &shares).unwrap();
            match credit(&lines, &shares, &choice) {
                Ok(taken) => {
                    prop_assert_eq!(taken.net, taken.lines.iter().sum::<i64>());
                    prop_assert_eq!(taken.tax, taken.shares.iter().sum::<i64>());
                    prop_assert_eq!(taken.total, taken.net + taken.tax);
                    prop_assert!(taken.lines.iter().zip(&lines).all(|(part, line)| 0 <= *part && *part <= line.left()));
                    prop_assert!(taken.shares.iter().zip(&shares).all(|(part, one)| 0 <= *part && *part <= one.left()));
                    if let Choice::Amount(amount) = choice {
                        prop_assert_eq!(taken.total, amount);
                    }
                    take(&mut lines, &mut shares, &taken);
                    sum += taken.total;
                }
                Err(CreditError::TooMuch(left)) => prop_assert!(left == before && amount > left),
                Err(CreditError::LineTaken(_) | CreditError::NothingLeft) => {}
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
        if let Ok(rest) = credit(&lines, &shares, &Choice::All) {
            take(&mut lines, &mut shares, &rest);
            sum += rest.total;
        }
        prop_assert_eq!(sum, whole);
        prop_assert!(lines.iter().all(|line| line.left() == 0) && shares.iter().all(|share| share.left() == 0));
        prop_assert_eq!(credit(&lines, &shares, &Choice::All), Err(CreditError::NothingLeft));
    }

    /// Line by line, in whatever order, the tax credited is that of the invoice, and of each line within a cent of its own.
    #[test]
    fn line_by_line_takes_the_tax((mut lines, mut shares) in invoice(), backwards in any::<bool>()) {
        let (base, whole_tax) = (
            lines.iter().filter(|line| line.taxable).map(|line| line.amount).sum::<i64>(),
            shares.iter().map(|share| share.amount).sum::<i64>(),
        );
        let mut numbers: Vec<usize> = (1..=lines.len()).collect();
        if backwards {
            numbers.reverse();
        }
        let mut tax = 0;
        for number in numbers {
            let line = lines[number - 1];
            let Ok(taken) = credit(&lines, &shares, &Choice::Lines(vec![number])) else { continue };
            let own = if line.taxable { i128::from(whole_tax) * i128::from(line.amount) / i128::from(base) } else { 0 };
            prop_assert!((i128::from(taken.tax) - own).abs() <= 1, "{} of {}", taken.tax, own);
            take(&mut lines, &mut shares, &taken);
            tax += taken.tax;
        }
        prop_assert_eq!(tax, whole_tax);
    }

    /// Nothing is lost and nothing settled twice; the chosen ones come first, then the oldest.
    #[test]
    fn what_is_settled_sums_to_the_amount(
        amount in 0_i64..100_000,
        balances in prop::collection::vec((0_i64..40_000, 0_i32..90), 0..6),
        chosen in 0_i64..6,
    ) {
        let open: Vec<Open> = (0_i64..)
            .zip(&balances)
            .map(|(document, (balance, days))| Open {
                document,
                balance: *balance,
                due_on: billing::calendar::shift(date(2026, 1, 1), *days),
            })
            .collect();
        let settled = settle(amount, &[chosen], &open).unwrap();
        prop_assert_eq!(settled.parts.iter().map(|(_, part)| part).sum::<i64>() + settled.rest, amount);
        let of = |document: i64| open.iter().find(|one| one.document == document).unwrap();
        prop_assert!(settled.parts.iter().all(|(document, part)| 0 < *part && *part <= of(*document).balance));
        // All but the last one are settled in full.
        let full = settled.parts.split_last().map(|(_, before)| before).unwrap_or_default();
        prop_assert!(full.iter().all(|(document, part)| of(*document).balance == *part));
        let dues: Vec<_> = settled.parts.iter().filter(|(one, _)| *one != chosen).map(|(one, _)| of(*one).due_on).collect();
        prop_assert!(dues.is_sorted());
        prop_assert!(settled.parts.iter().position(|(one, _)| *one == chosen).is_none_or(|place| place == 0));
        if settled.rest > 0 {
            prop_assert_eq!(amount - settled.rest, open.iter().map(|one| one.balance).sum::<i64>());
        }
        let entry = Entry::settling(Ledger::Bank, &settled.parts, settled.rest).unwrap();
        prop_assert_eq!(entry.postings().iter().map(|posting| posting.amount).sum::<i64>(), 0);
    }

    /// A statement's columns and its closing balance are the same sum.
    #[test]
    fn ageing_ties_to_the_balance(
        opening in -1000_i64..1000,
        movements in prop::collection::vec(-1000_i64..1000, 0..9),
        credit in 0_i64..500,
    ) {
        let open: Vec<Open> = (0_i64..)
            .zip(&movements)
            .map(|(document, minor)| Open {
                document,
                balance: minor.abs(),
                due_on: billing::calendar::shift(date(2026, 1, 1), i32::try_from(*minor / 5).unwrap()),
            })
            .collect();
        let columns = aged(&open, credit, date(2026, 1, 1)).unwrap();
        prop_assert_eq!(columns.iter().sum::<i64>(), open.iter().map(|one| one.balance).sum::<i64>() - credit);
        let run = running(opening, movements.clone()).unwrap();
        prop_assert_eq!(run.closing, opening + movements.iter().sum::<i64>());
        prop_assert_eq!(run.after.len(), movements.len());
    }
}

#[test]
fn a_credit_note_of_one_line_takes_its_own_tax() {
    let line = |amount, taxable| LineLeft { amount, credited: 0, taxable };
    let lines = [line(10_000, true), line(5_000, false), line(3_333, true)];
    // 7.375 % of 133.33 is 9.83: 9.17 and 0.66.
    let shares = [ShareLeft { amount: 917, credited: 0 }, ShareLeft { amount: 66, credited: 0 }];
    let taken = credit(&lines, &shares, &Choice::Lines(vec![3])).unwrap();
    assert_eq!((taken.net, taken.tax, taken.total), (3_333, 246, 3_579));
    assert_eq!(taken.shares, [229, 17]);
    let taken = credit(&lines, &shares, &Choice::Lines(vec![2])).unwrap();
    assert_eq!((taken.net, taken.tax), (5_000, 0));
    assert_eq!(credit(&lines, &shares, &Choice::Lines(vec![4])), Err(CreditError::NoSuchLine(4)));
    assert_eq!(credit(&lines, &shares, &Choice::Amount(19_317)), Err(CreditError::TooMuch(19_316)));
    assert_eq!(credit(&lines, &shares, &Choice::Amount(0)), Err(CreditError::Worthless));
    let entry =
        Entry::of_credit_note(1, Stream::Biweekly, [(ItemKind::Labour, taken.net)], [("State", 0)], (2_000, 3_000));
    let postings: Vec<(String, i64)> =
        entry.unwrap().postings().iter().map(|posting| (posting.ledger.code(), posting.amount)).collect();
    let expected = [("4110", 5_000), ("1100", -2_000), ("2100", -3_000)];
    assert_eq!(postings, expected.map(|(code, amount)| (code.to_owned(), amount)));
}

#[test]
fn a_late_fee_has_a_fixed_part_and_simple_interest() {
    let (flat, percent_per_year) = (Decimal::new(15, 0), Decimal::new(12, 0));
    let fee = LateFee { flat, percent_per_year, after_days: 10, ..LateFee::default() };
    assert_eq!(fee.of(100_000, 10, USD), Ok(None));
    // 1,000.00 x 12 % x 30 / 365 = 9.863
    assert_eq!(fee.of(100_000, 30, USD), Ok(Some(Fee { flat: 1_500, interest: 986 })));
    assert_eq!(fee.of(0, 30, USD), Ok(None));
    assert_eq!(LateFee::default().of(100_000, 300, USD), Ok(None));
    assert_eq!(ageing::COLUMNS.len(), 5);
}
