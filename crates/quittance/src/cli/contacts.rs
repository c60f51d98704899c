//! `quittance contacts`: who may sign in for an account, and the end of it.

use std::process::ExitCode;

use clap::Subcommand;

use super::{Place, say};
use crate::error::{Error, Result};

/// The people of an account.
#[derive(Subcommand)]
pub enum Contacts {
    /// List an account's people.
    List { account: String },
    /// End a person's access to an account and the mail of its invoices, at once.
    Remove { account: String, email: String },
}

impl Contacts {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let (Self::List { account: code } | Self::Remove { account: code, .. }) = &self;
        let accounts = app.store.read(|tx| tx.accounts()).await?;
        let Some(account) = accounts.iter().find(|account| account.code == *code) else {
            return Err(Error::Refused(format!("there is no account {code}")));
        };
        let id = account.account_id;
        let contacts = app.store.read(move |tx| tx.contacts_of(id)).await?;
        match &self {
            Self::List { .. } => {
                for contact in &contacts {
                    say(&format!(
                        "{:<44} {:<8} recurring {:<3} bi-weekly {:<3} {}",
                        contact.email, contact.role, contact.recurring_mail, contact.biweekly_mail, contact.name
                    ));
                }
            }
            Self::Remove { email, .. } => {
                let found = contacts.iter().find(|contact| contact.email.eq_ignore_ascii_case(email));
                let Some(person) = found.map(|contact| contact.person_id) else {
                    return Err(Error::Refused(format!("{email} is no contact of {code}")));
                };
                app.store.write(move |tx| tx.delete_contact(id, person)).await?;
                say(&format!("{email} is no contact of {code} any more."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
