//! `quittance backup`, `restore` and `resume`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use billing::staff::Rights;
use clap::Args;
use store::audit::AuditKind;
use store::copy::{Tally, tally};

use super::{Place, open, progress_bar, say, verify, warn};
use crate::actions::back_up::back_up;
use crate::actions::restore_backup::restore_backup;
use crate::backup::BackupKey;
use crate::error::{Error, Result};
use crate::place::{BACKUP_KEY, KEYS};

/// Make a backup.
#[derive(Args)]
pub struct Backup {
    /// The file to write.
    file: PathBuf,
    /// The key to seal it with, made where there is none; `backup.key` in the data directory where it isn't named.
    #[arg(long)]
    key: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    overwrite: bool,
}

/// Make a data directory from a backup.
#[derive(Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    /// The key it was sealed with.
    #[arg(long)]
    key: PathBuf,
}

impl Backup {
    /// Writes the backup, beside whatever else works on the instance.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        if self.file.exists() && !self.overwrite {
            let file = self.file.display();
            return Err(Error::Refused(format!("{file} exists already; another name, or --overwrite")));
        }
        let app = open::open_sparing(place).await?;
        let path = self.key.unwrap_or_else(|| place.data.join(BACKUP_KEY));
        let key = if path.exists() { BackupKey::read(&path)? } else { new_key(&path)? };
        let bytes = back_up(&app, &place.data, &self.file, &key, progress_bar("Packed bytes")).await?;
        say(&format!("Wrote {}: {} kB, sealed with the key in {}.", self.file.display(), bytes / 1000, path.display()));
        say("The backup can't be opened without that key, and doesn't hold it: keep a copy of the key elsewhere.");
        for named in app.config.named_files().filter(|named| !is_packed(&place.data, named)) {
            say(&format!("Not in the backup: {}, which the settings name.", named.display()));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a file that the settings name lies among the keys, all of which are in the backup.
fn is_packed(data: &Path, file: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(file).is_some_and(|file| file.parent() == real(&data.join(KEYS)).as_deref())
}

fn new_key(path: &Path) -> Result<BackupKey> {
    let key = BackupKey::generate();
    key.write(path)?;
    warn(&format!("Made a new key for backups: {}.", path.display()));
    Ok(key)
}

impl Restore {
    /// Unpacks, checks, verifies, and puts it in its place.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        if place.database_url.is_some() {
            return Err(Error::refused(
                "a backup is restored into a file. Leave --database-url out, and `quittance move` it to PostgreSQL \
                 then",
            ));
        }
        let key = BackupKey::read(&self.key)?;
        let restored = restore_backup(&self.file, &key, &place.data).await?;
        let (made_at, version) = (restored.about.made_at, restored.about.version.clone());
        say(&format!("{} is whole: made {made_at} by version {version}.", self.file.display()));
        let stage = Place::new(restored.stage.clone(), None);
        let app = open::open_sparing(&stage).await?;
        let code = verify::tell(&app).await?;
        let tallies = tally(&app.store).await?;
        // Nobody has it open any more when it is put in its place.
        drop(app);
        stage.close().await;
        show(&tallies);
        restored.put_in_place()?;
        say(&format!("Restored into {}.", place.data.display()));
        say(HELD);
        Ok(code)
    }
}

/// What a held instance is told with, and what to do.
const HELD: &str = "It is held: it serves the portal, and neither issues nor mails, because what was issued and mailed \
                    after the backup would be issued and mailed again. Say `quittance resume` when the other copy is \
                    gone and you know what it did since.";

/// Counts, sums and hashes of all tables that hold something.
pub fn show(tallies: &[Tally]) {
    say(&format!("{:<20} {:>10}  {:<16}  sums", "table", "rows", "hash"));
    for tally in tallies.iter().filter(|tally| tally.rows > 0) {
        let sums: Vec<String> = tally.sums.iter().map(|(column, sum)| format!("{column} {sum}")).collect();
        say(&format!("{:<20} {:>10}  {}  {}", tally.table, tally.rows, tally.short_hash(), sums.join(", ")));
    }
}

/// Lets a held instance issue and mail again.
pub async fn resume(place: &Place) -> Result<ExitCode> {
    let app = open::open(place).await?;
    let Some(because) = app.held_because().await? else {
        say("It isn't held.");
        return Ok(ExitCode::SUCCESS);
    };
    let (mails, last) = app.store.read(|tx| Ok::<_, Error>((tx.waiting_mails()?, tx.all_series()?))).await?;
    let deed = place.actor(&app, Rights::Admin).await?.did(AuditKind::Resumed, because.clone());
    let written = app.store.write(move |tx| {
        tx.let_instance_go()?;
        tx.append_audit(std::slice::from_ref(&deed))
    });
    written.await?;
    say(&format!("It was held because {because}; now it issues and mails again."));
    say(&format!("{mails} recipients wait to be mailed to."));
    for series in last {
        say(&format!("The next number of the series {} is {}{}.", series.series, series.prefix, series.next));
    }
    Ok(ExitCode::SUCCESS)
}
