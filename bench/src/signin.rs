//! Signing in: people ask for a code, read it in their mailbox and enter it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use connect::mail::{Mailbox, Mailer};
use quittance::post;
use store::Location;

use crate::Result;
use crate::client::Client;
use crate::customers::{Book, insert, payer};
use crate::instance::Maker;
use crate::report::{Row, Target, per_second};
use crate::runs::months;
use crate::weight::serve;

/// Connections at once.
const CONNECTIONS: usize = 8;
/// Complete sign-ins a second.
const LEAST: f64 = 200.0;
/// How often a person looks into the mailbox.
const LOOK: Duration = Duration::from_micros(250);
/// How long a code may be on its way.
const PATIENCE: Duration = Duration::from_secs(10);

/// Signs so many people in, each once.
pub async fn measure(maker: &Maker, people: usize) -> Result<Vec<Row>> {
    let months = months(1);
    let instance = maker.make("signin", months.first().ok_or("no months")?.first(), None)?;
    let mailbox = Mailbox::new();
    let mailer = Mailer::Mailbox(mailbox.clone());
    let app = instance.open_with(Location::Sqlite(instance.file()), Some(mailer)).await?;
    insert(&app, Book::of(people), &months).await?;
    tokio::spawn(post::work(app.clone()));
    let address = serve(&app)?;
    let rate = tokio::task::spawn_blocking(move || rate(address, &mailbox, people)).await??;
    Ok(vec![Row {
        what: format!("Signing in over {CONNECTIONS} connections, {people} people: asking, reading, entering"),
        ours: format!("{rate:.0} sign-ins/s"),
        floor: String::new(),
        ratio: None,
        target: Target::AtLeast { found: rate, limit: LEAST, unit: "sign-ins/s" },
    }])
}

fn rate(address: SocketAddr, mailbox: &Mailbox, people: usize) -> Result<f64> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (mailbox, next) = (mailbox.clone(), Arc::clone(&next));
            std::thread::spawn(move || -> Result<()> {
                let mut client = Client::connect(address)?;
                loop {
                    let person = next.fetch_add(1, Ordering::Relaxed);
                    if person >= people {
                        return Ok(());
                    }
                    sign_in(&mut client, &mailbox, i64::try_from(person)?)?;
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a person panicked")??;
    }
    Ok(per_second(people, started.elapsed()))
}

/// One person, in a browser and a network of their own.
fn sign_in(client: &mut Client, mailbox: &Mailbox, person: i64) -> Result<()> {
    let email = payer(person);
    let network = format!("X-Forwarded-For: 10.{}.{}.1\r\n", person / 256 % 256, person % 256);
    let asked = client.post("/sign-in", &network, &format!("email={}", email.replace('@', "%40")))?;
    let cookie = asked.cookies.iter().find(|cookie| cookie.starts_with("__Host-sign-in="));
    let (303, Some(cookie)) = (asked.status, cookie) else {
        return Err(format!("asking for a code answered {}", asked.status).into());
    };
    let code = code(mailbox, &email)?;
    let entered = client.post("/sign-in/code", &format!("{network}Cookie: {cookie}\r\n"), &format!("code={code}"))?;
    if entered.status == 303 && entered.cookies.iter().any(|cookie| cookie.starts_with("__Host-session=")) {
        return Ok(());
    }
    Err(format!("entering the code answered {}", entered.status).into())
}

/// The first word of the letter's subject, once it is there.
fn code(mailbox: &Mailbox, email: &str) -> Result<String> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(letter) = mailbox.received_by(email).first() {
            let code = letter.subject.split(" is your code").next().unwrap_or_default();
            return Ok(code.replace(' ', "+"));
        }
        std::thread::sleep(LOOK);
    }
    Err("a code did not arrive".into())
}
