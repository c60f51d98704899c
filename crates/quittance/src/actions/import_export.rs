//! Takes a provider's export into the store: all of it or nothing.

use std::sync::Arc;

use store::Tx;
use store::run::{DataState, ImportRow};

use crate::app::App;
use crate::audit::Actor;
use crate::error::{Error, Result};
use crate::import::changes::{Changes, SHOWN, SHOWN_WRITTEN};
use crate::import::resolve::{self, Given};
use crate::import::rows::{DeliveryIn, EntryIn};
use crate::import::told;
use crate::import::work::{Compared, Known, Suspects, Work, Writing, absent, compare};
use crate::import::{Export, Problems, Progress, Source};
use crate::told::Telling;

/// How often an import compares anew because something changed beside it.
const ATTEMPTS: usize = 5;

/// What became of an export.
#[derive(Debug)]
pub enum Outcome {
    /// Something is wrong with it; nothing was written.
    Wrong(Problems),
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

/// Compares the export with what is stored, in many short reading transactions, and writes the difference in one
/// transaction, which gives way where anything that was compared has changed since.
///
/// # Errors
/// `Refused` where a file can't be read or changes meanwhile; those of the database. What is wrong with the export
/// itself is an outcome.
pub async fn import_export(
    app: &App,
    export: Export,
    (mode, by): (Mode, &Actor),
    progress: &Progress,
) -> Result<Outcome> {
    let export = Arc::new(export);
    for _ in 0..ATTEMPTS {
        let plan = match plan(app, &export, mode, progress).await? {
            Ok(plan) => Arc::new(plan),
            Err(problems) => return Ok(Outcome::Wrong(problems)),
        };
        if mode == Mode::DryRun || plan.changes.is_empty() || write(app, &plan, (by, progress)).await? {
            app.refresh().await?;
            let changes = Arc::try_unwrap(plan).map_or_else(|shared| shared.changes.clone(), |plan| plan.changes);
            return Ok(Outcome::Taken(Box::new(changes)));
        }
    }
    Err(Error::refused(
        "runs or other imports kept changing the data meanwhile; nothing was written. Import again when they are done",
    ))
}

/// Everything that is to be written, and what it was compared with.
struct Plan {
    state: Option<DataState>,
    changes: Changes,
    entries: Option<Writing<EntryIn>>,
    deliveries: Option<Writing<DeliveryIn>>,
}

/// The plan, or everything that is wrong.
async fn plan(app: &App, export: &Arc<Export>, mode: Mode, progress: &Progress) -> Result<Result<Plan, Problems>> {
    let shown = if mode == Mode::DryRun { SHOWN } else { SHOWN_WRITTEN };
    let given = Given { ids: app.ids.many(export.row_count() + 1).into(), now: app.clock.now(), shown };
    let small = export.clone();
    let read = app.store.read(move |tx| {
        let mut problems = small.problems.clone();
        let state = tx.data_state()?;
        let (changes, known) = resolve::changes(tx, &small, &given, &mut problems)?;
        Ok::<_, store::Error>((state, changes, known, problems))
    });
    let (state, mut changes, known, mut problems) = read.await?;
    let known = Arc::new(known);
    let mut entries = taken::<EntryIn>(app, export.entries.as_ref(), (&known, None), progress).await?;
    let told = entries.as_ref().and_then(|(_, compared)| compared.seen.as_ref());
    let mut deliveries = taken::<DeliveryIn>(app, export.deliveries.as_ref(), (&known, told), progress).await?;
    if let Some((_, compared)) = &entries {
        changes.warnings.extend(absent::<EntryIn>(app, &known, compared).await?);
    }
    if let Some((_, compared)) = &deliveries {
        changes.warnings.extend(absent::<DeliveryIn>(app, &known, compared).await?);
    }
    cross(&mut entries, &mut deliveries);
    let entries = noted(entries, &mut changes, &mut problems);
    let deliveries = noted(deliveries, &mut changes, &mut problems);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let entries = entries.and_then(|(source, compared)| Writing::of(source, &known, compared));
    let deliveries = deliveries.and_then(|(source, compared)| Writing::of(source, &known, compared));
    Ok(Ok(Plan { state, changes, entries, deliveries }))
}

async fn taken<'s, W: Work>(
    app: &App,
    source: Option<&'s Source>,
    known: (&Arc<Known>, Option<&Suspects>),
    progress: &Progress,
) -> Result<Option<(&'s Source, Compared)>> {
    let Some(source) = source else { return Ok(None) };
    Ok(Some((source, compare::<W>(app, source, known, progress).await?)))
}

/// Tells tickets that a stored delivery gives to another account, once it is known which deliveries come anew.
fn cross<'s>(entries: &mut Option<(&'s Source, Compared)>, deliveries: &mut Option<(&'s Source, Compared)>) {
    let told = deliveries.as_mut().and_then(|(_, compared)| compared.seen.take());
    for (source, compared) in entries.iter_mut().chain(deliveries) {
        compared.tell_crossed(source.name, told.as_ref());
        compared.seen = None;
    }
}

/// Takes what the first pass over a file found into the whole.
fn noted<'s>(
    taken: Option<(&'s Source, Compared)>,
    changes: &mut Changes,
    problems: &mut Problems,
) -> Option<(&'s Source, Compared)> {
    let (source, mut compared) = taken?;
    changes.work.push(compared.count(source.name));
    changes.fields.append(std::mem::take(&mut compared.fields));
    problems.append(std::mem::take(&mut compared.problems));
    if compared.early > 0 {
        let (file, rows) = (source.name, compared.early);
        changes
            .warnings
            .push(format!("{file}: {rows} rows lie before billing_starts_on; they are kept and never billed"));
    }
    Some((source, compared))
}

/// Writes the plan, unless something that it was compared with has changed; then nothing is written, and false given.
async fn write(app: &App, plan: &Arc<Plan>, (by, progress): (&Actor, &Progress)) -> Result<bool> {
    let import = ImportRow { import_id: app.ids.mint(), made_at: app.clock.now(), rows_added: 0, rows_changed: 0 };
    let (plan, at, progress) = (plan.clone(), app.clone(), progress.clone());
    let deeds = told::deeds(&plan.changes, by)?;
    let heard: Vec<_> = told::heard(&plan.changes).into_iter().map(|heard| (heard, Telling::of(app, by))).collect();
    let written = app.store.write(move |tx: &mut Tx| {
        if tx.data_state()? != plan.state {
            return Ok::<bool, Error>(false);
        }
        for (heard, telling) in &heard {
            heard.tell(tx, telling)?;
        }
        plan.changes.write(tx, import.clone(), &progress)?;
        if let Some(entries) = &plan.entries {
            entries.write(&at, tx, &progress)?;
        }
        if let Some(deliveries) = &plan.deliveries {
            deliveries.write(&at, tx, &progress)?;
        }
        tx.append_audit(&deeds)?;
        Ok(true)
    });
    let written = written.await?;
    app.wake.mail.notify_waiters();
    Ok(written)
}
