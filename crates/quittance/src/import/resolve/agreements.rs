//! Agreements and their lines: what was charged stays as it was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use billing::agreement::Part;
use billing::life::{Change, Every};
use billing::{Charge, Currency, Life, Month, Span, Stream, Terms};
use jiff::civil::Date;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use store::account::{AccountRow, Imported, ImportedValueRow};
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow, ChargedMonth};
use store::{AccountId, Tx};

use super::{ByCode, Resolver, by_code};
use crate::import::check::{Complaints, Fitting};
use crate::import::export::Export;
use crate::import::rows::LineIn;
use crate::plan::changes_of;

/// What agreement lines may name.
pub(super) const RECURS: Fitting =
    (|kind| kind.recurs(), "an item of kind service or licence (all else is billed bi-weekly, in products.csv)");

impl Resolver<'_> {
    pub(super) fn agreements(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
    ) -> Result<ByCode<AgreementRow>, store::Error> {
        let mut agreements = by_code(tx.agreements()?, |row| &row.code);
        let mut lines: HashMap<_, Vec<AgreementLineRow>> = HashMap::new();
        for line in tx.agreement_lines()? {
            lines.entry((line.account_id, line.agreement_id)).or_default().push(line);
        }
        let imported: HashMap<i64, [u8; 32]> =
            tx.imported_values(Imported::Agreement)?.into_iter().map(|row| (row.row_id, row.row_hash)).collect();
        for row in &export.agreements {
            let Some(account) = self.known_account(&row.account, row.line, accounts, "agreements.csv") else {
                self.unread.add("agreements.csv", &row.agreement);
                continue;
            };
            let known = agreements.get(&row.agreement);
            let mut agreement = AgreementRow {
                account_id: account,
                agreement_id: known.map_or_else(|| self.mint(), |known| Ok(known.agreement_id))?,
                code: row.agreement.clone(),
                name: row.name.clone(),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                billing: row.billing,
                po_number: row.po_number.clone(),
                renews_on: row.renews_on.or(known.and_then(|known| known.renews_on)),
                renews_months: row.renews_months.or(known.and_then(|known| known.renews_months)),
                uplift_percent: row
                    .uplift_percent
                    .or(known.and_then(|known| known.uplift_percent))
                    .map(|percent| percent.normalize()),
            };
            self.keep_po(&mut agreement, known, &imported);
            let renewal =
                [agreement.renews_on.is_some(), agreement.renews_months.is_some(), agreement.uplift_percent.is_some()];
            if renewal.contains(&true) && renewal.contains(&false) || agreement.renews_months == Some(0) {
                Complaints::about("agreements.csv", self.problems).add(
                    row.line,
                    "renews_on",
                    "",
                    "a renewal needs its day, its months and its percentage",
                    "all of renews_on, renews_months (1 or more) and uplift_percent, or none",
                );
                continue;
            }
            if let Some(known) = known.cloned() {
                if known.account_id != account {
                    Complaints::about("agreements.csv", self.problems).add(
                        row.line,
                        "account",
                        &row.account,
                        "the agreement is another account's",
                        "a new agreement for this account",
                    );
                    continue;
                }
                for line in lines.get(&(account, known.agreement_id)).into_iter().flatten() {
                    self.keeps_charges(tx, ("agreements.csv", row.line), (line, &known), (line, &agreement))?;
                }
            }
            let place = format!("agreements.csv:{} {}", row.line, row.agreement);
            self.changes.agreements.take(
                agreement.clone(),
                agreements.get(&row.agreement),
                &place,
                &mut self.changes.fields,
            )?;
            agreements.insert(row.agreement.clone(), agreement);
        }
        Ok(agreements)
    }

    /// The PO number that the portal's people set since stands, until the export says something else.
    fn keep_po(
        &mut self,
        agreement: &mut AgreementRow,
        known: Option<&AgreementRow>,
        imported: &HashMap<i64, [u8; 32]>,
    ) {
        let (row_id, row_hash) = (i64::from(agreement.agreement_id), po_hash(agreement));
        match known.filter(|_| imported.get(&row_id) == Some(&row_hash)) {
            Some(known) => agreement.po_number = known.po_number.clone(),
            None => self.changes.imported_values.push(ImportedValueRow { what: Imported::Agreement, row_id, row_hash }),
        }
    }

    pub(super) fn lines(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        agreements: &ByCode<AgreementRow>,
    ) -> Result<ByCode<AgreementLineRow>, store::Error> {
        let stored = by_code(tx.agreement_lines()?, |row| &row.code);
        let mut lines = stored.clone();
        let items = self.all_items(tx)?;
        // Until they are taken below: rows that refer to them aren't blamed.
        export.lines.iter().for_each(|row| self.unread.add("agreement_lines.csv", &row.line_code));
        for row in &export.lines {
            let mut complaints = Complaints::about("agreement_lines.csv", self.problems);
            let item_id = items.fitting(&row.item, row.line, RECURS, &mut complaints);
            let Some(agreement) = agreements.get(&row.agreement) else {
                if !self.unread.may_hold("agreements.csv", &row.agreement) {
                    complaints.add(
                        row.line,
                        "agreement",
                        &row.agreement,
                        "there is no such agreement",
                        "an id of agreements.csv",
                    );
                }
                continue;
            };
            let Some(item_id) = item_id else { continue };
            let known = stored.get(&row.line_code);
            let (included_hours, hours_carry_months) = hours(row, known);
            let line = AgreementLineRow {
                account_id: agreement.account_id,
                line_id: known.map_or_else(|| self.mint(), |known| Ok(known.line_id))?,
                agreement_id: agreement.agreement_id,
                code: row.line_code.clone(),
                item_id,
                description: row.description.clone(),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                quantity: row.quantity.normalize(),
                unit_price: row.unit_price.normalize(),
                prorate: row.prorate,
                every: row.every.or(known.map(|known| known.every)).unwrap_or(Every::Month),
                minimum_quantity: row
                    .minimum_quantity
                    .or(known.map(|known| known.minimum_quantity))
                    .unwrap_or_default()
                    .normalize(),
                owed_from: known.and_then(|known| known.owed_from),
                included_hours,
                hours_carry_months,
            };
            if let Some(known) = known {
                let moved = known.account_id != line.account_id
                    || known.agreement_id != line.agreement_id
                    || known.item_id != line.item_id;
                let charged = self.charged(tx, known.account_id)?.iter().any(|month| month.source_id == known.line_id);
                if moved && (charged || known.account_id != line.account_id) {
                    Complaints::about("agreement_lines.csv", self.problems).add(
                        row.line,
                        "line",
                        &row.line_code,
                        "it was charged under another agreement or item",
                        "the line as it was, ended, and a new line for the new agreement or item",
                    );
                    continue;
                }
                self.keeps_charges(tx, ("agreement_lines.csv", row.line), (known, agreement), (&line, agreement))?;
            }
            let place = format!("agreement_lines.csv:{} {}", row.line, row.line_code);
            lines.insert(line.code.clone(), line.clone());
            self.changes.lines.take(line, known, &place, &mut self.changes.fields)?;
        }
        Ok(lines)
    }

    /// Tells where a change would alter a month that an invoice has taken already.
    fn keeps_charges(
        &mut self,
        tx: &mut Tx,
        (file, line): (&'static str, u64),
        before: (&AgreementLineRow, &AgreementRow),
        after: (&AgreementLineRow, &AgreementRow),
    ) -> Result<(), store::Error> {
        let said = |(line, agreement): (&AgreementLineRow, &AgreementRow)| {
            (terms(line, agreement), line.every, line.minimum_quantity)
        };
        // Most rows come again as they are: nothing is read for them.
        if said(before) == said(after) {
            return Ok(());
        }
        let changes = tx.agreement_changes(&[before.0.account_id])?;
        let (old, new) = (life(before, &changes), life(after, &changes));
        let months: Vec<ChargedMonth> = self
            .charged(tx, before.0.account_id)?
            .iter()
            .filter(|month| month.source_id == before.0.line_id)
            .cloned()
            .collect();
        for charged in months {
            let now = charge(&new, charged.month, charged.currency);
            if charge(&old, charged.month, charged.currency) != now
                || old.terms.billing != new.terms.billing
                || old.every != new.every
            {
                let until = charged.month.next().first();
                Complaints::about(file, self.problems).add(
                    line,
                    "",
                    "",
                    &format!(
                        "{} was charged {} on {}; an invoice can't change",
                        before.0.code, charged.month, charged.number
                    ),
                    &format!("the row as it was until {until}, and a new row from the day on which the change holds; or the change recorded \
                         with `quittance agreement`, which corrects it on the next invoice"),
                );
                break;
            }
        }
        Ok(())
    }

    pub(super) fn charged(&mut self, tx: &mut Tx, account: AccountId) -> Result<&Vec<ChargedMonth>, store::Error> {
        match self.charged.entry(account) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(tx.charged_months(account)?)),
        }
    }
}

