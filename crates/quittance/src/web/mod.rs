//! All that speaks HTTP: the portal's pages and how they look.

pub mod look;
pub mod pages;
