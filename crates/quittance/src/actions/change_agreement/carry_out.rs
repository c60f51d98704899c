//! Carrying out what happens to agreements and lines that are there. Nothing but the one agreement is read.

use billing::Span;
use billing::discount::DiscountKind;
use billing::life::{ChangeKind, Subject};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow, DiscountRow};
use store::{AccountId, Tx};

use super::{Amount, Deed, Desk, NewAgreement, NewDiscount};
use crate::error::{Error, Result};
use crate::plan::changes_of;

/// An agreement, or one of its lines.
pub(super) struct Named {
    pub agreement: AgreementRow,
    pub line: Option<AgreementLineRow>,
}

impl Named {
    /// What a code names: a line, or else an agreement.
    pub fn find(tx: &mut Tx, code: &str) -> Result<Self> {
        if let Some(line) = tx.agreement_line_by_code(code)? {
            let agreement = tx.agreement(line.account_id, line.agreement_id)?;
            let agreement = agreement.ok_or_else(|| Error::internal("a line without its agreement"))?;
            return Ok(Self { agreement, line: Some(line) });
        }
        Ok(Self { agreement: agreement(tx, code)?, line: None })
    }

    /// What was recorded for just this line, or just this agreement, in the order in which it holds.
    fn own_changes(&self, tx: &mut Tx) -> Result<Vec<AgreementChangeRow>> {
        let line = self.line.as_ref().map(|line| line.line_id);
        let mut changes = tx.agreement_changes(&[self.agreement.account_id])?;
        changes.retain(|row| row.agreement_id == self.agreement.agreement_id && row.line_id == line);
        Ok(changes)
    }

    /// The days on which it is there.
    fn span(&self) -> Span {
        let whole = Span::open(self.agreement.starts_on, self.agreement.ends_on);
        self.line.as_ref().map_or(whole, |line| Span::open(line.starts_on, line.ends_on).and(whole))
    }
}

/// Whose agreement a deed is about; nobody's where there is none: that is refused with more words.
pub(super) fn account_of(tx: &mut Tx, deed: &Deed) -> Result<Option<AccountId>> {
    let code = match deed {
        Deed::Agreement(new) => return Ok(tx.account_by_code(&new.account)?.map(|account| account.account_id)),
        Deed::Undo { code } => {
            let change = tx.agreement_change_by_code(code)?.map(|row| row.account_id);
            let discount = tx.all_discounts()?.into_iter().find(|row| row.code == *code);
            return Ok(change.or(discount.map(|row| row.account_id)));
        }
        Deed::Change { subject, .. } => subject,
        Deed::Renew { agreement, .. } => agreement,
        Deed::Line(line) => &line.agreement,
        Deed::Upgrade { line, .. } => line,
        Deed::Discount(new) => &new.subject,
    };
    Ok(Named::find(tx, code).ok().map(|named| named.agreement.account_id))
}

pub(super) fn agreement(tx: &mut Tx, code: &str) -> Result<AgreementRow> {
    let found = tx.agreement_by_code(code)?;
    found.ok_or_else(|| Error::Refused(format!("there is no agreement {code}; `quittance agreement list` shows them")))
}

/// The units that hold on a day by a line's own changes.
pub(super) fn units(line: &AgreementLineRow, own: &[AgreementChangeRow], on: Date) -> Decimal {
    let seats = own.iter().filter(|row| row.kind == ChangeKind::Quantity && row.takes_effect_on <= on);
    seats.filter_map(|row| row.value).next_back().unwrap_or(line.quantity)
}

impl Desk {
    pub(super) fn carry_out(&self, tx: &mut Tx, deed: &Deed) -> Result<String> {
        match deed {
            Deed::Change { subject, kind, value, on } => self.change(tx, (subject, *kind, *value, *on)),
            Deed::Renew { agreement, on, months, percent } => renew(tx, agreement, (*on, *months, *percent)),
            Deed::Agreement(new) => self.add_agreement(tx, new),
            Deed::Line(line) => self.add_line(tx, line),
            Deed::Upgrade { line, code, item, quantity, unit_price, on } => {
                let named = Named::find(tx, line)?;
                let own = named.own_changes(tx)?;
                let new = super::lines::successor(&named, (code, item), &own, (*quantity, *unit_price), *on)?;
                let ended = self.change(tx, (line, ChangeKind::End, None, *on))?;
                Ok(format!("{ended}\n{}", self.add_line(tx, &new)?))
            }
            Deed::Discount(new) => self.add_discount(tx, new),
            Deed::Undo { code } => undo(tx, code),
        }
    }

