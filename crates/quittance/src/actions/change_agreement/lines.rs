//! New lines of an agreement: added, or in the place of one that ends.

use billing::item::ItemKind;
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::Tx;
use store::agreement::{AgreementChangeRow, AgreementLineRow};
use store::item::ItemRow;
use store::work::DeliveryRow;

use super::carry_out::{Named, agreement, code_of, same, units};
use super::{Desk, NewLine, SETUP};
use crate::error::{Error, Result};

/// The line that takes another's place: with its terms, where nothing else is said.
pub(super) fn successor(
    named: &Named,
    (code, item): (&str, &str),
    own: &[AgreementChangeRow],
    (quantity, unit_price): (Option<Decimal>, Option<Decimal>),
    on: Date,
) -> Result<NewLine> {
    let line = named.line.as_ref();
    let old =
        line.ok_or_else(|| Error::Refused(format!("{} is no line; name one of its lines", named.agreement.code)))?;
    Ok(NewLine {
        agreement: named.agreement.code.clone(),
        code: code.to_owned(),
        item: item.to_owned(),
        description: None,
        from: on,
        until: old.ends_on,
        quantity: quantity.unwrap_or_else(|| units(old, own, on)),
        unit_price,
        prorate: old.prorate,
        every: old.every,
        minimum: old.minimum_quantity,
        included_hours: old.included_hours,
        hours_carry_months: old.hours_carry_months,
        setup: None,
    })
}

/// An item that agreements may name.
pub(super) fn recurring_item(tx: &mut Tx, code: &str) -> Result<ItemRow> {
    item(tx, code, ItemKind::recurs, "a service or licence; all else is billed bi-weekly")
}

fn item(tx: &mut Tx, code: &str, fits: fn(ItemKind) -> bool, kinds: &str) -> Result<ItemRow> {
    let found = tx.item_by_code(code)?;
    let item = found.ok_or_else(|| Error::Refused(format!("there is no item {code}")))?;
    if fits(item.kind) { Ok(item) } else { Err(Error::Refused(format!("{code} is a {}; expected {kinds}", item.kind))) }
}

impl Desk {
    pub(super) fn add_line(&self, tx: &mut Tx, new: &NewLine) -> Result<String> {
        let agreement = agreement(tx, &new.agreement)?;
        let item = recurring_item(tx, &new.item)?;
        if new.included_hours.is_none() && new.hours_carry_months > 0 {
            return Err(Error::refused("hours are carried where some are included: give --included-hours"));
        }
        let row = AgreementLineRow {
            account_id: agreement.account_id,
            line_id: self.ids[0].into(),
            agreement_id: agreement.agreement_id,
            code: code_of(&new.code)?,
            item_id: item.item_id,
            description: new.description.clone().unwrap_or_else(|| item.name.clone()),
            starts_on: new.from,
            ends_on: new.until,
            quantity: new.quantity.normalize(),
            unit_price: new.unit_price.unwrap_or(item.unit_price).normalize(),
            prorate: new.prorate,
            every: new.every,
            minimum_quantity: new.minimum.normalize(),
            owed_from: Some(new.from),
            included_hours: new.included_hours.map(|hours| hours.normalize()),
            hours_carry_months: new.hours_carry_months,
        };
        if let Some(known) = tx.agreement_line_by_code(&row.code)? {
            return same(&row.code, known == AgreementLineRow { line_id: known.line_id, ..row.clone() });
        }
        tx.insert(std::slice::from_ref(&row))?;
        let hours =
            row.included_hours.map_or(String::new(), |hours| format!(", with {hours} prepaid hours a month each"));
        let said = format!(
            "{}: {} {} at {} from {} in {}{hours}.",
            row.code, row.quantity, row.description, row.unit_price, row.starts_on, agreement.code
        );
        let Some((fee, price)) = &new.setup else { return Ok(said) };
        self.add_setup(tx, &row, (fee, *price))?;
        Ok(format!("{said}\nIts set-up fee of {price} stands on the bi-weekly invoice."))
    }

    fn add_setup(&self, tx: &mut Tx, line: &AgreementLineRow, (fee, price): (&str, Decimal)) -> Result<()> {
        let item = item(tx, fee, |kind| kind == ItemKind::Fee, "a fee")?;
        Ok(tx.insert(&[DeliveryRow {
            account_id: line.account_id,
            delivery_id: self.ids[1].into(),
            code: format!("{}{SETUP}", line.code),
            ticket: None,
            delivered_on: line.starts_on,
            item_id: item.item_id,
            description: format!("{}, {}", item.name, line.description),
            quantity: Decimal::ONE,
            unit_price: price.normalize(),
            approved_on: Some(self.today.min(line.starts_on)),
            invoice_id: None,
        }])?)
    }
}
