//! The rules: laws that hold for all input, and the examples of the import contract.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod examples;
mod laws;
