//! The world outside, one folder per kind of counterpart: mail, payments, and who somebody is.
//!
//! Nothing here knows the database, the pages or the documents; a trait or an enum stands only where tests and the
//! demo replace the world.

pub mod gateway;
pub mod identity;
pub mod mail;
mod secret;

pub use secret::Secret;
