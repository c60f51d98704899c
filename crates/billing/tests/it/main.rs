//! The rules: laws that hold for all input, and the examples of the import contract.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod differences;
mod examples;
mod facts;
mod laws;
mod schedules;
