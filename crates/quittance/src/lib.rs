//! The billing portal of a managed service provider: deeds, jobs and pages over `store`.

pub mod web;
