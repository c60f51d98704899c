//! Runs billing forward on a copy and tells what would come: invoices, mails, and what would stay behind. Nobody reviews
//! there: what waits for a person alone counts as approved. No document is made, and no mail is sent.

use billing::account::Routing;
use billing::schedule::Review;
use jiff::Timestamp;
use jiff::civil::Date;
use store::digest::Rhythm;
use store::invoice::WholeInvoice;
use store::mail::{MailCause, MailRow};
use store::provider::ProviderRow;
use store::run::{DraftState, RunRow};
use store::{InvoiceId, MailId, Tx};

use crate::actions::issue_run::{SERIES, issue_run};
use crate::actions::keep_schedule::finish_schedule;
use crate::actions::move_clock::{advance, morning, next_stop};
use crate::actions::review_draft::{Decision, DraftKey, review_draft};
use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::outbox::address::{hard, hard_addresses};
use crate::outbox::digests::gather_at;
use crate::outbox::message::{Gathers, recipients};
use crate::paper::why;

/// How many days ahead: three years. What is billed then says nothing about that time any more.
const FARTHEST: i32 = 1096;
/// Invoices read at a time.
const PAGE: i64 = 1000;

/// What would come.
pub struct Simulated {
    /// The first day, which is today.
    pub from: Date,
    /// In the order of their numbers.
    pub invoices: Vec<Coming>,
    /// Drafts that a person holds or leaves out.
    pub left: Vec<Left>,
    /// Runs that could not be made, each with its reason.
    pub failed: Vec<String>,
    /// Recipients that wait in the outbox already, who are not among those of the invoices.
    pub waiting_mails: i64,
}

/// An invoice that would be issued.
pub struct Coming {
    /// With its number-to-be.
    pub whole: WholeInvoice,
    /// `recurring-2026-11`
    pub run: String,
    /// Minor units against the invoice before it in its stream; nothing on the first.
    pub change: Option<i64>,
    /// Why it differs.
    pub sentence: Option<String>,
    /// To whom it would be mailed.
    pub mails: Vec<Mail>,
}

/// A mail that would be sent.
pub struct Mail {
    /// The day of its window on which it leaves.
    pub deliver_on: Date,
    /// The address.
    pub email: String,
    /// `to` or `cc`.
    pub routing: Routing,
    /// When the digest leaves that takes it along.
    pub gathered_at: Option<Timestamp>,
    /// Whether nothing is sent, because mail to this address comes back.
    pub is_skipped: bool,
}

/// A draft that would become no invoice.
pub struct Left {
    /// Of which run, `biweekly-2026-12-04`.
    pub run: String,
    /// Whose.
    pub account: String,
    /// Held or excluded.
    pub state: DraftState,
    /// Why.
    pub reason: String,
    /// Minor units.
    pub total_minor: i64,
}

/// Runs billing forward on `app`, a copy, up to and with the day `until`. `progress` is told the days.
///
/// # Errors
/// `Refused` where `until` is no day to come or too far away; those of the database.
pub async fn simulate(app: &App, until: Date, progress: impl Fn(Date)) -> Result<Simulated> {
    let from = app.today();
    let farthest = billing::calendar::shift(from, FARTHEST);
    if until <= from || until > farthest {
        return Err(Error::Refused(format!(
            "--until {until}: expected a day after today, {from}, and at most three years ahead, {farthest}"
        )));
    }
    let target = morning(app, until).ok_or_else(|| Error::refused("no calendar has that day"))?;
    let started_at = app.clock.now();
    let read = app.store.read(|tx| Ok::<_, store::Error>((tx.all_series()?, tx.waiting_mails()?)));
    let (series, waiting_mails) = read.await?;
    let after = series.iter().find(|row| row.series == SERIES).map_or(-1, |row| row.next - 1);
    nobody_reviews(app).await?;
    approve_what_waits(app).await?;
    let (_, mut failed) = finish_schedule(app).await?;
    while let Some((day, stop)) = next_stop(app, target).await? {
        progress(day);
        advance(app, stop).await?;
        failed = finish_schedule(app).await?.1;
    }
    let (invoices, left) = (issued_after(app, after).await?, left(app, started_at).await?);
    Ok(Simulated { from, invoices, left, failed, waiting_mails })
}

/// Every draft is approved when it is planned; what a person holds stays held.
async fn nobody_reviews(app: &App) -> Result<()> {
    let mut row = ProviderRow::clone(&app.provider());
    row.version += 1;
    row.schedule.recurring.review = Review::None;
    row.schedule.biweekly.review = Review::None;
    // Nobody pays in a simulation: every invoice would have its late fee.
    row.receivables.late_fee.automatic = false;
    app.store.write(move |tx| tx.insert_provider(row.clone())).await?;
    app.refresh().await
}

