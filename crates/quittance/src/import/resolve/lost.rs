//! Months that runs were over with before an import brought what they should have charged. By the contract no later run
//! charges them by itself; whoever imports is told, and how they are billed all the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use billing::agreement::Part;
use billing::life::Period;
use billing::{Currency, Life, Month, Stream};
use jiff::civil::Date;
use store::account::AccountRow;
use store::agreement::{AgreementChangeRow, AgreementLineRow, AgreementRow};
use store::run::DraftState;
use store::{AccountId, AgreementId, AgreementLineId, Tx};

use super::agreements::life;
use super::{ByCode, Resolver};
use crate::import::export::Export;
use crate::plan::changes_of;

/// Accounts, agreements and lines as they will be.
type Agreed<'a> = (&'a ByCode<AccountRow>, &'a ByCode<AgreementRow>, &'a ByCode<AgreementLineRow>);

/// A line that is new or changed, or whose agreement is, within its agreement.
struct Concerned {
    before: Option<(AgreementLineRow, AgreementRow)>,
    line: AgreementLineRow,
    agreement: AgreementRow,
}

impl Resolver<'_> {
    /// Warns of months that nobody will charge. What is billed stays as it is.
    pub(super) fn lost_months(&mut self, tx: &mut Tx, export: &Export, agreed: Agreed<'_>) -> Result<(), store::Error> {
        let changes = &self.changes;
        if changes.lines.added.is_empty() && changes.lines.changed.is_empty() && changes.agreements.changed.is_empty() {
            return Ok(());
        }
        let over: BTreeSet<Month> = tx.periods_over(Stream::Recurring)?.into_iter().map(Month::of).collect();
        let new = changes.provider.as_ref().map(|provider| provider.billing_starts_on);
        let (Some(first), Some(starts_on)) =
            (over.first().copied(), new.or(tx.provider()?.map(|provider| provider.billing_starts_on)))
        else {
            return Ok(());
        };
        let concerned = self.concerned(agreed);
        let ids: Vec<AccountId> = concerned.iter().map(|row| row.line.account_id).collect();
        let drafts = tx.passed_over(first, &ids)?.into_iter();
        let drafts = drafts.map(|row| ((row.account_id, Month::of(row.period_from)), row.state)).collect();
        let runs = Runs { starts_on, over, drafts };
        let mut recorded: HashMap<AccountId, Vec<AgreementChangeRow>> = HashMap::new();
        for change in tx.agreement_changes(&ids)? {
            recorded.entry(change.account_id).or_default().push(change);
        }
        let told = Told::of(export);
        let currencies: HashMap<AccountId, Currency> =
            agreed.0.values().map(|account| (account.account_id, account.currency)).collect();
        for row in concerned {
            let account = row.line.account_id;
            let Some(currency) = currencies.get(&account).copied() else { continue };
            let recorded = recorded.get(&account).map(Vec::as_slice).unwrap_or_default();
            let months = self.months_lost(tx, &row, (&runs, &told), (recorded, currency))?;
            self.changes.warnings.extend(told.warning(&row, &months));
        }
        Ok(())
    }

    /// By code.
    fn concerned(&self, (_, agreements, lines): Agreed<'_>) -> Vec<Concerned> {
        let by_id: HashMap<AgreementId, &AgreementRow> =
            agreements.values().map(|row| (row.agreement_id, row)).collect();
        let agreements_before: HashMap<AgreementId, &AgreementRow> =
            self.changes.agreements.was.iter().map(|row| (row.agreement_id, row)).collect();
        let lines_before: HashMap<AgreementLineId, &AgreementLineRow> =
            self.changes.lines.was.iter().map(|row| (row.line_id, row)).collect();
        let added: HashSet<AgreementLineId> = self.changes.lines.added.iter().map(|row| row.line_id).collect();
        let mut concerned = Vec::new();
        for line in lines.values() {
            let Some(agreement) = by_id.get(&line.agreement_id).copied() else { continue };
            let was = lines_before.get(&line.line_id).copied().unwrap_or(line);
            let within = agreements_before.get(&was.agreement_id).or_else(|| by_id.get(&was.agreement_id)).copied();
            let before = within.filter(|_| !added.contains(&line.line_id)).map(|within| (was, within));
            if before != Some((line, agreement)) {
                let before = before.map(|(was, within)| (was.clone(), within.clone()));
                concerned.push(Concerned { before, line: line.clone(), agreement: agreement.clone() });
            }
        }
        concerned.sort_by(|a, b| a.line.code.cmp(&b.line.code));
        concerned
    }

    /// The months that are lost to a line and were not before, each with the first day that would be charged.
    fn months_lost(
        &mut self,
        tx: &mut Tx,
        row: &Concerned,
        (runs, told): (&Runs, &Told<'_>),
        (recorded, currency): (&[AgreementChangeRow], Currency),
    ) -> Result<BTreeMap<Month, Date>, store::Error> {
        let (line, agreement) = (&row.line, &row.agreement);
        let now = life((line, agreement), recorded);
        let before = row.before.as_ref().map(|(line, agreement)| life((line, agreement), recorded));
        if before.as_ref() == Some(&now) {
            return Ok(BTreeMap::new());
        }
        let mut charged = HashSet::new();
        if before.is_some() {
            let months = self.charged(tx, line.account_id)?.iter().filter(|month| month.source_id == line.line_id);
            charged.extend(months.map(|month| month.month));
        }
        let recorded = changes_of(recorded, (agreement.agreement_id, line.line_id)).map(|change| change.owed_from);
        let since = recorded.chain(line.owed_from).chain(told.since(line, agreement)).min();
        let of = |life: &Life| Line { account: line.account_id, life, since, charged: &charged, currency }.lost(runs);
        let mut months = of(&now);
        for month in before.as_ref().map(of).unwrap_or_default().into_keys() {
            months.remove(&month);
        }
        Ok(months)
    }
}

