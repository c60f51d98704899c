//! `/pay`, `/payments`, `/methods`, and the sandbox's own page of its processor.

use askama::Template;

use super::{Day, Deed, Frame, Link, Piece, Status};

/// A document that is to be paid.
#[derive(Clone, Debug, Default)]
pub struct PayRow {
    /// `INV-20299`.
    pub number: String,
    /// `/invoices/INV-20299`; empty where only its link is known.
    pub href: String,
    /// `Bi-weekly, Sep 4–17`, with the account's name for a person with several.
    pub what: String,
    /// Where it stands.
    pub status: Option<Status>,
    /// What is open, after the account's credit: `$3,163.73`.
    pub open: String,
    /// Whether credit pays all of it: there is no field then.
    pub is_covered: bool,
    /// What stands in the field: `3163.73`.
    pub amount: String,
    /// What is wrong with it; or empty.
    pub error: String,
}

/// What is paid ahead, and becomes credit.
#[derive(Clone, Debug, Default)]
pub struct PayAhead {
    /// Whose: the account's code and name.
    pub code: String,
    pub name: String,
    /// What was typed.
    pub amount: String,
    /// What is wrong with it; or empty.
    pub error: String,
    /// Whether nothing else is paid.
    pub is_alone: bool,
}

/// Leaves later invoices to Auto Pay.
#[derive(Clone, Debug, Default)]
pub struct PayAutoPay {
    /// `Let Auto Pay take later invoices with Visa 4242 on their due dates`
    pub label: String,
    /// What happens then.
    pub hint: String,
    /// The permission, as it is agreed to.
    pub text: String,
    /// Whether it is ticked; never in advance.
    pub chosen: bool,
}

/// A way to pay.
#[derive(Clone, Debug, Default)]
pub struct PayMethod {
    /// The field's value: `card`, `bank`, or a kept method's.
    pub value: String,
    /// `Visa 4242`, `Another card`.
    pub name: String,
    /// `Expires 08/28. Your Auto Pay method.`
    pub hint: String,
    /// Whether it is the one chosen.
    pub chosen: bool,
    /// Whether it is a new one, which may be kept.
    pub is_new: bool,
}

/// `GET /pay`, and `/pay/{token}` for whoever has a mail's link.
#[derive(Template)]
#[template(path = "pay.html")]
pub struct PayPage {
    /// What stands around it.
    pub frame: Frame,
    /// `Pay two invoices`.
    pub title: String,
    /// Whose they are; empty where several accounts' are.
    pub account_name: String,
    /// What is wrong, as a sentence; or empty.
    pub error: String,
    /// `en-US` or `en-GB`: how the script writes the day on the button, as the page does.
    pub locale: &'static str,
    /// What is to be paid.
    pub rows: Vec<PayRow>,
    /// Where something may be paid ahead.
    pub ahead: Option<PayAhead>,
    /// Whether credit pays all of it: nothing is chosen then.
    pub by_credit: bool,
    /// Whether amounts may be lowered.
    pub may_lower: bool,
    /// What else happens: `You have $20.00 in credit; it is used first.`, `Auto Pay would take … Paying it here cancels that charge.`
    pub notes: Vec<Vec<Piece>>,
    /// With what.
    pub methods: Vec<PayMethod>,
    /// Where later invoices may be left to Auto Pay.
    pub autopay: Option<PayAutoPay>,
    /// Whether a new method may be kept; not for whoever only has a link.
    pub may_keep: bool,
    /// Whether a new method is to be kept.
    pub keep: bool,
    /// Whether it may be paid on a later day: with a kept method.
    pub may_wait: bool,
    /// The chosen later day, `2026-11-20`; or empty: now.
    pub on: String,
    /// The first and last day to choose.
    pub days: (String, String),
    /// `$7,072.63`.
    pub total: String,
    /// `Pay $7,072.63 with Visa 4242`.
    pub button: String,
    /// What the button promises, as the form sends it back.
    pub agreed: String,
    /// Under the button.
    pub after: String,
    /// Names the form.
    pub key: String,
    /// Where it goes.
    pub action: String,
    /// Where the visitor goes back to.
    pub back: Link,
    /// `$`, for the running sum.
    pub sign: String,
}

/// A step of a payment.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its shape.
    pub status: Status,
    /// Beneath it; or empty.
    pub hint: String,
    /// Whether it is the present one.
    pub is_present: bool,
}

