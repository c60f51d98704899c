//! Plans a run: reads agreements or work, account by account, and writes drafts for review. Issues nothing.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use billing::hours::WorkTerms;
use billing::run::{RunKey, RunRefused};
use billing::tax::TaxTerms;
use billing::work::Coverage;
use billing::{Month, Schedule};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use store::account::AccountRow;
use store::audit::{AuditKind, Deed};
use store::invoice::PreviousRow;
use store::run::{DraftRow, DraftState, RunRow};
use store::work::UnbilledEntry;
use store::{AccountId, AgreementId, RunId, Tx};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::plan::{self, Agreements, Planned, TaxTable};
use crate::reckon::{WorkBasis, rate_card};

/// How many accounts are planned, or issued, in one go.
pub const BATCH: usize = 128;

/// A planned invoice beside the one before it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What would be issued.
    pub planned: Planned,
    /// The account's newest invoice of the stream.
    pub previous: Option<PreviousRow>,
}

/// What a run is made on: read once, the same for all accounts.
#[derive(Clone)]
pub struct Basis {
    /// Which run.
    pub key: RunKey,
    /// The provider's dates.
    pub schedule: Arc<Schedule>,
    /// The date on its invoices.
    pub issue_on: Date,
    /// Every account that is asked about, by code.
    pub accounts: Arc<[AccountRow]>,
    taxes: Arc<TaxTable>,
    /// How it is taxed.
    tax: TaxTerms,
    /// How work is reckoned.
    work: WorkTerms,
    /// The newest import: drafts made on older data are planned again.
    pub data_version: i64,
}

/// Checks that the run may be made today, and reads what it is made on.
///
/// # Errors
/// `Refused` with the sentence of [`billing::run::RunRefused`].
pub async fn basis(app: &App, key: RunKey) -> Result<Basis> {
    read_basis(app, key, Tx::accounts).await
}

/// The same for some accounts alone: what one invoice costs must not depend on how many customers there are.
///
/// # Errors
/// As [`basis`].
pub async fn basis_of(app: &App, key: RunKey, accounts: Vec<AccountId>) -> Result<Basis> {
    read_basis(app, key, move |tx| tx.accounts_of(&accounts)).await
}

async fn read_basis(
    app: &App,
    key: RunKey,
    accounts: impl Fn(&mut Tx) -> Result<Vec<AccountRow>, store::Error> + Send + 'static,
) -> Result<Basis> {
    let read = app.store.read(move |tx| Ok::<_, store::Error>((accounts(tx)?, tx.tax_rates()?, tx.data_version()?)));
    let (mut accounts, rates, data_version) = read.await?;
    // By bytes, whatever the collation of the database: numbers are given in this order.
    accounts.sort_by(|a, b| a.code.cmp(&b.code));
    // Another process may have imported a new profile. Read after the version: one that comes later is noticed.
    app.refresh().await?;
    let provider = app.provider();
    let (schedule, work) = (provider.schedule(), provider.work.clone());
    let period_from = key.period(schedule.grid()).from;
    let known = app.store.read(move |tx| tx.run(key.stream(), period_from)).await?;
    match key.check(&schedule, app.today()) {
        // The days of a run that is there are settled, whatever the settings say since.
        Err(RunRefused::Future { .. }) if known.is_some() => {}
        checked => checked.map_err(|refused| Error::Refused(format!("{key}: {refused}")))?,
    }
    Ok(Basis {
        key,
        issue_on: known.map_or_else(|| schedule.issue_on(key), |run| run.issue_on),
        schedule: Arc::new(schedule),
        accounts: accounts.into(),
        taxes: Arc::new(TaxTable::new(rates)),
        tax: provider.tax,
        work,
        data_version,
    })
}

/// Bi-weekly runs before this one that were never made: it takes their work, and they will find nothing left.
///
/// # Errors
/// Those of the database.
pub async fn missed_runs(app: &App, key: RunKey) -> Result<Vec<RunKey>> {
    let (RunKey::Biweekly(run_on), schedule) = (key, app.provider().schedule()) else { return Ok(Vec::new()) };
    let made: Vec<RunKey> = app.store.read(|tx| tx.runs()).await?.iter().map(store::run::RunRow::key).collect();
    let earlier = schedule.runs(key.stream(), schedule.billing_starts_on);
    Ok(earlier.take_while(|key| schedule.run_on(*key) < run_on).filter(|key| !made.contains(key)).collect())
}

