//! `quittance compare FILE`: another system's invoices beside ours, difference by difference with its likely cause.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use billing::{Currency, Stream};
use clap::Args;
use serde::Serialize;
use store::copy::Excerpt;

use super::output::written;
use super::{Place, open, say};
use crate::actions::compare::{Compared, compare, span, to_plan};
use crate::comparison::Pair;
use crate::error::{Error, Result};
use crate::import::others;

/// Compare another system's invoices of a past time with ours. Nothing is written. Ends with 1 where something differs.
#[derive(Args)]
pub struct Compare {
    /// CSV: account,stream,issued_on,total and, where wanted, line_description,line_amount.
    file: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// What was found, as scripts read it: dates `YYYY-MM-DD`, amounts in minor units, differences theirs less ours.
#[derive(Serialize)]
struct Shown {
    from: String,
    until: String,
    /// Streams that were planned on a copy; the others are compared with what was issued.
    planned: Vec<&'static str>,
    agreed: usize,
    differences: Vec<ShownPair>,
    /// How many differences have a cause.
    causes: BTreeMap<&'static str, usize>,
    /// By currency.
    sums: BTreeMap<String, Sum>,
}

#[derive(Default, Serialize)]
struct Sum {
    theirs_minor: i64,
    ours_minor: i64,
    difference_minor: i64,
}

#[derive(Serialize)]
struct ShownPair {
    account: String,
    stream: &'static str,
    currency: String,
    theirs_on: Option<String>,
    ours_on: Option<String>,
    theirs_minor: Option<i64>,
    ours_minor: Option<i64>,
    difference_minor: i64,
    causes: Vec<ShownReason>,
}

#[derive(Serialize)]
struct ShownReason {
    cause: &'static str,
    amount_minor: i64,
    words: String,
}

impl Compare {
    /// Reads the file, plans on a copy what was not issued, and prints.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let (others, problems) = others::read(&self.file)?;
        if problems.count() > 0 {
            return Ok(super::import::tell_named(&problems, &self.file));
        }
        let (first, last) = span(&others);
        let original = open::original(place).await?;
        let issued = original.store().clone();
        let planned = to_plan(&issued, original.today().await?, &others).await?;
        let trial = original.try_out(Excerpt::Unbilled).await?;
        place.note(trial.app.clone());
        let compared = compare(&trial.app, &issued, others, planned).await?;
        let shown = shown((first.to_string(), last.to_string()), &compared);
        if self.json {
            say(&serde_json::to_string(&shown).map_err(Error::internal)?);
        } else {
            print(&shown);
        }
        Ok(if shown.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn shown((from, until): (String, String), compared: &Compared) -> Shown {
    let mut shown = Shown {
        from,
        until,
        planned: compared.planned.iter().map(|stream| stream.as_str()).collect(),
        agreed: 0,
        differences: Vec::new(),
        causes: BTreeMap::new(),
        sums: BTreeMap::new(),
    };
    for (account, stream, currency, pair) in &compared.pairs {
        let one = pair_of(account, *stream, *currency, pair);
        let sum = shown.sums.entry(one.currency.clone()).or_default();
        sum.theirs_minor = sum.theirs_minor.saturating_add(one.theirs_minor.unwrap_or(0));
        sum.ours_minor = sum.ours_minor.saturating_add(one.ours_minor.unwrap_or(0));
        sum.difference_minor = sum.difference_minor.saturating_add(one.difference_minor);
        if pair.reasons.is_empty() {
            shown.agreed += 1;
            continue;
        }
        for reason in &pair.reasons {
            *shown.causes.entry(reason.cause).or_default() += 1;
        }
        shown.differences.push(one);
    }
    shown
}

fn pair_of(account: &str, stream: Stream, currency: Currency, pair: &Pair) -> ShownPair {
    let reasons = pair.reasons.iter().map(|reason| ShownReason {
        cause: reason.cause,
        amount_minor: reason.amount,
        words: reason.words.clone(),
    });
    ShownPair {
        account: account.to_owned(),
        stream: stream.as_str(),
        currency: currency.code().to_owned(),
        theirs_on: pair.theirs.as_ref().map(|one| one.issued_on.to_string()),
        ours_on: pair.ours.as_ref().map(|one| one.whole.invoice.issued_on.to_string()),
        theirs_minor: pair.theirs.as_ref().map(|one| one.total),
        ours_minor: pair.ours.as_ref().map(|one| one.whole.invoice.total_minor),
        difference_minor: pair.difference(),
        causes: reasons.collect(),
    }
}

fn print(shown: &Shown) {
    say(&format!(
        "Invoices of {} to {}: the other system's beside ours. Nothing was written.",
        shown.from, shown.until
    ));
    for stream in &shown.planned {
        say(&format!("No {stream} invoice was issued here in that time; they were planned on a copy."));
    }
    for one in &shown.differences {
        let money = |minor: Option<i64>| minor.map_or_else(|| "none".to_owned(), |minor| written(minor, &one.currency));
        let day = one.theirs_on.as_ref().or(one.ours_on.as_ref()).cloned().unwrap_or_default();
        say(&format!(
            "\n{:<12} {:<10} {day}  theirs {:>14}  ours {:>14}  difference {:>14}",
            one.account,
            one.stream,
            money(one.theirs_minor),
            money(one.ours_minor),
            money(Some(one.difference_minor))
        ));
        for reason in &one.causes {
            let cause = reason.cause.replace('_', " ");
            say(&format!("    {:>14}  {cause}: {}", written(reason.amount_minor, &one.currency), reason.words));
        }
    }
    say(&format!("\n{} agree, {} differ.", shown.agreed, shown.differences.len()));
    for (cause, count) in &shown.causes {
        say(&format!("  {:<16} {count}", cause.replace('_', " ")));
    }
    for (currency, sum) in &shown.sums {
        let money = |minor| written(minor, currency);
        say(&format!(
            "{currency}: theirs {}, ours {}, difference {}",
            money(sum.theirs_minor),
            money(sum.ours_minor),
            money(sum.difference_minor)
        ));
    }
}
