//! `quittance contacts`: who may sign in for an account, and the end of it.

use std::process::ExitCode;

use clap::Subcommand;
use store::digest::{PersonDigestRow, Rhythm};

use super::{Place, say};
use crate::app::App;
use crate::error::{Error, Result};

/// The people of an account.
#[derive(Subcommand)]
pub enum Contacts {
    /// List an account's people.
    List { account: String },
    /// Mail a person's invoices of a day or week, of all their accounts, together; or each by itself.
    Digest {
        email: String,
        /// each, daily (at 16:00) or weekly (on Friday at 16:00).
        #[arg(value_parser = rhythm)]
        rhythm: Wish,
    },
    /// End a person's access to an account and the mail of its invoices, at once.
    Remove { account: String, email: String },
}

/// How somebody wants their invoices mailed.
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    Each,
    Digest(Rhythm),
}

fn rhythm(text: &str) -> Result<Wish, String> {
    match (text, text.parse()) {
        ("each", _) => Ok(Wish::Each),
        (_, Ok(rhythm)) => Ok(Wish::Digest(rhythm)),
        _ => Err("expected one of: each, daily, weekly".to_owned()),
    }
}

impl Contacts {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let (Self::List { account: code } | Self::Remove { account: code, .. }) = &self else {
            return self.digest(&app).await;
        };
        let accounts = app.store.read(|tx| tx.accounts()).await?;
        let Some(account) = accounts.iter().find(|account| account.code == *code) else {
            return Err(Error::Refused(format!("there is no account {code}")));
        };
        let id = account.account_id;
        let contacts = app.store.read(move |tx| tx.contacts_of(id)).await?;
        match &self {
            Self::List { .. } => {
                let people: Vec<_> = contacts.iter().map(|contact| contact.person_id).collect();
                let digests = app.store.read(move |tx| tx.digest_rhythms(&people)).await?;
                for contact in &contacts {
                    let digest = digests.iter().find(|row| row.person_id == contact.person_id);
                    say(&format!(
                        "{:<44} {:<8} recurring {:<3} bi-weekly {:<3} {}{}",
                        contact.email,
                        contact.role,
                        contact.recurring_mail,
                        contact.biweekly_mail,
                        contact.name,
                        digest.map_or(String::new(), |row| format!(" ({} digest)", row.rhythm.as_str()))
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
            Self::Digest { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn digest(&self, app: &App) -> Result<ExitCode> {
        let Self::Digest { email, rhythm } = self else { return Ok(ExitCode::SUCCESS) };
        let key = email.trim().to_lowercase();
        let Some(person) = app.store.read(move |tx| tx.person_by_email(&key)).await? else {
            return Err(Error::Refused(format!("{email} is nobody's contact")));
        };
        let (person_id, wish) = (person.person_id, *rhythm);
        app.store
            .write(move |tx| match wish {
                Wish::Each => tx.end_digest(person_id),
                Wish::Digest(rhythm) => tx.replace(&[PersonDigestRow { person_id, rhythm }]),
            })
            .await?;
        say(&match wish {
            Wish::Each => format!("{email} gets a mail for each invoice."),
            Wish::Digest(rhythm) => {
                format!("{email} gets one {} mail with the invoices of all accounts.", rhythm.as_str())
            }
        });
        Ok(ExitCode::SUCCESS)
    }
}
