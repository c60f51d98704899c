//! What holds for credit notes, settling, late fees and statements, whatever the figures.

use billing::Currency;
use billing::crediting::{Choice, Credit, CreditError, LineLeft, Part, ShareLeft, credit, left};
use billing::invoice::totals;
use billing::item::ItemKind;
use billing::ledger::{Entry, Ledger};
use billing::receivables::{Fee, LateFee};
use billing::settling::{CreditGone, Open, Settled, reopen, settle, settle_parts};
use billing::statement::{aged, running};
use billing::tax::{Rate, Share};
use billing::{Stream, ageing};
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::tax_laws::terms;

const USD: Currency = Currency::USD;

/// An invoice of nothing but charges in two categories, each with its tax in two shares, however it is taxed.
fn invoice() -> impl Strategy<Value = (Vec<LineLeft>, Vec<ShareLeft>)> {
    let category = prop_oneof![Just(None), Just(Some("")), Just(Some("Software"))];
    let lines = prop::collection::vec((0_i64..500_000, category), 1..7);
    (lines, 1_i64..9_000, 0_i64..2_000, terms()).prop_map(|(lines, state, city, terms)| {
        let rate = |jurisdiction: &str, percent| Rate {
            jurisdiction: jurisdiction.to_owned(),
            percent: Decimal::new(percent, 3),
        };
        let rates = |category: &str| match category {
            "" => vec![rate("State", state), rate("City", city)],
            _ => vec![rate("State", state / 2 + 1), rate("City", city)],
        };
        let totals = totals(lines.iter().copied(), rates, terms).unwrap();
        let mut names: Vec<&str> = totals.shares.iter().map(|share| share.category.as_str()).collect();
        names.dedup();
        let place = |name: &str| names.iter().position(|known| *known == name);
        let line = |((amount, category), tax): (&(i64, Option<&str>), &i64)| LineLeft {
            invoiced: Part { net: terms.prices.net(*amount, *tax), tax: *tax },
            credited: Part::default(),
            category: category.and_then(place),
        };
        let share =
            |share: &Share| ShareLeft { category: place(&share.category).unwrap(), amount: share.amount, credited: 0 };
        (lines.iter().zip(&totals.line_taxes).map(line).collect(), totals.shares.iter().map(share).collect())
    })
}

fn take(lines: &mut [LineLeft], shares: &mut [ShareLeft], taken: &Credit) {
    for (line, part) in lines.iter_mut().zip(&taken.lines) {
        line.credited.net += part.net;
        line.credited.tax += part.tax;
    }
    shares.iter_mut().zip(&taken.shares).for_each(|(share, amount)| share.credited += amount);
}

/// In each category the tax left of the lines is that left of the shares.
fn agree(lines: &[LineLeft], shares: &[ShareLeft]) -> bool {
    (0..2).all(|category| {
        let own = lines.iter().filter(|line| line.category == Some(category)).map(|line| line.left().tax);
        let of_shares = shares.iter().filter(|share| share.category == category).map(ShareLeft::left);
        own.sum::<i64>() == of_shares.sum::<i64>()
    })
}

