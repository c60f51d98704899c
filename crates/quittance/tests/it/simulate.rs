//! Billing run forward on a copy: what it tells is what comes, and the original stays as it is.

use jiff::civil::Date;
use serde_json::Value;
use store::copy::{Tally, tally};
use store::{Location, Options, Store};

use crate::export::Export;
use crate::house::{House, text};

houses!(what_is_simulated_comes_and_nothing_is_touched, what_a_person_holds_is_named, wrong_days_are_refused);

fn made(house: &House, settings: &str) -> Export {
    let export = Export::of(&["C-1000", "C-1008", "C-1026", "C-1031", "C-1029"], house.path("export"));
    let mut provider = String::from_utf8(export.bytes("provider.toml")).unwrap();
    provider.push_str(settings);
    export.put("provider.toml", provider);
    house.does(&["init", "--sandbox", "--provider", text(&export.file("provider.toml"))]);
    house.does(&["import", text(&export.folder)]);
    export
}

fn today(house: &House) -> Date {
    let said = house.does(&["simulate", "--until", &later(house, 1).to_string(), "--json"]).out;
    serde_json::from_str::<Value>(&said).unwrap()["from"].as_str().unwrap().parse().unwrap()
}

/// So many days after the day on which the clock stands.
fn later(house: &House, days: i32) -> Date {
    let said = house.does(&["clock"]).out;
    let today = said.split_whitespace().find_map(|word| word.parse::<Date>().ok()).unwrap();
    billing::calendar::shift(today, days)
}

fn tallies(house: &House) -> Vec<Tally> {
    let options = Options::new(house.location());
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(async { tally(&Store::open(options).await.unwrap()).await.unwrap() })
}

fn simulated(house: &House, until: Date) -> Value {
    serde_json::from_str(&house.does(&["simulate", "--until", &until.to_string(), "--json"]).out).unwrap()
}

fn all(shown: &Value, what: &str) -> Vec<Value> {
    shown["months"].as_array().unwrap().iter().flat_map(|month| month[what].as_array().unwrap().clone()).collect()
}

fn what_is_simulated_comes_and_nothing_is_touched(house: &House) {
    made(house, "\n[recurring]\nreview = \"none\"\n[biweekly]\nreview = \"none\"\n");
    let until = later(house, 45);
    let before = tallies(house);
    let file = |house: &House| match house.location() {
        Location::Sqlite(path) => std::fs::read(path).unwrap(),
        Location::Postgres(_) => Vec::new(),
    };
    let bytes = file(house);
    let told = house.does(&["simulate", "--until", &until.to_string()]).out;
    let shown = simulated(house, until);
    assert_eq!((tallies(house), file(house) == bytes), (before, true));
    assert!(told.contains("nothing was written, nobody was mailed") && told.contains("In all: "), "{told}");
    let invoices = all(&shown, "invoices");
    assert!(invoices.len() >= 5, "{shown}");
    let sum: i64 = invoices.iter().map(|invoice| invoice["total_minor"].as_i64().unwrap()).sum();
    assert_eq!(shown["totals"]["USD"]["total_minor"], sum);
    // Nobody receives the recurring invoices of C-1029; all others go to somebody.
    let mails = all(&shown, "mails");
    for invoice in &invoices {
        let is_mailed = mails.iter().any(|mail| mail["invoice"] == invoice["number"]);
        let is_for_nobody = invoice["account"] == "C-1029" && invoice["run"].as_str().unwrap().starts_with("recurring");
        assert_eq!(is_mailed, !is_for_nobody, "{invoice}");
    }
    // Then it happens.
    house.does(&["clock", &until.to_string()]);
    let happened = house.invoices();
    assert_eq!(happened.len(), invoices.len());
    for (invoice, told) in happened.iter().zip(&invoices) {
        assert_eq!(told["number"], invoice.number);
        assert_eq!(told["account"], invoice.account);
        assert_eq!(
            (&told["issued_on"], &told["due_on"]),
            (&invoice.issued_on.clone().into(), &invoice.due_on.clone().into())
        );
        assert_eq!(
            (told["total_minor"].as_i64(), told["lines"].as_i64()),
            (Some(invoice.total_minor), Some(invoice.lines))
        );
    }
    let planned = house.reads(|tx| {
        let invoices = tx.listed_invoices(-1, 1000)?;
        let mut found = Vec::new();
        for invoice in invoices {
            let number = tx.number(&invoice.number)?.unwrap();
            for mail in tx.mails_of_invoice(number.account_id, number.document_id)? {
                for to in tx.recipients(mail.account_id, mail.mail_id)? {
                    found.push((mail.deliver_on.to_string(), invoice.number.clone(), to.email));
                }
            }
        }
        Ok(found)
    });
    let text = |mail: &Value, key: &str| mail[key].as_str().unwrap().to_owned();
    let mut told: Vec<_> =
        mails.iter().map(|mail| (text(mail, "deliver_on"), text(mail, "invoice"), text(mail, "email"))).collect();
    let mut planned = planned;
    told.sort();
    planned.sort();
    assert_eq!(told, planned);
}

fn what_a_person_holds_is_named(house: &House) {
    made(house, "");
    let first = today(house);
    // The run of this month is made on the 1st of the next, and waits for a person.
    let run = format!("recurring-{}", first.strftime("%Y-%m"));
    let next = billing::Month::of(first).next().first();
    house.does(&["clock", &next.to_string()]);
    assert_eq!(house.invoices(), []);
    house.does(&["run", "hold", &format!("{run}/C-1000"), "--reason", "The price is wrong"]);
    let shown = simulated(house, later(house, 3));
    assert_eq!(shown["left"][0]["account"], "C-1000", "{shown}");
    assert_eq!(shown["left"][0]["reason"], "The price is wrong");
    let invoices = all(&shown, "invoices");
    let of_run: Vec<&Value> = invoices.iter().filter(|invoice| invoice["run"] == run.as_str()).collect();
    assert!(of_run.len() >= 2 && of_run.iter().all(|invoice| invoice["account"] != "C-1000"), "{shown}");
    assert_eq!(house.invoices(), []);
}

fn wrong_days_are_refused(house: &House) {
    made(house, "");
    for (days, words) in [(0, "after today"), (-400, "after today"), (1200, "at most three years ahead")] {
        let said = house.refuses(&["simulate", "--until", &later(house, days).to_string()]);
        assert!(said.err.contains(words), "{}", said.err);
    }
}
