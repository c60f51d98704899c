//! A part of a file of work beside what is stored. Runs inside a reading transaction.

use std::collections::HashMap;

use store::work::{TicketDelivery, TicketRow};
use store::{Error, Tx};

use super::{CONTRADICTIONS, Decision, TicketOf, Work};
use crate::import::changes::{Fields, differing};
use crate::import::check::Complaints;
use crate::import::problem::Problems;

/// Rows of a part that refer to what exists.
pub struct Part<W: Work> {
    /// With what they refer to.
    pub rows: Vec<(W, W::Refs)>,
    /// Tickets to be compared with the stored ones.
    pub tickets: Vec<String>,
}

/// What a look at the store brought.
#[derive(Default)]
pub struct Looked {
    /// One for each row.
    pub decisions: Vec<Decision>,
    /// What is wrong.
    pub problems: Problems,
    /// Fields that change.
    pub fields: Fields,
    /// Tickets that are stored with other facts than the file's.
    pub contradicted: Vec<TicketRow>,
    /// Tickets that stored deliveries give to other accounts.
    pub crossed: Vec<Crossed>,
}

/// A row whose ticket a stored delivery gives to another account.
pub struct Crossed {
    /// Of the row.
    pub line: u64,
    /// The ticket.
    pub ticket: String,
    /// The delivery's code.
    pub delivery: String,
    /// Whether an invoice took the delivery, so that it can't change any more.
    pub is_taken: bool,
}

impl<W: Work> Part<W> {
    /// Compares each row with the stored one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn look(&self, tx: &mut Tx) -> Result<Looked, Error> {
        let codes: Vec<String> = self.rows.iter().map(|(row, _)| row.code().to_owned()).collect();
        let stored: HashMap<String, W::Row> =
            W::stored(tx, &codes)?.into_iter().map(|row| (W::code_of(&row).to_owned(), row)).collect();
        let mut looked = Looked::default();
        for (row, refs) in &self.rows {
            let decision = match stored.get(row.code()) {
                None => Decision::Add,
                Some(known) => beside(row, *refs, known, &mut looked)?,
            };
            looked.decisions.push(decision);
        }
        looked.contradicted = self.contradicted(tx)?;
        looked.crossed = self.crossed(tx)?;
        Ok(looked)
    }

    fn crossed(&self, tx: &mut Tx) -> Result<Vec<Crossed>, Error> {
        let stored = if self.tickets.is_empty() { Vec::new() } else { tx.deliveries_of_tickets(&self.tickets)? };
        let mut of: HashMap<&str, Vec<&TicketDelivery>> = HashMap::new();
        for delivery in &stored {
            of.entry(delivery.ticket.as_str()).or_default().push(delivery);
        }
        let mut crossed = Vec::new();
        for (row, refs) in &self.rows {
            let Some(ticket) = row.ticket(*refs) else { continue };
            let deliveries = of.get(ticket.ticket).into_iter().flatten();
            let others = deliveries.filter(|delivery| delivery.account_id != ticket.account);
            crossed.extend(others.map(|delivery| Crossed {
                line: row.line(),
                ticket: delivery.ticket.clone(),
                delivery: delivery.code.clone(),
                is_taken: delivery.invoice_id.is_some(),
            }));
            crossed.truncate(CONTRADICTIONS);
        }
        Ok(crossed)
    }

    fn contradicted(&self, tx: &mut Tx) -> Result<Vec<TicketRow>, Error> {
        if self.tickets.is_empty() {
            return Ok(Vec::new());
        }
        let told: HashMap<&str, TicketOf<'_>> = self
            .rows
            .iter()
            .rev()
            .filter_map(|(row, refs)| row.ticket(*refs))
            .map(|ticket| (ticket.ticket, ticket))
            .collect();
        let stored = tx.tickets(&self.tickets)?;
        let is_told = |row: &TicketRow| {
            told.get(row.ticket.as_str()).is_none_or(|told| {
                let told_as_here = (row.ticket_summary.as_str(), row.requester.as_str());
                told.account == row.account_id && told.told.is_none_or(|told| told == told_as_here)
            })
        };
        // Where the store itself has a ticket in two ways, one of them is enough.
        let mut fine: Vec<&str> = stored.iter().filter(|row| is_told(row)).map(|row| row.ticket.as_str()).collect();
        fine.sort_unstable();
        let fine: Vec<String> = fine.into_iter().map(str::to_owned).collect();
        Ok(stored.into_iter().filter(|row| fine.binary_search(&row.ticket).is_err()).collect())
    }
}

fn beside<W: Work>(row: &W, refs: W::Refs, known: &W::Row, looked: &mut Looked) -> Result<Decision, Error> {
    let identity = W::identity(known);
    let new = row.clone().into_row(refs, identity.id, identity.invoice);
    if *known == new {
        return Ok(Decision::Same);
    }
    let mut tell = |wrong: &str, expected: &str| {
        let id = W::COLUMNS.first();
        Complaints::about(W::FILE, &mut looked.problems).add(row.line(), id, row.code(), wrong, expected);
        Ok(Decision::Same)
    };
    if identity.invoice.is_some() && !W::differs_inside_only(known, &new) {
        return tell("an invoice has taken it; it can't change", W::CORRECTION);
    }
    if W::identity(&new).account != identity.account {
        return tell("it is another account's", "a new id for the work of this account");
    }
    let place = format!("{}:{} {}", W::FILE, row.line(), row.code());
    differing(known, &new, &place, &mut looked.fields)?;
    Ok(Decision::Change)
}
