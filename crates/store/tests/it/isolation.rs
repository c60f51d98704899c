//! Transactions at the same time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use store::testing::{BOTH, Database, TestDatabase};
use store::{Error, Store, Tx};

use crate::schema::{COUNT_UP, CounterRow, SCHEMA, SET_VALUE, VALUE, database};

fn counters(tx: &mut Tx) -> Result<(), Error> {
    tx.insert(&["n", "a", "b"].map(|name| CounterRow { name: name.to_owned(), value: 0 }))
}

async fn value(store: &Store, name: &'static str) -> i64 {
    store.read(move |tx| tx.value(&VALUE, &[&name])).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_counts_every_one_of_many_at_once() {
    for on in BOTH {
        let database = TestDatabase::with(on, SCHEMA, |options| options.threads = 8).await;
        database.store().write(counters).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let store = database.store().clone();
                tokio::spawn(async move {
                    for _ in 0..200 {
                        let counted = store.write(|tx| tx.value::<i64>(&COUNT_UP, &[&"n", &1_i64])).await;
                        assert!(counted.unwrap().is_some());
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(value(database.store(), "n").await, 1600, "{on:?}");
    }
}

/// Reads, then writes what it read plus one. Two of them at once, in step, would lose one of the two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_collide_run_again() {
    let database = database(Database::Postgres).await;
    database.store().write(counters).await.unwrap();
    let (both_have_read, attempts) = (Arc::new(Barrier::new(2)), Arc::new(AtomicUsize::new(0)));
    let write = |first: &'static AtomicUsize| {
        let (store, barrier, attempts) = (database.store().clone(), both_have_read.clone(), attempts.clone());
        tokio::spawn(async move {
            store
                .write(move |tx| {
                    let found = tx.value::<i64>(&VALUE, &[&"n"])?.unwrap();
                    attempts.fetch_add(1, Ordering::SeqCst);
                    if first.fetch_add(1, Ordering::SeqCst) == 0 {
                        barrier.wait();
                    }
                    tx.execute(&SET_VALUE, &[&"n", &(found + 1)])
                })
                .await
        })
    };
    static FIRST: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let tasks = [write(&FIRST[0]), write(&FIRST[1])];
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(1));
    }
    assert_eq!(value(database.store(), "n").await, 2);
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
}

/// Each reads what the other writes. One after the other, the second would see the first; both seeing 0 is an order
/// that never was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_on_is_still_so_at_the_end() {
    let database = database(Database::Postgres).await;
    database.store().write(counters).await.unwrap();
    let both_have_read = Arc::new(Barrier::new(2));
    let take = |mine: &'static str, other: &'static str, first: &'static AtomicUsize| {
        let (store, barrier) = (database.store().clone(), both_have_read.clone());
        tokio::spawn(async move {
            store
                .write(move |tx| {
                    let taken = tx.value::<i64>(&VALUE, &[&other])?.unwrap();
                    if first.fetch_add(1, Ordering::SeqCst) == 0 {
                        barrier.wait();
                    }
                    if taken == 0 { tx.execute(&SET_VALUE, &[&mine, &1_i64]) } else { Ok(0) }
                })
                .await
                .unwrap()
        })
    };
    static FIRST: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let tasks = [take("a", "b", &FIRST[0]), take("b", "a", &FIRST[1])];
    let mut taken = 0;
    for task in tasks {
        taken += task.await.unwrap();
    }
    assert_eq!(taken, 1);
    assert_eq!(value(database.store(), "a").await + value(database.store(), "b").await, 1);
}

/// Gives up in the end, and says so.
#[tokio::test]
async fn one_that_always_collides_gets_an_error() {
    let database = database(Database::Postgres).await;
    database.store().write(counters).await.unwrap();
    let other = Arc::new(Store::open(database.options()).await.unwrap());
    let runtime = tokio::runtime::Handle::current();
    let collide = move |tx: &mut Tx| {
        let found = tx.value::<i64>(&VALUE, &[&"n"])?.unwrap();
        let (other, runtime) = (other.clone(), runtime.clone());
        // Somebody else is always quicker.
        let quicker = other.clone();
        runtime.block_on(async move { quicker.write(|tx| tx.value::<i64>(&COUNT_UP, &[&"n", &1_i64])).await })?;
        tx.execute(&SET_VALUE, &[&"n", &(found + 1)])
    };
    assert_eq!(database.store().write(collide).await, Err(Error::Contended));
    assert_eq!(value(database.store(), "n").await, 8);
}

/// A command beside a server, or another server: each with threads of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_count_together() {
    for on in BOTH {
        let database = database(on).await;
        database.store().write(counters).await.unwrap();
        let other = Store::open(database.options()).await.unwrap();
        let tasks: Vec<_> = [database.store().clone(), other]
            .into_iter()
            .map(|store| {
                tokio::spawn(async move {
                    let mut counted = 0;
                    while counted < 100 {
                        // Threads of one store take turns at a hot row. Those of another one may
                        // always be quicker, and then the caller asks again, as a job does.
                        match store.write(|tx| tx.value::<i64>(&COUNT_UP, &[&"n", &1_i64])).await {
                            Ok(_) => counted += 1,
                            Err(error) => assert_eq!(error, Error::Contended),
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(value(database.store(), "n").await, 200, "{on:?}");
    }
}

#[tokio::test]
async fn a_reading_closure_sees_one_state() {
    for on in BOTH {
        let database = database(on).await;
        database.store().write(counters).await.unwrap();
        let other = database.store().clone();
        let runtime = tokio::runtime::Handle::current();
        let read = move |tx: &mut Tx| {
            let before = tx.value::<i64>(&VALUE, &[&"n"])?;
            let writing = other.clone();
            runtime.block_on(async move { writing.write(|tx| tx.execute(&SET_VALUE, &[&"n", &5_i64])).await })?;
            Ok::<_, Error>((before, tx.value::<i64>(&VALUE, &[&"n"])?))
        };
        assert_eq!(database.store().read(read).await, Ok((Some(0), Some(0))), "{on:?}");
        assert_eq!(value(database.store(), "n").await, 5, "{on:?}");
    }
}
