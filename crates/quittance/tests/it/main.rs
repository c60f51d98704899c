//! The product through its front door, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

#[macro_use]
mod world;

mod browser;
mod cast;
mod doors;
mod forms;
mod headers;
mod issued;
mod limits;
mod mail_down;
mod portal_invoice;
mod portal_list;
mod races;
mod server;
mod sessions;
mod sign_in;