/// Plans the invoices of some accounts, in their order; accounts with nothing to bill are left out.
///
/// # Errors
/// Those of the database; `Refused` where an amount is too large.
pub async fn plan_accounts(app: &App, basis: &Basis, accounts: Vec<AccountRow>) -> Result<Vec<Draft>> {
    let basis = basis.clone();
    app.store.read(move |tx| plan_in(tx, &basis, &accounts)).await
}

fn plan_in(tx: &mut Tx, basis: &Basis, accounts: &[AccountRow]) -> Result<Vec<Draft>> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.account_id).collect();
    let issue_on = basis.issue_on;
    let mut lines = match basis.key {
        RunKey::Recurring(month) => recurring(tx, basis, accounts, month)?,
        RunKey::Biweekly(run_on) => biweekly(tx, basis, accounts, run_on)?,
    };
    let previous = tx.previous_invoices(basis.key.stream(), issue_on, &ids)?;
    let mut previous: HashMap<AccountId, PreviousRow> = previous.into_iter().map(|row| (row.account_id, row)).collect();
    let mut drafts = Vec::new();
    for account in accounts {
        let rates = |category: &str| basis.taxes.rates(account, category, issue_on);
        let lines = lines.remove(&account.account_id).unwrap_or_default();
        let planned = plan::invoice(account, lines, rates, basis.tax)
            .map_err(|overflow| Error::Refused(format!("{}: {overflow}", account.code)))?;
        if let Some(planned) = planned {
            drafts.push(Draft { planned, previous: previous.remove(&account.account_id) });
        }
    }
    Ok(drafts)
}

type Lines = HashMap<AccountId, Vec<store::invoice::InvoiceLineRow>>;

fn recurring(tx: &mut Tx, basis: &Basis, accounts: &[AccountRow], month: billing::Month) -> Result<Lines> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.account_id).collect();
    let mut of = agreements(tx, month, &ids)?;
    let mut lines = Lines::new();
    for account in accounts {
        let mut own = of.remove(&account.account_id).unwrap_or_default();
        for line in &mut own.lines {
            line.tax_category =
                basis.taxes.category(account, (line.taxable, line.tax_category.as_str()), basis.issue_on);
        }
        let planned = plan::recurring_lines(account, &own, month, basis.schedule.billing_starts_on)
            .map_err(|overflow| Error::Refused(format!("{}: {overflow}", account.code)))?;
        lines.insert(account.account_id, planned);
    }
    Ok(lines)
}

/// What the recurring lines of these accounts follow from. Only accounts to which something happened are looked at
/// further back than this month.
fn agreements(tx: &mut Tx, month: billing::Month, ids: &[AccountId]) -> Result<HashMap<AccountId, Agreements>> {
    let mut of: HashMap<AccountId, Agreements> = HashMap::new();
    for line in tx.billable_lines(ids)? {
        of.entry(line.account_id).or_default().lines.push(line);
    }
    for change in tx.agreement_changes(ids)? {
        of.entry(change.account_id).or_default().changes.push(change);
    }
    for discount in tx.discounts(ids)? {
        of.entry(discount.account_id).or_default().discounts.push(discount);
    }
    let since = |own: &Agreements| own.looks_back(month);
    let (far, near): (Vec<AccountId>, Vec<AccountId>) =
        of.keys().partition(|id| of.get(id).is_some_and(|own| since(own) < month));
    let mut charged = tx.charged_since(month, &near)?;
    if let Some(mut first) = far.iter().filter_map(|id| of.get(id)).map(since).min() {
        let runs = tx.runs()?.into_iter().filter(|run| run.stream == billing::Stream::Recurring);
        let made: BTreeSet<billing::Month> = runs.map(|run| billing::Month::of(run.period_from)).collect();
        for id in &far {
            of.entry(*id).or_default().made.clone_from(&made);
        }
        for passed in tx.passed_over(first, &far)? {
            let (own, month) = (of.entry(passed.account_id).or_default(), billing::Month::of(passed.period_from));
            if passed.state == DraftState::Held && passed.total_minor < 0 {
                own.held.insert(month);
                // A year in arrears began that long before.
                first = first.min(plan::months_before(month, 13));
            } else {
                own.made.remove(&month);
            }
        }
        charged.extend(tx.charged_since(first, &far)?);
    }
    for sum in charged {
        of.entry(sum.account_id).or_default().charged.push(sum);
    }
    Ok(of)
}

