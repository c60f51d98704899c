//! Mail through a real SMTP server, judged by an independent MIME parser; payments by processors and their like.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod gateway;
mod mime;
mod outcomes;
mod relay;
mod security;
mod world;
