//! `quittance calendar`: the next runs of each stream with their dates, so that a person can check the settings at a glance.

use std::collections::BTreeMap;
use std::process::ExitCode;

use billing::run::RunKey;
use billing::schedule::{DueBase, Review, StreamSettings};
use billing::{Schedule, Stream};
use clap::Args;
use jiff::civil::Date;

use super::{Place, say};
use crate::app::App;
use crate::error::Result;

/// Runs shown of each stream.
const SHOWN: usize = 12;

/// Show the next twelve runs of each stream: when they are made, issued, mailed and due.
#[derive(Args)]
pub struct Calendar {
    /// From this day on; today where it isn't given.
    #[arg(long)]
    from: Option<Date>,
}

impl Calendar {
    /// Prints one table for each stream.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let provider = app.provider();
        let schedule = provider.schedule();
        let from = self.from.unwrap_or_else(|| app.today());
        say(&format!("All days in the zone {}; today is {}.", provider.timezone, app.today()));
        for stream in Stream::ALL.iter().copied() {
            let terms = match stream {
                Stream::Recurring => usual_terms(&app).await?,
                Stream::Biweekly => provider.biweekly_terms_days,
            };
            print(&schedule, stream, from, terms);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The terms that most accounts have.
async fn usual_terms(app: &App) -> Result<u32> {
    let mut counts = BTreeMap::new();
    for account in app.store.read(|tx| tx.accounts()).await? {
        *counts.entry(account.recurring_terms_days).or_insert(0_u32) += 1;
    }
    Ok(counts.into_iter().max_by_key(|(_, count)| *count).map_or(30, |(days, _)| days))
}

fn print(schedule: &Schedule, stream: Stream, from: Date, terms_days: u32) {
    say(&format!("\n{}: {}", heading(schedule, stream), rules(schedule.of(stream), stream, terms_days)));
    say(&format!(
        "{:<22} {:<14} {:<14} {:<14} {:<14} {:<14} {:<14}",
        "Run", "Period from", "to", "Made", "Issued", "Mailed", "Due"
    ));
    for key in schedule.runs(stream, from).take(SHOWN) {
        say(&row(schedule, key, terms_days));
    }
}

fn row(schedule: &Schedule, key: RunKey, terms_days: u32) -> String {
    let (stream, run_on, issue_on) = (key.stream(), schedule.run_on(key), schedule.issue_on(key));
    let made_on = run_on.max(issue_on).max(schedule.release_on(key).unwrap_or(run_on));
    let deliver_on = schedule.deliver_on(stream, issue_on, made_on);
    let due_on = schedule.due_on(stream, issue_on, deliver_on, terms_days);
    let period = key.period(schedule.grid());
    let day = |day: Date| day.strftime("%a %Y-%m-%d").to_string();
    format!(
        "{:<22} {:<14} {:<14} {:<14} {:<14} {:<14} {:<14}",
        key.to_string(),
        day(period.from),
        day(period.last()),
        day(run_on),
        day(issue_on),
        day(deliver_on),
        day(due_on)
    )
    .trim_end()
    .to_owned()
}

fn heading(schedule: &Schedule, stream: Stream) -> String {
    match stream {
        Stream::Recurring => "Recurring services, monthly".to_owned(),
        Stream::Biweekly => format!("Products and work, {}", schedule.grid().cadence.as_str().replace('_', " ")),
    }
}

fn rules(settings: &StreamSettings, stream: Stream, terms_days: u32) -> String {
    let review = match settings.review {
        Review::None => "issued without review".to_owned(),
        Review::Hold => "held until approved (the days below are those of a prompt review)".to_owned(),
        Review::Release => {
            format!("approved by itself after {} business days unless held", settings.release_after_days)
        }
    };
    let base = match settings.due_base {
        DueBase::Issue => "after issue",
        DueBase::Delivery => "after mailing",
    };
    let least = match settings.min_days_to_due {
        0 => String::new(),
        days => format!(", at least {days} days after mailing"),
    };
    let whose = match stream {
        Stream::Recurring => "; each account has terms of its own, these are the most frequent",
        Stream::Biweekly => "",
    };
    format!(
        "{review}; mailed on a business day from {} to {} days after issue; due {terms_days} days {base}{least}{whose}",
        settings.deliver_after_days, settings.deliver_within_days
    )
}
