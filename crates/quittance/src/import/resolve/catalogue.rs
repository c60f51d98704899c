//! Items and tax rates.

use std::collections::HashMap;

use billing::ledger::Ledger;
use store::Tx;
use store::item::{ItemRow, TaxRateRow};

use super::{Resolver, by_code, ledger_row};
use crate::import::check::Complaints;
use crate::import::export::Export;

impl Resolver<'_> {
    pub(super) fn items(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let stored = by_code(tx.items()?, |row| &row.code);
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
            };
            let place = format!("items.csv:{} {}", row.line, row.item);
            if known.is_some_and(|known| known.kind.recurs() != item.kind.recurs()) {
                Complaints::about("items.csv", self.problems).add(
                    row.line,
                    "kind",
                    row.kind,
                    "the item would move to the other stream",
                    "a new item for the other stream",
                );
            }
            self.changes.items.take(item, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    pub(super) fn tax_rates(&mut self, tx: &mut Tx, export: &Export) -> Result<(), store::Error> {
        let key =
            |region: &str, jurisdiction: &str, from: jiff::civil::Date| format!("{region}\n{jurisdiction}\n{from}");
        let stored: HashMap<String, TaxRateRow> = tx
            .tax_rates()?
            .into_iter()
            .map(|row| (key(&row.tax_region, &row.jurisdiction, row.from_on), row))
            .collect();
        let ledgers: Vec<String> = tx.ledgers()?.into_iter().map(|row| row.code).collect();
        for row in &export.tax_rates {
            let rate = TaxRateRow {
                tax_region: row.tax_region.clone(),
                jurisdiction: row.jurisdiction.clone(),
                from_on: row.from_on,
                rate_percent: row.rate_percent.normalize(),
            };
            let known = stored.get(&key(&row.tax_region, &row.jurisdiction, row.from_on));
            if known.is_some_and(|known| *known != rate) && tx.tax_was_charged(&row.tax_region, row.from_on)? {
                Complaints::about("tax_rates.csv", self.problems).add(
                    row.line,
                    "rate_percent",
                    row.rate_percent,
                    "invoices were issued under the old rate",
                    "the old rate here, and a new row from the day on which the new rate holds",
                );
            }
            let place = format!("tax_rates.csv:{} {} {}", row.line, row.tax_region, row.jurisdiction);
            self.changes.tax_rates.take(rate, known, &place, &mut self.changes.fields)?;
            let ledger = ledger_row(&Ledger::TaxPayable(row.jurisdiction.clone()));
            let new = &mut self.changes.ledgers.added;
            if !ledgers.contains(&ledger.code) && new.iter().all(|known| known.code != ledger.code) {
                new.push(ledger);
            }
        }
        Ok(())
    }
}
