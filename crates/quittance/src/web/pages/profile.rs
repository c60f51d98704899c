//! `/accounts/{account}/profile`: what the provider knows of an account, and what its admins may change or ask for.

use askama::Template;

use super::{Choice, Day, Frame};

/// To whom invoices are made out.
#[derive(Clone, Debug, Default)]
pub struct CompanyFields {
    pub name: String,
    pub address_1: String,
    /// May be empty.
    pub address_2: String,
    pub city: String,
    /// May be empty.
    pub region: String,
    pub postal_code: String,
    pub country: String,
}

/// A PO number that invoices to come carry.
#[derive(Clone, Debug, Default)]
pub struct PoLine {
    /// `All invoices`, or the agreement's name.
    pub label: String,
    /// The agreement's code; empty for all invoices.
    pub agreement: String,
    /// May be empty.
    pub po_number: String,
}

/// A certificate that was handed in.
#[derive(Clone, Debug, Default)]
pub struct CertificateLine {
    pub href: String,
    pub file_name: String,
    /// `84 kB`.
    pub size: String,
    pub handed_in: Day,
    pub expires: Day,
}

/// One field of a change that waits for staff.
#[derive(Clone, Debug, Default)]
pub struct FieldChange {
    /// `Street`.
    pub label: String,
    pub before: String,
    pub after: String,
}

/// A change that waits for staff.
#[derive(Clone, Debug, Default)]
pub struct WaitingChange {
    /// `Another name or address`.
    pub what: String,
    pub at: Day,
    /// What is different.
    pub rows: Vec<FieldChange>,
}

/// Which form was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WrongForm {
    #[default]
    None,
    Company,
    PoNumber,
    Certificate,
    Formats,
}

/// `GET /accounts/{account}/profile`. Fields of the first form: those of the company; of the second: `agreement`,
/// `po_number`; of the third: `number`, `expires_on`, `file`; of the
/// fourth: `formats`; each with `csrf`.
#[derive(Template)]
#[template(path = "profile.html")]
pub struct ProfilePage {
    /// What stands around it.
    pub frame: Frame,
    pub account_name: String,
    /// `/accounts/C-1000`.
    pub place: String,
    /// As it is.
    pub company: CompanyFields,
    /// As it was typed, shown again; else as it is.
    pub typed: CompanyFields,
    pub po_numbers: Vec<PoLine>,
    /// `Taxed.`, in a sentence.
    pub tax: String,
    /// The newest first.
    pub certificates: Vec<CertificateLine>,
    pub waiting: Vec<WaitingChange>,
    /// Whether the provider's W-9 can be downloaded.
    pub has_w9: bool,
    /// How dates are written, and for which sheet documents are laid out; each with an example.
    pub formats: Vec<Choice>,
    /// Whether the person is an admin.
    pub may_change: bool,
    pub wrong: WrongForm,
    /// What is wrong with it; may be empty.
    pub error: String,
}

impl ProfilePage {
    /// The formats that hold.
    pub fn format(&self) -> &str {
        self.formats.iter().find(|choice| choice.chosen).map_or("", |choice| &choice.text)
    }

    /// What is wrong with a form; empty where it is another's or nothing.
    pub fn error_of(&self, form: WrongForm) -> &str {
        if self.wrong == form { &self.error } else { "" }
    }
}
