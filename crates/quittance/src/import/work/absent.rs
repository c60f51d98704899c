//! Work that an earlier import brought and the file doesn't name any more. An import deletes nothing: it is billed all
//! the same, and staff should know.

use store::AccountId;

use super::{Compared, Known, Work};
use crate::actions::change_agreement::SETUP;
use crate::app::App;
use crate::error::Result;
use crate::import::listed::Listed;
use crate::import::progress::grouped;

/// Accounts whose work is looked at together.
const AT_ONCE: usize = 16;
/// Ids that are named.
const NAMED: usize = 5;

/// The warning about approved rows that no invoice has taken, of the accounts and within the days of the file, that it
/// doesn't hold: a file of some weeks says nothing of others.
///
/// # Errors
/// Those of the database.
pub async fn absent<W: Work>(app: &App, known: &Known, compared: &Compared) -> Result<Option<String>> {
    let (Some(seen), Some((first, last))) = (&compared.seen, compared.days) else { return Ok(None) };
    // What lies before is never billed.
    let first = known.billing_starts_on.map_or(first, |day| first.max(day));
    let accounts: Vec<AccountId> =
        compared.accounts.iter().filter_map(|code| known.accounts.get(code)).copied().collect();
    let mut absent = Listed::at_most(NAMED);
    for some in accounts.chunks(AT_ONCE) {
        let some = some.to_vec();
        let codes = app.store.read(move |tx| W::waiting(tx, (first, last), &some)).await?;
        let absent_codes = codes.into_iter().filter(|code| !seen.was_seen(code) && !code.ends_with(SETUP));
        absent_codes.for_each(|code| absent.push(code));
    }
    if absent.count() == 0 {
        return Ok(None);
    }
    Ok(Some(format!(
        "{}: {} of {first} to {last} approved and on no invoice yet, which the file doesn't hold: {}. An import deletes nothing: \
         they go on an invoice all the same, unless they are imported once more without approved_on",
        W::FILE,
        counted(absent.count()),
        named(&absent)
    )))
}

/// `1 row`, `1,000 rows`
fn counted(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(rows)) }
}

/// The first ids of a list.
pub fn named(list: &Listed<String>) -> String {
    let more = if list.count() > list.shown().len() { ", …" } else { "" };
    format!("{}{more}", list.shown().join(", "))
}
