//! Everything of one database copied into another, empty one, of either kind: one transaction on each side, all or
//! nothing, and compared before it is kept.

pub(crate) mod excerpt;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

pub use excerpt::{Excerpt, excerpt};

use crate::engine::Values;
use crate::registered::tables;
use crate::{Error, Store, Table, Tx, Value};

/// Bytes of values that are sent at a time.
const BATCH: usize = 1 << 20;
/// Batches that may wait.
const AHEAD: usize = 4;
/// Kept by migrations on each side for itself.
const OWN: &str = "migration";
/// Rows of a table that refers to itself were made in the order of this column.
const IN_ORDER: &str = "serial";

/// What a table holds, as far as two databases can be compared by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Its name.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
    /// The sum of each column of money, in minor units.
    pub sums: Vec<(&'static str, i128)>,
    /// The hashes of all rows added up: the same in whatever order the rows come.
    pub hash: [u64; 4],
}

/// Whether others may write to the source while it is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// They may: the copy is of one moment.
    OthersWrite,
    /// They wait: what they would write is not in the copy.
    OthersWait,
}

enum Sent {
    Rows(&'static Table, Vec<Values>),
    All(Vec<Tally>),
}

/// Copies every row of every table, and gives what each holds, which is the same on both sides.
///
/// Errors: `Other` where the target holds something already, or differs in the end; then nothing is left in it.
pub async fn copy(from: &Store, into: &Store, meanwhile: Meanwhile) -> Result<Vec<Tally>, Error> {
    let (sender, receiver) = sync_channel(AHEAD);
    let (sender, receiver) = (Once::of(sender), Once::of(receiver));
    let send = move |tx: &mut Tx| send_all(tx, &sender.take()?);
    let sending = async {
        match meanwhile {
            Meanwhile::OthersWrite => from.read(send).await,
            Meanwhile::OthersWait => from.write(send).await,
        }
    };
    let taking = into.write(move |tx| take_all(tx, &receiver.take()?));
    let (sent, taken) = tokio::join!(sending, taking);
    match (sent, taken) {
        // What stopped first says why.
        (Err(error), Err(stopped)) if is_stopped(&stopped) => Err(error),
        (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
        (Ok(()), Ok(tallies)) => Ok(tallies),
    }
}

/// What every table holds.
pub async fn tally(store: &Store) -> Result<Vec<Tally>, Error> {
    store.read(tallies).await
}

fn send_all(tx: &mut Tx, sender: &SyncSender<Sent>) -> Result<(), Error> {
    let order = in_order(&tx.references()?)?;
    let mut tallies = Vec::new();
    for (table, by) in order {
        let mut tally = Tally::of(table);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        tx.each(table, by, &mut |row| {
            tally.add(table, &row);
            bytes += row.iter().map(size).sum::<usize>();
            rows.push(row);
            if bytes < BATCH {
                return Ok(());
            }
            bytes = 0;
            sender.send(Sent::Rows(table, std::mem::take(&mut rows))).map_err(|_| stopped())
        })?;
        sender.send(Sent::Rows(table, rows)).map_err(|_| stopped())?;
        tallies.push(tally);
    }
    sender.send(Sent::All(tallies)).map_err(|_| stopped())
}

fn take_all(tx: &mut Tx, receiver: &Receiver<Sent>) -> Result<Vec<Tally>, Error> {
    if let Some(full) = tallies(tx)?.into_iter().find(|tally| tally.rows > 0) {
        return Err(Error::Other(format!("the target isn't empty: {} holds {} rows", full.table, full.rows)));
    }
    for sent in receiver {
        match sent {
            Sent::Rows(table, rows) => tx.insert_values(table, &rows)?,
            Sent::All(mut theirs) => {
                theirs.sort_by_key(|tally| tally.table);
                let ours = tallies(tx)?;
                let differs = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
                return match differs {
                    None if ours.len() == theirs.len() => Ok(ours),
                    other => Err(Error::Other(format!("the copy differs from the original: {other:?}"))),
                };
            }
        }
    }
    Err(stopped())
}

/// What every table holds, by name.
fn tallies(tx: &mut Tx) -> Result<Vec<Tally>, Error> {
    let mut tallies = Vec::new();
    for table in copied() {
        let mut tally = Tally::of(table);
        tx.each(table, None, &mut |row| {
            tally.add(table, &row);
            Ok(())
        })?;
        tallies.push(tally);
    }
    Ok(tallies)
}

/// By name.
fn copied() -> Vec<&'static Table> {
    let mut tables = tables();
    tables.retain(|table| table.name != OWN);
    tables.sort_by_key(|table| table.name);
    tables
}

/// The tables so that each comes after those it refers to, with the column its rows are ordered by.
fn in_order(references: &[(String, String)]) -> Result<Vec<(&'static Table, Option<&'static str>)>, Error> {
    let mut waiting = copied();
    let mut order: Vec<(&'static Table, Option<&'static str>)> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<&str> = waiting.iter().map(|table| table.name).collect();
        let is_free = |table: &&'static Table| {
            let mut others = references.iter().filter(|(from, to)| from == table.name && to != table.name);
            !others.any(|(_, to)| names.contains(&to.as_str()))
        };
        let (free, rest): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(is_free);
        if free.is_empty() {
            return Err(Error::Other(format!("these tables refer to each other in a circle: {}", names.join(", "))));
        }
        for table in free {
            let is_own = references.iter().any(|(from, to)| from == table.name && to == table.name);
            if is_own && table.columns.iter().all(|column| column.name != IN_ORDER) {
                return Err(Error::Other(format!("{} refers to itself and has no {IN_ORDER}", table.name)));
            }
            order.push((table, is_own.then_some(IN_ORDER)));
        }
        waiting = rest;
    }
    Ok(order)
}

