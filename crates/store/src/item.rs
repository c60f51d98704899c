//! Items and tax rates.

use billing::item::ItemKind;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{Error, ItemId, Tx, record, statements};

record! {
    /// What can stand on an invoice.
    pub struct ItemRow in "item" key(item_id) {
        pub item_id: ItemId,
        pub code: String,
        pub name: String,
        pub kind: ItemKind,
        pub unit: String,
        /// The list price.
        pub unit_price: Decimal,
        pub taxable: bool,
        /// What its rates are looked up by; empty for the general ones.
        pub tax_category: String,
    }
}

record! {
    /// A jurisdiction's rate from a day on.
    pub struct TaxRateRow in "tax_rate" key(tax_region, jurisdiction, tax_category, from_on) {
        pub tax_region: String,
        pub jurisdiction: String,
        /// Whose items it is for; empty for the general rate.
        pub tax_category: String,
        pub from_on: Date,
        pub rate_percent: Decimal,
    }
}

statements! {
    ITEMS: () -> ItemRow = "SELECT item_id, code, name, kind, unit, unit_price, taxable, tax_category FROM item ORDER BY code";
    ITEM: (Text) -> ItemRow = "SELECT item_id, code, name, kind, unit, unit_price, taxable, tax_category FROM item WHERE code = $1";
    TAX_RATES: () -> TaxRateRow = "SELECT tax_region, jurisdiction, tax_category, from_on, rate_percent FROM tax_rate \
        ORDER BY tax_region, jurisdiction, tax_category, from_on";
    DELIVERED: (Integer) -> crate::One<i64> = "SELECT delivery_id FROM delivery WHERE item_id = $1 ORDER BY delivery_id LIMIT 1";
}

impl Tx {
    /// Every item, by code.
    pub fn items(&mut self) -> Result<Vec<ItemRow>, Error> {
        self.rows(&ITEMS, &[])
    }

    /// The item of a code.
    pub fn item_by_code(&mut self, code: &str) -> Result<Option<ItemRow>, Error> {
        self.row(&ITEM, &[&code])
    }

    /// Whether a delivery names the item.
    pub fn is_item_delivered(&mut self, item: ItemId) -> Result<bool, Error> {
        Ok(self.value::<i64>(&DELIVERED, &[&item])?.is_some())
    }

    /// Every tax rate, by region, jurisdiction, category and day.
    pub fn tax_rates(&mut self) -> Result<Vec<TaxRateRow>, Error> {
        self.rows(&TAX_RATES, &[])
    }
}
