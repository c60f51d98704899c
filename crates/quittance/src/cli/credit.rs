//! `quittance credit`: taking back, giving up, paying back, late fees.

use std::process::ExitCode;

use billing::Currency;
use billing::crediting::Choice;
use billing::money::{Money, parse_minor};
use billing::staff::Rights;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::{Place, say};
use crate::actions::book_deed::{BookDeed, Booked, Deed, book_deed, plan};
use crate::actions::charge_late_fees::{charge_late_fees, planned};
use crate::actions::credit_invoice::{CreditInvoice, Credited, credit_invoice, decide};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::paper::taxes::taxed_by;

/// Credit notes, write-offs, refunds, late fees, and the credit of accounts.
#[derive(Subcommand)]
pub enum Credit {
    /// Take back an invoice, some of its lines, or an amount: a document of its own, mailed to the customer.
    Note(Note),
    /// Give up what is open of an invoice or late fee.
    WriteOff {
        /// Its number.
        number: String,
        /// A part; all that is open where left out.
        #[arg(long)]
        amount: Option<String>,
        #[command(flatten)]
        why: Why,
    },
    /// Give an account credit for no invoice.
    Give {
        account: String,
        #[arg(long)]
        amount: String,
        #[command(flatten)]
        why: Why,
    },
    /// Pay open invoices with the account's credit: the one named first, then the oldest due.
    Apply {
        account: String,
        /// To be paid first; may be given several times.
        #[arg(long)]
        invoice: Vec<String>,
        /// So much; all of the credit where left out.
        #[arg(long)]
        amount: Option<String>,
        /// Show what would be booked and write nothing.
        #[arg(long)]
        plan: bool,
    },
    /// Record money that went back by the bank: the account's credit, or what was paid on an invoice, which is open again.
    Refund {
        account: String,
        #[arg(long)]
        amount: String,
        /// The bank's reference.
        #[arg(long)]
        reference: String,
        /// What it was paid on.
        #[arg(long)]
        invoice: Option<String>,
        /// The day it went; today where left out.
        #[arg(long)]
        on: Option<Date>,
        #[command(flatten)]
        how: How,
    },
    /// Charge what provider.toml sets for paying late, once for each overdue invoice.
    LateFees {
        /// Show what would be charged and write nothing.
        #[arg(long)]
        plan: bool,
    },
    /// List credit notes, late fees, payments, refunds, write-offs and credit.
    List {
        /// First day.
        #[arg(long, default_value = "2000-01-01")]
        from: Date,
        /// First day not shown.
        #[arg(long, default_value = "9999-01-01")]
        until: Date,
    },
}

/// Take back an invoice, some of its lines, or an amount.
#[derive(Args)]
pub struct Note {
    /// The invoice's number, such as INV-20001.
    invoice: String,
    /// All that is left of it.
    #[arg(long, required_unless_present_any = ["lines", "amount"])]
    all: bool,
    /// What is left of these lines and their tax: 2,5.
    #[arg(long, value_delimiter = ',', conflicts_with_all = ["all", "amount"])]
    lines: Vec<usize>,
    /// So much, tax included, over all that is left.
    #[arg(long, conflicts_with = "all")]
    amount: Option<String>,
    /// The customer reads it.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: How,
}

/// Why, and how far to go.
#[derive(Args)]
pub struct Why {
    /// Kept in the books.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: How,
}

/// How far to go.
#[derive(Args)]
pub struct How {
    /// Show what would be done and write nothing.
    #[arg(long)]
    pub(super) plan: bool,
    /// Names the deed: the same one is done once. Made of what is asked for where left out.
    #[arg(long)]
    pub(super) key: Option<String>,
}

