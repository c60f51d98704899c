//! `quittance run`: plan, review and issue the invoices of a stream.

use std::collections::{HashMap, HashSet};
use std::process::ExitCode;

use billing::account::Routing;
use billing::money::Money;
use billing::run::RunKey;
use billing::staff::Rights;
use billing::{Currency, Month};
use clap::{Args, Subcommand};
use documents::DateOrder;
use jiff::civil::Date;
use store::AccountId;
use store::account::AccountRow;
use store::invoice::{InvoiceLineRow, InvoiceRow, PreviousRow, WholeInvoice};
use store::run::{DraftRow, DraftState, RunRow};

use super::invoices::print_difference;
use super::output::many;
use super::{Place, progress_bar, say, warn};
use crate::actions::issue_run::{Issued, issue_accounts, issue_run};
use crate::actions::plan_run::{self, BATCH, Draft, Review, basis, basis_of, plan_accounts};
use crate::actions::review_draft::{Decision, DraftKey, drafts, review_draft};
use crate::app::App;
use crate::audit::Actor;
use crate::error::Result;
use crate::paper::change;
use crate::paper::remarks::Reckoning;
use crate::plan::Planned;
use crate::sums::Sums;

/// Make the invoices of one stream for one period.
#[derive(Subcommand)]
pub enum Run {
    /// Services and licences of a month.
    Recurring {
        /// The month of service, such as 2026-09.
        #[arg(long = "for", value_parser = month)]
        month: Month,
        #[command(flatten)]
        how: How,
    },
    /// Products and work before a run date.
    Biweekly {
        /// The run date, such as 2026-09-18.
        #[arg(long)]
        on: Date,
        #[command(flatten)]
        how: How,
    },
    /// List all runs.
    List,
    /// Show a run's drafts, or the lines of one: recurring-2026-09, recurring-2026-09/C-1000.
    Show { id: DraftKey },
    /// Hold a draft, or all that wait: nothing is issued until somebody approves it.
    Hold {
        id: DraftKey,
        /// Why; shown to whoever reviews.
        #[arg(long, default_value = "Held for review")]
        reason: String,
    },
    /// Approve a draft and issue it; or approve all that wait, and issue what is approved.
    Approve { id: DraftKey },
    /// Leave a draft, or all that wait, out of this run.
    Exclude {
        id: DraftKey,
        /// Why; shown to whoever reviews.
        #[arg(long, default_value = "Excluded")]
        reason: String,
    },
}

/// How far to go.
#[derive(Args)]
pub struct How {
    /// Show what would be drafted and write nothing.
    #[arg(long, conflicts_with = "approve")]
    plan: bool,
    /// Approve every draft that is not held, and issue.
    #[arg(long)]
    approve: bool,
}

fn month(text: &str) -> Result<Month, String> {
    text.parse().map_err(|expected| format!("expected {expected}"))
}

