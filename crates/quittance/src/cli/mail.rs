//! `quittance mail`: send again, read what came back, and see whether mail works.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use connect::mail::Address;

use super::{Place, say, warn};
use crate::actions::read_bounce::{Bounce, read_bounce};
use crate::actions::resend_mail::{Resent, To, resend_mail};
use crate::app::App;
use crate::bounce_folder::{messages, read_path};
use crate::error::{Error, Result};

/// EX_TEMPFAIL of sysexits.h, as mail servers understand it.
const TRY_AGAIN: u8 = 75;

/// Send again, read what came back, and see whether mail works.
#[derive(Subcommand)]
pub enum Mail {
    /// Mail an invoice again, to those who receive its stream now or to one address.
    Resend {
        /// Such as INV-20017.
        number: String,
        /// In place of the contacts.
        #[arg(long, value_parser = address)]
        to: Option<Address>,
    },
    /// Read reports about mail that came back: a maildir or folder, a file (one message or an mbox), or - for a pipe.
    Bounces { path: PathBuf },
    /// List the addresses that mail came back from.
    Addresses {
        /// Forget what is known of this address: mail is sent there again.
        #[arg(long)]
        clear: Option<String>,
    },
}

fn address(text: &str) -> Result<Address, String> {
    Address::new("", text).map_err(|malformed| malformed.to_string())
}

impl Mail {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::Resend { number, to } => resend(&app, number, to).await?,
            Self::Bounces { path } if path.as_os_str() == "-" => return pipe(&app).await,
            Self::Bounces { path } => report(&read_path(&app, &path).await?),
            Self::Addresses { clear: None } => addresses(&app).await?,
            Self::Addresses { clear: Some(email) } => clear(&app, &email).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn resend(app: &App, number: String, to: Option<Address>) -> Result<()> {
    let asked = number.clone();
    let found = app.store.read(move |tx| tx.number(&asked)).await?;
    let Some(found) = found else { return Err(Error::Refused(format!("there is no invoice {number}"))) };
    let to = to.map_or(To::Contacts, To::Address);
    match resend_mail(app, found.account_id, found.document_id, to).await? {
        Resent::OnItsWay(emails) => {
            say(&format!("{number} waits to be mailed to {} (quittance deliver; serve does it).", emails.join(", ")));
            Ok(())
        }
        Resent::NotYet => Err(Error::Refused(format!(
            "the document of {number} is not made yet; it is mailed when it is (quittance render)"
        ))),
        Resent::Nobody => Err(Error::Refused(format!(
            "nobody is set to receive {number} as \"to\"; name somebody: quittance mail resend {number} --to EMAIL"
        ))),
        Resent::ComesBack { email, why } => {
            Err(Error::Refused(format!("{why}. If it works again: quittance mail addresses --clear {email}")))
        }
        Resent::TooOften => Err(Error::TooMany(format!("{number} was mailed again too often today"))),
    }
}

/// A mail server that pipes a message to us would send a report about our failure: it is told to try again, or nothing.
async fn pipe(app: &App) -> Result<ExitCode> {
    let found = messages(std::io::stdin().lock()).map_err(Error::internal)?;
    let mut read = Vec::new();
    for message in &found {
        match read_bounce(app, message).await {
            Ok(bounce) => read.push(("the message".to_owned(), bounce)),
            Err(error) => {
                warn(&format!("quittance: {error}"));
                return Ok(ExitCode::from(TRY_AGAIN));
            }
        }
    }
    report(&read);
    Ok(ExitCode::SUCCESS)
}

fn report(read: &[(String, Bounce)]) {
    for (place, bounce) in read {
        say(&format!("{place}: {}", bounce.sentence()));
    }
    if read.is_empty() {
        say("There is no message.");
    }
}

async fn addresses(app: &App) -> Result<()> {
    let rows = app.store.read(|tx| tx.mail_addresses()).await?;
    for row in &rows {
        let since = row.first_at.to_zoned(app.zone()).date();
        say(&format!(
            "{:<44} {:<5} since {since}, {} time{}  {} {}",
            row.email,
            row.state.as_str(),
            row.bounces,
            if row.bounces == 1 { "" } else { "s" },
            row.status,
            row.reason
        ));
    }
    if rows.is_empty() {
        say("No mail has come back.");
    }
    Ok(())
}

async fn clear(app: &App, email: &str) -> Result<()> {
    let key = email.trim().to_lowercase();
    let cleared = app.store.write(move |tx| tx.clear_mail_address(&key)).await?;
    if cleared == 0 {
        return Err(Error::Refused(format!("no mail has come back from {email}")));
    }
    say(&format!("{email} is sent to again."));
    Ok(())
}
