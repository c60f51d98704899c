//! `quittance init`: a data directory with settings, database and keys.

use std::path::PathBuf;
use std::process::ExitCode;

use billing::Month;
use billing::ledger::Ledger;
use clap::Args;
use jiff::tz::TimeZone;
use store::instance::InstanceRow;
use store::run::SeriesRow;
use store::{Location, Store};

use super::open::{location, open_store};
use super::{Place, say, warn};
use crate::actions::issue_run::SERIES;
use crate::clock::Clock;
use crate::config::{Config, TEMPLATE};
use crate::error::{Error, Result};
use crate::import::provider::Besides;
use crate::import::resolve::ledger_row;
use crate::import::{Problems, ProviderIn};
use crate::keys::{Keys, instance_id};
use crate::place::{KEYS, SETTINGS};

/// Make a data directory.
#[derive(Args)]
pub struct Init {
    /// The provider's profile.
    #[arg(long)]
    provider: PathBuf,
    /// An instance for trying things out: its clock can be moved. It can't be turned into a real one.
    #[arg(long)]
    sandbox: bool,
}

/// Whether the business clock of an instance may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Real billing.
    Real,
    /// Trying out.
    Sandbox,
}

impl Init {
    /// Makes the directory; refuses where there is an instance already.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let name = self.provider.display().to_string();
        let bytes =
            std::fs::read(&self.provider).map_err(|error| Error::Refused(format!("{name} can't be read: {error}")))?;
        let mut problems = Problems::default();
        let file = self.provider.file_name().map_or(name.clone(), |file| file.to_string_lossy().into_owned());
        let Some(provider) = ProviderIn::read(&file, &bytes, &mut problems) else {
            for problem in problems.shown() {
                warn(&format!("{problem}"));
            }
            return Err(Error::Refused(format!("{name} is not usable; nothing was made")));
        };
        let purpose = if self.sandbox { Purpose::Sandbox } else { Purpose::Real };
        make(place, &provider, purpose).await?;
        say(&format!("Made {}: settings in {SETTINGS}, keys in {KEYS}/.", place.data.display()));
        say("Next: quittance import FOLDER, then quittance run recurring --for YYYY-MM");
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes the data directory and the instance in its database.
///
/// # Errors
/// `Refused` where there is an instance already.
pub async fn make(place: &Place, provider: &ProviderIn, purpose: Purpose) -> Result<()> {
    let settings = place.data.join(SETTINGS);
    if settings.exists() {
        return Err(Error::Refused(format!("{} exists already; nothing was changed", settings.display())));
    }
    make_private(&place.data)
        .map_err(|error| Error::Refused(format!("{} can't be made: {error}", place.data.display())))?;
    let mut config = Config::default();
    config.database.url = place.database_url.clone().unwrap_or_default();
    let location = location(place, &config);
    // Keys, then database, then settings, which end it: an init that was cut off is finished by the next one.
    if !Keys::exist(&place.data) {
        Keys::generate().write(&place.data)?;
    }
    let id = instance_id(&place.data)?;
    let store = open_store(location.clone()).await?;
    insert_instance(&store, provider, (id, purpose), &config.base_url).await?;
    write_settings(&settings, &location, purpose)
}

/// A directory for the provider's eyes alone: the database in it holds internal notes.
fn make_private(data: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

fn write_settings(path: &std::path::Path, location: &Location, purpose: Purpose) -> Result<()> {
    let text = match location {
        Location::Sqlite(_) => TEMPLATE.to_owned(),
        Location::Postgres(url) => {
            TEMPLATE.replace("\nurl = \"\"\n", &format!("\nurl = {}\n", toml::Value::String(url.clone())))
        }
    };
    let text = match purpose {
        Purpose::Sandbox => text.replace("\nprocessor = \"none\"\n", "\nprocessor = \"sandbox\"\n"),
        Purpose::Real => text,
    };
    let failed = |error: std::io::Error| Error::Refused(format!("{} can't be written: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    // The URL of a database may hold its password.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

async fn insert_instance(
    store: &Store,
    provider: &ProviderIn,
    (instance_id, purpose): (Vec<u8>, Purpose),
    portal_url: &str,
) -> Result<()> {
    let now = Clock::default().real();
    let zone = TimeZone::get(&provider.timezone).unwrap_or(TimeZone::UTC);
    let this_month = Month::of(now.to_zoned(zone).date()).first();
    let row = provider.row(Besides {
        version: 1,
        made_at: now,
        billing_starts_on: this_month,
        portal_url: portal_url.to_owned(),
    });
    let instance = InstanceRow {
        one: 1,
        instance_id,
        made_at: now,
        sandbox: purpose == Purpose::Sandbox,
        clock_offset_us: 0,
        held_at: None,
        held_because: None,
    };
    let series = SeriesRow {
        series: SERIES.to_owned(),
        prefix: row.invoice_number_prefix.clone(),
        first: row.invoice_number_start,
        next: row.invoice_number_start,
    };
    let chart: Vec<_> = Ledger::chart().iter().map(ledger_row).collect();
    let made = store.write(move |tx| {
        match tx.instance()? {
            // An init that was cut off: what it wrote stays.
            Some(known) if known.instance_id == instance.instance_id => return Ok(()),
            Some(_) => return Err(Error::refused("this database holds another instance already; nothing was changed")),
            None => {}
        }
        tx.insert_instance(instance.clone())?;
        tx.insert_provider(row.clone())?;
        tx.insert(&chart)?;
        tx.insert(std::slice::from_ref(&series))?;
        Ok(())
    });
    made.await
}
