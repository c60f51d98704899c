//! Parameters and values.

use jiff::Timestamp;
use jiff::civil::date;
use rust_decimal::Decimal;
use store::testing::BOTH;
use store::{Error, Field, Value};

use crate::schema::{FORGET, SWAPPED, SwappedRow, THING, THINGS, ThingRow, WEIGH, database, thing};

/// SQLite numbers `$2` before `$1` when it comes first in the text.
#[tokio::test]
async fn parameters_are_bound_by_name_not_by_appearance() {
    for on in BOTH {
        let database = database(on).await;
        let swap = |tx: &mut store::Tx| tx.row::<SwappedRow>(&SWAPPED, &[&1_i64, &"two"]);
        let row = database.store().read(swap).await.unwrap();
        assert_eq!(row, Some(SwappedRow { second: "two".to_owned(), first: 1 }), "{on:?}");
    }
}

#[tokio::test]
async fn every_kind_comes_back_as_it_was() {
    let rows = [
        ThingRow {
            note: Some("né 'quoted' \"x\" 日本 \u{1f600}".to_owned()), weight: Some(i64::MAX), ..thing(1, "")
        },
        ThingRow { weight: Some(i64::MIN), data: Some(vec![0, 255, 0]), ..thing(2, "C") },
        ThingRow { data: Some(Vec::new()), weight: Some(0), ..thing(3, "\u{1}\n") },
        thing(-4, "all NULL"),
    ];
    for on in BOTH {
        let database = database(on).await;
        let inserted = rows.to_vec();
        database.store().write(move |tx| tx.insert(&inserted)).await.unwrap();
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found, [&rows[3], &rows[0], &rows[1], &rows[2]].map(Clone::clone), "{on:?}");
        let one = database.store().read(|tx| tx.row::<ThingRow>(&THING, &[&2_i64])).await.unwrap();
        assert_eq!(one.as_ref(), Some(&rows[1]));
        let none = database.store().read(|tx| tx.row::<ThingRow>(&THING, &[&99_i64])).await.unwrap();
        assert_eq!(none, None);
    }
}

#[tokio::test]
async fn a_column_may_be_null_in_all_rows_of_an_insert() {
    for on in BOTH {
        let database = database(on).await;
        let rows: Vec<ThingRow> = (1..=100).map(|id| thing(id, &format!("C-{id}"))).collect();
        database.store().write(move |tx| tx.insert(&rows)).await.unwrap();
        database.store().write(|tx| tx.execute(&WEIGH, &[&7_i64, &None::<i64>])).await.unwrap();
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!((found.len(), &found[6]), (100, &thing(7, "C-7")), "{on:?}");
        database.store().write(|tx| tx.insert::<ThingRow>(&[])).await.unwrap();
    }
}

#[tokio::test]
async fn what_one_database_could_not_store_both_refuse() {
    for on in BOTH {
        let database = database(on).await;
        let nul = database.store().write(|tx| tx.insert(&[thing(1, "a\0b")])).await;
        assert!(matches!(nul, Err(Error::Corrupt { ref column, .. }) if column == "code"), "{on:?}: {nul:?}");
        let kind = database.store().write(|tx| tx.execute(&FORGET, &[&"1"])).await;
        assert!(matches!(kind, Err(Error::Corrupt { ref column, .. }) if column == "$1"), "{on:?}: {kind:?}");
        let few = database.store().write(|tx| tx.execute(&WEIGH, &[&1_i64])).await;
        assert_eq!(few, Err(Error::Other("2 parameters declared, 1 given".to_owned())), "{on:?}");
    }
}

#[test]
fn fields_have_one_text() {
    let text = |value: Value<'_>| value.text().unwrap().into_owned();
    assert_eq!(text(date(2026, 3, 9).to_value()), "2026-03-09");
    assert_eq!(text("1.500".parse::<Decimal>().unwrap().to_value()), "1.5");
    assert_eq!(text("-0.00".parse::<Decimal>().unwrap().to_value()), "0");
    assert_eq!(text("100".parse::<Decimal>().unwrap().to_value()), "100");
    let instant: Timestamp = "1969-12-31T23:59:59.999999Z".parse().unwrap();
    assert_eq!(instant.to_value(), Value::Integer(-1));
    assert_eq!(Timestamp::from_value(Value::Integer(-1)), Ok(instant));
    assert_eq!(bool::from_value(Value::Integer(1)), Ok(true));
    assert_eq!(<[u8; 32]>::from_value([7_u8; 32].to_value()), Ok([7; 32]));
}

#[test]
fn values_that_are_none_are_refused() {
    assert!(bool::from_value(Value::Integer(2)).is_err());
    assert!(u32::from_value(Value::Integer(-1)).is_err());
    assert!(i64::from_value(Value::Null).is_err());
    assert!(String::from_value(Value::Integer(1)).is_err());
    assert!(jiff::civil::Date::from_value(Value::Text("2026-02-30".into())).is_err());
    assert!(<[u8; 32]>::from_value(Value::Bytes(vec![1].into())).is_err());
    assert_eq!(Option::<i64>::from_value(Value::Null), Ok(None));
}
