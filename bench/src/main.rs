//! Measures the product beside raw floors, ours and the floor by turns, and writes what it found as a page of Markdown.
//! `cargo xtask bench` builds it and starts the PostgreSQL server it needs.

mod beside;
mod client;
mod customers;
mod document;
mod enumeration;
mod growth;
mod home;
mod import;
mod instance;
mod issue;
mod large;
mod machine;
mod month;
mod online;
mod report;
mod runs;
mod served;
mod signin;
mod stored;
mod webhooks;
mod weight;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use instance::Maker;
use machine::Machine;
use report::{Report, Row};

/// How long the machine may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whatever goes wrong ends the measurement.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Invoices issued, on SQLite and PostgreSQL.
    Issue,
    /// Invoices issued one by one, by many at once.
    Online,
    /// One invoice of very many lines.
    Large,
    /// Documents rendered.
    Document,
    /// Invoices issued, rendered and mailed.
    Month,
    /// A large file of time entries taken in.
    Import,
    /// The Invoices home of a large instance.
    Home,
    /// The home while a run writes.
    Beside,
    /// People signing in.
    Signin,
    /// Whether the time of an answer tells who is known.
    Enumeration,
    /// What a payment processor tells, some of it twice.
    Webhooks,
    /// The first answer of a process.
    Start,
    /// The memory of a process.
    Memory,
    /// What an invoice costs where many are stored.
    Growth,
    /// What a browser loads for a page.
    Weight,
}

/// Measure the product.
#[derive(Parser)]
struct Options {
    /// What to measure; everything where nothing is named.
    subjects: Vec<Subject>,
    /// Invoices issued in all rounds together. Ten times as many are stored in the large instance, and entries imported; the
    /// other subjects have a part of them.
    #[arg(long, value_name = "INVOICES", default_value_t = 100_000)]
    quick: usize,
    /// How often ours and the floor take turns; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A PostgreSQL server on which databases may be made; without it only SQLite is measured.
    #[arg(long, env = "QUITTANCE_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// The product's own program; the one beside this one where it isn't named.
    #[arg(long)]
    program: Option<PathBuf>,
    /// A folder to make the data in and to keep; the home found there is measured again. A temporary one otherwise.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Makes the data of the home and ends.
    #[arg(long, hide = true)]
    prepare: bool,
    /// Measures at once, however busy the machine is; otherwise that is waited for a while.
    #[arg(long)]
    at_once: bool,
    /// The page to write.
    #[arg(long)]
    write: Option<PathBuf>,
}

impl Options {
    fn home_invoices(&self) -> usize {
        self.quick.saturating_mul(10)
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let folder = Folder::make(options.folder.clone())?;
    let maker = Maker { program: program(&options)?, folder: folder.path.clone() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if options.prepare {
        return runtime.block_on(home::prepare(&maker, options.home_invoices()));
    }
    let machine = Machine::look(&maker.folder, if options.at_once { Duration::ZERO } else { PATIENCE })?;
    println!("{machine}");
    let mut report = Report::new(machine);
    for subject in Subject::value_variants() {
        if options.subjects.is_empty() || options.subjects.contains(subject) {
            for row in runtime.block_on(measure(*subject, &options, &maker))? {
                report.add(row);
            }
        }
    }
    println!("\n{}", report.table());
    if let Some(path) = &options.write {
        std::fs::write(path, report.page())?;
    }
    Ok(())
}

async fn measure(subject: Subject, options: &Options, maker: &Maker) -> Result<Vec<Row>> {
    match subject {
        Subject::Issue => {
            let dose = issue::Dose { invoices: options.quick / options.rounds.max(1), rounds: options.rounds };
            issue::measure(maker, dose, options.postgres.as_deref()).await
        }
        Subject::Online => online::measure(maker, (options.quick / 10).max(64)).await,
        Subject::Large => large::measure(maker, (options.quick / 10).min(10_000), options.rounds).await,
        Subject::Month => month::measure(maker, (options.quick / 100).max(10)).await,
        Subject::Beside => beside::measure(maker, options.home_invoices()).await,
        Subject::Signin => signin::measure(maker, (options.quick / 50).max(20)).await,
        Subject::Enumeration => enumeration::measure(maker, (options.quick / 25).max(100)).await,
        Subject::Webhooks => webhooks::measure(maker, (options.quick / 20).max(100)).await,
        Subject::Start => served::start(maker, options.home_invoices(), options.rounds).await,
        Subject::Memory => served::memory(maker, options.home_invoices()).await,
        Subject::Growth => growth::measure(maker, options.home_invoices(), options.rounds).await,
        Subject::Document => document::measure(maker, (options.quick / 50).max(50), options.rounds).await,
        Subject::Import => import::measure(maker, options.home_invoices(), options.rounds.min(3)).await,
        Subject::Home => home::measure(maker, options.home_invoices(), options.rounds).await,
        Subject::Weight => weight::measure(maker).await,
    }
}

/// Where the data are made; gone at the end unless somebody named it.
struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Folder {
    fn make(named: Option<PathBuf>) -> Result<Self> {
        let is_kept = named.is_some();
        let path =
            named.unwrap_or_else(|| std::env::temp_dir().join(format!("quittance-bench-{}", std::process::id())));
        std::fs::create_dir_all(&path)?;
        Ok(Self { path, is_kept })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            // What can't be removed is in the way of nobody.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn program(options: &Options) -> Result<PathBuf> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("quittance"),
    };
    if program.exists() {
        return Ok(program);
    }
    Err(format!("{} isn't there; build it first: cargo build --release", program.display()).into())
}
