//! Invoices by mail, through a real SMTP server.

use std::process::Command;

use billing::{Currency, money::Money};
use store::testing::Database;

use crate::export::Export;
use crate::house::{House, text};
use crate::post_office::PostOffice;

houses!(
    each_invoice_goes_to_its_people,
    a_letter_comes_from_who_the_provider_is_now,
    the_provider_words_its_mails,
    who_is_to_receive_nothing_more_is_sent_nothing,
    a_report_may_be_quicker_than_the_answer,
);

/// Stands in the internal notes of every time entry.
const SECRET: &str = "XYZZY-7319";
/// The provider's e-mail: notices go there.
const STAFF: &str = "billing@westprairie.example";

fn issued(house: &House, export: &Export) {
    house.takes(&export.folder);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
}

fn export(house: &House) -> Export {
    let export = Export::of(&["C-1000"], house.path("export"));
    let count = crate::export::column(&export.file("time_entries.csv"), "entry").len();
    for row in 0..count {
        export.set_row("time_entries.csv", row, "internal_notes", SECRET);
    }
    export
}

fn each_invoice_goes_to_its_people(house: &House) {
    let post = PostOffice::open();
    issued(house, &export(house));
    house.mails_to(post.port);
    house.does(&["render"]);
    // The invoices of this export are months old: nobody mails them unless somebody decides it.
    let said = house.does(&["deliver"]);
    assert!(said.out.contains("0 recipients accepted") && said.out.contains("deliver --late"), "{}", said.out);
    assert!(post.letters().is_empty());
    let said = house.does(&["deliver", "--late"]);
    assert!(said.out.contains("0 refused, 0 to be tried again") && !said.out.contains("--late"), "{}", said.out);

    let contacts = house.reads(|tx| tx.contacts());
    let emails = |routing: billing::account::Routing, stream: &str| {
        let of = |contact: &&store::account::ContactRow| match stream {
            "recurring" => contact.recurring_mail == routing,
            _ => contact.biweekly_mail == routing,
        };
        let mut emails: Vec<String> = contacts.iter().filter(of).map(|contact| contact.email.clone()).collect();
        emails.sort();
        emails
    };
    for invoice in house.invoices() {
        let pdf = house.path("one.pdf");
        house.does(&["document", &invoice.number, "--out", text(&pdf)]);
        let bytes = std::fs::read(&pdf).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        let letters: Vec<_> =
            post.letters().into_iter().filter(|letter| letter.header("Subject").contains(&invoice.number)).collect();
        let (to, cc) = (
            emails(billing::account::Routing::To, &invoice.stream),
            emails(billing::account::Routing::Cc, &invoice.stream),
        );
        assert!(!to.is_empty());
        assert_eq!(letters.len(), to.len() + cc.len());
        for letter in &letters {
            let sorted = |mut emails: Vec<&str>| {
                emails.sort_unstable();
                emails.into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(sorted(letter.addresses("To")), to);
            assert_eq!(sorted(letter.addresses("Cc")), cc);
            let total = Money::new(invoice.total_minor, Currency::USD).with_currency();
            let due: jiff::civil::Date = invoice.due_on.parse().unwrap();
            let subject = letter.header("Subject");
            assert!(subject.contains(&total) && subject.contains(&due.strftime("%B %-d, %Y").to_string()), "{subject}");
            assert_eq!(letter.header("Message-ID"), letters[0].header("Message-ID"));
            let [attached] = letter.attachments.as_slice() else { panic!("{:?}", letter.attachments) };
            assert_eq!(attached.file_name, format!("{}.pdf", invoice.number));
            assert_eq!(attached.media_type, "application/pdf");
            assert_eq!(attached.sha256, sha256(&bytes));
            let body = format!("{}{}", letter.text.as_ref().unwrap(), letter.html.as_ref().unwrap());
            assert!(body.contains(&format!("/invoices/{}", invoice.number)));
            assert!(!body.contains(SECRET));
        }
        assert!(!printed(&pdf).contains(SECRET));
    }
    // Delivering again sends nothing.
    let count = post.letters().len();
    house.does(&["deliver"]);
    assert_eq!(post.letters().len(), count);
    house.is_sound();
}

fn a_letter_comes_from_who_the_provider_is_now(house: &House) {
    let post = PostOffice::open();
    let export = to_one(house, "pay@acme.example");
    issued(house, &export);
    export.replace("provider.toml", "phone = \"", "phone = \"+1 ");
    export.replace("provider.toml", STAFF, "accounts@westprairie.example");
    house.does(&["import", text(&export.file("provider.toml"))]);
    house.mails_to(post.port);
    house.has_settings("base_url = \"http://127.0.0.1:8080\"", "base_url = \"https://pay.westprairie.example\"");
    house.does(&["render"]);
    house.does(&["deliver", "--late"]);
    let letters = post.to("pay@acme.example");
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert_eq!(letter.addresses("From"), ["accounts@westprairie.example"]);
    assert_eq!(letter.addresses("Reply-To"), ["accounts@westprairie.example"]);
    for body in [letter.text.as_ref().unwrap(), letter.html.as_ref().unwrap()] {
        assert!(body.contains("call +1 ") && body.contains("https://pay.westprairie.example/invoices/"), "{body}");
        assert!(!body.contains("127.0.0.1"), "{body}");
    }
}

fn the_provider_words_its_mails(house: &House) {
    let post = PostOffice::open();
    issued(house, &to_one(house, "pay@acme.example"));
    let own = house.path("own.txt");
    let set = |words: &str| std::fs::write(&own, words).unwrap();
    set("{{ provider.fax }} {{ invoice.nummer }}");
    let said = house.refuses(&["wording", "set", "mail/invoice.text", "--file", text(&own)]).err;
    assert!(said.contains("mail/invoice.text can't name invoice.nummer, provider.fax; it may name"), "{said}");
    assert!(said.contains("invoice.number,") && said.contains("provider.phone"), "{said}");
    set("{% for row in invoice.changes.rows %}{{ row.price }}{% endfor %}");
    house.refuses(&["wording", "set", "mail/invoice.text", "--file", text(&own)]);
    set("{{ invoice.changes.sentence }}");
    let said = house.refuses(&["wording", "set", "mail/invoice.text", "--file", text(&own)]).err;
    assert!(said.contains("put it into an if"), "{said}");
    set("{% if invoice.attached %}{% set how = \"by mail\" %}{% else %}{% set how = \"here\" %}{% endif %}{{ how }}");
    house.does(&["wording", "set", "mail/invoice.text", "--file", text(&own)]);
    set("{{ (invoice.due_on|split(\",\"))[1] }} {{ invoice.account|split|first }} {{ loop_is_no_name|default(1) }}");
    house.refuses(&["wording", "set", "mail/invoice.text", "--file", text(&own)]);
    set("{{ (invoice.due_on|split(\",\"))[1] }} {{ invoice.account|split|first }} {{ invoice.pay_url|default(1) }}");
    house.does(&["wording", "set", "mail/invoice.text", "--file", text(&own)]);
    set(
        "Hello <{{ invoice.account }}>,\n{{ invoice.total }} is due.\n\nIt is here: {{ invoice.url }}.\n\n({{ invoice.url }}?x=1)",
    );
    house.does(&["wording", "set", "mail/invoice.text", "--file", text(&own)]);
    let shown = house.does(&["wording", "show", "mail/invoice.text"]);
    assert!(shown.out.starts_with("Hello <") && shown.err.contains("It may name: invoice.account, "), "{}", shown.err);
    house.mails_to(post.port);
    house.does(&["render"]);
    house.does(&["deliver", "--late"]);
    let letters = post.to("pay@acme.example");
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    let number = house.invoices().remove(0).number;
    let url = format!("http://127.0.0.1:8080/invoices/{number}");
    assert!(letter.text.as_ref().unwrap().contains(&format!("It is here: {url}.")));
    let html = letter.html.as_ref().unwrap();
    assert!(html.contains("Hello &#60;") && html.contains(",<br>") && html.contains("is due.</p>"), "{html}");
    assert!(html.contains(&format!(">{url}</a>.</p>")) && html.contains(&format!(">(<a href=\"{url}?x=1\"")), "{html}");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a PDF; nothing where poppler isn't there.
fn printed(pdf: &std::path::Path) -> String {
    let output = Command::new("pdftotext").arg(pdf).arg("-").output();
    output.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// An export whose only recipient of recurring invoices is `email`.
fn to_one(house: &House, email: &str) -> Export {
    let export = Export::of(&["C-1000"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n";
    export.put("contacts.csv", format!("{header}C-1000,{email},Some Body,,admin,to,no\n"));
    export
}

#[test]
fn a_letter_of_unknown_fate_is_sent_again_as_the_same() {
    let (house, post) = (House::on(Database::Sqlite), PostOffice::open());
    issued(&house, &to_one(&house, "pay+drop@acme.example"));
    house.mails_to(post.port);
    house.does(&["render"]);
    let said = house.refuses(&["deliver", "--late"]);
    assert!(said.out.contains("1 to be tried again"), "{}", said.out);
    let theirs = || post.to("pay+drop@acme.example");
    assert_eq!(theirs().len(), 1);
    house.refuses(&["deliver"]);
    let letters = theirs();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].header("Message-ID"), letters[1].header("Message-ID"));
    house.is_sound();
}

#[test]
fn a_full_mailbox_is_tried_again_and_an_unknown_one_is_not() {
    for (wish, told, waits) in [("451", "1 to be tried again; 1 wait", true), ("550", "1 refused", false)] {
        let (house, post) = (House::on(Database::Sqlite), PostOffice::open());
        issued(&house, &to_one(&house, &format!("pay+{wish}@acme.example")));
        house.mails_to(post.port);
        house.does(&["render"]);
        let said = house.refuses(&["deliver", "--late"]);
        assert!(said.out.contains(told), "{}", said.out);
        assert!(said.err.contains(wish), "the reason is told: {}", said.err);
        assert!(post.letters().iter().all(|letter| letter.envelope.to == [STAFF]), "staff alone are told");
        let waiting = house.reads(|tx| tx.waiting_mails());
        assert_eq!(waiting, i64::from(waits));
        house.is_sound();
    }
}

/// It holds back the run's mail, and marks no address even when it was tried for days in vain.
#[test]
fn a_relay_that_refuses_us_is_tried_again_and_marks_nobody() {
    let (house, post) = (House::on(Database::Sqlite), PostOffice::open());
    let export = Export::of(&["C-1000"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n".to_owned();
    let rows = ["norelay", "badsender", "sendas"].map(|wish| format!("C-1000,x+{wish}@acme.example,X,,admin,to,no\n"));
    export.put("contacts.csv", header + &rows.concat());
    issued(&house, &export);
    house.mails_to(post.port);
    house.does(&["render"]);
    let said = house.refuses(&["deliver", "--late"]);
    assert!(said.out.contains("0 refused, 3 to be tried again; 3 wait"), "{}", said.out);
    for words in ["Relay access denied", "bad outbound sender", "SendAsDenied"] {
        assert!(said.err.contains(words), "the reason is told: {}", said.err);
    }
    for _ in 0..2 {
        assert!(!house.does(&["notices"]).out.contains("takes nothing from us"));
        house.tries_again();
        house.refuses(&["deliver"]);
    }
    assert_eq!(house.does(&["notices"]).out.matches("takes nothing from us").count(), 1);
    house.has_tried_for_days();
    let said = house.refuses(&["deliver"]);
    assert!(said.out.contains("3 refused, 0 to be tried again; 0 wait"), "{}", said.out);
    assert!(house.does(&["mail", "addresses"]).out.contains("No mail has come back."));
    house.is_sound();
}

#[test]
fn a_server_that_is_down_is_tried_again() {
    let house = House::on(Database::Sqlite);
    let port = PostOffice::open().port;
    issued(&house, &to_one(&house, "pay@acme.example"));
    let said = house.refuses(&["deliver"]);
    assert!(said.err.contains("no mail server is set"), "{}", said.err);
    house.mails_to(port);
    house.does(&["render"]);
    let said = house.refuses(&["deliver", "--late"]);
    assert!(said.out.contains("1 to be tried again"), "{}", said.out);
    let post = PostOffice::on(port);
    house.tries_again();
    house.does(&["deliver"]);
    assert_eq!(post.to("pay@acme.example").len(), 1);
}

#[test]
fn staff_are_told_once_each_by_mail() {
    let house = House::on(Database::Sqlite);
    let post = PostOffice::open();
    issued(&house, &to_one(&house, "pay+550@acme.example"));
    house.mails_to(post.port);
    house.has_settings("notices = []", "notices = [\"dana@desk.example\", \"eve+451@desk.example\"]");
    house.does(&["render"]);
    house.refuses(&["deliver", "--late"]);
    // Nobody receives the bi-weekly invoice; the only recipient of the recurring one is refused, so it reached nobody.
    let subjects = |email: &str| {
        let mut subjects: Vec<String> =
            post.to(email).iter().map(|letter| letter.header("Subject").to_owned()).collect();
        subjects.sort();
        subjects
    };
    let told = subjects("dana@desk.example");
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().any(|subject| subject.contains("is mailed to nobody")), "{told:?}");
    assert!(told.iter().any(|subject| subject.contains("was not delivered to pay+550@acme.example")), "{told:?}");
    assert!(told.iter().any(|subject| subject.contains("reached nobody")), "{told:?}");
    let said = house.does(&["notices"]);
    assert!(said.out.contains("Not mailed yet. eve+451@desk.example"), "it waits for the other: {}", said.out);
    house.does(&["deliver"]);
    assert_eq!(subjects("dana@desk.example"), told, "once");
    let ids: std::collections::BTreeSet<_> =
        post.to("dana@desk.example").iter().map(|letter| letter.header("Message-ID").to_owned()).collect();
    assert_eq!(ids.len(), 3);
}

/// What an import or a command takes from somebody doesn't leave any more, though it waits already.
fn who_is_to_receive_nothing_more_is_sent_nothing(house: &House) {
    const EMAILS: [&str; 3] = ["one@acme.example", "two@acme.example", "three@acme.example"];
    let export = Export::of(&["C-1000"], house.path("export"));
    let contacts = |second: &str| {
        let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n".to_owned();
        let row = |email: &str, recurring: &str| format!("C-1000,{email},Some Body,,admin,{recurring},to\n");
        export.put("contacts.csv", header + &row(EMAILS[0], "to") + &row(EMAILS[1], second) + &row(EMAILS[2], "cc"));
    };
    contacts("cc");
    issued(house, &export);
    house.does(&["render"]);
    contacts("no");
    house.does(&["import", export.path()]);
    house.does(&["contacts", "remove", "C-1000", EMAILS[2]]);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["deliver", "--late"]);
    // Each of them, and the one who was taken out, is told of both.
    let changes = ["gets recurring invoices by no mail", "is no contact any more"];
    let told = |email: &str| {
        let is_told = |text: &str| changes.iter().any(|change| text.contains(change));
        post.to(email).iter().filter(|letter| is_told(letter.text.as_ref().unwrap())).count()
    };
    assert_eq!(EMAILS.map(told), [2, 2, 2]);
    let got = |email: &str| post.to(email).len() - told(email);
    let invoices = house.invoices();
    let biweekly = invoices.iter().filter(|invoice| invoice.stream == "biweekly").count();
    assert!(biweekly > 0 && biweekly < invoices.len());
    assert_eq!(EMAILS.map(got), [invoices.len(), biweekly, 0]);
    // Nor does another's mail name them.
    for invoice in invoices {
        let mut letters = post.letters();
        letters.retain(|letter| letter.header("Subject").contains(&invoice.number));
        let still = if invoice.stream == "biweekly" { 2 } else { 1 };
        let expected: Vec<&str> = EMAILS.into_iter().take(still).collect();
        for letter in &letters {
            let mut named = [letter.addresses("To"), letter.addresses("Cc")].concat();
            named.sort_unstable();
            assert_eq!(named, expected, "{}", invoice.number);
        }
        assert_eq!(letters.len(), expected.len());
    }
    house.is_sound();
}

/// The report that a letter came back is read while the server still thinks about taking it.
fn a_report_may_be_quicker_than_the_answer(house: &House) {
    const EMAIL: &str = "pay+slow@acme.example";
    let post = PostOffice::slow(3);
    issued(house, &to_one(house, EMAIL));
    house.mails_to(post.port);
    house.does(&["render"]);
    let mut delivering = house.command(&["deliver", "--late"]).spawn().unwrap();
    let id = post.until_to(EMAIL)[0].header("Message-ID").trim_matches(['<', '>']).to_owned();
    std::fs::write(house.path("report.eml"), crate::bounces::report(&id, EMAIL, "failed", "5.1.1")).unwrap();
    house.does(&["mail", "bounces", text(&house.path("report.eml"))]);
    delivering.wait().unwrap();
    let told = house.reads(|tx| tx.notices(100));
    assert!(told.iter().any(|notice| notice.key.starts_with("mail.bounce.")), "{told:?}");
    let waiting = house.reads(|tx| tx.waiting_mails());
    assert_eq!(waiting, 0);
    house.is_sound();
}

#[test]
fn who_has_lost_the_lease_sends_nothing_more() {
    const EMAILS: [&str; 3] = ["a+slow@acme.example", "b@acme.example", "c@acme.example"];
    let (house, post) = (House::on(Database::Sqlite), PostOffice::slow(6));
    let export = Export::of(&["C-1000"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n".to_owned();
    let rows = EMAILS.map(|email| format!("C-1000,{email},Some Body,,admin,to,no\n"));
    export.put("contacts.csv", header + &rows.concat());
    issued(&house, &export);
    house.mails_to(post.port);
    house.has_settings("connections = 4", "connections = 1");
    house.does(&["render"]);
    house.releases();
    let mut first = house.command(&["deliver"]).spawn().unwrap();
    post.until_to(EMAILS[0]);
    // As if it had stood still for longer than its lease, so that another one takes over.
    house.loses_leases();
    house.does(&["deliver"]);
    first.wait().unwrap();
    assert_eq!(EMAILS.map(|email| post.to(email).len()), [2, 1, 1]);
    house.is_sound();
}

#[test]
fn a_receiving_server_is_not_hurried() {
    let (house, post) = (House::on(Database::Sqlite), PostOffice::open());
    let export = Export::of(&["C-1000"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n".to_owned();
    let rows = ["a@acme.example", "b@acme.example", "c@acme.example", "d@globex.example"];
    let rows = rows.map(|email| format!("C-1000,{email},Some Body,,admin,to,no\n"));
    export.put("contacts.csv", header + &rows.concat());
    issued(&house, &export);
    house.mails_to(post.port);
    house.has_settings("per_minute = 120", "per_minute = 2");
    house.does(&["render"]);
    house.says(&["deliver", "--late"]);
    let to = |domain: &str| post.letters().iter().filter(|letter| letter.envelope.to[0].ends_with(domain)).count();
    assert_eq!((to("@acme.example"), to("@globex.example")), (2, 1));
    house.says(&["deliver"]);
    assert_eq!(to("@acme.example"), 2, "its turn has not come");
    house.tries_again();
    house.does(&["deliver"]);
    assert_eq!(to("@acme.example"), 3);
    house.is_sound();
}
