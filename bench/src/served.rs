//! The real program at work: how soon it answers, and what memory it holds.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::{Client, Request, expect_ok, rate};
use crate::home;
use crate::instance::{Instance, Maker};
use crate::machine::{held_kb, own_kb};
use crate::report::{Row, median, ms};

/// What the first answer may take after the start of the process, in milliseconds.
const MOST_MS: f64 = 50.0;
/// What a process that has nothing to do may hold, in MB of 1,024 x 1,024 bytes.
const MOST_IDLE_MB: f64 = 25.0;
/// And one that answers as quickly as it can.
const MOST_LOADED_MB: f64 = 150.0;
/// Connections of the load.
const CONNECTIONS: u64 = 8;
/// How long the load lasts.
const LOAD: Duration = Duration::from_secs(5);
/// How long a process that answered once is left alone before its memory is read.
const REST: Duration = Duration::from_secs(2);
/// How long a process may take to answer or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// How soon the first `GET /invoices` is answered where about so many invoices are stored.
pub async fn start(maker: &Maker, invoices: usize, rounds: usize) -> Result<Vec<Row>> {
    let (instance, requests) = ready(maker, invoices).await?;
    let stored = home::dose(invoices).invoices();
    tokio::task::spawn_blocking(move || {
        let request = requests.first().ok_or("nobody is signed in")?;
        let mut took = Vec::new();
        // The first start isn't counted: it brings the program and the file into memory.
        for _ in 0..=rounds {
            let served = Served::start(&instance, request)?;
            took.push(ms(served.answered_after));
            served.end()?;
        }
        println!("  first answers after {took:.1?} ms");
        let took = median(took.split_off(1));
        let what = format!("`serve` with {stored} invoices: from its start to the first page of the home");
        Ok(vec![Row::at_most(what, format!("{took:.1} ms"), (took, MOST_MS, "ms"))])
    })
    .await?
}

/// What the process holds when idle, and when people look at their invoices as quickly as it answers.
pub async fn memory(maker: &Maker, invoices: usize) -> Result<Vec<Row>> {
    let (instance, requests) = ready(maker, invoices).await?;
    tokio::task::spawn_blocking(move || {
        let request = requests.first().ok_or("nobody is signed in")?;
        let served = Served::start(&instance, request)?;
        std::thread::sleep(REST);
        let (idle, own) = (served.held_mb()?, mb(own_kb(served.process.id())?)?);
        let answers = rate(served.address, &requests, CONNECTIONS, LOAD)?;
        let loaded = served.held_mb()?;
        served.end()?;
        let load = format!("Memory of `serve` after {CONNECTIONS} connections at {answers:.0} requests/s");
        Ok(vec![
            Row::at_most(
                "Memory of `serve`, idle".to_owned(),
                format!("{idle:.1} MB, {own:.1} of it its own"),
                (idle, MOST_IDLE_MB, "MB"),
            ),
            Row::at_most(load, format!("{loaded:.1} MB"), (loaded, MOST_LOADED_MB, "MB")),
        ])
    })
    .await?
}

/// The instance with everybody signed in, opened by nobody.
async fn ready(maker: &Maker, invoices: usize) -> Result<(Instance, Arc<[Request]>)> {
    let instance = home::instance(maker, invoices)?;
    let app = instance.open_file().await?;
    let requests = home::requests(&app, home::dose(invoices)).await?;
    app.give_node_back().await;
    Ok((instance, requests.get(1..).unwrap_or_default().into()))
}

/// A running `quittance serve`.
pub struct Served {
    process: Child,
    /// Where it answers.
    pub address: SocketAddr,
    answered_after: Duration,
}

impl Served {
    /// Starts it, and waits for the answer to a request.
    pub fn start(instance: &Instance, request: &Request) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = instance.command();
        command.args(["serve", "--listen", &address.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        let mut served = Self { process: command.spawn()?, address, answered_after: Duration::ZERO };
        while served.process.try_wait()?.is_none() && started.elapsed() < PATIENCE {
            let Ok(mut client) = Client::connect(address) else {
                std::thread::sleep(Duration::from_micros(200));
                continue;
            };
            expect_ok(&client.get(&request.path, &request.headers)?)?;
            served.answered_after = started.elapsed();
            return Ok(served);
        }
        Err("the program doesn't serve".into())
    }

    fn held_mb(&self) -> Result<f64> {
        mb(held_kb(self.process.id())?)
    }

    /// Asks it to terminate, and waits until it has.
    pub fn end(mut self) -> Result<()> {
        Command::new("kill").arg(self.process.id().to_string()).status()?;
        let asked = Instant::now();
        while self.process.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                return Err("the program doesn't end".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already, most of the time.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mb(kb: u64) -> Result<f64> {
    Ok(f64::from(u32::try_from(kb)?) / 1024.0)
}
