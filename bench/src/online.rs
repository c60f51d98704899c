//! Issuing online: many at once issue one approved draft each, and each waits until its own invoice is on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use billing::run::RunKey;
use quittance::actions::issue_run::issue_accounts;
use quittance::actions::plan_run::{Review, plan_run};
use quittance::app::App;
use store::AccountId;
use store::run::RunRow;

use crate::Result;
use crate::customers::{Book, insert};
use crate::instance::Maker;
use crate::machine::syncs_per_s;
use crate::report::{Row, Target, median, ms, per_second, percentile};
use crate::runs::months;

/// Who issues at the same time.
const CLIENTS: usize = 64;
/// The rate beside that of the disk's single commits.
const LEAST: f64 = 3.0;
/// What ninety-nine of a hundred invoices may take in milliseconds.
const MOST_MS: f64 = 30.0;

/// Issues so many invoices of a monthly run, one by one.
pub async fn measure(maker: &Maker, invoices: usize) -> Result<Vec<Row>> {
    let months = months(1);
    let month = *months.first().ok_or("no months")?;
    let instance = maker.make("online", month.first(), None)?;
    let app = instance.open_file().await?;
    insert(&app, Book::of(invoices), &months).await?;
    let run = plan_run(&app, RunKey::Recurring(month), Review::Approve, |_, _| ()).await?;
    let run_id = run.run_id;
    let drafts = app.store.read(move |tx| tx.drafts(run_id)).await?;
    let accounts: Arc<[AccountId]> = drafts.iter().map(|draft| draft.account_id).collect();
    let before = syncs_per_s(&maker.folder)?;
    let (took, whole) = issue(&app, &run, &accounts).await?;
    let syncs = median(vec![before, syncs_per_s(&maker.folder)?]);
    let (rate, worst) = (per_second(took.len(), whole), percentile(took, 99));
    Ok(vec![
        Row {
            what: format!("Issuing online on SQLite: {CLIENTS} clients, {invoices} invoices of 8 lines one by one"),
            ours: format!("{rate:.0} invoices/s"),
            floor: format!("{syncs:.0} syncs/s"),
            ratio: Some(rate / syncs),
            target: Target::RatioAtLeast(LEAST),
        },
        Row::at_most(
            "The same: what one of them takes, 99th percentile".to_owned(),
            format!("{worst:.1} ms"),
            (worst, MOST_MS, "ms"),
        ),
    ])
}

/// How long each took in milliseconds, and all of them together.
async fn issue(app: &App, run: &RunRow, accounts: &Arc<[AccountId]>) -> Result<(Vec<f64>, Duration)> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (app, run, accounts, next) = (app.clone(), run.clone(), Arc::clone(accounts), Arc::clone(&next));
            tokio::spawn(async move {
                let mut took = Vec::new();
                while let Some(account) = accounts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let started = Instant::now();
                    if issue_accounts(&app, &run, vec![*account]).await?.invoices != 1 {
                        return Err("a draft was not issued".into());
                    }
                    took.push(ms(started.elapsed()));
                }
                Ok(took)
            })
        })
        .collect();
    let mut took = Vec::new();
    for client in clients {
        let own: Result<Vec<f64>> = client.await?;
        took.extend(own?);
    }
    Ok((took, started.elapsed()))
}
