//! What is counted, and how Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use store::{BOUNDS_MS, Timed, Timing, Tx};

use crate::app::App;
use crate::readiness::{PARTS, readiness};

/// The counts of this process.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By route, then by status.
    requests: Mutex<BTreeMap<String, BTreeMap<u16, Timing>>>,
    mails: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    /// A request was answered. `route` is the pattern, of which there are few.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        match requests.get_mut(route) {
            Some(statuses) => statuses.entry(status).or_default().add(took),
            None => requests.entry(route.to_owned()).or_default().entry(status).or_default().add(took),
        }
    }

    /// A mail server said this about a letter to one recipient: `accepted`, `refused`, `postponed`.
    pub fn mailed(&self, outcome: &'static str) {
        *self.mails.lock().unwrap_or_else(PoisonError::into_inner).entry(outcome).or_default() += 1;
    }
}

/// Everything in the text format 0.0.4. What the database doesn't tell is left out.
pub async fn exposition(app: &App) -> String {
    let mut page = Page::default();
    let version = env!("CARGO_PKG_VERSION");
    page.family("quittance_build_info", "gauge", "The program and its database.");
    page.line(&format!("quittance_build_info{{version=\"{version}\",database=\"{}\"}}", app.store.engine_name()), 1);
    page.requests(&app.metrics);
    page.transactions(app);
    page.family("quittance_rendering_duration_seconds", "histogram", "How long documents take to be rendered.");
    page.timing("quittance_rendering_duration_seconds", "", &app.renderer.times().read());
    page.family("quittance_renderings_failed_total", "counter", "Documents that could not be rendered.");
    page.line("quittance_renderings_failed_total", app.renderer.failed());
    page.family("quittance_mails_total", "counter", "What the mail server said, by recipient and attempt.");
    for (outcome, count) in app.metrics.mails.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        page.line(&format!("quittance_mails_total{{outcome=\"{outcome}\"}}"), count);
    }
    let down = readiness(app).await.down;
    page.family("quittance_up", "gauge", "Whether a part works: 1, or 0 where it is down.");
    for part in PARTS {
        page.line(&format!("quittance_up{{part=\"{part}\"}}"), u8::from(!down.contains(&part)));
    }
    page.stored(app).await;
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string doesn't fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, series: &str, value: impl Display) {
        let _ = writeln!(self.0, "{series} {value}");
    }

    fn requests(&mut self, metrics: &Metrics) {
        let name = "quittance_http_request_duration_seconds";
        self.family(name, "histogram", "Requests by the pattern of their route, until the answer begins.");
        for (route, statuses) in metrics.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            for (status, timing) in statuses {
                self.timing(name, &format!("route=\"{route}\",status=\"{status}\""), &timing.read());
            }
        }
    }

    fn transactions(&mut self, app: &App) {
        let (name, times) = ("quittance_transaction_duration_seconds", app.store.times());
        self.family(name, "histogram", "Transactions, from being asked for until their answer.");
        self.timing(name, "access=\"read\"", &times.reads.read());
        self.timing(name, "access=\"write\"", &times.writes.read());
        self.family("quittance_transactions_waiting", "gauge", "Transactions that wait or run.");
        self.line("quittance_transactions_waiting", times.waiting());
    }

    /// What all processes have in common and the database knows.
    async fn stored(&mut self, app: &App) {
        let read = app.store.read(|tx: &mut Tx| {
            Ok::<_, store::Error>((tx.waiting_jobs()?, tx.waiting_mails()?, tx.last_issued_runs()?))
        });
        let Ok((jobs, mails, runs)) = read.await else { return };
        self.family("quittance_renderings_waiting", "gauge", "Documents that wait to be rendered.");
        self.line("quittance_renderings_waiting", jobs);
        self.family("quittance_outbox_waiting", "gauge", "Recipients whose mail waits.");
        self.line("quittance_outbox_waiting", mails);
        self.family("quittance_last_run_timestamp_seconds", "gauge", "When the newest run that issued was made.");
        for run in runs {
            let stream = run.stream.as_str();
            self.line(&format!("quittance_last_run_timestamp_seconds{{stream=\"{stream}\"}}"), run.made_at.as_second());
        }
    }

    fn timing(&mut self, name: &str, labels: &str, timed: &Timed) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (bound, count) in BOUNDS_MS.iter().zip(timed.at_most) {
            self.line(&format!("{name}_bucket{{{labels}{comma}le=\"{}\"}}", seconds(bound * 1000)), count);
        }
        self.line(&format!("{name}_bucket{{{labels}{comma}le=\"+Inf\"}}"), timed.count);
        self.line(&format!("{name}_sum{{{labels}}}"), seconds(timed.sum_us));
        self.line(&format!("{name}_count{{{labels}}}"), timed.count);
    }
}

/// Microseconds as seconds: `0.005`, `12`.
fn seconds(us: u64) -> String {
    let (whole, rest) = (us / 1_000_000, us % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn seconds_are_written_exactly() {
        assert_eq!([5_000, 1_000_000, 12_345_678, 0].map(seconds), ["0.005", "1", "12.345678", "0"]);
    }
}
