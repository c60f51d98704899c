//! An account's own dates and paper, from the setting to what arrives in its mailbox.

use crate::export::Export;
use crate::house::House;
use crate::pdf::text;
use crate::post_office::PostOffice;

houses!(formats_hold_for_documents_and_mails_to_come);

const HERE: &str = "here@acme.example";
const THERE: &str = "there@acme.example";

fn formats_hold_for_documents_and_mails_to_come(house: &House) {
    let export = Export::of(&["C-1000", "C-1008"], house.path("export"));
    let header = "account,email,name,phone,role,recurring_mail,biweekly_mail\n";
    export.put("contacts.csv", format!("{header}C-1000,{THERE},Tess,,admin,to,to\nC-1008,{HERE},Hal,,admin,to,to\n"));
    house.takes(&export.folder);
    house.ends(2, &["contacts", "formats", "C-1000", "metric"]);
    house.refuses(&["contacts", "formats", "C-9999", "us"]);
    let said = house.does(&["contacts", "formats", "C-1000", "international"]).out;
    assert!(said.contains("Documents, mails and pages to come of C-1000"), "{said}");
    // The export knows nothing of it.
    export.replace("accounts.csv", "Willmar", "Spicer");
    house.does(&["import", export.folder.to_str().unwrap()]);
    house.does(&["run", "biweekly", "--on", "2026-07-24", "--approve"]);
    house.does(&["render"]);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["deliver", "--late"]);
    for invoice in house.invoices() {
        let is_there = invoice.account == "C-1000";
        let (email, day, sheet) = if is_there { (THERE, "%-d %B %Y", "595") } else { (HERE, "%B %-d, %Y", "612") };
        let due_on: jiff::civil::Date = invoice.due_on.parse().unwrap();
        let due_on = due_on.strftime(day).to_string();
        let letters = post.to(email);
        let letter = letters.iter().find(|letter| letter.header("Subject").contains(&invoice.number)).unwrap();
        let words = letter.text.as_ref().unwrap();
        assert!(letter.header("Subject").contains(&due_on) && words.contains(&due_on), "{words}");
        let pdf = house.path(&format!("{}.pdf", invoice.number));
        house.does(&["document", &invoice.number, "--out", pdf.to_str().unwrap()]);
        let bytes = std::fs::read(&pdf).unwrap();
        assert!(text(&bytes).contains(&due_on), "{}", text(&bytes));
        let raw = String::from_utf8_lossy(&bytes);
        let media = raw.split("/MediaBox").nth(1).unwrap().split(']').next().unwrap();
        assert!(media.contains(sheet), "{media}");
    }
}
