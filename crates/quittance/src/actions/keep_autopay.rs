//! Does what Auto Pay has for a day, by itself: tells of charges to come, charges, tries again, and says what it can't charge. Safe
//! to call at any time and by several processes at once: what was told is told once, and a charge has the key of its attempt.

use billing::autopay::{Cause, Charge, Decision, Deed, Invoice, Reason};
use billing::calendar::shift;
use jiff::civil::Date;
use store::autopay::{AnnouncedRow, ChargeRow};
use store::scheduled::DailyRow;
use store::{AccountId, InvoiceId, MethodId, RuleId, Tx};

use crate::actions::ask_processor::ask_processor;
use crate::actions::start_payment::{Payer, StartPayment, With, start_payment};
use crate::app::App;
use crate::audit::Actor;
use crate::autopay::AutoPay;
use crate::autopay::letters::{Letters, label};
use crate::error::{Error, Result};
use crate::outbox::notices::{Stamp, stamp};

/// What a day's work is called among those done once a day.
const DAILY: &str = "autopay";
/// What can't be charged is told so many days before its charge would be announced: time enough to see to it.
const WARNED_DAYS: i32 = 4;

/// When a day's work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Once a day.
    Daily,
    /// Whatever was done today: there are new invoices.
    Again,
}

/// Does a day's work for every account; gives the number of charges made.
///
/// # Errors
/// Those of the database. What one account's charge fails of is told, and the others go on.
pub async fn keep_autopay(app: &App, look: Look) -> Result<usize> {
    let today = app.today();
    if app.gateway.is_none() || app.held_because().await?.is_some() {
        return Ok(0);
    }
    let done_on = app.store.read(|tx| tx.done_on(DAILY)).await?;
    if look == Look::Daily && done_on.is_some_and(|done_on| done_on >= today) {
        return Ok(0);
    }
    let mut charges = 0;
    for account in app.store.read(Tx::autopay_accounts).await? {
        charges += live_day(app, account).await?;
    }
    let done = DailyRow { name: DAILY.to_owned(), done_on: today };
    app.store.write(move |tx| tx.replace(std::slice::from_ref(&done))).await?;
    Ok(charges)
}

/// Does a day's work for one account; gives the number of charges made. Whoever changes a rule calls it as well, so that what
/// the page promised for today comes today.
///
/// # Errors
/// Those of the database.
pub async fn live_day(app: &App, account: AccountId) -> Result<usize> {
    let today = app.today();
    let mut charges = 0;
    // What a charge that fails leads to is told on the same day.
    for _ in 0..2 {
        let made = carry_out(app, (account, today)).await?;
        charges += made;
        if made == 0 {
            break;
        }
    }
    tell(app, (account, today)).await?;
    app.wake.mail.notify_waiters();
    Ok(charges)
}

async fn carry_out(app: &App, (account, today): (AccountId, Date)) -> Result<usize> {
    let known = read(app, account, today).await?;
    let mut charges = 0;
    for deed in known.deeds() {
        match deed {
            Deed::Announce(place, charge) => announce(app, (account, today), &known, (place, charge)).await?,
            Deed::Withdraw(place, reason) => withdraw(app, (account, today), &known, (place, reason)).await?,
            Deed::Charge(place, _) => {
                charges += usize::from(charge_one(app, account, known.ids.get(place).copied()).await?);
            }
        }
    }
    Ok(charges)
}

async fn read(app: &App, account: AccountId, today: Date) -> Result<AutoPay> {
    let zone = app.zone();
    Ok(app.store.read(move |tx| AutoPay::read(tx, account, (today, &zone))).await?)
}

async fn announce(
    app: &App,
    (account, today): (AccountId, Date),
    known: &AutoPay,
    (place, charge): (usize, Charge),
) -> Result<()> {
    let (Some(invoice), Some(document)) = (known.invoices.get(place).cloned(), known.ids.get(place).copied()) else {
        return Ok(());
    };
    let row = AnnouncedRow {
        account_id: account,
        document_id: document,
        charge_on: charge.charge_on,
        rule_id: RuleId::from(charge.rule_id),
        method_id: MethodId::from(charge.method),
        amount_minor: charge.amount,
        made_at: app.clock.now(),
        withdrawn_at: None,
    };
    let (app_, label, stamp) = (app.clone(), label(known, charge.method), stamp(app));
    let written = app.store.write(move |tx| {
        tx.replace(std::slice::from_ref(&row))?;
        Letters::of(&app_, tx, account, today)?.announce(tx, (&invoice, &charge), &label, stamp)
    });
    Ok(written.await?)
}

