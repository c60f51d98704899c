//! Staff at the console: who may do what, and that the log names them.

use crate::export::Export;
use crate::house::House;
use crate::post_office::PostOffice;

houses!(
    commands_say_who_they_are_of,
    what_an_import_does_to_people_is_told,
    what_the_portal_decided_stands_until_the_export_changes,
    an_address_that_only_receives_is_mailed,
    what_the_portal_set_of_an_account_stands,
    the_w9_is_set_by_command,
);

const ADMIN: &str = "dana@provider.example";
const READER: &str = "rita@provider.example";

fn commands_say_who_they_are_of(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let link = house.does(&["staff", "invite", ADMIN, "--name", "Dana Desk", "--rights", "admin"]).out;
    assert!(link.contains("/office/join/"), "{link}");
    let said = house.refuses(&["staff", "invite", READER, "--name", "Rita", "--rights", "read"]);
    assert!(said.err.contains("--as"), "the second needs an admin: {}", said.err);
    house.does(&["--as", ADMIN, "staff", "invite", READER, "--name", "Rita", "--rights", "read"]);
    let contact = &crate::export::column(&export.file("contacts.csv"), "email")[0];
    let said = house.refuses(&["--as", READER, "contacts", "remove", "C-1000", contact]);
    assert!(said.err.contains("needs the rights billing"), "{}", said.err);
    house.refuses(&["--as", "nobody@provider.example", "contacts", "remove", "C-1000", contact]);
    house.does(&["--as", ADMIN, "contacts", "remove", "C-1000", contact]);
    house.does(&["contacts", "list", "C-1000", "--as", READER]);
    let said = house.does(&["audit", "--account", "C-1000"]).out;
    let row = said.lines().find(|line| line.contains("contact_removed")).unwrap();
    assert!(row.contains(ADMIN) && row.contains(contact.as_str()) && row.contains("from console"), "{row}");
    let said = house.does(&["audit", "--person", "Console"]).out;
    assert!(said.contains("imported") && said.contains("staff_invited") && !said.contains("contact_removed"), "{said}");
    house.refuses(&["--as", ADMIN, "staff", "rights", ADMIN, "read"]);
    house.refuses(&["--as", ADMIN, "staff", "remove", ADMIN]);
    house.does(&["--as", ADMIN, "staff", "rights", READER, "billing"]);
    house.does(&["--as", ADMIN, "staff", "remove", READER]);
    assert_eq!(house.does(&["staff", "list"]).out.lines().count(), 1);
    house.ends(2, &["audit", "--kind", "nonsense"]);
    house.is_sound();
}

fn what_an_import_does_to_people_is_told(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let of = |house: &House, kind: &str| house.does(&["audit", "--kind", kind]).out.lines().count() - 1;
    assert_eq!(
        (of(house, "imported"), house.does(&["audit", "--kind", "contact_added"]).out.contains("Nothing was done")),
        (1, true)
    );
    export.set_row("contacts.csv", 0, "role", "viewer");
    house.does(&["import", export.path()]);
    let said = house.does(&["audit", "--kind", "contact_changed"]).out;
    assert!(said.contains("\"role\":\"viewer\"") && said.contains("console"), "{said}");
    house.does(&["import", export.path()]);
    assert_eq!(of(house, "imported"), 2, "an import that changes nothing is none");
    house.is_sound();
}

/// What the portal's people decide is written by the same actions as here, with the store in hand.
fn what_the_portal_decided_stands_until_the_export_changes(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let emails = crate::export::column(&export.file("contacts.csv"), "email");
    assert!(emails.len() >= 2, "{emails:?}");
    house.does(&["contacts", "remove", "C-1000", &emails[1]]);
    let said = house.does(&["import", export.path()]).out;
    assert!(said.contains("Nothing changes."), "{said}");
    assert!(!house.does(&["contacts", "list", "C-1000"]).out.contains(&emails[1]), "who was removed stays removed");
    export.set_row("contacts.csv", 1, "name", "Back Again");
    house.does(&["import", export.path()]);
    assert!(house.does(&["contacts", "list", "C-1000"]).out.contains("Back Again"), "the export says something new");
    house.is_sound();
}