impl Credit {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let needed = if matches!(self, Self::List { .. }) { Rights::Read } else { Rights::Billing };
        let by = place.actor(&app, needed).await?;
        match self {
            Self::Note(note) => note.run(&app, &by).await,
            Self::WriteOff { number, amount, why } => {
                let (account, currency) = owner(&app, &number).await?;
                let amount = amount.map(|text| minor(&text, currency)).transpose()?;
                let key = why.how.key.unwrap_or_else(|| format!("write-off {number} {amount:?} {}", why.reason));
                let deed = Deed::WriteOff { number, amount };
                let on = app.today();
                book(&app, BookDeed { account, deed, reason: why.reason, on, key }, (why.how.plan, &by)).await
            }
            Self::Give { account, amount, why } => {
                let amount = minor(&amount, currency(&app, &account).await?)?;
                let key = why.how.key.unwrap_or_else(|| format!("give {amount} {}", why.reason));
                let on = app.today();
                let deed = Deed::Goodwill { amount };
                book(&app, BookDeed { account, deed, reason: why.reason, on, key }, (why.how.plan, &by)).await
            }
            Self::Apply { account, invoice, amount, plan } => {
                apply(&app, account, (invoice, amount), (plan, &by)).await
            }
            Self::Refund { account, amount, reference, invoice, on, how } => {
                let amount = minor(&amount, currency(&app, &account).await?)?;
                let from = invoice.clone().unwrap_or_default();
                let key = how.key.unwrap_or_else(|| format!("refund {from} {amount} {reference}"));
                let on = on.unwrap_or_else(|| app.today());
                let deed = Deed::Refund { amount, number: invoice };
                book(&app, BookDeed { account, deed, reason: reference, on, key }, (how.plan, &by)).await
            }
            Self::LateFees { plan } => late_fees(&app, (plan, &by)).await,
            Self::List { from, until } => list(&app, from, until).await,
        }
    }
}

