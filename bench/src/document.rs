//! Documents: what one costs, whether memory stays flat, and what a second process brings.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use documents::Paper;
use quittance::app::App;
use quittance::paper::invoice_paper;
use quittance::renderer::Renderer;

use crate::Result;
use crate::instance::Maker;
use crate::machine::{children, cpu_time, held_kb};
use crate::report::{Row, Target, median, per_second};

/// CPU time of a two-page document in milliseconds.
const MOST_CPU_MS: f64 = 60.0;
/// How much more memory a process may hold after all documents than after half of them.
const MOST_GROWTH: f64 = 1.05;
/// What two processes are to make of one.
const TWO_PROCESSES: f64 = 1.8;

/// Renders `count` documents in one process, then takes turns with one and two.
pub async fn measure(maker: &Maker, count: usize, rounds: usize) -> Result<Vec<Row>> {
    let paper = two_page_paper(maker).await?;
    let mut rows = one_process(maker, &paper, count).await?;
    rows.push(two_processes(maker, &paper, (count / 25).max(20), rounds).await?);
    Ok(rows)
}

/// An invoice of two pages from the history of an invented provider.
async fn two_page_paper(maker: &Maker) -> Result<Paper> {
    let app = maker.with_history().await?.open_file().await?;
    let numbers = app.store.read(|tx| tx.listed_invoices(0, 500)).await?;
    for listed in numbers.into_iter().rev() {
        let paper = paper(&app, listed.number).await?;
        if app.renderer.render(&paper).await?.pages == 2 {
            return Ok(paper);
        }
    }
    Err("no invoice of the history has two pages".into())
}

async fn paper(app: &App, number: String) -> Result<Paper> {
    let read = app.store.read(move |tx| {
        let missing = || store::Error::Other("the invoice is gone".to_owned());
        let number = tx.number(&number)?.ok_or_else(missing)?;
        let whole = tx.whole_invoice(number.account_id, number.document_id)?.ok_or_else(missing)?;
        let previous = match whole.invoice.previous_id {
            Some(previous) => tx.whole_invoice(number.account_id, previous)?,
            None => None,
        };
        let provider = tx.provider_version(whole.invoice.provider_version)?.ok_or_else(missing)?;
        Ok::<_, store::Error>((whole, previous, provider))
    });
    let (whole, previous, provider) = read.await?;
    Ok(Paper::Invoice(Box::new(invoice_paper(&whole, &provider, previous.as_ref()))))
}

async fn one_process(maker: &Maker, paper: &Paper, count: usize) -> Result<Vec<Row>> {
    let others = children()?;
    let renderer = Renderer::new(maker.program.clone(), 1);
    // The allocator settles within the first hundreds.
    let early = (count / 2).max(10);
    render(&renderer, paper, early).await?;
    let child = children()?.into_iter().find(|child| !others.contains(child)).ok_or("no rendering process runs")?;
    let (cpu, held) = (cpu_time(child)?, held_kb(child)?);
    render(&renderer, paper, count - early).await?;
    let (cpu_after, held_after) = (cpu_time(child)?, held_kb(child)?);
    let rendered = u32::try_from(count - early)?.max(1);
    let cpu_ms = (cpu_after - cpu).as_secs_f64() * 1000.0 / f64::from(rendered);
    let growth = f64::from(u32::try_from(held_after)?) / f64::from(u32::try_from(held)?.max(1));
    Ok(vec![
        Row {
            what: format!("CPU time of a two-page document, mean of {rendered}"),
            ours: format!("{cpu_ms:.1} ms"),
            floor: String::new(),
            ratio: None,
            target: Target::AtMost { found: cpu_ms, limit: MOST_CPU_MS, unit: "ms" },
        },
        Row {
            what: format!("Memory of a rendering process after {early} and after {count} documents"),
            ours: format!("{} MB, {} MB", held / 1024, held_after / 1024),
            floor: String::new(),
            ratio: None,
            target: Target::AtMost { found: growth, limit: MOST_GROWTH, unit: "times as much" },
        },
    ])
}

async fn two_processes(maker: &Maker, paper: &Paper, count: usize, rounds: usize) -> Result<Row> {
    let one = Renderer::new(maker.program.clone(), 1);
    let two = Renderer::new(maker.program.clone(), 2);
    // Starts the processes, which isn't measured.
    render(&one, paper, 2).await?;
    render(&two, paper, 4).await?;
    let (mut with_one, mut with_two) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        with_two.push(per_second(count, render(&two, paper, count).await?));
        with_one.push(per_second(count, render(&one, paper, count).await?));
    }
    let (with_one, with_two) = (median(with_one), median(with_two));
    Ok(Row {
        what: "Documents of two processes beside those of one".to_owned(),
        ours: format!("{with_two:.1} documents/s"),
        floor: format!("{with_one:.1} documents/s"),
        ratio: Some(with_two / with_one),
        target: Target::RatioAtLeast(TWO_PROCESSES),
    })
}

/// Renders the paper so often, with as many at once as the pool has processes.
async fn render(renderer: &Renderer, paper: &Paper, count: usize) -> Result<Duration> {
    let left = AtomicUsize::new(count);
    let started = Instant::now();
    let work = || async {
        while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            renderer.render(paper).await?;
        }
        Ok::<(), quittance::error::Error>(())
    };
    futures_util::future::try_join_all((0..renderer.size()).map(|_| work())).await?;
    Ok(started.elapsed())
}
