//! `/office…`: the provider's own pages; and the request of whoever can't sign in.

use askama::Template;

use super::{AuditLine, Choice, Day, FieldChange, Frame, Link, Pair, PaymentLine, Status};

/// What was typed of a request, shown again.
#[derive(Clone, Debug, Default)]
pub struct TypedRequest {
    pub company: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub words: String,
}

/// A request in a list.
#[derive(Clone, Debug, Default)]
pub struct RequestLine {
    /// Its page.
    pub href: String,
    /// `Another billing contact`.
    pub what: String,
    /// As it was typed.
    pub company: String,
    pub at: Day,
    /// `Waits for a second person`.
    pub state: String,
}

/// An account whose invoices reach nobody.
#[derive(Clone, Debug, Default)]
pub struct UnreachedLine {
    pub code: String,
    pub name: String,
    /// `recurring invoices reach nobody`.
    pub which: String,
}

/// `GET /office`. Field of the form: `account`.
#[derive(Template)]
#[template(path = "office.html")]
pub struct OfficePage {
    /// What stands around it.
    pub frame: Frame,
    /// Why looking as a customer was refused; may be empty.
    pub error: String,
    /// The account that is looked at as it sees the portal; may be empty.
    pub viewed: String,
    /// `3 questions wait for an answer`, each with the page where they do.
    pub waits: Vec<Link>,
    /// The oldest first.
    pub requests: Vec<RequestLine>,
    /// By code.
    pub unreached: Vec<UnreachedLine>,
}

/// An account in the list of all.
#[derive(Clone, Debug, Default)]
pub struct OfficeAccountLine {
    pub code: String,
    pub name: String,
    /// `Willmar, US`.
    pub place: String,
    /// Whether it is a customer no more.
    pub is_former: bool,
    /// What is open; empty where nothing is.
    pub open: String,
    /// Credit that is left; empty where none is.
    pub credit: String,
}

/// `GET /office/accounts`. Field of the form: `q`.
#[derive(Template)]
#[template(path = "office_accounts.html")]
pub struct OfficeAccountsPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was searched for; may be empty.
    pub wanted: String,
    /// By code.
    pub lines: Vec<OfficeAccountLine>,
    /// Where the list goes on; empty where this is all.
    pub next: String,
    /// Whether they may record payments and set up Auto Pay.
    pub may_act: bool,
}

/// `GET /office/requests`.
#[derive(Template)]
#[template(path = "office_requests.html")]
pub struct RequestsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The oldest first.
    pub requests: Vec<RequestLine>,
}

/// A contact with the number to call.
#[derive(Clone, Debug, Default)]
pub struct ContactOnFile {
    pub name: String,
    pub email: String,
    pub role: String,
    /// May be empty.
    pub phone: String,
    /// The one who leaves.
    pub leaves: bool,
}

/// `GET /office/requests/{id}`. Fields of the first form: `account`, `leaver`, `how`, `csrf`; of the second: `verdict`,
/// `why`, `csrf`.
#[derive(Template)]
#[template(path = "office_request.html")]
pub struct RequestPage {
    /// What stands around it.
    pub frame: Frame,
    pub line: RequestLine,
    /// Where the first form goes; the second goes to `…/decision`.
    pub action: String,
    /// Why it was refused; may be empty.
    pub error: String,
    /// Who asks, as typed.
    pub name: String,
    pub email: String,
    pub phone: String,
    pub words: String,
    pub network: String,
    /// The account's code, once somebody said whose it is.
    pub account: String,
    pub account_name: String,
    pub contacts: Vec<ContactOnFile>,
    /// The address of who leaves; may be empty.
    pub leaver: String,
    /// When it was checked last, for the form that decides; empty before.
    pub seen: String,
    /// Who called; empty before.
    pub checked_by: String,
    pub checked_how: String,
    /// Who decided; empty before.
    pub decided_by: String,
    pub decided_why: String,
    /// Of a change to an account's own data: what is different.
    pub changes: Vec<FieldChange>,
    /// Of another address: the region that decides its tax, to be changed; else empty.
    pub tax_region: String,
    /// Whether a file was handed in with it.
    pub has_file: bool,
    /// Whether it is about another billing contact.
    pub is_hand_over: bool,
    pub may_check: bool,
    pub may_decide: bool,
    pub is_open: bool,
}

/// `GET /office/audit`. Fields: `account`, `person`, `kind`.
#[derive(Template)]
#[template(path = "office_audit.html")]
pub struct OfficeAuditPage {
    /// What stands around it.
    pub frame: Frame,
    /// What is looked for; may be empty.
    pub account: String,
    pub person: String,
    /// Kinds of deeds, in words; what was done most by people first.
    pub kinds: Vec<Choice>,
    /// The newest first.
    pub lines: Vec<AuditLine>,
    /// Where the next ones are; may be empty.
    pub older: String,
}

