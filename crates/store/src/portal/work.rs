//! Documented work, newest first: time entries and deliveries in one list. Only approved work is shown, so that nobody
//! reads a note the provider has not checked; what an invoice took was approved. Internal notes are never selected.

use std::cmp::Reverse;

use billing::Currency;
use billing::work::{Coverage, WorkType};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::WorkPlace;
use crate::scope::AccountScope;
use crate::{AccountId, Error, Tx, record, statements};

record! {
    /// A time entry as customers see it.
    pub struct ShownEntry {
        pub account_id: AccountId,
        pub entry_id: i64,
        pub ticket: String,
        pub ticket_summary: String,
        pub worked_on: Date,
        pub started_at: String,
        pub technician: String,
        pub work_type: WorkType,
        pub hours_worked: Decimal,
        /// As the invoice has it, or as given so far.
        pub hours_billed: Option<Decimal>,
        pub rate: Option<Decimal>,
        pub coverage: Coverage,
        pub notes: String,
        pub currency: Currency,
        /// The invoice that took it.
        pub number: Option<String>,
        /// Where it gives no rate.
        pub role: Option<String>,
        /// On the invoice, with what stands there of it.
        pub amount_minor: Option<i64>,
        pub rate_factor: Option<Decimal>,
        pub minimum_hours: Option<Decimal>,
        pub prepaid_hours: Option<Decimal>,
        pub over_minor: Option<i64>,
        pub agreed_minor: Option<i64>,
    }
}

record! {
    /// A delivery as customers see it.
    pub struct ShownDelivery {
        pub account_id: AccountId,
        pub delivery_id: i64,
        pub ticket: Option<String>,
        pub delivered_on: Date,
        pub description: String,
        pub quantity: Decimal,
        pub unit: String,
        pub unit_price: Decimal,
        pub currency: Currency,
        /// The invoice that took it.
        pub number: Option<String>,
    }
}

/// What a piece of work is.
#[derive(Clone, Debug)]
pub enum WorkKind {
    /// Somebody worked.
    Entry(Box<ShownEntry>),
    /// Something was delivered.
    Delivery(ShownDelivery),
}

/// A piece of work in the list.
#[derive(Clone, Debug)]
pub struct WorkRow {
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it stands.
    pub place: WorkPlace,
    /// What it is.
    pub kind: WorkKind,
}

impl WorkRow {
    /// Whether these words (lower-cased) stand in it: ticket, summary, notes or description, technician, role, how it is
    /// billed.
    pub fn has(&self, words: &str) -> bool {
        let texts: [&str; 6] = match &self.kind {
            WorkKind::Entry(entry) => [
                &entry.ticket,
                &entry.ticket_summary,
                &entry.notes,
                &entry.technician,
                entry.role.as_deref().unwrap_or_default(),
                if entry.coverage == Coverage::Prepaid { "prepaid" } else { "" },
            ],
            WorkKind::Delivery(delivery) => [
                delivery.ticket.as_deref().unwrap_or_default(),
                &delivery.description,
                delivery.number.as_deref().unwrap_or_default(),
                "",
                "",
                "",
            ],
        };
        texts.iter().any(|text| text.to_lowercase().contains(words))
    }
}

