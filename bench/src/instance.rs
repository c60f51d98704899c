//! Instances to measure: made by the product's own `init`, opened as `serve` opens them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use billing::Month;
use connect::mail::Mailer;
use jiff::civil::Date;
use quittance::app::{App, Parts};
use quittance::clock::Clock;
use quittance::config::{Config, Lateness, Processor};
use quittance::demo::make_history;
use quittance::keys::Keys;
use quittance::random::Token;
use quittance::renderer::Renderer;
use store::session::SessionRow;
use store::{Location, Options, PersonId, Store};

use crate::Result;

/// Makes instances.
pub struct Maker {
    /// The product's program.
    pub program: PathBuf,
    /// Where data directories go.
    pub folder: PathBuf,
}

/// A data directory.
pub struct Instance {
    /// Where it is.
    pub data: PathBuf,
    program: PathBuf,
}

impl Maker {
    /// Makes a data directory for a provider that bills since a day; its database is `server` or a file.
    pub fn make(&self, name: &str, billing_starts_on: Date, server: Option<&str>) -> Result<Instance> {
        let data = self.folder.join(name);
        let profile = self.folder.join(format!("{name}.toml"));
        std::fs::write(&profile, PROVIDER.replace("BILLING_STARTS_ON", &billing_starts_on.to_string()))?;
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&data);
        if let Some(url) = server {
            command.args(["--database-url", url]);
        }
        let made = command.args(["init", "--sandbox", "--provider"]).arg(&profile).stdout(Stdio::null()).status()?;
        if !made.success() {
            return Err(format!("quittance init ended with {made}").into());
        }
        Ok(Instance { data, program: self.program.clone() })
    }

    /// An instance with a year of history of an invented provider, made by the real runs.
    pub async fn with_history(&self) -> Result<Instance> {
        if let Some(instance) = self.found("history") {
            return Ok(instance);
        }
        let year_ago = (0..12).fold(Month::of(today()), |month, _| month.previous());
        let instance = self.make("history", year_ago.first(), None)?;
        let app = instance.open_file().await?;
        make_history(&app, today()).await?;
        instance.complete()?;
        Ok(instance)
    }

    /// The data directory of this name, if it is there.
    pub fn found(&self, name: &str) -> Option<Instance> {
        let data = self.folder.join(name);
        data.join("complete").exists().then(|| Instance { data, program: self.program.clone() })
    }
}

impl Instance {
    /// Its file of SQLite.
    pub fn file(&self) -> PathBuf {
        self.data.join("quittance.db")
    }

    /// Opens it, or a copy of its database at another place. Mail goes nowhere.
    pub async fn open(&self, database: Location) -> Result<App> {
        self.open_with(database, None).await
    }

    /// The same with mail, and with a rendering process for each core of a small machine. What lies long past is mailed
    /// all the same.
    pub async fn open_with(&self, database: Location, mailer: Option<Mailer>) -> Result<App> {
        self.open_as(database, mailer, Config::default()).await
    }

    /// Opens its own file with the processor of a sandbox.
    pub async fn open_paying(&self) -> Result<App> {
        let mut config = Config::default();
        config.payments.processor = Processor::Sandbox;
        self.open_as(Location::Sqlite(self.file()), None, config).await
    }

    async fn open_as(&self, database: Location, mailer: Option<Mailer>, mut config: Config) -> Result<App> {
        config.mail.lateness = Lateness::Goes;
        let parts = Parts {
            store: Store::open(Options::new(database)).await?,
            clock: Clock::default(),
            keys: Keys::read(&self.data)?,
            config,
            renderer: Renderer::new(self.program.clone(), if mailer.is_some() { 2 } else { 1 }),
            mailer,
            gateway: None,
        };
        Ok(App::new(parts).await?)
    }

    /// Signs a person in, as the browser of the test would be; the line of the head that says so.
    pub async fn sign_in(app: &App, people: Vec<PersonId>) -> Result<Vec<String>> {
        let now = Clock::default().real();
        let (mut headers, mut sessions) = (Vec::new(), Vec::new());
        for person_id in people {
            let token = Token::new();
            headers.push(format!("Cookie: __Host-session={}\r\n", token.reveal()));
            sessions.push(SessionRow {
                token_hash: token.hash(),
                session_id: app.ids.mint(),
                person_id,
                made_at: now,
                seen_at: now,
                expires_at: now + Duration::from_secs(86_400),
                ended_at: None,
                agent: "A measurement".to_owned(),
                network: "127.0.0.0/24".to_owned(),
                proof: store::session::Proof::Code,
                proved_at: now,
            });
        }
        app.store.write(move |tx| tx.insert(&sessions)).await?;
        Ok(headers)
    }

    /// Opens its own file.
    pub async fn open_file(&self) -> Result<App> {
        self.open(Location::Sqlite(self.file())).await
    }

    /// A command of the product on this data directory.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.data);
        command
    }

    /// Copies its file, which nobody may have open.
    pub fn copy_file(&self, to: &Path) -> Result<()> {
        for suffix in ["-wal", "-shm"] {
            let mut name = to.as_os_str().to_owned();
            name.push(suffix);
            // There is none, most of the time.
            let _ = std::fs::remove_file(PathBuf::from(name));
        }
        // What stood there may still be open, and stays with whoever has it.
        if to.exists() {
            std::fs::remove_file(to)?;
        }
        std::fs::copy(self.file(), to)?;
        std::fs::File::open(to)?.sync_all()?;
        Ok(())
    }

    /// Notes that it holds all that it should.
    pub fn complete(&self) -> Result<()> {
        Ok(std::fs::write(self.data.join("complete"), "")?)
    }
}

/// Today in UTC.
pub fn today() -> Date {
    Clock::default().today(&jiff::tz::TimeZone::UTC)
}

const PROVIDER: &str = r##"name = "Measured IT"
legal_name = "Measured IT Services, LLC"
address = "12 Canal Park Drive"
city = "Duluth"
region = "MN"
postal_code = "55802"
country = "US"
phone = "218-555-0140"
email = "billing@measured.example"
website = "https://www.measured.example"
timezone = "Etc/UTC"
currency = "USD"
invoice_number_prefix = "INV-"
invoice_number_start = 10001
billing_starts_on = BILLING_STARTS_ON
biweekly_anchor_on = 2025-01-03
biweekly_terms_days = 30
support_hours = "Monday to Friday 7:30 am to 5:30 pm"
"##;
