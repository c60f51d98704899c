//! Tax through the front door: exemptions that end, categories of items, prices that hold the tax, rounding by line.

use billing::calendar::shift;
use quittance::clock::Clock;
use store::invoice::WholeInvoice;

use crate::export::Export;
use crate::house::{House, text};

houses!(an_exemption_ends_on_its_day, staff_are_told_before_an_exemption_ends, what_makes_no_sense_is_refused);

/// One customer whose only agreement is 32.00 a month in advance, taxable.
fn export(house: &House) -> Export {
    let export = Export::of(&["C-1008"], house.path("export"));
    export.set("items.csv", "WEB-HOST", "taxable", "yes");
    export
}

fn exempt(export: &Export, until: &str, certificate: &str) {
    export.set("accounts.csv", "C-1008", "tax_exempt", "yes");
    export.widen("accounts.csv", &["exempt_until", "exemption_certificate"], |_| {
        vec![until.to_owned(), certificate.to_owned()]
    });
}

/// Issues the invoice of a month's services and gives it.
fn issued(house: &House, month: &str) -> WholeInvoice {
    house.does(&["run", "recurring", "--for", month, "--approve"]);
    house.is_sound();
    let number = house.invoices().last().unwrap().number.clone();
    house.reads(move |tx| {
        let found = tx.number(&number)?.unwrap();
        Ok(tx.whole_invoice(found.account_id, found.document_id)?.unwrap())
    })
}

fn an_exemption_ends_on_its_day(house: &House) {
    let export = export(house);
    exempt(&export, "2026-09-01", "ST3-1204");
    house.takes(&export.folder);
    let before = issued(house, "2026-07").invoice;
    assert_eq!((before.issued_on.to_string().as_str(), before.tax_minor, before.tax_exempt), ("2026-08-01", 0, true));
    assert_eq!(before.exemption_certificate.as_deref(), Some("ST3-1204"));
    // Its end is the day of issue: 32.00 at 7.375 %.
    let after = issued(house, "2026-08").invoice;
    assert_eq!((after.tax_minor, after.tax_exempt, after.exemption_certificate), (2_36, false, None));
    // A new certificate, without an end.
    export.set("accounts.csv", "C-1008", "exempt_until", "");
    house.does(&["import", export.path()]);
    let renewed = issued(house, "2026-09").invoice;
    assert_eq!((renewed.tax_minor, renewed.tax_exempt), (0, true));
}

fn staff_are_told_before_an_exemption_ends(house: &House) {
    let (export, today) = (export(house), Clock::default().today(&jiff::tz::TimeZone::UTC));
    let ends = shift(today, 60);
    exempt(&export, &ends.to_string(), "ST3-1204");
    house.does(&["init", "--sandbox", "--provider", text(&export.file("provider.toml"))]);
    house.does(&["import", export.path()]);
    let told = |day: i32| {
        house.does(&["clock", &shift(ends, day).to_string()]);
        let notices = house.reads(|tx| tx.notices(100)).into_iter();
        notices.filter(|notice| notice.key.starts_with("exemption-ends")).collect::<Vec<_>>()
    };
    assert!(told(-31).is_empty());
    let once = told(-30);
    assert_eq!(once.len(), 1);
    assert_eq!(once[0].subject, format!("C-1008: exempt from tax until {ends}"));
    assert!(once[0].body.contains("certificate ST3-1204"), "{}", once[0].body);
    assert_eq!(told(1), once);
}

fn what_makes_no_sense_is_refused(house: &House) {
    let export = export(house);
    house.inits(&export.folder);
    exempt(&export, "2026-09-01", &"9".repeat(61));
    let refused = || {
        let said = house.refuses(&["import", export.path()]);
        format!("{}{}", said.out, said.err)
    };
    assert!(refused().contains("at most 60 characters"), "{}", refused());
    export.set("accounts.csv", "C-1008", "tax_exempt", "no");
    assert!(refused().contains("the account is not exempt"), "{}", refused());
}