statements! {
    ENTRIES: (Integer, Text, Integer, Text, Integer) -> ShownEntry = "SELECT t.account_id, t.entry_id, t.ticket, t.ticket_summary, \
        t.worked_on, t.started_at, t.technician, t.work_type, t.hours_worked, coalesce(l.quantity, t.hours_billed) AS hours_billed, \
        coalesce(l.unit_price, t.rate) AS rate, t.coverage, t.notes, a.currency, i.number, \
        CASE WHEN t.rate IS NULL THEN t.role END AS role, l.amount_minor, l.rate_factor, \
        l.minimum_hours, l.prepaid_hours, l.over_minor, l.agreed_minor \
        FROM time_entry t JOIN account a ON a.account_id = t.account_id \
        LEFT JOIN invoice i ON i.account_id = t.account_id AND i.invoice_id = t.invoice_id \
        LEFT JOIN invoice_line l ON l.account_id = t.account_id AND l.source = 'time' AND l.month = '' AND l.source_id = t.entry_id \
        WHERE t.account_id = $1 AND (t.worked_on, t.entry_id) < ($2, $3) AND t.worked_on >= $4 AND t.approved_on IS NOT NULL \
        ORDER BY t.worked_on DESC, t.entry_id DESC LIMIT $5";
    DELIVERIES: (Integer, Text, Integer, Text, Integer) -> ShownDelivery = "SELECT d.account_id, d.delivery_id, d.ticket, d.delivered_on, \
        d.description, d.quantity, p.unit, d.unit_price, a.currency, i.number \
        FROM delivery d JOIN account a ON a.account_id = d.account_id JOIN item p ON p.item_id = d.item_id \
        LEFT JOIN invoice i ON i.account_id = d.account_id AND i.invoice_id = d.invoice_id \
        WHERE d.account_id = $1 AND (d.delivered_on, d.delivery_id) < ($2, $3) AND d.delivered_on >= $4 AND d.approved_on IS NOT NULL \
        ORDER BY d.delivered_on DESC, d.delivery_id DESC LIMIT $5";
    FIRST_ENTRY: (Integer) -> crate::One<Date> = "SELECT worked_on FROM time_entry WHERE account_id = $1 ORDER BY worked_on, entry_id LIMIT 1";
    LAST_ENTRY: (Integer) -> crate::One<Date> = "SELECT worked_on FROM time_entry WHERE account_id = $1 ORDER BY worked_on DESC, entry_id DESC LIMIT 1";
    FIRST_DELIVERY: (Integer) -> crate::One<Date> = "SELECT delivered_on FROM delivery WHERE account_id = $1 ORDER BY delivered_on, delivery_id LIMIT 1";
    LAST_DELIVERY: (Integer) -> crate::One<Date> = "SELECT delivered_on FROM delivery WHERE account_id = $1 ORDER BY delivered_on DESC, delivery_id DESC LIMIT 1";
}

/// Newest day first; of one day entries before deliveries.
fn order(place: WorkPlace) -> (Reverse<Date>, bool, Reverse<i64>) {
    (Reverse(place.on), place.is_delivery, Reverse(place.id))
}

impl Tx {
    /// At most `size` pieces of work behind `after`, done on `from_on` or later.
    pub fn work_page(
        &mut self,
        scope: &AccountScope,
        from_on: Date,
        after: WorkPlace,
        size: usize,
    ) -> Result<Vec<WorkRow>, Error> {
        let limit = i64::try_from(size).unwrap_or(i64::MAX);
        // Of the place's day, all deliveries follow its entries.
        let entries_before = if after.is_delivery { i64::MIN } else { after.id };
        let deliveries_before = if after.is_delivery { after.id } else { i64::MAX };
        let mut rows: Vec<WorkRow> = Vec::new();
        for account in scope.accounts() {
            let id = account.account_id;
            let entries: Vec<ShownEntry> = self.rows(&ENTRIES, &[&id, &after.on, &entries_before, &from_on, &limit])?;
            rows.extend(entries.into_iter().map(|entry| WorkRow {
                account_id: entry.account_id,
                place: WorkPlace { is_delivery: false, on: entry.worked_on, id: entry.entry_id },
                kind: WorkKind::Entry(Box::new(entry)),
            }));
            let deliveries: Vec<ShownDelivery> =
                self.rows(&DELIVERIES, &[&id, &after.on, &deliveries_before, &from_on, &limit])?;
            rows.extend(deliveries.into_iter().map(|delivery| WorkRow {
                account_id: delivery.account_id,
                place: WorkPlace { is_delivery: true, on: delivery.delivered_on, id: delivery.delivery_id },
                kind: WorkKind::Delivery(delivery),
            }));
        }
        rows.sort_by_key(|row| order(row.place));
        rows.truncate(size);
        Ok(rows)
    }

    /// First and last day of work, approved or not; nothing where there is none.
    pub fn work_days(&mut self, scope: &AccountScope) -> Result<Option<(Date, Date)>, Error> {
        let (mut firsts, mut lasts): (Vec<Date>, Vec<Date>) = Default::default();
        for account in scope.accounts() {
            for statement in [&FIRST_ENTRY, &FIRST_DELIVERY] {
                firsts.extend(self.value::<Date>(statement, &[&account.account_id])?);
            }
            for statement in [&LAST_ENTRY, &LAST_DELIVERY] {
                lasts.extend(self.value::<Date>(statement, &[&account.account_id])?);
            }
        }
        Ok(firsts.into_iter().min().zip(lasts.into_iter().max()))
    }
}
