//! The demo: an invented provider whose export is made here, and whose year of invoices is made by the real runs.

mod export;
mod names;
mod work;

use billing::calendar::shift;
use billing::run::RunKey;
use billing::{Grid, Month};
use jiff::civil::Date;

use crate::actions::import_export::{Mode, Outcome, import_export};
use crate::actions::issue_run::issue_run;
use crate::actions::plan_run::{Review, plan_run};
use crate::app::App;
use crate::error::{Error, Result};
use crate::import::{Export, ProviderIn};

pub use export::Files;

/// The demo provider's profile, billing since a year before `today`.
///
/// # Errors
/// `Internal` where the invented profile is wrong: a bug.
pub fn provider(today: Date) -> Result<ProviderIn> {
    let mut problems = Vec::new();
    let text = export::provider_toml(first_month(today));
    ProviderIn::read("provider.toml", text.as_bytes(), &mut problems)
        .ok_or_else(|| Error::Internal(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The first month billed: a year of months before the present one.
fn first_month(today: Date) -> Month {
    (0..12).fold(Month::of(today), |month, _| month.previous())
}

/// Imports the invented export and makes every run up to `today`, oldest first; gives the number of invoices.
///
/// # Errors
/// Those of import and runs.
pub async fn make_history(app: &App, today: Date) -> Result<usize> {
    let files = export::files(first_month(today), today);
    let mut export = Export::default();
    for (name, text) in &files {
        export.read_file(name, text.as_bytes()).map_err(Error::Internal)?;
    }
    if let Outcome::Wrong(problems) = import_export(app, export, Mode::Write).await?
        && let Some(problem) = problems.first()
    {
        return Err(Error::Internal(format!("the demo's export is wrong: {problem}")));
    }
    let mut invoices = 0;
    for key in runs(app, today) {
        let run = plan_run(app, key, Review::Approve, |_, _| ()).await?;
        invoices += issue_run(app, &run, |_, _| ()).await?.invoices;
    }
    Ok(invoices)
}

/// Every run whose day has come, in the order of their days; on the same day recurring first.
fn runs(app: &App, today: Date) -> Vec<RunKey> {
    let provider = app.provider();
    let grid = Grid { anchor_on: provider.biweekly_anchor_on };
    let mut keys = Vec::new();
    let mut month = Month::of(provider.billing_starts_on);
    while month.next().first() <= today {
        keys.push(RunKey::Recurring(month));
        month = month.next();
    }
    let mut run_on = grid.after(provider.billing_starts_on);
    while run_on <= today {
        keys.push(RunKey::Biweekly(run_on));
        run_on = shift(run_on, Grid::STEP);
    }
    keys.sort_by_key(|key| (key.issue_on(), key.stream()));
    keys
}
