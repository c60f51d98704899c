//! `quittance import`: reads files, shows what changes, or everything that is wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use billing::staff::Rights;
use clap::Args;

use super::{Place, say, warn};
use crate::actions::import_export::{Mode, Outcome, import_export};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::import::changes::Changes;
use crate::import::progress::grouped;
use crate::import::source::{FILES, unreadable};
use crate::import::{Export, Problem, Problems, Progress, Source};

/// The provider's profile among the files.
const PROFILE: &str = "provider.toml";

/// Take a provider's export.
#[derive(Args)]
pub struct Import {
    /// The folder, or one file of it.
    path: PathBuf,
    /// Show what would change and write nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    /// Reads, compares, writes.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open_sparing(place).await?;
        let by = place.actor(&app, Rights::Billing).await?;
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Write };
        let progress = Progress::default();
        let telling = tokio::spawn(tell_progress(progress.clone()));
        let outcome = take(&app, self.path, (mode, &by), &progress).await;
        telling.abort();
        match outcome? {
            Outcome::Wrong(problems) => Ok(tell(&problems)),
            Outcome::Taken(changes) => {
                show(&changes, mode);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

async fn take(app: &App, path: PathBuf, (mode, by): (Mode, &Actor), progress: &Progress) -> Result<Outcome> {
    let reading = progress.clone();
    // A thread of its own, so that the other can tell how far it is.
    let export = tokio::task::spawn_blocking(move || read(&path, reading)).await.map_err(Error::internal)??;
    import_export(app, export, (mode, by), progress).await
}

/// Says every second how far the import is, where it moved.
async fn tell_progress(progress: Progress) {
    let mut seconds = tokio::time::interval(std::time::Duration::from_secs(1));
    seconds.tick().await;
    let mut told = None;
    loop {
        seconds.tick().await;
        let step = progress.last();
        if step != told
            && let Some(step) = step
        {
            warn(&step.to_string());
        }
        told = step;
    }
}

/// A file whose name is mistyped would be left out without a word.
fn warn_unknown(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".csv"))
        .collect();
    names.sort();
    for name in names.iter().filter(|name| !FILES.contains(&name.as_str())) {
        warn(&format!("warning: {name} is no file of the export and is left out; expected {}", FILES.join(", ")));
    }
}

/// Reads a folder or one file; files that aren't there are left out.
///
/// # Errors
/// `Refused` where nothing can be read, or a file is no file of the contract.
fn read(path: &Path, progress: Progress) -> Result<Export> {
    if !path.exists() {
        let path = path.display();
        return Err(Error::Refused(format!(
            "{path} doesn't exist; expected the folder of an export, or one file of it"
        )));
    }
    let mut export = Export { progress, ..Export::default() };
    let mut files = vec![path.to_owned()];
    if path.is_dir() {
        files = std::iter::once(PROFILE).chain(FILES).map(|name| path.join(name)).collect();
        files.retain(|file| file.exists());
        warn_unknown(path);
        if files.is_empty() {
            let (folder, names) = (path.display(), FILES.join(", "));
            return Err(Error::Refused(format!("{folder} holds none of the files: {PROFILE}, {names}")));
        }
    }
    for file in files {
        if file.file_name().is_some_and(|name| name == PROFILE) {
            let bytes = std::fs::read(&file).map_err(|error| unreadable(&file, &error))?;
            export.read_provider(PROFILE, &bytes);
        } else {
            export.add(Source::file(&file)?)?;
        }
    }
    Ok(export)
}

/// Lists everything that is wrong in one file, under its own name.
pub fn tell_named(problems: &Problems, file: &Path) -> ExitCode {
    let mut named = Problems::default();
    for problem in problems.shown() {
        named.push(Problem { file: file.display().to_string(), ..problem.clone() });
    }
    tell(&named)
}

/// Lists everything that is wrong, by file and line.
fn tell(problems: &Problems) -> ExitCode {
    let shown = problems.shown();
    for problem in &shown {
        warn(&format!("{problem}"));
    }
    let count = problems.count();
    if shown.len() < count {
        warn(&format!("and {} more, which are not listed", grouped(count - shown.len())));
    }
    warn(&format!("{} problem{}; nothing was written.", grouped(count), if count == 1 { "" } else { "s" }));
    ExitCode::FAILURE
}

fn show(changes: &Changes, mode: Mode) {
    for count in changes.counts() {
        if count.added + count.changed + count.same > 0 {
            say(&format!(
                "{:<20} {:>8} new {:>8} changed {:>8} the same",
                count.name, count.added, count.changed, count.same
            ));
        }
    }
    let fields = changes.fields.shown();
    for field in fields {
        say(&format!("changed {field}"));
    }
    if changes.fields.count() > fields.len() {
        let more = grouped(changes.fields.count() - fields.len());
        say(&match mode {
            Mode::Write => {
                format!("and {more} more changed fields; with --dry-run, before they are written, all are listed")
            }
            Mode::DryRun => {
                format!("and {more} more changed fields, too many to list; dry runs of single files list more")
            }
        });
    }
    for warning in &changes.warnings {
        warn(&format!("warning: {warning}"));
    }
    let (added, changed) = changes.total();
    say(match (added + changed, mode) {
        (0, _) => "Nothing changes.",
        (_, Mode::DryRun) => "A dry run: nothing was written.",
        (_, Mode::Write) => "Written.",
    });
}
