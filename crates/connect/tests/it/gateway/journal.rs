//! The sandbox's journal: several processes see one world, and whoever dies while writing leaves nothing wrong behind.

use std::io::Write;
use std::path::Path;

use connect::gateway::sandbox::TestMethod;
use connect::gateway::{Gateway, Trouble};
use tempfile::TempDir;

use super::{Clock, charge_ask, left, sandbox_with};

fn open(clock: &Clock, journal: &Path) -> (connect::gateway::Sandbox, Gateway) {
    let sandbox = sandbox_with(clock, 7, Some(journal.to_owned()));
    (sandbox.clone(), Gateway::Sandbox(sandbox))
}

#[tokio::test]
async fn two_processes_see_one_world() {
    let folder = TempDir::new().unwrap();
    // The folder of the data may not be there yet.
    let journal = folder.path().join("data").join("sandbox.jsonl");
    let clock = Clock::monday();
    let ((one, first), (_, second)) = (open(&clock, &journal), open(&clock, &journal));
    let method = left(&one, TestMethod::BankSettles).await;
    assert_eq!(second.method(&method.id).await.unwrap(), method);
    let ask = charge_ask("INV-1043-1", &method);
    let charge = second.charge(&ask).await.unwrap();
    assert_eq!(first.charge(&ask).await.unwrap(), charge);
    clock.days(3);
    assert_eq!(first.look_at(&charge.id).await.unwrap(), second.look_at(&charge.id).await.unwrap());
    assert_ne!(first.look_at(&charge.id).await.unwrap().state, charge.state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_charge_a_key_once() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let clock = Clock::monday();
    let method = left(&open(&clock, &journal).0, TestMethod::CardSettles).await;
    let attempts: Vec<_> = (0..24)
        .map(|number| {
            let (_, gateway) = open(&clock, &journal);
            let ask = charge_ask(&format!("key-{}", number % 3), &method);
            tokio::spawn(async move { gateway.charge(&ask).await.unwrap().id })
        })
        .collect();
    let mut ids = Vec::new();
    for attempt in attempts {
        ids.push(attempt.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(open(&clock, &journal).1.charges(clock.now()).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_line_cut_short_was_never_answered() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let clock = Clock::monday();
    let (one, first) = open(&clock, &journal);
    let method = left(&one, TestMethod::CardSettles).await;
    let charge = first.charge(&charge_ask("one", &method)).await.unwrap();
    let whole = std::fs::read(&journal).unwrap();
    let last = whole.iter().rev().skip(1).position(|byte| *byte == b'\n').unwrap();
    for cut in [1, last / 2, last] {
        let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
        file.write_all(&whole[whole.len() - 1 - last..whole.len() - 1][..cut]).unwrap();
        drop(file);
        let (_, again) = open(&clock, &journal);
        assert_eq!(again.charges(charge.made_at).await.unwrap(), std::slice::from_ref(&charge));
        assert_eq!(std::fs::read(&journal).unwrap(), whole, "the half line is gone");
    }
    assert_eq!(first.charge(&charge_ask("one", &method)).await.unwrap(), charge);
}

#[tokio::test]
async fn what_no_sandbox_wrote_is_told_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    std::fs::write(&journal, "Dear diary,\n").unwrap();
    let clock = Clock::monday();
    let (sandbox, gateway) = open(&clock, &journal);
    let trouble = gateway.charges(clock.now()).await.unwrap_err();
    assert!(matches!(&trouble, Trouble::Unreachable(why) if why.contains("journal")), "{trouble}");
    assert_eq!((sandbox.due_events(), sandbox.next_at()), (Vec::new(), None));
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), "Dear diary,\n");
    let (_, nowhere) = open(&clock, Path::new("/dev/null/sandbox.jsonl"));
    assert!(matches!(nowhere.charges(clock.now()).await, Err(Trouble::Unreachable(_))));
}

#[tokio::test]
async fn a_journal_that_begins_anew_is_another_world() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let clock = Clock::monday();
    let (one, first) = open(&clock, &journal);
    let method = left(&one, TestMethod::CardSettles).await;
    first.charge(&charge_ask("one", &method)).await.unwrap();
    std::fs::remove_file(&journal).unwrap();
    assert_eq!(first.charges(clock.now()).await.unwrap(), []);
    assert!(matches!(first.method(&method.id).await, Err(Trouble::Refused(_))));
}
