//! Another look at a file of work where something is suspected: which id stands twice and where, which ticket
//! contradicts what.

use std::collections::HashMap;

use super::seen::Suspects;
use super::{Known, Work};
use crate::error::Result;
use crate::import::check::{Complaints, Ticket, ticket};
use crate::import::problem::{Problems, Unread};
use crate::import::source::Source;
use crate::import::table::{Findings, Table};

/// Suspected ids and tickets that are remembered; a file that has more is wrong as a whole.
const REMEMBERED: usize = 50_000;

/// Reads the file once more and tells what the suspicion was about. `standing` are tickets as the store has them, in
/// entries that this file doesn't change.
///
/// # Errors
/// `Refused` where the file can't be read.
pub fn explain<W: Work>(
    source: &Source,
    known: &Known,
    suspects: &Suspects,
    mut standing: HashMap<String, Ticket>,
    problems: &mut Problems,
) -> Result<()> {
    // What is wrong in a single row was told before.
    let (mut told, mut unread) = (Problems::default(), Unread::default());
    let mut findings = Findings { problems: &mut told, unread: &mut unread };
    let mut table = Table::open(source, W::COLUMNS, &mut findings)?;
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut complaints = Complaints::about(W::FILE, problems);
    let mut once_more = Problems::default();
    while let Some(row) = table.row(&mut findings, W::parse)? {
        if suspects.has_id(row.code()) {
            let id = W::COLUMNS.first();
            match lines.get(row.code()) {
                Some(earlier) => complaints.stands_twice(row.line(), id, row.code(), *earlier),
                None if lines.len() < REMEMBERED => drop(lines.insert(row.code().to_owned(), row.line())),
                None => {}
            }
        }
        let Some(refs) = row.refer(known, &mut Complaints::about(W::FILE, &mut once_more)) else { continue };
        if let Some(this) = row.ticket(refs)
            && (standing.contains_key(this.ticket) || (suspects.has_ticket(this.ticket) && standing.len() < REMEMBERED))
        {
            ticket(row.line(), this, &mut standing, &mut complaints);
        }
    }
    Ok(())
}
