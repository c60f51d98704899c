//! `/autopay` and `/office/autopay`: rules, what they would do, and the permission that goes with them.

use askama::Template;

use super::{Choice, Deed, Frame, Link};

/// A sentence of the preview: what would become of an invoice.
#[derive(Clone, Debug, Default)]
pub struct PreviewLine {
    /// `INV-20517`.
    pub number: String,
    /// ` would be charged on Dec 1.`
    pub words: String,
    /// `With it, October comes to $10,960.16.`; or empty.
    pub help: String,
    /// Where what helps is done.
    pub link: Option<Link>,
    /// `3,908.90`.
    pub amount: String,
    /// Whether it would be charged.
    pub is_charged: bool,
}

/// What is open, or a month.
#[derive(Clone, Debug, Default)]
pub struct PreviewGroup {
    /// `Next`, `October, replayed`.
    pub title: String,
    /// What would be charged: `$3,908.90`.
    pub sum: String,
    /// Each invoice.
    pub lines: Vec<PreviewLine>,
}

/// What a rule would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// `Of nine invoices, seven would have been charged and two left to you.`; or empty.
    pub words: String,
    /// `With $11,000.00 a month all nine would.` and where that is set.
    pub wider: Option<(String, Link)>,
    /// What is open, then the months behind.
    pub groups: Vec<PreviewGroup>,
}

/// What is typed and chosen of a rule.
#[derive(Clone, Debug, Default)]
pub struct RuleForm {
    /// The page that shows what it would do.
    pub action: String,
    /// The account's code.
    pub account: String,
    /// The rule that it replaces; or empty.
    pub replaces: String,
    /// Which invoices.
    pub scopes: Vec<Choice>,
    /// The account's agreements.
    pub agreements: Vec<Choice>,
    /// One single invoice.
    pub invoice: String,
    /// What is charged.
    pub methods: Vec<Choice>,
    /// What is charged where that can't be.
    pub backups: Vec<Choice>,
    /// On which day.
    pub whens: Vec<Choice>,
    /// So many days before or after, or the day of the month.
    pub days: String,
    /// `4,000.00`; or empty.
    pub per_invoice: String,
    /// The same of a month.
    pub per_month: String,
    /// Days before a charge.
    pub notice: String,
    /// What is left out, by commas.
    pub po_numbers: String,
    /// The same of projects.
    pub projects: String,
    /// How much is left out: `None`.
    pub left_out: String,
    /// What is open already.
    pub opens: Vec<Choice>,
    /// The day on which it starts; or empty.
    pub start: String,
    /// What is wrong with it, as a sentence; or empty.
    pub error: String,
    /// The fields as they stand, for the form that proposes.
    pub fields: Vec<(String, String)>,
}

impl RuleForm {
    /// Whether something is chosen that the folded fields say more about.
    #[must_use]
    pub fn needs_days(&self) -> bool {
        let chosen = |choices: &[Choice], usual: &str| choices.iter().any(|one| one.chosen && one.value != usual);
        let narrow = self.scopes.iter().any(|one| one.chosen && matches!(one.value.as_str(), "agreements" | "invoice"));
        narrow || chosen(&self.whens, "due") || chosen(&self.backups, "") || !self.start.is_empty()
    }
}

/// The permission that goes with a rule.
#[derive(Clone, Debug, Default)]
pub struct Permission {
    /// The rule's fields, as the form sends them.
    pub fields: Vec<(String, String)>,
    /// Its text.
    pub text: String,
    /// `It replaces text 1 of July 28 when it starts.`; or empty.
    pub note: String,
    /// `I have read this and may agree to it for Northfield Grain & Supply, Inc.`
    pub yes: String,
    /// Proposes or agrees.
    pub deed: Deed,
    /// Under the button.
    pub after: String,
}

/// A rule that holds, or waits for somebody.
#[derive(Clone, Debug, Default)]
pub struct RuleLine {
    /// `In force since July 28`, `Proposed by khadra@northfield.example on Nov 6`.
    pub since: String,
    /// `We charge every recurring invoice to Visa 4242 on its due date, without a limit.`
    pub sentence: String,
    /// `Paused until Nov 20.`; or empty.
    pub note: String,
    /// Changes it.
    pub change: Option<Link>,
    /// Pauses it, with a day.
    pub pause: Option<Deed>,
    /// It goes on.
    pub resume: Option<Deed>,
    /// Ends it, or takes a proposal back.
    pub end: Option<Deed>,
    /// Whether the end is a refusal, which may say why.
    pub may_say_why: bool,
    /// To a page with its preview: of what staff prepared, or a customer proposed.
    pub look: Option<Link>,
}

