//! The store: takes closures from async code and runs each as a transaction on a thread of the database.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::engine::{self, Access, Engine, Engines, Order};
use crate::health::{Health, Watch};
use crate::job::Task;
use crate::migrate::{MIGRATIONS, Migration, migrate};
use crate::{Error, One, Timing, Tx, fault, statements};

/// Where the data is.
#[derive(Clone)]
pub enum Location {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL, `postgres://user:password@host:port/name`.
    Postgres(String),
}

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// Where the data is.
    pub location: Location,
    /// Reading threads of SQLite, or connections of PostgreSQL. At least one.
    pub threads: usize,
    /// How many closures may wait before `Busy` is answered.
    pub queue: usize,
    /// The most pages of 4 KiB that a file of SQLite may have; no limit where it isn't set.
    pub pages: Option<u32>,
    /// Memory (KiB) in which the connection that writes to a file of SQLite keeps pages.
    pub writer_cache_kib: u32,
    /// The same for each of those that read: there are `threads` of them, and the system keeps the file's pages too.
    pub reader_cache_kib: u32,
}

impl Options {
    /// Options with 4 threads and 1,024 closures waiting.
    pub fn new(location: Location) -> Options {
        Options {
            location,
            threads: 4,
            queue: 1024,
            pages: None,
            writer_cache_kib: 32 << 10,
            reader_cache_kib: 16 << 10,
        }
    }

    /// A `postgres://` or `postgresql://` URL, or the path of a file of SQLite.
    pub fn at(place: &str) -> Options {
        let is_url = place.starts_with("postgres://") || place.starts_with("postgresql://");
        Options::new(if is_url { Location::Postgres(place.to_owned()) } else { Location::Sqlite(place.into()) })
    }
}

/// The id of the instance that every connection has to find, once it is known.
pub(crate) type Expected = Arc<OnceLock<Vec<u8>>>;

/// The database. Cheap to clone; the last one dropped waits for the threads to end.
#[derive(Clone)]
pub struct Store {
    engines: Arc<Engines>,
    expected: Expected,
    location: Location,
    watch: Arc<Watch>,
    times: Arc<Times>,
}

/// How long transactions take, from the moment they are asked for until their answer, and how many wait for theirs.
#[derive(Debug, Default)]
pub struct Times {
    pub reads: Timing,
    pub writes: Timing,
    waiting: AtomicUsize,
}

impl Times {
    /// Transactions that wait or run.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// One that waits, until it is dropped.
struct Waiting<'a>(&'a Times);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

statements! {
    /// Which instance this database belongs to.
    INSTANCE_ID: () -> One<Vec<u8>> = "SELECT instance_id FROM instance";
}

impl Store {
    /// Opens the database and checks that it answers; makes the file of SQLite when there is none. Doesn't migrate.
    pub async fn open(options: Options) -> Result<Store, Error> {
        let expected = Expected::default();
        let (location, wanted) = (options.location.clone(), expected.clone());
        let watch = Arc::<Watch>::default();
        let watching = watch.clone();
        let engines = tokio::task::spawn_blocking(move || engine::start(&options, &wanted, &watching)).await;
        let engines = engines.map_err(|error| Error::Other(error.to_string()))??;
        let store = Store { engines: Arc::new(engines), expected, location, watch, times: Arc::default() };
        store.read(|_| Ok::<(), Error>(())).await?;
        Ok(store)
    }

    /// Runs the closure in a transaction that only reads and sees one state of the database. It may be run again.
    ///
    /// Errors: those of the closure; `Busy` when too many wait; `Unreachable`.
    pub async fn read<T, E>(&self, work: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(Access::Read, work).await
    }

    /// Runs the closure in a transaction that is written to the disk when it answers `Ok`, and undone when it answers
    /// an error or panics. It may be run again, so it makes no time, id or random value and does nothing outside.
    /// Dropping the future doesn't stop it.
    ///
    /// Errors: those of the closure; `Busy` when too many wait; `Full`; `Contended`; `Unreachable`.
    pub async fn write<T, E>(&self, work: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.run(Access::Write, work).await
    }

    async fn run<T, E>(&self, access: Access, work: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let demanded = || E::from(Error::Unreachable("a fault on demand".to_owned()));
        let kind = match access {
            Access::Read => "read",
            Access::Write => "write",
        };
        if fault::strikes(kind) {
            return Err(demanded());
        }
        let (task, answer) = Task::new(work);
        let (queue, timing) = match access {
            Access::Read => (&self.engines.reads, &self.times.reads),
            Access::Write => (&self.engines.writes, &self.times.writes),
        };
        self.times.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.times);
        let started = Instant::now();
        queue.send(Order { access, job: Box::new(task) })?;
        let answer = answer.await;
        timing.add(started.elapsed());
        // The answer of a transaction that is on the disk may get lost on its way.
        if access == Access::Write && fault::strikes("written") {
            return Err(demanded());
        }
        answer.unwrap_or_else(|_| Err(E::from(Error::Unreachable("the store is closed".to_owned()))))
    }

    /// Brings the schema to this program's version and gives the names of what was applied. SQLite copies an existing
    /// file first, to `<file>.before-NNNN`. Errors: `Migration` with a sentence for whoever runs the program.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, Error> {
        self.migrate_with(MIGRATIONS).await
    }

    /// The same with another list, for tests.
    #[doc(hidden)]
    pub async fn migrate_with(&self, list: &'static [Migration]) -> Result<Vec<&'static str>, Error> {
        let location = self.location.clone();
        let applied = tokio::task::spawn_blocking(move || migrate(&location, list)).await;
        applied.map_err(|error| Error::Other(error.to_string()))?
    }

    /// From now on every new connection has to find this id in the table `instance`; checked at once, too.
    /// Errors: `WrongInstance`.
    pub async fn expect_instance(&self, id: Vec<u8>) -> Result<(), Error> {
        if *self.expected.get_or_init(|| id.clone()) != id {
            return Err(Error::WrongInstance);
        }
        let found = self.read(|tx| tx.value::<Vec<u8>>(&INSTANCE_ID, &[])).await?;
        if found == Some(id) { Ok(()) } else { Err(Error::WrongInstance) }
    }

    /// What the database refuses at present.
    pub fn health(&self) -> Health {
        self.watch.health()
    }

    /// How long transactions take.
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Writes all of a file of SQLite, as it is at one moment, into a new file. Others read and write meanwhile.
    /// Errors: `Other` on PostgreSQL, which is copied by [`crate::copy::copy`].
    pub async fn save_as(&self, path: PathBuf) -> Result<(), Error> {
        let location = self.location.clone();
        let saved = tokio::task::spawn_blocking(move || Engine::for_migrations(&location)?.save_as(&path)).await;
        saved.map_err(|error| Error::Other(error.to_string()))?
    }

    /// "SQLite" or "PostgreSQL", for people.
    pub fn engine_name(&self) -> &'static str {
        match self.location {
            Location::Sqlite(_) => "SQLite",
            Location::Postgres(_) => "PostgreSQL",
        }
    }

    /// Where the data is.
    pub fn location(&self) -> &Location {
        &self.location
    }
}