fn biweekly(tx: &mut Tx, basis: &Basis, accounts: &[AccountRow], run_on: Date) -> Result<Lines> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.account_id).collect();
    let entries = tx.unbilled_entries(run_on, &ids)?;
    let work = work_basis(tx, basis, accounts, &entries, run_on)?;
    let mut entries = grouped(entries, |entry| entry.account_id);
    let mut deliveries = grouped(tx.unbilled_deliveries(run_on, &ids)?, |delivery| delivery.account_id);
    let mut lines = Lines::new();
    for account in accounts {
        let entries = entries.remove(&account.account_id).unwrap_or_default();
        let mut deliveries = deliveries.remove(&account.account_id).unwrap_or_default();
        for delivery in &mut deliveries {
            let own = (delivery.taxable, delivery.tax_category.as_str());
            delivery.tax_category = basis.taxes.category(account, own, basis.issue_on);
        }
        let days = (run_on, basis.schedule.billing_starts_on);
        let planned = plan::biweekly_lines(account, &entries, &deliveries, &work, days)
            .map_err(|unreckoned| Error::Refused(format!("{}: {unreckoned}", account.code)))?;
        lines.insert(account.account_id, planned);
    }
    Ok(lines)
}

/// What the entries' prices depend on; where they give hours and rates and nothing is agreed, nothing is read.
fn work_basis(
    tx: &mut Tx,
    basis: &Basis,
    accounts: &[AccountRow],
    entries: &[UnbilledEntry],
    run_on: Date,
) -> Result<WorkBasis> {
    let mut work = WorkBasis { terms: basis.work.clone(), ..WorkBasis::default() };
    if entries.iter().any(|entry| entry.rate.is_none()) {
        work.rates = rate_card(tx.role_rates()?);
    }
    let mut ids: Vec<AccountId> = entries.iter().map(|entry| entry.account_id).collect();
    ids.dedup();
    work.take_agreed(tx.agreed_tickets_of(&ids)?);
    let mut tickets: Vec<String> =
        entries.iter().filter(|entry| work.needs_earlier(entry)).map(|entry| entry.ticket.clone()).collect();
    tickets.dedup();
    if !tickets.is_empty() {
        work.take_earlier(tx.earlier_work(&tickets)?);
    }
    let prepaid: Vec<&UnbilledEntry> = entries.iter().filter(|entry| entry.coverage == Coverage::Prepaid).collect();
    let mut agreements: Vec<AgreementId> = prepaid.iter().filter_map(|entry| entry.agreement_id).collect();
    agreements.sort_unstable();
    agreements.dedup();
    if !agreements.is_empty() {
        work.take_drawn(tx.drawn_hours(&agreements)?);
        let is_prepaid = |account: &&AccountRow| prepaid.iter().any(|entry| entry.account_id == account.account_id);
        let days = (basis.schedule.billing_starts_on, Month::of(run_on));
        take_hours(tx, &mut work, accounts.iter().filter(is_prepaid), days)?;
    }
    Ok(work)
}

/// Takes the hours that the agreements of these accounts include.
fn take_hours<'a>(
    tx: &mut Tx,
    work: &mut WorkBasis,
    accounts: impl Iterator<Item = &'a AccountRow>,
    days: (Date, Month),
) -> Result<()> {
    let accounts: Vec<&AccountRow> = accounts.collect();
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.account_id).collect();
    let mut lines = grouped(tx.billable_lines(&ids)?, |line| line.account_id);
    let mut changes = grouped(tx.agreement_changes(&ids)?, |change| change.account_id);
    for account in accounts {
        let lines = lines.remove(&account.account_id).unwrap_or_default();
        let changes = changes.remove(&account.account_id).unwrap_or_default();
        work.take_hours(&lines, &changes, days, account.currency)
            .map_err(|overflow| Error::Refused(format!("{}: prepaid hours: {overflow}", account.code)))?;
    }
    Ok(())
}

fn grouped<K: Eq + Hash, R>(rows: Vec<R>, key: impl Fn(&R) -> K) -> HashMap<K, Vec<R>> {
    let mut groups: HashMap<K, Vec<R>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// Who decides about the drafts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Drafts wait for a person.
    Wait,
    /// Whoever runs it approves all that is not held.
    Approve,
    /// Nobody looks: all that is not held is approved, also what changed since.
    Skip,
}

/// Plans the whole run and writes its drafts. Planning again brings drafts up to date: one that was approved and has
/// changed since waits again; what a person held stays held, what planning held only while its cause lasts; what was issued
/// or excluded stays so. `progress` is told how many accounts are planned.
///
/// # Errors
/// Those of [`basis`] and of the database.
pub async fn plan_run(app: &App, key: RunKey, review: Review, progress: impl Fn(usize, usize)) -> Result<RunRow> {
    plan_as(app, key, (review, None), progress).await
}

