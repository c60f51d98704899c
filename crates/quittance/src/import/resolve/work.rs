//! Time entries and deliveries: what an invoice took stays as it was.

use std::collections::HashMap;

use store::account::AccountRow;
use store::agreement::AgreementRow;
use store::work::{DeliveryRow, TimeEntryRow};
use store::{AccountId, AgreementId, InvoiceId, TimeEntryId, Tx};

use super::{ByCode, Resolver, by_code};
use crate::import::check::{self, Complaints, Fitting, Ticket};
use crate::import::rows::{EntryIn, Export};

/// What deliveries may name.
const IS_DELIVERED: Fitting =
    (|kind| kind.is_delivered(), "an item of kind product or fee (services and licences are agreement lines)");

impl Resolver<'_> {
    pub(super) fn entries(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
        agreements: &ByCode<AgreementRow>,
    ) -> Result<(), store::Error> {
        let codes: Vec<String> = export.entries.iter().map(|row| row.entry.clone()).collect();
        let stored = by_code(tx.entries_by_code(&codes)?, |row| &row.code);
        let tickets: Vec<String> = export.entries.iter().map(|row| row.ticket.clone()).collect();
        let mut known_tickets = self.stored_tickets(tx, &tickets, &stored)?;
        let starts_on = tx.provider()?.map(|provider| provider.billing_starts_on);
        let mut too_early = 0;
        for row in &export.entries {
            let Some(account) = self.known_account(&row.account, row.line, accounts, "time_entries.csv") else {
                continue;
            };
            let mut complaints = Complaints::about("time_entries.csv", self.problems);
            check::ticket(row, account, &mut known_tickets, &mut complaints);
            let agreement = check::entry_agreement(row, account, agreements, &self.unread, &mut complaints);
            let known = stored.get(&row.entry);
            let entry_id = known.map_or_else(|| self.mint(), |known| Ok(known.entry_id))?;
            let place = (account, entry_id, agreement.map(|agreement| agreement.agreement_id));
            let mut entry = entry_row(row, place, known.and_then(|known| known.invoice_id));
            too_early += usize::from(starts_on.is_some_and(|day| row.worked_on < day));
            if let Some(known) = known.filter(|known| known.invoice_id.is_some() || known.account_id != account) {
                entry.internal_notes.clone_from(&known.internal_notes);
                if *known != entry {
                    Complaints::about("time_entries.csv", self.problems).add(
                        row.line,
                        "entry",
                        &row.entry,
                        "an invoice has taken it; it can't change",
                        "the entry as it was; correct it by a new entry",
                    );
                    continue;
                }
                entry.internal_notes.clone_from(&row.internal_notes);
            }
            let place = format!("time_entries.csv:{} {}", row.line, row.entry);
            self.changes.entries.take(entry, known, &place, &mut self.changes.fields)?;
        }
        self.warn_early("time_entries.csv", too_early);
        Ok(())
    }

    /// The tickets as stored, leaving aside those whose entries this very export changes.
    fn stored_tickets(
        &mut self,
        tx: &mut Tx,
        tickets: &[String],
        changing: &ByCode<TimeEntryRow>,
    ) -> Result<HashMap<String, Ticket>, store::Error> {
        let retold: Vec<&str> =
            changing.values().filter(|entry| entry.invoice_id.is_none()).map(|entry| entry.ticket.as_str()).collect();
        let rows = tx.tickets(tickets)?;
        Ok(rows
            .into_iter()
            .filter(|row| !retold.contains(&row.ticket.as_str()))
            .map(|row| {
                (row.ticket, Ticket { account: row.account_id, summary: row.ticket_summary, requester: row.requester })
            })
            .collect())
    }

    pub(super) fn deliveries(
        &mut self,
        tx: &mut Tx,
        export: &Export,
        accounts: &ByCode<AccountRow>,
    ) -> Result<(), store::Error> {
        let codes: Vec<String> = export.deliveries.iter().map(|row| row.delivery.clone()).collect();
        let stored = by_code(tx.deliveries_by_code(&codes)?, |row| &row.code);
        let items = self.all_items(tx)?;
        let starts_on = tx.provider()?.map(|provider| provider.billing_starts_on);
        let mut too_early = 0;
        for row in &export.deliveries {
            let Some(account) = self.known_account(&row.account, row.line, accounts, "products.csv") else { continue };
            let mut complaints = Complaints::about("products.csv", self.problems);
            let Some(item_id) = items.fitting(&row.item, row.line, IS_DELIVERED, &mut complaints) else { continue };
            let known = stored.get(&row.delivery);
            let delivery = DeliveryRow {
                account_id: account,
                delivery_id: known.map_or_else(|| self.mint(), |known| Ok(known.delivery_id))?,
                code: row.delivery.clone(),
                ticket: row.ticket.clone(),
                delivered_on: row.delivered_on,
                item_id,
                description: row.description.clone(),
                quantity: row.quantity.normalize(),
                unit_price: row.unit_price.normalize(),
                approved_on: row.approved_on,
                invoice_id: known.and_then(|known| known.invoice_id),
            };
            too_early += usize::from(starts_on.is_some_and(|day| row.delivered_on < day));
            let fixed = known
                .is_some_and(|known| (known.invoice_id.is_some() || known.account_id != account) && *known != delivery);
            if fixed {
                Complaints::about("products.csv", self.problems).add(
                    row.line,
                    "delivery",
                    &row.delivery,
                    "an invoice has taken it; it can't change",
                    "the delivery as it was; correct it by a new delivery",
                );
                continue;
            }
            let place = format!("products.csv:{} {}", row.line, row.delivery);
            self.changes.deliveries.take(delivery, known, &place, &mut self.changes.fields)?;
        }
        self.warn_early("products.csv", too_early);
        Ok(())
    }
}

/// A time entry as a row; `place` is its account, id and agreement.
fn entry_row(
    row: &EntryIn,
    (account_id, entry_id, agreement_id): (AccountId, TimeEntryId, Option<AgreementId>),
    invoice_id: Option<InvoiceId>,
) -> TimeEntryRow {
    TimeEntryRow {
        account_id,
        entry_id,
        code: row.entry.clone(),
        ticket: row.ticket.clone(),
        ticket_summary: row.ticket_summary.clone(),
        requester: row.requester.clone(),
        site: row.site.clone(),
        worked_on: row.worked_on,
        started_at: row.started_at.clone(),
        ended_at: row.ended_at.clone(),
        technician: row.technician.clone(),
        work_type: row.work_type,
        hours_worked: row.hours_worked.normalize(),
        hours_billed: row.hours_billed.normalize(),
        rate: row.rate.normalize(),
        coverage: row.coverage,
        agreement_id,
        notes: row.notes.clone(),
        internal_notes: row.internal_notes.clone(),
        approved_on: row.approved_on,
        invoice_id,
    }
}