impl Note {
    async fn run(self, app: &App, by: &Actor) -> Result<ExitCode> {
        let (_, currency) = owner(app, &self.invoice).await?;
        let choice = match (&self.amount, self.lines.is_empty()) {
            (Some(amount), _) => Choice::Amount(minor(amount, currency)?),
            (None, false) => Choice::Lines(self.lines.clone()),
            (None, true) => Choice::All,
        };
        if self.how.plan {
            let number = self.invoice.clone();
            let credited = app.store.read(move |tx| decide(tx, &number, &choice)).await?;
            show(&credited);
            return Ok(ExitCode::SUCCESS);
        }
        let (invoice, reason) = (self.invoice, self.reason);
        let key = self.how.key.unwrap_or_else(|| format!("{invoice} {choice:?} {reason}"));
        let (note, is_repeated) = credit_invoice(app, CreditInvoice { invoice, choice, reason, key }, by).await?;
        let money = |minor: i64| Money::new(minor, currency).with_currency();
        let again =
            if is_repeated { "was issued before by the same command; another one needs a --key" } else { "issued" };
        say(&format!(
            "{} {again}: {}, of it {} off the invoice and {} to the account's credit",
            note.number,
            money(note.total_minor),
            money(note.settled_minor),
            money(note.credit_minor)
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Every line with what is left of it and what would be taken.
fn show(credited: &Credited) {
    let invoice = &credited.whole.invoice;
    let money = |minor: i64| Money::new(minor, invoice.currency).to_string();
    say(&format!("{:>5} {:<44} {:>14} {:>14} {:>14}", "Line", invoice.number, "Amount", "Left", "Credit"));
    let lines = credited.whole.lines.iter().zip(&credited.left.0).zip(&credited.credit.lines);
    for ((line, left), taken) in lines {
        let what: String = line.description.lines().next().unwrap_or_default().chars().take(44).collect();
        let nets = [left.invoiced, left.left(), *taken].map(|part| money(part.net));
        say(&figures(&line.line_no.to_string(), &what, nets));
    }
    let taxes = credited.whole.taxes.iter().zip(&credited.left.1).zip(&credited.credit.shares);
    for ((share, left), taken) in taxes {
        say(&figures("Tax", &taxed_by(share), [left.amount, left.left(), *taken].map(money)));
    }
    let total = credited.credit.total;
    say(&figures("", "Credit in all", [String::new(), String::new(), money(total)]));
    say(&figures("", "off the invoice", [String::new(), String::new(), money(credited.settled)]));
    say(&figures("", "to the account's credit", [String::new(), String::new(), money(total - credited.settled)]));
}

fn figures(head: &str, what: &str, columns: [String; 3]) -> String {
    let columns: String = columns.iter().map(|column| format!(" {column:>14}")).collect();
    format!("{head:>5} {what:<44}{columns}")
}

async fn apply(
    app: &App,
    account: String,
    (chosen, amount): (Vec<String>, Option<String>),
    how: (bool, &Actor),
) -> Result<ExitCode> {
    let amount = match amount {
        Some(text) => Some(minor(&text, currency(app, &account).await?)?),
        None => None,
    };
    // Credit that was used is gone: nothing can be used twice, so each command has a key of its own.
    let id: store::InvoiceId = app.ids.mint();
    let (key, reason, on) = (format!("apply {}", i64::from(id)), "Credit used".to_owned(), app.today());
    book(app, BookDeed { account, deed: Deed::UseCredit { amount, chosen }, reason, on, key }, how).await
}

pub(super) async fn book(app: &App, ask: BookDeed, (is_plan, by): (bool, &Actor)) -> Result<ExitCode> {
    let booked =
        if is_plan { app.store.read(move |tx| plan(tx, &ask)).await? } else { book_deed(app, ask, by).await? };
    tell(&booked, is_plan);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn tell(booked: &Booked, is_plan: bool) {
    let money = |minor: i64| Money::new(minor, booked.currency).with_currency();
    if booked.is_repeated {
        return say(&format!(
            "{} was booked before by the same command; another one needs a --key",
            money(booked.amount)
        ));
    }
    say(&format!("{} {}", money(booked.amount), if is_plan { "would be booked" } else { "booked" }));
    for (number, minor) in &booked.parts {
        let word = if *minor < 0 { "open again" } else { "settled" };
        say(&format!("  {number:<14} {:>14} {word}", Money::new(minor.abs(), booked.currency).to_string()));
    }
    if booked.credit != 0 {
        say(&format!("  {:<14} {:>14}", "credit", Money::new(booked.credit, booked.currency).to_string()));
    }
}

async fn late_fees(app: &App, (is_plan, by): (bool, &Actor)) -> Result<ExitCode> {
    if !app.provider().receivables.late_fee.is_set() {
        say("No late fee is set: see [receivables.late_fee] of provider.toml.");
        return Ok(ExitCode::SUCCESS);
    }
    if is_plan {
        for due in planned(app).await? {
            let money = |minor: i64| Money::new(minor, due.overdue.currency).to_string();
            say(&format!(
                "{:<14} {:<12} {} days late, {:>14} open: {:>10} and {:>10} interest",
                due.overdue.number,
                due.overdue.account_code,
                due.days_late,
                money(due.overdue.balance_minor),
                money(due.fee.flat),
                money(due.fee.interest)
            ));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let made = charge_late_fees(app, by).await?;
    for fee in &made {
        say(&format!("{:<14} {:>14}", fee.number, Money::new(fee.total_minor, fee.currency).to_string()));
    }
    say(&format!("{} late fees made", made.len()));
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, from: Date, until: Date) -> Result<ExitCode> {
    for row in app.store.read(move |tx| tx.listed_credits(from, until)).await? {
        say(&format!(
            "{} {:<12} {:<14} {:<12} {:<14} {:>14} {}",
            row.posted_on,
            row.kind,
            row.number.as_deref().unwrap_or("-"),
            row.account_code,
            row.invoice.as_deref().unwrap_or("-"),
            Money::new(row.amount_minor, row.currency).to_string(),
            row.reason.as_deref().unwrap_or_default()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The account's code and currency of a number.
async fn owner(app: &App, number: &str) -> Result<(String, Currency)> {
    let wanted = number.to_owned();
    let read = app.store.read(move |tx| {
        let Some(row) = tx.number(&wanted)? else { return Ok(None) };
        Ok::<_, store::Error>(tx.accounts_of(&[row.account_id])?.pop())
    });
    let account = read.await?.ok_or_else(|| Error::Refused(format!("there is no document {number}")))?;
    Ok((account.code, account.currency))
}

pub(super) async fn currency(app: &App, code: &str) -> Result<Currency> {
    let wanted = code.to_owned();
    let found = app.store.read(move |tx| tx.account_by_code(&wanted)).await?;
    Ok(found.ok_or_else(|| Error::no_account(code))?.currency)
}

/// An amount as people write it, more than 0: `123.45`.
pub(super) fn minor(text: &str, currency: Currency) -> Result<i64> {
    parse_minor(text, currency)
        .map_err(|_| Error::Refused(format!("{text:?} is no amount of {}: write 123.45", currency.code())))
}
