//! The tables, records and statements of these tests.

use store::testing::{Database, TestDatabase};
use store::{Migration, One, record, statements};

pub const SCHEMA: &[Migration] = &[Migration {
    name: "0001_test",
    sql: "
CREATE TABLE thing (
    id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, note TEXT, weight INTEGER, data BLOB
) STRICT;
CREATE UNIQUE INDEX thing_note_lower ON thing (lower(note));
CREATE UNIQUE INDEX thing_heavy ON thing (weight) WHERE weight > 1000;
CREATE TABLE part (
    thing_id INTEGER NOT NULL REFERENCES thing (id), number INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (thing_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0)) STRICT, WITHOUT ROWID;
-- Checked at COMMIT, which the product never does: it makes a COMMIT fail.
CREATE TABLE late (
    id INTEGER NOT NULL PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE instance (one INTEGER NOT NULL PRIMARY KEY, instance_id BLOB NOT NULL) STRICT;",
}];

record! {
    /// A row of everything.
    pub struct ThingRow in "thing" key(id) {
        pub id: i64,
        pub code: String,
        pub note: Option<String>,
        pub weight: Option<i64>,
        pub data: Option<Vec<u8>>,
    }
}

record! {
    pub struct PartRow in "part" key(thing_id, number) {
        pub thing_id: i64,
        pub number: u32,
        pub name: String,
    }
}

record! {
    pub struct CounterRow in "counter" key(name) {
        pub name: String,
        pub value: i64,
    }
}

record! {
    pub struct LateRow in "late" {
        pub id: i64,
        pub thing_id: i64,
    }
}

record! {
    pub struct InstanceRow in "instance" key(one) {
        pub one: i64,
        pub instance_id: Vec<u8>,
    }
}

record! {
    pub struct SwappedRow {
        pub second: String,
        pub first: i64,
    }
}

statements! {
    THINGS: () -> ThingRow = "SELECT id, code, note, weight, data FROM thing ORDER BY id";
    THING: (Integer) -> ThingRow = "SELECT id, code, note, weight, data FROM thing WHERE id = $1";
    THINGS_BY_CODE: (Integer; many Text) -> ThingRow =
        "SELECT id, code, note, weight, data FROM thing WHERE id > $1 AND code IN ($keys) ORDER BY id";
    WEIGH_BY_ID: (Integer; many Integer) = "UPDATE thing SET weight = $1 WHERE id IN ($keys)";
    WEIGH: (Integer, Integer) = "UPDATE thing SET weight = $2 WHERE id = $1";
    FORGET: (Integer) = "DELETE FROM thing WHERE id = $1";
    NULL_CODE: (Integer) = "UPDATE thing SET code = NULL WHERE id = $1";
    PARTS: () -> PartRow = "SELECT thing_id, number, name FROM part ORDER BY thing_id, number";
    SWAPPED: (Integer, Text) -> SwappedRow = "SELECT $2 AS second, $1 AS first";
    COUNT_UP: (Text, Integer) -> One<i64> =
        "UPDATE counter SET value = value + $2 WHERE name = $1 RETURNING value";
    VALUE: (Text) -> One<i64> = "SELECT value FROM counter WHERE name = $1";
    SET_VALUE: (Text, Integer) = "UPDATE counter SET value = $2 WHERE name = $1";
}

pub async fn database(on: Database) -> TestDatabase {
    TestDatabase::with(on, SCHEMA, |_| {}).await
}

pub fn thing(id: i64, code: &str) -> ThingRow {
    ThingRow { id, code: code.to_owned(), note: None, weight: None, data: None }
}
