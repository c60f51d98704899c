//! Makes the runs whose day has come, by itself: plans, asks staff to review, issues what is approved. Safe to call at any
//! time and by several processes at once: each run is a job, and each of its steps is safe to do twice.

mod words;

use billing::run::{RunKey, RunRefused};
use billing::schedule::Review;
use billing::{Schedule, Stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Tx;
use store::audit::AuditKind;
use store::run::{DraftRow, DraftState, RunRow};
use store::scheduled::{DailyRow, ScheduledRow, Stage};

use crate::actions::charge_late_fees::charge_late_fees;
use crate::actions::issue_run::issue_run;
use crate::actions::keep_autopay::{Look, keep_autopay};
use crate::actions::plan_run::{self, plan_run};
use crate::actions::tell_staff::{Notice, tell_staff};
use crate::app::App;
use crate::audit::Actor;
use crate::books::LATE_FEES;
use crate::error::Result;
use crate::lease::{LEASE, LOOK_AGAIN, holding};

/// A step that failed is tried again so much later, and twice as much each time, up to an hour.
const AGAIN: SignedDuration = SignedDuration::from_secs(5);
const LATEST: SignedDuration = SignedDuration::from_hours(1);

/// Does everything whose day has come, in the order of the days; gives the number of invoices made. A held instance does
/// nothing.
///
/// # Errors
/// Those of the database. What one run fails of is written beside it, told to staff, and tried again.
pub async fn keep_schedule(app: &App) -> Result<usize> {
    pass(app).await.map(|pass| pass.invoices)
}

/// What one look at the schedule came to.
#[derive(Clone, Copy, Default)]
struct Pass {
    invoices: usize,
    /// Whether a run had something to do that another process has in hand.
    is_shared: bool,
}

async fn pass(app: &App) -> Result<Pass> {
    let mut pass = Pass::default();
    if app.held_because().await?.is_some() {
        return Ok(pass);
    }
    let schedule = app.provider().schedule();
    add_due(app, &schedule).await?;
    let mut unplanned = Vec::new();
    for row in app.store.read(Tx::open_scheduled).await? {
        // A run waits until the one before it of its stream is planned: it would take that one's work.
        if unplanned.contains(&row.stream) {
            continue;
        }
        let (stream, key) = (row.stream, key_of(&row));
        let step = step(app, &schedule, row, key).await?;
        pass.invoices += step.invoices;
        pass.is_shared |= step.is_shared;
        if step.stage == Stage::Planning {
            unplanned.push(stream);
        }
    }
    tell_missed_mails(app).await?;
    tell_ending_exemptions(app).await?;
    charge_fees(app).await?;
    keep_autopay(app, if pass.invoices > 0 { Look::Again } else { Look::Daily }).await?;
    Ok(pass)
}

/// Does everything whose day has come, whoever holds it: what another process carries on is waited for, and what one held
/// that died is taken over. Gives the number of invoices made, and why runs wait that could not be carried on.
///
/// # Errors
/// Those of the database.
pub async fn finish_schedule(app: &App) -> Result<(usize, Vec<String>)> {
    let mut invoices = 0;
    loop {
        let pass = pass(app).await?;
        invoices += pass.invoices;
        let (open, now) = (app.store.read(Tx::open_scheduled).await?, app.clock.real());
        if !pass.is_shared && open.iter().all(|row| row.lease_until < now) {
            let failed = open.iter().filter_map(|row| Some(format!("{}: {}", key_of(row), row.last_error.as_ref()?)));
            return Ok((invoices, failed.collect()));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Late fees are charged once a day where the provider set that they are by themselves. What became due while nobody looked
/// is charged with it.
async fn charge_fees(app: &App) -> Result<()> {
    let today = app.today();
    if !app.provider().receivables.late_fee.automatic || today < first_day(app) {
        return Ok(());
    }
    if app.store.read(|tx| tx.done_on(LATE_FEES)).await?.is_some_and(|done_on| done_on >= today) {
        return Ok(());
    }
    charge_late_fees(app, &Actor::program(app)).await?;
    let done = DailyRow { name: LATE_FEES.to_owned(), done_on: today };
    Ok(app.store.write(move |tx| tx.replace(std::slice::from_ref(&done))).await?)
}

/// Staff are told of mails that have missed their window.
async fn tell_missed_mails(app: &App) -> Result<()> {
    let (today, since) = (app.today(), first_day(app));
    let missed = app.store.read(move |tx| {
        let rows = tx.missed_mails(today, since)?.into_iter();
        let told = rows.map(|row| Ok((tx.is_told(&words::missed_mails(&row).key)?, row)));
        told.collect::<Result<Vec<_>, store::Error>>()
    });
    for (is_told, row) in missed.await? {
        if !is_told {
            tell_staff(app, words::missed_mails(&row)).await?;
        }
    }
    Ok(())
}

/// Staff are told of an exemption from tax so many days before its end.
const BEFORE_EXEMPTION_ENDS: i32 = 30;

async fn tell_ending_exemptions(app: &App) -> Result<()> {
    let (today, since) = (app.today(), first_day(app));
    let ending = app.store.read(move |tx| {
        let rows = tx.ending_exemptions(since, billing::calendar::shift(today, BEFORE_EXEMPTION_ENDS))?.into_iter();
        let told = rows.map(|row| Ok((tx.is_told(&words::exemption_ends(&row).key)?, row)));
        told.collect::<Result<Vec<_>, store::Error>>()
    });
    for (is_told, row) in ending.await? {
        if !is_told {
            tell_staff(app, words::exemption_ends(&row)).await?;
        }
    }
    Ok(())
}

/// The key of a scheduled run.
fn key_of(row: &ScheduledRow) -> RunKey {
    match row.stream {
        Stream::Recurring => RunKey::Recurring(billing::Month::of(row.period_from)),
        Stream::Biweekly => RunKey::Biweekly(row.run_on),
    }
}

/// The day from which runs are made without being asked for: nothing from before the instance was made.
pub fn first_day(app: &App) -> Date {
    let made_on = app.made_at.to_zoned(app.zone()).date();
    made_on.max(app.provider().billing_starts_on)
}

/// Adds a job for each run whose day has come and that has none.
async fn add_due(app: &App, schedule: &Schedule) -> Result<()> {
    let (first, today) = (first_day(app), app.today());
    let newest = app.store.read(|tx| {
        let of = |tx: &mut Tx, stream| tx.newest_scheduled(stream);
        Ok::<_, store::Error>([of(tx, Stream::Recurring)?, of(tx, Stream::Biweekly)?])
    });
    let [recurring, biweekly] = newest.await?;
    let known = |stream| match stream {
        Stream::Recurring => recurring,
        Stream::Biweekly => biweekly,
    };
    let due = schedule.runs_between(first, today).into_iter();
    let due = due.filter(|key| known(key.stream()).is_none_or(|newest| schedule.run_on(*key) > newest));
    let rows: Vec<ScheduledRow> = due.map(|key| row_of(schedule, key)).collect();
    if !rows.is_empty() {
        app.store.write(move |tx| tx.insert_or_skip(&rows)).await?;
    }
    Ok(())
}

fn row_of(schedule: &Schedule, key: RunKey) -> ScheduledRow {
    ScheduledRow {
        stream: key.stream(),
        period_from: key.period(schedule.grid()).from,
        run_on: schedule.run_on(key),
        state: Stage::Planning,
        data_version: 0,
        lease_until: Timestamp::UNIX_EPOCH,
        next_at: Timestamp::UNIX_EPOCH,
        attempts: 0,
        last_error: None,
    }
}

/// How far a run has come, and the invoices made on the way.
#[derive(Clone, Copy, Debug)]
struct Step {
    stage: Stage,
    data_version: i64,
    invoices: usize,
    /// Whether another process has it in hand.
    is_shared: bool,
}

/// Carries one run as far as it goes today, unless another process does.
async fn step(app: &App, schedule: &Schedule, row: ScheduledRow, key: RunKey) -> Result<Step> {
    let name = (row.stream, row.period_from);
    let nothing = Step { stage: row.state, data_version: row.data_version, invoices: 0, is_shared: false };
    let now = app.clock.real();
    if row.next_at > now {
        return Ok(nothing);
    }
    if row.state != Stage::Planning {
        let run = app.store.read(move |tx| tx.run(name.0, name.1)).await?;
        if let Some(run) = run
            && next_deed(app, schedule, &run, row.data_version).await? == Deed::Wait
        {
            return Ok(nothing);
        }
    }
    let lease_until = now + LEASE;
    let claimed = app.store.write(move |tx| tx.claim_scheduled(name, now, lease_until)).await?;
    let Some(row) = claimed else { return Ok(Step { is_shared: true, ..nothing }) };
    let renew = move |tx: &mut Tx, last, next| tx.renew_scheduled(name, last, next);
    match holding(app, lease_until, renew, carry_on(app, schedule, (key, name.1), nothing)).await {
        Some(outcome) => note(app, row, key, outcome).await,
        None => Ok(Step { is_shared: true, ..nothing }),
    }
}

/// What a planned run needs next.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    /// Something was imported, or an earlier draft decided: its drafts are brought up to date.
    Plan,
    /// Its drafts approve themselves today, or should have before.
    Release,
    /// Approved drafts become invoices.
    Issue,
    /// Staff are asked, reminded, or told that it is late.
    Tell(Notice),
    /// No draft is open any more.
    Finish,
    /// A person decides, or the day is still to come.
    Wait,
}

async fn next_deed(app: &App, schedule: &Schedule, run: &RunRow, planned_on: i64) -> Result<Deed> {
    let (run_id, key, today) = (run.run_id, run.key(), app.today());
    let own = run.clone();
    let read = app.store.read(move |tx| {
        Ok::<_, crate::error::Error>((
            tx.draft_counts(run_id)?,
            tx.data_version()?,
            plan_run::has_freed_drafts(tx, &own)?,
            tx.waiting_since(run_id)?,
        ))
    });
    let (counts, data_version, is_freed, since) = read.await?;
    let since_on = since.map(|since| since.to_zoned(app.zone()).date());
    let of = |state| counts.iter().filter(|row| row.state == state).map(|row| row.count).sum::<i64>();
    // Work that comes in once bi-weekly invoices are out belongs to the next run; a month has no other run.
    let takes_new = of(DraftState::Issued) == 0 || run.stream == Stream::Recurring;
    if is_freed || (data_version != planned_on && takes_new) {
        return Ok(Deed::Plan);
    }
    let (waiting, held, approved) = (of(DraftState::Waiting), of(DraftState::Held), of(DraftState::Approved));
    if waiting + held + approved == 0 {
        // Until the day of issue something may still be imported or approved.
        return Ok(if run.issue_on <= today { Deed::Finish } else { Deed::Wait });
    }
    if since_on.and_then(|since_on| schedule.released_on(key, since_on)).is_some_and(|day| day <= today) {
        return Ok(Deed::Release);
    }
    if approved > 0 && run.issue_on <= today {
        return Ok(Deed::Issue);
    }
    let made_on = run.made_at.to_zoned(app.zone()).date();
    let review = words::Review { made_on, since_on: since_on.unwrap_or(made_on), open: waiting + held };
    for notice in words::notices(schedule, run, today, &review) {
        let matter = notice.key.clone();
        if !app.store.read(move |tx| tx.is_told(&matter)).await? {
            return Ok(Deed::Tell(notice));
        }
    }
    Ok(Deed::Wait)
}

/// Plans what isn't planned, then does deed after deed until a person decides or nothing is left.
async fn carry_on(app: &App, schedule: &Schedule, (key, period_from): (RunKey, Date), before: Step) -> Result<Step> {
    let review = match schedule.of(key.stream()).review {
        Review::None => plan_run::Review::Skip,
        Review::Hold | Review::Release => plan_run::Review::Wait,
    };
    let known =
        app.store.read(move |tx| Ok::<_, store::Error>((tx.run(key.stream(), period_from)?, tx.data_version()?)));
    let (known, mut data_version) = known.await?;
    if known.is_none()
        && let Err(refused @ (RunRefused::BeforeStart { .. } | RunRefused::OffGrid { .. })) =
            key.check(schedule, app.today())
    {
        // The anchor or the start of billing has changed since it was added. It would stop its stream for good.
        tell_staff(app, words::dropped(key, &refused)).await?;
        return Ok(Step { stage: Stage::Done, ..before });
    }
    let run = match known {
        Some(run) if before.stage != Stage::Planning => {
            data_version = before.data_version;
            run
        }
        _ => plan_run(app, key, review, |_, _| ()).await?,
    };
    let mut invoices = 0;
    // Each deed leaves the run in another state, so that this ends long before.
    for _ in 0..16 {
        match next_deed(app, schedule, &run, data_version).await? {
            Deed::Plan => {
                // Read first: an import that comes while it is planned makes it plan once more.
                data_version = app.store.read(Tx::data_version).await?;
                plan_run(app, key, review, |_, _| ()).await?;
            }
            Deed::Release => {
                release(app, schedule, &run).await?;
            }
            Deed::Issue => {
                let issued = issue_run(app, &run, |_, _| ()).await?;
                invoices += issued.invoices;
                if issued.changed > 0 {
                    // What changed since it was approved is looked at again, or approved again where nobody looks.
                    plan_run(app, key, review, |_, _| ()).await?;
                }
            }
            Deed::Tell(notice) => {
                tell_staff(app, notice).await?;
            }
            Deed::Finish => return Ok(Step { stage: Stage::Done, data_version, invoices, is_shared: false }),
            Deed::Wait => break,
        }
    }
    Ok(Step { stage: Stage::Review, data_version, invoices, is_shared: false })
}

/// Approves the waiting drafts of a run whose days of review are over. One that changed meanwhile has as many again.
async fn release(app: &App, schedule: &Schedule, run: &RunRow) -> Result<()> {
    let (run_id, key, schedule) = (run.run_id, run.key(), schedule.clone());
    let (zone, today, now, by) = (app.zone(), app.today(), app.clock.now(), Actor::program(app));
    let released = app.store.write(move |tx| {
        let mut drafts = tx.drafts(run_id)?;
        drafts.retain(|draft| {
            let since_on = draft.changed_at.to_zoned(zone.clone()).date();
            draft.state == DraftState::Waiting && schedule.released_on(key, since_on).is_some_and(|day| day <= today)
        });
        let approved = drafts.into_iter().map(|draft| DraftRow {
            state: DraftState::Approved,
            reason: None,
            decided_at: Some(now),
            ..draft
        });
        let approved: Vec<_> = approved.collect();
        tx.replace(&approved)?;
        if approved.is_empty() {
            return Ok(());
        }
        let after = json!({ "state": "approved", "drafts": approved.len() });
        tx.append_audit(&[by.did(AuditKind::DraftsDecided, format!("{key}: released by its schedule")).after(after)])
    });
    Ok(released.await?)
}

/// Writes down how far a run came, or why not, and lets go of it.
async fn note(app: &App, row: ScheduledRow, key: RunKey, outcome: Result<Step>) -> Result<Step> {
    let step = match &outcome {
        Ok(step) => *step,
        Err(_) => Step { stage: row.state, data_version: row.data_version, invoices: 0, is_shared: false },
    };
    let mut next = ScheduledRow {
        state: step.stage,
        data_version: step.data_version,
        lease_until: Timestamp::UNIX_EPOCH,
        last_error: None,
        ..row
    };
    if let Err(error) = &outcome {
        tracing::error!(run = %key, %error, "a scheduled run waits");
        let doubled = u32::try_from(next.attempts - 1).unwrap_or(0).min(10);
        next.next_at = app.clock.real() + LATEST.min(AGAIN * 2_i32.pow(doubled));
        next.last_error = Some(error.to_string());
    } else {
        next.attempts = 0;
    }
    app.store.write(move |tx| tx.replace(std::slice::from_ref(&next))).await?;
    if let Err(error) = outcome {
        tell_staff(app, words::failed(key, &error.to_string())).await?;
    }
    Ok(step)
}
