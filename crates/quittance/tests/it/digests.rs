//! One mail in place of several, for who wants it so.

use std::collections::BTreeSet;

use crate::export::Export;
use crate::house::House;
use crate::post_office::PostOffice;

houses!(a_digest_carries_what_its_person_would_have_got);

const PAYER: &str = "pay@acme.example";
const OTHER: &str = "other@acme.example";

fn issued(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n";
    let rows = format!(
        "C-1000,{PAYER},Pat Payer,,admin,to,to\nC-1008,{PAYER},Pat Payer,,admin,to,to\nC-1000,{OTHER},Otto Other,,viewer,cc,no\n"
    );
    export.put("contacts.csv", format!("{header}{rows}"));
    house.takes(&export.folder);
    house.does(&["contacts", "digest", PAYER, "daily"]);
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
