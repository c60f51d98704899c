//! Charges what the provider set for paying late: a document of its own, once for each overdue invoice.

use std::sync::Arc;

use billing::calendar::shift;
use billing::invoice::InvoiceStatus;
use billing::ledger::{Entry, EntryKind, Ledger, Posting};
use billing::receivables::{Fee, LateFee};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use store::audit::AuditKind;
use store::books::EntryRow;
use store::credit::{LateFeeRow, OverdueRow};
use store::invoice::{DocumentKind, InvoiceStateRow, NumberRow};
use store::provider::ProviderRow;
use store::{EntryId, InvoiceId, JobId, Tx};

use super::credit_invoice::render_job;
use super::tell_staff::{Notice, tell_staff};
use crate::app::App;
use crate::audit::Actor;
use crate::books::{LATE_FEES, post, take_number};
use crate::error::{Error, Result};

/// An overdue invoice and what it costs.
#[derive(Clone, Debug)]
pub struct Due {
    /// The invoice.
    pub overdue: OverdueRow,
    /// Days after its due date.
    pub days_late: u32,
    /// What is charged.
    pub fee: Fee,
}

/// What would be charged today, in the order of the invoices.
///
/// # Errors
/// Those of the database.
pub async fn planned(app: &App) -> Result<Vec<Due>> {
    let (today, provider) = (app.today(), app.provider());
    app.store.read(move |tx| due(tx, &provider, today)).await
}

/// Charges what is due today and tells staff; gives the fees made now. Nothing where the provider set no fee.
///
/// # Errors
/// Those of the database; `Refused` where the instance is held.
pub async fn charge_late_fees(app: &App, by: &Actor) -> Result<Vec<LateFeeRow>> {
    app.may_act().await?;
    let mut made = Vec::new();
    for due in planned(app).await? {
        let charge = Charge {
            overdue: due.overdue,
            provider: app.provider(),
            today: app.today(),
            now: app.clock.now(),
            fee_id: app.ids.mint(),
            entry_id: app.ids.mint(),
            job_id: app.ids.mint(),
        };
        let by = by.clone();
        let written = app.store.write(move |tx| {
            let fee = charge.write(tx)?;
            if let Some(fee) = &fee {
                let after = json!({ "total_minor": fee.total_minor });
                tx.append_audit(&[by.did(AuditKind::LateFees, fee.number.clone()).of(fee.account_id).after(after)])?;
            }
            Ok::<_, Error>(fee)
        });
        made.extend(written.await?);
    }
    app.wake.render.notify_waiters();
    if let (Some(first), Some(last)) = (made.first(), made.last()) {
        tell_staff(app, told(&made, first, last, app.today())).await?;
    }
    Ok(made)
}

fn told(made: &[LateFeeRow], first: &LateFeeRow, last: &LateFeeRow, today: Date) -> Notice {
    Notice {
        key: format!("late-fees.{today}.{}", first.number),
        subject: format!("{} late fees were charged", made.len()),
        body: format!(
            "{} to {} were made on {today} for invoices that are overdue, and are on their way to the customers.\n\n\
             To see them: quittance credit list\nTo give one up: quittance credit write-off {} --reason WHY",
            first.number, last.number, first.number
        ),
    }
}

fn due(tx: &mut Tx, provider: &ProviderRow, today: Date) -> Result<Vec<Due>> {
    let setting = &provider.receivables.late_fee;
    let mut all = Vec::new();
    for overdue in tx.overdue_without_fee(shift(today, -i32::try_from(setting.after_days).unwrap_or(i32::MAX)))? {
        all.extend(of_overdue(setting, without_dispute(tx, overdue)?, today)?);
    }
    Ok(all)
}

/// The same without what is in dispute: that part earns no fee as long as it is.
fn without_dispute(tx: &mut Tx, overdue: OverdueRow) -> Result<OverdueRow> {
    let held = tx.held_by_dispute(overdue.account_id, overdue.invoice_id)?;
    Ok(OverdueRow { balance_minor: overdue.balance_minor.saturating_sub(held), ..overdue })
}

