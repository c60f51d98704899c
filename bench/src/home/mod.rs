//! The Invoices home of an instance with a million invoices, beside a bare handler with the same statements and template.

mod bare;
mod rows;

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use quittance::app::App;

use crate::Result;
use crate::client::{Client, Request, latencies, rate};
use crate::instance::{Instance, Maker, today};
use crate::report::{Row, Target, median};
use crate::weight::serve;
pub use rows::Dose;

/// Connections at once.
const CONNECTIONS: u64 = 8;
/// How long one turn takes.
const TURN: Duration = Duration::from_secs(3);
/// Answers whose median is the latency of one turn.
const ANSWERS: usize = 200;
/// Invoices of an ordinary account.
const ORDINARY: usize = 100;

/// Measures an instance of about so many invoices, a tenth more of them in one account.
pub async fn measure(maker: &Maker, invoices: usize, rounds: usize) -> Result<Vec<Row>> {
    let dose = dose(invoices);
    let instance = instance(maker, invoices)?;
    let app = instance.open_file().await?;
    let requests = requests(&app, dose).await?;
    let (large, ordinary) = requests.split_first().ok_or("nobody is signed in")?;
    let (large, ordinary): (Request, Arc<[Request]>) = (large.clone(), ordinary.into());
    let ours = serve(&app)?;
    let floor = bare::serve(&app, instance.file(), today()).await?;
    tokio::task::spawn_blocking(move || {
        compare_sizes(ours, floor, &ordinary)?;
        let throughput = throughput(ours, floor, &ordinary, rounds)?;
        Ok(vec![dose_named(throughput, dose), first_page(ours, &large, &ordinary, dose, rounds)?])
    })
    .await?
}

/// The instance with about so many invoices, made now if it isn't there.
pub fn instance(maker: &Maker, invoices: usize) -> Result<Instance> {
    let name = name(invoices);
    if maker.found(&name).is_none() {
        prepare_elsewhere(maker, invoices)?;
    }
    maker.found(&name).ok_or_else(|| "the data of the home were not made".into())
}

/// Signs everybody in: a request for the home of each account, that of the large one first.
pub async fn requests(app: &App, dose: Dose) -> Result<Vec<Request>> {
    let headers = Instance::sign_in(app, rows::people(dose)).await?;
    Ok(headers.into_iter().map(|headers| Request { path: "/invoices".to_owned(), headers }).collect())
}

/// Makes the data of the home, unless they are there.
pub async fn prepare(maker: &Maker, invoices: usize) -> Result<()> {
    let name = name(invoices);
    if maker.found(&name).is_none() {
        rows::make(maker, &name, dose(invoices)).await?;
    }
    Ok(())
}

/// Makes them in a process of their own: a million rows leave a heap in pieces, and whoever works in the threads that made
/// them is slower for it.
fn prepare_elsewhere(maker: &Maker, invoices: usize) -> Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("home").arg("--prepare").args(["--quick", &(invoices / 10).to_string()]);
    let ended = command.arg("--folder").arg(&maker.folder).arg("--program").arg(&maker.program).status()?;
    if ended.success() { Ok(()) } else { Err(format!("making the data of the home ended with {ended}").into()) }
}

/// How many accounts and invoices an instance with about so many invoices has.
pub fn dose(invoices: usize) -> Dose {
    Dose { accounts: (invoices / ORDINARY).max(10), ordinary: ORDINARY, large: invoices / 10 }
}

fn name(invoices: usize) -> String {
    format!("home-{invoices}")
}

/// A floor whose pages are smaller than ours would be none.
fn compare_sizes(ours: SocketAddr, floor: SocketAddr, requests: &[Request]) -> Result<()> {
    let request = requests.first().ok_or("no requests")?;
    let mut sizes = Vec::new();
    for address in [ours, floor] {
        let answer = Client::connect(address)?.get(&request.path, &request.headers)?;
        if answer.status != 200 {
            return Err(format!("the home answered {}", answer.status).into());
        }
        sizes.push(answer.body.len());
    }
    println!("Home: bytes of ours and of the floor {sizes:?}");
    Ok(())
}

fn throughput(ours: SocketAddr, floor: SocketAddr, requests: &Arc<[Request]>, rounds: usize) -> Result<(f64, f64)> {
    // Warms both up.
    rate(ours, requests, CONNECTIONS, TURN / 3)?;
    rate(floor, requests, CONNECTIONS, TURN / 3)?;
    let (mut with_ours, mut with_floor) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        with_ours.push(rate(ours, requests, CONNECTIONS, TURN)?);
        with_floor.push(rate(floor, requests, CONNECTIONS, TURN)?);
    }
    println!("Home: ours {with_ours:.0?}, floor {with_floor:.0?} requests/s");
    Ok((median(with_ours), median(with_floor)))
}

fn dose_named((ours, floor): (f64, f64), dose: Dose) -> Row {
    Row {
        what: format!("The Invoices home with {} invoices in {} accounts", dose.invoices(), dose.accounts + 1),
        ours: format!("{ours:.0} requests/s"),
        floor: format!("{floor:.0} requests/s"),
        ratio: Some(ours / floor),
        target: Target::RatioAtLeast(0.35),
    }
}

fn first_page(address: SocketAddr, large: &Request, requests: &[Request], dose: Dose, rounds: usize) -> Result<Row> {
    let (mut of_large, mut of_ordinary) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let ordinary = requests.get(round * requests.len() / rounds).ok_or("no requests")?;
        of_large.push(median(latencies(address, large, ANSWERS)?));
        of_ordinary.push(median(latencies(address, ordinary, ANSWERS)?));
    }
    let (large, ordinary) = (median(of_large), median(of_ordinary));
    Ok(Row {
        what: format!("First page of an account with {} invoices beside one with {}", dose.large, dose.ordinary),
        ours: format!("{large:.2} ms"),
        floor: format!("{ordinary:.2} ms"),
        ratio: Some(large / ordinary),
        target: Target::RatioAtMost(1.5),
    })
}