    fn change(
        &self,
        tx: &mut Tx,
        (subject, kind, value, on): (&str, ChangeKind, Option<Amount>, Date),
    ) -> Result<String> {
        let named = Named::find(tx, subject)?;
        let of = if named.line.is_some() { Subject::Line } else { Subject::Agreement };
        kind.check(of, on, named.span()).map_err(|why| Error::Refused(format!("{subject}: {why}")))?;
        let mut own = named.own_changes(tx)?;
        let place = own.iter().position(|row| row.kind == kind && row.takes_effect_on == on);
        let known = place.map(|place| own.remove(place));
        let base = named.line.as_ref().map_or(Decimal::ZERO, |line| units(line, &own, on));
        let value = value.map(|amount| match amount {
            Amount::Exactly(value) => value,
            Amount::By(by) => base + by,
        });
        if value.is_some_and(|value| value < Decimal::ZERO) {
            return Err(Error::Refused(format!("{subject} has {base} on {on}; that leaves less than nothing")));
        }
        let value = value.map(|value| value.normalize());
        if let Some(known) = known {
            return same(&known.code, known.value == value);
        }
        let row = AgreementChangeRow {
            account_id: named.agreement.account_id,
            change_id: self.ids[2].into(),
            agreement_id: named.agreement.agreement_id,
            line_id: named.line.map(|line| line.line_id),
            code: format!("{subject}-{kind}-{on}"),
            kind,
            takes_effect_on: on,
            value,
            owed_from: on,
            made_at: self.now,
        };
        if tx.agreement_change_by_code(&row.code)?.is_some() {
            return same(&row.code, false);
        }
        tx.insert(std::slice::from_ref(&row))?;
        let amount = row.value.map_or(String::new(), |value| format!(" {value}"));
        Ok(format!("{subject}: {kind}{amount} from {on} ({}).", row.code))
    }

    fn add_agreement(&self, tx: &mut Tx, new: &NewAgreement) -> Result<String> {
        let account = tx.account_by_code(&new.account)?.ok_or_else(|| Error::no_account(&new.account))?;
        let row = AgreementRow {
            account_id: account.account_id,
            agreement_id: self.ids[0].into(),
            code: code_of(&new.code)?,
            name: new.name.clone(),
            starts_on: new.from,
            ends_on: new.until,
            billing: new.billing,
            po_number: None,
            renews_on: None,
            renews_months: None,
            uplift_percent: None,
        };
        if let Some(known) = tx.agreement_by_code(&row.code)? {
            return same(&row.code, known == AgreementRow { agreement_id: known.agreement_id, ..row.clone() });
        }
        tx.insert(std::slice::from_ref(&row))?;
        Ok(format!("{} is agreed with {} from {}, billed in {}.", row.code, account.code, row.starts_on, row.billing))
    }

    fn add_discount(&self, tx: &mut Tx, new: &NewDiscount) -> Result<String> {
        let named = Named::find(tx, &new.subject)?;
        if new.value <= Decimal::ZERO || (new.kind == DiscountKind::Percent && new.value > Decimal::ONE_HUNDRED) {
            return Err(Error::refused("a discount is more than 0, and at most 100 %"));
        }
        if new.item.is_some() && named.line.is_some() {
            return Err(Error::refused("a discount is of a line or of an item; name the agreement to give an item"));
        }
        let item_id = match &new.item {
            Some(item) => Some(super::lines::recurring_item(tx, item)?.item_id),
            None => None,
        };
        let row = DiscountRow {
            account_id: named.agreement.account_id,
            discount_id: self.ids[0].into(),
            agreement_id: named.agreement.agreement_id,
            line_id: named.line.map(|line| line.line_id),
            item_id,
            code: code_of(&new.code)?,
            description: new.description.clone(),
            kind: new.kind,
            value: new.value.normalize(),
            from_month: new.from,
            months: new.months,
            made_at: self.now,
        };
        if let Some(known) = tx.discount_by_code(&row.code)? {
            let fresh = DiscountRow { discount_id: known.discount_id, made_at: known.made_at, ..row.clone() };
            return same(&row.code, known == fresh);
        }
        tx.insert(std::slice::from_ref(&row))?;
        let length = row.months.map_or("until it is taken back".to_owned(), |months| format!("for {months} months"));
        let of = new.item.as_ref().map_or(String::new(), |item| format!(" of {item}"));
        Ok(format!("{}: {}, on {}{of} from {} {length}.", row.code, row.description, new.subject, row.from_month))
    }
}

