//! `quittance audit`: who did what.

use std::process::ExitCode;

use clap::Args;
use store::audit::{AuditFilter, AuditKind, AuditRow};

use super::{Place, say};
use crate::audit::accounts_of;
use crate::error::{Error, Result};

/// List who did what, the newest first.
#[derive(Args)]
pub struct Audit {
    /// Only what is about this account.
    #[arg(long)]
    account: Option<String>,
    /// Only what this person did: an address, console or program.
    #[arg(long)]
    person: Option<String>,
    /// Only deeds of this kind, such as contact_removed.
    #[arg(long, value_parser = kind)]
    kind: Option<AuditKind>,
    /// Only what came before this number of the log.
    #[arg(long, default_value_t = i64::MAX)]
    before: i64,
    /// How many.
    #[arg(long, default_value_t = 50)]
    last: u32,
}

fn kind(text: &str) -> Result<AuditKind, String> {
    text.parse().map_err(|()| "no deed is of this kind; `quittance audit` shows each with its kind".to_owned())
}

impl Audit {
    /// Prints them, each with its number, and the hash at the end of the chain.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let actor = self.person.unwrap_or_default().trim().to_lowercase();
        let (code, kind, before, last) = (self.account, self.kind, self.before, i64::from(self.last));
        let read = app.store.read(move |tx| {
            let account = match &code {
                Some(code) => Some(tx.account_by_code(code)?.ok_or_else(|| Error::no_account(code))?.account_id),
                None => None,
            };
            let rows = tx.audit_before(before, &AuditFilter { account, actor: actor.clone(), kind }, last)?;
            Ok::<_, Error>((accounts_of(tx, &rows)?, rows, tx.audit_head()?))
        });
        let (accounts, rows, head) = read.await?;
        for row in &rows {
            let about = accounts.iter().find(|account| Some(account.account_id) == row.account_id);
            say(&line(row, about.map_or("-", |account| &account.code)));
        }
        if rows.is_empty() {
            say("Nothing was done.");
        }
        if let Some(head) = head {
            let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            say(&format!("The log ends with {} and {hash}; kept elsewhere, they prove it later.", head.serial));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(row: &AuditRow, account: &str) -> String {
    let acting = row.acting_as.as_ref().map_or(String::new(), |name| format!(" as {name}"));
    let side =
        |word: &str, json: &Option<String>| json.as_ref().map_or(String::new(), |json| format!("  {word} {json}"));
    format!(
        "{:>6} {:.0} {:<17} {account:<10} {}{acting} from {}: {}{}{}",
        row.serial,
        row.made_at,
        row.kind.as_str(),
        row.actor,
        row.network,
        row.subject,
        side("before", &row.before),
        side("after", &row.after)
    )
}