/// The same for somebody who approves all that is not held. The audit log is told once, with the first drafts that are
/// approved; where there are none it is told nothing.
///
/// # Errors
/// As [`plan_run`].
pub async fn approve_as_planned(app: &App, key: RunKey, by: &Actor, progress: impl Fn(usize, usize)) -> Result<RunRow> {
    let deed = by.did(AuditKind::DraftsDecided, format!("{key}: approved as planned"));
    plan_as(app, key, (Review::Approve, Some(deed)), progress).await
}

async fn plan_as(
    app: &App,
    key: RunKey,
    (review, mut deed): (Review, Option<Deed>),
    progress: impl Fn(usize, usize),
) -> Result<RunRow> {
    let basis = basis(app, key).await?;
    let run = open_run(app, &basis).await?;
    let closed = app.store.read(move |tx| tx.has_later_run(run.stream, run.period_from)).await?;
    // A bi-weekly run takes all earlier work; once a later one exists, what is new since belongs to the next.
    let takes_new = !(closed && key.stream() == billing::Stream::Biweekly);
    let decision = Decisions { run: run.run_id, key, period_from: run.period_from, takes_new, review };
    let total = basis.accounts.len();
    let batches: Vec<Vec<AccountRow>> = basis.accounts.chunks(BATCH).map(<[AccountRow]>::to_vec).collect();
    // The next batch is planned while the drafts of this one are written.
    let mut plans = stream::iter(batches).map(|accounts| plan_accounts(app, &basis, accounts)).buffered(2);
    let mut done = 0;
    for accounts in basis.accounts.chunks(BATCH) {
        let drafts = plans.try_next().await?.unwrap_or_default();
        if write_drafts(app, decision, (accounts, drafts), deed.clone()).await? {
            deed = None;
        }
        done += accounts.len();
        progress(done, total);
    }
    Ok(run)
}

async fn open_run(app: &App, basis: &Basis) -> Result<RunRow> {
    let period = basis.key.period(basis.schedule.grid());
    let run = RunRow {
        run_id: app.ids.mint(),
        stream: basis.key.stream(),
        period_from: period.from,
        period_until: period.until,
        issue_on: basis.issue_on,
        made_at: app.clock.now(),
    };
    app.store
        .write(move |tx| {
            if let Some(known) = tx.run(run.stream, run.period_from)? {
                return Ok(known);
            }
            tx.insert_or_skip(std::slice::from_ref(&run))?;
            tx.run(run.stream, run.period_from)?.ok_or_else(|| Error::internal("the run was not written"))
        })
        .await
}

/// How the drafts of a run are decided about.
#[derive(Clone, Copy)]
struct Decisions {
    run: RunId,
    key: RunKey,
    period_from: Date,
    /// Whether accounts without a draft may get one.
    takes_new: bool,
    review: Review,
}

/// Writes the drafts of a batch; gives whether one of them is approved by that, which is when `deed` is told.
async fn write_drafts(
    app: &App,
    how: Decisions,
    (accounts, drafts): (&[AccountRow], Vec<Draft>),
    deed: Option<Deed>,
) -> Result<bool> {
    let ids: Vec<AccountId> = accounts.iter().map(|account| account.account_id).collect();
    let now = app.clock.now();
    let fresh: Vec<DraftRow> = drafts.iter().map(|draft| draft_row(how.run, draft, now)).collect();
    app.store
        .write(move |tx| {
            let stored: HashMap<AccountId, DraftRow> =
                tx.drafts_of(how.run, &ids)?.into_iter().map(|row| (row.account_id, row)).collect();
            let waits = earlier_undecided(tx, how.key, how.period_from)?;
            let rows: Vec<DraftRow> = fresh
                .iter()
                .filter(|row| how.takes_new || stored.contains_key(&row.account_id))
                .filter_map(|row| decide(row, stored.get(&row.account_id), waits.get(&row.account_id), how.review, now))
                .collect();
            let gone: Vec<AccountId> = stored
                .values()
                .filter(|row| row.state.is_open() && fresh.iter().all(|new| new.account_id != row.account_id))
                .map(|row| row.account_id)
                .collect();
            tx.remove_drafts(how.run, &gone)?;
            tx.replace(&rows)?;
            let was_approved =
                |row: &DraftRow| stored.get(&row.account_id).is_some_and(|stored| stored.state == DraftState::Approved);
            let approves = rows.iter().any(|row| row.state == DraftState::Approved && !was_approved(row));
            if let Some(deed) = deed.as_ref().filter(|_| approves) {
                tx.append_audit(std::slice::from_ref(deed))?;
            }
            Ok::<bool, Error>(approves)
        })
        .await
}