/// How a renewal is called where it is taken back.
pub fn renewal_code(agreement: &str) -> String {
    format!("{agreement}-renewal")
}

fn renew(tx: &mut Tx, code: &str, (on, months, percent): (Date, u32, Decimal)) -> Result<String> {
    let known = agreement(tx, code)?;
    if months == 0 || percent < Decimal::ZERO {
        return Err(Error::refused("a renewal comes every 1 or more months, and prices do not fall by it"));
    }
    let row = AgreementRow {
        renews_on: Some(on),
        renews_months: Some(months),
        uplift_percent: Some(percent.normalize()),
        ..known.clone()
    };
    let renewal = renewal_code(code);
    if row == known {
        return same(&renewal, true);
    }
    tx.replace(&[row])?;
    Ok(format!("{code} renews on {on} and every {months} months: prices rise by {percent} % ({renewal})."))
}

fn undo(tx: &mut Tx, code: &str) -> Result<String> {
    if tx.drop_discount(code)? {
        return Ok(format!("{code} is taken back; what it took off an invoice stays off."));
    }
    let corrected = format!("{code} is taken back; what it changed on an invoice is corrected on the next one.");
    if let Some(change) = tx.agreement_change_by_code(code)? {
        let lines = tx.lines_of_agreement(change.account_id, change.agreement_id)?;
        let of = |line: &AgreementLineRow| (line.agreement_id, line.line_id);
        let is_concerned =
            |line: &AgreementLineRow| changes_of(std::slice::from_ref(&change), of(line)).next().is_some();
        look_again(tx, lines.into_iter().filter(is_concerned), change.owed_from)?;
        tx.drop_agreement_change(code)?;
        return Ok(corrected);
    }
    let renewed = match code.strip_suffix(renewal_code("").as_str()) {
        Some(agreement) => tx.agreement_by_code(agreement)?,
        None => None,
    };
    if let Some((agreement, on)) = renewed.and_then(|row| Some((row.clone(), row.renews_on?))) {
        let lines = tx.lines_of_agreement(agreement.account_id, agreement.agreement_id)?;
        look_again(tx, lines.into_iter(), on)?;
        tx.replace(&[AgreementRow { renews_on: None, renews_months: None, uplift_percent: None, ..agreement }])?;
        return Ok(corrected);
    }
    Err(Error::Refused(format!(
        "there is no change or discount {code}; `quittance agreement show` lists an agreement's, with their codes"
    )))
}

/// Nothing tells of what is taken back any more, so its lines say from which day on they are looked at again.
fn look_again(tx: &mut Tx, lines: impl Iterator<Item = AgreementLineRow>, on: Date) -> Result<()> {
    let lines: Vec<AgreementLineRow> = lines
        .map(|line| AgreementLineRow { owed_from: line.owed_from.into_iter().chain([on]).min(), ..line })
        .collect();
    Ok(tx.replace(&lines)?)
}

/// The same again is no mistake; something else under the same code, or for the same day, is.
pub(super) fn same(code: &str, is_same: bool) -> Result<String> {
    if is_same {
        return Ok(format!("{code} stands so already; nothing is changed."));
    }
    Err(Error::Refused(format!(
        "{code} is there already and says something else; take it back first (`quittance agreement undo`), or use another code"
    )))
}

/// A code as imports take it: it stands in addresses and on paper.
pub(super) fn code_of(text: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 40 || !text.chars().all(allowed) {
        return Err(Error::Refused(format!("{text} can't be a code: at most 40 letters, digits, -, _ and .")));
    }
    Ok(text.to_owned())
}
