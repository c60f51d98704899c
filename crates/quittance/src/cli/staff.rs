//! `quittance staff`: who works for the provider, and what they may do.

use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use connect::mail::Address;

use super::{Place, say};
use crate::actions::change_staff::{change_rights, remove_staff};
use crate::actions::invite_staff::{InviteStaff, invite_staff, renew_staff};
use crate::error::{Error, Result};
use crate::random::Token;

/// The provider's staff.
#[derive(Subcommand)]
pub enum Staff {
    /// List who they are.
    List,
    /// Invite somebody, or hand out a new link: it works once, within two days.
    Invite {
        #[arg(value_parser = address)]
        email: Address,
        /// As the audit log and customers read it.
        #[arg(long)]
        name: String,
        /// read, billing or admin; each includes those before it.
        #[arg(long, value_parser = rights)]
        rights: Rights,
    },
    /// Give somebody other rights.
    Rights {
        email: String,
        #[arg(value_parser = rights)]
        rights: Rights,
    },
    /// Hand out a new link to somebody who has lost their passkey; what they came in by ends at once.
    Renew { email: String },
    /// End somebody's access, at once.
    Remove { email: String },
}

fn rights(text: &str) -> Result<Rights, String> {
    text.parse().map_err(|expected: billing::words::UnknownWord| expected.to_string())
}

fn address(text: &str) -> Result<Address, String> {
    Address::new("", text).map_err(|malformed| malformed.to_string())
}

impl Staff {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        if matches!(self, Self::List) {
            let all = app.store.read(|tx| tx.all_staff()).await?;
            for staff in &all {
                let waits = if staff.joined_at.is_some() { "" } else { "  (has not come in yet)" };
                say(&format!("{:<44} {:<8} {}{waits}", staff.email, staff.rights, staff.name));
            }
            if all.is_empty() {
                say("There is nobody. Begin with: quittance staff invite EMAIL --name NAME --rights admin");
            }
            return Ok(ExitCode::SUCCESS);
        }
        let is_first = !app.store.read(|tx| tx.all_staff()).await?.iter().any(|staff| staff.rights == Rights::Admin);
        if place.acting.is_none() && !is_first {
            return Err(Error::refused("say which admin decides this: quittance --as EMAIL staff …"));
        }
        let by = place.actor(&app, Rights::Admin).await?;
        match self {
            Self::List => {}
            Self::Invite { email, name, rights } => {
                let token = invite_staff(&app, InviteStaff { email: email.clone(), name, rights }, &by).await?;
                hand_out(&app.config.base_url, &token, email.email());
            }
            Self::Renew { email } => {
                let token = renew_staff(&app, &email, &by).await?;
                hand_out(&app.config.base_url, &token, &email);
            }
            Self::Rights { email, rights } => {
                change_rights(&app, &email, rights, &by).await?;
                say(&format!("{email} has the rights {rights} now."));
            }
            Self::Remove { email } => {
                remove_staff(&app, &email, &by).await?;
                say(&format!("{email} is no member of staff any more."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn hand_out(base_url: &str, token: &Token, email: &str) {
    say(&format!("{base_url}/office/join/{}", token.reveal()));
    say(&format!("Give this link to {email} alone. It works once, until two days from now."));
}
