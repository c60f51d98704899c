//! What holds for the tax of invoices, whatever their categories, prices and rounding.

use std::collections::BTreeSet;

use billing::invoice::{Totals, totals};
use billing::ledger::Entry;
use billing::money::{Rounding, major};
use billing::tax::document::{Document, Level, Line, LineRate, Prices};
use billing::tax::{PriceTax, Rate, TaxRounding, TaxTerms};
use billing::{Currency, Stream};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::laws::{kinds, rates};

const USD: Currency = Currency::USD;

/// However a provider may tax.
pub fn terms() -> impl Strategy<Value = TaxTerms> {
    let rounding = prop_oneof![Just(TaxRounding::PerCategory), Just(TaxRounding::PerLine)];
    let prices = prop_oneof![Just(PriceTax::Exclusive), Just(PriceTax::Inclusive)];
    (rounding, prices).prop_map(|(rounding, prices)| TaxTerms { rounding, prices })
}

/// Charges, and what lowers them.
fn amounts() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![3 => 0_i64..1_000_000, 1 => -20_000_i64..0], 1..30)
}

const CATEGORIES: [Option<&str>; 4] = [None, Some(""), Some("Hardware"), Some("Software")];

/// The rates of a category: the general ones, fewer of them, or none.
fn of_category(category: &str, rates: &[Rate]) -> Vec<Rate> {
    match category {
        "" => rates.to_vec(),
        "Hardware" => rates.iter().take(1).cloned().collect(),
        _ => Vec::new(),
    }
}

/// The same by the rule for whole documents, which the cases of other systems hold.
fn document(amounts: &[i64], rates: &[Rate], terms: TaxTerms) -> Document {
    let percent = rates.iter().map(|rate| rate.percent).sum();
    let line = |amount: &i64| Line {
        quantity: Decimal::ONE,
        unit_price: major(*amount, USD),
        discount: Decimal::ZERO,
        rates: vec![LineRate { percent, compound: false }],
        fixed_per_unit: 0,
        fixed_in_base: false,
    };
    Document {
        currency: USD,
        level: if terms.rounding == TaxRounding::PerLine { Level::Line } else { Level::Document },
        prices: if terms.prices == PriceTax::Inclusive { Prices::Gross } else { Prices::Net },
        rounding: Rounding::HalfUp,
        lines: amounts.iter().map(line).collect(),
        discounts: Vec::new(),
    }
}

proptest! {
    #![proptest_config(crate::dose())]

    /// One category comes to what the rule for whole documents says, in total and line by line.
    #[test]
    fn a_category_is_taxed_like_a_document(amounts in amounts(), rates in rates(), terms in terms()) {
        let lines = amounts.iter().map(|amount| (*amount, Some("")));
        let ours = totals(lines, |_| rates.clone(), terms).unwrap();
        let taxed = document(&amounts, &rates, terms).taxed().unwrap();
        prop_assert_eq!((ours.subtotal, ours.tax, ours.total), (taxed.net, taxed.tax, taxed.gross));
        if terms.rounding == TaxRounding::PerLine {
            prop_assert_eq!(&ours.line_taxes, &taxed.line_taxes);
        }
        for (own, exact) in ours.line_taxes.iter().zip(&taxed.line_taxes) {
            prop_assert!((own - exact).abs() <= 1, "{} for {}", own, exact);
        }
    }

    /// Categories don't meet: each comes to what it would alone, and the sums are those of all.
    #[test]
    fn categories_are_taxed_apart(
        lines in prop::collection::vec((kinds(), 0_i64..1_000_000, 0_usize..4), 1..30),
        rates in rates(),
        terms in terms(),
    ) {
        let taxed: Vec<(i64, Option<&str>)> = lines.iter().map(|(_, amount, of)| (*amount, CATEGORIES[*of])).collect();
        let of = |lines: &[(i64, Option<&str>)]| -> Totals {
            totals(lines.iter().copied(), |category| of_category(category, &rates), terms).unwrap()
        };
        let all = of(&taxed);
        let mut sum = 0;
        for category in CATEGORIES {
            let own: Vec<_> = taxed.iter().filter(|(_, of)| *of == category).copied().collect();
            let alone = of(&own);
            let shares: Vec<_> = all.shares.iter().filter(|share| Some(share.category.as_str()) == category).cloned().collect();
            prop_assert_eq!(&shares, &alone.shares);
            let own_taxes = taxed.iter().zip(&all.line_taxes).filter(|((_, of), _)| *of == category).map(|(_, tax)| *tax);
            prop_assert_eq!(own_taxes.collect::<Vec<_>>(), alone.line_taxes);
            prop_assert_eq!(shares.iter().map(|share| share.amount).sum::<i64>(), alone.tax);
            prop_assert!(shares.iter().map(|share| share.base).collect::<BTreeSet<_>>().len() <= 1);
            sum += alone.total;
        }
        let priced: i64 = taxed.iter().map(|(amount, _)| amount).sum();
        prop_assert_eq!((all.total, all.subtotal + all.tax), (sum, sum));
        prop_assert_eq!(priced, if terms.prices == PriceTax::Inclusive { all.total } else { all.subtotal });
        let nets = lines.iter().zip(&all.line_taxes).map(|((kind, amount, _), tax)| (*kind, terms.prices.net(*amount, *tax)));
        let entry = Entry::of_invoice(7, Stream::Biweekly, nets, &all.shares, all.total).unwrap();
        prop_assert_eq!(entry.postings().iter().map(|posting| posting.amount).sum::<i64>(), 0);
    }
}
