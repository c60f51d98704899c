//! One invoice of very many lines, and whether a line of it costs what a line of a smaller one does.

use std::time::{Duration, Instant};

use billing::run::RunKey;
use quittance::actions::plan_run::{basis, plan_accounts};

use crate::Result;
use crate::customers::{Book, insert};
use crate::instance::Maker;
use crate::report::{Row, Target, median, ms};
use crate::runs::{make_runs, months};

/// What the large invoice may take in milliseconds.
const MOST_MS: f64 = 250.0;
/// What reading, rating and taxing its lines may take of that.
const PLANNED_MS: f64 = 50.0;
/// What a line of it may cost beside one of an invoice with a tenth of the lines.
const FLAT: f64 = 1.3;

/// What one invoice took.
struct Took {
    /// Its lines read, rated and taxed; nothing written.
    planned: Duration,
    /// Planned again, numbered, frozen, booked.
    issued: Duration,
}

/// Measures an invoice of so many lines, and one with a tenth of them; each is made every month.
pub async fn measure(maker: &Maker, lines: usize, rounds: usize) -> Result<Vec<Row>> {
    let fewer = (lines / 10).max(1);
    let (large, small) = (of_lines(maker, lines, rounds).await?, of_lines(maker, fewer, rounds).await?);
    let per_line = |took: Duration, lines: usize| ms(took) * 1000.0 / u32::try_from(lines).map_or(1.0, f64::from);
    let flat = |what: String, large: Duration, small: Duration| {
        let (of_large, of_small) = (per_line(large, lines), per_line(small, fewer));
        Row {
            what,
            ours: format!("{of_large:.1} µs"),
            floor: format!("{of_small:.1} µs"),
            ratio: Some(of_large / of_small),
            target: Target::RatioAtMost(FLAT),
        }
    };
    let most = |what: String, took: Duration, most: f64| {
        Row::at_most(what, format!("{:.0} ms", ms(took)), (ms(took), most, "ms"))
    };
    Ok(vec![
        most(format!("{lines} lines of one account read, planned and rated"), large.planned, PLANNED_MS),
        flat(format!("A line of them beside one of {fewer}"), large.planned, small.planned),
        most(format!("One invoice of {lines} lines, planned again and issued"), large.issued, MOST_MS),
        flat(format!("A line of it beside a line of an invoice with {fewer}"), large.issued, small.issued),
    ])
}

/// The medians of several months.
async fn of_lines(maker: &Maker, lines: usize, rounds: usize) -> Result<Took> {
    let months = months(rounds.max(1) + 1);
    let first = months.first().ok_or("no months")?.first();
    let instance = maker.make(&format!("large-{lines}"), first, None)?;
    let app = instance.open_file().await?;
    insert(&app, Book { lines, ..Book::of(1) }, &months).await?;
    let (mut planned, mut issued) = (Vec::new(), Vec::new());
    for month in &months {
        let basis = basis(&app, RunKey::Recurring(*month)).await?;
        let begun = Instant::now();
        let drafts = plan_accounts(&app, &basis, basis.accounts.to_vec()).await?;
        planned.push(begun.elapsed().as_secs_f64());
        if drafts.iter().map(|draft| draft.planned.lines.len()).sum::<usize>() != lines {
            return Err("the lines were not planned".into());
        }
        issued.push(make_runs(&app, std::slice::from_ref(month)).await?.issuing.as_secs_f64());
    }
    // The first one has no invoice before it.
    let middle = |figures: &mut Vec<f64>| Duration::from_secs_f64(median(figures.split_off(1)));
    Ok(Took { planned: middle(&mut planned), issued: middle(&mut issued) })
}
