//! The first pass over a file of work: every row checked, and compared with what is stored, part by part.

use std::collections::HashMap;
use std::sync::Arc;

use store::work::TicketRow;

use super::explain::explain;
use super::look::{Looked, Part};
use super::seen::{Seen, Suspects};
use super::{Decision, Known, PART, Work};
use crate::app::App;
use crate::error::Result;
use crate::import::changes::{Count, Fields};
use crate::import::check::{Complaints, Ticket};
use crate::import::problem::{Problems, Unread};
use crate::import::progress::{Progress, Step};
use crate::import::source::Source;
use crate::import::table::{Findings, Table};

/// Contradictions between file and store that are looked into; a file that has more is wrong as a whole.
const CONTRADICTIONS: usize = 10_000;

/// What is known of a file of work after the first pass.
#[derive(Default)]
pub struct Compared {
    /// What is to become of each row, in the order of the file.
    pub decisions: Vec<Decision>,
    /// Everything wrong.
    pub problems: Problems,
    /// Fields that change.
    pub fields: Fields,
    /// Rows before the first day that is billed.
    pub early: usize,
    /// Of the bytes that were read.
    pub hash: u64,
    contradicted: Vec<TicketRow>,
}

impl Compared {
    /// How many rows are new, changed, the same.
    pub fn count(&self, name: &'static str) -> Count {
        let of = |decision: Decision| self.decisions.iter().filter(|known| **known == decision).count();
        Count { name, added: of(Decision::Add), changed: of(Decision::Change), same: of(Decision::Same) }
    }

    fn take(&mut self, looked: Looked) {
        self.decisions.extend(looked.decisions);
        self.problems.append(looked.problems);
        self.fields.append(looked.fields);
        let room = CONTRADICTIONS.saturating_sub(self.contradicted.len());
        self.contradicted.extend(looked.contradicted.into_iter().take(room));
    }
}

/// Reads the file to its end, whatever is wrong with it.
///
/// # Errors
/// `Refused` where it can't be read; those of the database.
pub async fn compare<W: Work>(app: &App, source: &Source, known: &Arc<Known>, progress: &Progress) -> Result<Compared> {
    let mut compared = Compared::default();
    let mut seen = Seen::nothing();
    // Nothing refers to a row of work, so nobody asks which ones could not be read.
    let mut unread = Unread::default();
    let mut findings = Findings { problems: &mut compared.problems, unread: &mut unread };
    let mut table = Table::open(source, W::COLUMNS, &mut findings)?;
    loop {
        let mut findings = Findings { problems: &mut compared.problems, unread: &mut Unread::default() };
        let rows = table.rows(PART, &mut findings, W::parse)?;
        if rows.is_empty() {
            break;
        }
        compared.early +=
            rows.iter().filter(|row| known.billing_starts_on.is_some_and(|day| row.done_on() < day)).count();
        let part = Arc::new(refer(rows, known, &mut seen, &mut compared.problems));
        let looked = app.store.read(move |tx| part.look(tx)).await?;
        compared.take(looked);
        progress.set(Step::Checked {
            file: W::FILE,
            rows: compared.decisions.len(),
            bytes: table.bytes(),
            of: source.size,
        });
    }
    compared.hash = table.hash();
    let suspects = seen.suspects();
    let standing = standing(app, &suspects, std::mem::take(&mut compared.contradicted)).await?;
    if !suspects.is_empty() || !standing.is_empty() {
        explain::<W>(source, known, &suspects, standing, &mut compared.problems)?;
    }
    Ok(compared)
}

/// What the rows refer to; those that refer to nothing are told and left out.
fn refer<W: Work>(rows: Vec<W>, known: &Known, seen: &mut Seen, problems: &mut Problems) -> Part<W> {
    let mut part = Part { rows: Vec::with_capacity(rows.len()), tickets: Vec::new() };
    let mut complaints = Complaints::about(W::FILE, problems);
    for row in rows {
        seen.add_id(row.code());
        let Some(refs) = row.refer(known, &mut complaints) else { continue };
        if let Some(ticket) = row.ticket(refs) {
            seen.add_ticket(ticket);
            if seen.is_new_ticket(ticket.ticket) {
                part.tickets.push(ticket.ticket.to_owned());
            }
        }
        part.rows.push((row, refs));
    }
    part
}

/// Of the tickets that the store has otherwise, those that this file doesn't tell anew: no entry of theirs that may
/// still change stands in it.
async fn standing(app: &App, suspects: &Suspects, rows: Vec<TicketRow>) -> Result<HashMap<String, Ticket>> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let tickets: Vec<String> = rows.iter().map(|row| row.ticket.clone()).collect();
    let entries = app.store.read(move |tx| tx.entries_of_tickets(&tickets)).await?;
    let retold = entries.into_iter().filter(|entry| entry.invoice_id.is_none() && suspects.was_seen(&entry.code));
    let retold: std::collections::HashSet<String> = retold.map(|entry| entry.ticket).collect();
    let standing = rows.into_iter().filter(|row| !retold.contains(&row.ticket)).map(|row| {
        let ticket = Ticket { account: row.account_id, summary: row.ticket_summary, requester: row.requester };
        (row.ticket, ticket)
    });
    Ok(standing.collect())
}