/// What an overdue invoice costs today; nothing as long as the days of grace last.
fn of_overdue(setting: &LateFee, overdue: OverdueRow, today: Date) -> Result<Option<Due>> {
    let days_late = billing::Span::new(overdue.due_on, today).days();
    let fee = setting.of(overdue.balance_minor, days_late, overdue.currency)?;
    Ok(fee.map(|fee| Due { overdue, days_late, fee }))
}

/// Everything a fee needs, made before its transaction.
struct Charge {
    overdue: OverdueRow,
    provider: Arc<ProviderRow>,
    today: Date,
    now: Timestamp,
    fee_id: InvoiceId,
    entry_id: EntryId,
    job_id: JobId,
}

impl Charge {
    /// The fee; nothing where the invoice was paid, or charged, in the meantime.
    fn write(&self, tx: &mut Tx) -> Result<Option<LateFeeRow>> {
        let Some(due) = self.still_due(tx)? else { return Ok(None) };
        let receivables = &self.provider.receivables;
        let series = (receivables.late_fee_number_prefix.as_str(), receivables.late_fee_number_start);
        let (number, serial) = take_number(tx, LATE_FEES, series)?;
        let fee = self.row(tx, &due, number, serial)?;
        self.insert(tx, &fee)?;
        let head = EntryRow {
            account_id: fee.account_id,
            entry_id: self.entry_id,
            kind: EntryKind::LateFee,
            document_id: fee.late_fee_id,
            posted_on: fee.issued_on,
            currency: fee.currency,
        };
        let owed = Posting::owed(fee.late_fee_id.into(), fee.total_minor);
        let entry = Entry::new([owed, Posting::to(Ledger::LateFees, -fee.total_minor)]).map_err(Error::internal)?;
        post(tx, &head, &entry)?;
        Ok(Some(fee))
    }

    fn still_due(&self, tx: &mut Tx) -> Result<Option<Due>> {
        let (account, invoice) = (self.overdue.account_id, self.overdue.invoice_id);
        let state = tx.invoice_state(account, invoice)?.ok_or(Error::NotFound)?;
        if tx.late_fee_of(account, invoice)?.is_some() {
            return Ok(None);
        }
        let overdue = OverdueRow { due_on: state.due_on, balance_minor: state.balance_minor, ..self.overdue.clone() };
        of_overdue(&self.provider.receivables.late_fee, without_dispute(tx, overdue)?, self.today)
    }

    fn row(&self, tx: &mut Tx, due: &Due, number: String, serial: i64) -> Result<LateFeeRow> {
        let overdue = &due.overdue;
        let invoice = tx.invoice(overdue.account_id, overdue.invoice_id)?.ok_or(Error::NotFound)?;
        Ok(LateFeeRow {
            account_id: overdue.account_id,
            late_fee_id: self.fee_id,
            number,
            series: LATE_FEES.to_owned(),
            serial,
            invoice_id: overdue.invoice_id,
            provider_version: self.provider.version,
            issued_on: self.today,
            due_on: shift(self.today, i32::try_from(invoice.terms_days).unwrap_or(i32::MAX)),
            issued_at: self.now,
            currency: overdue.currency,
            overdue_minor: overdue.balance_minor,
            days_late: i64::from(due.days_late),
            percent_per_year: self.provider.receivables.late_fee.percent_per_year,
            flat_minor: due.fee.flat,
            interest_minor: due.fee.interest,
            total_minor: due.fee.flat.checked_add(due.fee.interest).ok_or(billing::Overflow)?,
        })
    }

    /// The state begins at nothing: its entry opens it.
    fn insert(&self, tx: &mut Tx, fee: &LateFeeRow) -> Result<()> {
        let (account_id, document_id) = (fee.account_id, fee.late_fee_id);
        tx.insert(std::slice::from_ref(fee))?;
        let number = fee.number.clone();
        tx.insert(&[NumberRow { number, account_id, document_id, kind: DocumentKind::LateFee }])?;
        tx.insert(&[InvoiceStateRow {
            account_id,
            invoice_id: document_id,
            status: InvoiceStatus::Paid,
            due_on: fee.due_on,
            issued_on: fee.issued_on,
            balance_minor: 0,
            credited_minor: 0,
            written_off_minor: 0,
        }])?;
        Ok(tx.insert(&[render_job(self.job_id, account_id, document_id)])?)
    }
}