fn an_address_that_only_receives_is_mailed(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let account = house.reads(|tx| tx.accounts())[0].account_id;
    house.writes(move |tx| {
        tx.insert(&[store::recipient::RecipientAddressRow {
            account_id: account,
            email: "books@acme.example".to_owned(),
            name: String::new(),
            recurring_mail: billing::account::Routing::Cc,
            biweekly_mail: billing::account::Routing::No,
        }])
    });
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    house.does(&["run", "biweekly", "--on", "2026-07-10", "--approve"]);
    house.does(&["render"]);
    let post = PostOffice::open();
    house.mails_to(post.port);
    house.does(&["deliver", "--late"]);
    let letters = post.to("books@acme.example");
    assert_eq!(letters.len(), 1, "the recurring one alone");
    assert!(letters[0].addresses("Cc").contains(&"books@acme.example"), "{:?}", letters[0].addresses("Cc"));
}

fn what_the_portal_set_of_an_account_stands(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let agreement = house.reads(|tx| tx.agreements()).remove(0).code;
    let code = agreement.clone();
    // As the portal's own deeds write it.
    house.writes(move |tx| {
        let account = tx.account_by_code("C-1000")?.unwrap();
        tx.replace(&[store::account::AccountRow { po_number: Some("PO-1".to_owned()), ..account }])?;
        let agreement = tx.agreement_by_code(&code)?.unwrap();
        tx.replace(&[store::agreement::AgreementRow { po_number: Some("PO-2".to_owned()), ..agreement }])
    });
    let said = house.does(&["import", export.path()]).out;
    assert!(said.contains("Nothing changes."), "{said}");
    let numbers = |house: &House, code: &str| {
        let code = code.to_owned();
        let account = house.reads(|tx| tx.account_by_code("C-1000")).unwrap().po_number;
        (account, house.reads(move |tx| tx.agreement_by_code(&code)).unwrap().po_number)
    };
    assert_eq!(numbers(house, &agreement), (Some("PO-1".to_owned()), Some("PO-2".to_owned())));
    house.does(&["run", "recurring", "--for", "2026-07", "--approve"]);
    let lines = house.reads(|tx| {
        let account = tx.account_by_code("C-1000")?.unwrap().account_id;
        let series = tx.all_series()?.into_iter().find(|series| series.series == "invoice").unwrap();
        let number = tx.number(&format!("{}{}", series.prefix, series.first))?.unwrap();
        tx.whole_invoice(account, number.document_id)
    });
    let whole = lines.unwrap();
    assert_eq!(whole.invoice.po_number.as_deref(), Some("PO-1"));
    let of = |line: &&store::invoice::InvoiceLineRow| line.agreement_code.as_deref() == Some(&agreement);
    let orders: Vec<_> = whole.lines.iter().filter(of).map(|line| line.agreement_po.as_deref()).collect();
    assert!(!orders.is_empty() && orders.iter().all(|order| *order == Some("PO-2")), "{orders:?}");
    export.set_row("accounts.csv", 0, "po_number", "PO-3");
    house.does(&["import", export.path()]);
    assert_eq!(numbers(house, &agreement).0.as_deref(), Some("PO-3"), "the export says something new");
    assert_eq!(numbers(house, &agreement).1.as_deref(), Some("PO-2"));
    house.is_sound();
}

fn the_w9_is_set_by_command(house: &House) {
    let export = Export::of(&["C-1000"], house.path("export"));
    house.takes(&export.folder);
    let file = house.path("w9.pdf");
    std::fs::write(&file, b"no pdf").unwrap();
    let said = house.refuses(&["w9", "set", file.to_str().unwrap()]);
    assert!(said.err.contains("is no PDF"), "{}", said.err);
    std::fs::write(&file, b"%PDF-1.7 a form").unwrap();
    house.does(&["w9", "set", file.to_str().unwrap()]);
    assert_eq!(house.reads(|tx| tx.provider_paper("w9")).unwrap(), b"%PDF-1.7 a form");
    house.refuses(&["w9", "set", "/nowhere/w9.pdf"]);
    assert!(house.does(&["audit", "--kind", "setting_changed"]).out.contains("Form W-9"));
    house.does(&["requests", "list"]);
    let said = house.refuses(&["requests", "approve", "7"]);
    assert!(said.err.contains("--as"), "{}", said.err);
    house.is_sound();
}
