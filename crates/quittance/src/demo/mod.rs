//! The demo: an invented provider whose export is made here, and whose year of invoices is made by the real runs.

mod desk;
mod export;
mod money;
mod names;
mod work;

use billing::Month;
use jiff::civil::Date;

use crate::actions::import_export::{Mode, Outcome, import_export};
use crate::actions::issue_run::issue_run;
use crate::actions::move_clock::{morning, set_clock};
use crate::actions::plan_run::{Review, plan_run};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::import::{Export, Problems, Progress, ProviderIn, Source};

pub use desk::open_office;
pub use export::Files;

/// The demo provider's profile, billing since a year before `today`.
///
/// # Errors
/// `Internal` where the invented profile is wrong: a bug.
pub fn provider(today: Date) -> Result<ProviderIn> {
    let mut problems = Problems::default();
    let text = export::provider_toml(first_month(today));
    ProviderIn::read("provider.toml", text.as_bytes(), &mut problems)
        .ok_or_else(|| Error::Internal(problems.shown().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The first month billed: a year of months before the present one.
fn first_month(today: Date) -> Month {
    (0..12).fold(Month::of(today), |month, _| month.previous())
}

/// Imports the invented export and makes every run up to `today`, oldest first, and books what customers paid; gives the
/// number of invoices.
///
/// # Errors
/// Those of import and runs.
pub async fn make_history(app: &App, today: Date) -> Result<usize> {
    let files = export::files(first_month(today), today);
    let mut export = Export::default();
    for (name, text) in &files {
        export.add(Source::text(name, text)?)?;
    }
    if let Outcome::Wrong(problems) =
        import_export(app, export, (Mode::Write, &Actor::program(app)), &Progress::default()).await?
        && let Some(problem) = problems.shown().first()
    {
        return Err(Error::Internal(format!("the demo's export is wrong: {problem}")));
    }
    let schedule = app.provider().schedule();
    let now = app.clock.real();
    let mut invoices = 0;
    for key in schedule.runs_between(schedule.billing_starts_on, today) {
        // Each run is made on its day: what the portal says about dates is what happened.
        if let Some(morning) = morning(app, schedule.run_on(key)) {
            set_clock(app, morning.min(now)).await?;
        }
        let run = plan_run(app, key, Review::Approve, |_, _| ()).await?;
        invoices += issue_run(app, &run, |_, _| ()).await?.invoices;
    }
    set_clock(app, app.clock.real()).await?;
    money::move_money(app, today).await?;
    Ok(invoices)
}
