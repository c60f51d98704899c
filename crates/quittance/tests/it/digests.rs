//! One mail in place of several, for who wants it so.

use std::collections::BTreeSet;

use billing::calendar::shift;
use jiff::civil::{Date, Weekday};
use store::bounce::AddressState;

use crate::bounces::report;
use crate::export::Export;
use crate::house::House;
use crate::post_office::PostOffice;

houses!(
    a_digest_carries_what_its_person_would_have_got,
    a_refused_digest_marks_its_address,
    a_digest_that_comes_back_marks_its_address,
    a_digest_leaves_out_what_is_withdrawn,
    weekly_digests_leave_on_fridays,
    a_weekly_digest_leaves_before_it_is_too_late,
);

const PAYER: &str = "pay@acme.example";
const OTHER: &str = "other@acme.example";

fn issued(house: &House) {
    issued_to(house, PAYER);
}

fn issued_to(house: &House, payer: &str) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n";
    let rows = format!(
        "C-1000,{payer},Pat Payer,,admin,to,to\nC-1008,{payer},Pat Payer,,admin,to,to\nC-1000,{OTHER},Otto Other,,viewer,cc,no\n"
    );
    export.put("contacts.csv", format!("{header}{rows}"));
    let hours = "Monday to Friday 7:00 am to 6:00 pm Central; emergencies at any hour\"";
    export.replace("provider.toml", hours, "\"\naccent = \"#ffe600\"");
    house.takes(&export.folder);
    house.does(&["contacts", "digest", payer, "daily"]);
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    house.does(&["render"]);
}

fn a_digest_carries_what_its_person_would_have_got(house: &House) {
    issued(house);
    house.refuses(&["contacts", "digest", "nobody@elsewhere.example", "daily"]);
    house.ends(2, &["contacts", "digest", PAYER, "hourly"]);
    assert!(house.does(&["contacts", "list", "C-1000"]).out.contains("(daily digest)"));
    let post = PostOffice::open();
    house.mails_to(post.port);
    // Whoever wants none gets a mail at once, with none of the others in its head.
    house.does(&["deliver", "--late"]);
    let others = post.to(OTHER);
    assert_eq!(others.len(), 1);
    assert_eq!(others[0].addresses("Cc"), [OTHER]);
    assert!(others[0].addresses("To").is_empty());
    assert!(post.to(PAYER).is_empty(), "its hour has not come");
    house.passes_hour();
    house.does(&["deliver"]);
    let letters = post.to(PAYER);
    let [digest] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    let invoices = house.invoices();
    let text = digest.text.as_ref().unwrap();
    let attached: BTreeSet<&str> = digest.attachments.iter().map(|file| file.file_name.as_str()).collect();
    for invoice in &invoices {
        assert!(text.contains(&format!("/invoices/{}", invoice.number)), "{text}");
        assert!(attached.contains(format!("{}.pdf", invoice.number).as_str()), "{attached:?}");
    }
    assert_eq!(attached.len(), invoices.len());
    let subject = digest.header("Subject");
    assert!(subject.contains(&format!("{} invoices", invoices.len())), "{subject}");
    let html = digest.html.as_ref().unwrap();
    assert!(!html.contains("#ffe600"), "yellow is not read on white: {html}");
    assert!([text, html].into_iter().all(|body| body.contains("call 320-555-0150.") && !body.contains("()")), "{text}");
    assert_eq!(house.reads(|tx| tx.waiting_mails()), 0);
    house.does(&["deliver"]);
    assert_eq!(post.to(PAYER).len(), 1, "once");
    // From now on each by itself.
    house.does(&["contacts", "digest", PAYER, "each"]);
    house.does(&["run", "biweekly", "--on", "2026-08-07", "--approve"]);
    house.does(&["render"]);
    house.does(&["deliver", "--late"]);
    assert_eq!(post.to(PAYER).len(), house.invoices().len() - invoices.len() + 1);
    house.is_sound();
}

/// What is known of an address, and which kinds of notices staff were told.
fn noted(house: &House, email: &'static str) -> (Option<AddressState>, Vec<String>) {
    let (address, notices) = house.reads(move |tx| Ok((tx.mail_address(email)?, tx.notices(100)?)));
    let kind = |key: &str| key.split('.').take(2).collect::<Vec<_>>().join(".");
    (address.map(|address| address.state), notices.iter().map(|notice| kind(&notice.key)).collect())
}

fn a_refused_digest_marks_its_address(house: &House) {
    const REFUSED: &str = "pay+550@acme.example";
    issued_to(house, REFUSED);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["deliver", "--late"]);
    house.passes_hour();
    house.refuses(&["deliver"]);
    let (state, notices) = noted(house, REFUSED);
    assert_eq!(state, Some(AddressState::Hard));
    let told = notices.iter().filter(|kind| *kind == "mail.refused").count();
    assert_eq!(told, house.invoices().len(), "{notices:?}");
    assert!(notices.iter().any(|kind| kind == "mail.unreached"), "{notices:?}");
    house.is_sound();
}

