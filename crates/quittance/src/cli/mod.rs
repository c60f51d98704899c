//! The command line. Exit codes: 0 done, 1 refused or found wrong, 2 bad usage.

mod acting;
mod agreement;
mod agreement_hours;
mod audit;
mod autopay;
mod backup;
mod books;
mod calendar;
mod clock;
mod compare;
mod contacts;
mod credit;
mod demo;
mod doctor;
mod document;
mod import;
mod init;
mod invoices;
mod mail;
mod moving;
mod notices;
mod open;
mod outbox;
mod output;
mod payments;
mod questions;
mod requests;
mod run;
mod serve;
mod simulate;
mod staff;
mod statement;
mod verify;
mod w9;
mod wording;
mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::{Parser, Subcommand};

pub use output::{say, warn};

use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::log::{self, Format};

/// How long tasks may take to notice that the program ends.
const LAST_TASKS: Duration = Duration::from_millis(500);

/// The billing portal of a managed service provider.
#[derive(Parser)]
#[command(name = "quittance", version, about)]
struct Cli {
    /// The data directory.
    #[arg(long, global = true, default_value = "quittance-data", env = "QUITTANCE_DATA")]
    data: PathBuf,
    /// A PostgreSQL database in place of the embedded file: postgres://user:password@host:port/name
    #[arg(long, global = true, env = "QUITTANCE_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The member of staff whose deed this is; the audit log names them, and their rights have to cover it.
    #[arg(long = "as", global = true, value_name = "EMAIL", env = "QUITTANCE_AS")]
    acting: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data directory: settings, database, keys.
    Init(init::Init),
    /// Take a provider's export: one file of the contract, or the folder. All or nothing.
    Import(import::Import),
    /// Make the invoices of one stream for one period: plan, review, issue.
    #[command(subcommand)]
    Run(run::Run),
    /// Render the documents that wait.
    Render,
    /// Send the mails whose day has come.
    Deliver(outbox::Deliver),
    /// Send again, read what came back, and see whether mail works.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// List what staff were told, the newest first.
    Notices(notices::Notices),
    /// List all invoices, or show one and why it differs from the one before.
    Invoices(invoices::Invoices),
    /// Write an invoice's PDF to a file.
    Document(document::Document),
    /// The books.
    #[command(subcommand)]
    Books(books::Books),
    /// What accounts are billed for every month, and what changes about it.
    #[command(subcommand)]
    Agreement(agreement::Agreement),
    /// Credit notes, write-offs, refunds, late fees, and the credit of accounts.
    #[command(subcommand)]
    Credit(credit::Credit),
    /// Auto Pay: what waits for staff, what holds, what it would do.
    #[command(subcommand, name = "autopay")]
    AutoPay(autopay::AutoPay),
    /// Money that came, recorded by hand, and payments that come back.
    #[command(subcommand)]
    Payments(payments::Payments),
    /// Questions and disputes about invoices.
    #[command(subcommand)]
    Questions(questions::Questions),
    /// Show what happened on an account in a time.
    Statement(statement::Statement),
    /// Rates of roles, and amounts agreed for tickets.
    #[command(subcommand)]
    Work(work::Work),
    /// The people of an account.
    #[command(subcommand)]
    Contacts(contacts::Contacts),
    /// The texts of mails and help that you may edit.
    #[command(subcommand)]
    Wording(wording::Wording),
    /// Show the next runs of each stream with their dates.
    Calendar(calendar::Calendar),
    /// Run billing forward on a copy and list what would come.
    Simulate(simulate::Simulate),
    /// Put another system's invoices beside ours and say why they differ.
    Compare(compare::Compare),
    /// Show the business clock, or move that of a sandbox.
    Clock(clock::Clock),
    /// The provider's staff: who they are and what they may do.
    #[command(subcommand)]
    Staff(staff::Staff),
    /// What waits for staff: objections, and changes that need their word.
    #[command(subcommand)]
    Requests(requests::Requests),
    /// The provider's Form W-9, which customers download.
    #[command(subcommand)]
    W9(w9::FormW9),
    /// List who did what, the newest first.
    Audit(audit::Audit),
    /// See what keeps somebody from signing in.
    Doctor(doctor::Doctor),
    /// Check every invariant of the stored data.
    Verify,
    /// Write everything into one file, sealed, while the program goes on.
    Backup(backup::Backup),
    /// Make a data directory from a backup.
    Restore(backup::Restore),
    /// Let a restored instance issue and mail again.
    Resume,
    /// Copy everything from the embedded file to PostgreSQL, and compare.
    Move(moving::Move),
    /// Serve the portal, and render and deliver what waits.
    Serve(serve::Serve),
    /// Show everything with an invented provider and a year of its invoices.
    Demo(demo::Demo),
    /// Render documents for another process of this program.
    #[command(hide = true)]
    RenderWorker,
}

