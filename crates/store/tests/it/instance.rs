//! The id of the instance.

use store::testing::{BOTH, Database, TestDatabase};
use store::{Error, Store};

use crate::schema::{InstanceRow, SCHEMA, THINGS, ThingRow, database};

#[tokio::test]
async fn another_instance_is_refused() {
    for on in BOTH {
        let database = database(on).await;
        assert_eq!(
            database.store().engine_name(),
            format!("{}{}", if on == Database::Sqlite { "SQLite" } else { "PostgreSQL" }, "")
        );
        let row = |tx: &mut store::Tx| tx.insert(&[InstanceRow { one: 1, instance_id: vec![7; 16] }]);
        database.store().write(row).await.unwrap();
        database.store().expect_instance(vec![7; 16]).await.unwrap();
        assert_eq!(database.store().expect_instance(vec![8; 16]).await, Err(Error::WrongInstance), "{on:?}");
        let other = Store::open(database.options()).await.unwrap();
        assert_eq!(other.expect_instance(vec![9; 16]).await, Err(Error::WrongInstance), "{on:?}");
    }
}

/// A name that leads to another server after a failure: the next connection notices.
#[tokio::test]
async fn a_new_connection_looks_again() {
    let database = TestDatabase::with(Database::Postgres, SCHEMA, |options| options.threads = 1).await;
    let row = |tx: &mut store::Tx| tx.insert(&[InstanceRow { one: 1, instance_id: vec![7; 16] }]);
    database.store().write(row).await.unwrap();
    let two = Store::open(database.options()).await.unwrap();
    two.expect_instance(vec![7; 16]).await.unwrap();
    let change = |tx: &mut store::Tx| tx.replace(&[InstanceRow { one: 1, instance_id: vec![8; 16] }]);
    database.store().write(change).await.unwrap();
    // Four threads, of which one at least connects only now.
    let mut results = Vec::new();
    for _ in 0..4 {
        let reads = (0..4).map(|_| two.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])));
        results.extend(futures_util::future::join_all(reads).await);
    }
    assert!(results.contains(&Err(Error::WrongInstance)), "{results:?}");
}