fn a_digest_that_comes_back_marks_its_address(house: &House) {
    issued(house);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["deliver", "--late"]);
    house.passes_hour();
    house.does(&["deliver"]);
    let id = post.to(PAYER)[0].header("Message-ID").trim_matches(['<', '>']).to_owned();
    std::fs::write(house.path("report.eml"), report(&id, PAYER, "failed", "5.1.1")).unwrap();
    house.does(&["mail", "bounces", house.path("report.eml").to_str().unwrap()]);
    let (state, notices) = noted(house, PAYER);
    assert_eq!(state, Some(AddressState::Hard));
    let told = notices.iter().filter(|kind| *kind == "mail.bounce").count();
    assert_eq!(told, house.invoices().len(), "{notices:?}");
    house.is_sound();
}

/// Somebody taken out of one account between two attempts gets the invoices of the other alone.
fn a_digest_leaves_out_what_is_withdrawn(house: &House) {
    issued(house);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    house.mails_to(port);
    house.says(&["deliver", "--late"]);
    house.passes_hour();
    house.says(&["deliver"]);
    house.does(&["contacts", "remove", "C-1008", PAYER]);
    let post = PostOffice::on(port);
    house.hurries_digests();
    house.does(&["deliver"]);
    // Besides, the payer is told that they are no contact any more.
    let mut letters = post.to(PAYER);
    letters.retain(|letter| !letter.text.as_ref().unwrap().contains("is no contact any more"));
    let text = letters[0].text.clone().unwrap();
    for invoice in house.invoices() {
        let link = format!("/invoices/{}", invoice.number);
        assert_eq!(text.contains(&link), invoice.account == "C-1000", "{}: {text}", invoice.account);
    }
    assert_eq!(letters.len(), 1);
    house.is_sound();
}

const NOBODY_LOOKS: &str = "[recurring]\nreview = \"none\"\n[biweekly]\nreview = \"none\"\n";

/// A sandbox whose only recipient wants a digest each week.
fn weekly(house: &House, settings: &str) {
    let export = Export::of(&["C-1000"], house.path("export"));
    let profile = export.bytes("provider.toml");
    export.put("provider.toml", [profile.as_slice(), settings.as_bytes()].concat());
    export.put(
        "contacts.csv",
        format!("account,email,name,phone,role,recurring_mail,biweekly_mail\nC-1000,{PAYER},Pat,,admin,to,to\n"),
    );
    house.does(&["init", "--sandbox", "--provider", export.file("provider.toml").to_str().unwrap()]);
    house.does(&["import", export.path()]);
    house.does(&["contacts", "digest", PAYER, "weekly"]);
}

fn next_first() -> Date {
    let zone = jiff::tz::TimeZone::get("America/Chicago").unwrap();
    let today = quittance::clock::Clock::default().today(&zone);
    billing::Month::of(today).next().first()
}

fn weekly_digests_leave_on_fridays(house: &House) {
    weekly(house, NOBODY_LOOKS);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["clock", &shift(next_first(), 45).to_string()]);
    let letters = post.to(PAYER);
    assert!(letters.len() >= 2, "{}", letters.len());
    assert!(letters.iter().all(|letter| letter.header("Date").starts_with("Fri")), "{letters:?}");
    let numbers = house.invoices().into_iter().map(|invoice| invoice.number);
    for number in numbers {
        let carrying = letters.iter().filter(|letter| letter.text.as_ref().unwrap().contains(&number)).count();
        assert_eq!(carrying, 1, "{number}");
    }
    house.is_sound();
}

fn a_weekly_digest_leaves_before_it_is_too_late(house: &House) {
    let first = next_first();
    // So many days that the last one on which it may still go by itself is no Friday.
    let within = if shift(first, 13).weekday() == Weekday::Friday { 5 } else { 6 };
    weekly(house, &format!("[recurring]\ndeliver_within_days = {within}\n"));
    let post = PostOffice::open();
    house.mails_to(post.port);
    let last_on = shift(first, within + 7);
    let friday = (0..7).map(|days| shift(last_on, -days)).find(|day| day.weekday() == Weekday::Friday).unwrap();
    // Approved when the next Friday is too late, and then the clock moves over many days at once.
    house.does(&["clock", &shift(friday, 1).to_string()]);
    house.does(&["run", "approve", &format!("recurring-{}", billing::Month::of(first).previous())]);
    house.does(&["render"]);
    house.does(&["clock", &shift(last_on, 20).to_string()]);
    assert_eq!(post.to(PAYER).len(), 1);
    assert_eq!(house.reads(|tx| tx.waiting_mails()), 0);
    house.is_sound();
}
