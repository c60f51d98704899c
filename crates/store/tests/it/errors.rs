//! The same mistake gives the same error on both databases, and ends the transaction on both.

use store::testing::BOTH;
use store::{Error, Rule, Tx};

use crate::schema::{COUNT_UP, CounterRow, FORGET, NULL_CODE, PartRow, THINGS, ThingRow, WEIGH, database, thing};

type Mistake = fn(&mut Tx) -> Result<(), Error>;

fn conflict(name: &str) -> Error {
    Error::Conflict { constraint: name.to_owned() }
}

fn violation(rule: Rule) -> Error {
    Error::Violation { rule, detail: String::new() }
}

/// The words of a database are its own.
fn without_words(error: Error) -> Error {
    match error {
        Error::Violation { rule, .. } => violation(rule),
        other => other,
    }
}

fn with_note(id: i64, note: &str) -> ThingRow {
    ThingRow { note: Some(note.to_owned()), ..thing(id, &id.to_string()) }
}

fn with_weight(id: i64, weight: i64) -> ThingRow {
    ThingRow { weight: Some(weight), ..thing(id, &id.to_string()) }
}

fn mistakes() -> Vec<(Mistake, Error)> {
    vec![
        (|tx| tx.insert(&[thing(2, "A")]), conflict("thing(code)")),
        (|tx| tx.insert(&[thing(1, "B")]), conflict("thing(id)")),
        (|tx| tx.insert(&[with_note(3, "x"), with_note(4, "X")]), conflict("thing_note_lower")),
        (|tx| tx.insert(&[with_weight(5, 2000), with_weight(6, 2000)]), conflict("thing(weight)")),
        (|tx| tx.replace(&[thing(9, "A")]), conflict("thing(code)")),
        (
            |tx| {
                let part = PartRow { thing_id: 1, number: 1, name: String::new() };
                tx.insert(&[part.clone(), part])
            },
            conflict("part(thing_id, number)"),
        ),
        (|tx| tx.insert(&[PartRow { thing_id: 99, number: 1, name: String::new() }]), violation(Rule::ForeignKey)),
        (|tx| tx.execute(&FORGET, &[&7_i64]).map(drop), violation(Rule::ForeignKey)),
        (|tx| tx.execute(&NULL_CODE, &[&1_i64]).map(drop), violation(Rule::NotNull)),
        (|tx| tx.value::<i64>(&COUNT_UP, &[&"n", &-5_i64]).map(drop), violation(Rule::Check)),
    ]
}

fn prepare(tx: &mut Tx) -> Result<(), Error> {
    tx.insert(&[thing(1, "A"), thing(7, "G")])?;
    tx.insert(&[PartRow { thing_id: 7, number: 1, name: String::new() }])?;
    tx.insert(&[CounterRow { name: "n".to_owned(), value: 1 }])
}

#[tokio::test]
async fn a_mistake_has_the_same_name_everywhere() {
    for on in BOTH {
        let database = database(on).await;
        database.store().write(prepare).await.unwrap();
        for (number, (mistake, expected)) in mistakes().into_iter().enumerate() {
            let result = database.store().write(mistake).await;
            assert_eq!(result.map_err(without_words), Err(expected), "{on:?}, mistake {number}");
        }
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found, [thing(1, "A"), thing(7, "G")], "{on:?}");
    }
}

#[tokio::test]
async fn nothing_is_kept_after_an_error_that_was_ignored() {
    for on in BOTH {
        let database = database(on).await;
        database.store().write(prepare).await.unwrap();
        let ignore = |tx: &mut Tx| -> Result<(), Error> {
            tx.execute(&WEIGH, &[&1_i64, &5_i64])?;
            // Skipping waits for the answer, so that the error is known here on both.
            drop(tx.insert_or_skip(&[PartRow { thing_id: 99, number: 1, name: String::new() }]));
            let later = tx.execute(&WEIGH, &[&1_i64, &6_i64]).map_err(without_words);
            assert_eq!(later, Err(violation(Rule::ForeignKey)));
            Ok(())
        };
        let result = database.store().write(ignore).await;
        assert_eq!(result.map_err(without_words), Err(violation(Rule::ForeignKey)), "{on:?}");
        let found = database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await.unwrap();
        assert_eq!(found, [thing(1, "A"), thing(7, "G")], "{on:?}");
    }
}

#[tokio::test]
async fn reading_closures_cannot_write() {
    for on in BOTH {
        let database = database(on).await;
        let written = database.store().read(|tx| tx.insert(&[thing(1, "A")])).await;
        assert_eq!(written, Err(Error::ReadOnly), "{on:?}");
        assert_eq!(database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await, Ok(vec![]), "{on:?}");
    }
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_thread_goes_on() {
    for on in BOTH {
        let database = database(on).await;
        for _ in 0..10 {
            let result = database.store().write(|tx| -> Result<(), Error> {
                tx.insert(&[thing(1, "A")])?;
                panic!("out of paper")
            });
            let words = Error::Other("a transaction panicked: out of paper".to_owned());
            assert_eq!(result.await, Err(words.clone()), "{on:?}");
            let reading = database.store().read(|_| -> Result<(), Error> { panic!("out of {}", "paper") });
            assert_eq!(reading.await, Err(words), "{on:?}");
        }
        assert_eq!(database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await, Ok(vec![]), "{on:?}");
        database.store().write(|tx| tx.insert(&[thing(1, "A")])).await.unwrap();
    }
}

#[tokio::test]
async fn an_error_of_the_caller_undoes_and_comes_back() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        TooLate,
        Store(Error),
    }
    impl From<Error> for Refusal {
        fn from(error: Error) -> Refusal {
            Refusal::Store(error)
        }
    }
    for on in BOTH {
        let database = database(on).await;
        let refuse = |tx: &mut Tx| {
            tx.insert(&[thing(1, "A")])?;
            Err::<(), _>(Refusal::TooLate)
        };
        assert_eq!(database.store().write(refuse).await, Err(Refusal::TooLate), "{on:?}");
        let conflicting = |tx: &mut Tx| -> Result<(), Refusal> { Ok(tx.insert(&[thing(1, "A"), thing(2, "A")])?) };
        let result = database.store().write(conflicting).await;
        assert_eq!(result, Err(Refusal::Store(conflict("thing(code)"))), "{on:?}");
        assert_eq!(database.store().read(|tx| tx.rows::<ThingRow>(&THINGS, &[])).await, Ok(vec![]), "{on:?}");
    }
}
