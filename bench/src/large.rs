//! One invoice of very many lines, and whether a line of it costs what a line of a smaller one does.

use std::time::{Duration, Instant};

use billing::Month;
use billing::run::RunKey;
use quittance::actions::plan_run::{basis, plan_accounts};
use quittance::app::App;
use quittance::plan::{Agreements, Planned, TaxTable, invoice, recurring_lines};

use crate::Result;
use crate::customers::{Book, insert};
use crate::instance::Maker;
use crate::report::{Row, Target, median, ms};
use crate::runs::{make_runs, months};

/// What the large invoice may take in milliseconds.
const MOST_MS: f64 = 250.0;
/// What rating and taxing its lines may take of that.
const PLANNED_MS: f64 = 50.0;
/// What a line of it may cost beside one of an invoice with a tenth of the lines.
const FLAT: f64 = 1.3;

/// What one invoice took.
struct Took {
    /// Its lines rated and taxed; nothing read or written.
    planned: Duration,
    /// The same with reading them.
    read: Duration,
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
    let read = format!("{:.0} ms; {:.0} ms with reading them", ms(large.planned), ms(large.read));
    Ok(vec![
        Row::at_most(
            format!("{lines} lines of one account planned and rated"),
            read,
            (ms(large.planned), PLANNED_MS, "ms"),
        ),
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
    let (mut planned, mut read, mut issued) = (Vec::new(), Vec::new(), Vec::new());
    for month in &months {
        let basis = basis(&app, RunKey::Recurring(*month)).await?;
        let begun = Instant::now();
        let drafts = plan_accounts(&app, &basis, basis.accounts.to_vec()).await?;
        read.push(begun.elapsed().as_secs_f64());
        let draft = drafts.first().ok_or("nothing was planned")?;
        planned.push(rated(&app, &draft.planned, *month).await?.as_secs_f64());
        issued.push(make_runs(&app, std::slice::from_ref(month)).await?.issuing.as_secs_f64());
    }
    // The first one has no invoice before it.
    let middle = |figures: &mut Vec<f64>| Duration::from_secs_f64(median(figures.split_off(1)));
    Ok(Took { planned: middle(&mut planned), read: middle(&mut read), issued: middle(&mut issued) })
}

/// How long it takes to come to the same from rows that are read already.
async fn rated(app: &App, expected: &Planned, month: Month) -> Result<Duration> {
    let account = &expected.account;
    let id = account.account_id;
    let rows = app.store.read(move |tx| Ok::<_, store::Error>((tx.billable_lines(&[id])?, tx.tax_rates()?))).await?;
    let (own, taxes) = (Agreements { lines: rows.0, ..Agreements::default() }, TaxTable::new(rows.1));
    let provider = app.provider();
    let begun = Instant::now();
    let lines = recurring_lines(account, &own, month, provider.billing_starts_on)?;
    let rates = |category: &str| taxes.rates(account, category, month.next().first());
    let planned = invoice(account, lines, rates, provider.tax)?.ok_or("nothing was planned")?;
    let took = begun.elapsed();
    if planned.totals.total != expected.totals.total {
        return Err("the same lines came to something else".into());
    }
    Ok(took)
}
