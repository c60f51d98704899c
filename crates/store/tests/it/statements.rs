//! Every registered statement and table, prepared on both databases.

use store::testing::{BOTH, TestDatabase};
use store::{One, Stored, check, check_statements, record, statements};

use crate::schema::{self, CounterRow, InstanceRow, LateRow, PartRow, ThingRow, database};

#[tokio::test]
async fn the_statements_of_the_product_are_right() {
    for on in BOTH {
        let database = TestDatabase::on(on).await;
        let complaints = database.store().read(|tx| Ok::<_, store::Error>(check_statements(tx))).await.unwrap();
        assert!(complaints.is_empty(), "{on:?}:\n{}", complaints.join("\n"));
    }
}

#[tokio::test]
async fn the_statements_of_these_tests_are_right() {
    for on in BOTH {
        let database = database(on).await;
        let tables =
            || [ThingRow::table(), PartRow::table(), CounterRow::table(), LateRow::table(), InstanceRow::table()];
        let check = move |tx: &mut store::Tx| Ok::<_, store::Error>(check::complaints(tx, &[schema::ALL], &tables()));
        let complaints = database.store().read(check).await.unwrap();
        assert_eq!(complaints, Vec::<String>::new(), "{on:?}");
    }
}

record! {
    pub struct WrongRow in "thing" key(note) {
        pub id: i64,
        pub code: Option<String>,
        pub weight: Option<String>,
    }
}

statements! {
    WRONG_KIND: () -> One<String> = "SELECT id FROM thing";
    WRONG_NAME: (Integer) -> WrongRow = "SELECT id, note, weight FROM thing WHERE id = $1";
    TOO_FEW: (Integer, Integer) -> WrongRow = "SELECT id, code FROM thing WHERE id = $1";
    NO_TABLE: () = "DELETE FROM nowhere";
}

#[tokio::test]
async fn mistakes_are_found() {
    for on in BOTH {
        let database = database(on).await;
        let check = |tx: &mut store::Tx| Ok::<_, store::Error>(check::complaints(tx, &[ALL], &[WrongRow::table()]));
        let found = database.store().read(check).await.unwrap();
        let has = |start: &str| found.iter().any(|sentence| sentence.starts_with(start));
        assert!(has("WRONG_KIND: id is Integer, Text is declared"), "{on:?}: {found:#?}");
        assert!(has("WRONG_NAME: column note stands where code is declared"), "{on:?}: {found:#?}");
        assert!(has("WRONG_NAME: weight is Integer, Text is declared"), "{on:?}: {found:#?}");
        assert!(has("TOO_FEW: 3 columns declared, 2 found"), "{on:?}: {found:#?}");
        assert!(has("NO_TABLE: "), "{on:?}: {found:#?}");
        assert!(has("thing: weight is Integer, Text is declared"), "{on:?}: {found:#?}");
    }
}
