//! The n-th call of the database, the renderer or the mail server fails, or the program dies in it. Whoever starts it
//! again gets what an undisturbed life would have given.

use std::process::{ExitStatus, Stdio};

use store::testing::Database;

use crate::house::is_slow;
use crate::kill::{Life, STEPS};

/// Every kind of call that can fail: before a transaction, after it is on the disk, around the world.
const KINDS: [&str; 6] = ["read", "write", "written", "render", "mail", "mailed"];

#[test]
fn fault_calls_on_sqlite() {
    every_kind(Database::Sqlite);
}

#[test]
fn fault_calls_on_postgres() {
    every_kind(Database::Postgres);
}

fn every_kind(database: Database) {
    let calm = Life::begin(database);
    for step in STEPS {
        calm.lives_through(step);
    }
    let expected = calm.outcome();
    let doses: &[u32] = if is_slow() { &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20] } else { &[2] };
    let mut struck = 0;
    for (number, kind) in doses.iter().flat_map(|number| KINDS.map(|kind| (number, kind))) {
        let ends: &[&str] = if is_slow() { &["fail", "die"] } else { &[if kind == "write" { "die" } else { "fail" }] };
        for end in ends {
            let life = Life::begin(database);
            for step in STEPS {
                struck += usize::from(is_struck(&life, step, &format!("{kind}:{number}:{end}")));
                life.is_consistent(&expected.invoices);
                life.lives_through(step);
            }
            assert_eq!(life.outcome(), expected, "{kind}:{number}:{end}");
        }
    }
    println!("{struck} commands struck");
    assert!(struck >= KINDS.len());
}

/// Carries out a step that meets a fault; true where it did. It says so in words, or is dead.
fn is_struck(life: &Life, step: &[&str], fault: &str) -> bool {
    let mut command = life.command(step);
    let output = command.env("QUITTANCE_FAULT", fault).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{fault} in {step:?}: {said}");
    match output.status.code() {
        Some(0) => false,
        Some(1) => {
            assert!(!said.is_empty(), "{fault} in {step:?} said nothing");
            true
        }
        None => is_dead(output.status),
        Some(other) => panic!("{fault} in {step:?} ended with {other}: {said}"),
    }
}

fn is_dead(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status).is_some()
}
