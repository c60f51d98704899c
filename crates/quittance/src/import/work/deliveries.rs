//! `products.csv`

use jiff::civil::Date;
use store::work::DeliveryRow;
use store::{AccountId, DeliveryId, InvoiceId, ItemId, Tx};

use super::{Identity, Known, TicketOf, Work};
use crate::import::check::{Complaints, Fitting};
use crate::import::rows::DeliveryIn;
use crate::import::table::{Columns, RowReader};

/// What deliveries may name.
const IS_DELIVERED: Fitting =
    (|kind| kind.is_delivered(), "an item of kind product or fee (services and licences are agreement lines)");

impl Work for DeliveryIn {
    type Row = DeliveryRow;
    type Refs = (AccountId, ItemId);
    const FILE: &'static str = "products.csv";
    const COLUMNS: Columns = DeliveryIn::COLUMNS;
    const CORRECTION: &'static str = "the delivery as it was; correct it by a new delivery";
    const TELLS_TICKETS: bool = false;

    fn parse(reader: &mut RowReader<'_>) -> Self {
        DeliveryIn::parse(reader)
    }

    fn line(&self) -> u64 {
        self.line
    }

    fn code(&self) -> &str {
        &self.delivery
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn done_on(&self) -> Date {
        self.delivered_on
    }

    fn ticket(&self, (account, _): Self::Refs) -> Option<TicketOf<'_>> {
        self.ticket.as_deref().map(|ticket| TicketOf { ticket, account, told: None })
    }

    fn refer(&self, known: &Known, complaints: &mut Complaints<'_>) -> Option<Self::Refs> {
        complaints.amount(self.line, "quantity", self.quantity, self.unit_price);
        let account = known.account(&self.account, self.line, complaints)?;
        if let Some(ticket) = &self.ticket {
            known.check_ticket(ticket, account, self.line, complaints);
        }
        Some((account, known.items.fitting(&self.item, self.line, IS_DELIVERED, complaints)?))
    }

    fn into_row(self, (account_id, item_id): Self::Refs, id: i64, invoice_id: Option<InvoiceId>) -> DeliveryRow {
        DeliveryRow {
            account_id,
            delivery_id: DeliveryId::from(id),
            code: self.delivery,
            ticket: self.ticket,
            delivered_on: self.delivered_on,
            item_id,
            description: self.description,
            quantity: self.quantity.normalize(),
            unit_price: self.unit_price.normalize(),
            approved_on: self.approved_on,
            invoice_id,
        }
    }

    fn stored(tx: &mut Tx, codes: &[String]) -> Result<Vec<DeliveryRow>, store::Error> {
        tx.deliveries_by_code(codes)
    }

    fn waiting(tx: &mut Tx, days: (Date, Date), accounts: &[AccountId]) -> Result<Vec<String>, store::Error> {
        tx.waiting_deliveries(days, accounts)
    }

    fn code_of(row: &DeliveryRow) -> &str {
        &row.code
    }

    fn identity(row: &DeliveryRow) -> Identity {
        Identity { account: row.account_id, id: row.delivery_id.into(), invoice: row.invoice_id }
    }

    fn differs_inside_only(before: &DeliveryRow, after: &DeliveryRow) -> bool {
        before == after
    }
}
