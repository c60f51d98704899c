//! Group commit on SQLite.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use store::testing::{Database, TestDatabase};
use store::{Error, Options, Rule, Store, Tx};

use crate::schema::{LateRow, SCHEMA, THINGS, ThingRow, database, thing};

type Written = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

type Work = fn(&mut Tx) -> Result<(), Error>;

/// Puts a closure into the channel.
fn queue(store: &Store, work: impl Fn(&mut Tx) -> Result<(), Error> + Send + 'static) -> Written {
    let store = store.clone();
    let mut written: Written = Box::pin(async move { store.write(work).await });
    // The first poll sends it.
    assert!((&mut written).now_or_never().is_none());
    written
}

/// Keeps the writing thread busy until the returned sender is used, so that what is queued meanwhile waits together.
fn hold(store: &Store) -> (mpsc::Sender<()>, Written) {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let held = queue(store, move |_| {
        released.lock().unwrap().recv_timeout(Duration::from_secs(10)).unwrap();
        // Longer than a commit gathers, so that this one is committed alone.
        std::thread::sleep(Duration::from_millis(25));
        Ok(())
    });
    (release, held)
}

/// Runs closures in one group.
async fn group(store: &Store, works: &[Work]) -> Vec<Result<(), Error>> {
    let (release, held) = hold(store);
    let written: Vec<Written> = works.iter().map(|work| queue(store, *work)).collect();
    release.send(()).unwrap();
    assert_eq!(held.await, Ok(()));
    join_all(written).await
}

async fn things(store: &Store) -> Vec<ThingRow> {
    store.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap()
}

#[tokio::test]
async fn one_that_fails_does_not_hurt_the_others() {
    let database = database(Database::Sqlite).await;
    let results = group(
        database.store(),
        &[
            |tx| tx.insert(&[thing(1, "A")]),
            |tx| tx.insert(&[thing(2, "B"), thing(3, "A")]),
            |_| panic!("out of paper"),
            |_| Err(Error::Other("refused".to_owned())),
            |tx| tx.insert(&[thing(4, "D")]),
        ],
    )
    .await;
    assert_eq!(
        results,
        [
            Ok(()),
            Err(Error::Conflict { constraint: "thing(code)".to_owned() }),
            Err(Error::Other("a transaction panicked: out of paper".to_owned())),
            Err(Error::Other("refused".to_owned())),
            Ok(()),
        ]
    );
    assert_eq!(things(database.store()).await, [thing(1, "A"), thing(4, "D")]);
}

/// A row that points nowhere is found at COMMIT, where the whole group fails: also the one that refused, because what
/// it has seen is gone.
#[tokio::test]
async fn a_commit_that_fails_fails_all() {
    let database = database(Database::Sqlite).await;
    let results = group(
        database.store(),
        &[
            |tx| tx.insert(&[thing(1, "A")]),
            |tx| tx.insert(&[LateRow { id: 1, thing_id: 99 }]),
            |_| Err(Error::Other("refused".to_owned())),
        ],
    )
    .await;
    for result in results {
        assert!(matches!(result, Err(Error::Violation { rule: Rule::ForeignKey, .. })), "{result:?}");
    }
    assert_eq!(things(database.store()).await, []);
    database.store().write(|tx| tx.insert(&[thing(1, "A")])).await.unwrap();
    assert_eq!(things(database.store()).await, [thing(1, "A")]);
}

/// Where the disk is full, SQLite undoes the whole transaction by itself, in the middle of a group.
#[tokio::test]
async fn a_full_disk_fails_all() {
    let database = TestDatabase::with(Database::Sqlite, SCHEMA, |options: &mut Options| options.pages = Some(64)).await;
    let results = group(
        database.store(),
        &[
            |tx| tx.insert(&[thing(1, "A")]),
            |tx| tx.insert(&[ThingRow { data: Some(vec![1; 1 << 20]), ..thing(2, "B") }]),
            |tx| tx.insert(&[thing(3, "C")]),
        ],
    )
    .await;
    assert_eq!(results[..2], [Err(Error::Full), Err(Error::Full)]);
    // The third is in the next group, or was not begun; what counts is that its answer is true.
    let expected: Vec<ThingRow> = if results[2].is_ok() { vec![thing(3, "C")] } else { vec![] };
    assert_eq!(things(database.store()).await, expected);
    database.store().write(|tx| tx.insert(&[thing(1, "A")])).await.unwrap();
}

#[tokio::test]
async fn many_writers_are_all_kept() {
    let database = database(Database::Sqlite).await;
    let writers = (0..2000).map(|id| {
        let store = database.store().clone();
        tokio::spawn(async move {
            loop {
                match store.write(move |tx| tx.insert(&[thing(id, &id.to_string())])).await {
                    Err(Error::Busy) => tokio::task::yield_now().await,
                    other => return other,
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        assert_eq!(writer.await.unwrap(), Ok(()));
    }
    assert_eq!(things(database.store()).await.len(), 2000);
}