/// A row of two texts.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// On the left.
    pub label: String,
    /// Where the label leads; or empty.
    pub href: String,
    /// On the right.
    pub value: String,
}

/// `GET /payments/{number}`.
#[derive(Template)]
#[template(path = "payment.html")]
pub struct PaymentPage {
    /// What stands around it.
    pub frame: Frame,
    /// `P-1001`.
    pub number: String,
    /// Its shape and word: `Paid`.
    pub status: Status,
    /// What happened, in a sentence or two.
    pub sentence: String,
    /// What not to do and what to do; first words bold; or empty.
    pub warning: (String, String),
    /// What it was for.
    pub rows: Vec<Pair>,
    /// Method and sum.
    pub total: Pair,
    /// How it goes on; empty when it is over.
    pub steps: Vec<Step>,
    /// What else there is to know.
    pub facts: Vec<Pair>,
    /// Ways on: the processor's page, the invoices.
    pub links: Vec<Link>,
    /// Calls it off, where that can be done.
    pub cancel: Option<Deed>,
    /// Whether the page is read again by itself in a moment.
    pub reads_again: bool,
    /// `Call 320-555-0150 and say P-1001.`
    pub call: String,
}

/// One of a list of payments.
#[derive(Clone, Debug)]
pub struct PaymentLine {
    /// `P-1001`.
    pub number: String,
    /// Where it leads.
    pub href: String,
    /// When it was made, or is to be.
    pub day: Day,
    /// `INV-20299 and INV-20517`.
    pub what: String,
    /// `Visa 4242`.
    pub method: String,
    /// `$7,072.63`.
    pub amount: String,
    /// Where it stands.
    pub status: Status,
}

/// `GET /payments`.
#[derive(Template)]
#[template(path = "payments.html")]
pub struct PaymentsPage {
    /// What stands around it.
    pub frame: Frame,
    /// The newest first.
    pub rows: Vec<PaymentLine>,
    /// The next page; or empty.
    pub more: String,
    /// Whether there is a processor to pay by.
    pub may_pay: bool,
    /// Pays ahead, for each account of the person.
    pub ahead: Vec<Link>,
}

/// A kept method.
#[derive(Clone, Debug, Default)]
pub struct MethodLine {
    /// `Visa 4242`.
    pub name: String,
    /// `Expires 08/28 · added by Erik Lund on Jul 28`.
    pub hint: String,
    /// Whether it ends soon or can't be used yet: what to do.
    pub warning: String,
    /// Whether it is the account's default.
    pub is_default: bool,
    /// Makes it the default.
    pub make_default: Option<Deed>,
    /// Takes another card or account in its place.
    pub replace: Option<Deed>,
    /// Removes it.
    pub remove: Option<Deed>,
    /// Gives it a name.
    pub rename: Option<Deed>,
    /// As its people call it.
    pub own_name: String,
}

/// The methods of one account.
#[derive(Clone, Debug, Default)]
pub struct AccountMethods {
    /// The account's name, for a person with several; else empty.
    pub name: String,
    /// Its methods.
    pub methods: Vec<MethodLine>,
    /// Adds a card, or a bank account.
    pub add: Vec<Deed>,
}

/// `GET /methods`.
#[derive(Template)]
#[template(path = "methods.html")]
pub struct MethodsPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was refused, as a sentence; or empty.
    pub error: String,
    /// By account.
    pub accounts: Vec<AccountMethods>,
}

/// A test card or account on the sandbox's page.
#[derive(Clone, Debug)]
pub struct TestChoice {
    /// The field's value.
    pub value: String,
    /// `Visa 4242`.
    pub name: String,
    /// `Settles at once.`
    pub hint: String,
    /// Whether it is chosen at first.
    pub chosen: bool,
}

/// `GET /sandbox/pay/{page}`: stands for the page of a payment company.
#[derive(Template)]
#[template(path = "sandbox_pay.html")]
pub struct SandboxPayPage {
    /// What stands around it.
    pub frame: Frame,
    /// Why it was declined; or empty.
    pub error: String,
    /// `$7,072.63`, or nothing where only a method is left.
    pub amount: String,
    /// `INV-20299 and 1 more`.
    pub words: String,
    /// The choices.
    pub choices: Vec<TestChoice>,
    /// Where the form goes.
    pub action: String,
    /// Where "back" goes.
    pub back: Deed,
    /// `Pay $7,072.63`, `Save it`.
    pub button: String,
}
