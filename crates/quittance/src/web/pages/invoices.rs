//! `/invoices`: what is owed, and the list of all invoices. Also the pieces the filter bar of `/work` shares.

use askama::Template;

use super::{Chart, Day, Frame, Link, Piece, Status};

/// One account in the menu of accounts.
#[derive(Clone, Debug, Default)]
pub struct AccountChoice {
    /// Where it leads: `/invoices?account=C-1000`.
    pub href: String,
    /// The account's name, or `All six accounts`.
    pub name: String,
    /// What it owes: `$145.00`.
    pub owed: String,
    /// A remark under the name: `Look only`; or empty.
    pub remark: String,
    /// Whether it is the one shown.
    pub chosen: bool,
}

/// The menu of accounts of a person who has several.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// The words on the menu: `All six accounts`, or the chosen account's name.
    pub shown: String,
    /// "All" first, then one per account.
    pub choices: Vec<AccountChoice>,
}

/// What is overdue.
#[derive(Clone, Debug, Default)]
pub struct Overdue {
    /// `$3,163.73`, or `$0.00`.
    pub amount: String,
    /// Whether the amount is above zero: then it is red, with a triangle.
    pub late: bool,
    /// `INV-20299, due Oct 18, 19 days ago`; or `Nothing is late.`
    pub note: Vec<Piece>,
}

/// What falls due next.
#[derive(Clone, Debug, Default)]
pub struct NextDue {
    /// `$165.00`.
    pub amount: String,
    /// `Sunday, Nov 29: INV-20480`.
    pub note: Vec<Piece>,
}

/// The strip on top: one amount, its answers, one chart.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// `You owe`, or `You owe, over five accounts`.
    pub label: String,
    /// The one amount of the page, `$7,237.63`.
    pub owed: String,
    /// `4 invoices.`; when nothing is owed, what will appear and when.
    pub note: Vec<Piece>,
    /// `None` leaves the column out.
    pub overdue: Option<Overdue>,
    /// `None` leaves the column out.
    pub next_due: Option<NextDue>,
    /// What Auto Pay takes next; then it stands in the place of what falls due.
    pub takes_next: Option<NextDue>,
    /// `None` leaves the column out; at least two months read well.
    pub chart: Option<Chart>,
    /// To the page on which all that is open is paid.
    pub pay_all: Option<Link>,
}

/// One option of a `select`, or one of the links Open, Paid, All.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The option's value; for a link its address.
    pub value: String,
    /// `Recurring`; `Open`.
    pub text: String,
    /// `4`, after the words of a link; empty in a `select`.
    pub count: String,
    /// Whether it is the one shown.
    pub chosen: bool,
}

/// The filter bar: one GET form to `/invoices` (or `/work`), so that its state stands in the address.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Open, Paid, All as links that keep the other filters; empty on `/work`.
    pub tabs: Vec<Choice>,
    /// The chosen tab's value for the form's field `show`; empty prints no field.
    pub show: String,
    /// Field `stream`: both, recurring, bi-weekly; empty leaves the select out.
    pub streams: Vec<Choice>,
    /// Field `since` on `/invoices` (`Since July 2026`), `month` on `/work` (`September 2026`); empty leaves the select out.
    pub periods: Vec<Choice>,
    /// Field `q`: what was searched.
    pub search: String,
    /// Field `account`: the chosen account of a person with several; empty prints no field.
    pub account: String,
}

impl Filter {
    /// Whether a phone shows the filters unfolded: something is searched, or an option other than the first is chosen.
    pub fn in_use(&self) -> bool {
        let chosen = |choices: &[Choice]| choices.iter().skip(1).any(|choice| choice.chosen);
        !self.search.is_empty() || chosen(&self.streams) || chosen(&self.periods)
    }
}

/// One invoice in the list.
#[derive(Clone, Debug)]
pub struct InvoiceRow {
    /// `INV-20299`; also the value of its tick box (field `number`).
    pub number: String,
    /// `/invoices/INV-20299`.
    pub href: String,
    /// `/invoices/INV-20299.pdf`; empty while the PDF is being made.
    pub pdf: String,
    /// The account's name, when several are shown; else empty.
    pub account: String,
    /// `Bi-weekly`.
    pub stream: String,
    /// `Sep 4–17`.
    pub services: String,
    /// Issued on.
    pub issued: Day,
    /// Due on.
    pub due: Day,
    /// `$3,163.73`.
    pub amount: String,
    /// The amount in minor units, for the running sum of ticked rows.
    pub minor: i64,
    /// Of which currency they are: `USD`.
    pub currency: &'static str,
    /// How many digits they have: 2 for USD, 0 for JPY.
    pub digits: u16,
    /// Where it stands.
    pub status: Status,
    /// What happens next; never empty: `Nothing planned` is an answer.
    pub next: String,
}

/// Open invoices, or paid ones.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// `Open` or `Paid`.
    pub title: String,
    /// A word for ids and classes: `open` or `paid`.
    pub id: String,
    /// Its invoices, in order.
    pub rows: Vec<InvoiceRow>,
}

impl Group {
    /// How many rows a phone folds away: open invoices after the tenth, paid ones after the third.
    pub fn folded(&self) -> usize {
        let kept = if self.id == "paid" { 3 } else { 10 };
        self.rows.len().saturating_sub(kept)
    }
}

/// Why the list is empty.
#[derive(Clone, Debug, Default)]
pub struct Empty {
    /// `No invoices yet`, `You owe nothing`, `No invoice matches “T-49999”`.
    pub title: String,
    /// What will appear and when, or what was searched.
    pub text: String,
    /// One way on, or none.
    pub link: Option<Link>,
}

/// The list under the filter bar.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// `12 invoices, $23,435.37 since July 2026`; announced when it changes.
    pub count_line: String,
    /// The PDFs of exactly what is shown: `/invoices.zip?…`; empty leaves the link out.
    pub zip: String,
    /// The lines of exactly what is shown: `/invoices.csv?…`; empty leaves the link out.
    pub csv: String,
    /// What happened on the account in that time, as PDF: `/statements.pdf?…`; empty leaves the link out.
    pub statement: String,
    /// Open first, then paid; a group without rows is left out by the caller.
    pub groups: Vec<Group>,
    /// The next page: `/invoices?after=…`; empty when this is the last.
    pub more: String,
    /// `Some` when there are no rows.
    pub empty: Option<Empty>,
}

/// `GET /invoices`. Ticked rows download as `GET /invoices.zip?number=…&number=…`.
#[derive(Template)]
#[template(path = "invoices.html")]
pub struct InvoicesPage {
    /// What stands around it.
    pub frame: Frame,
    /// The one account's name; empty when the menu of accounts says it.
    pub account_name: String,
    /// `Some` for a person with several accounts.
    pub accounts: Option<Accounts>,
    /// `None` before the first invoice.
    pub summary: Option<Summary>,
    /// `None` before the first invoice.
    pub filter: Option<Filter>,
    /// The list.
    pub listing: Listing,
    /// Whether ticked invoices can be paid here.
    pub may_pay: bool,
}

impl InvoicesPage {
    /// Whether a column names each row's account.
    pub fn names_accounts(&self) -> bool {
        self.listing.groups.iter().flat_map(|group| &group.rows).any(|row| !row.account.is_empty())
    }
}
