//! Changes an agreement from a day on: seats, price, suspension, end, renewal, discount, new lines. Nothing that was issued
//! changes; what it should have been stands on the next invoice.

use billing::Billing;
use billing::discount::DiscountKind;
use billing::item::ItemKind;
use billing::life::{ChangeKind, Every};
use billing::{Month, Proration};
use jiff::civil::Date;
use rust_decimal::Decimal;
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow, DiscountRow};
use store::item::ItemRow;
use store::run::ImportRow;
use store::work::DeliveryRow;
use store::{ImportId, Stored, Tx};

use crate::app::App;
use crate::error::{Error, Result};

/// What is to be done. Codes are those of the provider's systems.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Something happens to a line, or to all lines of an agreement.
    Change {
        /// A line's or an agreement's code.
        subject: String,
        /// What.
        kind: ChangeKind,
        /// How much, where the kind says how much.
        value: Option<Amount>,
        /// From this day on.
        on: Date,
    },
    /// Prices rise on a day, and again every so many months.
    Renew { agreement: String, on: Date, months: u32, percent: Decimal },
    /// A new agreement.
    Agreement(NewAgreement),
    /// A new line.
    Line(NewLine),
    /// One line ends and another, of another item, begins on the same day.
    Upgrade {
        /// The line that ends.
        line: String,
        /// The code of the new one.
        code: String,
        /// Its item.
        item: String,
        /// Its quantity; that of the old one where `None`.
        quantity: Option<Decimal>,
        /// Its price; the list price where `None`.
        unit_price: Option<Decimal>,
        /// The day.
        on: Date,
    },
    /// A discount on an agreement or a line.
    Discount(NewDiscount),
    /// Takes back a change or a discount by its code.
    Undo { code: String },
}

/// A number, or a difference to what holds on the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// This.
    Exactly(Decimal),
    /// So many units more, or less.
    By(Decimal),
}

/// An agreement that begins.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// Whose it is.
    pub account: String,
    /// Its code.
    pub code: String,
    /// As it stands on the invoice.
    pub name: String,
    /// Its span.
    pub from: Date,
    /// Its span.
    pub until: Option<Date>,
    /// Arrears or advance.
    pub billing: Billing,
}

/// A discount that begins.
#[derive(Clone, Debug)]
pub struct NewDiscount {
    /// A line's or an agreement's code.
    pub subject: String,
    /// Its own code.
    pub code: String,
    /// As it stands on the invoice.
    pub description: String,
    /// Percent or fixed.
    pub kind: DiscountKind,
    /// How much.
    pub value: Decimal,
    /// The first month.
    pub from: Month,
    /// For so many months.
    pub months: Option<u32>,
}

/// A line that begins.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Where it belongs.
    pub agreement: String,
    /// Its code.
    pub code: String,
    /// A service or licence.
    pub item: String,
    /// The item's name where `None`.
    pub description: Option<String>,
    /// Its span.
    pub from: Date,
    /// Its span.
    pub until: Option<Date>,
    /// Units.
    pub quantity: Decimal,
    /// The list price where `None`.
    pub unit_price: Option<Decimal>,
    /// Whether part of a period is charged in part.
    pub prorate: Proration,
    /// How often.
    pub every: Every,
    /// Never fewer units.
    pub minimum: Decimal,
    /// A fee on the bi-weekly stream when it begins: its item and its price.
    pub setup: Option<(String, Decimal)>,
}

/// Carries out one deed, and says what it did.
///
/// # Errors
/// `Refused` with what is wrong: an unknown code, a day outside the line, a change that stands already in another way.
pub async fn change_agreement(app: &App, deed: Deed) -> Result<String> {
    let today = app.today();
    let mint = Ids { ids: [app.ids.mint(), app.ids.mint(), app.ids.mint()], import: app.ids.mint() };
    let now = app.clock.now();
    app.store
        .write(move |tx| {
            let book = Book::read(tx)?;
            let said = book.carry_out(tx, &deed, &mint, now, today)?;
            // Runs notice by this that their data have changed.
            tx.insert(&[ImportRow { import_id: mint.import, made_at: now, rows_added: 0, rows_changed: 1 }])?;
            Ok::<String, Error>(said)
        })
        .await
}

/// Ids minted before the transaction.
struct Ids {
    ids: [i64; 3],
    import: ImportId,
}

/// What is agreed.
struct Book {
    agreements: Vec<AgreementRow>,
    lines: Vec<AgreementLineRow>,
    changes: Vec<AgreementChangeRow>,
    items: Vec<ItemRow>,
}

