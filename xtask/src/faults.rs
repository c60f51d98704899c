//! `cargo xtask faults [NAME…]`: the full doses of the tests that break something on purpose, on both databases.

use crate::Result;
use crate::test;

/// The names, the tests that each stands for, and what is broken. Small doses of all of them are part of `cargo xtask test`.
const FAULTS: [(&str, &[&str], &str); 9] = [
    ("kill", &["kill::"], "kill -9 at random moments of import, runs, rendering and delivery"),
    (
        "calls",
        &["fault_calls"],
        "the n-th call of the database, the renderer and the mail server fails, or the program dies in it",
    ),
    ("runners", &["runners_make_no_duplicate", "runs_are_caught_up"], "two and eight runners of the same run at once"),
    (
        "mail",
        &["outcomes::", "mail::", "mail_down::"],
        "421, 451, 550, one byte a second, a line that drops after DATA",
    ),
    ("disk", &["fault_disk", "fault_sync"], "a full disk that is freed again, a sync that fails"),
    (
        "postgres",
        &["fault_postgres", "fault_one_of_two"],
        "PostgreSQL terminated, restarted, read-only, another's; a process killed beside another",
    ),
    (
        "load",
        &["fault_slow_connections", "fault_a_body", "fault_little_memory"],
        "1,000 slow connections, a body of 1 GB, 256 MB of memory",
    ),
    (
        "days",
        &["days::", "schedules::"],
        "clocks that jump, nights that change them, leap days, twenty years of calendars in twelve zones",
    ),
    ("backup", &["backup::"], "flipped, cut and killed backups, restores and moves"),
];

/// Runs the named faults, or all.
pub fn run(names: &[String]) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|name| FAULTS.iter().all(|(known, ..)| known != name)) {
        let known = FAULTS.map(|(name, _, what)| format!("  {name:<10} {what}")).join("\n");
        return Err(format!("{unknown} is no fault. There are:\n{known}"));
    }
    let asked = FAULTS.iter().filter(|(name, ..)| names.is_empty() || names.iter().any(|asked| asked == name));
    let filters: Vec<String> = asked.flat_map(|(_, filters, _)| filters.iter().map(ToString::to_string)).collect();
    test::run(&test::Ask::of_faults(filters))
}