impl Run {
    /// Carries out the command.
    pub async fn run(self, place: &Place) -> Result<ExitCode> {
        let app = super::open::open(place).await?;
        let needed = if matches!(self, Self::List | Self::Show { .. }) { Rights::Read } else { Rights::Billing };
        let by = place.actor(&app, needed).await?;
        match self {
            Self::Recurring { month, how } => make(&app, RunKey::Recurring(month), &how, &by).await?,
            Self::Biweekly { on, how } => make(&app, RunKey::Biweekly(on), &how, &by).await?,
            Self::List => list(&app).await?,
            Self::Show { id } => show(&app, &id).await?,
            Self::Hold { id, reason } => decide(&app, &id, Decision::Hold(reason), &by).await?,
            Self::Exclude { id, reason } => decide(&app, &id, Decision::Exclude(reason), &by).await?,
            Self::Approve { id } => {
                decide(&app, &id, Decision::Approve, &by).await?;
                let (run, chosen) = drafts(&app, &id).await?;
                let issued = match id.account {
                    Some(_) => {
                        let accounts = chosen.iter().map(|(_, draft)| draft.account_id).collect();
                        issue_accounts(&app, &run, accounts).await?
                    }
                    None => issue_run(&app, &run, progress_bar("Issued invoices")).await?,
                };
                tell(&app, &run, issued).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn make(app: &App, key: RunKey, how: &How, by: &Actor) -> Result<()> {
    // A run that can't be made is refused before anything is said or written.
    basis_of(app, key, Vec::new()).await?;
    for missed in plan_run::missed_runs(app, key).await? {
        warn(&format!("warning: {missed} was never made; what it would have billed stands in {key}"));
    }
    if how.plan {
        let planned = plan_all(app, key).await?;
        return print_plan(app, key, &planned).await;
    }
    if how.approve {
        let run = plan_run::approve_as_planned(app, key, by, progress_bar("Planned accounts")).await?;
        let issued = issue_run(app, &run, progress_bar("Issued invoices")).await?;
        return tell(app, &run, issued).await;
    }
    plan_run::plan_run(app, key, Review::Wait, progress_bar("Planned accounts")).await?;
    show(app, &DraftKey { run: key, account: None }).await?;
    say(&format!("Review it, then: quittance run approve {key}"));
    Ok(())
}

async fn plan_all(app: &App, key: RunKey) -> Result<Vec<Draft>> {
    let basis = basis(app, key).await?;
    let progress = progress_bar("Planned accounts");
    let (mut planned, mut done) = (Vec::new(), 0);
    for accounts in basis.accounts.chunks(BATCH) {
        planned.extend(plan_accounts(app, &basis, accounts.to_vec()).await?);
        done += accounts.len();
        progress(done, basis.accounts.len());
    }
    Ok(planned)
}

async fn print_plan(app: &App, key: RunKey, planned: &[Draft]) -> Result<()> {
    say(&format!("{:<12} {:<36} {:>6} {:>14} {:>14} {:>14}", "Account", "Name", "Lines", "Total", "Last", "Change"));
    let row = |account: &AccountRow, lines: usize, total: &str, last: &str, change: &str| {
        let name = shortened(&account.name);
        say(&format!("{:<12} {name:<36} {lines:>6} {total:>14} {last:>14} {change:>14}", account.code));
    };
    let (mut sums, mut changes) = (Sums::default(), Sums::default());
    for draft in planned {
        let (account, totals) = (&draft.planned.account, &draft.planned.totals);
        let money = |minor: i64| Money::new(minor, account.currency);
        let last = draft.previous.as_ref().map(|previous| previous.total_minor);
        let change = money(totals.total.saturating_sub(last.unwrap_or_default()));
        sums.add(totals.total, account.currency);
        changes.add(change.minor(), account.currency);
        row(
            account,
            draft.planned.lines.len(),
            &money(totals.total).to_string(),
            &last.map_or("new".to_owned(), |last| money(last).to_string()),
            &last.map_or_else(String::new, |_| change.to_string()),
        );
    }
    let drafted = planned.iter().map(|draft| draft.planned.account.account_id).collect();
    for (account, last) in dropped_out(app, key, &drafted).await? {
        let last = Money::new(last.total_minor, account.currency);
        let change = Money::new(last.minor().saturating_neg(), account.currency);
        changes.add(change.minor(), account.currency);
        row(&account, 0, "none", &last.to_string(), &change.to_string());
    }
    let currency = app.provider().currency;
    say(&format!("All changes: {}", changes.written(currency)));
    say(&format!("{key}: {} drafts, {}. Nothing was written.", planned.len(), sums.written(currency)));
    Ok(())
}

/// Accounts that the stream's run before billed and that have no draft now, by code, each with its invoice of then.
async fn dropped_out(app: &App, key: RunKey, drafted: &HashSet<AccountId>) -> Result<Vec<(AccountRow, PreviousRow)>> {
    let (stream, from) = (key.stream(), key.period(app.provider().schedule().grid()).from);
    let read = app.store.read(move |tx| {
        let runs = tx.runs()?.into_iter().filter(|run| run.stream == stream && run.period_from < from);
        let Some(before) = runs.max_by_key(|run| run.period_from) else { return Ok((Vec::new(), Vec::new())) };
        let issued = tx.issued_in(before.run_id)?;
        let ids: Vec<AccountId> = issued.iter().map(|row| row.account_id).collect();
        Ok::<_, store::Error>((issued, tx.accounts_of(&ids)?))
    });
    let (issued, accounts) = read.await?;
    let mut accounts: HashMap<AccountId, AccountRow> =
        accounts.into_iter().map(|account| (account.account_id, account)).collect();
    let gone = issued.into_iter().filter(|row| !drafted.contains(&row.account_id));
    let mut gone: Vec<(AccountRow, PreviousRow)> =
        gone.filter_map(|row| Some((accounts.remove(&row.account_id)?, row))).collect();
    gone.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
    Ok(gone)
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= 36 { name.to_owned() } else { name.chars().take(35).chain(['…']).collect() }
}

async fn list(app: &App) -> Result<()> {
    for run in app.store.read(|tx| tx.runs()).await? {
        let run_id = run.run_id;
        let drafts = app.store.read(move |tx| tx.drafts(run_id)).await?;
        say(&format!("{:<24} issued on {}: {}", run.key().to_string(), run.issue_on, summary(&drafts)));
    }
    Ok(())
}

fn summary(drafts: &[DraftRow]) -> String {
    let states =
        [DraftState::Waiting, DraftState::Held, DraftState::Approved, DraftState::Excluded, DraftState::Issued];
    let counts = states.iter().map(|state| (state, drafts.iter().filter(|draft| draft.state == *state).count()));
    let told: Vec<String> =
        counts.filter(|(_, count)| *count > 0).map(|(state, count)| format!("{count} {}", state.as_str())).collect();
    if told.is_empty() { "nothing to bill".to_owned() } else { told.join(", ") }
}

async fn show(app: &App, id: &DraftKey) -> Result<()> {
    let (run, drafts) = drafts(app, id).await?;
    let beside = Beside::read(app, &run, &drafts).await?;
    let mut changes = Sums::default();
    for (code, draft) in &drafts {
        let currency = beside.accounts.get(&draft.account_id).map_or(app.provider().currency, |row| row.currency);
        let money = |minor: i64| Money::new(minor, currency);
        let last = beside.last.get(&draft.account_id);
        // What is left out bills nothing.
        let total = if draft.state == DraftState::Excluded { 0 } else { draft.total_minor };
        changes.add(total.saturating_sub(last.map_or(0, |last| last.total_minor)), currency);
        let change = last.map_or(String::new(), |last| {
            format!(" ({} against {})", money(draft.total_minor.saturating_sub(last.total_minor)), last.number)
        });
        let reason = draft.reason.as_ref().map_or(String::new(), |reason| format!("  {reason}"));
        say(&format!(
            "{}/{:<12} {:<9} {:>5} lines {:>14}{change}{reason}",
            id.run,
            code,
            draft.state.as_str(),
            draft.line_count,
            money(draft.total_minor).to_string()
        ));
        if id.account.is_some() {
            print_what_it_bills(app, &run, draft).await?;
        }
    }
    let rows: Vec<DraftRow> = drafts.into_iter().map(|(_, draft)| draft).collect();
    if id.account.is_none() {
        let drafted = rows.iter().map(|draft| draft.account_id).collect();
        for (account, last) in dropped_out(app, id.run, &drafted).await? {
            let change = Money::new(last.total_minor.saturating_neg(), account.currency);
            changes.add(change.minor(), account.currency);
            let nothing = Money::zero(account.currency).to_string();
            say(&format!(
                "{}/{:<12} {:<9} {:>5} lines {nothing:>14} ({change} against {})",
                id.run, account.code, "none", 0, last.number
            ));
        }
        say(&format!("All changes: {}", changes.written(app.provider().currency)));
    }
    say(&format!("{}, issued on {}: {}", id.run, run.issue_on, summary(&rows)));
    Ok(())
}

/// What the drafts of a run are shown beside: their accounts, and the invoices before.
#[derive(Default)]
struct Beside {
    accounts: HashMap<AccountId, AccountRow>,
    last: HashMap<AccountId, PreviousRow>,
}

impl Beside {
    async fn read(app: &App, run: &RunRow, drafts: &[(String, DraftRow)]) -> Result<Self> {
        let (stream, issue_on) = (run.stream, run.issue_on);
        let mut beside = Self::default();
        for some in drafts.chunks(BATCH) {
            let ids: Vec<AccountId> = some.iter().map(|(_, draft)| draft.account_id).collect();
            let read = app.store.read(move |tx| {
                Ok::<_, store::Error>((tx.accounts_of(&ids)?, tx.previous_invoices(stream, issue_on, &ids)?))
            });
            let (accounts, last) = read.await?;
            beside.accounts.extend(accounts.into_iter().map(|row| (row.account_id, row)));
            beside.last.extend(last.into_iter().map(|row| (row.account_id, row)));
        }
        Ok(beside)
    }
}

/// The lines of one draft: as they were issued, or as they would be.
async fn print_what_it_bills(app: &App, run: &RunRow, draft: &DraftRow) -> Result<()> {
    if draft.state == DraftState::Issued {
        return print_issued(app, run, draft.account_id).await;
    }
    let basis = basis_of(app, run.key(), vec![draft.account_id]).await?;
    match plan_accounts(app, &basis, basis.accounts.to_vec()).await?.first() {
        Some(plan) => print_draft(app, run, plan).await,
        None => Ok(()),
    }
}

/// The lines as they were issued: planning anew would show what has come since.
async fn print_issued(app: &App, run: &RunRow, account: AccountId) -> Result<()> {
    let run_id = run.run_id;
    let issued = app.store.read(move |tx| {
        let numbers = tx.run_invoices(run_id)?;
        let Some(number) = numbers.iter().find(|number| number.account_id == account) else { return Ok(None) };
        let Some(whole) = tx.whole_invoice(account, number.document_id)? else { return Ok(None) };
        let previous = match whole.invoice.previous_id {
            Some(previous) => tx.whole_invoice(account, previous)?,
            None => None,
        };
        Ok::<_, store::Error>(Some((whole, previous)))
    });
    if let Some((whole, previous)) = issued.await? {
        say(&format!("    {}", whole.invoice.number));
        print_lines(&whole.lines, whole.invoice.currency);
        if let Some(before) = previous {
            print_change(app, &before, &whole);
        }
    }
    Ok(())
}

/// The lines of a draft, and why it differs from the invoice before it.
async fn print_draft(app: &App, run: &RunRow, draft: &Draft) -> Result<()> {
    print_lines(&draft.planned.lines, draft.planned.account.currency);
    let Some(previous) = &draft.previous else { return Ok(()) };
    let (account, id) = (previous.account_id, previous.invoice_id);
    if let Some(before) = app.store.read(move |tx| tx.whole_invoice(account, id)).await? {
        let now = as_issued(run, &draft.planned, &before);
        print_change(app, &before, &now);
    }
    Ok(())
}

fn print_change(app: &App, before: &WholeInvoice, now: &WholeInvoice) {
    let rows = change::rows(before, now, DateOrder::of_country(&app.provider().country));
    print_difference(before, now, &rows);
}

/// A draft as the invoice that it would be, for what is compared of it: dates, lines, taxes and sums.
fn as_issued(run: &RunRow, planned: &Planned, before: &WholeInvoice) -> WholeInvoice {
    let totals = &planned.totals;
    let invoice = InvoiceRow {
        period_from: run.period_from,
        period_until: run.period_until,
        issued_on: run.issue_on,
        subtotal_minor: totals.subtotal,
        taxable_minor: totals.taxable,
        tax_minor: totals.tax,
        total_minor: totals.total,
        prices: planned.tax.prices,
        ..before.invoice.clone()
    };
    WholeInvoice { taxes: planned.tax_rows(invoice.invoice_id).collect(), lines: planned.lines.clone(), invoice }
}

/// The lines of an invoice or a draft, one each.
pub fn print_lines(lines: &[InvoiceLineRow], currency: Currency) {
    for line in lines {
        let what = line.ticket.as_ref().map_or(String::new(), |ticket| format!("{ticket} "));
        let days = if line.month.is_empty() {
            line.from_on.to_string()
        } else {
            format!("{} to {}", line.from_on, billing::Span::new(line.from_on, line.until_on).last())
        };
        let amount = Money::new(line.amount_minor, currency).to_string();
        let first_line = line.description.lines().next().unwrap_or_default();
        say(&format!(
            "    {:<10} {:<24} {:>9} x {:<9} {:>12}  {what}{first_line}",
            line.source_code, days, line.quantity, line.charged_price, amount
        ));
        for remark in Reckoning::of_line(line, currency).remarks() {
            say(&format!("    {:<10} {remark}", ""));
        }
    }
}

async fn decide(app: &App, id: &DraftKey, decision: Decision, by: &Actor) -> Result<()> {
    let changed = review_draft(app, id, decision, by).await?;
    say(&format!("{} decided.", many(changed, "draft", "drafts")));
    Ok(())
}

/// Says what was issued and what is left.
async fn tell(app: &App, run: &RunRow, issued: Issued) -> Result<()> {
    if issued.changed > 0 {
        plan_run::plan_run(app, run.key(), Review::Wait, |_, _| ()).await?;
        let (drafts, wait) = (many(issued.changed, "approved draft", "approved drafts"), issued.changed > 1);
        warn(&format!("{drafts} had changed; {} again.", if wait { "they wait" } else { "it waits" }));
    }
    let (_, drafts) = drafts(app, &DraftKey { run: run.key(), account: None }).await?;
    for (code, draft) in drafts.iter().filter(|(_, draft)| draft.state.is_open()) {
        let reason = draft.reason.clone().unwrap_or_default();
        warn(&format!("{}/{code} is {}: {reason}", run.key(), draft.state.as_str()));
    }
    if issued.invoices > 0 {
        warn_unreached(app, run, &drafts).await?;
    }
    let rows: Vec<DraftRow> = drafts.into_iter().map(|(_, draft)| draft).collect();
    say(&format!("{}: {} issued now. {}.", run.key(), many(issued.invoices, "invoice", "invoices"), summary(&rows)));
    if issued.invoices > 0 {
        say("Documents wait to be rendered (quittance render) and delivered (quittance deliver); serve does both.");
    }
    Ok(())
}

/// Invoices that reach nobody are made all the same; staff should know.
async fn warn_unreached(app: &App, run: &RunRow, drafts: &[(String, DraftRow)]) -> Result<()> {
    let read = app.store.read(|tx| Ok::<_, store::Error>((tx.contacts()?, tx.all_recipient_addresses()?)));
    let (contacts, addresses) = read.await?;
    for (code, draft) in drafts.iter().filter(|(_, draft)| draft.state == DraftState::Issued) {
        let mut own = contacts.iter().filter(|contact| contact.account_id == draft.account_id);
        let mut more = addresses.iter().filter(|address| address.account_id == draft.account_id);
        let is_reached = own.any(|contact| contact.routing(run.stream) == Routing::To)
            || more.any(|address| address.routing(run.stream) == Routing::To);
        if !is_reached {
            warn(&format!("warning: {code} has nobody who receives its {} invoices as \"to\"", run.stream));
        }
    }
    Ok(())
}
