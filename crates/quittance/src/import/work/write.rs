//! The second pass over a file of work: the rows that differ are read again by a thread of their own, which fills a
//! short channel, while the one transaction that writes takes them out of it. Nothing is decided any more.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use store::Tx;

use super::{Compared, Decision, Known, PART, Work};
use crate::app::App;
use crate::error::{Error, Result};
use crate::import::problem::{Problems, Unread};
use crate::import::progress::{Progress, Step};
use crate::import::source::Source;
use crate::import::table::{Findings, Table};

/// Parts that may wait to be written.
const AHEAD: usize = 2;

/// Rows to be written together.
struct Batch<W: Work> {
    added: Vec<W::Row>,
    changed: Vec<(W, W::Refs)>,
    /// Rows of the file that were passed.
    passed: usize,
}

/// What a second pass needs.
pub struct Writing<W: Work> {
    source: Source,
    known: Arc<Known>,
    decisions: Arc<[Decision]>,
    hash: u64,
    work: std::marker::PhantomData<fn() -> W>,
}

impl<W: Work> Clone for Writing<W> {
    fn clone(&self) -> Self {
        let (source, known, decisions) = (self.source.clone(), self.known.clone(), self.decisions.clone());
        Self { source, known, decisions, hash: self.hash, work: self.work }
    }
}

impl<W: Work> Writing<W> {
    /// The pass that carries out what was decided; nothing where nothing differs.
    pub fn of(source: &Source, known: &Arc<Known>, compared: Compared) -> Option<Self> {
        let has_work = compared.decisions.iter().any(|decision| *decision != Decision::Same);
        has_work.then(|| Self {
            source: source.clone(),
            known: known.clone(),
            decisions: compared.decisions.into(),
            hash: compared.hash,
            work: std::marker::PhantomData,
        })
    }

    /// Writes every row that differs. May be called again, from the beginning, where the transaction is run again.
    ///
    /// # Errors
    /// `Refused` where the file is no longer the one that was checked; those of the database.
    pub fn write(&self, app: &App, tx: &mut Tx, progress: &Progress) -> Result<()> {
        let mut passed = 0;
        for batch in self.batches(app) {
            let batch = batch?;
            tx.insert(&batch.added)?;
            if !batch.changed.is_empty() {
                let changed = changed(tx, batch.changed)?;
                tx.replace(&changed)?;
            }
            tx.settle()?;
            passed += batch.passed;
            progress.set(Step::Written { file: W::FILE, rows: passed, of: self.decisions.len() });
        }
        if passed == self.decisions.len() { Ok(()) } else { Err(self.has_changed()) }
    }

    fn batches(&self, app: &App) -> Receiver<Result<Batch<W>>> {
        let (sender, receiver) = sync_channel(AHEAD);
        let (writing, app) = (self.clone(), app.clone());
        std::thread::spawn(move || {
            if let Err(error) = writing.feed(&app, &sender) {
                // Nobody takes it any more where the transaction has failed.
                drop(sender.send(Err(error)));
            }
        });
        receiver
    }

    fn feed(&self, app: &App, sender: &SyncSender<Result<Batch<W>>>) -> Result<()> {
        let (mut problems, mut unread) = (Problems::default(), Unread::default());
        let mut findings = Findings { problems: &mut problems, unread: &mut unread };
        let mut table = Table::open(&self.source, W::COLUMNS, &mut findings)?;
        let mut decisions = self.decisions.chunks(PART);
        loop {
            let rows = table.rows(PART, &mut findings, W::parse)?;
            let decisions = match (rows.len(), decisions.next()) {
                (0, None) => break,
                (count, Some(decisions)) if decisions.len() == count => decisions,
                _ => return Err(self.has_changed()),
            };
            let batch = self.batch(app, rows, decisions)?;
            if sender.send(Ok(batch)).is_err() {
                return Ok(());
            }
        }
        let is_the_same = problems.is_empty() && table.hash() == self.hash;
        if is_the_same { Ok(()) } else { Err(self.has_changed()) }
    }

    fn batch(&self, app: &App, rows: Vec<W>, decisions: &[Decision]) -> Result<Batch<W>> {
        let mut batch = Batch { added: Vec::new(), changed: Vec::new(), passed: rows.len() };
        let mut problems = Problems::default();
        let mut complaints = crate::import::check::Complaints::about(W::FILE, &mut problems);
        for (row, decision) in rows.into_iter().zip(decisions) {
            if *decision == Decision::Same {
                continue;
            }
            let refs = row.refer(&self.known, &mut complaints).ok_or_else(|| self.has_changed())?;
            if *decision == Decision::Add {
                batch.added.push(row.into_row(refs, app.ids.mint(), None));
            } else {
                batch.changed.push((row, refs));
            }
        }
        Ok(batch)
    }

    fn has_changed(&self) -> Error {
        Error::Refused(format!(
            "{} changed while it was imported; nothing was written. Import it again when nobody writes to it",
            self.source.name
        ))
    }
}

/// The rows as they become: with the ids of the stored ones.
fn changed<W: Work>(tx: &mut Tx, rows: Vec<(W, W::Refs)>) -> Result<Vec<W::Row>> {
    let codes: Vec<String> = rows.iter().map(|(row, _)| row.code().to_owned()).collect();
    let stored: HashMap<String, _> =
        W::stored(tx, &codes)?.iter().map(|row| (W::code_of(row).to_owned(), W::identity(row))).collect();
    let missing = || Error::internal("a row that was compared is gone");
    rows.into_iter()
        .map(|(row, refs)| {
            let identity = stored.get(row.code()).copied().ok_or_else(missing)?;
            Ok(row.into_row(refs, identity.id, identity.invoice))
        })
        .collect()
}
