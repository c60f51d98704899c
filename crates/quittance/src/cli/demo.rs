//! `quittance demo`: everything at once, with an invented provider and a built-in mailbox.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use connect::mail::{Mailbox, Mailer};

use super::init::{Purpose, make};
use super::serve::{bind, local_address, serve_alone};
use super::{Place, open, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Lateness, MailConfig, MicrosoftConfig, PaymentsConfig, Processor, SignInConfig};
use crate::demo::{make_history, open_office, provider};
use crate::error::{Error, Result};
use crate::place::{Folder, JOURNAL};

/// Show everything with an invented provider and a year of its invoices.
#[derive(Args)]
pub struct Demo {
    /// The address.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: String,
    /// Show the second door as well, with a stand-in for Microsoft at this address of the loopback (client `portal`,
    /// secret `secret`).
    #[arg(long, value_name = "AUTHORITY")]
    microsoft: Option<String>,
}

impl Demo {
    /// Makes the provider in a folder of its own, bills its year, and serves it until stopped; then it is gone.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let listener = bind(&self.listen)?;
        let address = local_address(&listener)?;
        let folder = Folder::new(&format!("demo-{}", address.port()))?;
        let place = Place::new(folder.path().join("data"), place.database_url.clone());
        let today = Clock::default().real().to_zoned(jiff::tz::TimeZone::UTC).date();
        make(&place, &provider(today)?, Purpose::Sandbox).await?;
        let base_url = format!("http://127.0.0.1:{}", address.port());
        let mail = MailConfig { lateness: Lateness::Goes, per_minute: 0, ..MailConfig::default() };
        let sign_in =
            SignInConfig { microsoft: self.microsoft.map(|authority| stand_in(folder.path(), authority)).transpose()? };
        // Where commands beside it look for it, too.
        let journal = Some(place.data.join(JOURNAL));
        let payments = PaymentsConfig { processor: Processor::Sandbox, journal, ..PaymentsConfig::default() };
        let config = Config { base_url: base_url.clone(), mail, sign_in, payments, ..Config::default() };
        let app = open::open_with(&place, config, Some(Mailer::Mailbox(Mailbox::new()))).await?;
        say("Billing a year of an invented provider …");
        let invoices = make_history(&app, app.today()).await?;
        say(&format!("{invoices} invoices issued; their documents are rendered behind, newest first."));
        open_office(&app).await?;
        introduce(&app, &base_url).await?;
        serve_alone(app, listener).await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn stand_in(folder: &Path, authority: String) -> Result<MicrosoftConfig> {
    let client_secret_file = folder.join("microsoft-secret");
    std::fs::write(&client_secret_file, "secret").map_err(Error::refused)?;
    Ok(MicrosoftConfig { authority, client_id: "portal".to_owned(), client_secret_file })
}

async fn introduce(app: &App, base_url: &str) -> Result<()> {
    let (accounts, contacts) = app.store.read(|tx| Ok::<_, store::Error>((tx.accounts()?, tx.contacts()?))).await?;
    say(&format!("\nOpen {base_url} and sign in as one of these; the code is in {base_url}/demo/mailbox"));
    for account in accounts.iter().take(4) {
        for contact in contacts.iter().filter(|contact| contact.account_id == account.account_id) {
            say(&format!("  {:<44} {:<8} {} ({})", contact.email, contact.role, contact.name, account.name));
        }
    }
    say(&format!(
        "  … and everybody else in {base_url}/demo/people.json\nStaff come into the office by a click, below the mails in {base_url}/demo/mailbox\n\nStop with Ctrl-C."
    ));
    Ok(())
}
