//! `quittance work`: what an hour of a role costs, and what is agreed of tickets.

use std::process::ExitCode;

use billing::Money;
use billing::money::parse_decimal;
use billing::staff::Rights;
use clap::Subcommand;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Place, say};
use crate::actions::agree_ticket::{AgreeTicket, agree_ticket};
use crate::actions::set_rate::{SetRate, set_rate};
use crate::app::App;
use crate::error::{Error, Result};

/// Rates of roles, and amounts agreed for tickets.
#[derive(Subcommand)]
pub enum Work {
    /// List what an hour of each role costs.
    Rates,
    /// Set what an hour of a role costs from a day on: for everybody, an account, or under an agreement.
    Rate {
        /// As time entries name it.
        role: String,
        #[arg(long)]
        rate: String,
        /// First day of work that it holds for.
        #[arg(long)]
        from: Date,
        #[arg(long)]
        account: Option<String>,
        #[arg(long)]
        agreement: Option<String>,
    },
    /// List the tickets of which something is agreed.
    Tickets,
    /// Agree on the amount that a ticket's work is charged up to; without one, lift it.
    Ticket {
        ticket: String,
        #[arg(long)]
        account: String,
        #[arg(long)]
        not_to_exceed: Option<String>,
    },
}

impl Work {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::Rates => list_rates(&app).await?,
            Self::Rate { role, rate, from, account, agreement } => {
                if role.trim().is_empty() {
                    return Err(Error::Refused("the role is empty; give it as time entries name it".to_owned()));
                }
                let rate = decimal("--rate", &rate)?;
                let ask = SetRate { role: role.clone(), account, agreement, from_on: from, rate };
                let before = set_rate(&app, ask, &place.actor(&app, Rights::Billing).await?).await?;
                let before = before.map_or(String::new(), |before| format!(" (before: {before})"));
                say(&format!("{role} costs {} an hour from {from} on{before}.", rate.normalize()));
            }
            Self::Tickets => list_tickets(&app).await?,
            Self::Ticket { ticket, account, not_to_exceed } => {
                let amount = not_to_exceed.map(|amount| decimal("--not-to-exceed", &amount)).transpose()?;
                let by = place.actor(&app, Rights::Billing).await?;
                agree_ticket(&app, AgreeTicket { ticket: ticket.clone(), account, not_to_exceed: amount }, &by).await?;
                say(&match amount {
                    Some(amount) => format!("Work of {ticket} is charged up to {amount}."),
                    None => format!("Work of {ticket} is charged without a limit."),
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn decimal(option: &str, text: &str) -> Result<Decimal> {
    parse_decimal(text)
        .map_err(|expected| Error::Refused(format!("{option} {text:?} can't be read; expected {expected}")))
}

async fn list_rates(app: &App) -> Result<()> {
    let read = app.store.read(|tx| Ok::<_, store::Error>((tx.role_rates()?, tx.accounts()?, tx.agreements()?)));
    let (rates, accounts, agreements) = read.await?;
    for row in rates {
        let agreement = agreements.iter().find(|known| known.agreement_id == row.agreement_id);
        let account = accounts.iter().find(|known| known.account_id == row.account_id);
        let whose = match (agreement, account) {
            (Some(agreement), _) => &agreement.code,
            (None, Some(account)) => &account.code,
            (None, None) => "all",
        };
        say(&format!("{:<28} {whose:<16} from {} {:>12}", row.role, row.from_on, row.rate));
    }
    Ok(())
}

async fn list_tickets(app: &App) -> Result<()> {
    let read = app.store.read(|tx| {
        let tickets = tx.agreed_tickets()?;
        let names: Vec<String> = tickets.iter().map(|row| row.ticket.clone()).collect();
        let earlier = if names.is_empty() { Vec::new() } else { tx.earlier_work(&names)? };
        Ok::<_, store::Error>((tickets, earlier, tx.accounts()?))
    });
    let (tickets, earlier, accounts) = read.await?;
    for row in tickets {
        let Some(account) = accounts.iter().find(|account| account.account_id == row.account_id) else { continue };
        let money = |minor: i64| Money::new(minor, account.currency).with_currency();
        let own = earlier.iter().filter(|work| work.ticket == row.ticket);
        let charged = own.fold(0_i64, |sum, work| sum.saturating_add(work.amount_minor));
        let agreed = row.not_to_exceed_minor.map_or("no limit".to_owned(), |minor| format!("up to {}", money(minor)));
        say(&format!("{:<16} {:<12} {agreed}, {} charged so far", row.ticket, account.code, money(charged)));
    }
    Ok(())
}
