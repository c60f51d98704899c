//! Writes down what is agreed of a ticket: the amount that its work is charged up to.

use rust_decimal::Decimal;
use serde_json::json;
use store::audit::AuditKind;
use store::reckoning::AgreedTicketRow;
use store::run::ImportRow;

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};

/// What is agreed.
#[derive(Clone, Debug)]
pub struct AgreeTicket {
    /// The ticket.
    pub ticket: String,
    /// Whose it is.
    pub account: String,
    /// Major units of the account's currency; none lifts the limit.
    pub not_to_exceed: Option<Decimal>,
}

/// Writes it down. Invoices that were issued stay as they are, and what they charged counts.
///
/// # Errors
/// `Refused` where there is no such account, the ticket is another's, or no invoice has such an amount.
pub async fn agree_ticket(app: &App, ask: AgreeTicket, by: &Actor) -> Result<()> {
    let by = by.clone();
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 1 };
    app.store
        .write(move |tx| {
            let account = tx.account_by_code(&ask.account)?.ok_or_else(|| Error::no_account(&ask.account))?;
            let tickets = tx.tickets(std::slice::from_ref(&ask.ticket))?;
            let known = tx.agreed_tickets()?.into_iter().find(|row| row.ticket == ask.ticket);
            let mut owners = tickets.iter().map(|row| row.account_id).chain(known.iter().map(|row| row.account_id));
            if owners.any(|owner| owner != account.account_id) {
                return Err(Error::Refused(format!("{} is another account's ticket", ask.ticket)));
            }
            let places = u32::from(billing::money::digits(account.currency));
            let minor = |amount| {
                crate::import::resolve::minor(amount, places).ok_or_else(|| {
                    Error::Refused(format!("no invoice has the amount {amount}; at most {places} decimals"))
                })
            };
            let not_to_exceed_minor = ask.not_to_exceed.map(minor).transpose()?;
            let row =
                AgreedTicketRow { ticket: ask.ticket.clone(), account_id: account.account_id, not_to_exceed_minor };
            if known.as_ref() != Some(&row) {
                let minor = |row: &AgreedTicketRow| json!({ "not_to_exceed_minor": row.not_to_exceed_minor });
                let mut deed =
                    by.did(AuditKind::TicketAgreed, row.ticket.clone()).of(row.account_id).after(minor(&row));
                deed.before = known.as_ref().map(minor);
                tx.replace(&[row])?;
                tx.insert(std::slice::from_ref(&import))?;
                tx.append_audit(&[deed])?;
            }
            Ok(())
        })
        .await
}
