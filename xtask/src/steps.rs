//! The steps of a test run: each is shown, timed and counted.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// Steps done so far.
#[derive(Default)]
pub struct Steps {
    times: Vec<(String, Duration, bool)>,
    passed: usize,
    failed: usize,
}

impl Steps {
    /// Carries out a step that counts as one: it passes where `work` says true.
    pub fn step(&mut self, name: &str, work: impl FnOnce() -> Result<bool>) {
        self.counted(name, || Ok(if work()? { (1, 0) } else { (0, 1) }));
    }

    /// Carries out a step that counts its own tests: passed and failed. One that can't be done has failed.
    pub fn counted(&mut self, name: &str, work: impl FnOnce() -> Result<(usize, usize)>) {
        println!("\n==> {name}");
        let started = Instant::now();
        let (passed, failed) = work().unwrap_or_else(|reason| {
            println!("{reason}");
            (0, 1)
        });
        self.passed += passed;
        self.failed += failed;
        self.times.push((name.to_owned(), started.elapsed(), failed == 0));
    }

    /// Prints how long each step took, and last the sum of all; true where nothing failed.
    pub fn end(self) -> bool {
        println!();
        for (name, time, passed) in &self.times {
            let state = if *passed { "passed" } else { "FAILED" };
            println!("{state}  {:>7.1} s  {name}", time.as_secs_f64());
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0
    }
}

/// Runs a command and says whether it succeeded.
pub fn succeeds(command: &mut Command) -> Result<bool> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name} can't be started: {error}"))?;
    Ok(status.success())
}

/// Runs `cargo test`, shows what it prints, and adds up what each test program counted.
pub fn counts_tests(command: &mut Command) -> Result<(usize, usize)> {
    let mut process =
        command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cargo can't be started: {error}"))?;
    let (mut passed, mut failed) = (0, 0);
    if let Some(output) = process.stdout.take() {
        for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
            println!("{line}");
            passed += count(&line, "passed");
            failed += count(&line, "failed");
        }
    }
    let status = process.wait().map_err(|error| error.to_string())?;
    // What doesn't compile counts nothing, and yet it failed.
    let nothing_told = !status.success() && failed == 0;
    Ok((passed, failed + usize::from(nothing_told)))
}

/// The number before `word` in "test result: ok. 12 passed; 0 failed; …"; 0 in other lines.
fn count(line: &str, word: &str) -> usize {
    let Some(result) = line.strip_prefix("test result: ") else { return 0 };
    let words: Vec<&str> = result.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs.filter(|(_, next)| **next == word).find_map(|(number, _)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn results_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!((count(line, "passed"), count(line, "failed")), (12, 3));
        assert_eq!(count("test it::passed ... ok", "passed"), 0);
    }
}
