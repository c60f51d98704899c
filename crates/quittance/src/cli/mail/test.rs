//! `quittance mail test`: the way of a letter, step by step, with a sentence about what to do where it ends.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use connect::mail::{Address, Dns};

use super::super::{Place, open, say};
use crate::actions::test_mail::{Step, Verdict, test_mail};
use crate::error::Result;

/// See step by step whether mail works.
#[derive(Args)]
pub struct Test {
    /// Whom the letter goes to, in place of staff.
    #[arg(long, value_parser = super::address)]
    to: Option<Address>,
    /// The DNS server to ask, in place of the machine's.
    #[arg(long, hide = true, env = "QUITTANCE_DNS")]
    dns: Option<SocketAddr>,
}

impl Test {
    /// Prints each step as it is taken.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = open::open(place).await?;
        let dns = self.dns.map(Dns::at).or_else(Dns::of_machine);
        let settings = open::smtp_settings(&app.config)?;
        let steps = test_mail(&app, (settings, dns), self.to, show).await?;
        let failed = steps.iter().any(|step| step.verdict == Verdict::Bad);
        say(if failed { "Mail does not work yet." } else { "Mail works." });
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn show(step: &Step) {
    let word = match step.verdict {
        Verdict::Good => "ok  ",
        Verdict::Doubt => "hmm ",
        Verdict::Bad => "BAD ",
    };
    say(&format!("{word} {:<11} {}", step.what, step.found));
    if !step.do_next.is_empty() {
        say(&format!("                 -> {}", step.do_next));
    }
}
