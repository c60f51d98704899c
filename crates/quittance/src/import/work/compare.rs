//! The first pass over a file of work: every row checked, and compared with what is stored, part by part.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use store::work::TicketRow;

use super::explain::explain;
use super::look::{Crossed, Looked, Part};
use super::seen::{Seen, Suspects};
use super::{CONTRADICTIONS, Decision, Known, OF_ONE_ACCOUNT, PART, Work};
use crate::app::App;
use crate::error::Result;
use crate::import::changes::{Count, Fields};
use crate::import::check::{Complaints, Ticket};
use crate::import::problem::{Problems, Unread};
use crate::import::progress::{Progress, Step};
use crate::import::source::Source;
use crate::import::table::{Findings, Table};

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
    /// The first and the last day on which something was done.
    pub days: Option<(Date, Date)>,
    /// The accounts that it was done for, by code.
    pub accounts: HashSet<String>,
    /// What stands in the file.
    pub seen: Option<Suspects>,
    /// Of the bytes that were read.
    pub hash: u64,
    contradicted: Vec<TicketRow>,
    crossed: Vec<Crossed>,
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
        let room = CONTRADICTIONS.saturating_sub(self.crossed.len());
        self.crossed.extend(looked.crossed.into_iter().take(room));
    }

    fn note<W: Work>(&mut self, rows: &[W]) {
        for row in rows {
            let day = row.done_on();
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
            if !self.accounts.contains(row.account()) {
                self.accounts.insert(row.account().to_owned());
            }
        }
    }

    /// Tells tickets that stored deliveries give to other accounts, but for deliveries that may change and come anew:
    /// `deliveries` is what their file names, where it came.
    pub fn tell_crossed(&mut self, file: &'static str, deliveries: Option<&Suspects>) {
        let mut complaints = Complaints::about(file, &mut self.problems);
        let mut told = 0;
        for Crossed { line, ticket, delivery, is_taken } in std::mem::take(&mut self.crossed) {
            let comes_anew = !is_taken && deliveries.is_some_and(|deliveries| deliveries.was_seen(&delivery));
            if !comes_anew && line != told {
                let wrong = format!("the delivery {delivery} gives it to another account");
                complaints.add(line, "ticket", &ticket, &wrong, OF_ONE_ACCOUNT);
                told = line;
            }
        }
    }
}

/// Reads the file to its end, whatever is wrong with it. `entries` are those of the same import, where it is another's.
///
/// # Errors
/// `Refused` where it can't be read; those of the database.
pub async fn compare<W: Work>(
    app: &App,
    source: &Source,
    (known, entries): (&Arc<Known>, Option<&Suspects>),
    progress: &Progress,
) -> Result<Compared> {
    let mut compared = Compared { fields: Fields::at_most(known.shown), ..Compared::default() };
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
        compared.note(&rows);
        let part = Arc::new(refer(rows, (&**known, entries), &mut seen, &mut compared.problems));
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
    let entries = if W::TELLS_TICKETS { Some(&suspects) } else { entries };
    let standing = standing::<W>(app, entries, std::mem::take(&mut compared.contradicted)).await?;
    if !suspects.is_empty() || !standing.is_empty() {
        explain::<W>(source, known, &suspects, standing, &mut compared.problems)?;
    }
    compared.seen = Some(suspects);
    Ok(compared)
}

/// What the rows refer to; those that refer to nothing are told and left out.
fn refer<W: Work>(
    rows: Vec<W>,
    (known, entries): (&Known, Option<&Suspects>),
    seen: &mut Seen,
    problems: &mut Problems,
) -> Part<W> {
    let mut part = Part { rows: Vec::with_capacity(rows.len()), tickets: Vec::new() };
    let mut complaints = Complaints::about(W::FILE, problems);
    for row in rows {
        seen.add_id(row.code());
        let Some(refs) = row.refer(known, &mut complaints) else { continue };
        if let Some(ticket) = row.ticket(refs) {
            if entries.is_some_and(|entries| entries.gives_to_another(ticket)) {
                let wrong = "time_entries.csv gives it to another account";
                complaints.add(row.line(), "ticket", ticket.ticket, wrong, OF_ONE_ACCOUNT);
            }
            seen.add_ticket(ticket);
            if seen.is_new_ticket(ticket.ticket) {
                part.tickets.push(ticket.ticket.to_owned());
            }
        }
        part.rows.push((row, refs));
    }
    part
}

/// Of the tickets that the store has otherwise, those that this import doesn't tell anew: no entry of theirs that may
/// still change stands among its `entries`. What these say of a ticket of a delivery was told already.
async fn standing<W: Work>(
    app: &App,
    entries: Option<&Suspects>,
    mut rows: Vec<TicketRow>,
) -> Result<HashMap<String, Ticket>> {
    if !W::TELLS_TICKETS {
        rows.retain(|row| entries.is_none_or(|entries| !entries.tells_of(&row.ticket)));
    }
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let tickets: Vec<String> = rows.iter().map(|row| row.ticket.clone()).collect();
    let stored = app.store.read(move |tx| tx.entries_of_tickets(&tickets)).await?;
    let was_seen = |code: &str| entries.is_some_and(|entries| entries.was_seen(code));
    let retold = stored.into_iter().filter(|entry| entry.invoice_id.is_none() && was_seen(&entry.code));
    let retold: std::collections::HashSet<String> = retold.map(|entry| entry.ticket).collect();
    let standing = rows.into_iter().filter(|row| !retold.contains(&row.ticket)).map(|row| {
        let ticket = Ticket { account: row.account_id, summary: row.ticket_summary, requester: row.requester };
        (row.ticket, ticket)
    });
    Ok(standing.collect())
}
