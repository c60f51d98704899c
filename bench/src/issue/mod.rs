//! Issuing: the real runs of a year's months, beside bare drivers that write the same rows.

mod postgres;
mod rows;
mod sqlite;

use std::time::Duration;

use billing::Month;
use store::Location;

use crate::Result;
use crate::customers::{self, Book};
use crate::instance::{Instance, Maker};
use crate::report::{Row, Target, median, per_second};
use crate::runs::{Took, make_runs, months};
use rows::Rows;

/// Monthly runs of a round.
const RUNS: usize = 10;

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Dose {
    /// Invoices of a round.
    pub invoices: usize,
    /// How often ours and the floor take turns.
    pub rounds: usize,
}

impl Dose {
    fn accounts(self) -> usize {
        (self.invoices / RUNS).max(1)
    }

    fn row(self, database: &str, figures: &Figures, least: f64) -> Row {
        let (ours, floor) = (median(figures.ours.clone()), median(figures.floor.clone()));
        Row {
            what: format!(
                "Issuing on {database}: {} rounds of {} accounts, {RUNS} monthly runs, 8 lines each",
                self.rounds,
                self.accounts()
            ),
            ours: format!("{ours:.0} invoices/s"),
            floor: format!("{floor:.0} invoices/s"),
            ratio: Some(ours / floor),
            target: Target::RatioAtLeast(least),
        }
    }
}

/// Invoices a second, round by round.
#[derive(Default)]
struct Figures {
    ours: Vec<f64>,
    floor: Vec<f64>,
}

impl Figures {
    fn add(&mut self, invoices: usize, ours: Took, floor: Duration) {
        let whole = ours.whole();
        self.ours.push(per_second(invoices, whole));
        self.floor.push(per_second(invoices, floor));
        println!(
            "  ours {:.2?} (planning {:.2?}, issuing {:.2?}), floor {floor:.2?}",
            whole, ours.planning, ours.issuing
        );
    }
}

/// Measures both databases; PostgreSQL only where a server is given.
pub async fn measure(maker: &Maker, dose: Dose, server: Option<&str>) -> Result<Vec<Row>> {
    let months = months(RUNS);
    let instance = maker.make("issue", months.first().ok_or("no months")?.first(), None)?;
    let app = instance.open_file().await?;
    customers::insert(&app, Book::of(dose.accounts()), &months).await?;
    drop(app);
    let rows = first_run(&instance, &months).await?;
    let figures = on_sqlite(&instance, &rows, dose, &months).await?;
    let mut measured = vec![dose.row("SQLite", &figures, 0.25)];
    if let Some(server) = server {
        let figures = on_postgres(maker, server, &rows, dose, &months).await?;
        measured.push(dose.row("PostgreSQL", &figures, 0.30));
    }
    Ok(measured)
}

/// Makes the runs once, not measured, and keeps what they wrote.
async fn first_run(instance: &Instance, months: &[Month]) -> Result<Rows> {
    let copy = instance.data.join("first.db");
    instance.copy_file(&copy)?;
    let app = instance.open(Location::Sqlite(copy.clone())).await?;
    make_runs(&app, months).await?;
    drop(app);
    let rows = Rows::read(&copy)?;
    std::fs::remove_file(copy)?;
    Ok(rows)
}

async fn on_sqlite(instance: &Instance, rows: &Rows, dose: Dose, months: &[Month]) -> Result<Figures> {
    println!("SQLite:");
    let mut figures = Figures::default();
    let copy = instance.data.join("round.db");
    for _ in 0..dose.rounds {
        instance.copy_file(&copy)?;
        let app = instance.open(Location::Sqlite(copy.clone())).await?;
        let ours = make_runs(&app, months).await?;
        drop(app);
        instance.copy_file(&copy)?;
        figures.add(rows.invoices(), ours, sqlite::write(&copy, rows)?);
    }
    std::fs::remove_file(copy)?;
    Ok(figures)
}

async fn on_postgres(maker: &Maker, server: &str, rows: &Rows, dose: Dose, months: &[Month]) -> Result<Figures> {
    println!("PostgreSQL:");
    let server = postgres::Server::connect(server).await?;
    let template = server.make_empty("bench_template").await?;
    let first = months.first().ok_or("no months")?.first();
    let instance = maker.make("issue-postgres", first, Some(&template))?;
    let app = instance.open(Location::Postgres(template)).await?;
    customers::insert(&app, Book::of(dose.accounts()), months).await?;
    drop(app);
    server.command("VACUUM").await?;
    let mut figures = Figures::default();
    for _ in 0..dose.rounds {
        let url = server.copy("bench_template", "bench_round").await?;
        let app = instance.open(Location::Postgres(url.clone())).await?;
        let ours = make_runs(&app, months).await?;
        drop(app);
        let url = server.copy("bench_template", "bench_round").await?;
        figures.add(rows.invoices(), ours, postgres::write(&url, rows).await?);
    }
    server.remove("bench_round").await?;
    server.remove("bench_template").await?;
    Ok(figures)
}
