//! Agreements and their lines: what was charged stays as it was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use billing::{Charge, Currency, Month, Span, Stream, Terms};
use jiff::civil::Date;
use store::account::AccountRow;
use store::agreement::{AgreementLineRow, AgreementRow, ChargedMonth};
use store::{AccountId, Tx};

use super::{ByCode, Resolver, by_code};
use crate::import::check::{Complaints, Fitting};
use crate::import::export::Export;

/// What agreement lines may name.
const RECURS: Fitting =
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
        for row in &export.agreements {
            let Some(account) = self.known_account(&row.account, row.line, accounts, "agreements.csv") else {
                self.unread.add("agreements.csv", &row.agreement);
                continue;
            };
            let known = agreements.get(&row.agreement);
            let agreement = AgreementRow {
                account_id: account,
                agreement_id: known.map_or_else(|| self.mint(), |known| Ok(known.agreement_id))?,
                code: row.agreement.clone(),
                name: row.name.clone(),
                starts_on: row.starts_on,
                ends_on: row.ends_on,
                billing: row.billing,
                po_number: row.po_number.clone(),
            };
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

    pub(super) fn lines(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        agreements: &ByCode<AgreementRow>,
    ) -> Result<(), store::Error> {
        let stored = by_code(tx.agreement_lines()?, |row| &row.code);
        let items = self.all_items(tx)?;
        let runs = tx.runs()?.into_iter().filter(|run| run.stream == Stream::Recurring);
        let run_until = runs.map(|run| run.period_until).max();
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
            } else if run_until.is_some_and(|until| terms(&line, agreement).active.and(before(until)).days() > 0) {
                self.changes.warnings.push(format!(
                    "agreement_lines.csv:{} {} begins on {} in a month that was run already; only months still to be run are charged",
                    row.line, row.line_code, row.starts_on
                ));
            }
            let place = format!("agreement_lines.csv:{} {}", row.line, row.line_code);
            self.changes.lines.take(line, known, &place, &mut self.changes.fields)?;
        }
        Ok(())
    }

    /// Tells where a change would alter a month that an invoice has taken already.
    fn keeps_charges(
        &mut self,
        tx: &mut Tx,
        (file, line): (&'static str, u64),
        before: (&AgreementLineRow, &AgreementRow),
        after: (&AgreementLineRow, &AgreementRow),
    ) -> Result<(), store::Error> {
        let (old, new) = (terms(before.0, before.1), terms(after.0, after.1));
        if old == new {
            return Ok(());
        }
        let months: Vec<ChargedMonth> = self
            .charged(tx, before.0.account_id)?
            .iter()
            .filter(|month| month.source_id == before.0.line_id)
            .cloned()
            .collect();
        for charged in months {
            let now = charge(&new, charged.month, charged.currency);
            if charge(&old, charged.month, charged.currency) != now || old.billing != new.billing {
                let until = charged.month.next().first();
                Complaints::about(file, self.problems).add(
                    line,
                    "",
                    "",
                    &format!(
                        "{} was charged {} on {}; an invoice can't change",
                        before.0.code, charged.month, charged.number
                    ),
                    &format!("the row as it was until {until}, and a new row from the day on which the change holds"),
                );
                break;
            }
        }
        Ok(())
    }

    fn charged(&mut self, tx: &mut Tx, account: AccountId) -> Result<&Vec<ChargedMonth>, store::Error> {
        match self.charged.entry(account) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => Ok(free.insert(tx.charged_months(account)?)),
        }
    }
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

fn charge(terms: &Terms, month: Month, currency: Currency) -> Option<Charge> {
    let of_month = Terms { billing: billing::Billing::Arrears, ..*terms };
    of_month.charges(month, month.first(), currency).ok().and_then(|charges| charges.first().copied())
}

/// All days before one.
fn before(day: Date) -> Span {
    Span::new(Date::MIN, day)
}
