//! `quittance requests`: what waits for staff, as `/office/requests` shows it.

use std::process::ExitCode;

use billing::staff::Rights;
use clap::Subcommand;
use store::RequestId;
use store::request::{RequestKind, RequestRow, RequestState};

use super::payments::online::told;
use super::{Place, say};
use crate::actions::check_request::{CheckRequest, check_request};
use crate::actions::decide_request::{Seen, Verdict, decide_request};
use crate::app::App;
use crate::error::{Error, Result};

/// How many are listed.
const MOST: i64 = 200;

/// What waits for staff.
#[derive(Subcommand)]
pub enum Requests {
    /// List what isn't decided.
    List,
    /// Show one, with before and after.
    Show { id: i64 },
    /// Write down that the number on file was called about another billing contact; somebody else then approves it.
    Check {
        id: i64,
        /// Whose contact it is to be: the account's code.
        #[arg(long)]
        account: String,
        /// The address of the contact who leaves, where somebody does.
        #[arg(long, default_value = "")]
        leaver: String,
        /// Whom you called, at which number, what they said.
        #[arg(long)]
        how: String,
    },
    /// Do it. Another billing contact is checked first, and approved by somebody else.
    Approve {
        id: i64,
        /// Of another address: the region that decides its tax from now on.
        #[arg(long, default_value = "")]
        tax_region: String,
    },
    /// Turn it down.
    Refuse {
        id: i64,
        /// Why; whoever asked reads it.
        #[arg(long)]
        why: String,
    },
}

impl Requests {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::List => {
                let read =
                    app.store.read(|tx| Ok::<_, store::Error>((tx.open_requests(MOST)?, tx.waiting_refunds(MOST)?)));
                let (open, refunds) = read.await?;
                open.iter().for_each(|row| say(&line(row)));
                refunds.iter().for_each(|(row, payment)| say(&told(row, payment)));
                if open.is_empty() && refunds.is_empty() {
                    say("Nothing waits.");
                }
            }
            Self::Show { id } => show(&found(&app, id).await?),
            Self::Check { id, account, leaver, how } => {
                let by = place.actor(&app, Rights::Billing).await?;
                let row = found(&app, id).await?;
                check_request(&app, row.request_id, CheckRequest { account, leaver, how }, &by).await?;
                show(&found(&app, id).await?);
            }
            Self::Approve { id, tax_region } => decide(place, &app, (id, tax_region), Verdict::Approve).await?,
            Self::Refuse { id, why } => {
                decide(place, &app, (id, String::new()), Verdict::Refuse(why.trim().to_owned())).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn found(app: &App, id: i64) -> Result<RequestRow> {
    let found = app.store.read(move |tx| tx.request(RequestId::from(id))).await?;
    found.ok_or_else(|| Error::Refused(format!("there is no request {id}; `quittance requests list` shows them")))
}

async fn decide(place: &Place, app: &App, (id, tax_region): (i64, String), verdict: Verdict) -> Result<()> {
    if place.acting.is_none() {
        return Err(Error::refused("say who decides this: quittance --as EMAIL requests …"));
    }
    let by = place.actor(app, Rights::Billing).await?;
    let row = found(app, id).await?;
    decide_request(app, Seen { request: row.request_id, checked_at: row.checked_at, tax_region }, verdict, &by).await?;
    say(&line(&found(app, id).await?));
    Ok(())
}

fn line(row: &RequestRow) -> String {
    let state = match row.state {
        RequestState::Waiting => "waits",
        RequestState::Checked => "waits for a second person",
        RequestState::Approved => "done",
        RequestState::Refused => "turned down",
    };
    let what = what(row.kind);
    format!("{:<20} {:.0} {what:<24} {} ({state})", i64::from(row.request_id), row.made_at, row.company)
}

/// A kind of request in words.
fn what(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::BillingContact => "another billing contact",
        RequestKind::Objection => "this wasn't me",
        RequestKind::Company => "another name or address",
        RequestKind::Exemption => "exemption certificate",
    }
}

fn show(row: &RequestRow) {
    say(&line(row));
    let pairs = [("name", &row.name), ("e-mail", &row.email), ("phone, as typed", &row.phone), ("words", &row.words)];
    for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        say(&format!("  {name}: {value}"));
    }
    for (name, json) in [("before", &row.before), ("after", &row.after)] {
        if let Some(json) = json {
            say(&format!("  {name}: {json}"));
        }
    }
    if let Some(how) = &row.checked_how {
        say(&format!("  checked: {how}"));
    }
    if let Some(why) = row.decided_why.as_ref().filter(|why| !why.is_empty()) {
        say(&format!("  decided: {why}"));
    }
}
