//! All the SQL of Quittance: one text for SQLite and PostgreSQL, synchronous closures, one `Store`.
//!
//! A noun is one file: its records ([`record!`]), its statements ([`statements!`]) and `impl Tx` with its functions.

pub mod check;
pub mod copy;
mod engine;
mod error;
pub mod fault;
mod field;
mod health;
mod job;
mod migrate;
mod registered;
mod row;
mod statement;
mod store;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod timing;
mod tx;

pub use error::{Error, Rule};
pub use field::{Field, Kind, ToValue, Value};
pub use health::Health;
pub use migrate::{MIGRATIONS, Migration};
pub use registered::check_statements;
pub use row::{Column, Nothing, One, Record, Row, Sink, Stored};
pub use statement::Statement;
pub use store::{Location, Options, Store, Times};
pub use table::Table;
pub use timing::{BOUNDS_MS, Timed, Timing};
pub use tx::Tx;

// The nouns.
pub mod account;
pub mod account_statement;
pub mod ageing;
pub mod agreement;
pub mod audit;
pub mod autopay;
pub mod books;
pub mod bounce;
pub mod certificate;
pub mod credit;
pub mod digest;
pub mod document;
pub mod door;
pub mod instance;
pub mod invoice;
pub mod item;
pub mod mail;
pub mod method;
pub mod microsoft;
pub mod node;
pub mod notice;
pub mod passkey;
pub mod payment;
pub mod portal;
pub mod provider;
pub mod question;
pub mod receipt;
pub mod recipient;
pub mod reckoning;
pub mod refund;
pub mod request;
pub mod run;
pub mod scheduled;
pub mod scope;
pub mod session;
pub mod sign_in;
pub mod staff;
pub mod verify;
pub mod viewing;
mod words;
pub mod work;

pub use words::*;
