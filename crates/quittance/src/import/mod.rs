//! Reading a provider's export: files to typed rows, rows to changes, all or nothing.

pub mod changes;
pub mod check;
mod countries;
pub mod export;
mod keys;
mod lines;
pub mod listed;
pub mod others;
pub mod problem;
pub mod progress;
pub mod provider;
mod quotes;
pub mod resolve;
pub mod rows;
pub mod source;
mod table;
pub mod told;
pub mod work;

pub use export::Export;
pub use problem::{Problem, Problems};
pub use progress::Progress;
pub use provider::ProviderIn;
pub use source::Source;
