//! `quittance import`: reads files, shows what changes, or everything that is wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Place, say, warn};
use crate::actions::import_export::{Mode, Outcome, import_export};
use crate::error::{Error, Result};
use crate::import::changes::Changes;
use crate::import::rows::FILES;
use crate::import::{Export, Problem, ProviderIn};

/// Changed fields shown before the rest is only counted.
const SHOWN: usize = 200;

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
        let app = super::open::open(place).await?;
        let export = read(&self.path)?;
        let mode = if self.dry_run { Mode::DryRun } else { Mode::Write };
        let waiting = tokio::spawn(tell_time(export.row_count()));
        let outcome = import_export(&app, export, mode).await;
        waiting.abort();
        match outcome? {
            Outcome::Wrong(mut problems) => Ok(tell(&mut problems)),
            Outcome::Taken(changes) => {
                show(&changes, mode);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Says every second how many rows are under way: one transaction has no steps to show.
async fn tell_time(rows: usize) {
    let mut seconds = tokio::time::interval(std::time::Duration::from_secs(1));
    seconds.tick().await;
    for passed in 1_u64.. {
        seconds.tick().await;
        warn(&format!("{rows} rows under way, {passed} s …"));
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
pub fn read(path: &Path) -> Result<Export> {
    let unreadable =
        |path: &Path, error: std::io::Error| Error::Refused(format!("{} can't be read: {error}", path.display()));
    let mut export = Export::default();
    let mut names: Vec<PathBuf> = Vec::new();
    if path.is_dir() {
        names.extend(std::iter::once("provider.toml").chain(FILES.iter().copied()).map(|name| path.join(name)));
        names.retain(|file| file.exists());
        warn_unknown(path);
        if names.is_empty() {
            return Err(Error::Refused(format!(
                "{} holds none of the files: provider.toml, {}",
                path.display(),
                FILES.join(", ")
            )));
        }
    } else {
        names.push(path.to_owned());
    }
    for file in names {
        let bytes = std::fs::read(&file).map_err(|error| unreadable(&file, error))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name == "provider.toml" {
            export.provider = ProviderIn::read(&name, &bytes, &mut export.problems);
            continue;
        }
        export.read_file(&name, &bytes).map_err(|name| {
            Error::Refused(format!("{name} is no file of the export; expected provider.toml, {}", FILES.join(", ")))
        })?;
    }
    Ok(export)
}

/// Lists everything that is wrong, by file and line.
fn tell(problems: &mut [Problem]) -> ExitCode {
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    for problem in problems.iter() {
        warn(&format!("{problem}"));
    }
    let count = problems.len();
    warn(&format!("{count} problem{}; nothing was written.", if count == 1 { "" } else { "s" }));
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
    for field in changes.fields.iter().take(SHOWN) {
        say(&format!("changed {field}"));
    }
    if changes.fields.len() > SHOWN {
        say(&format!("and {} more changed fields", changes.fields.len() - SHOWN));
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
