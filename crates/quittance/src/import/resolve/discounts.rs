//! Discounts: what an invoice took off is put right on the next one, so a row may change; whom it is taken off stays.

use billing::Month;
use billing::discount::DiscountKind;
use jiff::Timestamp;
use rust_decimal::Decimal;
use store::agreement::DiscountRow;
use store::invoice::Source;
use store::{ItemId, Tx};

use super::agreements::{RECURS, run_until};
use super::happenings::Agreed;
use super::{Resolver, by_code};
use crate::import::check::{Complaints, Items};
use crate::import::export::Export;
use crate::import::rows::DiscountIn;

const FILE: &str = "discounts.csv";

impl Resolver<'_> {
    pub(super) fn discounts(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        agreed: Agreed<'_>,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        if export.discounts.is_empty() {
            return Ok(());
        }
        let stored = by_code(tx.all_discounts()?, |row| &row.code);
        let items = self.all_items(tx)?;
        let run_until = run_until(tx)?;
        for row in &export.discounts {
            let subject = (row.agreement.as_str(), row.line_code.as_deref());
            let Some((agreement, line)) = self.agreed(FILE, row.line, subject, agreed) else { continue };
            let known = stored.get(&row.discount);
            let mut complaints = Complaints::about(FILE, self.problems);
            let Some(terms) = terms(row, &items, &mut complaints) else { continue };
            let discount = DiscountRow {
                account_id: agreement.account_id,
                discount_id: known.map_or_else(|| self.mint(), |known| Ok(known.discount_id))?,
                agreement_id: agreement.agreement_id,
                line_id: line.map(|line| line.line_id),
                item_id: terms.item,
                code: row.discount.clone(),
                description: row.description.clone(),
                kind: terms.kind,
                value: terms.value.normalize(),
                from_month: Month::of(row.from_on),
                months: row.months,
                made_at: known.map_or(now, |known| known.made_at),
            };
            if known.map_or(Ok(false), |known| is_moved(tx, known, &discount))? {
                let expected = "the row as it was, ended by its months, and a new discount";
                let wrong = "an invoice took it off something else, or from another month on";
                Complaints::about(FILE, self.problems).add(row.line, "discount", &row.discount, wrong, expected);
                continue;
            }
            if known != Some(&discount) && run_until.is_some_and(|until| row.from_on < until) {
                self.changes.warnings.push(format!(
                    "{FILE}:{} {} holds from {}, a month that was run already; the next invoice corrects it",
                    row.line, row.discount, discount.from_month
                ));
            }
            let place = format!("{FILE}:{} {}", row.line, row.discount);
            self.changes.discounts.take(discount, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }
}

/// What a row says by itself.
struct TermsOf {
    item: Option<ItemId>,
    kind: DiscountKind,
    value: Decimal,
}

/// Nothing where it can't be meant, and told.
fn terms(row: &DiscountIn, items: &Items, complaints: &mut Complaints<'_>) -> Option<TermsOf> {
    let item = match &row.item {
        Some(code) if row.line_code.is_some() => {
            complaints.add(row.line, "item", code, "the row names a line as well", "a line, an item, or neither");
            return None;
        }
        Some(code) => Some(items.fitting(code, row.line, RECURS, complaints)?),
        None => None,
    };
    let (column, kind, value) = match (row.percent, row.amount) {
        (Some(percent), None) => ("percent", DiscountKind::Percent, percent),
        (None, Some(amount)) => ("amount", DiscountKind::Fixed, amount),
        (percent, _) => {
            let value = percent.map_or(String::new(), |percent| percent.to_string());
            complaints.add(row.line, "percent", value, "a discount is one of both", "either a percentage or an amount");
            return None;
        }
    };
    if value.is_zero() || (kind == DiscountKind::Percent && value > Decimal::ONE_HUNDRED) {
        complaints.add(row.line, column, value, "it is no such discount", "more than 0, and at most 100 %");
        return None;
    }
    if row.from_on != row.from_on.first_of_month() {
        complaints.add(row.line, "from_on", row.from_on, "discounts are of whole months", "the 1st of a month");
        return None;
    }
    if row.months == Some(0) {
        complaints.add(row.line, "months", "0", "it would hold for no month", "1 or more, or nothing: without end");
        return None;
    }
    Some(TermsOf { item, kind, value })
}

/// Whether it would be taken off something else although an invoice has taken it off.
fn is_moved(tx: &mut Tx, known: &DiscountRow, new: &DiscountRow) -> Result<bool, store::Error> {
    let of = |row: &DiscountRow| (row.agreement_id, row.line_id, row.item_id, row.from_month);
    if of(known) == of(new) {
        return Ok(false);
    }
    let id: i64 = known.discount_id.into();
    let charged = tx.charged_since(known.from_month, &[known.account_id])?;
    let is_taken = charged.iter().any(|sum| sum.source == Source::Discount && sum.source_id == id);
    Ok(is_taken || known.account_id != new.account_id)
}