/// Runs that were made by command and wait for a person, oldest first.
async fn approve_what_waits(app: &App) -> Result<()> {
    let today = app.today();
    for run in app.store.read(Tx::runs).await?.into_iter().filter(|run| run.issue_on <= today) {
        let run_id = run.run_id;
        let drafts = app.store.read(move |tx| tx.drafts(run_id)).await?;
        if drafts.iter().any(|draft| matches!(draft.state, DraftState::Waiting | DraftState::Approved)) {
            review_draft(app, &DraftKey { run: run.key(), account: None }, Decision::Approve, &Actor::program(app))
                .await?;
            issue_run(app, &run, |_, _| ()).await?;
        }
    }
    Ok(())
}

async fn issued_after(app: &App, mut after: i64) -> Result<Vec<Coming>> {
    let mut coming = Vec::new();
    loop {
        let page = app.store.read(move |tx| tx.listed_invoices(after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(coming) };
        after = last.serial;
        for invoice in page {
            coming.push(one(app, invoice.number).await?);
        }
    }
}

async fn one(app: &App, number: String) -> Result<Coming> {
    let (schedule, zone) = (app.provider().schedule(), app.zone());
    let own = app.clone();
    let read = app.store.read(move |tx| {
        let missing = || Error::Internal(format!("{number} is listed and not there"));
        let found = tx.number(&number)?.ok_or_else(missing)?;
        let whole = tx.whole_invoice(found.account_id, found.document_id)?.ok_or_else(missing)?;
        let previous = match whole.invoice.previous_id {
            Some(previous) => tx.whole_invoice(found.account_id, previous)?,
            None => None,
        };
        let invoice = &whole.invoice;
        let issued_at = invoice.issued_at.to_zoned(zone.clone()).date();
        let deliver_on = schedule.deliver_on(invoice.stream, invoice.issued_on, issued_at);
        let mails = mails(&own, tx, &whole, deliver_on)?;
        Ok::<_, Error>((whole, previous, mails))
    });
    let (whole, previous, mails) = read.await?;
    let key = app.provider().schedule();
    let run = match whole.invoice.stream {
        billing::Stream::Recurring => billing::run::RunKey::Recurring(billing::Month::of(whole.invoice.period_from)),
        billing::Stream::Biweekly => billing::run::RunKey::Biweekly(key.grid().on_or_before(whole.invoice.issued_on)),
    };
    let total = whole.invoice.total_minor;
    Ok(Coming {
        run: run.to_string(),
        change: previous.as_ref().map(|before| total.saturating_sub(before.invoice.total_minor)),
        sentence: previous.as_ref().and_then(|before| why::sentence(before, &whole)),
        whole,
        mails,
    })
}

/// The mails as they would be put into the outbox with the document.
fn mails(app: &App, tx: &mut Tx, whole: &WholeInvoice, deliver_on: Date) -> Result<Vec<Mail>> {
    let invoice = &whole.invoice;
    let deliver_by = app.provider().schedule().window(invoice.stream, invoice.issued_on).last_on;
    let row = MailRow {
        account_id: invoice.account_id,
        mail_id: MailId::from(0),
        document_id: InvoiceId::from(0),
        cause: MailCause::Issue,
        message_id: String::new(),
        deliver_on,
        deliver_by,
        released_on: None,
        asked_at: None,
        made_at: invoice.issued_at,
    };
    let gathers = Gathers {
        daily: gather_at(app, Rhythm::Daily, (deliver_on, deliver_by)),
        weekly: gather_at(app, Rhythm::Weekly, (deliver_on, deliver_by)),
    };
    let rows = recipients(tx, &row, invoice.stream, &gathers)?;
    let dead = hard_addresses(tx, rows.iter().map(|row| row.email.as_str()))?;
    let mails = rows.into_iter().map(|row| Mail {
        deliver_on,
        is_skipped: hard(&dead, &row.email).is_some(),
        email: row.email,
        routing: row.routing,
        gathered_at: row.gather_at,
    });
    Ok(mails.collect())
}

/// What is held, and what was left out of the runs made since.
async fn left(app: &App, started_at: Timestamp) -> Result<Vec<Left>> {
    let read = app.store.read(|tx| Ok::<_, store::Error>((tx.runs()?, tx.accounts()?)));
    let (runs, accounts) = read.await?;
    let mut left = Vec::new();
    for run in &runs {
        let run_id = run.run_id;
        let is_told = |state| match state {
            DraftState::Excluded => run.made_at >= started_at,
            DraftState::Issued => false,
            DraftState::Held | DraftState::Waiting | DraftState::Approved => true,
        };
        let drafts = app.store.read(move |tx| tx.drafts(run_id)).await?;
        left.extend(drafts.into_iter().filter(|draft| is_told(draft.state)).map(|draft| {
            let account = accounts.iter().find(|account| account.account_id == draft.account_id);
            Left {
                run: RunRow::key(run).to_string(),
                account: account.map(|account| account.code.clone()).unwrap_or_default(),
                state: draft.state,
                reason: draft.reason.unwrap_or_default(),
                total_minor: draft.total_minor,
            }
        }));
    }
    Ok(left)
}
