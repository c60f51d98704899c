//! Whether the time of an answer tells who is known: `POST /sign-in` of addresses that are, and of others that aren't.

use std::net::SocketAddr;
use std::time::Instant;

use connect::mail::{Mailbox, Mailer};
use quittance::post;
use store::Location;

use crate::Result;
use crate::client::Client;
use crate::customers::{Book, insert, payer};
use crate::instance::Maker;
use crate::report::{Row, median, ms};
use crate::runs::months;
use crate::weight::serve;

/// What the medians may lie apart, in per cent of that of the unknown.
const MOST: f64 = 5.0;
/// Asked at first and not counted: the process warms up.
const WARM: usize = 200;

/// Asks for codes of so many people, and for as many of nobody, by turns on one connection.
pub async fn measure(maker: &Maker, people: usize) -> Result<Vec<Row>> {
    let months = months(1);
    let instance = maker.make("enumeration", months.first().ok_or("no months")?.first(), None)?;
    let mailer = Mailer::Mailbox(Mailbox::new());
    let app = instance.open_with(Location::Sqlite(instance.file()), Some(mailer)).await?;
    insert(&app, Book::of(people + WARM), &months).await?;
    tokio::spawn(post::work(app.clone()));
    let address = serve(&app)?;
    let (known, unknown) = tokio::task::spawn_blocking(move || ask(address, people)).await??;
    let (known, unknown) = (median(known), median(unknown));
    let apart = (known - unknown).abs() / unknown.max(f64::EPSILON) * 100.0;
    Ok(vec![Row::at_most(
        format!("`POST /sign-in` of {people} known and {people} unknown addresses by turns: medians apart"),
        format!("{apart:.1} % ({:.0} µs known, {:.0} µs unknown)", known * 1000.0, unknown * 1000.0),
        (apart, MOST, "%"),
    )])
}

/// How long answers took in milliseconds: of the known, and of the unknown.
fn ask(address: SocketAddr, people: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let mut client = Client::connect(address)?;
    let (mut known, mut unknown) = (Vec::with_capacity(people), Vec::with_capacity(people));
    for number in 0..people + WARM {
        let person = i64::try_from(number)?;
        // As long as a known one, of a domain that isn't ours.
        let nobody = payer(person).replace("customer", "stranger");
        // Who comes first changes, so that nothing is always done on the heels of the same.
        let mut two = [(true, payer(person)), (false, nobody)];
        if number % 4 > 1 {
            two.swap(0, 1);
        }
        for (is_known, email) in two {
            // Everybody asks once, from a network of their own, so that no limit answers.
            let network = number * 2 + usize::from(is_known);
            let network = format!("X-Forwarded-For: 10.{}.{}.1\r\n", network / 256 % 256, network % 256);
            let started = Instant::now();
            let asked = client.post("/sign-in", &network, &format!("email={}", email.replace('@', "%40")))?;
            let took = ms(started.elapsed());
            if asked.status != 303 {
                return Err(format!("asking for a code answered {}", asked.status).into());
            }
            if number >= WARM {
                if is_known { &mut known } else { &mut unknown }.push(took);
            }
        }
    }
    Ok((known, unknown))
}