/// What the files themselves say: where a line stands in them, and what happens to it.
struct Told<'a> {
    lines: HashMap<&'a str, u64>,
    agreements: HashMap<&'a str, u64>,
    changes: HashMap<(&'a str, Option<&'a str>), Date>,
}

impl<'a> Told<'a> {
    fn of(export: &'a Export) -> Self {
        let mut changes: HashMap<(&str, Option<&str>), Date> = HashMap::new();
        for row in &export.agreement_changes {
            let first = changes.entry((row.agreement.as_str(), row.line_code.as_deref())).or_insert(row.from_on);
            *first = row.from_on.min(*first);
        }
        Self {
            lines: export.lines.iter().map(|row| (row.line_code.as_str(), row.line)).collect(),
            agreements: export.agreements.iter().map(|row| (row.agreement.as_str(), row.line)).collect(),
            changes,
        }
    }

    /// The first day on which a row of `agreement_changes.csv` happens to the line: from then on it is looked at again.
    fn since(&self, line: &AgreementLineRow, agreement: &AgreementRow) -> Option<Date> {
        let of = |line| self.changes.get(&(agreement.code.as_str(), line)).copied();
        of(None).into_iter().chain(of(Some(line.code.as_str()))).min()
    }

    /// To resume what was never suspended changes nothing but that the line is looked at again from that day on.
    fn warning(&self, row: &Concerned, months: &BTreeMap<Month, Date>) -> Option<String> {
        let (code, from) = (&row.line.code, months.values().min()?);
        let line = self.lines.get(code.as_str()).map(|line| format!("agreement_lines.csv:{line} "));
        let agreement = self.agreements.get(row.agreement.code.as_str());
        let place = line.or_else(|| agreement.map(|line| format!("agreements.csv:{line} "))).unwrap_or_default();
        let months: Vec<String> = months.keys().map(Month::to_string).collect();
        Some(format!(
            "{place}{code} should have been charged for {} by runs that are over, and no later run does so. To bill that on the next \
             invoice: quittance agreement resume '{code}' --on {from}. Where the account has no invoice of that run, planning it \
             again bills it there",
            months.join(", ")
        ))
    }
}

/// The recurring runs, and how some accounts stand in them.
struct Runs {
    /// The 1st of the provider's first month.
    starts_on: Date,
    over: BTreeSet<Month>,
    /// Drafts that are not issued: open, or left out on purpose.
    drafts: HashMap<(AccountId, Month), DraftState>,
}

impl Runs {
    /// Whether the run is made and has nothing to decide about the account any more.
    fn is_over(&self, account: AccountId, month: Month) -> bool {
        self.over.contains(&month) && !self.drafts.contains_key(&(account, month))
    }

    /// Whether the run can still charge the account.
    fn is_to_come(&self, account: AccountId, month: Month) -> bool {
        match self.drafts.get(&(account, month)) {
            Some(state) => state.is_open(),
            None => month >= Month::of(self.starts_on) && !self.over.contains(&month),
        }
    }
}

/// A line's life beside what invoices took of it.
struct Line<'a> {
    account: AccountId,
    life: &'a Life,
    /// Periods after this day are caught up anyway.
    since: Option<Date>,
    charged: &'a HashSet<Month>,
    currency: Currency,
}

impl Line<'_> {
    fn lost(&self, runs: &Runs) -> BTreeMap<Month, Date> {
        let mut lost = BTreeMap::new();
        // In advance the first month is charged by the run before it.
        for month in runs.over.range(Month::of(self.life.terms.active.from).previous()..).copied() {
            if !runs.is_over(self.account, month) {
                continue;
            }
            for (period, _) in self.life.periods(month, runs.starts_on) {
                let is_lost = !self.charged.contains(&period.month)
                    && !self.is_caught_up(month, period)
                    && !self.comes_later(period, runs);
                let day = is_lost.then(|| self.first_day(period)).flatten();
                lost.extend(day.map(|day| (period.month, day)));
            }
        }
        lost
    }

    /// As [`Life::due`] looks at months again.
    fn is_caught_up(&self, month: Month, period: Period) -> bool {
        self.since.is_some_and(|since| month >= Month::of(since).previous() && period.span.until > since)
    }

    /// Whether a run that is still to come charges the period: some have two that may.
    fn comes_later(&self, period: Period, runs: &Runs) -> bool {
        let last = Month::of(period.span.last());
        let months = std::iter::successors(Some(period.month.previous()), |month| Some(month.next()));
        // A year, and the months around it.
        let mut months = months.take_while(|month| *month <= last).take(15);
        months.any(|month| {
            let mut periods = self.life.periods(month, runs.starts_on).into_iter();
            runs.is_to_come(self.account, month) && periods.any(|(other, _)| other.month == period.month)
        })
    }

    /// The first day of the period that costs something.
    fn first_day(&self, period: Period) -> Option<Date> {
        let charges = self.life.charges(period, Part::Regular, self.currency).unwrap_or_default();
        charges.into_iter().find(|charge| charge.amount != 0).map(|charge| charge.span.from)
    }
}