async fn withdraw(
    app: &App,
    (account, today): (AccountId, Date),
    known: &AutoPay,
    (place, reason): (usize, Reason),
) -> Result<()> {
    let (Some(invoice), Some(document)) = (known.invoices.get(place).cloned(), known.ids.get(place).copied()) else {
        return Ok(());
    };
    let (app_, now, stamp) = (app.clone(), app.clock.now(), stamp(app));
    let written = app.store.write(move |tx| {
        tx.withdraw_announced(account, document, now)?;
        // What the customer did themselves needs no letter.
        if reason.is_trouble() {
            Letters::of(&app_, tx, account, today)?.withdraw(tx, &invoice, &reason, stamp)?;
        }
        Ok::<_, store::Error>(())
    });
    Ok(written.await?)
}

/// Charges one invoice, if that is still what is to be done now that it is looked at again.
async fn charge_one(app: &App, account: AccountId, document: Option<InvoiceId>) -> Result<bool> {
    let Some(document) = document else { return Ok(false) };
    let Some((row, number)) = write_down(app, account, document).await? else { return Ok(false) };
    let ask = StartPayment {
        parts: vec![(number.clone(), row.amount_minor)],
        ahead: None,
        with: With::Kept(account, row.method_id),
        on: None,
        key: row.key.clone(),
    };
    match start_payment(app, Payer::AutoPay { account }, ask, &Actor::program(app)).await {
        Ok(started) => {
            if let Some(payment) = started.payment {
                ask_processor(app, payment.payment_id, "/payments").await?;
            }
            app.wake.payments.notify_waiters();
            Ok(true)
        }
        // Somebody paid it in this very moment, or the method went away: tomorrow's look says which.
        Err(Error::Refused(why)) => {
            tracing::warn!(number, why, "Auto Pay could not charge");
            Ok(false)
        }
        Err(other) => Err(other),
    }
}

/// Decides once more where nobody else writes, and writes the charge down before its payment.
async fn write_down(app: &App, account: AccountId, document: InvoiceId) -> Result<Option<(ChargeRow, String)>> {
    let (today, zone) = (app.today(), app.zone());
    let written = app.store.write(move |tx| {
        let known = AutoPay::read(tx, account, (today, &zone))?;
        let Some(place) = known.ids.iter().position(|id| *id == document) else { return Ok(None) };
        let due = known.deeds().into_iter().find_map(|deed| match deed {
            Deed::Charge(at, charge) if at == place => Some(charge),
            _ => None,
        });
        let (Some(charge), Some(invoice)) = (due, known.invoices.get(place)) else { return Ok(None) };
        let Some(attempt) = attempt(&known, document, today) else { return Ok(None) };
        let row = ChargeRow {
            account_id: account,
            document_id: document,
            attempt,
            key: format!("autopay {} {attempt}", invoice.number),
            rule_id: RuleId::from(charge.rule_id),
            method_id: MethodId::from(charge.method),
            charged_on: today,
            amount_minor: charge.amount,
        };
        tx.replace(std::slice::from_ref(&row))?;
        Ok::<_, store::Error>(Some((row, invoice.number.clone())))
    });
    Ok(written.await?)
}

/// The number of the next attempt: that of the last one where its payment was never written; none where today's is over.
fn attempt(known: &AutoPay, document: InvoiceId, today: Date) -> Option<i64> {
    match known.charges.iter().rfind(|charge| charge.document_id == document) {
        None => Some(1),
        Some(last) if last.state.is_none() => Some(last.attempt),
        Some(last) if last.charged_on == today => None,
        Some(last) => Some(last.attempt + 1),
    }
}

/// Tells of what is tried again, and of what can't be charged.
async fn tell(app: &App, (account, today): (AccountId, Date)) -> Result<()> {
    let known = read(app, account, today).await?;
    let mut told: Vec<(Invoice, Decision, [Stamp; 2])> = Vec::new();
    for (invoice, decision) in known.invoices.iter().zip(known.forecast()) {
        let is_news = match &decision {
            Decision::Charge(charge) => charge.cause == Cause::Retry && charge.charge_on > today,
            Decision::Leave(reason) => reason.is_trouble() && is_near(&known, invoice),
        };
        if is_news {
            told.push((invoice.clone(), decision, [stamp(app), stamp(app)]));
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    let app_ = app.clone();
    let written = app.store.write(move |tx| {
        let letters = Letters::of(&app_, tx, account, today)?;
        for (invoice, decision, [stamp, of_staff]) in &told {
            match decision {
                Decision::Charge(charge) => {
                    letters.retry(tx, (invoice, charge), &label(&known, charge.method), *stamp)?;
                }
                Decision::Leave(reason) => letters.trouble(tx, invoice, reason, [*stamp, *of_staff])?,
            }
        }
        Ok::<_, store::Error>(())
    });
    Ok(written.await?)
}

/// Whether the day on which an invoice was to be charged is near, or over.
fn is_near(known: &AutoPay, invoice: &Invoice) -> bool {
    known.rules.iter().any(|held| {
        let day = held.rule.when.day(invoice.issued_on, invoice.due_on);
        shift(day, -i32::from(held.rule.notice_days) - WARNED_DAYS) <= known.today
    })
}
