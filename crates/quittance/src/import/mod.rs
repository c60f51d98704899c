//! Reading a provider's export: files to typed rows, rows to changes, all or nothing.

pub mod changes;
pub mod check;
pub mod problem;
pub mod provider;
pub mod resolve;
pub mod rows;
mod table;

pub use problem::Problem;
pub use provider::ProviderIn;
pub use rows::Export;
