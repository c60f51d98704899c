//! All the SQL of Quittance: one text for SQLite and PostgreSQL, synchronous closures, one `Store`.
//!
//! A noun is one file: its records ([`record!`]), its statements ([`statements!`]) and `impl Tx` with its functions.

mod engine;
mod error;
mod field;
mod job;
mod row;
mod statement;
mod store;
mod table;
mod tx;

pub use error::{Error, Rule};
pub use field::{Field, Kind, ToValue, Value};
pub use row::{Column, Nothing, One, Record, Row, Sink, Stored};
pub use statement::Statement;
pub use store::{Location, Options, Store};
pub use table::Table;
pub use tx::Tx;
