//! A copy of the home's instance in which every account has an agreement, so that runs can be made in it.

use quittance::actions::issue_run::SERIES;
use quittance::app::App;
use store::Location;

use crate::Result;
use crate::customers::{Book, Known, insert};
use crate::home::{self, Dose};
use crate::instance::Maker;
use crate::runs::months;

/// The months for which runs can be made in it.
pub const MONTHS: usize = 10;

/// Makes the copy, and opens it.
pub async fn open(maker: &Maker, invoices: usize) -> Result<(App, Dose)> {
    let dose = home::dose(invoices);
    let instance = home::instance(maker, invoices)?;
    let copy = instance.data.join("copy.db");
    instance.copy_file(&copy)?;
    let app = instance.open(Location::Sqlite(copy)).await?;
    let book = Book { known: Known::Already, ..Book::of(dose.accounts + 1) };
    insert(&app, book, &months(MONTHS)).await?;
    let next = 10_001 + i64::try_from(dose.invoices())?;
    app.store.write(move |tx| tx.advance_series(SERIES, next)).await?;
    Ok((app, dose))
}
