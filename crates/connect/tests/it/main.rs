//! Mail through a real SMTP server, judged by an independent MIME parser.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod mime;
mod outcomes;
mod relay;
mod security;
mod world;
