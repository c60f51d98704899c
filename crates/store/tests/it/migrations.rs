//! Migrations.

use store::testing::{BOTH, Database, TestDatabase};
use store::{Error, Migration, Store};

use crate::schema::{THINGS, ThingRow, thing};

const FIRST: Migration = Migration {
    name: "0001_things",
    sql: "CREATE TABLE thing (id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL) STRICT;
          CREATE TABLE child (id INTEGER NOT NULL PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES thing (id)) STRICT;
          INSERT INTO thing (id, code) VALUES (1, 'BLOB, INTEGER; STRICT');",
};
const SECOND: Migration = Migration {
    name: "0002_more",
    sql: "ALTER TABLE thing ADD COLUMN note TEXT; ALTER TABLE thing ADD COLUMN weight INTEGER;
          ALTER TABLE thing ADD COLUMN data BLOB;",
};
const BROKEN: Migration = Migration { name: "0003_broken", sql: "DELETE FROM thing; INSERT INTO nowhere VALUES (1);" };

async fn empty(on: Database) -> TestDatabase {
    TestDatabase::with(on, &[], |_| {}).await
}

async fn refused(store: &Store, list: &'static [Migration]) -> String {
    match store.migrate_with(list).await {
        Err(Error::Migration(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

fn copies(database: &TestDatabase) -> Vec<String> {
    let Some(folder) = database.folder() else {
        return Vec::new();
    };
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("before")).collect()
}

#[tokio::test]
async fn what_is_missing_is_applied_once() {
    for on in BOTH {
        let database = empty(on).await;
        let store = database.store();
        assert_eq!(store.migrate_with(&[FIRST]).await, Ok(vec!["0001_things"]), "{on:?}");
        assert_eq!(store.migrate_with(&[FIRST]).await, Ok(vec![]), "{on:?}");
        assert_eq!(copies(&database), Vec::<String>::new());
        assert_eq!(store.migrate_with(&[FIRST, SECOND]).await, Ok(vec!["0002_more"]), "{on:?}");
        let found = store.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found, [thing(1, "BLOB, INTEGER; STRICT")], "{on:?}");
        if on == Database::Sqlite {
            assert_eq!(copies(&database), ["quittance.db.before-0002"]);
        }
    }
}

#[tokio::test]
async fn the_copy_is_the_database_as_it_was() {
    let database = empty(Database::Sqlite).await;
    database.store().migrate_with(&[FIRST]).await.unwrap();
    database.store().migrate_with(&[FIRST, SECOND]).await.unwrap();
    let copy = database.folder().unwrap().join("quittance.db.before-0002");
    let copy = Store::open(store::Options::at(copy.to_str().unwrap())).await.unwrap();
    assert_eq!(copy.migrate_with(&[FIRST, SECOND]).await, Ok(vec!["0002_more"]));
    assert_eq!(copy.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    for on in BOTH {
        let database = empty(on).await;
        let store = database.store();
        let sentence = refused(store, &[FIRST, SECOND, BROKEN]).await;
        assert!(sentence.starts_with("migration 0003_broken failed and was undone: "), "{sentence}");
        let found = store.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found.len(), 1, "{on:?}");
        assert_eq!(store.migrate_with(&[FIRST, SECOND]).await, Ok(vec![]), "{on:?}");
        // Again, over the copy of the first time.
        refused(store, &[FIRST, SECOND, BROKEN]).await;
    }
}

#[tokio::test]
async fn a_row_that_points_nowhere_fails_the_migration() {
    const ORPHAN: Migration =
        Migration { name: "0002_orphan", sql: "INSERT INTO child (id, thing_id) VALUES (1, 99);" };
    for on in BOTH {
        let database = empty(on).await;
        let sentence = refused(database.store(), &[FIRST, ORPHAN]).await;
        assert!(sentence.starts_with("migration 0002_orphan failed and was undone: "), "{on:?}: {sentence}");
    }
}

#[tokio::test]
async fn a_changed_text_is_refused() {
    const CHANGED: Migration = Migration { name: "0001_things", sql: "CREATE TABLE thing (id INTEGER) STRICT;" };
    for on in BOTH {
        let database = empty(on).await;
        database.store().migrate_with(&[FIRST]).await.unwrap();
        let sentence = refused(database.store(), &[CHANGED, SECOND]).await;
        assert!(sentence.starts_with("migration 0001_things is not the 0001_things that was applied"), "{sentence}");
    }
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    for on in BOTH {
        let database = empty(on).await;
        database.store().migrate_with(&[FIRST, SECOND]).await.unwrap();
        let sentence = refused(database.store(), &[FIRST]).await;
        assert!(sentence.contains("it has migration 0002_more, and this program ends with 0001_things"), "{sentence}");
    }
}

#[tokio::test]
async fn a_list_with_a_gap_is_refused() {
    let database = empty(Database::Sqlite).await;
    assert_eq!(refused(database.store(), &[SECOND]).await, "the migrations of this program skip 0001");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_start_together_take_turns() {
    for on in BOTH {
        let database = empty(on).await;
        let starts: Vec<_> = (0..4)
            .map(|_| {
                let options = database.options();
                tokio::spawn(async move { Store::open(options).await?.migrate_with(&[FIRST, SECOND]).await })
            })
            .collect();
        let mut applied = Vec::new();
        for start in starts {
            applied.extend(start.await.unwrap().unwrap());
        }
        assert_eq!(applied.len(), 2, "{on:?}: {applied:?}");
    }
}
