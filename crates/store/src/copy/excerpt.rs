//! A part of a database copied into another, empty one: to try something out where nobody is mailed and nothing is lost.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::{AHEAD, BATCH, Once, in_order, is_stopped, size, stopped};
use crate::engine::Values;
use crate::{Error, Store, Table, Tx, Value, statements};

/// What is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excerpt {
    /// Everything that billing goes on from; not the documents, nor who is signed in.
    Standing,
    /// Customers, agreements and all of their work, as if nothing had been billed yet.
    Unbilled,
}

/// Files, secrets, and what belongs to the processes of the original.
const LEFT_OUT: [&str; 35] = [
    "audit",
    "audit_head",
    "autopay_charge",
    "autopay_notice",
    "autopay_pause",
    "autopay_rule",
    "autopay_skip",
    "certificate",
    "document_bytes",
    "door_count",
    "gateway_customer",
    "gateway_event",
    "known_device",
    "mandate",
    "method",
    "method_page",
    "microsoft_attempt",
    "microsoft_identity",
    "node",
    "notice",
    "notice_recipient",
    "passkey",
    "passkey_challenge",
    "passkey_declined",
    "pay_link",
    "payment",
    "payment_exception",
    "payment_part",
    "provider_paper",
    "refund",
    "request",
    "session",
    "sign_in",
    "staff",
    "viewing",
];
/// What billing has made, as far as it refers to no run or invoice: what does is found by its references.
const MADE: [&str; 8] =
    ["account_due", "account_month", "account_state", "document_number", "invoice", "job", "run", "scheduled_run"];
/// Work names the invoice that took it; in the copy none has.
const WORK: [&str; 2] = ["delivery", "time_entry"];
const TAKEN_BY: &str = "invoice_id";

statements! {
    // Whoever kept a run in hand is no process of the copy.
    TAKE_RUNS: () = "UPDATE scheduled_run SET lease_until = 0, next_at = 0 WHERE state <> 'done'";
    MAKE_SANDBOX: () = "UPDATE instance SET sandbox = 1, held_at = NULL, held_because = NULL WHERE one = 1";
}

/// Copies what an excerpt holds of one state of the database, while others write, and makes a sandbox of it.
///
/// Errors: `Other` where the target holds something already.
pub async fn excerpt(from: &Store, into: &Store, of: Excerpt) -> Result<(), Error> {
    let (sender, receiver) = sync_channel(AHEAD);
    let (sender, receiver) = (Once::of(sender), Once::of(receiver));
    let sending = from.read(move |tx| send(tx, of, &sender.take()?));
    let taking = into.write(move |tx| take(tx, &receiver.take()?));
    match tokio::join!(sending, taking) {
        (Err(error), Err(stopped)) if is_stopped(&stopped) => Err(error),
        (_, Err(error)) | (Err(error), Ok(())) => Err(error),
        (Ok(()), Ok(())) => Ok(()),
    }
}

/// Rows of a table, or nothing at the end: a sender that is gone before has failed.
type Sent = Option<(&'static Table, Vec<Values>)>;

fn send(tx: &mut Tx, of: Excerpt, sender: &SyncSender<Sent>) -> Result<(), Error> {
    let references = tx.references()?;
    let left_out = left_out(of, &references);
    for (table, by) in in_order(&references)?.into_iter().filter(|(table, _)| !left_out.contains(&table.name)) {
        let is_freed = of == Excerpt::Unbilled && WORK.contains(&table.name);
        let taken_by = table.columns.iter().position(|column| is_freed && column.name == TAKEN_BY);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        tx.each(table, by, &mut |mut row| {
            if let Some(value) = taken_by.and_then(|place| row.get_mut(place)) {
                *value = Value::Null;
            }
            bytes += row.iter().map(size).sum::<usize>();
            rows.push(row);
            if bytes < BATCH {
                return Ok(());
            }
            bytes = 0;
            sender.send(Some((table, std::mem::take(&mut rows)))).map_err(|_| stopped())
        })?;
        sender.send(Some((table, rows))).map_err(|_| stopped())?;
    }
    sender.send(None).map_err(|_| stopped())
}

/// The tables that stay behind, with all that refer to them.
fn left_out<'r>(of: Excerpt, references: &'r [(String, String)]) -> Vec<&'r str> {
    let mut names: Vec<&'r str> = LEFT_OUT.to_vec();
    if of == Excerpt::Unbilled {
        names.extend(MADE);
    }
    let mut known = 0;
    while known < names.len() {
        known = names.len();
        for (from, to) in references {
            let stays = of == Excerpt::Unbilled && WORK.contains(&from.as_str());
            if names.contains(&to.as_str()) && !names.contains(&from.as_str()) && !stays {
                names.push(from);
            }
        }
    }
    names
}

fn take(tx: &mut Tx, receiver: &Receiver<Sent>) -> Result<(), Error> {
    for sent in receiver {
        let Some((table, rows)) = sent else {
            tx.execute(&TAKE_RUNS, &[])?;
            return tx.execute(&MAKE_SANDBOX, &[]).map(drop);
        };
        tx.insert_values(table, &rows)?;
    }
    Err(stopped())
}
