//! `quittance contacts`: who may sign in for an account, and the end of it.

use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use serde_json::json;
use store::AccountId;
use store::account::AccountFormats;
use store::audit::AuditKind;
use store::digest::{PersonDigestRow, Rhythm};
use store::microsoft::AccountTenantRow;

use super::{Place, say};
use crate::actions::remove_contact::{LastAdmin, remove_contact};
use crate::actions::set_formats::set_formats;
use crate::app::App;
use crate::audit::Actor;
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
    /// How an account's documents, mails and pages write dates, and for which sheet documents are laid out.
    Formats {
        account: String,
        /// us (December 1, 2026, US Letter), international (1 December 2026, A4) or usual (as where the provider is).
        #[arg(value_parser = formats)]
        formats: Chosen,
    },
    /// The Microsoft tenants that an account vouches for: their people need no code where Microsoft has verified their
    /// address.
    #[command(subcommand)]
    Tenant(Tenant),
    /// End a person's access to an account and the mail of its invoices, at once.
    Remove { account: String, email: String },
}

/// The Microsoft tenants of an account.
#[derive(Subcommand)]
pub enum Tenant {
    /// List them.
    List { account: String },
    /// Put one on the account's list.
    Add {
        account: String,
        /// The tenant's id, a GUID: Microsoft Entra shows it on its overview page.
        #[arg(value_parser = tenant_id)]
        tenant: String,
    },
    /// Take one off the list. Who came in by it before goes on doing so.
    Remove {
        account: String,
        #[arg(value_parser = tenant_id)]
        tenant: String,
    },
}

/// Lower case, as it is stored.
fn tenant_id(text: &str) -> Result<String, String> {
    match uuid::Uuid::try_parse(text) {
        Ok(id) => Ok(id.hyphenated().to_string()),
        Err(_) => Err("expected a GUID such as 72f988bf-86f1-41af-91ab-2d7cd011db47".to_owned()),
    }
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

/// What an account chose; nothing where it is as usual.
type Chosen = Option<AccountFormats>;

fn formats(text: &str) -> Result<Chosen, String> {
    match (text, text.parse()) {
        ("usual", _) => Ok(None),
        (_, Ok(formats)) => Ok(Some(formats)),
        _ => Err("expected one of: us, international, usual".to_owned()),
    }
}

impl Contacts {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::List { account } => list(&app, &account).await?,
            Self::Digest { email, rhythm } => {
                digest(&app, &email, rhythm, &place.actor(&app, Rights::Billing).await?).await?;
            }
            Self::Formats { account, formats } => {
                let by = place.actor(&app, Rights::Billing).await?;
                let id = account_id(&app, &account).await?;
                set_formats(&app, id, formats, &by).await?;
                let example = app.formats(formats).long_date(app.today());
                say(&format!("Documents, mails and pages to come of {account} write dates like {example}."));
            }
            Self::Tenant(tenant) => {
                let needed = if matches!(tenant, Tenant::List { .. }) { Rights::Read } else { Rights::Admin };
                let by = place.actor(&app, needed).await?;
                return tenant.run(&app, &by).await;
            }
            Self::Remove { account, email } => {
                let id = account_id(&app, &account).await?;
                let contacts = app.store.read(move |tx| tx.contacts_of(id)).await?;
                let found = contacts.iter().find(|contact| contact.email.eq_ignore_ascii_case(&email));
                let Some(person) = found.map(|contact| contact.person_id) else {
                    return Err(Error::Refused(format!("{email} is no contact of {account}")));
                };
                let by = place.actor(&app, Rights::Billing).await?;
                remove_contact(&app, id, (person, LastAdmin::Goes), &by).await?;
                say(&format!("{email} is no contact of {account} any more."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn list(app: &App, account: &str) -> Result<()> {
    let id = account_id(app, account).await?;
    let read = app.store.read(move |tx| {
        let contacts = tx.contacts_of(id)?;
        let people: Vec<_> = contacts.iter().map(|contact| contact.person_id).collect();
        let digests = tx.digest_rhythms(&people)?;
        Ok::<_, store::Error>((contacts, digests))
    });
    let (contacts, digests) = read.await?;
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
    Ok(())
}

async fn digest(app: &App, email: &str, wish: Wish, by: &Actor) -> Result<()> {
    let key = email.trim().to_lowercase();
    let Some(person) = app.store.read(move |tx| tx.person_by_email(&key)).await? else {
        return Err(Error::Refused(format!("{email} is nobody's contact")));
    };
    let person_id = person.person_id;
    let word = match wish {
        Wish::Each => "each",
        Wish::Digest(rhythm) => rhythm.as_str(),
    };
    let deed =
        by.did(AuditKind::SettingChanged, format!("digest of {}", person.email)).after(json!({ "rhythm": word }));
    let written = app.store.write(move |tx| {
        match wish {
            Wish::Each => tx.end_digest(person_id)?,
            Wish::Digest(rhythm) => tx.replace(&[PersonDigestRow { person_id, rhythm }])?,
        }
        tx.append_audit(std::slice::from_ref(&deed))
    });
    written.await?;
    say(&match wish {
        Wish::Each => format!("{email} gets a mail for each invoice."),
        Wish::Digest(rhythm) => {
            format!("{email} gets one {} mail with the invoices of all accounts.", rhythm.as_str())
        }
    });
    Ok(())
}

async fn account_id(app: &App, code: &str) -> Result<AccountId> {
    let wanted = code.to_owned();
    let found = app.store.read(move |tx| tx.account_by_code(&wanted)).await?;
    Ok(found.ok_or_else(|| Error::no_account(code))?.account_id)
}

impl Tenant {
    async fn run(self, app: &App, by: &Actor) -> Result<ExitCode> {
        let (Self::List { account } | Self::Add { account, .. } | Self::Remove { account, .. }) = &self;
        let (account_id, now) = (account_id(app, account).await?, app.clock.real());
        match self {
            Self::List { .. } => {
                for row in app.store.read(move |tx| tx.account_tenants(account_id)).await? {
                    say(&format!("{} since {}", row.tenant_id, row.added_at.strftime("%Y-%m-%d")));
                }
            }
            Self::Add { account, tenant } => {
                let row = AccountTenantRow { account_id, tenant_id: tenant.clone(), added_at: now };
                let deed = by.did(AuditKind::TenantChanged, format!("{tenant} approved")).of(account_id);
                let written = app.store.write(move |tx| {
                    tx.add_account_tenant(row.clone())?;
                    tx.append_audit(std::slice::from_ref(&deed))
                });
                written.await?;
                say(&format!("People of {tenant} whose address Microsoft has verified need no code for {account}."));
            }
            Self::Remove { account, tenant } => {
                let id = tenant.clone();
                let deed = by.did(AuditKind::TenantChanged, format!("{tenant} no longer approved")).of(account_id);
                let written = app.store.write(move |tx| {
                    let removed = tx.remove_account_tenant(account_id, &id)?;
                    if removed > 0 {
                        tx.append_audit(std::slice::from_ref(&deed))?;
                    }
                    Ok::<_, store::Error>(removed)
                });
                if written.await? == 0 {
                    return Err(Error::Refused(format!("{tenant} is not on the list of {account}")));
                }
                say(&format!("{tenant} is off the list of {account}. Who came in by it before goes on doing so."));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