/// A version of an account's permission.
#[derive(Clone, Debug, Default)]
pub struct PermissionText {
    /// `Text 1 of July 28, 2026`.
    pub title: String,
    /// `Agreed to by khadra@northfield.example`.
    pub by: String,
    /// How it ended; or empty.
    pub end: String,
    /// Its words.
    pub text: String,
    /// Where it is as a document.
    pub file: String,
}

/// `GET /autopay`.
#[derive(Template)]
#[template(path = "autopay.html")]
pub struct AutoPayPage {
    /// What stands around it.
    pub frame: Frame,
    /// What was refused, as a sentence; or empty.
    pub error: String,
    /// Whose it is.
    pub account_name: String,
    /// The person's other accounts.
    pub accounts: Vec<Choice>,
    /// What holds and what waits.
    pub rules: Vec<RuleLine>,
    /// Makes another rule beside them.
    pub another: Option<Link>,
    /// The new rule; nothing for who may only see, or where staff set it up.
    pub form: Option<RuleForm>,
    /// `Your new rule`, or that another one is added.
    pub title: String,
    /// What it would do.
    pub preview: Preview,
    /// What goes with it; nothing while something is wrong with the rule.
    pub permission: Option<Permission>,
    /// What happens then.
    pub steps: Vec<(String, String)>,
    /// The permissions there were.
    pub texts: Vec<PermissionText>,
    /// What stands where there is no form.
    pub instead: String,
    /// The provider's phone and address.
    pub reach: String,
}

impl AutoPayPage {
    /// Whether something is wrong with what was asked.
    fn is_wrong(&self) -> bool {
        !self.error.is_empty() || self.form.as_ref().is_some_and(|form| !form.error.is_empty())
    }
}

/// `GET /autopay/preview`: the preview alone.
#[derive(Template)]
#[template(path = "autopay_alone.html")]
pub struct AutoPayPreviewPage {
    /// What stands around it.
    pub frame: Frame,
    /// The rule in a sentence.
    pub sentence: String,
    /// What it would do.
    pub preview: Preview,
    /// Back to the rule.
    pub back: Link,
    /// What is wrong with the rule; or empty.
    pub error: String,
}

/// `GET /autopay/{account}/{version}`: what staff prepared, to be agreed to.
#[derive(Template)]
#[template(path = "autopay_agree.html")]
pub struct AutoPayAgreePage {
    /// What stands around it.
    pub frame: Frame,
    /// What was refused; or empty.
    pub error: String,
    /// Whose it is.
    pub account_name: String,
    /// Who prepared it and what it says.
    pub rule: RuleLine,
    /// What it would do.
    pub preview: Preview,
    /// What goes with it.
    pub permission: Option<Permission>,
}

/// An account's rule in the office's list.
#[derive(Clone, Debug, Default)]
pub struct OfficeRule {
    /// The account.
    pub account: String,
    /// Its page.
    pub href: String,
    /// Where it stands: `Waits for you`.
    pub state: String,
    /// What it says.
    pub rule: RuleLine,
}

/// `GET /office/autopay`.
#[derive(Template)]
#[template(path = "office_autopay.html")]
pub struct OfficeAutoPayPage {
    /// What stands around it.
    pub frame: Frame,
    /// What waits for staff, for customers, and what holds.
    pub groups: Vec<(String, Vec<OfficeRule>)>,
}

/// `GET /office/autopay/{account}/{version}`, and the form for a customer on the telephone.
#[derive(Template)]
#[template(path = "office_autopay_rule.html")]
pub struct OfficeAutoPayRulePage {
    /// What stands around it.
    pub frame: Frame,
    /// What was refused; or empty.
    pub error: String,
    /// The account's name and code.
    pub account_name: String,
    /// What it says.
    pub rule: RuleLine,
    /// Confirms it.
    pub confirm: Option<Deed>,
    /// The new rule, where one is made.
    pub form: Option<RuleForm>,
    /// What it would do.
    pub preview: Preview,
    /// The text that was or will be agreed to.
    pub text: String,
    /// The account's permissions, the newest first.
    pub texts: Vec<PermissionText>,
    /// Sends the rule to the customer.
    pub send: Option<Deed>,
}
