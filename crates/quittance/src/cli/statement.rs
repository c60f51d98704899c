//! `quittance statement`: what happened on an account in a time, on screen, as CSV or as PDF.

use std::path::PathBuf;
use std::process::ExitCode;

use billing::Span;
use billing::ageing::COLUMNS;
use billing::money::Money;
use clap::Args;
use documents::Paper;
use jiff::civil::Date;
use store::account::AccountRow;

use super::{Place, say};
use crate::app::App;
use crate::error::{Error, Result};
use crate::formats::Formats;
use crate::paper::plain::{age, statement_paper};
use crate::statement::{Statement as Made, csv, statement};

/// Show what happened on an account in a time.
#[derive(Args)]
pub struct Statement {
    /// The account's code, such as C-1000.
    account: String,
    /// First day.
    #[arg(long)]
    from: Date,
    /// First day not shown.
    #[arg(long)]
    until: Date,
    /// As CSV.
    #[arg(long, conflicts_with = "pdf")]
    csv: bool,
    /// Written to this file as PDF.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
}

impl Statement {
    /// Prints or writes it.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        if self.until <= self.from {
            return Err(Error::refused("--until is the first day not shown; it must be after --from"));
        }
        let (account, made) = self.made(&app).await?;
        if let Some(path) = &self.pdf {
            let paper = statement_paper(&made, &account, &app.provider());
            let document = app.renderer.render(&Paper::Plain(Box::new(paper))).await?;
            std::fs::write(path, &document.bytes)
                .map_err(|error| Error::Refused(format!("{} can't be written: {error}", path.display())))?;
        } else if self.csv {
            say(csv(&made)?.trim_end());
        } else {
            show(&made, &account);
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn made(&self, app: &App) -> Result<(AccountRow, Made)> {
        let (code, span) = (self.account.clone(), Span::new(self.from, self.until));
        let provider = app.provider();
        let read = app.store.read(move |tx| {
            let account = tx.account_by_code(&code)?.ok_or_else(|| Error::no_account(&code))?;
            let parts = tx.statement_parts(account.account_id, span.from, span.until)?;
            let made = statement(&parts, span, account.currency, Formats::of(&provider, account.formats).order)?;
            Ok::<_, Error>((account, made))
        });
        read.await
    }
}

fn show(made: &Made, account: &AccountRow) {
    let money = |minor: i64| Money::new(minor, made.currency).to_string();
    let (from, last) = (made.span.from, made.span.last());
    say(&format!("{} {}, {from} to {last}, {}", account.code, account.name, made.currency.code()));
    say(&line(&from.to_string(), "", "Opening balance", [String::new(), money(made.opening)]));
    for row in &made.lines {
        let what: String = row.what.chars().take(48).collect();
        say(&line(&row.on.to_string(), &row.number, &what, [money(row.amount), money(row.balance)]));
    }
    say(&line(&last.to_string(), "", "Closing balance", [String::new(), money(made.closing)]));
    for (label, minor) in COLUMNS.iter().zip(made.ageing) {
        say(&line("", "", &age(label), [String::new(), money(minor)]));
    }
}

fn line(on: &str, number: &str, what: &str, [amount, balance]: [String; 2]) -> String {
    format!("{on:<10} {number:<12} {what:<48} {amount:>14} {balance:>14}")
}
