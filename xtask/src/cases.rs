//! `cargo xtask cases PATH…`: what other systems say, put to `billing`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cases::{Case, Verdict};

use crate::Result;

/// What became of the cases of one op.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    held: usize,
    failed: usize,
    other: usize,
    unsupported: usize,
}

/// The counts of all ops, and what counts in the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    ops: BTreeMap<(String, String), Count>,
    passed: usize,
    failed: usize,
}

/// Judges the cases of files, or of all files in folders; true where none failed.
pub fn run(paths: &[String]) -> Result<bool> {
    if paths.is_empty() {
        return Err("usage: cargo xtask cases PATH… (files of cases, or folders of them)".to_owned());
    }
    let mut tally = Tally::default();
    for file in files(paths)? {
        let shown = file.display();
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{shown} can't be read: {error}"))?;
        for case in cases::cases(&text).map_err(|reason| format!("{shown}: {reason}"))? {
            tally.count(&case);
        }
    }
    println!("{:<18} {:<30} {:>6} {:>6} {:>6} {:>11}", "family", "op", "held", "failed", "other", "unsupported");
    for ((family, op), count) in &tally.ops {
        let Count { held, failed, other, unsupported } = count;
        println!("{family:<18} {op:<30} {held:>6} {failed:>6} {other:>6} {unsupported:>11}");
    }
    println!("other: another convention than ours, or what no provider needs (docs/adr)");
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// The files, and the `.json` files of folders, in order.
fn files(paths: &[String]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths.iter().map(Path::new) {
        if !path.is_dir() {
            files.push(path.to_owned());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        let is_json = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "json");
        let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_json).collect();
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

impl Tally {
    /// Judges a case and shows it where it doesn't hold.
    fn count(&mut self, case: &Case) {
        let verdict = cases::judge(case);
        let count = self.ops.entry((case.family.clone(), case.op.clone())).or_default();
        match &verdict {
            Verdict::Held => count.held += 1,
            Verdict::Failed(_) => count.failed += 1,
            Verdict::Other => count.other += 1,
            Verdict::Unsupported(_) => count.unsupported += 1,
        }
        let got = match verdict {
            Verdict::Held => return self.passed += 1,
            Verdict::Other => return,
            Verdict::Failed(got) => got.to_string(),
            Verdict::Unsupported(reason) => format!("unsupported: {reason}"),
        };
        self.failed += usize::from(case.recommended);
        println!("{} {}{}", case.id, case.op, if case.recommended { "" } else { " (not recommended)" });
        println!("  given    {}", case.given);
        for event in &case.when {
            println!("  when     {event}");
        }
        println!("  expected {}\n  got      {got}", case.expect);
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Tally};

    const FIXTURE: &str = r#"{"family": "calendar", "cases": [
        {"id": "1", "op": "add_months", "recommended": true,
         "given": {"date": "2026-01-31", "months": 1}, "expect": {"date": "2026-02-28"}},
        {"id": "2", "op": "add_months", "recommended": true,
         "given": {"date": "2026-01-31", "months": 1}, "expect": {"date": "2026-03-03"}},
        {"id": "3", "op": "add_months", "recommended": false,
         "given": {"date": "2026-01-31", "months": 1}, "expect": {"date": "2026-03-03"}},
        {"id": "4", "op": "add_months", "recommended": true, "given": {"date": "someday"}, "expect": {}},
        {"id": "5", "op": "moon_phase", "recommended": null, "given": {}, "expect": {}},
        {"id": "6", "op": "rrule", "recommended": true, "given": {}, "expect": {}}
    ]}"#;

    #[test]
    fn each_verdict_is_counted_once() {
        let mut tally = Tally::default();
        for case in cases::cases(FIXTURE).unwrap() {
            tally.count(&case);
        }
        assert_eq!((tally.passed, tally.failed), (1, 2));
        let count = |op: &str| tally.ops.get(&("calendar".to_owned(), op.to_owned())).unwrap();
        assert_eq!(count("add_months"), &Count { held: 1, failed: 1, other: 1, unsupported: 1 });
        assert_eq!(count("moon_phase"), &Count { unsupported: 1, ..Count::default() });
        assert_eq!(count("rrule"), &Count { other: 1, ..Count::default() });
    }

    #[test]
    fn what_is_no_file_of_cases_is_refused_with_its_name() {
        assert!(super::run(&[]).is_err());
        let reason = super::run(&["no-such-file.json".to_owned()]).unwrap_err();
        assert!(reason.contains("no-such-file.json"), "{reason}");
    }
}