impl Tally {
    fn of(table: &'static Table) -> Tally {
        let money = table.columns.iter().filter(|column| column.name.ends_with("_minor"));
        Tally { table: table.name, rows: 0, sums: money.map(|column| (column.name, 0)).collect(), hash: [0; 4] }
    }

    fn add(&mut self, table: &Table, row: &[Value<'static>]) {
        self.rows += 1;
        let mut sums: BTreeMap<&str, &mut i128> = self.sums.iter_mut().map(|(name, sum)| (*name, sum)).collect();
        let mut hash = Sha256::new();
        for (column, value) in table.columns.iter().zip(row) {
            match value {
                Value::Null => hash.update([0]),
                Value::Integer(number) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                    if let Some(sum) = sums.get_mut(column.name) {
                        **sum += i128::from(*number);
                    }
                }
                Value::Text(text) => sized(&mut hash, 2, text.as_bytes()),
                Value::Bytes(bytes) => sized(&mut hash, 3, bytes),
            }
        }
        for (sum, part) in self.hash.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            let part = part.iter().fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
    }

    /// The hash as people compare it: its first 16 digits.
    pub fn short_hash(&self) -> String {
        self.hash.first().map(|part| format!("{part:016x}")).unwrap_or_default()
    }
}

fn sized(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(bytes);
}

fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Null | Value::Integer(_) => 8,
        Value::Text(text) => text.len() + 8,
        Value::Bytes(bytes) => bytes.len() + 8,
    }
}

const STOPPED: &str = "the other side of the copy stopped";

fn stopped() -> Error {
    Error::Other(STOPPED.to_owned())
}

fn is_stopped(error: &Error) -> bool {
    matches!(error, Error::Other(words) if words == STOPPED)
}

/// What a closure that could be run again may use in its first run only: a channel doesn't begin anew.
struct Once<T>(Mutex<Option<T>>);

impl<T> Once<T> {
    fn of(one: T) -> Once<T> {
        Once(Mutex::new(Some(one)))
    }

    fn take(&self) -> Result<T, Error> {
        let one = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        one.ok_or_else(|| Error::Unreachable("the database broke the copy off".to_owned()))
    }
}
