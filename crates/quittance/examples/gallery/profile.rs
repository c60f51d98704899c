//! A company's own data: what is known, what is asked for, and what waits.

use quittance::web::pages::{
    CertificateLine, Choice, CompanyFields, Day, FieldChange, PoLine, ProfilePage, WaitingChange, WrongForm,
};

use crate::Gallery;
use crate::frame::khadra;

pub fn hang(gallery: &Gallery) -> std::io::Result<()> {
    gallery.hang("profile", &page(true))?;
    gallery.hang("profile-viewer", &ProfilePage { has_w9: false, ..page(false) })?;
    let row = |label: &str, before: &str, after: &str| FieldChange {
        label: label.into(),
        before: before.into(),
        after: after.into(),
    };
    let rows = vec![row("Street", "1400 Elevator Road", "9 Harbor Street"), row("Second line", "", "Suite 4")];
    let change =
        WaitingChange { what: "Another name or address".into(), at: day("2026-11-05", "Nov 5, 4:02 pm"), rows };
    gallery.hang("profile-waiting", &ProfilePage { waiting: vec![change], ..page(true) })?;
    for (name, wrong, error) in [
        ("profile-error-company", WrongForm::Company, "Enter the country as two letters, like US or CA."),
        ("profile-error-formats", WrongForm::Formats, "Choose one of the formats in the list."),
        ("profile-error-po", WrongForm::PoNumber, "A PO number has room for 60 characters."),
        (
            "profile-error-certificate",
            WrongForm::Certificate,
            "Choose a PDF, or a picture as PNG or JPEG, of at most 10 MB.",
        ),
    ] {
        gallery.hang(name, &ProfilePage { wrong, error: error.into(), ..page(true) })?;
    }
    Ok(())
}

fn format(value: &str, text: &str) -> Choice {
    Choice { value: value.into(), text: text.into(), chosen: value.is_empty(), ..Choice::default() }
}

fn day(iso: &str, text: &str) -> Day {
    Day::new(iso, text)
}

fn page(may_change: bool) -> ProfilePage {
    let company = CompanyFields {
        name: "Northfield Grain & Supply".into(),
        address_1: "1400 Elevator Road".into(),
        address_2: String::new(),
        city: "Willmar".into(),
        region: "MN".into(),
        postal_code: "56201".into(),
        country: "US".into(),
    };
    let po = |label: &str, agreement: &str, po_number: &str| PoLine {
        label: label.into(),
        agreement: agreement.into(),
        po_number: po_number.into(),
    };
    let certificate = CertificateLine {
        href: "/accounts/C-1000/certificates/1".into(),
        file_name: "ST3 exemption.pdf".into(),
        size: "84 kB".into(),
        handed_in: day("2026-03-02", "Mar 2, 9:12 am"),
        expires: day("2027-12-31", "Dec 31, 2027"),
    };
    ProfilePage {
        frame: khadra(),
        account_name: "Northfield Grain & Supply".into(),
        place: "/accounts/C-1000".into(),
        typed: company.clone(),
        company,
        po_numbers: vec![po("All invoices", "", "PO-8812"), po("Managed IT, core", "AG-1001", "")],
        tax: "You are exempt from sales tax until Dec 31, 2027, by certificate ST3-1188.".into(),
        certificates: vec![certificate],
        waiting: Vec::new(),
        has_w9: true,
        formats: vec![
            format("", "As usual where West Prairie Technology is: Dec 1, 2026, 2:30 pm, US Letter"),
            format("us", "Dec 1, 2026, 2:30 pm, US Letter"),
            format("international", "1 Dec 2026, 14:30, A4"),
        ],
        may_change,
        wrong: WrongForm::None,
        error: String::new(),
    }
}
