//! `mail dkim-key` and `mail test`, against a DNS server and a mail server on the loopback.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use store::testing::Database;

use crate::house::{House, python, root};
use crate::post_office::PostOffice;

struct NameServer {
    process: Child,
    port: u16,
}

impl NameServer {
    fn open(records: &std::path::Path) -> NameServer {
        let mut command = Command::new(python());
        command.arg(root().join("e2e/dnsd.py")).arg(records).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("e2e/dnsd.py didn't start; it needs dnspython"));
        NameServer { process, port }
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn a_key_is_made_published_and_every_letter_is_signed() {
    let (house, post) = (House::on(Database::Sqlite), PostOffice::open());
    house.inits(&crate::export::Export::sample());
    house.mails_to(post.port);
    let records = house.path("records");
    std::fs::write(&records, "other.example MX 10 mx.other.example.\n").unwrap();
    let names = NameServer::open(&records);
    let dns = format!("127.0.0.1:{}", names.port);
    let test = ["mail", "test", "--to", "eve@acme.example", "--dns", &dns];

    // Nothing is published: each step says what to do.
    let said = house.refuses(&test);
    for words in [
        "BAD  MX          westprairie.example takes no mail",
        "BAD  SPF         westprairie.example has no SPF record",
        "hmm  DKIM        We do not sign",
        "hmm  DMARC       westprairie.example has no DMARC record",
        "ok   letter      A letter to eve@acme.example was accepted",
        "Mail does not work yet.",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    assert!(said.out.matches("->").count() >= 4, "{}", said.out);

    let said = house.does(&["mail", "dkim-key", "--selector", "q1"]);
    let record: String =
        said.out.lines().find(|line| line.contains("IN TXT")).unwrap().split('"').skip(1).step_by(2).collect();
    assert!(record.starts_with("v=DKIM1; k=rsa; p=MII"), "{record}");
    house.refuses(&["mail", "dkim-key", "--selector", "q1"]);
    let setting = |key: &str| said.out.lines().find(|line| line.trim().starts_with(key)).unwrap().trim().to_owned();
    house.has_settings("dkim_selector = \"\"", &setting("dkim_selector"));
    house.has_settings("dkim_domain = \"\"", &format!("{}\n{}", setting("dkim_domain"), setting("dkim_key_file")));
    let said = house.refuses(&test);
    assert!(said.out.contains("q1._domainkey.westprairie.example shows no key"), "{}", said.out);

    let zone = format!(
        "westprairie.example MX 10 mx.westprairie.example.\n\
         westprairie.example TXT \"v=spf1 include:relay.example -all\"\n\
         relay.example TXT \"v=spf1 ip4:127.0.0.0/8 -all\"\n\
         q1._domainkey.westprairie.example TXT \"{}\" \"{}\"\n\
         _dmarc.westprairie.example TXT \"v=DMARC1; p=reject\"\n",
        &record[..200],
        &record[200..]
    );
    std::fs::write(&records, &zone).unwrap();
    post.shows_key(&record);
    let said = house.does(&test);
    assert!(
        said.out.contains("shows our key") && said.out.contains("p=reject; our DKIM signature agrees"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Mail works.") && !said.out.contains("BAD"), "{}", said.out);
    // dkimpy checks the signature against the record that we told to publish.
    let letters = post.to("eve@acme.example");
    assert_eq!(letters.iter().map(|letter| letter.dkim).collect::<Vec<_>>(), [None, Some(false), Some(true)]);

    std::fs::write(&records, zone.replace(&record[100..200], &"A".repeat(100))).unwrap();
    assert!(house.refuses(&test).out.contains("another key than ours"));
    std::fs::write(&records, zone.replace("include:relay.example", "include:a.b include:a.b")).unwrap();
    assert!(house.refuses(&test).out.contains("includes a domain without an SPF record"));
}

#[test]
fn a_server_that_is_not_there_is_explained() {
    let house = House::on(Database::Sqlite);
    house.inits(&crate::export::Export::sample());
    let said = house.refuses(&["mail", "test"]);
    assert!(said.out.contains("No mail server is set"), "{}", said.out);
    let port = PostOffice::open().port;
    house.mails_to(port);
    let records = house.path("records");
    std::fs::write(&records, "").unwrap();
    let names = NameServer::open(&records);
    let dns = format!("127.0.0.1:{}", names.port);
    let said = house.refuses(&["mail", "test", "--dns", &dns]);
    assert!(said.out.contains("can't be reached") && said.out.contains("firewall"), "{}", said.out);
    assert!(!said.out.contains("A letter to"));
    let post = PostOffice::open();
    house.has_settings(&format!("port = {port}"), &format!("port = {}", post.port));
    house.has_settings("security = \"none\"", "security = \"starttls\"");
    let said = house.refuses(&["mail", "test", "--dns", &dns]);
    assert!(said.out.contains("offers no such encryption"), "{}", said.out);
    house.has_settings("host = \"127.0.0.1\"", "host = \"mail.example.com\"");
    house.has_settings("security = \"starttls\"", "security = \"none\"");
    assert!(house.refuses(&["mail", "test", "--dns", &dns]).err.contains("would travel unencrypted"));
}