proptest! {
    #![proptest_config(crate::dose())]

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
                    prop_assert_eq!(taken.net, taken.lines.iter().map(|part| part.net).sum::<i64>());
                    prop_assert_eq!(taken.tax, taken.lines.iter().map(|part| part.tax).sum::<i64>());
                    prop_assert_eq!(taken.tax, taken.shares.iter().sum::<i64>());
                    prop_assert_eq!(taken.total, taken.net + taken.tax);
                    for (part, left) in taken.lines.iter().zip(lines.iter().map(LineLeft::left)) {
                        prop_assert!(0 <= part.net && part.net <= left.net && 0 <= part.tax && part.tax <= left.tax);
                    }
                    prop_assert!(taken.shares.iter().zip(&shares).all(|(part, one)| 0 <= *part && *part <= one.left()));
                    if let Choice::Amount(amount) = choice {
                        prop_assert_eq!(taken.total, amount);
                    }
                    take(&mut lines, &mut shares, &taken);
                    prop_assert!(agree(&lines, &shares));
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
        prop_assert!(lines.iter().all(|line| line.left().is_zero()) && shares.iter().all(|share| share.left() == 0));
        prop_assert_eq!(credit(&lines, &shares, &Choice::All), Err(CreditError::NothingLeft));
    }

    /// Line by line, in whatever order, each gives back its own net and tax, and together they are the invoice's.
    #[test]
    fn line_by_line_takes_the_tax((mut lines, mut shares) in invoice(), backwards in any::<bool>()) {
        let mut numbers: Vec<usize> = (1..=lines.len()).collect();
        if backwards {
            numbers.reverse();
        }
        for number in numbers {
            let line = lines[number - 1];
            let Ok(taken) = credit(&lines, &shares, &Choice::Lines(vec![number])) else {
                prop_assert!(line.invoiced.is_zero());
                continue;
            };
            prop_assert_eq!((taken.net, taken.tax), (line.invoiced.net, line.invoiced.tax));
            take(&mut lines, &mut shares, &taken);
        }
        prop_assert!(shares.iter().all(|share| share.left() == 0));
    }

    /// Discounts and corrections lower a line below nothing: no category or jurisdiction gives back more tax than it took, and
    /// the rest still brings all of them to nothing.
    #[test]
    fn lines_below_nothing_give_no_tax_away(
        amounts in prop::collection::vec((-40_000_i64..100_000, any::<bool>()), 1..7),
        choices in prop::collection::vec((any::<bool>(), 0_usize..6, 1_i64..100_000), 0..6),
        terms in terms(),
    ) {
        let rates = |_: &str| vec![Rate { jurisdiction: "State".to_owned(), percent: Decimal::new(7_375, 3) }];
        let taxed = amounts.iter().map(|(amount, taxable)| (*amount, taxable.then_some("")));
        let totals = totals(taxed, rates, terms).unwrap();
        let line = |((amount, taxable), tax): (&(i64, bool), &i64)| LineLeft {
            invoiced: Part { net: terms.prices.net(*amount, *tax), tax: *tax },
            credited: Part::default(),
            category: (*taxable && !totals.shares.is_empty()).then_some(0),
        };
        let mut lines: Vec<LineLeft> = amounts.iter().zip(&totals.line_taxes).map(line).collect();
        let mut shares: Vec<ShareLeft> =
            totals.shares.iter().map(|share| ShareLeft { category: 0, amount: share.amount, credited: 0 }).collect();
        for (by_line, line, amount) in choices {
            let choice = if by_line { Choice::Lines(vec![line % lines.len() + 1]) } else { Choice::Amount(amount) };
            if let Ok(taken) = credit(&lines, &shares, &choice) {
                // All that is left may hold tax below nothing.
                let is_rest = taken.total == left(&lines, &shares).unwrap();
                let fits = |(part, one): (&i64, &ShareLeft)| 0 <= *part && *part <= one.left().max(0);
                prop_assert!(taken.total > 0 && (is_rest || taken.shares.iter().zip(&shares).all(fits)));
                take(&mut lines, &mut shares, &taken);
                prop_assert!(agree(&lines, &shares));
            }
        }
        if let Ok(rest) = credit(&lines, &shares, &Choice::All) {
            take(&mut lines, &mut shares, &rest);
            prop_assert!(lines.iter().all(|line| line.left().is_zero()) && shares.iter().all(|share| share.left() == 0));
        }
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

    /// Each document gets what was said as far as it needs it; the rest goes on, and what was paid ahead stays credit.
    #[test]
    fn parts_are_settled_as_they_were_said(
        balances in prop::collection::vec(1_i64..40_000, 1..6),
        said in prop::collection::vec((0_i64..8, 0_i64..50_000), 0..6),
        ahead in 0_i64..9_000,
    ) {
        let open: Vec<Open> =
            (0_i64..).zip(&balances).map(|(document, balance)| Open { document, balance: *balance, due_on: date(2026, 1, 1) }).collect();
        let said: std::collections::BTreeMap<i64, i64> = said.into_iter().collect();
        let said: Vec<(i64, i64)> = said.into_iter().collect();
        let settled = settle_parts(&said, ahead, &open).unwrap();
        let total = said.iter().map(|(_, minor)| minor).sum::<i64>() + ahead;
        prop_assert_eq!(settled.parts.iter().map(|(_, part)| part).sum::<i64>() + settled.rest, total);
        prop_assert!(settled.rest >= ahead);
        for one in &open {
            let parts: Vec<i64> = settled.parts.iter().filter(|(known, _)| *known == one.document).map(|(_, part)| *part).collect();
            let asked = said.iter().find(|(known, _)| *known == one.document).map_or(0, |(_, minor)| *minor);
            prop_assert!(parts.len() <= 1, "each stands once");
            let got = parts.first().copied().unwrap_or(0);
            prop_assert!(got >= asked.min(one.balance) && got <= one.balance);
        }
        if settled.rest > ahead {
            prop_assert!(open.iter().all(|one| settled.parts.contains(&(one.document, one.balance))));
        }
        // Where everything fits, nothing else is touched.
        if said.iter().all(|(document, minor)| open.iter().any(|one| one.document == *document && *minor <= one.balance)) {
            let nonzero: Vec<(i64, i64)> = said.into_iter().filter(|(_, minor)| *minor > 0).collect();
            prop_assert_eq!((settled.parts, settled.rest), (nonzero, ahead));
        }
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
    let line = |net, tax, category| LineLeft { invoiced: Part { net, tax }, credited: Part::default(), category };
    let lines = [line(10_000, 738, Some(0)), line(5_000, 0, None), line(3_333, 245, Some(0))];
    // 7.375 % of 133.33 is 9.83: 9.17 and 0.66. Of the first line alone it is 7.38.
    let shares = [917, 66].map(|amount| ShareLeft { category: 0, amount, credited: 0 });
    let taken = credit(&lines, &shares, &Choice::Lines(vec![3])).unwrap();
    assert_eq!((taken.net, taken.tax, taken.total), (3_333, 245, 3_578));
    assert_eq!(taken.shares, [229, 16]);
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

#[test]
fn what_is_asked_is_not_negative_and_nothing_makes_no_part() {
    let open = [Open { document: 1, balance: 500, due_on: date(2026, 1, 1) }];
    assert_eq!(settle_parts(&[(1, 0)], 0, &open), Ok(Settled::default()));
    assert_eq!(settle_parts(&[(1, 200), (2, 0)], 7, &open), Ok(Settled { parts: vec![(1, 200)], rest: 7 }));
    assert!(settle_parts(&[(1, -1)], 0, &open).is_err() && settle(-1, &[], &open).is_err());
    assert_eq!(settle(0, &[1], &open), Ok(Settled::default()));
}