/// Where a command finds its instance.
pub struct Place {
    /// The data directory.
    pub data: PathBuf,
    /// The database, where it isn't the embedded file.
    pub database_url: Option<String>,
    /// The member of staff whose deeds these are; nobody in particular where none is named.
    pub acting: Option<String>,
    opened: Mutex<Vec<App>>,
}

impl Place {
    /// Nothing is opened yet.
    pub fn new(data: PathBuf, database_url: Option<String>) -> Self {
        Self { data, database_url, acting: None, opened: Mutex::default() }
    }

    /// Remembers what was opened here, to be closed at the end.
    pub fn note(&self, app: App) -> App {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(app.clone());
        app
    }

    /// Gives back what was leased for it.
    async fn close(&self) {
        let opened = std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for app in opened {
            app.give_node_back().await;
        }
    }
}

/// Runs the command line and gives the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::RenderWorker) {
        return if crate::renderer::work().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    start_logging(&cli.command, &cli.data);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            warn(&format!("quittance: the runtime can't start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let place = Place::new(cli.data, cli.database_url.filter(|url| !url.is_empty()));
    let place = Place { acting: cli.acting.filter(|email| !email.is_empty()), ..place };
    let done = runtime.block_on(async {
        let done = carry_out(cli.command, &place).await;
        place.close().await;
        done
    });
    // Rendering children end with the tasks that wait for them.
    runtime.shutdown_timeout(LAST_TASKS);
    match done {
        Ok(code) if output::was_heard() => code,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            warn(&format!("quittance: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: Command, place: &Place) -> Result<ExitCode> {
    match command {
        Command::Init(ask) => ask.run(place).await,
        Command::Import(ask) => ask.run(place).await,
        Command::Run(ask) => ask.run(place).await,
        Command::Render => outbox::render(place).await,
        Command::Deliver(ask) => ask.run(place).await,
        Command::Mail(ask) => ask.run(place).await,
        Command::Notices(ask) => ask.run(place).await,
        Command::Invoices(ask) => ask.run(place).await,
        Command::Document(ask) => ask.run(place).await,
        Command::Books(ask) => ask.run(place).await,
        Command::Agreement(ask) => ask.run(place).await,
        Command::Credit(ask) => ask.run(place).await,
        Command::AutoPay(ask) => ask.run(place).await,
        Command::Payments(ask) => ask.run(place).await,
        Command::Questions(ask) => ask.run(place).await,
        Command::Statement(ask) => ask.run(place).await,
        Command::Work(ask) => ask.run(place).await,
        Command::Contacts(ask) => ask.run(place).await,
        Command::Wording(ask) => ask.run(place).await,
        Command::Calendar(ask) => ask.run(place).await,
        Command::Compare(ask) => ask.run(place).await,
        Command::Simulate(ask) => ask.run(place).await,
        Command::Clock(ask) => ask.run(place).await,
        Command::Staff(ask) => ask.run(place).await,
        Command::Requests(ask) => ask.run(place).await,
        Command::W9(ask) => ask.run(place).await,
        Command::Audit(ask) => ask.run(place).await,
        Command::Doctor(ask) => ask.run(place).await,
        Command::Verify => verify::run(place).await,
        Command::Backup(ask) => ask.run(place).await,
        Command::Restore(ask) => ask.run(place).await,
        Command::Resume => backup::resume(place).await,
        Command::Move(ask) => ask.run(place).await,
        Command::Serve(ask) => ask.run(place).await,
        Command::Demo(ask) => ask.run(place).await,
        Command::RenderWorker => Err(Error::internal("a rendering process was started as a command")),
    }
}

/// Logs go to standard error. Commands are quiet unless `RUST_LOG` says otherwise.
fn start_logging(command: &Command, data: &Path) {
    match command {
        Command::Serve(_) => {
            // Settings that can't be read are told later, by the command.
            let format = Config::read(data).map(|config| config.log.format).unwrap_or_default();
            log::start("info", format);
            log::catch_panics();
        }
        Command::Demo(_) => log::start("info", Format::Text),
        _ => log::start("warn,store=error", Format::Text),
    }
}

/// A bar on standard error for work of known length, shown only when it takes longer than a second.
pub fn progress_bar(what: &'static str) -> impl Fn(usize, usize) {
    let bar = indicatif::ProgressBar::hidden();
    let style = indicatif::ProgressStyle::with_template("{msg} {pos} of {len}, {elapsed}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    let started = std::time::Instant::now();
    let shown = std::cell::Cell::new(false);
    move |done, of| {
        if started.elapsed().as_secs() >= 1 && !shown.get() {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr_with_hz(4));
            shown.set(true);
        }
        bar.set_length(u64::try_from(of).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
        if done >= of {
            bar.finish();
        }
    }
}
