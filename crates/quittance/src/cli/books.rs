//! `quittance books`: chart, trial balance, journal, ageing.

use std::process::ExitCode;

use billing::ageing::{COLUMNS, first_due_dates};
use billing::money::Money;
use clap::Subcommand;
use jiff::civil::Date;

use super::{Place, say, warn};
use crate::error::Result;

/// The books.
#[derive(Subcommand)]
pub enum Books {
    /// Every ledger account.
    Chart,
    /// Debits and credits of every ledger account; they must come out even.
    TrialBalance {
        /// Up to and including this day; today where left out.
        #[arg(long)]
        on: Option<Date>,
    },
    /// What every account owes, by the days past its due date.
    Ageing,
    /// Every posting of a time, one a line.
    Journal {
        /// First day.
        #[arg(long)]
        from: Date,
        /// First day not shown.
        #[arg(long)]
        until: Date,
    },
}

impl Books {
    /// Prints what is asked for.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        match self {
            Self::Chart => {
                for ledger in app.store.read(|tx| tx.ledgers()).await? {
                    say(&format!("{:<34} {:<10} {}", ledger.code, ledger.kind, ledger.name));
                }
            }
            Self::TrialBalance { on } => return trial_balance(&app, on.unwrap_or_else(|| app.today())).await,
            Self::Ageing => ageing(&app).await?,
            Self::Journal { from, until } => {
                for row in app.store.read(move |tx| tx.journal(from, until)).await? {
                    let amount = Money::new(row.amount_minor, row.currency);
                    say(&format!(
                        "{} {:<14} {:<12} {:<34} {:>16} {}",
                        row.posted_on,
                        row.number,
                        row.account_code,
                        row.ledger_code,
                        amount.to_string(),
                        row.currency.code()
                    ));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn ageing(app: &crate::app::App) -> Result<()> {
    let today = app.today();
    let rows = app.store.read(move |tx| tx.ageing(first_due_dates(today))).await?;
    let mut currencies: Vec<billing::Currency> = rows.iter().map(|row| row.currency).collect();
    currencies.sort_by_key(|currency| currency.code());
    currencies.dedup();
    for currency in currencies {
        say(&format!("Ageing of {today}, {}", currency.code()));
        let headings = COLUMNS.map(str::to_owned);
        say(&aged("Account", "Name", headings, "Total".to_owned()));
        let mut sums = [0_i64; 5];
        let money = |minor: i64| Money::new(minor, currency).to_string();
        for row in rows.iter().filter(|row| row.currency == currency) {
            let columns = row.columns();
            for (sum, minor) in sums.iter_mut().zip(columns) {
                *sum = sum.saturating_add(minor);
            }
            say(&aged(&row.code, &row.name, columns.map(money), money(total(&columns))));
        }
        say(&aged("Total", "", sums.map(money), money(total(&sums))));
    }
    Ok(())
}

fn total(columns: &[i64; 5]) -> i64 {
    columns.iter().fold(0, |sum, minor| sum.saturating_add(*minor))
}

fn aged(code: &str, name: &str, columns: [String; 5], total: String) -> String {
    let columns: String = columns.iter().map(|column| format!(" {column:>14}")).collect();
    format!("{code:<12} {name:<36}{columns} {total:>14}")
}

async fn trial_balance(app: &crate::app::App, on: Date) -> Result<ExitCode> {
    let rows = app.store.read(move |tx| tx.trial_balance(on)).await?;
    let mut currencies: Vec<billing::Currency> = rows.iter().map(|row| row.currency).collect();
    currencies.sort_by_key(|currency| currency.code());
    currencies.dedup();
    let mut even = true;
    for currency in currencies {
        let money = |minor: i64| Money::new(minor, currency).to_string();
        say(&format!("Trial balance of {on}, {}", currency.code()));
        say(&format!("{:<34} {:<44} {:>18} {:>18}", "Code", "Name", "Debit", "Credit"));
        let (mut debit, mut credit) = (0_i64, 0_i64);
        for row in rows.iter().filter(|row| row.currency == currency) {
            let net = row.debit_minor - row.credit_minor;
            debit += net.max(0);
            credit += (-net).max(0);
            let side = |amount: i64| if amount > 0 { money(amount) } else { String::new() };
            say(&format!("{:<34} {:<44} {:>18} {:>18}", row.code, row.name, side(net), side(-net)));
        }
        say(&format!("{:<79} {:>18} {:>18}", "Total", money(debit), money(credit)));
        even &= debit == credit;
    }
    if !even {
        warn("the books do not balance");
    }
    Ok(if even { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
