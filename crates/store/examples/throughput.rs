//! Invoices per second through the store, beside rusqlite itself with one prepared statement.
//!
//! `cargo run --release -p store --features testing --example throughput`, with `QUITTANCE_TEST_POSTGRES` set to
//! measure PostgreSQL as well.
#![expect(clippy::unwrap_used, clippy::as_conversions, clippy::print_stdout, reason = "a measurement")]

use std::sync::Arc;
use std::time::Instant;

use rusqlite::{Connection, params};
use store::testing::{Database, TestDatabase};
use store::{Error, Migration, One, Tx, record, statements};

const SCHEMA: &[Migration] = &[Migration {
    name: "0001_bench",
    sql: "
CREATE TABLE bill (
    id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER NOT NULL, number TEXT NOT NULL UNIQUE, note TEXT,
    total INTEGER NOT NULL
) STRICT;
CREATE TABLE bill_line (
    bill_id INTEGER NOT NULL REFERENCES bill (id), number INTEGER NOT NULL, what TEXT NOT NULL, quantity TEXT NOT NULL,
    note TEXT, amount INTEGER NOT NULL, PRIMARY KEY (bill_id, number)
) STRICT, WITHOUT ROWID;",
}];

const BATCH: i64 = 1000;
const BATCHES: i64 = 20;
const LINES: i64 = 8;

record! {
    /// An invoice.
    pub struct BillRow in "bill" key(id) {
        id: i64,
        account_id: i64,
        number: String,
        note: Option<String>,
        total: i64,
    }
}

record! {
    /// A line of it.
    pub struct LineRow in "bill_line" {
        bill_id: i64,
        number: i64,
        what: String,
        quantity: String,
        note: Option<String>,
        amount: i64,
    }
}

statements! {
    COUNT: () -> One<i64> = "SELECT count(*) FROM bill_line";
    LINES_OF: (Integer) -> LineRow =
        "SELECT bill_id, number, what, quantity, note, amount FROM bill_line WHERE bill_id = $1 ORDER BY number";
    ALL_LINES: () -> LineRow =
        "SELECT bill_id, number, what, quantity, note, amount FROM bill_line ORDER BY bill_id, number";
    RENUMBER: (Integer, Integer) = "UPDATE bill SET total = $2 WHERE id = $1";
}

fn batch(first: i64) -> (Vec<BillRow>, Vec<LineRow>) {
    let bill = |id| BillRow { id, account_id: id % 500, number: format!("INV-{id:07}"), note: None, total: 12_345 };
    let line = |bill_id, number| LineRow {
        bill_id,
        number,
        what: "Managed workstation, per device and month".to_owned(),
        quantity: "12.5".to_owned(),
        note: (number % 4 == 0).then(|| "from 12 May".to_owned()),
        amount: 4_200,
    };
    let ids = first..first + BATCH;
    (ids.clone().map(bill).collect(), ids.flat_map(|id| (0..LINES).map(move |number| line(id, number))).collect())
}

fn say(what: &str, count: i64, started: Instant) {
    println!("{what:<42} {:>10.0} /s", count as f64 / started.elapsed().as_secs_f64());
}

fn raw() {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("raw.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32768;",
        )
        .unwrap();
    connection.execute_batch(SCHEMA.first().unwrap().sql).unwrap();
    let batches: Vec<_> = (0..BATCHES).map(|number| batch(number * BATCH)).collect();
    let started = Instant::now();
    for (bills, lines) in &batches {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut insert = connection.prepare_cached("INSERT INTO bill VALUES (?1, ?2, ?3, ?4, ?5)").unwrap();
        for bill in bills {
            insert.execute(params![bill.id, bill.account_id, bill.number, bill.note, bill.total]).unwrap();
        }
        let mut insert = connection.prepare_cached("INSERT INTO bill_line VALUES (?1, ?2, ?3, ?4, ?5, ?6)").unwrap();
        for line in lines {
            let values = params![line.bill_id, line.number, line.what, line.quantity, line.note, line.amount];
            insert.execute(values).unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
    }
    say("rusqlite: 8-line invoices inserted", BATCH * BATCHES, started);
    let sql = "SELECT bill_id, number, what, quantity, note, amount FROM bill_line ORDER BY bill_id, number";
    let started = Instant::now();
    let mut select = connection.prepare_cached(sql).unwrap();
    let rows = select.query_map([], |row| {
        Ok(LineRow {
            bill_id: row.get(0)?,
            number: row.get(1)?,
            what: row.get(2)?,
            quantity: row.get(3)?,
            note: row.get(4)?,
            amount: row.get(5)?,
        })
    });
    let rows: Vec<LineRow> = rows.unwrap().map(Result::unwrap).collect();
    say("rusqlite: lines read", rows.len() as i64, started);
}

async fn through_the_store(on: Database) {
    let database = TestDatabase::with(on, SCHEMA, |_| {}).await;
    let store = database.store();
    let name = store.engine_name();
    // Shared, so that freeing the rows isn't measured: neither is it above.
    let batches: Vec<_> = (0..BATCHES).map(|number| Arc::new(batch(number * BATCH))).collect();
    let started = Instant::now();
    for batch in &batches {
        let batch = batch.clone();
        let insert = move |tx: &mut Tx| {
            tx.insert(&batch.0)?;
            tx.insert(&batch.1)
        };
        store.write(insert).await.unwrap();
    }
    say(&format!("{name}: 8-line invoices inserted"), BATCH * BATCHES, started);

    let started = Instant::now();
    let rows = store.read(|tx| tx.rows::<LineRow>(&ALL_LINES, &[])).await.unwrap();
    say(&format!("{name}: lines read"), rows.len() as i64, started);

    let started = Instant::now();
    for id in 0..2000_i64 {
        store.read(move |tx| tx.rows::<LineRow>(&LINES_OF, &[&id])).await.unwrap();
    }
    say(&format!("{name}: reading transactions, one by one"), 2000, started);

    let started = Instant::now();
    for id in 0..200_i64 {
        store.write(move |tx| tx.execute(&RENUMBER, &[&id, &7_i64])).await.unwrap();
    }
    say(&format!("{name}: writing transactions, one by one"), 200, started);

    let started = Instant::now();
    let writers = (0..64_i64).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0..50 {
                let id = writer * 50 + round;
                store.write(move |tx| tx.execute(&RENUMBER, &[&id, &8_i64])).await.unwrap();
            }
            Ok::<(), Error>(())
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    say(&format!("{name}: writing transactions, 64 at once"), 64 * 50, started);
    let count = store.read(|tx| tx.value::<i64>(&COUNT, &[])).await.unwrap();
    assert_eq!(count, Some(BATCH * BATCHES * LINES));
}

#[tokio::main]
async fn main() {
    raw();
    through_the_store(Database::Sqlite).await;
    if std::env::var_os("QUITTANCE_TEST_POSTGRES").is_some() {
        through_the_store(Database::Postgres).await;
    }
}