/// `GET /office/join/{token}`.
#[derive(Template)]
#[template(path = "office_join.html")]
pub struct JoinPage {
    /// What stands around it.
    pub frame: Frame,
    pub name: String,
    pub email: String,
    /// Where the form goes.
    pub action: String,
}

/// What the page of the request has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillingContactState {
    /// Nothing was typed yet.
    Fresh,
    /// Something is missing, or is no address.
    Incomplete,
    /// It waits for staff.
    Sent,
    /// Too many came.
    TooMany,
}

/// `/billing-contact`. Fields: `company`, `name`, `email`, `phone`, `words`, `csrf`.
#[derive(Template)]
#[template(path = "billing_contact.html")]
pub struct BillingContactPage {
    /// What stands around it.
    pub frame: Frame,
    pub state: BillingContactState,
    /// Shown again where something is missing.
    pub typed: TypedRequest,
}

/// A code that was asked for.
#[derive(Clone, Debug, Default)]
pub struct CodeLine {
    pub at: Day,
    /// What people read out.
    pub trace: String,
    /// `used; letter accepted: 250 ok`.
    pub became: String,
}

/// `GET /office/doctor`. Field: `address`.
#[derive(Default, Template)]
#[template(path = "office_doctor.html")]
pub struct DoctorPage {
    /// What stands around it.
    pub frame: Frame,
    /// As typed; empty asks.
    pub asked: String,
    /// The address; empty where nothing was found.
    pub email: String,
    pub findings: Vec<String>,
    /// The newest first.
    pub codes: Vec<CodeLine>,
    /// A trace number of no code.
    pub is_unknown: bool,
}

/// Something about a payment that doesn't fit.
#[derive(Clone, Debug, Default)]
pub struct ExceptionLine {
    /// Where the form goes. Field: `how`.
    pub action: String,
    pub day: Day,
    pub words: String,
}

/// A check or a transfer that came, as typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckForm {
    /// The account's code.
    pub account: String,
    pub amount: String,
    /// The day it came, `2026-11-06`.
    pub on: String,
    /// The check's number or the bank's reference.
    pub reference: String,
    /// Invoices to be paid first, apart by commas; may be empty.
    #[serde(default)]
    pub invoices: String,
    /// Names the form.
    pub key: String,
    /// What is wrong with it; not a field of the form.
    #[serde(skip)]
    pub error: String,
}

/// A payment in the office's list.
#[derive(Clone, Debug)]
pub struct OfficePaymentLine {
    /// By hand it has neither number nor page.
    pub line: PaymentLine,
    /// Codes of the accounts that paid.
    pub accounts: String,
}

/// `GET /office/payments`.
#[derive(Template)]
#[template(path = "office_payments.html")]
pub struct OfficePaymentsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The newest first.
    pub rows: Vec<OfficePaymentLine>,
    /// What waits for a person.
    pub exceptions: Vec<ExceptionLine>,
    /// Whether the visitor may do anything about them.
    pub may_act: bool,
    /// The form of a check.
    pub check: CheckForm,
}

/// Money that goes back.
#[derive(Clone, Debug)]
pub struct RefundLine {
    /// `$20.00: Charged twice`.
    pub words: String,
    /// Who asked, who decided.
    pub hint: String,
    pub day: Day,
    pub state: String,
    /// Where a decision goes; empty where none is waited for.
    pub action: String,
    /// Whether this member of staff may approve it.
    pub may_approve: bool,
}

/// `GET /office/payments/{number}`. Fields of the form: `amount`, `reason`, `key`.
#[derive(Template)]
#[template(path = "office_payment.html")]
pub struct OfficePaymentPage {
    /// What stands around it.
    pub frame: Frame,
    pub number: String,
    pub status: Status,
    pub sentence: String,
    /// What to mind, while its outcome isn't known: a bold sentence and what follows; may be empty.
    pub warning: (String, String),
    /// What it was for.
    pub rows: Vec<Pair>,
    pub total: Pair,
    /// Code and name.
    pub account: String,
    /// Name and address.
    pub payer: String,
    /// The processor's name of it; may be empty.
    pub charge: String,
    /// Where its receipt is; empty where no money came.
    pub receipt: String,
    /// Where the refund's form goes; empty where nothing can go back.
    pub refund: String,
    /// What went back, or is to.
    pub refunds: Vec<RefundLine>,
    /// What is left of it.
    pub left: String,
    /// Why a refund was refused; may be empty.
    pub error: String,
    /// Names the form.
    pub key: String,
}
