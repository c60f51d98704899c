//! Moves the business clock of a sandbox, forward only, and does what falls due on the way as if the clock stood there.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::actions::deliver_mail::finish_delivery;
use crate::actions::keep_schedule::{finish_schedule, first_day};
use crate::actions::render_documents::finish_rendering;
use crate::app::App;
use crate::error::{Error, Result};

/// When the work of a day is done where a date alone is given: 9:00 in the provider's zone.
pub const MORNING: Time = Time::constant(9, 0, 0, 0);

/// What happened on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Invoices made.
    pub invoices: usize,
    /// Documents rendered.
    pub documents: usize,
    /// Recipients whose mail the server took.
    pub mails: usize,
    /// Runs that could not be carried on, each with its reason.
    pub failed: Vec<String>,
}

/// Moves the clock to `target`, stopping at 9:00 of each day on which something is due, and when a digest leaves.
/// `progress` is told the days.
///
/// # Errors
/// `Refused` where the instance is no sandbox, or `target` lies behind.
pub async fn move_clock(app: &App, target: Timestamp, progress: impl Fn(Date)) -> Result<Passed> {
    let _only = app.moving.lock().await;
    app.refresh().await?;
    let now = app.clock.now();
    if !app.sandbox {
        return Err(Error::refused(
            "only a sandbox has a clock that can be moved: make one with `quittance init --sandbox`",
        ));
    }
    if target < now {
        let (target, now) = (target.to_zoned(app.zone()), now.to_zoned(app.zone()));
        return Err(Error::Refused(format!(
            "the clock stands at {} and moves forward only; {} lies behind it",
            now.strftime("%Y-%m-%d %H:%M"),
            target.strftime("%Y-%m-%d %H:%M")
        )));
    }
    let mut passed = Passed::default();
    work(app, &mut passed).await?;
    while let Some((day, stop)) = next_stop(app, target).await? {
        progress(day);
        advance(app, stop).await?;
        work(app, &mut passed).await?;
    }
    advance(app, target).await?;
    work(app, &mut passed).await?;
    Ok(passed)
}

/// The next instant at which something is due, with its day, where that is not after `target`: 9:00 of a day, or when a
/// digest leaves.
///
/// # Errors
/// Those of the database.
pub async fn next_stop(app: &App, target: Timestamp) -> Result<Option<(Date, Timestamp)>> {
    let now = app.clock.now();
    let morning = next_day(app).await?.and_then(|day| morning(app, day));
    let digest = app.store.read(move |tx| tx.next_gathering(now)).await?;
    let stop = morning.into_iter().chain(digest).min().filter(|stop| *stop <= target);
    Ok(stop.map(|stop| (stop.to_zoned(app.zone()).date(), stop)))
}

/// Moves the clock forward to an instant, unless it stands there or further already.
///
/// # Errors
/// Those of the database.
pub async fn advance(app: &App, to: Timestamp) -> Result<()> {
    let offset_us = to.as_microsecond().saturating_sub(app.clock.real().as_microsecond());
    app.store.write(move |tx| tx.advance_clock_offset(offset_us)).await?;
    app.refresh().await
}

/// Sets the business clock of a sandbox, also back: for the demo's past. Every process follows when it next looks.
///
/// # Errors
/// `Refused` where the instance is no sandbox.
pub async fn set_clock(app: &App, instant: Timestamp) -> Result<()> {
    let offset_us = instant.as_microsecond().saturating_sub(app.clock.real().as_microsecond());
    if app.store.write(move |tx| tx.set_clock_offset(offset_us)).await? == 0 {
        return Err(Error::refused("only a sandbox has a clock that can be moved"));
    }
    app.clock.set_offset(offset_us);
    Ok(())
}

/// 9:00 of a day in the provider's zone; the first instant after it where the clocks skip it.
pub fn morning(app: &App, day: Date) -> Option<Timestamp> {
    day.to_datetime(MORNING).to_zoned(app.zone()).ok().map(|zoned| zoned.timestamp())
}

/// Does all that is due where the clock stands.
async fn work(app: &App, passed: &mut Passed) -> Result<()> {
    let (invoices, failed) = finish_schedule(app).await?;
    passed.invoices += invoices;
    passed.failed = failed;
    passed.documents += finish_rendering(app, |_, _| ()).await?;
    if app.mailer.is_some() {
        passed.mails += finish_delivery(app, |_| ()).await?.accepted;
    }
    Ok(())
}

/// The next day after today on which something is due: a run, the release of its drafts, the date of its invoices, a
/// mail, or a late fee.
async fn next_day(app: &App) -> Result<Option<Date>> {
    let (schedule, today) = (app.provider().schedule(), app.today());
    let tomorrow = billing::calendar::shift(today, 1).max(first_day(app));
    // A run's own days may lie some weeks after the day on which it is planned.
    let from = billing::calendar::shift(today, -100).max(first_day(app));
    let runs = schedule.runs_between(from, billing::calendar::shift(tomorrow, 40));
    let days = runs.into_iter().flat_map(|key| {
        let days = [Some(schedule.run_on(key)), Some(schedule.issue_on(key)), schedule.release_on(key)];
        days.into_iter().flatten()
    });
    let provider = app.provider();
    let late_fee = &provider.receivables.late_fee;
    let (charges_fees, after_days) = (late_fee.automatic && late_fee.is_set(), late_fee.after_days);
    let read = app.store.read(move |tx| {
        let mut waiting = Vec::new();
        for row in tx.open_scheduled()? {
            if let Some(run) = tx.run(row.stream, row.period_from)? {
                waiting.extend(tx.waiting_since(run.run_id)?.map(|since| (run.key(), since)));
            }
        }
        let open = if charges_fees { tx.overdue_without_fee(Date::MAX)? } else { Vec::new() };
        let has_autopay = !tx.autopay_accounts()?.is_empty();
        Ok::<_, store::Error>((tx.next_delivery(today)?, waiting, open, has_autopay))
    });
    let (mail, waiting, open, has_autopay) = read.await?;
    // Every day may bring a notice, a charge or a second attempt.
    let autopay = (has_autopay && app.gateway.is_some()).then_some(tomorrow);
    let after_due = i32::try_from(after_days).unwrap_or(i32::MAX).saturating_add(1);
    let fees = open.into_iter().map(|invoice| billing::calendar::shift(invoice.due_on, after_due));
    let zone = app.zone();
    let releases =
        waiting.into_iter().filter_map(|(key, since)| schedule.released_on(key, since.to_zoned(zone.clone()).date()));
    Ok(days.chain(mail).chain(autopay).chain(releases).chain(fees).filter(|day| *day > today).min())
}
