//! One invoice of very many lines, and whether a line of it costs what a line of a smaller one does.

use std::time::Duration;

use crate::Result;
use crate::customers::{Book, insert};
use crate::instance::Maker;
use crate::report::{Row, Target, median, ms};
use crate::runs::{make_runs, months};

/// What the large invoice may take in milliseconds.
const MOST_MS: f64 = 250.0;
/// What a line of it may cost beside one of an invoice with a tenth of the lines.
const FLAT: f64 = 1.3;

/// Measures an invoice of so many lines, and one with a tenth of them; each is made every month.
pub async fn measure(maker: &Maker, lines: usize, rounds: usize) -> Result<Vec<Row>> {
    let fewer = (lines / 10).max(1);
    let (large, small) = (issued_in(maker, lines, rounds).await?, issued_in(maker, fewer, rounds).await?);
    let per_line = |took: Duration, lines: usize| ms(took) * 1000.0 / u32::try_from(lines).map_or(1.0, f64::from);
    let (of_large, of_small) = (per_line(large, lines), per_line(small, fewer));
    let took = ms(large);
    Ok(vec![
        Row::at_most(
            format!("One invoice of {lines} lines, planned again and issued"),
            format!("{took:.0} ms"),
            (took, MOST_MS, "ms"),
        ),
        Row {
            what: format!("A line of it beside a line of an invoice with {fewer}"),
            ours: format!("{of_large:.1} µs"),
            floor: format!("{of_small:.1} µs"),
            ratio: Some(of_large / of_small),
            target: Target::RatioAtMost(FLAT),
        },
    ])
}

/// The median of several months.
async fn issued_in(maker: &Maker, lines: usize, rounds: usize) -> Result<Duration> {
    let months = months(rounds.max(1) + 1);
    let first = months.first().ok_or("no months")?.first();
    let instance = maker.make(&format!("large-{lines}"), first, None)?;
    let app = instance.open_file().await?;
    insert(&app, Book { lines, ..Book::of(1) }, &months).await?;
    let mut took = Vec::new();
    for month in &months {
        let made = make_runs(&app, std::slice::from_ref(month)).await?;
        println!("  {lines} lines: planning {:.1?}, issuing {:.1?}", made.planning, made.issuing);
        took.push(made.issuing.as_secs_f64());
    }
    // The first one has no invoice before it.
    Ok(Duration::from_secs_f64(median(took.split_off(1))))
}