impl Book {
    fn read(tx: &mut Tx) -> Result<Self, Error> {
        Ok(Self {
            agreements: tx.agreements()?,
            lines: tx.agreement_lines()?,
            changes: tx.all_agreement_changes()?,
            items: tx.items()?,
        })
    }

    fn agreement(&self, code: &str) -> Result<&AgreementRow> {
        let found = self.agreements.iter().find(|row| row.code == code);
        found.ok_or_else(|| {
            Error::Refused(format!("there is no agreement {code}; `quittance agreement list` shows them"))
        })
    }

    fn line(&self, code: &str) -> Result<&AgreementLineRow> {
        let found = self.lines.iter().find(|row| row.code == code);
        found.ok_or_else(|| {
            Error::Refused(format!("there is no agreement line {code}; `quittance agreement list` shows them"))
        })
    }

    /// A line, or else an agreement.
    fn subject(&self, code: &str) -> Result<(&AgreementRow, Option<&AgreementLineRow>)> {
        if let Some(line) = self.lines.iter().find(|row| row.code == code) {
            let agreement = self.agreements.iter().find(|row| row.agreement_id == line.agreement_id);
            return Ok((agreement.ok_or_else(|| Error::internal("a line without its agreement"))?, Some(line)));
        }
        Ok((self.agreement(code)?, None))
    }

    fn item(&self, code: &str, fits: fn(ItemKind) -> bool, kinds: &str) -> Result<&ItemRow> {
        let found = self.items.iter().find(|row| row.code == code);
        let item = found.ok_or_else(|| Error::Refused(format!("there is no item {code}")))?;
        if fits(item.kind) {
            Ok(item)
        } else {
            Err(Error::Refused(format!("{code} is a {}; expected {kinds}", item.kind)))
        }
    }

    fn carry_out(&self, tx: &mut Tx, deed: &Deed, mint: &Ids, now: jiff::Timestamp, today: Date) -> Result<String> {
        let [first, second, third] = mint.ids;
        match deed {
            Deed::Change { subject, kind, value, on } => self.change(tx, (subject, *kind, *value, *on), first, now),
            Deed::Renew { agreement, on, months, percent } => self.renew(tx, agreement, (*on, *months, *percent)),
            Deed::Agreement(new) => self.add_agreement(tx, new, first),
            Deed::Line(line) => self.add_line(tx, line, (first, second), today),
            Deed::Upgrade { line, code, item, quantity, unit_price, on } => {
                let new = self.successor(line, (code, item), *quantity, *unit_price, *on)?;
                let ended = self.change(tx, (line, ChangeKind::End, None, *on), third, now)?;
                Ok(format!("{ended}\n{}", self.add_line(tx, &new, (first, second), today)?))
            }
            Deed::Discount(new) => self.add_discount(tx, new, first, now),
            Deed::Undo { code } => self.undo(tx, code),
        }
    }

    fn undo(&self, tx: &mut Tx, code: &str) -> Result<String> {
        if tx.drop_discount(code)? {
            return Ok(format!("{code} is taken back; what it took off an invoice stays off."));
        }
        let change = self.changes.iter().find(|row| row.code == code);
        let change = change.ok_or_else(|| {
            Error::Refused(format!("there is no change or discount {code}; `quittance agreement show` lists them"))
        })?;
        // Nothing tells of the change any more, so its lines say from which day on they are looked at again.
        let on = change.takes_effect_on;
        let concerned = self.lines.iter().filter(|line| {
            line.agreement_id == change.agreement_id && change.line_id.is_none_or(|id| id == line.line_id)
        });
        let lines: Vec<AgreementLineRow> = concerned
            .map(|line| AgreementLineRow { owed_from: line.owed_from.into_iter().chain([on]).min(), ..line.clone() })
            .collect();
        tx.replace(&lines)?;
        tx.drop_agreement_change(code)?;
        Ok(format!("{code} is taken back; what it changed on an invoice is corrected on the next one."))
    }

