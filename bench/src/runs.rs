//! Monthly runs as people make them: planned, approved, issued.

use std::time::{Duration, Instant};

use billing::Month;
use billing::run::RunKey;
use quittance::actions::issue_run::issue_run;
use quittance::actions::plan_run::{Review, plan_run};
use quittance::app::App;

use crate::Result;
use crate::instance::today;

/// What runs did and how long that took.
#[derive(Clone, Copy, Default)]
pub struct Took {
    /// Invoices issued.
    pub invoices: usize,
    /// Drafts written.
    pub planning: Duration,
    /// Drafts issued.
    pub issuing: Duration,
}

impl Took {
    /// All of it.
    pub fn whole(self) -> Duration {
        self.planning + self.issuing
    }
}

/// The last `count` months that are over, oldest first.
pub fn months(count: usize) -> Vec<Month> {
    let newest = Month::of(today()).previous();
    let mut months: Vec<Month> =
        std::iter::successors(Some(newest), |month| Some(month.previous())).take(count).collect();
    months.reverse();
    months
}

/// Makes the runs of some months.
pub async fn make_runs(app: &App, months: &[Month]) -> Result<Took> {
    let mut took = Took::default();
    for month in months {
        let started = Instant::now();
        let run = plan_run(app, RunKey::Recurring(*month), Review::Approve, |_, _| ()).await?;
        let planned = Instant::now();
        took.invoices += issue_run(app, &run, |_, _| ()).await?.invoices;
        took.planning += planned - started;
        took.issuing += planned.elapsed();
    }
    Ok(took)
}
