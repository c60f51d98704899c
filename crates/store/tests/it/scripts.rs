//! A random script of inserts, updates and queries gives the same on both databases.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::testing::{BOTH, TestDatabase};
use store::{Error, Store, Tx};

use crate::schema::{FORGET, PARTS, PartRow, THINGS, THINGS_BY_CODE, ThingRow, WEIGH, WEIGH_BY_ID, database};

#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<ThingRow>),
    Skip(Vec<ThingRow>),
    Replace(Vec<ThingRow>),
    Part(Vec<PartRow>),
    Weigh(i64, Option<i64>),
    WeighMany(i64, Vec<i64>),
    Forget(i64),
    Find(Vec<String>),
}

/// What a transaction answered, in words that are the same on both.
#[derive(Debug, PartialEq)]
struct Seen {
    answers: Vec<u64>,
    found: Vec<ThingRow>,
}

fn things() -> impl Strategy<Value = Vec<ThingRow>> {
    let row = (0..6_i64, "[ab]?[é'x]?", proptest::option::of("[aA-]{1,2}"), proptest::option::of(998..1003_i64));
    let row = (row, proptest::option::of(proptest::collection::vec(any::<u8>(), 0..3)));
    let row = row.prop_map(|((id, code, note, weight), data)| ThingRow { id, code, note, weight, data });
    proptest::collection::vec(row, 0..4)
}

fn parts() -> impl Strategy<Value = Vec<PartRow>> {
    let row = (0..6_i64, 0..3_u32, "[a-b]?").prop_map(|(thing_id, number, name)| PartRow { thing_id, number, name });
    proptest::collection::vec(row, 0..4)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => things().prop_map(Step::Insert),
        2 => things().prop_map(Step::Skip),
        2 => things().prop_map(Step::Replace),
        2 => parts().prop_map(Step::Part),
        1 => (0..6_i64, proptest::option::of(998..1003_i64)).prop_map(|(id, weight)| Step::Weigh(id, weight)),
        1 => (0..3_i64, proptest::collection::vec(0..6_i64, 0..20)).prop_map(|(w, ids)| Step::WeighMany(w, ids)),
        1 => (0..6_i64).prop_map(Step::Forget),
        1 => proptest::collection::vec("[ab]?[é'x]?", 0..20).prop_map(Step::Find),
    ]
}

fn run(tx: &mut Tx, steps: &[Step]) -> Result<Seen, Error> {
    let mut seen = Seen { answers: Vec::new(), found: Vec::new() };
    for step in steps {
        match step {
            Step::Insert(rows) => tx.insert(rows)?,
            Step::Skip(rows) => seen.answers.push(tx.insert_or_skip(rows)?),
            Step::Replace(rows) => tx.replace(rows)?,
            Step::Part(rows) => tx.replace(rows)?,
            Step::Weigh(id, weight) => seen.answers.push(tx.execute(&WEIGH, &[id, weight])?),
            Step::WeighMany(weight, ids) => seen.answers.push(tx.execute_by(&WEIGH_BY_ID, &[weight], ids)?),
            Step::Forget(id) => seen.answers.push(tx.execute(&FORGET, &[id])?),
            Step::Find(codes) => seen.found.extend(tx.rows_by::<ThingRow, _>(&THINGS_BY_CODE, &[&0_i64], codes)?),
        }
    }
    Ok(seen)
}

async fn outcome(store: &Store, script: Vec<Step>) -> (Result<Seen, Error>, Vec<ThingRow>, Vec<PartRow>) {
    let answer = store.write(move |tx| run(tx, &script)).await.map_err(|error| match error {
        Error::Violation { rule, .. } => Error::Violation { rule, detail: String::new() },
        // Of several unique columns taken, each database names the one it looks at first.
        Error::Conflict { .. } => Error::Conflict { constraint: String::new() },
        other => other,
    });
    let things = store.read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
    let parts = store.read(|tx| tx.rows::<PartRow>(&PARTS, &[])).await.unwrap();
    (answer, things, parts)
}

#[test]
fn a_script_gives_the_same_on_both() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let databases: Vec<TestDatabase> = BOTH.map(|on| runtime.block_on(database(on))).into();
    let scripts = proptest::collection::vec(proptest::collection::vec(step(), 0..6), 1..6);
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    // The databases go on from case to case; what a case starts with is the same on both.
    let checked = runner.run(&scripts, |scripts| {
        for script in scripts {
            let [sqlite, postgres] = [0, 1].map(|at| runtime.block_on(outcome(databases[at].store(), script.clone())));
            prop_assert_eq!(sqlite, postgres);
        }
        Ok(())
    });
    checked.unwrap();
    runtime.block_on(async { drop(databases) });
}
