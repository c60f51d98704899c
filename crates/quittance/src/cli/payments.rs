//! `quittance payments`: money recorded by hand, payments that come back, and those by the payment processor.

mod list;
pub mod online;

use std::process::ExitCode;

use billing::ledger::EntryKind;
use billing::staff::Rights;
use clap::Subcommand;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Place;
use super::agreement::decimal;
use super::credit::{How, book, currency, minor, tell};
use crate::actions::book_deed::{BookDeed, Deed};
use crate::actions::decide_request::Verdict;
use crate::actions::return_payment::{ReturnPayment, plan, return_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::error::Result;

/// Money that came, recorded by hand, and what became of it.
#[derive(Subcommand)]
pub enum Payments {
    /// Record money that came to the bank: it pays the invoices named, then the oldest due; the rest is credit.
    Record {
        account: String,
        #[arg(long)]
        amount: String,
        /// The day it came.
        #[arg(long)]
        on: Date,
        /// The check's number or the bank's reference.
        #[arg(long)]
        reference: String,
        /// To be paid first; may be given several times.
        #[arg(long)]
        invoice: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// List payments by their day, by the processor and by hand, or those of one account.
    List { account: Option<String> },
    /// Record that a payment came back: what it had paid is open again, at its old due date.
    Return {
        /// Its id, as `list` shows it, or its reference.
        payment: String,
        /// The customer reads it: insufficient funds.
        #[arg(long)]
        reason: String,
        /// Its payer disputed it.
        #[arg(long)]
        chargeback: bool,
        /// What the bank took for it.
        #[arg(long, value_parser = decimal, default_value = "0")]
        fee: Decimal,
        #[command(flatten)]
        when: When,
    },
    /// Record that a payment that came back counts after all: a chargeback was won.
    Reinstate {
        /// Its id, as `list` shows it, or its reference.
        payment: String,
        /// The customer reads it.
        #[arg(long, default_value = "it counts after all")]
        reason: String,
        #[command(flatten)]
        when: When,
    },
    /// Show a payment and what it paid; the processor is asked where the outcome isn't known.
    Show {
        /// Its number, P-1001; of one by hand its id, as `list` shows it, or its reference.
        payment: String,
    },
    /// Send money back that came by the processor: what it had paid is open again.
    Refund {
        /// Its number: P-1001.
        payment: String,
        /// A part of it; all that is left where it isn't said.
        #[arg(long)]
        amount: Option<String>,
        #[arg(long)]
        reason: String,
        /// Names the deed: the same one is done once. Made of what is asked for where left out.
        #[arg(long)]
        key: Option<String>,
    },
    /// Approve a refund that a colleague asked for and that is more than one person may send back.
    Approve {
        /// The payment's number: P-1001.
        payment: String,
    },
    /// Turn such a refund down.
    Refuse {
        /// The payment's number: P-1001.
        payment: String,
        #[arg(long)]
        why: String,
    },
    /// List what the processor said that doesn't fit and waits for a person.
    Exceptions,
    /// Write down what was done about one of them.
    Resolve {
        /// As `exceptions` shows it.
        exception: i64,
        /// What you found, and what you did about it.
        #[arg(long)]
        how: String,
    },
    /// Compare the processor's charges and payouts with the books now; `serve` does it every day.
    Compare,
    /// Take every event of the processor once more; nothing is done twice.
    Replay,
}

/// On which day, and how far to go.
#[derive(clap::Args)]
pub struct When {
    /// The day of it; today where left out.
    #[arg(long)]
    on: Option<Date>,
    /// Show what would be booked and write nothing.
    #[arg(long)]
    plan: bool,
}

impl Payments {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let needed = if matches!(self, Self::List { .. } | Self::Show { .. } | Self::Exceptions) {
            Rights::Read
        } else {
            Rights::Billing
        };
        let by = place.actor(&app, needed).await?;
        match self {
            Self::Record { account, amount, on, reference, invoice, how } => {
                let amount = minor(&amount, currency(&app, &account).await?)?;
                let key = how.key.unwrap_or_else(|| format!("payment {amount} {on} {reference}"));
                let deed = Deed::Payment { amount, chosen: invoice };
                book(&app, BookDeed { account, deed, reason: reference, on, key }, (how.plan, &by)).await
            }
            Self::List { account } => list::list(&app, account.as_deref()).await,
            Self::Show { payment } => match online::known(&app, &payment).await? {
                Some(by_processor) => online::show(&app, by_processor).await,
                None => list::show(&app, &payment).await,
            },
            Self::Refund { payment, amount, reason, key } => {
                online::refund(&app, (payment, amount, reason), key, &by).await
            }
            Self::Approve { payment } => online::decide(&app, &payment, Verdict::Approve, &by).await,
            Self::Refuse { payment, why } => online::decide(&app, &payment, Verdict::Refuse(why), &by).await,
            Self::Exceptions => online::exceptions(&app).await,
            Self::Resolve { exception, how } => online::resolve(&app, (exception, how), &by).await,
            Self::Compare => online::compare(&app).await,
            Self::Replay => online::replay(&app).await,
            Self::Return { payment, reason, chargeback, fee, when } => {
                let kind = if chargeback { EntryKind::Chargeback } else { EntryKind::Returned };
                comes_back((&app, &by), (payment, kind, reason), fee, when).await
            }
            Self::Reinstate { payment, reason, when } => {
                comes_back((&app, &by), (payment, EntryKind::Reinstated, reason), Decimal::ZERO, when).await
            }
        }
    }
}

async fn comes_back(
    (app, by): (&App, &Actor),
    (payment, kind, reason): (String, EntryKind, String),
    fee: Decimal,
    when: When,
) -> Result<ExitCode> {
    let ask = ReturnPayment { payment, kind, reason, fee, on: when.on.unwrap_or_else(|| app.today()) };
    let booked =
        if when.plan { app.store.read(move |tx| plan(tx, &ask)).await? } else { return_payment(app, ask, by).await? };
    tell(&booked, when.plan);
    Ok(ExitCode::SUCCESS)
}
