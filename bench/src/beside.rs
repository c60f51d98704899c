//! The Invoices home while a run writes in the same process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use quittance::app::App;

use crate::Result;
use crate::client::{Client, Request, expect_ok};
use crate::instance::Maker;
use crate::report::{Row, Target, ms, per_second, percentile};
use crate::runs::{make_runs, months};
use crate::weight::serve;
use crate::{home, stored};

/// People who look at their invoices, each over a connection of their own.
const PEOPLE: usize = 4;
/// How often each of them asks.
const EVERY: Duration = Duration::from_millis(40);
/// For how long the home is asked without a run, for comparison.
const ALONE: Duration = Duration::from_secs(4);
/// What ninety-nine of a hundred answers may take in milliseconds.
const MOST_MS: f64 = 25.0;

/// Measures in an instance of about so many invoices.
pub async fn measure(maker: &Maker, invoices: usize) -> Result<Vec<Row>> {
    let (app, dose) = stored::open(maker, invoices).await?;
    let requests = home::requests(&app, dose).await?;
    let requests: Arc<[Request]> = requests.get(1..).unwrap_or_default().into();
    let address = serve(&app)?;
    let alone = Looking::start(address, &requests);
    tokio::time::sleep(ALONE).await;
    let alone = alone.end().await?;
    let looking = Looking::start(address, &requests);
    let rate = write(&app).await?;
    let took = looking.end().await?;
    let answers = took.len();
    let (alone, beside) = (percentile(alone, 99), percentile(took, 99));
    Ok(vec![Row {
        what: format!(
            "The Invoices home while a run writes {rate:.0} invoices/s: 99th percentile of {answers} answers"
        ),
        ours: format!("{beside:.1} ms"),
        floor: format!("{alone:.1} ms without a run"),
        ratio: None,
        target: Target::AtMost { found: beside, limit: MOST_MS, unit: "ms" },
    }])
}

/// Makes runs for every account; invoices a second.
async fn write(app: &App) -> Result<f64> {
    let months = months(stored::MONTHS);
    let made = make_runs(app, months.get(..2).unwrap_or_default()).await?;
    Ok(per_second(made.invoices, made.whole()))
}

/// People who go on asking.
struct Looking {
    is_over: Arc<AtomicBool>,
    people: Vec<tokio::task::JoinHandle<Result<Vec<f64>>>>,
}

impl Looking {
    fn start(address: SocketAddr, requests: &Arc<[Request]>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let people = (0..PEOPLE)
            .map(|person| {
                let (requests, is_over) = (Arc::clone(requests), Arc::clone(&is_over));
                tokio::task::spawn_blocking(move || look(address, &requests, person, &is_over))
            })
            .collect();
        Self { is_over, people }
    }

    /// What each answer took in milliseconds.
    async fn end(self) -> Result<Vec<f64>> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut took = Vec::new();
        for person in self.people {
            took.extend(person.await??);
        }
        Ok(took)
    }
}

/// Asks at fixed times, whether the last answer was quick or not: one that waits makes the next ones late too.
fn look(address: SocketAddr, requests: &[Request], person: usize, is_over: &AtomicBool) -> Result<Vec<f64>> {
    let mut client = Client::connect(address)?;
    let mut took = Vec::new();
    let mut due = Instant::now() + EVERY * u32::try_from(person)? / u32::try_from(PEOPLE)?;
    for request in requests.iter().skip(person).step_by(PEOPLE).cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        expect_ok(&client.get(&request.path, &request.headers)?)?;
        took.push(ms(due.elapsed()));
        due += EVERY;
    }
    Ok(took)
}
