//! All that speaks HTTP: the portal's pages, how they look, and what guards them.

pub mod agent;
pub mod answer;
pub mod assets;
pub mod coming_in;
pub mod cookie;
pub mod csrf;
pub mod dress;
pub mod form;
pub mod frame;
pub mod host;
pub mod look;
pub mod metrics;
pub mod moment;
pub mod network;
pub mod next;
pub mod office;
pub mod pages;
mod patience;
pub mod policy;
pub mod portal;
pub mod proved;
pub mod record;
mod router;
pub mod said;
mod server;
pub mod session;
mod upload;

pub use router::router;
pub use server::{Conversations, FAREWELL, accept_until, serve};