    fn add_agreement(&self, tx: &mut Tx, new: &NewAgreement, id: i64) -> Result<String> {
        let accounts = tx.accounts()?;
        let account = accounts.iter().find(|row| row.code == new.account);
        let account = account.ok_or_else(|| Error::Refused(format!("there is no account {}", new.account)))?;
        let row = AgreementRow {
            account_id: account.account_id,
            agreement_id: id.into(),
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
        if let Some(known) = self.agreements.iter().find(|known| known.code == row.code) {
            return same(known, &AgreementRow { agreement_id: known.agreement_id, ..row });
        }
        tx.insert(std::slice::from_ref(&row))?;
        Ok(format!("{} is agreed with {} from {}, billed in {}.", row.code, account.code, row.starts_on, row.billing))
    }

    fn add_discount(&self, tx: &mut Tx, new: &NewDiscount, id: i64, now: jiff::Timestamp) -> Result<String> {
        let (agreement, line) = self.subject(&new.subject)?;
        if new.value <= Decimal::ZERO || (new.kind == DiscountKind::Percent && new.value > Decimal::ONE_HUNDRED) {
            return Err(Error::refused("a discount is more than 0, and at most 100 %"));
        }
        let row = DiscountRow {
            account_id: agreement.account_id,
            discount_id: id.into(),
            agreement_id: agreement.agreement_id,
            line_id: line.map(|line| line.line_id),
            code: code_of(&new.code)?,
            description: new.description.clone(),
            kind: new.kind,
            value: new.value.normalize(),
            from_month: new.from,
            months: new.months,
            made_at: now,
        };
        if let Some(known) = tx.all_discounts()?.into_iter().find(|known| known.code == row.code) {
            return same(&known, &DiscountRow { discount_id: known.discount_id, made_at: known.made_at, ..row });
        }
        tx.insert(std::slice::from_ref(&row))?;
        let length = row.months.map_or("until it is taken back".to_owned(), |months| format!("for {months} months"));
        Ok(format!("{}: {}, on {} from {} {length}.", row.code, row.description, new.subject, row.from_month))
    }

    /// The line that takes another's place: with its terms, where nothing else is said.
    fn successor(
        &self,
        line: &str,
        (code, item): (&str, &str),
        quantity: Option<Decimal>,
        unit_price: Option<Decimal>,
        on: Date,
    ) -> Result<NewLine> {
        let old = self.line(line)?;
        Ok(NewLine {
            agreement: self.subject(line)?.0.code.clone(),
            code: code.to_owned(),
            item: item.to_owned(),
            description: None,
            from: on,
            until: old.ends_on,
            quantity: quantity.unwrap_or_else(|| self.seats(old, on, "")),
            unit_price,
            prorate: old.prorate,
            every: old.every,
            minimum: old.minimum_quantity,
            setup: None,
        })
    }

    /// The units that hold on a day by the line's own changes, but for the one of this code.
    fn seats(&self, line: &AgreementLineRow, on: Date, but: &str) -> Decimal {
        let is_own = |row: &&AgreementChangeRow| row.line_id == Some(line.line_id) && row.kind == ChangeKind::Quantity;
        let own = self.changes.iter().filter(is_own).filter(|row| row.takes_effect_on <= on && row.code != but);
        own.filter_map(|row| row.value).next_back().unwrap_or(line.quantity)
    }

    fn change(
        &self,
        tx: &mut Tx,
        (subject, kind, value, on): (&str, ChangeKind, Option<Amount>, Date),
        id: i64,
        now: jiff::Timestamp,
    ) -> Result<String> {
        let (agreement, line) = self.subject(subject)?;
        let code = format!("{subject}-{kind}-{on}");
        self.may_change(agreement, line, subject, kind, on)?;
        let known = self.changes.iter().find(|row| row.code == code);
        let base = line.map_or(Decimal::ZERO, |line| self.seats(line, on, &code));
        let value = value.map(|amount| match amount {
            Amount::Exactly(value) => value,
            Amount::By(by) => base + by,
        });
        if value.is_some_and(|value| value < Decimal::ZERO) {
            return Err(Error::Refused(format!("{subject} has {base} on {on}; that leaves less than nothing")));
        }
        let row = AgreementChangeRow {
            account_id: agreement.account_id,
            change_id: id.into(),
            agreement_id: agreement.agreement_id,
            line_id: line.map(|line| line.line_id),
            code: code.clone(),
            kind,
            takes_effect_on: on,
            value: value.map(|value| value.normalize()),
            made_at: now,
        };
        if let Some(known) = known {
            return same(known, &AgreementChangeRow { change_id: known.change_id, made_at: known.made_at, ..row });
        }
        tx.insert(std::slice::from_ref(&row))?;
        let amount = row.value.map_or(String::new(), |value| format!(" {value}"));
        Ok(format!("{subject}: {kind}{amount} from {on} ({code})."))
    }

    fn may_change(
        &self,
        agreement: &AgreementRow,
        line: Option<&AgreementLineRow>,
        subject: &str,
        kind: ChangeKind,
        on: Date,
    ) -> Result<()> {
        let refuse = |why: String| Err(Error::Refused(format!("{subject}: {why}")));
        match kind {
            ChangeKind::Quantity | ChangeKind::Price if line.is_none() => {
                return refuse(format!("a {kind} belongs to a line; name one of the agreement's lines"));
            }
            ChangeKind::Advance | ChangeKind::Arrears if line.is_some() => {
                return refuse(format!("advance or arrears belongs to the whole agreement, {}", agreement.code));
            }
            ChangeKind::Advance | ChangeKind::Arrears if on != on.first_of_month() => {
                return refuse(format!("billing changes on the 1st of a month, {on} is none"));
            }
            _ => {}
        }
        let starts_on = line.map_or(agreement.starts_on, |line| line.starts_on.max(agreement.starts_on));
        let ends_on = line.and_then(|line| line.ends_on).into_iter().chain(agreement.ends_on).min();
        if on < starts_on || ends_on.is_some_and(|end| on >= end) {
            let until = ends_on.map_or(String::new(), |end| format!(" and ends before {end}"));
            return refuse(format!("{on} lies outside of it: it begins on {starts_on}{until}"));
        }
        Ok(())
    }

    fn renew(&self, tx: &mut Tx, agreement: &str, (on, months, percent): (Date, u32, Decimal)) -> Result<String> {
        let known = self.agreement(agreement)?;
        if months == 0 || percent < Decimal::ZERO {
            return Err(Error::refused("a renewal comes every 1 or more months, and prices do not fall by it"));
        }
        let row = AgreementRow {
            renews_on: Some(on),
            renews_months: Some(months),
            uplift_percent: Some(percent.normalize()),
            ..known.clone()
        };
        tx.replace(&[row])?;
        Ok(format!("{agreement} renews on {on} and every {months} months: prices rise by {percent} %."))
    }

    fn add_line(&self, tx: &mut Tx, new: &NewLine, (id, fee): (i64, i64), today: Date) -> Result<String> {
        let agreement = self.agreement(&new.agreement)?;
        let item = self.item(&new.item, ItemKind::recurs, "a service or licence; all else is billed bi-weekly")?;
        let row = AgreementLineRow {
            account_id: agreement.account_id,
            line_id: id.into(),
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
            included_hours: None,
            hours_carry_months: 0,
        };
        if let Some(known) = self.lines.iter().find(|known| known.code == row.code) {
            return same(known, &AgreementLineRow { line_id: known.line_id, ..row });
        }
        let said = format!(
            "{}: {} {} at {} from {} in {}.",
            row.code, row.quantity, row.description, row.unit_price, row.starts_on, agreement.code
        );
        tx.insert(std::slice::from_ref(&row))?;
        let Some((fee_item, price)) = &new.setup else { return Ok(said) };
        let item = self.item(fee_item, |kind| kind == ItemKind::Fee, "a fee")?;
        tx.insert(&[DeliveryRow {
            account_id: agreement.account_id,
            delivery_id: fee.into(),
            code: format!("{}-setup", row.code),
            ticket: None,
            delivered_on: new.from,
            item_id: item.item_id,
            description: format!("{}, {}", item.name, row.description),
            quantity: Decimal::ONE,
            unit_price: price.normalize(),
            approved_on: Some(today.min(new.from)),
            invoice_id: None,
        }])?;
        Ok(format!("{said}\nIts set-up fee of {price} stands on the bi-weekly invoice."))
    }
}

/// The same again is no mistake; something else under the same code is.
fn same<R: Stored + PartialEq + Code>(known: &R, fresh: &R) -> Result<String> {
    let code = known.code();
    if known == fresh {
        return Ok(format!("{code} stands so already; nothing is changed."));
    }
    Err(Error::Refused(format!(
        "{code} is there already and says something else; take it back first (`quittance agreement undo`), or use another code"
    )))
}

/// What is known by a code.
trait Code {
    fn code(&self) -> &str;
}

macro_rules! codes {
    ($($row:ty),+) => {$(impl Code for $row { fn code(&self) -> &str { &self.code } })+};
}
codes!(AgreementRow, AgreementLineRow, AgreementChangeRow, DiscountRow);

/// A code as imports take it: it stands in addresses and on paper.
fn code_of(text: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 40 || !text.chars().all(allowed) {
        return Err(Error::Refused(format!("{text} can't be a code: at most 40 letters, digits, -, _ and .")));
    }
    Ok(text.to_owned())
}
