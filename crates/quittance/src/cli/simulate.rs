//! `quittance simulate`: the invoices and mails that would come, month by month, from a copy of the data.

use std::collections::BTreeMap;
use std::process::ExitCode;

use billing::{Money, Month};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use store::copy::Excerpt;

use super::output::{moment, written};
use super::{Place, open, say, warn};
use crate::actions::simulate::{Coming, Left, Mail, Simulated, simulate};
use crate::app::App;
use crate::error::{Error, Result};

/// Run billing forward on a copy and list the invoices and mails that would come. Nothing is written and nobody is mailed.
#[derive(Args)]
pub struct Simulate {
    /// Up to and with this day, at most three years ahead.
    #[arg(long)]
    until: Date,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Said of every simulation, so that nobody takes it for more than it is.
const ASSUMED: &str = "Every draft counts as approved unless a person holds it. Work, agreements and rates are those of \
                       today; work that is not approved yet is left out.";

/// Everything that would come, as scripts read it: dates `YYYY-MM-DD`, amounts in minor units.
#[derive(Serialize)]
struct Shown {
    from: String,
    until: String,
    assumed: &'static str,
    months: Vec<ShownMonth>,
    left: Vec<ShownLeft>,
    failed: Vec<String>,
    waiting_mails: i64,
    totals: BTreeMap<String, Total>,
}

/// By the dates on the invoices, and by the days on which mails leave.
#[derive(Default, Serialize)]
struct ShownMonth {
    month: String,
    invoices: Vec<ShownInvoice>,
    mails: Vec<ShownMail>,
    /// By currency.
    totals: BTreeMap<String, Total>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Total {
    invoices: usize,
    total_minor: i64,
}

#[derive(Clone, Serialize)]
struct ShownInvoice {
    number: String,
    run: String,
    account: String,
    issued_on: String,
    due_on: String,
    currency: String,
    lines: i64,
    total_minor: i64,
    change_minor: Option<i64>,
    why: Option<String>,
}

#[derive(Serialize)]
struct ShownMail {
    deliver_on: String,
    invoice: String,
    email: String,
    routing: &'static str,
    gathered_at: Option<String>,
    skipped: bool,
}

#[derive(Serialize)]
struct ShownLeft {
    run: String,
    account: String,
    state: &'static str,
    reason: String,
    total_minor: i64,
}

impl Simulate {
    /// Takes the copy, runs it forward and prints.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let trial = open::original(place).await?.try_out(Excerpt::Standing).await?;
        place.note(trial.app.clone());
        let simulated = simulate(&trial.app, self.until, |_| ()).await?;
        let shown = shown(&trial.app, self.until, &simulated);
        if self.json {
            say(&serde_json::to_string(&shown).map_err(Error::internal)?);
        } else {
            print(&trial.app, &shown);
        }
        for run in &simulated.failed {
            warn(&format!("{run}; it would be tried again by itself"));
        }
        Ok(if simulated.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn shown(app: &App, until: Date, simulated: &Simulated) -> Shown {
    let mut months: BTreeMap<String, ShownMonth> = BTreeMap::new();
    let mut totals: BTreeMap<String, Total> = BTreeMap::new();
    let named = |day: Date| Month::of(day).to_string();
    for coming in &simulated.invoices {
        let invoice = &coming.whole.invoice;
        let month = months.entry(named(invoice.issued_on)).or_default();
        for all in [&mut month.totals, &mut totals] {
            let total = all.entry(invoice.currency.code().to_owned()).or_default();
            total.invoices += 1;
            total.total_minor = total.total_minor.saturating_add(invoice.total_minor);
        }
        month.invoices.push(invoice_of(coming));
        for mail in &coming.mails {
            months.entry(named(mail.deliver_on)).or_default().mails.push(mail_of(app, &invoice.number, mail));
        }
    }
    for (name, month) in &mut months {
        month.month.clone_from(name);
        month.mails.sort_by(|a, b| (&a.deliver_on, &a.email).cmp(&(&b.deliver_on, &b.email)));
    }
    Shown {
        from: simulated.from.to_string(),
        until: until.to_string(),
        assumed: ASSUMED,
        months: months.into_values().collect(),
        left: simulated.left.iter().map(left_of).collect(),
        failed: simulated.failed.clone(),
        waiting_mails: simulated.waiting_mails,
        totals,
    }
}

fn invoice_of(coming: &Coming) -> ShownInvoice {
    let invoice = &coming.whole.invoice;
    ShownInvoice {
        number: invoice.number.clone(),
        run: coming.run.clone(),
        account: invoice.account_code.clone(),
        issued_on: invoice.issued_on.to_string(),
        due_on: invoice.due_on.to_string(),
        currency: invoice.currency.code().to_owned(),
        lines: invoice.line_count,
        total_minor: invoice.total_minor,
        change_minor: coming.change,
        why: coming.sentence.clone(),
    }
}

fn mail_of(app: &App, number: &str, mail: &Mail) -> ShownMail {
    ShownMail {
        deliver_on: mail.deliver_on.to_string(),
        invoice: number.to_owned(),
        email: mail.email.clone(),
        routing: mail.routing.as_str(),
        gathered_at: mail.gathered_at.map(|at| moment(app, at)),
        skipped: mail.is_skipped,
    }
}

fn left_of(left: &Left) -> ShownLeft {
    ShownLeft {
        run: left.run.clone(),
        account: left.account.clone(),
        state: left.state.as_str(),
        reason: left.reason.clone(),
        total_minor: left.total_minor,
    }
}

fn print(app: &App, shown: &Shown) {
    say(&format!("Billing from {} to {} on a copy: nothing was written, nobody was mailed.", shown.from, shown.until));
    say(shown.assumed);
    for month in &shown.months {
        say(&format!("\n{}", month.month));
        for invoice in &month.invoices {
            let money = |minor: i64| written(minor, &invoice.currency);
            let why = match (&invoice.why, invoice.change_minor) {
                (Some(why), _) => why.clone(),
                (None, Some(_)) => "as before".to_owned(),
                (None, None) => "the first of its stream".to_owned(),
            };
            say(&format!(
                "{:<14} {:<20} {:<12} issued {} {:>4} lines {:>14}  {why}",
                invoice.number,
                invoice.run,
                invoice.account,
                invoice.issued_on,
                invoice.lines,
                money(invoice.total_minor)
            ));
        }
        for mail in &month.mails {
            let how = match (&mail.gathered_at, mail.skipped) {
                (_, true) => ", not sent: mail to it comes back".to_owned(),
                (Some(at), _) => format!(", in the digest of {at}"),
                (None, _) => String::new(),
            };
            say(&format!("  mail {} {:<14} {} {}{how}", mail.deliver_on, mail.invoice, mail.routing, mail.email));
        }
        for (currency, total) in &month.totals {
            let sum = written(total.total_minor, currency);
            say(&format!(
                "{}: {} invoices, {sum} {currency}; {} mails",
                month.month,
                total.invoices,
                month.mails.len()
            ));
        }
    }
    if !shown.left.is_empty() {
        say("\nLeft behind, because a person decides:");
    }
    for left in &shown.left {
        let total = Money::new(left.total_minor, app.provider().currency);
        say(&format!("{}/{:<12} {:<9} {:>14}  {}", left.run, left.account, left.state, total.to_string(), left.reason));
    }
    if shown.waiting_mails > 0 {
        say(&format!("\n{} recipients wait in the outbox already; they are not listed here.", shown.waiting_mails));
    }
    say("");
    for (currency, total) in &shown.totals {
        say(&format!("In all: {} invoices, {} {currency}", total.invoices, written(total.total_minor, currency)));
    }
    if shown.totals.is_empty() {
        say("In all: no invoice");
    }
}
