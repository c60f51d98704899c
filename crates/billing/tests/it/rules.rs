//! Laws of the rules that facts of other systems hold: dates, parts of periods, splits, taxes, numbers, time.

use std::num::{NonZeroU32, NonZeroU64};

use billing::ageing::ageing;
use billing::anchored::{Anchored, Step};
use billing::calendar::{Month, add_months, shift};
use billing::cash::{EarlyDiscount, EarlyTax, round_to_step};
use billing::due::Terms;
use billing::dunning::{Campaign, LateInterest, Request, Threshold, overdue_from, retry_dates, state_of};
use billing::einvoice::{Adjustment, Category, Direction, Document as Einvoice};
use billing::fraction::Fraction;
use billing::money::Rounding;
use billing::number::series::{Issue, Reset, Scope, Series};
use billing::proration::{Basis, LastDay, Priced, catch_up, change, net, split_on};
use billing::split::{Open, Ratios, allocate, apply_oldest_first, split};
use billing::tax::document::{Discount, Document, Level, Line, LineRate, Prices, Size};
use billing::tax::sales::{Rates, SalesBasis, out_of_gross, sales_tax};
use billing::work::{Toward, billed_seconds, labour_amount};
use billing::{Currency, Money, Span};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn days() -> impl Strategy<Value = Date> {
    (0..9000_i32).prop_map(|days| shift(date(2010, 1, 1), days))
}

fn fractions() -> impl Strategy<Value = Fraction> {
    (-1_000_000_i64..1_000_000, 1_i64..1000)
        .prop_map(|(above, below)| Fraction::new(above.into(), below.into()).unwrap())
}

fn services() -> impl Strategy<Value = Anchored> {
    (days(), 1..=31_i8, 1..=12_u32).prop_map(|(starts_on, day, months)| Anchored {
        starts_on,
        day,
        every_months: NonZeroU32::new(months).unwrap(),
    })
}

fn percents() -> impl Strategy<Value = Decimal> {
    (0_i64..40_000).prop_map(|digits| Decimal::new(digits, 3))
}

prop_compose! {
    fn lines()(
        quantity in 0_i64..1000,
        price in 0_i64..1_000_000,
        rates in prop::collection::vec((prop::sample::select(vec![0, 5, 7, 10, 19, 20]), any::<bool>()), 0..3),
        fixed_per_unit in prop_oneof![Just(0_i64), 0_i64..500],
        fixed_in_base in any::<bool>(),
    ) -> Line {
        let rates = rates.into_iter().map(|(percent, compound)| LineRate { percent: Decimal::from(percent), compound }).collect();
        let (quantity, unit_price) = (Decimal::new(quantity, 1), Decimal::new(price, 3));
        Line { quantity, unit_price, discount: Decimal::ZERO, rates, fixed_per_unit, fixed_in_base }
    }
}

prop_compose! {
    fn documents()(
        lines in prop::collection::vec(lines(), 1..6),
        level in prop::sample::select(Level::ALL),
        prices in prop::sample::select(Prices::ALL),
        discounts in prop::collection::vec(0_i64..200_000, 0..3),
    ) -> Document {
        let discounts = discounts.into_iter().map(|amount| Discount { size: Size::Amount(amount), lines: Vec::new() });
        let (level, prices, rounding) = (level, prices, Rounding::HalfUp);
        Document { currency: Currency::EUR, level, prices, rounding, lines, discounts: discounts.collect() }
    }
}

