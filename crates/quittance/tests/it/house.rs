//! An instance in a folder of a test's own, worked on as scripts do it: through the program itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use store::testing::{Database, TestDatabase};
use store::{Location, Options, Store};
use tempfile::TempDir;

/// Runs each story on both databases, with a house whose data directory isn't made yet.
macro_rules! houses {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&$crate::house::House::on(store::testing::Database::Sqlite));
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&$crate::house::House::on(store::testing::Database::Postgres));
            })+
        }
    };
}

pub struct House {
    folder: TempDir,
    server: Option<TestDatabase>,
    cluster: Option<String>,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A line of `invoices --json`: these keys in this order, and no others.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Listed {
    pub number: String,
    pub account: String,
    pub stream: String,
    pub period_from: String,
    pub period_until: String,
    pub issued_on: String,
    pub due_on: String,
    pub currency: String,
    pub lines: i64,
    pub subtotal_minor: i64,
    pub tax_minor: i64,
    pub total_minor: i64,
    pub balance_minor: i64,
    pub status: String,
}

impl House {
    /// A house on this database, empty.
    pub fn on(database: Database) -> House {
        let server = (database == Database::Postgres).then(|| waited_for(TestDatabase::postgres()));
        House { folder: TempDir::with_prefix("quittance-house-").unwrap(), server, cluster: None }
    }

    /// A house in this empty database of PostgreSQL.
    pub fn at(url: String) -> House {
        House { cluster: Some(url), ..House::on(Database::Sqlite) }
    }

    /// Where a test may put files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The program with these arguments, on this house.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quittance"));
        for variable in ["QUITTANCE_DATA", "QUITTANCE_DATABASE_URL", "RUST_LOG"] {
            command.env_remove(variable);
        }
        command.arg("--data").arg(self.data());
        if let Location::Postgres(url) = self.location() {
            command.args(["--database-url", &url]);
        }
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn says(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that has to succeed.
    pub fn does(&self, arguments: &[&str]) -> Said {
        self.ends(0, arguments)
    }

    /// Runs a command that has to be refused.
    pub fn refuses(&self, arguments: &[&str]) -> Said {
        self.ends(1, arguments)
    }

    /// Runs a command that has to end with this code.
    pub fn ends(&self, code: i32, arguments: &[&str]) -> Said {
        let said = self.says(arguments);
        assert_eq!(said.code, code, "{arguments:?} said {}{}", said.out, said.err);
        said
    }

    /// Makes the instance for an export's provider and imports the export.
    pub fn takes(&self, export: &Path) {
        self.inits(export);
        self.does(&["import", text(export)]);
    }

    /// Makes the instance for an export's provider.
    pub fn inits(&self, export: &Path) {
        self.does(&["init", "--provider", text(&export.join("provider.toml"))]);
    }

    /// All invoices in the order of their numbers.
    pub fn invoices(&self) -> Vec<Listed> {
        let said = self.does(&["invoices", "--json"]);
        let read = |line: &str| {
            let listed: Listed = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&listed).unwrap(), line);
            listed
        };
        said.out.lines().map(read).collect()
    }

    /// Checks that every invariant holds.
    pub fn is_sound(&self) {
        self.does(&["verify"]);
    }

    /// Where the data is.
    pub fn location(&self) -> Location {
        match &self.server {
            _ if self.cluster.is_some() => Location::Postgres(self.cluster.clone().unwrap()),
            Some(database) => database.store().location().clone(),
            None => Location::Sqlite(self.data().join("quittance.db")),
        }
    }

    /// Reads from the store while no command runs.
    pub fn reads<T: Send + 'static>(
        &self,
        work: impl Fn(&mut store::Tx) -> Result<T, store::Error> + Send + 'static,
    ) -> T {
        let options = Options::new(self.location());
        waited_for(async move { Store::open(options).await.unwrap().read(work).await.unwrap() })
    }

    /// The same for what only a moment's end would leave behind.
    pub fn writes<T: Send + 'static>(
        &self,
        work: impl Fn(&mut store::Tx) -> Result<T, store::Error> + Send + 'static,
    ) -> T {
        let options = Options::new(self.location());
        waited_for(async move { Store::open(options).await.unwrap().write(work).await.unwrap() })
    }
}

impl House {
    /// Lets rendered invoices be mailed whose windows are long over, as `deliver --late` does.
    pub fn releases(&self) {
        let options = Options::new(self.location());
        let day = jiff::civil::date(2999, 1, 1);
        waited_for(async move {
            let store = Store::open(options).await.unwrap();
            store.write(move |tx| tx.release_late_mails(day, day)).await.unwrap();
        });
    }

    /// The hour of every digest that waits has come.
    pub fn passes_hour(&self) {
        let options = Options::new(self.location());
        waited_for(async move {
            let store = Store::open(options).await.unwrap();
            store.write(move |tx| tx.hurry_digests(jiff::Timestamp::UNIX_EPOCH)).await.unwrap();
        });
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Whether the full doses were asked for: `cargo xtask test --slow`, or `QUITTANCE_DOSE=full`.
pub fn is_slow() -> bool {
    let is = |variable: &str, wanted: &str| std::env::var(variable).is_ok_and(|value| value == wanted);
    is("QUITTANCE_SLOW", "1") || is("QUITTANCE_DOSE", "full")
}

/// The Python that has what `e2e/smtpd.py` needs.
pub fn python() -> String {
    std::env::var("QUITTANCE_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn waited_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}
