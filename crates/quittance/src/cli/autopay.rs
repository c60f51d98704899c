//! `quittance autopay`: the rules of Auto Pay, what they would do, and what staff decide about them.

use std::process::ExitCode;

use billing::autopay::{Decision, Method, Replayed};
use billing::staff::Rights;
use billing::{Money, Month};
use clap::Subcommand;
use jiff::civil::Date;
use store::account::AccountRow;
use store::autopay::{RuleRow, RuleState, Side};
use store::{RuleVersionId, Tx};

use super::output::moment;
use super::{Place, say};
use crate::actions::confirm_autopay::{ConfirmAutoPay, confirm_autopay};
use crate::actions::end_autopay::end_autopay;
use crate::actions::pause_autopay::pause_autopay;
use crate::app::App;
use crate::autopay::sight::{Previewed, Sight};
use crate::autopay::{open_rules, said};
use crate::error::{Error, Result};

/// Rules of Auto Pay. A rule is named by the number that `list` shows.
#[derive(Subcommand)]
pub enum AutoPay {
    /// What waits for somebody, and what holds.
    List,
    /// A rule with the permission that the customer gave.
    Show { rule: i64 },
    /// What a rule would do with what is open, and would have done in the last three months.
    Preview { rule: i64 },
    /// Agree to a rule that a customer proposed.
    Confirm { rule: i64 },
    /// Turn a proposed rule down.
    Refuse {
        rule: i64,
        /// Told to the customer.
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Pause a rule until a day; today: it goes on.
    Pause {
        rule: i64,
        #[arg(long)]
        until: Date,
    },
    /// End a rule.
    End {
        rule: i64,
        /// Told to the customer.
        #[arg(long, default_value = "")]
        why: String,
    },
}

impl AutoPay {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        place.actor(&app, Rights::Read).await?;
        match self {
            Self::List => list(&app).await?,
            Self::Show { rule } => show(&app, rule).await?,
            Self::Preview { rule } => preview(&app, rule).await?,
            Self::Confirm { rule } => {
                let (by, (account, row)) = (place.actor(&app, Rights::Billing).await?, find(&app, rule).await?);
                let ask = ConfirmAutoPay { version: row.version_id, side: Side::Staff, agreed: None };
                confirm_autopay(&app, row.account_id, ask, &by).await?;
                say(&format!("{}: the rule holds.", account.code));
            }
            Self::Refuse { rule, why } => end(place, &app, (rule, &why), RuleState::Proposed).await?,
            Self::End { rule, why } => end(place, &app, (rule, &why), RuleState::InForce).await?,
            Self::Pause { rule, until } => {
                let (by, (account, row)) = (place.actor(&app, Rights::Billing).await?, find(&app, rule).await?);
                pause_autopay(&app, (row.account_id, row.version_id), until, &by).await?;
                say(&format!("{}: the rule rests until {until}.", account.code));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn end(place: &Place, app: &App, (rule, why): (i64, &str), state: RuleState) -> Result<()> {
    let (by, (account, row)) = (place.actor(app, Rights::Billing).await?, find(app, rule).await?);
    if row.state != state {
        let (is, then) = match row.state {
            RuleState::Proposed => ("only proposed", "refuse"),
            RuleState::InForce => ("in force", "end"),
            _ => ("over already", "list"),
        };
        return Err(Error::Refused(format!("the rule is {is}; see `quittance autopay {then}`")));
    }
    end_autopay(app, (row.account_id, row.version_id), why, &by).await?;
    say(&format!("{}: the rule is over.", account.code));
    Ok(())
}

/// A version by its number, with its account.
async fn find(app: &App, rule: i64) -> Result<(AccountRow, RuleRow)> {
    let found = app.store.read(move |tx| {
        let Some(row) = tx.autopay_version(RuleVersionId::from(rule))? else { return Ok(None) };
        let account = tx.accounts_of(&[row.account_id])?.into_iter().next();
        Ok::<_, store::Error>(account.map(|account| (account, row)))
    });
    let missing = || Error::Refused(format!("there is no rule {rule}; `quittance autopay list` shows them"));
    found.await?.ok_or_else(missing)
}

async fn list(app: &App) -> Result<()> {
    let read = app.store.read(|tx| Ok::<_, store::Error>((open_rules(tx)?, tx.accounts()?)));
    let (rows, accounts) = read.await?;
    for (row, methods) in &rows {
        let account = accounts.iter().find(|account| account.account_id == row.account_id);
        let code = account.map_or("", |account| account.code.as_str());
        say(&format!("{}  {code:<8} {:<20} {}", i64::from(row.version_id), standing(row), said(&row.rule, methods)));
    }
    if rows.is_empty() {
        say("There is no rule.");
    }
    Ok(())
}

fn standing(row: &RuleRow) -> String {
    match (row.state, row.waits_for) {
        (RuleState::Proposed, Some(Side::Staff)) => "waits for staff".to_owned(),
        (RuleState::Proposed, _) => "waits for customer".to_owned(),
        (state, _) => state.as_str().replace('_', " "),
    }
}

async fn sight(app: &App, rule: i64) -> Result<(AccountRow, RuleRow, Sight)> {
    let (account, row) = find(app, rule).await?;
    let (id, today, zone) = (account.account_id, app.today(), app.zone());
    let sight = app.store.read(move |tx: &mut Tx| Sight::read(tx, id, (today, &zone))).await?;
    Ok((account, row, sight))
}

async fn show(app: &App, rule: i64) -> Result<()> {
    let (account, row, sight) = sight(app, rule).await?;
    let methods: &[Method] = &sight.autopay.methods;
    say(&format!("{} {}: {}", account.code, account.name, standing(&row)));
    say(&said(&row.rule, methods));
    say(&format!("Proposed by {} at {}.", row.proposed_name, moment(app, row.proposed_at)));
    if let (Some(name), Some(starts_on)) = (&row.confirmed_name, row.starts_on) {
        say(&format!("Agreed to by {name}; it holds from {starts_on} on."));
    }
    if let Some(because) = &row.ended_because {
        say(because);
    }
    match sight.mandates.iter().find(|mandate| Some(mandate.mandate_id) == row.mandate_id) {
        Some(mandate) => say(&format!(
            "\nText {}, accepted by {} at {} from {}:\n{}",
            mandate.version,
            mandate.accepted_by,
            moment(app, mandate.accepted_at),
            mandate.network,
            mandate.words
        )),
        None => say("\nThe customer has given no permission yet."),
    }
    Ok(())
}

async fn preview(app: &App, rule: i64) -> Result<()> {
    let (_, row, sight) = sight(app, rule).await?;
    let previewed = sight.preview(&sight.as_it_stands(&row));
    say(&said(&row.rule, &sight.autopay.methods));
    say(&told(&previewed));
    Ok(())
}

/// The preview, a sentence an invoice.
fn told(previewed: &Previewed) -> String {
    let mut lines = vec!["\nNext".to_owned()];
    let day = |day: Date| day.to_string();
    for (invoice, decision) in &previewed.next {
        let amount = Money::new(invoice.balance, invoice.currency).with_currency();
        lines.push(match decision {
            Decision::Charge(charge) => {
                format!("  {} {amount} would be charged on {}", invoice.number, charge.charge_on)
            }
            Decision::Leave(reason) => format!("  {} {amount} would not: {}", invoice.number, reason.sentence(day)),
        });
    }
    for (month, rows) in &previewed.months {
        lines.push(format!("\n{}", title(*month)));
        for (invoice, row) in rows {
            let amount = Money::new(invoice.balance, invoice.currency).with_currency();
            lines.push(match &row.outcome {
                Replayed::Charged(..) => format!("  {} {amount} would have been charged on {}", invoice.number, row.on),
                Replayed::Left(reason) => format!("  {} {amount} would not: {}", invoice.number, reason.sentence(day)),
            });
        }
    }
    lines.join("\n")
}

fn title(month: Month) -> String {
    format!("{month}, replayed")
}
