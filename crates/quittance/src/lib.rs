//! The billing portal of a managed service provider: deeds, jobs and pages over `store`.

pub mod actions;
pub mod app;
pub mod cli;
pub mod clock;
pub mod code;
pub mod code_letter;
pub mod config;
pub mod demo;
pub mod ending;
pub mod error;
pub mod help_texts;
pub mod import;
pub mod keys;
pub mod lease;
pub mod letter;
pub mod node;
pub mod paper;
pub mod plan;
pub mod post;
pub mod random;
pub mod renderer;
pub mod wake;
pub mod web;
pub mod wording;
pub mod workers;
