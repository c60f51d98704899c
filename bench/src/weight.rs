//! What a browser loads for a page with an empty cache, in bytes on the wire.

use std::collections::BTreeSet;
use std::future::pending;
use std::net::{SocketAddr, TcpListener};

use quittance::app::App;

use crate::Result;
use crate::client::Client;
use crate::instance::{Instance, Maker};
use crate::report::{Row, Target};

/// What a page may weigh with everything, in kB of 1,000 bytes.
const MOST_KB: f64 = 35.0;
/// What browsers accept.
const PACKED: &str = "Accept-Encoding: gzip, deflate, br\r\n";

/// Weighs the home, the heaviest of a customer's newest invoices, and the page that signs in.
pub async fn measure(maker: &Maker) -> Result<Vec<Row>> {
    let app = maker.with_history().await?.open_file().await?;
    // The person who sees the most accounts.
    let contacts = app.store.read(|tx| tx.contacts()).await?;
    let accounts_of = |person| contacts.iter().filter(|contact| contact.person_id == person).count();
    let person =
        contacts.iter().map(|contact| contact.person_id).max_by_key(|person| accounts_of(*person)).ok_or("nobody")?;
    let account = contacts.iter().find(|contact| contact.person_id == person).map(|contact| contact.account_id);
    let newest = app.store.read(|tx| tx.listed_invoices(0, 10_000)).await?;
    let accounts = app.store.read(|tx| tx.accounts()).await?;
    let code =
        accounts.iter().find(|row| Some(row.account_id) == account).map(|row| row.code.clone()).unwrap_or_default();
    let invoices: Vec<String> = newest
        .iter()
        .rev()
        .filter(|invoice| invoice.account_code == code)
        .take(6)
        .map(|invoice| format!("/invoices/{}", invoice.number))
        .collect();
    let cookie = Instance::sign_in(&app, vec![person]).await?.pop().unwrap_or_default();
    let address = serve(&app)?;
    tokio::task::spawn_blocking(move || {
        let mut heaviest = 0;
        for path in &invoices {
            heaviest = heaviest.max(weigh(address, path, &cookie)?);
        }
        let home = weigh(address, "/invoices", &cookie)?;
        let sign_in = weigh(address, "/sign-in", "")?;
        Ok(vec![
            row("The Invoices home", home),
            row("An invoice, the heaviest of six", heaviest),
            row("Signing in", sign_in),
        ])
    })
    .await?
}

/// Serves an instance on a free port until the program ends.
pub fn serve(app: &App) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = quittance::web::serve(app, listener, pending()).await {
            eprintln!("the portal ended: {error}");
        }
    });
    Ok(address)
}

fn row(page: &str, bytes: usize) -> Row {
    let kb = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0;
    Row {
        what: format!("{page}: everything, cold"),
        ours: format!("{kb:.1} kB"),
        floor: String::new(),
        ratio: None,
        target: Target::AtMost { found: kb, limit: MOST_KB, unit: "kB" },
    }
}

/// The page and all it names, each once.
fn weigh(address: SocketAddr, path: &str, cookie: &str) -> Result<usize> {
    let mut client = Client::connect(address)?;
    let mut fetch = |path: &str| -> Result<(usize, String)> {
        let packed = client.get(path, &format!("{PACKED}{cookie}"))?;
        // Once more, to be read here.
        let plain = client.get(path, cookie)?;
        if packed.status == 200 && plain.status == 200 {
            Ok((packed.bytes, String::from_utf8_lossy(&plain.body).into_owned()))
        } else {
            Err(format!("{path} answered {}", packed.status).into())
        }
    };
    let (mut bytes, page) = fetch(path)?;
    let mut known = BTreeSet::new();
    let mut named = named(&page);
    while let Some(next) = named.pop() {
        if known.insert(next.clone()) {
            let (more, text) = fetch(&next)?;
            bytes += more;
            named.extend(self::named(&text));
        }
    }
    if known.is_empty() {
        return Err(format!("{path} names no style").into());
    }
    Ok(bytes)
}

/// The assets that a text names: `/assets/portal-0a1b.css`.
fn named(text: &str) -> Vec<String> {
    let parts = text.split("/assets/").skip(1);
    let names = parts
        .map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).next().unwrap_or_default());
    names.filter(|name| !name.is_empty()).map(|name| format!("/assets/{name}")).collect()
}