/// Accounts whose earlier bi-weekly draft is undecided: its work would slip into this one.
fn earlier_undecided(tx: &mut Tx, key: RunKey, period_from: Date) -> Result<HashMap<AccountId, String>> {
    if key.stream() == billing::Stream::Recurring {
        return Ok(HashMap::new());
    }
    let rows = tx.undecided(key.stream(), period_from)?;
    Ok(rows.into_iter().map(|row| (row.account_id, RunKey::Biweekly(row.issue_on).to_string())).collect())
}

/// How the reason of a draft begins that is held because of an earlier one, and by nobody.
const WAITS: &str = "Its draft in ";

fn waits_for_earlier(draft: &DraftRow) -> bool {
    draft.state == DraftState::Held && draft.reason.as_ref().is_some_and(|reason| reason.starts_with(WAITS))
}

/// Whether planning held it, and no person: those decide at some time.
fn is_held_by_planning(draft: &DraftRow) -> bool {
    draft.state == DraftState::Held && (draft.decided_at.is_none() || waits_for_earlier(draft))
}

/// Whether a run has drafts that were held because of earlier ones, and these are decided now: it is to be planned again.
///
/// # Errors
/// Those of the database.
pub fn has_freed_drafts(tx: &mut Tx, run: &RunRow) -> Result<bool, Error> {
    let held: Vec<AccountId> =
        tx.drafts(run.run_id)?.iter().filter(|draft| waits_for_earlier(draft)).map(|draft| draft.account_id).collect();
    if held.is_empty() {
        return Ok(false);
    }
    let earlier = earlier_undecided(tx, run.key(), run.period_from)?;
    Ok(held.iter().any(|account| !earlier.contains_key(account)))
}

/// What a freshly planned draft becomes beside the stored one; nothing where the stored one stays as it is.
fn decide(
    fresh: &DraftRow,
    stored: Option<&DraftRow>,
    waits_for: Option<&String>,
    review: Review,
    now: Timestamp,
) -> Option<DraftRow> {
    let mut row = fresh.clone();
    if let Some(stored) = stored.filter(|stored| stored.fingerprint == fresh.fingerprint) {
        row.changed_at = stored.changed_at;
    }
    match stored {
        Some(stored) if !stored.state.is_open() => return None,
        // What can't be printed, or would pay the customer, is held, whoever approved it. A person's hold outlasts that.
        Some(stored) if fresh.state == DraftState::Held => {
            if stored.state == DraftState::Held && !is_held_by_planning(stored) {
                row.reason.clone_from(&stored.reason);
                row.decided_at = stored.decided_at;
            }
            return (stored != &row).then_some(row);
        }
        Some(stored) => {
            let changed = stored.fingerprint != fresh.fingerprint;
            row.state = stored.state;
            row.reason.clone_from(&stored.reason);
            row.decided_at = stored.decided_at;
            // Its cause is gone; what still waits for an earlier one is held again below.
            if is_held_by_planning(stored) {
                row.state = DraftState::Waiting;
                row.reason = None;
                row.decided_at = None;
            }
            if changed && stored.state == DraftState::Approved && review != Review::Skip {
                row.state = DraftState::Waiting;
                row.reason = Some("It changed after it was approved; look again".to_owned());
                row.decided_at = None;
                return Some(row);
            }
        }
        None => {}
    }
    if let Some(earlier) = waits_for.filter(|_| row.state != DraftState::Held) {
        row.state = DraftState::Held;
        row.reason = Some(format!("{WAITS}{earlier} is not decided yet; approve or exclude that first"));
        row.decided_at = None;
        return Some(row);
    }
    if review != Review::Wait && row.state == DraftState::Waiting {
        row.state = DraftState::Approved;
        row.decided_at = Some(now);
    }
    (stored != Some(&row)).then_some(row)
}

fn draft_row(run: RunId, draft: &Draft, now: Timestamp) -> DraftRow {
    let planned = &draft.planned;
    let reason = planned.held_because();
    DraftRow {
        run_id: run,
        account_id: planned.account.account_id,
        state: if reason.is_some() { DraftState::Held } else { DraftState::Waiting },
        reason,
        line_count: i64::try_from(planned.lines.len()).unwrap_or(i64::MAX),
        subtotal_minor: planned.totals.subtotal,
        tax_minor: planned.totals.tax,
        total_minor: planned.totals.total,
        fingerprint: planned.fingerprint,
        changed_at: now,
        decided_at: None,
    }
}