/// The first day that no recurring run has had.
pub(super) fn run_until(tx: &mut Tx) -> Result<Option<Date>, store::Error> {
    let runs = tx.runs()?.into_iter().filter(|run| run.stream == Stream::Recurring);
    Ok(runs.map(|run| run.period_until).max())
}

/// The hours a line includes, and for how many months they last; what an export doesn't say stays as it was recorded.
fn hours(row: &LineIn, known: Option<&AgreementLineRow>) -> (Option<Decimal>, u32) {
    let hours = row.included_hours.or(known.and_then(|known| known.included_hours));
    let months = row.hours_carry_months.or(known.map(|known| known.hours_carry_months));
    (hours.map(|hours| hours.normalize()), months.unwrap_or_default())
}

/// A line's terms within its agreement.
fn terms(line: &AgreementLineRow, agreement: &AgreementRow) -> Terms {
    Terms {
        active: Span::open(line.starts_on, line.ends_on).and(Span::open(agreement.starts_on, agreement.ends_on)),
        billing: agreement.billing,
        quantity: line.quantity,
        unit_price: line.unit_price,
        proration: line.prorate,
    }
}

/// A line within its agreement, with what was recorded for either; a renewal is no change of the row.
pub(super) fn life((line, agreement): (&AgreementLineRow, &AgreementRow), changes: &[AgreementChangeRow]) -> Life {
    let what =
        |change: &AgreementChangeRow| Change { on: change.takes_effect_on, what: change.kind.happening(change.value) };
    let changes = changes_of(changes, (agreement.agreement_id, line.line_id)).map(what).collect();
    let terms = terms(line, agreement);
    Life { terms, minimum: line.minimum_quantity, every: line.every, changes, revised_from: None }
}

fn charge(life: &Life, month: Month, currency: Currency) -> Option<Vec<Charge>> {
    life.charges(life.period(month)?, Part::Regular, currency).ok()
}

/// What an export says of an agreement's PO number, as it is compared with what it said before.
fn po_hash(agreement: &AgreementRow) -> [u8; 32] {
    Sha256::digest(format!("{:?}", agreement.po_number)).into()
}
