//! Opens the instance a command works on.

use std::path::{Path, PathBuf};

use connect::Secret;
use connect::mail::{Address, Login, Mailer, Security, Settings, Signer, Smtp};
use store::copy::{Excerpt, excerpt};
use store::{Location, Options, Store};

use super::Place;
use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::config::{Config, MailConfig, Processor, is_loopback};
use crate::error::{Error, Result};
use crate::keys::{Keys, instance_id};
use crate::place::{DATABASE_FILE, Folder, JOURNAL};
use crate::renderer::Renderer;

/// Memory of a connection's cache (KiB) where little is to be used.
const SPARING_KIB: u32 = 12 << 10;

/// Opens the instance of a data directory.
///
/// # Errors
/// `Refused` where it wasn't made yet, or its settings are wrong.
pub async fn open(place: &Place) -> Result<App> {
    let config = settings(place)?;
    let mailer = mailer(&config)?;
    open_with(place, config, mailer).await
}

/// The settings of a data directory. What the sandbox's processor did is kept there, too.
fn settings(place: &Place) -> Result<Config> {
    let mut config = Config::read(&place.data)?;
    config.payments.journal.get_or_insert_with(|| place.data.join(JOURNAL));
    Ok(config)
}

/// The same for work that goes through all of the data, one part after the other: with few threads and little memory.
///
/// # Errors
/// As `open`.
pub async fn open_sparing(place: &Place) -> Result<App> {
    let config = settings(place)?;
    let mailer = mailer(&config)?;
    let options = Options {
        threads: 1,
        writer_cache_kib: SPARING_KIB,
        reader_cache_kib: SPARING_KIB,
        ..Options::new(location(place, &config))
    };
    Ok(place.note(prepare_with(place, config, mailer, options).await?.open().await?))
}

/// The same with settings and mailer of the caller's own.
///
/// # Errors
/// As `open`.
pub async fn open_with(place: &Place, config: Config, mailer: Option<Mailer>) -> Result<App> {
    let options = Options::new(location(place, &config));
    Ok(place.note(prepare_with(place, config, mailer, options).await?.open().await?))
}

/// All that is needed to open an instance, found in order; nothing was changed yet.
pub struct Prepared {
    store: Store,
    keys: Keys,
    config: Config,
    mailer: Option<Mailer>,
    renderer: Renderer,
    instance: Vec<u8>,
    data: PathBuf,
}

/// Prepares to open the instance of a data directory.
///
/// # Errors
/// As `open`.
pub async fn prepare(place: &Place, config: Config) -> Result<Prepared> {
    let mailer = mailer(&config)?;
    let options = Options::new(location(place, &config));
    prepare_with(place, config, mailer, options).await
}

async fn prepare_with(place: &Place, config: Config, mailer: Option<Mailer>, options: Options) -> Result<Prepared> {
    let (keys, instance) = (Keys::read(&place.data)?, instance_id(&place.data)?);
    let location = &options.location;
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        return Err(Error::Refused(format!("{} doesn't exist. Run `quittance init` first", path.display())));
    }
    let store = Store::open(options).await?;
    let (renderer, data) = (renderer()?, place.data.clone());
    Ok(Prepared { store, keys, config, mailer, renderer, instance, data })
}

impl Prepared {
    /// Checks that the database is this instance's.
    ///
    /// # Errors
    /// `Refused` where it isn't.
    pub async fn check(&self) -> Result<()> {
        self.store.expect_instance(self.instance.clone()).await.map_err(|error| match error {
            store::Error::WrongInstance => Error::Refused(format!(
                "this database is not the one of {}: it holds another instance, or none yet",
                self.data.display()
            )),
            other => other.into(),
        })
    }

    /// Brings the schema to this program's version and opens the instance.
    ///
    /// # Errors
    /// As `open`.
    pub async fn open(self) -> Result<App> {
        self.store.migrate().await?;
        self.check().await?;
        let Self { store, keys, config, mailer, renderer, .. } = self;
        let app =
            App::new(Parts { store, clock: Clock::default(), keys, config, mailer, renderer, gateway: None }).await?;
        app.keep_portal_url().await?;
        Ok(app)
    }
}

/// An instance on a copy of the data, a sandbox without a mail server: nothing that is done in it leaves it, and it is
/// gone with this value.
pub struct Trial {
    /// The copy.
    pub app: App,
    _folder: Folder,
}

/// An instance that is read and nothing else: no number for ids is leased from it.
///
/// # Errors
/// As `open`.
pub async fn original(place: &Place) -> Result<Prepared> {
    let original = prepare(place, settings(place)?).await?;
    original.store.migrate().await?;
    original.check().await?;
    Ok(original)
}

