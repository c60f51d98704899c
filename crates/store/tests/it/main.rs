//! The store on both databases, through its front door.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod bulk;
mod errors;
mod groups;
mod instance;
mod isolation;
mod limits;
mod migrations;
mod schema;
mod scripts;
mod statements;
mod values;
