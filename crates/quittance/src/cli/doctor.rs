//! `quittance doctor`: what keeps somebody from signing in.

use std::process::ExitCode;

use clap::Args;

use super::{Place, say};
use crate::actions::begin_session::live_at;
use crate::actions::diagnose::diagnose;
use crate::error::{Error, Result};

/// See what keeps somebody from signing in.
#[derive(Args)]
pub struct Doctor {
    /// Their address, or the trace number that they read out.
    asked: String,
}

impl Doctor {
    /// Prints what was found.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let found = diagnose(&app, &self.asked, live_at(app.clock.real())).await;
        let found = found.map_err(|error| match error {
            Error::NotFound => {
                Error::Refused(format!("no code of the last two days has the trace number {}", self.asked))
            }
            other => other,
        })?;
        say(&found.email);
        for finding in &found.findings {
            say(&format!("  {finding}"));
        }
        for (at, trace, became) in &found.codes {
            say(&format!("  code {trace} asked for {at:.0}: {became}"));
        }
        if found.codes.is_empty() {
            say("  No code was asked for in the last two days.");
        }
        Ok(ExitCode::SUCCESS)
    }
}
