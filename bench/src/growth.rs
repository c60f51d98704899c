//! What an invoice costs where a million are stored, beside one where ten thousand are; and the ageing of a million.

use std::time::{Duration, Instant};

use billing::ageing::first_due_dates;
use quittance::app::App;

use crate::Result;
use crate::instance::{Maker, today};
use crate::report::{Row, Target, median, ms, per_second};
use crate::runs::{make_runs, months};
use crate::stored;

/// How much less is stored in the small instance.
const FEWER: usize = 100;
/// What an invoice may cost beside one in the small instance.
const MOST: f64 = 1.4;
/// What the ageing may take in milliseconds.
const MOST_AGEING_MS: f64 = 150.0;

/// Measures an instance of about so many invoices, and one of a hundredth.
pub async fn measure(maker: &Maker, invoices: usize, rounds: usize) -> Result<Vec<Row>> {
    let (large, dose) = stored::open(maker, invoices).await?;
    let aged = ageing(&large, rounds).await?;
    let of_large = cost(&large, 2).await?;
    drop(large);
    let (small, fewer) = stored::open(maker, (invoices / FEWER).max(100)).await?;
    let of_small = cost(&small, stored::MONTHS).await?;
    Ok(vec![
        Row {
            what: format!("An invoice issued beside {} stored ones and beside {}", dose.invoices(), fewer.invoices()),
            ours: format!("{of_large:.3} ms"),
            floor: format!("{of_small:.3} ms"),
            ratio: Some(of_large / of_small),
            target: Target::RatioAtMost(MOST),
        },
        Row::at_most(
            format!("Ageing of receivables over {} invoices, account by account", dose.invoices()),
            format!("{aged:.0} ms"),
            (aged, MOST_AGEING_MS, "ms"),
        ),
    ])
}

/// What an invoice of monthly runs for every account costs in milliseconds, planned and issued.
async fn cost(app: &App, runs: usize) -> Result<f64> {
    let months = months(stored::MONTHS);
    let made = make_runs(app, months.get(..runs).unwrap_or_default()).await?;
    println!("  {} invoices in {:.2?}: {:.0}/s", made.invoices, made.whole(), per_second(made.invoices, made.whole()));
    let each = 1.0 / per_second(made.invoices, made.whole());
    Ok(ms(Duration::from_secs_f64(each)))
}

async fn ageing(app: &App, rounds: usize) -> Result<f64> {
    let mut took = Vec::new();
    for _ in 0..=rounds {
        let started = Instant::now();
        app.store.read(|tx| tx.ageing(first_due_dates(today()))).await?;
        took.push(ms(started.elapsed()));
    }
    Ok(median(took))
}
