//! The rules: laws that hold for all input, and the examples of the import contract.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod autopay;
mod differences;
mod examples;
mod facts;
mod laws;
mod lives;
mod receivables;
mod rules;
mod schedules;
mod tax_laws;
mod work_laws;

use proptest::test_runner::Config;

/// How often a law is tried: 10,000 times where `QUITTANCE_SLOW` is 1.
fn dose() -> Config {
    let is_slow = std::env::var("QUITTANCE_SLOW").is_ok_and(|value| value == "1");
    Config { cases: if is_slow { 10_000 } else { 256 }, ..Config::default() }
}
