//! What whoever watches sees: a log without anybody's data, and metrics.

use std::net::TcpListener;

use crate::export::Export;
use crate::house::House;
use crate::post_office::PostOffice;
use crate::served::{Served, get};
use crate::visitor::Visitor;

houses!(the_log_names_nobody, what_is_counted_can_be_read);

const KHADRA: &str = "khadra.moua@northfieldgrain.example";

/// The main stories, in both forms of the log, and a mail server that refuses.
fn the_log_names_nobody(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    let first = export.set("contacts.csv", "C-1008", "email", "sonja+550@refused.example");
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let post = PostOffice::open();
    house.mails_to(post.port);
    let mut secrets: Vec<String> = vec![first, "sonja".to_owned(), "nobody@elsewhere".to_owned()];
    for form in ["text", "json"] {
        let settings = house.data().join("quittance.toml");
        let before = std::fs::read_to_string(&settings).unwrap();
        let (_, old) = before.split_once("format = ").unwrap();
        let old = old.lines().next().unwrap();
        std::fs::write(&settings, before.replace(&format!("format = {old}"), &format!("format = \"{form}\""))).unwrap();
        let served = house.serves();
        let visitor = stories(&served, &post, if form == "text" { 1 } else { 2 }, &mut secrets);
        until_mailed(house);
        let log = served.log();
        served.stops();
        secrets.extend(visitor.cookies.values().cloned());
        for contact in std::fs::read_to_string(export.file("contacts.csv")).unwrap().lines().skip(1) {
            secrets.extend(contact.split(',').skip(1).take(3).filter(|value| !value.is_empty()).map(str::to_owned));
        }
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            assert!(!log.contains(secret.as_str()), "{secret} stands in the log:\n{log}");
        }
        assert!(log.contains("/invoices/{name}"), "{log}");
        assert!(!log.contains("secret-of-a-query") && !log.contains("secret-of-a-path"), "{log}");
        if form == "json" {
            let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let answered = lines.iter().find(|line| line["message"] == "answered").unwrap();
            assert!(answered["route"].is_string() && answered["status"].is_u64() && answered["ms"].is_u64());
            assert!(answered["span"]["trace"].is_string(), "{answered}");
        }
    }
}

fn stories(served: &Served, post: &PostOffice, letters: usize, secrets: &mut Vec<String>) -> Visitor {
    let mut khadra = Visitor::of(served.address);
    khadra.asks("nobody@elsewhere.example");
    assert_eq!(khadra.asks(KHADRA).0, 303);
    let code = Visitor::code(post, KHADRA, letters);
    assert_eq!(khadra.post("/sign-in/code", &[("code", "000000")]).0, 422);
    assert_eq!(khadra.post("/sign-in/code", &[("code", &code)]).0, 303);
    secrets.push(code);
    let (_, home) = khadra.get("/invoices?q=secret-of-a-query");
    assert!(home.starts_with("HTTP/1.1 200"), "{home}");
    let (_, home) = khadra.get("/invoices");
    let number = home.split("/invoices/INV-").nth(1).unwrap();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(khadra.get(&format!("/invoices/INV-{number}")).0, 200);
    assert_eq!(khadra.get(&format!("/invoices/INV-{number}.pdf")).0, 200);
    for path in ["/secret-of-a-path", "/invoices/secret-of-a-path", "/assets/secret-of-a-path"] {
        assert_eq!(khadra.get(path).0, 404);
    }
    khadra
}

fn until_mailed(house: &House) {
    let patience = std::time::Instant::now() + crate::served::PATIENCE;
    while house.reads(store::Tx::waiting_jobs) > 0 || house.reads(store::Tx::waiting_mails) > 0 {
        assert!(std::time::Instant::now() < patience);
        // The invoices of this export are months old.
        house.releases();
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn what_is_counted_can_be_read(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let post = PostOffice::open();
    house.mails_to(post.port);
    let meter = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = house.data().join("quittance.toml");
    let before = std::fs::read_to_string(&settings).unwrap();
    let set = |listen: &str| {
        let (start, rest) = before.rsplit_once("listen = \"\"").unwrap();
        std::fs::write(&settings, format!("{start}listen = \"{listen}\"{rest}")).unwrap();
    };
    set("0.0.0.0:9464");
    assert!(house.refuses(&["serve"]).err.contains("loopback"));
    set(&meter.to_string());
    let mut served = house.serves();
    until_mailed(house);
    for path in ["/sign-in", "/sign-in", "/nowhere", "/invoices/INV-1"] {
        served.get(path);
    }
    let page = get(meter, "/metrics").unwrap().1;
    let value = |series: &str| -> f64 {
        let line =
            page.lines().find_map(|line| line.strip_prefix(series)).unwrap_or_else(|| panic!("{series}: {page}"));
        line.trim().parse().unwrap()
    };
    assert!(page.contains(&format!("quittance_build_info{{version=\"{}\"", env!("CARGO_PKG_VERSION"))));
    assert_eq!(value("quittance_http_request_duration_seconds_count{route=\"/sign-in\",status=\"200\"}"), 2.0);
    assert_eq!(value("quittance_http_request_duration_seconds_count{route=\"none\",status=\"404\"}"), 1.0);
    assert!(value("quittance_transaction_duration_seconds_count{access=\"write\"}") >= 1.0);
    assert!(value("quittance_rendering_duration_seconds_bucket{le=\"+Inf\"}") >= 1.0);
    assert!(value("quittance_mails_total{outcome=\"accepted\"}") >= 1.0);
    assert_eq!((value("quittance_renderings_waiting"), value("quittance_outbox_waiting")), (0.0, 0.0));
    assert!(value("quittance_last_run_timestamp_seconds{stream=\"recurring\"}") > 1.7e9);
    for part in ["database", "disk", "mail", "renderer", "microsoft"] {
        assert_eq!(value(&format!("quittance_up{{part=\"{part}\"}}")), 1.0, "{part}");
    }
    assert!(!page.contains("INV-1") && !page.contains("nowhere"), "{page}");
    // Not where customers are.
    assert_eq!(served.get("/metrics").0, 404);
    let next = house.serves_with(&["--listen", &served.address.to_string(), "--take-over"]);
    assert!(served.ends().success());
    assert!(get(meter, "/metrics").unwrap().1.contains("quittance_up"));
    next.stops();
}
