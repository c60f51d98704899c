//! Items and tax rates.

use std::collections::{HashMap, HashSet};

use billing::ledger::Ledger;
use store::Tx;
use store::item::{ItemRow, TaxRateRow};

use super::{Resolver, by_code, ledger_row};
use crate::import::check::Complaints;
use crate::import::export::Export;
use crate::import::rows::{ItemIn, TaxRateIn};

/// It stands in a row of the invoice's sums.
const LONGEST_CATEGORY: usize = 40;

impl Resolver<'_> {
    pub(super) fn items(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let stored = by_code(tx.items()?, |row| &row.code);
        let mut rated: HashSet<String> = tx.tax_rates()?.into_iter().map(|row| row.tax_category).collect();
        rated.extend(export.tax_rates.iter().filter_map(|row| row.tax_category.clone()));
        for row in &export.items {
            let known = stored.get(&row.item);
            let item = ItemRow {
                item_id: known.map_or_else(|| self.mint(), |known| Ok(known.item_id))?,
                code: row.item.clone(),
                name: row.name.clone(),
                kind: row.kind,
                unit: row.unit.clone(),
                unit_price: row.unit_price.normalize(),
                taxable: row.taxable,
                tax_category: row.tax_category.clone().unwrap_or_default(),
            };
            self.check_category(row, &rated);
            let place = format!("items.csv:{} {}", row.line, row.item);
            if let Some(known) = known {
                self.check_kind(tx, row, known)?;
            }
            self.changes.items.take(item, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    /// An item stays in its stream, and what rows name stays what rows may name.
    fn check_kind(&mut self, tx: &mut Tx, row: &ItemIn, known: &ItemRow) -> Result<(), store::Error> {
        let mut complaints = Complaints::about("items.csv", self.problems);
        if known.kind.recurs() != row.kind.recurs() {
            let wrong = "the item would move to the other stream";
            complaints.add(row.line, "kind", row.kind, wrong, "a new item for the other stream");
        } else if known.kind.is_delivered() != row.kind.is_delivered() && tx.is_item_delivered(known.item_id)? {
            let wrong = format!("deliveries name the item, and none may name one of kind {}", row.kind);
            complaints.add(
                row.line,
                "kind",
                row.kind,
                &wrong,
                "product or fee here, and a new item for the other kind",
            );
        }
        Ok(())
    }

    /// A category is known by its rates: one that has none anywhere is misspelt.
    fn check_category(&mut self, row: &ItemIn, rated: &HashSet<String>) {
        let Some(category) = &row.tax_category else { return };
        let is_known = rated.contains(category) || self.unread.misses_some_of("tax_rates.csv");
        let (wrong, expected) = match (row.taxable, is_known) {
            (false, _) => ("the item is not taxable", "taxable = yes, or no category"),
            (true, false) => ("it has no rate in any region", "a category with at least one row in tax_rates.csv"),
            (true, true) => return,
        };
        Complaints::about("items.csv", self.problems).add(row.line, "tax_category", category, wrong, expected);
    }

    pub(super) fn tax_rates(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let key = |row: &TaxRateRow| {
            (row.tax_region.clone(), row.jurisdiction.clone(), row.tax_category.clone(), row.from_on)
        };
        let stored: HashMap<_, TaxRateRow> = tx.tax_rates()?.into_iter().map(|row| (key(&row), row)).collect();
        let ledgers: Vec<String> = tx.ledgers()?.into_iter().map(|row| row.code).collect();
        for row in &export.tax_rates {
            let rate = TaxRateRow {
                tax_region: row.tax_region.clone(),
                jurisdiction: row.jurisdiction.clone(),
                tax_category: row.tax_category.clone().unwrap_or_default(),
                from_on: row.from_on,
                rate_percent: row.rate_percent.normalize(),
            };
            if rate.tax_category.chars().count() > LONGEST_CATEGORY {
                let mut complaints = Complaints::about("tax_rates.csv", self.problems);
                let expected = format!("at most {LONGEST_CATEGORY} characters");
                complaints.add(row.line, "tax_category", &rate.tax_category, "it is too long", &expected);
            }
            let known = stored.get(&key(&rate));
            let place = format!("tax_rates.csv:{} {} {}", row.line, row.tax_region, row.jurisdiction);
            if known != Some(&rate) && tx.tax_was_charged(&row.tax_region, row.from_on)? {
                match known {
                    Some(_) => self.tell_charged(row),
                    None => self.changes.warnings.push(format!(
                        "{place}: invoices that were issued on {} or later stay without this rate; it holds for those to come. What \
                         they lack is charged by hand, or left",
                        row.from_on
                    )),
                }
            }
            self.changes.tax_rates.take(rate, known, &place, &mut self.changes.fields)?;
            let ledger = ledger_row(&Ledger::TaxPayable(row.jurisdiction.clone()));
            let new = &mut self.changes.ledgers.added;
            if !ledgers.contains(&ledger.code) && new.iter().all(|known| known.code != ledger.code) {
                new.push(ledger);
            }
        }
        Ok(())
    }

    /// A row that would have changed the tax of invoices that are issued.
    fn tell_charged(&mut self, row: &TaxRateIn) {
        Complaints::about("tax_rates.csv", self.problems).add(
            row.line,
            "rate_percent",
            row.rate_percent,
            "invoices were issued under the old rate",
            "the old rate here, and a new row from the day on which the new rate holds",
        );
    }
}
