//! The floor on PostgreSQL: tokio-postgres, per transaction one `unnest` per table, all sent before the first answer.

use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt, join_all};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use super::rows::{Cell, Kind, Rows, Table};
use crate::Result;

/// A server on which databases may be made.
pub struct Server {
    client: Client,
    url: String,
}

impl Server {
    /// `url` names any database of the server.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self { client: connect(url).await?, url: url.to_owned() })
    }

    /// A database without tables; its URL.
    pub async fn make_empty(&self, name: &str) -> Result<String> {
        self.remove(name).await?;
        let collation = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
        self.command(&format!("CREATE DATABASE {name} {collation}")).await?;
        self.at(name)
    }

    /// A copy of another, in place of what had its name; its URL. What is still to be written to the disk is written now.
    pub async fn copy(&self, from: &str, name: &str) -> Result<String> {
        self.remove(name).await?;
        self.command(&format!("CREATE DATABASE {name} TEMPLATE {from}")).await?;
        self.command("CHECKPOINT").await?;
        self.at(name)
    }

    /// Removes a database, whoever is connected.
    pub async fn remove(&self, name: &str) -> Result<()> {
        self.command(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
    }

    /// Runs a command.
    pub async fn command(&self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    fn at(&self, name: &str) -> Result<String> {
        let (address, settings) =
            self.url.split_once('?').map_or((self.url.as_str(), String::new()), |(a, s)| (a, format!("?{s}")));
        let (server, _) = address.rsplit_once('/').ok_or("the server's URL names no database")?;
        Ok(format!("{server}/{name}{settings}"))
    }
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // That it breaks is told to whoever asks it next; it also breaks when its database is removed.
    tokio::spawn(async move { connection.await.ok() });
    Ok(client)
}

/// Writes the rows into a copy of the instance, and says how long that took.
pub async fn write(url: &str, rows: &Rows) -> Result<Duration> {
    let client = connect(url).await?;
    let mut inserts = Vec::new();
    for table in &rows.tables {
        inserts.push(client.prepare(&insert(table)).await?);
    }
    let advance = client.prepare("UPDATE series SET next = $1 WHERE series = 'invoice'").await?;
    let batches: Vec<Vec<Vec<Array>>> = rows.batches.iter().map(|batch| arrays(&rows.tables, batch)).collect();
    let started = Instant::now();
    for (batch, next) in batches.iter().zip(&rows.next) {
        let parameters: Vec<Vec<&(dyn ToSql + Sync)>> =
            batch.iter().map(|columns| columns.iter().map(Array::parameter).collect()).collect();
        let next: [&(dyn ToSql + Sync); 1] = [next];
        let mut requests: Vec<BoxFuture<'_, std::result::Result<(), tokio_postgres::Error>>> =
            vec![client.batch_execute("BEGIN").boxed()];
        for (insert, parameters) in inserts.iter().zip(&parameters) {
            requests.push(send(&client, insert, parameters));
        }
        requests.push(send(&client, &advance, &next));
        requests.push(client.batch_execute("COMMIT").boxed());
        // So few are polled in their order, so that they are sent in it.
        for answer in join_all(requests).await {
            answer?;
        }
    }
    Ok(started.elapsed())
}

fn send<'a>(
    client: &'a Client,
    statement: &'a Statement,
    parameters: &'a [&'a (dyn ToSql + Sync)],
) -> BoxFuture<'a, std::result::Result<(), tokio_postgres::Error>> {
    async move { client.execute(statement, parameters).await.map(drop) }.boxed()
}

fn insert(table: &Table) -> String {
    let arrays = table.columns.iter().zip(1..).map(|(kind, number)| match kind {
        Kind::Integer => format!("${number}::BIGINT[]"),
        Kind::Text => format!("${number}::TEXT[]"),
        Kind::Bytes => format!("${number}::BYTEA[]"),
    });
    format!("INSERT INTO {} SELECT * FROM unnest({})", table.name, arrays.collect::<Vec<_>>().join(", "))
}

/// A column of the rows of one insert.
enum Array {
    Integers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Array {
    fn parameter(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Integers(values) => values,
            Self::Texts(values) => values,
            Self::Bytes(values) => values,
        }
    }

    fn push(&mut self, cell: &Cell) {
        match (self, cell) {
            (Self::Integers(values), Cell::Integer(number)) => values.push(Some(*number)),
            (Self::Texts(values), Cell::Text(text)) => values.push(Some(text.to_string())),
            (Self::Bytes(values), Cell::Bytes(bytes)) => values.push(Some(bytes.to_vec())),
            (Self::Integers(values), _) => values.push(None),
            (Self::Texts(values), _) => values.push(None),
            (Self::Bytes(values), _) => values.push(None),
        }
    }
}

fn arrays(tables: &[Table], batch: &[Vec<Box<[Cell]>>]) -> Vec<Vec<Array>> {
    tables
        .iter()
        .zip(batch)
        .map(|(table, rows)| {
            let empty = |kind: &Kind| match kind {
                Kind::Integer => Array::Integers(Vec::new()),
                Kind::Text => Array::Texts(Vec::new()),
                Kind::Bytes => Array::Bytes(Vec::new()),
            };
            let mut columns: Vec<Array> = table.columns.iter().map(empty).collect();
            for row in rows {
                for (column, cell) in columns.iter_mut().zip(row) {
                    column.push(cell);
                }
            }
            columns
        })
        .collect()
}
