//! A connection to PostgreSQL: how it is opened, and how statements run on it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::arrays::{Array, Arrays};
use super::line::Line;
use super::values::{Parameter, array_type_of, kind_of, type_of};
use crate::engine::{Access, Described, Description};
use crate::store::Expected;
use crate::table::OnConflict;
use crate::tx::Bound;
use crate::{Error, Kind, Record, Row, Stored, Table};

/// An insert larger than this (bytes) is sent in several parts.
pub(super) const PART: usize = 8 << 20;

/// Set anew on every connection, because a pooler in between may drop what a URL says.
const SESSION: &str = "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
     SET client_min_messages = warning; SET TIME ZONE 'UTC'";

/// A connection to one server.
pub(crate) struct Postgres {
    pub(super) line: Line,
    pub(super) client: Arc<Client>,
    prepared: HashMap<&'static str, Statement>,
}

/// How to connect, from a URL. Errors: `Other` when it can't be understood, or asks for TLS.
pub(crate) fn config(url: &str) -> Result<Config, Error> {
    // The error of the parser never quotes the URL, which holds a password.
    let mut config: Config = url.parse().map_err(|error| Error::Other(format!("the database's URL: {error}")))?;
    if config.get_ssl_mode() == SslMode::Require {
        let text = "the database's URL asks for sslmode=require, and this version can't encrypt the connection; \
                    use a tunnel or a socket on this machine, and sslmode=disable";
        return Err(Error::Other(text.to_owned()));
    }
    config.ssl_mode(SslMode::Disable).application_name("quittance");
    config.connect_timeout(Duration::from_secs(5)).tcp_user_timeout(Duration::from_secs(40));
    Ok(config)
}