proptest! {
    #![proptest_config(crate::dose())]

    #[test]
    fn fractions_are_exact(one in fractions(), other in fractions()) {
        prop_assert_eq!(one.plus(other).unwrap().minus(other).unwrap(), one);
        prop_assert_eq!(one.times(other).unwrap(), other.times(one).unwrap());
        if !other.is_zero() {
            prop_assert_eq!(one.over(other).unwrap().times(other).unwrap(), one);
        }
        for rounding in Rounding::ALL {
            let rounded = one.round(*rounding).unwrap();
            prop_assert_eq!(one.negated().unwrap().round(*rounding).unwrap(), -rounded);
            let off = one.minus(rounded.into()).unwrap();
            let off = if off.is_negative() { off.negated().unwrap() } else { off };
            prop_assert!(!off.exceeds(Fraction::new(1, 2).unwrap()).unwrap());
            let is_half = off == Fraction::new(1, 2).unwrap();
            prop_assert!(is_half || rounded == one.round(Rounding::HalfUp).unwrap());
            prop_assert!(!is_half || *rounding != Rounding::HalfEven || rounded % 2 == 0);
        }
    }

    #[test]
    fn months_are_counted_from_the_anchor(day in days(), months in -60..60_i32) {
        let moved = add_months(day, months);
        prop_assert_eq!(Month::of(moved), Month::of(day).plus(months));
        prop_assert_eq!(moved, Month::of(day).plus(months).day(day.day()));
    }

    #[test]
    fn the_nth_date_is_anchor_and_n_intervals(day in days(), every in 1..40_u32, n in 0..30_u32) {
        for step in [Step::Months(every), Step::Days(every)] {
            prop_assert!(step.nth(day, n) < step.nth(day, n + 1));
            prop_assert_eq!(step.whole(day, step.nth(day, n)), n);
            prop_assert_eq!(step.whole(day, shift(step.nth(day, n + 1), -1)), n);
        }
        prop_assert_eq!(Step::Months(every).nth(day, n), add_months(day, i32::try_from(every * n).unwrap()));
        prop_assert_eq!(Span::new(day, Step::Days(every).nth(day, n)).days(), every * n);
    }

    #[test]
    fn periods_tile_the_time_of_service(service in services(), offset in -100..4000_i32, length in 0..2000_i32) {
        let day = shift(service.starts_on, offset);
        let period = service.containing(day);
        prop_assert!(period.covers(day.max(service.starts_on)));
        let all: Vec<Span> = service.periods().take(service.elapsed(day) + 1).collect();
        prop_assert_eq!(all.last(), Some(&period));
        prop_assert!(all.iter().zip(all.iter().skip(1)).all(|(one, next)| one.until == next.from && one.days() > 0));
        prop_assert_eq!(service.ending_on(period.until), Some(period));
        for (n, bill_on) in service.dates().take(9).enumerate() {
            let month = Month::of(service.first_on()).plus(i32::try_from(service.every_months.get()).unwrap() * i32::try_from(n).unwrap());
            prop_assert_eq!(bill_on, month.day(service.day));
        }
        let ends_on = shift(service.starts_on, length);
        if let Some(through) = service.billed_through(Some(ends_on), day) {
            prop_assert!(through <= day && through <= ends_on && through >= service.starts_on);
            prop_assert!(service.next_on(Some(through)) > through);
        }
        if day >= service.starts_on {
            let billed: u32 = service.segments(Some(ends_on), day).unwrap().iter().map(|span| span.days()).sum();
            prop_assert_eq!(billed, Span::new(service.starts_on, period.until.min(ends_on)).days());
        } else {
            prop_assert!(service.segments(None, day).is_err());
        }
    }

    #[test]
    fn nothing_is_due_before_it_is_issued(issued in days(), days in 0..90_u32, day in 1..=31_i8) {
        let month = Month::of(issued);
        for terms in [Terms::Net(days), Terms::LastOfMonth, Terms::AfterMonthEnd(days), Terms::AtLeastThenDay(days, day)] {
            prop_assert!(terms.due_on(issued) >= issued);
        }
        for terms in [Terms::FirstOfNextMonth, Terms::NextLastOfMonth, Terms::NextDay(day), Terms::DayOfNextMonth(day)] {
            let due = terms.due_on(issued);
            prop_assert!(due > issued && Month::of(due) <= month.next());
        }
        let due = Terms::AtLeastThenDay(days, day).due_on(issued);
        prop_assert!(due >= Terms::Net(days).due_on(issued));
        prop_assert_eq!(due, Month::of(due).day(day));
        prop_assert_eq!(overdue_from(due), shift(due, 1));
    }

    #[test]
    fn parts_of_a_period_grow_with_their_days(
        from in days(), length in 1..800_u32, cut in 0..800_u32, price in 0..100_000_000_i64,
        basis in prop::sample::select(Basis::ALL),
    ) {
        let at = |days: u32| shift(from, i32::try_from(days).unwrap());
        let (period, cut) = (Span::new(from, at(length)), cut.min(length));
        let part = |days: u32| basis.amount(price, Span::new(from, at(days)), period).unwrap();
        prop_assert_eq!(part(length), price);
        prop_assert_eq!(part(0), 0);
        prop_assert!(part(cut) <= price);
        prop_assert!(basis == Basis::Fixed30 || part(cut.saturating_sub(1)) <= part(cut));
        prop_assert_eq!(basis.amount(-price, Span::new(from, at(cut)), period).unwrap(), -part(cut));
        let (before, after) = split_on(basis, price, period, at(cut)).unwrap();
        prop_assert_eq!((before, before + after), (part(cut), price));
        // A change to the same price costs nothing; on the first day it is the difference; over, it is nothing.
        let (old, new) = (Priced { price, period }, Priced { price: price / 2, period });
        let sum = |on: Date, new: Priced| net(&change(basis, on, &[old], &[new]).unwrap(), &[7]).unwrap() - 7;
        prop_assert_eq!(sum(at(cut), old), 0);
        prop_assert_eq!(sum(from, new), price / 2 - price);
        prop_assert_eq!(sum(at(length), new), 0);
        let (each, all) = catch_up(basis, new, from, 3).unwrap();
        prop_assert_eq!((each, all), (price / 2 * 2, price / 2 * 6));
        prop_assert_eq!(LastDay::Charged.service(from, at(cut)).days(), LastDay::Free.service(from, at(cut)).days() + 1);
    }

    #[test]
    fn only_nothing_is_zero(fraction in fractions(), below in 1_i64..1000, minor in -9_i64..10) {
        prop_assert_eq!(Money::new(minor, Currency::USD).is_zero(), minor == 0);
        let nothing = Fraction::new(0, below.into()).unwrap();
        prop_assert!(nothing.is_zero() && fraction.minus(fraction).unwrap().is_zero());
        prop_assert_eq!(fraction.is_zero(), fraction == Fraction::ZERO);
        prop_assert!(!fraction.times(fraction).unwrap().plus(Fraction::ONE).unwrap().is_zero());
    }

    #[test]
    fn ratios_split_the_whole(total in -1_000_000_000_i64..1_000_000_000, ratios in prop::collection::vec(0_i64..5000, 1..8), scale in 1_i64..50) {
        let exact: Vec<Fraction> = ratios.iter().map(|ratio| Fraction::new((*ratio).into(), scale.into()).unwrap()).collect();
        let parts = allocate(total, &exact, Ratios::Weights);
        if ratios.iter().all(|ratio| *ratio == 0) {
            prop_assert!(parts.is_err());
        } else {
            let parts = parts.unwrap();
            prop_assert_eq!(&parts, &split(total, &ratios).unwrap());
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
        }
        let sum: i64 = ratios.iter().sum();
        prop_assert_eq!(allocate(total, &exact, Ratios::Shares).is_ok(), sum > 0 && sum <= scale);
    }

    #[test]
    fn the_oldest_are_paid_first(amount in 0..100_000_i64, open in prop::collection::vec((days(), -100..20_000_i64), 0..8)) {
        let open: Vec<Open> = open.into_iter().map(|(due_on, amount)| Open { due_on, amount }).collect();
        let applied = apply_oldest_first(amount, &open);
        prop_assert_eq!(applied.parts.iter().sum::<i64>() + applied.left, amount);
        for (part, item) in applied.parts.iter().zip(&open) {
            prop_assert!(0 <= *part && *part <= item.amount.max(0));
            prop_assert!(applied.left == 0 || *part == item.amount.max(0));
            let later = applied.parts.iter().zip(&open).filter(|(_, other)| other.due_on > item.due_on);
            prop_assert!(*part == item.amount.max(0) || later.into_iter().all(|(part, _)| *part == 0));
        }
        let items: Vec<(Date, i64)> = open.iter().map(|item| (item.due_on, item.amount)).collect();
        let report = ageing(&items, date(2020, 1, 1), &[30, 60, 90]).unwrap();
        prop_assert_eq!(report.current + report.columns.iter().sum::<i64>(), report.total);
        prop_assert_eq!(report.total, items.iter().map(|(_, amount)| amount).sum::<i64>());
    }

    #[test]
    fn a_document_sums_up(document in documents()) {
        let taxed = document.taxed().unwrap();
        prop_assert_eq!(taxed.net + taxed.tax, taxed.gross);
        let priced: i64 = taxed.line_nets.iter().sum();
        let wanted: i64 = document.discounts.iter().map(|discount| match discount.size {
            Size::Amount(amount) => amount,
            Size::Percent(_) => 0,
        }).sum();
        let discount = wanted.min(priced);
        prop_assert_eq!(taxed.line_discounts.iter().sum::<i64>(), discount);
        let total = if document.prices == Prices::Gross { taxed.gross } else { taxed.net };
        prop_assert_eq!(total, priced - discount);
        // However it is rounded, it is half a cent per rounding away.
        let roundings = i64::try_from(document.lines.iter().map(|line| line.rates.len() + 1).sum::<usize>()).unwrap();
        let other = if document.level == Level::Line { Level::Document } else { Level::Line };
        let other = Document { level: other, ..document.clone() }.taxed().unwrap();
        prop_assert!((other.tax - taxed.tax).abs() <= roundings);
        prop_assert!((taxed.line_taxes.iter().sum::<i64>() - taxed.tax).abs() <= roundings);
        prop_assert!((taxed.taxes.iter().sum::<i64>() - taxed.tax).abs() <= roundings);
        // What was added to a net is found in the gross price again.
        let mut document = document;
        document.discounts.clear();
        for line in &mut document.lines {
            line.rates.clear();
            line.fixed_per_unit = 0;
        }
        prop_assert_eq!(document.taxed().unwrap().tax, 0);
    }

    #[test]
    fn tax_is_the_tax_of_the_sum(nets in prop::collection::vec(-100_000..100_000_i64, 1..6), rates in prop::collection::vec(percents(), 1..4)) {
        let by = |basis, combine| sales_tax(&nets, &rates, basis, combine).unwrap();
        let one = by(SalesBasis::Invoice, Rates::Combined);
        let sum: i64 = nets.iter().sum();
        prop_assert_eq!(one, sales_tax(&[sum], &[rates.iter().sum()], SalesBasis::Item, Rates::Separate).unwrap());
        let many = i64::try_from(nets.len() * rates.len()).unwrap();
        prop_assert!((by(SalesBasis::Item, Rates::Separate) - one).abs() <= many);
        let mirrored: Vec<i64> = nets.iter().map(|net| -net).collect();
        prop_assert_eq!(sales_tax(&mirrored, &rates, SalesBasis::Invoice, Rates::Combined).unwrap(), -one);
        let (net, tax) = out_of_gross(sum, rates[0]).unwrap();
        prop_assert_eq!(net + tax, sum);
        let again = sales_tax(&[net], &rates[..1], SalesBasis::Invoice, Rates::Combined).unwrap();
        prop_assert!((again - tax).abs() <= 1);
    }

    #[test]
    fn an_e_invoice_and_its_mirror(
        lines in prop::collection::vec((-100_000..100_000_i64, 0..3_i64), 1..6),
        adjustments in prop::collection::vec((any::<bool>(), 0..50_000_i64, 0..3_i64), 0..4),
        prepaid in 0..10_000_i64,
    ) {
        let category = |kind: i64| Category { code: "S".to_owned(), rate: Some(Decimal::from(kind * 7)) };
        let of = |sign: i64| Einvoice {
            currency: Currency::EUR,
            lines: lines.iter().map(|(net, kind)| (net * sign, category(*kind))).collect(),
            adjustments: adjustments.iter().map(|(is_charge, amount, kind)| Adjustment {
                direction: if *is_charge { Direction::Charge } else { Direction::Allowance },
                amount: Decimal::new(amount * sign, 2),
                category: category(*kind),
            }).collect(),
            prepaid: prepaid * sign,
            rounding: sign,
        }.totals().unwrap();
        let (totals, mirror) = (of(1), of(-1));
        prop_assert_eq!(totals.subtotals.iter().map(|part| part.taxable).sum::<i64>(), totals.without_tax);
        prop_assert_eq!(totals.subtotals.iter().map(|part| part.tax).sum::<i64>(), totals.tax);
        prop_assert_eq!(totals.without_tax + totals.tax, totals.with_tax);
        prop_assert_eq!(totals.with_tax - prepaid + 1, totals.payable);
        prop_assert_eq!(totals.line_net - totals.allowances.unwrap_or(0) + totals.charges.unwrap_or(0), totals.without_tax);
        prop_assert_eq!(mirror.payable, -totals.payable);
        prop_assert_eq!(mirror.tax, -totals.tax);
    }

    #[test]
    fn coins_and_discounts(amount in -1_000_000..1_000_000_i64, step in 1..500_i64, percent in percents()) {
        let paid = round_to_step(amount, step).unwrap();
        prop_assert_eq!((paid.amount % step, paid.amount - paid.added), (0, amount));
        prop_assert!(paid.added.abs() * 2 <= step);
        prop_assert_eq!(round_to_step(paid.amount, step).unwrap().added, 0);
        for tax in EarlyTax::ALL {
            let discount = EarlyDiscount { percent, days: 10, tax: *tax };
            let early = discount.of(amount.abs(), Decimal::from(19), date(2026, 1, 1)).unwrap();
            prop_assert_eq!(early.gross - early.discount_net - early.discount_tax, early.pay_early);
            prop_assert_eq!(early.until_on, date(2026, 1, 11));
        }
    }

    #[test]
    fn numbers_leave_no_gap(issues in prop::collection::vec((0..40_i32, 0..3_u8), 1..30), scope in prop::sample::select(Scope::ALL), reset in prop::sample::select(Reset::ALL), first in 1..900_u64) {
        let pattern = "{customer}/{yyyymmdd}/{seq:03}".parse().unwrap();
        let mut series = Series::new(String::new(), pattern, scope, reset, first);
        let mut given = std::collections::BTreeMap::<(String, String), Vec<u64>>::new();
        for (day, customer) in issues {
            let (on, customer) = (shift(date(2026, 1, 1), day), format!("C{customer}"));
            let number = series.give(Issue { on, entity: &customer, customer: &customer }).unwrap();
            let counter: u64 = number.rsplit('/').next().unwrap().parse().unwrap();
            let beginning = format!("{customer}/{}/", on.strftime("%Y%m%d"));
            prop_assert!(number.starts_with(&beginning));
            let owner = if scope == Scope::Global { String::new() } else { customer };
            let period = match reset {
                Reset::Never | Reset::Yearly => String::new(),
                Reset::Monthly => on.month().to_string(),
                Reset::Daily => on.to_string(),
            };
            given.entry((owner, period)).or_default().push(counter);
        }
        for counters in given.values() {
            prop_assert!(counters.iter().zip(first..).all(|(counter, expected)| *counter == expected));
        }
    }

    #[test]
    fn billed_time_is_less_than_a_step_away(worked in 0..1_000_000_u64, step in 1..4000_u64, rate in 0..100_000_i64) {
        let by = |toward| billed_seconds(worked, NonZeroU64::new(step), toward).unwrap();
        let (up, down) = (by(Toward::Up), by(Toward::Down));
        prop_assert!(down <= worked && worked <= up && up - down <= step);
        prop_assert_eq!((up % step, down % step, up == down), (0, 0, worked % step == 0));
        prop_assert_eq!(billed_seconds(worked, None, Toward::Up).unwrap(), worked);
        prop_assert_eq!(labour_amount(3600, rate).unwrap(), rate);
        prop_assert!(labour_amount(down, rate).unwrap() <= labour_amount(up, rate).unwrap());
    }

    #[test]
    fn whoever_pays_late_is_asked_in_time(
        first in days(), after in prop::collection::vec(1..30_u32, 0..8),
        max_attempts in 0..5_u32, days_between in 0..6_u32, overdue in 0..1000_i64, late in 0..400_u32,
    ) {
        let retries = retry_dates(first, &after);
        let mut before = first;
        for (date, days) in retries.iter().zip(&after) {
            prop_assert_eq!(Span::new(before, *date).days(), *days);
            before = *date;
        }
        let campaign = Campaign { max_attempts, days_between, threshold: 500 };
        let runs: Vec<Date> = (0..40).map(|n| shift(first, n)).collect();
        let requests: Vec<Request> = campaign.requests(&[(first, overdue)], &runs).unwrap();
        prop_assert!(requests.len() <= usize::try_from(max_attempts).unwrap());
        prop_assert_eq!(requests.is_empty(), overdue < 500 || max_attempts == 0);
        let gaps = requests.iter().zip(requests.iter().skip(1));
        prop_assert!(gaps.into_iter().all(|(one, next)| Span::new(one.on, next.on).days() == days_between + 1));
        let interest = LateInterest { annual_percent: Decimal::from(9), year_days: 365, fee: 40 };
        let (charge, next) = (interest.of(overdue, late).unwrap(), interest.of(overdue, late + 1).unwrap());
        prop_assert!(charge.interest <= next.interest);
        prop_assert_eq!((charge.charge, charge.total), (charge.interest + 40, overdue + charge.interest + 40));
        let states = [("A", 10), ("B", 100)].map(|(state, at_least)| Threshold { state: state.to_owned(), at_least });
        let expected = if overdue >= 100 { Some("B") } else if overdue >= 10 { Some("A") } else { None };
        prop_assert_eq!(state_of(overdue, &states), expected);
    }
}