impl Prepared {
    /// The database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Today, in the provider's zone and business time.
    ///
    /// # Errors
    /// Those of the database; `Refused` where it holds no instance.
    pub async fn today(&self) -> Result<jiff::civil::Date> {
        let read = self.store.read(|tx| Ok::<_, store::Error>((tx.instance()?, tx.provider()?))).await?;
        let (Some(instance), Some(provider)) = read else {
            return Err(Error::refused("this database holds no instance yet. Run `quittance init` first"));
        };
        let zone = jiff::tz::TimeZone::get(&provider.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(Clock::new(instance.clock_offset_us).today(&zone))
    }

    /// Copies a part of the data to try something out.
    ///
    /// # Errors
    /// Those of copying and opening.
    pub async fn try_out(self, of: Excerpt) -> Result<Trial> {
        let folder = Folder::new("trial")?;
        let copy = open_store(Location::Sqlite(folder.path().join(DATABASE_FILE))).await?;
        excerpt(&self.store, &copy, of).await?;
        let Self { keys, mut config, renderer, .. } = self;
        config.payments.processor = Processor::None;
        let parts = Parts { store: copy, clock: Clock::default(), keys, config, mailer: None, renderer, gateway: None };
        Ok(Trial { app: App::new(parts).await?, _folder: folder })
    }
}

/// Opens a database and brings its schema to this program's version.
///
/// # Errors
/// Those of the database.
pub async fn open_store(location: Location) -> Result<Store> {
    let store = Store::open(Options::new(location)).await?;
    store.migrate().await?;
    Ok(store)
}

/// Where the data is: the option, else the settings, else the file in the data directory.
pub fn location(place: &Place, config: &Config) -> Location {
    let url = place.database_url.clone().unwrap_or_else(|| config.database.url.clone());
    if url.is_empty() { Location::Sqlite(place.data.join(DATABASE_FILE)) } else { Location::Postgres(url) }
}

/// The renderer: children of this very program, one per core.
///
/// # Errors
/// `Internal` where the program doesn't know its own path.
pub fn renderer() -> Result<Renderer> {
    let program = std::env::current_exe().map_err(Error::internal)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Renderer::new(program, cores))
}

/// The mail server of the settings; nothing where none is set.
///
/// # Errors
/// `Refused` with the sentence that says what is wrong.
pub fn mailer(config: &Config) -> Result<Option<Mailer>> {
    Ok(smtp_settings(config)?.map(Smtp::new).transpose().map_err(Error::refused)?.map(Mailer::Smtp))
}

/// How the mail server is reached; nothing where none is set.
///
/// # Errors
/// As [`mailer`].
pub fn smtp_settings(whole: &Config) -> Result<Option<Settings>> {
    let config = &whole.mail;
    if config.host.is_empty() {
        return Ok(None);
    }
    let security = match config.security.as_str() {
        "starttls" => Security::Starttls,
        "tls" => Security::Tls,
        "none" => Security::None,
        other => return Err(Error::Refused(format!("[mail] security {other:?} is none of starttls, tls, none"))),
    };
    let login = match (&config.password_file, config.user.as_str()) {
        (_, "") => None,
        (None, _) => return Err(Error::refused("[mail] names a user but no password_file")),
        (Some(path), user) => Some(Login { user: user.to_owned(), password: Secret::from(password(path)?) }),
    };
    Ok(Some(Settings {
        host: config.host.clone(),
        port: config.port,
        login,
        security,
        authority_pem: config.authority_file.as_deref().map(authority).transpose()?,
        timeout_s: 30,
        hello_name: hello_name(whole),
        connections: config.connections,
        return_path: return_path(config)?,
        signer: signer(config)?,
    }))
}

/// Receiving servers look whether the greeting is a name that exists: the portal's does.
fn hello_name(config: &Config) -> String {
    config.host().filter(|host| !is_loopback(host)).unwrap_or_else(|| "localhost".to_owned())
}

fn return_path(config: &MailConfig) -> Result<Option<Address>> {
    let path = config.return_path.as_str();
    let address = (!path.is_empty()).then(|| Address::new("", path)).transpose();
    address.map_err(|malformed| Error::Refused(format!("[mail] return_path: {malformed}")))
}

fn authority(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|error| Error::Refused(format!("[mail] authority_file {} can't be read: {error}", path.display())))
}

/// Who signs our letters; nobody where no selector is set.
///
/// # Errors
/// `Refused` where the key or a name can't be used.
fn signer(config: &MailConfig) -> Result<Option<Signer>> {
    if config.dkim_selector.is_empty() {
        return Ok(None);
    }
    let Some(path) = &config.dkim_key_file else {
        return Err(Error::refused(
            "[mail] names a dkim_selector but no dkim_key_file: quittance mail dkim-key makes one",
        ));
    };
    let pem = std::fs::read_to_string(path)
        .map_err(|error| Error::Refused(format!("[mail] dkim_key_file {} can't be read: {error}", path.display())))?;
    let of_sender = config.from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain = if config.dkim_domain.is_empty() { of_sender } else { &config.dkim_domain };
    if domain.is_empty() {
        return Err(Error::refused("[mail] needs dkim_domain, or the address in from, to sign with DKIM"));
    }
    Signer::new(domain, &config.dkim_selector, &Secret::from(pem)).map(Some).map_err(Error::refused)
}

fn password(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::Refused(format!("the password file {} can't be read: {error}", path.display())))?;
    Ok(text.trim_end().to_owned())
}
