//! Full channels, broken connections, closed stores.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use store::testing::{BOTH, Database, TestDatabase};
use store::{Error, Options, Store, Tx, record, statements};

use crate::schema::{SCHEMA, THINGS, ThingRow, database, thing};

record! {
    pub struct EndedRow {
        pub ended: i64,
    }
}

statements! {
    /// Ends the connection of every other session of this database.
    END_OTHERS: () -> EndedRow = "SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
}

#[tokio::test]
async fn a_full_channel_answers_busy() {
    for on in BOTH {
        let change = |options: &mut Options| (options.threads, options.queue) = (1, 2);
        let database = TestDatabase::with(on, SCHEMA, change).await;
        let store = database.store();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let released = Mutex::new(released);
        let mut held = Box::pin(store.write(move |_| {
            started.send(()).unwrap();
            released.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap();
            Ok::<(), Error>(())
        }));
        assert!((&mut held).now_or_never().is_none());
        has_started.recv().unwrap();
        let mut waiting: Vec<_> = (0..2).map(|id| insert(store, id)).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        assert_eq!(insert(store, 3).await, Err(Error::Busy), "{on:?}");
        release.send(()).unwrap();
        held.await.unwrap();
        for one in waiting {
            assert_eq!(one.await, Ok(()), "{on:?}");
        }
        assert_eq!(insert(store, 3).await, Ok(()), "{on:?}");
    }
}

fn insert(store: &Store, id: i64) -> std::pin::Pin<Box<dyn Future<Output = Result<(), Error>> + '_>> {
    Box::pin(store.write(move |tx| tx.insert(&[thing(id, &id.to_string())])))
}

#[tokio::test]
async fn a_broken_connection_is_made_again() {
    let database = TestDatabase::with(Database::Postgres, SCHEMA, |options| options.threads = 1).await;
    let other = Arc::new(Store::open(Options { threads: 1, ..database.options() }).await.unwrap());
    for between in [false, true] {
        let id = i64::from(between);
        let (breaking, runtime) = (other.clone(), tokio::runtime::Handle::current());
        let end = move || {
            let other = breaking.clone();
            runtime.block_on(async move { other.read(|tx| tx.row::<EndedRow>(&END_OTHERS, &[])).await.unwrap() })
        };
        if !between {
            let ended = tokio::task::spawn_blocking(end.clone()).await.unwrap();
            assert_eq!(ended, Some(EndedRow { ended: 1 }));
        }
        let once = std::sync::Once::new();
        let insert = move |tx: &mut Tx| {
            tx.insert(&[thing(id, &id.to_string())])?;
            if between {
                once.call_once(|| assert!(end().is_some()));
            }
            tx.rows::<ThingRow>(&THINGS, &[]).map(|rows| rows.len())
        };
        assert_eq!(database.store().write(insert).await, Ok(usize::from(between) + 1));
    }
    let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
    assert_eq!(found, [thing(0, "0"), thing(1, "1")]);
}

#[tokio::test]
async fn no_server_is_unreachable() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let opened = Store::open(Options::at(&format!("postgres://q:secret@{nobody}/q"))).await;
    match opened.map(drop) {
        Err(Error::Unreachable(words)) => assert!(!words.contains("secret")),
        other => panic!("{other:?}"),
    }
    let folder = Store::open(Options::at("/proc/nowhere/quittance.db")).await;
    assert!(matches!(folder.map(drop), Err(Error::Unreachable(_))));
}

#[tokio::test]
async fn encryption_is_refused_rather_than_left_out() {
    for mode in ["require", "verify-full"] {
        let opened = Store::open(Options::at(&format!("postgres://q:secret@127.0.0.1/q?sslmode={mode}"))).await;
        match opened.map(drop) {
            Err(Error::Other(words)) => assert!(!words.contains("secret"), "{words}"),
            other => panic!("{other:?}"),
        }
    }
}

/// The writing connection, closing last, writes the log back: what is left is one file that can be copied.
#[tokio::test]
async fn a_closed_store_is_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quittance.db");
    for round in 0..3 {
        let store = Store::open(Options::at(path.to_str().unwrap())).await.unwrap();
        store.migrate_with(SCHEMA).await.unwrap();
        if round > 0 {
            store.write(move |tx| tx.insert(&[thing(round, &round.to_string())])).await.unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
        drop(store);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

/// A reader that is always there would let the log grow for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_small_under_steady_reading() {
    let database = database(Database::Sqlite).await;
    let log = database.folder().unwrap().join("quittance.db-wal");
    let reading = database.store().clone();
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let store = reading.clone();
            tokio::spawn(async move { while store.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.is_ok() {} })
        })
        .collect();
    let mut largest = 0;
    for id in 0..100 {
        let row = ThingRow { data: Some(vec![1; 1 << 20]), ..thing(id % 4, &id.to_string()) };
        database.store().write(move |tx| tx.replace(std::slice::from_ref(&row))).await.unwrap();
        largest = largest.max(std::fs::metadata(&log).unwrap().len());
    }
    for reader in readers {
        reader.abort();
    }
    assert!(largest < 64 << 20, "{largest} bytes");
}
