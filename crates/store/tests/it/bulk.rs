//! Many rows at once.

use std::collections::BTreeSet;

use store::testing::BOTH;
use store::{Error, Tx};

use crate::schema::{PARTS, PartRow, THINGS, THINGS_BY_CODE, ThingRow, WEIGH_BY_ID, database, thing};

fn part(thing_id: i64, number: u32, name: &str) -> PartRow {
    PartRow { thing_id, number, name: name.to_owned() }
}

#[tokio::test]
async fn rows_that_are_there_are_skipped_and_counted() {
    for on in BOTH {
        let database = database(on).await;
        let skip = |tx: &mut Tx| tx.insert_or_skip(&[thing(1, "A"), thing(2, "A"), thing(1, "B"), thing(3, "C")]);
        assert_eq!(database.store().write(skip).await, Ok(2), "{on:?}");
        assert_eq!(database.store().write(skip).await, Ok(0), "{on:?}");
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found, [thing(1, "A"), thing(3, "C")], "{on:?}");
    }
}

#[tokio::test]
async fn the_last_of_the_rows_with_a_key_replaces() {
    for on in BOTH {
        let database = database(on).await;
        let first = |tx: &mut Tx| {
            tx.insert(&[thing(1, "A")])?;
            tx.insert(&[part(1, 1, "old"), part(1, 2, "stays")])
        };
        database.store().write(first).await.unwrap();
        let replace = |tx: &mut Tx| tx.replace(&[part(1, 1, "a"), part(1, 3, "new"), part(1, 1, "b")]);
        database.store().write(replace).await.unwrap();
        let found = database.store().read(|tx| tx.rows::<PartRow>(&PARTS, &[])).await.unwrap();
        assert_eq!(found, [part(1, 1, "b"), part(1, 2, "stays"), part(1, 3, "new")], "{on:?}");
    }
}

#[tokio::test]
async fn keys_come_in_chunks_of_any_number() {
    for on in BOTH {
        let database = database(on).await;
        let rows: Vec<ThingRow> = (1..=600).map(|id| thing(id, &format!("C-{id}"))).collect();
        database.store().write(move |tx| tx.insert(&rows)).await.unwrap();
        for count in [0, 1, 2, 16, 17, 255, 256, 257, 513, 600] {
            // Twice each, and one that isn't there.
            let keys = (1..=count).chain(1..=count).chain([9999]);
            let keys: Vec<String> = keys.map(|id| format!("C-{id}")).collect();
            let find = move |tx: &mut Tx| tx.rows_by::<ThingRow, String>(&THINGS_BY_CODE, &[&0_i64], &keys);
            let found = database.store().read(find).await.unwrap();
            let ids: BTreeSet<i64> = found.iter().map(|row| row.id).collect();
            assert_eq!((found.len(), ids), (usize::try_from(count).unwrap(), (1..=count).collect()), "{on:?}");
        }
        let ids: Vec<i64> = (101..=400).collect();
        let weigh = move |tx: &mut Tx| tx.execute_by(&WEIGH_BY_ID, &[&5_i64], &ids);
        assert_eq!(database.store().write(weigh).await, Ok(300), "{on:?}");
        let none = database.store().read(|tx| tx.rows_by::<ThingRow, String>(&THINGS, &[], &[String::new()])).await;
        assert!(matches!(none, Err(Error::Other(_))));
    }
}

#[tokio::test]
async fn an_insert_may_be_larger_than_a_message() {
    for on in BOTH {
        let database = database(on).await;
        let megabytes = |id: i64| ThingRow { data: Some(vec![7; 3 << 20]), ..thing(id, &format!("C-{id}")) };
        let rows: Vec<ThingRow> = (1..=8).map(megabytes).collect();
        let inserted = rows.clone();
        database.store().write(move |tx| tx.insert(&inserted)).await.unwrap();
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert!(found == rows, "{on:?}");
    }
}
