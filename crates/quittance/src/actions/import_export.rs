//! Takes a provider's export into the store: all of it or nothing.

use std::sync::Arc;

use store::run::ImportRow;

use crate::app::App;
use crate::error::Result;
use crate::import::changes::Changes;
use crate::import::resolve::{self, Given};
use crate::import::{Export, Problem};

/// What became of an export.
#[derive(Debug)]
pub enum Outcome {
    /// Something is wrong with it; nothing was written.
    Wrong(Vec<Problem>),
    /// It was taken, or would be.
    Taken(Box<Changes>),
}

/// Whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Tell what would change.
    DryRun,
    /// Do it.
    Write,
}

/// Compares the export with what is stored and writes the difference in one transaction.
///
/// # Errors
/// Those of the database; what is wrong with the export itself is an outcome.
pub async fn import_export(app: &App, export: Export, mode: Mode) -> Result<Outcome> {
    let given = Given { ids: app.ids.many(export.row_count() + 1).into(), now: app.clock.now() };
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 0 };
    let export = Arc::new(export);
    let work = move |tx: &mut store::Tx| {
        let mut problems = export.problems.clone();
        let changes = resolve::changes(tx, &export, &given, &mut problems)?;
        let outcome = if problems.is_empty() {
            if mode == Mode::Write {
                changes.write(tx, import.clone())?;
            }
            Outcome::Taken(Box::new(changes))
        } else {
            Outcome::Wrong(problems)
        };
        Ok::<Outcome, store::Error>(outcome)
    };
    let outcome = match mode {
        Mode::DryRun => app.store.read(work).await?,
        Mode::Write => app.store.write(work).await?,
    };
    app.refresh().await?;
    Ok(outcome)
}
