//! The billing portal of a managed service provider: deeds, jobs and pages over `store`.

pub mod app;
pub mod clock;
pub mod config;
pub mod error;
pub mod import;
pub mod keys;
pub mod paper;
pub mod random;
pub mod wake;
pub mod web;
