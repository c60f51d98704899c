//! A whole month: invoices issued, rendered by two processes, and handed over to a mail server.

mod sink;

use std::time::Instant;

use connect::mail::{Mailer, Security, Settings, Smtp};
use quittance::actions::deliver_mail::finish_delivery;
use quittance::actions::render_documents::finish_rendering;
use store::Location;

use crate::Result;
use crate::customers::{Book, insert};
use crate::instance::Maker;
use crate::report::Row;
use crate::runs::{make_runs, months};
use sink::Sink;

/// What a thousand invoices may take in seconds.
const MOST_S: f64 = 60.0;

/// Measures so many invoices, one step after the other as the commands do it.
pub async fn measure(maker: &Maker, invoices: usize) -> Result<Vec<Row>> {
    let months = months(1);
    let instance = maker.make("month", months.first().ok_or("no months")?.first(), None)?;
    let sink = Sink::start()?;
    let settings = Settings {
        host: "127.0.0.1".to_owned(),
        port: sink.address.port(),
        login: None,
        security: Security::None,
        authority_pem: None,
        signer: None,
        timeout_s: 30,
        hello_name: "localhost".to_owned(),
        connections: 4,
        return_path: None,
    };
    let app = instance.open_with(Location::Sqlite(instance.file()), Some(Mailer::Smtp(Smtp::new(settings)?))).await?;
    insert(&app, Book::of(invoices), &months).await?;
    let started = Instant::now();
    make_runs(&app, &months).await?;
    let issued = started.elapsed();
    finish_rendering(&app, |_, _| ()).await?;
    let rendered = started.elapsed();
    let delivered = finish_delivery(&app, |_| ()).await?;
    let whole = started.elapsed();
    if delivered.accepted != invoices || sink.letters() != invoices {
        let received = sink.letters();
        return Err(format!("of {invoices} letters {} were accepted, {received} received", delivered.accepted).into());
    }
    let seconds = whole.as_secs_f64();
    Ok(vec![Row::at_most(
        format!("A month of {invoices} invoices issued, rendered and handed over by SMTP"),
        format!(
            "{seconds:.1} s (issued in {:.1}, rendered in {:.1}, handed over in {:.1})",
            issued.as_secs_f64(),
            (rendered - issued).as_secs_f64(),
            (whole - rendered).as_secs_f64()
        ),
        (seconds, MOST_S, "s"),
    )])
}
