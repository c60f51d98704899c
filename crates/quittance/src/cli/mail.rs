//! `quittance mail`: send again, read what came back, and see whether mail works.

mod test;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use connect::mail::{Address, Signer, new_dkim_key};
use store::audit::AuditKind;

use super::{Place, say, warn};
use crate::actions::read_bounce::{Bounce, read_bounce};
use crate::actions::resend_mail::{Resent, To, resend_mail};
use crate::app::App;
use crate::audit::Actor;
use crate::bounce_folder::{messages, read_path};
use crate::error::{Error, Result};
use crate::place::KEYS;
use crate::random;

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
    /// Make a key to sign mail with (DKIM), and say what DNS must show and what to set.
    DkimKey {
        /// The name of the key in DNS.
        #[arg(long, default_value = "quittance")]
        selector: String,
    },
    /// See step by step whether mail works: DNS, connection, login, SPF, DKIM, DMARC, and a letter.
    Test(test::Test),
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
        if let Self::Test(ask) = self {
            return ask.run(place).await;
        }
        let app = super::open::open(place).await?;
        match self {
            Self::Test(_) => {}
            Self::DkimKey { selector } => dkim_key(&app, place, &selector)?,
            Self::Resend { number, to } => resend(&app, number, to, &place.actor(&app, Rights::Billing).await?).await?,
            Self::Bounces { path } if path.as_os_str() == "-" => return pipe(&app).await,
            Self::Bounces { path } => report(&read_path(&app, &path).await?),
            Self::Addresses { clear: None } => addresses(&app).await?,
            Self::Addresses { clear: Some(email) } => {
                clear(&app, &email, &place.actor(&app, Rights::Billing).await?).await?
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn resend(app: &App, number: String, to: Option<Address>, by: &Actor) -> Result<()> {
    let asked = number.clone();
    let found = app.store.read(move |tx| tx.number(&asked)).await?;
    let Some(found) = found else { return Err(Error::Refused(format!("there is no invoice {number}"))) };
    let to = to.map_or(To::Contacts, To::Address);
    match resend_mail(app, (found.account_id, found.document_id), to, by).await? {
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

fn dkim_key(app: &App, place: &Place, selector: &str) -> Result<()> {
    let provider = app.provider();
    let from = Some(app.config.mail.from.as_str()).filter(|from| !from.is_empty()).unwrap_or(&provider.email);
    let own = app.config.mail.dkim_domain.as_str();
    let domain = if own.is_empty() { from.rsplit_once('@').map_or("", |(_, domain)| domain) } else { own };
    let pem = new_dkim_key(random::fill).map_err(Error::refused)?;
    let signer = Signer::new(domain, selector, &pem).map_err(Error::refused)?;
    let path =
        std::path::absolute(place.data.join(KEYS).join(format!("dkim-{selector}.pem"))).map_err(Error::internal)?;
    write_secret(&path, pem.reveal())?;
    say(&format!("The key is in {}.\n", path.display()));
    say("1. Let DNS show this TXT record:\n");
    say(&format!("   {}. IN TXT {}\n", signer.record_name(), quoted(&signer.record())));
    say("2. Set in [mail] of quittance.toml:\n");
    say(&format!(
        "   dkim_selector = {selector:?}\n   dkim_domain = {domain:?}\n   dkim_key_file = {:?}\n",
        path.display().to_string()
    ));
    say("3. Look whether it works: quittance mail test");
    Ok(())
}

/// A text as a zone file has it: strings of at most 255 bytes.
fn quoted(text: &str) -> String {
    let chunks: Vec<String> =
        text.as_bytes().chunks(250).map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk))).collect();
    if chunks.len() == 1 { chunks.concat() } else { format!("( {} )", chunks.join(" ")) }
}

/// A file for the owner's eyes; one that exists is a key in use and is never replaced.
fn write_secret(path: &Path, text: &str) -> Result<()> {
    let refused = |error: std::io::Error| Error::Refused(format!("{} can't be made: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(refused)?.write_all(text.as_bytes()).map_err(refused)
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

async fn clear(app: &App, email: &str, by: &Actor) -> Result<()> {
    let key = email.trim().to_lowercase();
    let deed = by.did(AuditKind::AddressCleared, key.clone());
    let written = app.store.write(move |tx| {
        let cleared = tx.clear_mail_address(&key)?;
        if cleared > 0 {
            tx.append_audit(std::slice::from_ref(&deed))?;
        }
        Ok::<_, store::Error>(cleared)
    });
    let cleared = written.await?;
    if cleared == 0 {
        return Err(Error::Refused(format!("no mail has come back from {email}")));
    }
    say(&format!("{email} is sent to again."));
    Ok(())
}