impl Postgres {
    /// Connects and checks that it is the instance expected. Errors: `Unreachable`, `WrongInstance`, `Other`.
    pub(crate) fn connect(config: &Config, expected: &Expected) -> Result<Postgres, Error> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let mut line = Line::new(runtime.map_err(|error| Error::Other(error.to_string()))?);
        let (client, connection) = line.ask(config.connect(NoTls)).map_err(unreachable)?;
        line.runtime().spawn(async {
            if let Err(error) = connection.await {
                tracing::warn!("the connection to the database broke: {}", Error::from(error));
            }
        });
        let mut postgres = Postgres { line, client: Arc::new(client), prepared: HashMap::new() };
        postgres.command(SESSION).map_err(unreachable)?;
        if let Some(id) = expected.get() {
            postgres.expect_instance(id)?;
        }
        postgres.line.is_connected();
        Ok(postgres)
    }

    fn expect_instance(&mut self, id: &[u8]) -> Result<(), Error> {
        let request = self.client.query_opt("SELECT instance_id FROM instance", &[]);
        match self.line.ask(request) {
            Ok(Some(row)) if row.try_get::<_, &[u8]>(0).is_ok_and(|found| found == id) => Ok(()),
            Err(error @ Error::Unreachable(_)) => Err(error),
            // Another server may have another table of this name, or none.
            Ok(_) | Err(_) => Err(Error::WrongInstance),
        }
    }

    /// Begins a transaction without waiting for the answer.
    ///
    /// Reading ones see one state and never fail for others' sake, which is all that a page needs; whatever decides
    /// about a write is in a writing one.
    pub(super) fn begin(&mut self, access: Access) {
        self.send(match access {
            Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        });
    }

    /// Ends a transaction that leaves nothing behind. Waits only if something was sent whose answer nobody knows yet:
    /// its error counts.
    pub(super) fn leave(&mut self) -> Result<(), Error> {
        if self.line.is_settled() {
            self.send("ROLLBACK");
            return Ok(());
        }
        self.command("ROLLBACK")
    }

    /// Runs texts without parameters and waits for them.
    pub(crate) fn command(&mut self, sql: &str) -> Result<(), Error> {
        self.line.ask(self.client.batch_execute(sql))
    }

    /// A connection without limits of time: a migration may take long.
    pub(crate) fn for_migrations(url: &str) -> Result<Postgres, Error> {
        let mut postgres = Postgres::connect(&config(url)?, &Expected::default())?;
        postgres.line.wait_forever();
        postgres.command("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")?;
        Ok(postgres)
    }

    pub(super) fn is_broken(&self) -> bool {
        self.client.is_closed()
    }

    fn send(&mut self, sql: &'static str) {
        let client = self.client.clone();
        self.line.send(async move { client.batch_execute(sql).await });
    }

    pub(crate) fn rows<R: Record>(&mut self, sql: &'static str, bound: &Bound<'_>) -> Result<Vec<R>, Error> {
        let (statement, parameters) = self.bind(sql, bound)?;
        let rows = self.line.ask(self.client.query(&statement, &references(&parameters)))?;
        rows.iter().map(|row| Row::read(row)).collect()
    }

    pub(crate) fn execute(&mut self, sql: &'static str, bound: &Bound<'_>) -> Result<u64, Error> {
        let (statement, parameters) = self.bind(sql, bound)?;
        self.line.ask(self.client.execute(&statement, &references(&parameters)))
    }

    /// Inserts without waiting for the answer.
    pub(crate) fn insert<R: Stored>(&mut self, rows: &[R]) -> Result<(), Error> {
        let statement = self.prepare_insert(R::table(), OnConflict::Fail)?;
        parts(rows.iter(), |arrays| {
            let (client, statement) = (self.client.clone(), statement.clone());
            self.line.send(async move { client.execute_raw(&statement, arrays).await.map(drop) });
            Ok(())
        })
    }

    /// Waits for the answers still open.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        self.line.ask(std::future::ready(Ok(())))
    }

    /// Inserts and gives the number of rows inserted or replaced.
    pub(crate) fn insert_counted<'a, R: Stored + 'a>(
        &mut self,
        rows: impl Iterator<Item = &'a R>,
        conflict: OnConflict,
    ) -> Result<u64, Error> {
        let statement = self.prepare_insert(R::table(), conflict)?;
        let mut inserted = 0;
        parts(rows, |arrays| {
            inserted += self.line.ask(self.client.execute_raw(&statement, arrays))?;
            Ok(())
        })?;
        Ok(inserted)
    }

    pub(crate) fn describe(&mut self, sql: &'static str, kinds: &[Kind]) -> Result<Description, Error> {
        let types: Vec<Type> = kinds.iter().copied().map(type_of).collect();
        let statement = self.prepare(sql, &types)?;
        let columns = statement.columns().iter();
        Ok(Description {
            parameters: statement.params().iter().map(described).collect(),
            columns: columns.map(|column| (column.name().to_owned(), described(column.type_()))).collect(),
        })
    }

    fn bind<'a>(&mut self, sql: &'static str, bound: &Bound<'a>) -> Result<(Statement, Vec<Parameter<'a>>), Error> {
        let types: Vec<Type> = bound.kinds.iter().copied().map(type_of).collect();
        let statement = self.prepare(sql, &types)?;
        let numbers = 1..=bound.kinds.len();
        let parameters: Result<Vec<_>, Error> = numbers.map(|number| bound.value(number).map(Parameter)).collect();
        Ok((statement, parameters?))
    }

    pub(crate) fn prepare_insert(&mut self, table: &'static Table, conflict: OnConflict) -> Result<Statement, Error> {
        let types: Vec<Type> = table.columns.iter().map(|column| array_type_of(column.kind)).collect();
        self.prepare(table.array_sql(conflict), &types)
    }

    fn prepare(&mut self, sql: &'static str, types: &[Type]) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.line.ask(self.client.prepare_typed(sql, types))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// Whatever a server says that doesn't let us in, or isn't one at all: there is no database now, and there may be later.
fn unreachable(error: Error) -> Error {
    match error {
        Error::Unreachable(_) => error,
        other => Error::Unreachable(other.to_string()),
    }
}

fn described(found: &Type) -> Described {
    kind_of(found).map_or_else(|| Described::Foreign(found.name().to_owned()), Described::Kind)
}

fn references<'a>(parameters: &'a [Parameter<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    parameters.iter().map(|parameter| -> &(dyn ToSql + Sync) { parameter }).collect()
}

/// Hands the rows on as arrays, in parts that are not too large for one message.
fn parts<'a, R: Stored + 'a>(
    rows: impl Iterator<Item = &'a R>,
    mut insert: impl FnMut(Vec<Array>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let mut arrays = Arrays::new(R::COLUMNS);
        while arrays.bytes() < PART
            && let Some(row) = rows.next()
        {
            row.write_to(&mut arrays)?;
        }
        insert(arrays.into_columns())?;
    }
    Ok(())
}
