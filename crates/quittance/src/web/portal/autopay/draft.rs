//! A rule as it is typed and chosen: from an address or a form, and back.

use billing::autopay::{Except, Limits, MethodRole, Rule, Scope, TakesOpen, When};
use billing::{Currency, Stream};
use jiff::civil::Date;
use store::RuleId;

use crate::web::answer::Problem;
use crate::web::form::storable;
use crate::web::portal::pay::{amount_of as amount, plain};

/// What was typed and chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub account: String,
    pub replaces: String,
    pub scope: String,
    pub agreements: Vec<String>,
    pub invoice: String,
    pub method: String,
    pub backup: String,
    pub when: String,
    pub days: String,
    pub per_invoice: String,
    pub per_month: String,
    pub notice: String,
    pub po: String,
    pub project: String,
    pub open: String,
    pub start: String,
    /// The text that was agreed to, and whether it was.
    pub agreed: String,
    pub yes: String,
}

impl Draft {
    /// Of the fields of an address or a form.
    ///
    /// # Errors
    /// 422 for a field that no form of ours has, and for one that stands twice.
    pub fn read(fields: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut draft = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in fields {
            // The text is sent back as it was; line breaks and all.
            let value = storable(if name == "agreed" { &value } else { value.trim() });
            if name == "agreement" {
                draft.agreements.push(value);
                continue;
            }
            if seen.contains(&name) || value.chars().count() > 4_000 {
                return Err(Problem::not_understood());
            }
            *draft.field(&name).ok_or_else(Problem::not_understood)? = value;
            seen.push(name);
        }
        Ok(draft)
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "account" => &mut self.account,
            "replaces" => &mut self.replaces,
            "scope" => &mut self.scope,
            "invoice" => &mut self.invoice,
            "method" => &mut self.method,
            "backup" => &mut self.backup,
            "when" => &mut self.when,
            "days" => &mut self.days,
            "per_invoice" => &mut self.per_invoice,
            "per_month" => &mut self.per_month,
            "notice" => &mut self.notice,
            "po" => &mut self.po,
            "project" => &mut self.project,
            "open" => &mut self.open,
            "start" => &mut self.start,
            "agreed" => &mut self.agreed,
            "yes" => &mut self.yes,
            _ => return None,
        })
    }

    /// The fields of the rule, as a form or an address has them.
    pub fn fields(&self) -> Vec<(String, String)> {
        let all = [
            ("account", &self.account),
            ("replaces", &self.replaces),
            ("scope", &self.scope),
            ("invoice", &self.invoice),
            ("method", &self.method),
            ("backup", &self.backup),
            ("when", &self.when),
            ("days", &self.days),
            ("per_invoice", &self.per_invoice),
            ("per_month", &self.per_month),
            ("notice", &self.notice),
            ("po", &self.po),
            ("project", &self.project),
            ("open", &self.open),
            ("start", &self.start),
        ];
        let agreements = self.agreements.iter().map(|code| ("agreement", code));
        let set = all.into_iter().chain(agreements).filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// A page's address with this rule.
    pub fn href(&self, page: &str) -> String {
        let query = serde_urlencoded::to_string(self.fields()).unwrap_or_default();
        format!("{page}?{query}")
    }

    /// A rule as it stands, for changing it.
    pub fn of_rule(rule: &Rule, (account, replaces): (&str, Option<RuleId>)) -> Self {
        let (when, days) = when_fields(rule.when);
        let typed = |limit: Option<i64>| limit.map(|minor| plain(minor, rule.limits.currency)).unwrap_or_default();
        let (scope, agreements, invoice) = scope_fields(&rule.scope);
        Self {
            account: account.to_owned(),
            replaces: replaces.map(|id| i64::from(id).to_string()).unwrap_or_default(),
            scope: scope.to_owned(),
            agreements,
            invoice,
            method: role_field(&rule.method),
            backup: rule.backup.as_ref().map(role_field).unwrap_or_default(),
            when: when.to_owned(),
            days,
            per_invoice: typed(rule.limits.per_invoice),
            per_month: typed(rule.limits.per_month),
            notice: rule.notice_days.to_string(),
            po: rule.except.po_numbers.join(", "),
            project: rule.except.projects.join(", "),
            open: rule.takes_open.as_str().to_owned(),
            start: rule.not_before.map(|day| day.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The rule it says.
    ///
    /// # Errors
    /// The sentence that says what is wrong and what would be right.
    pub fn rule(&self, currency: Currency) -> Result<Rule, String> {
        let limit = |typed: &str| match amount(typed, currency) {
            _ if typed.is_empty() => Ok(None),
            Ok(minor) => Ok(Some(minor)),
            Err(_) => Err(format!("“{typed}” is no limit. Write an amount like 1500.00, or leave it empty for none.")),
        };
        let start =
            |typed: &str| typed.parse::<Date>().map_err(|_| "Choose the day on which it starts, like 2026-12-01.");
        let rule = Rule {
            scope: self.scope()?,
            except: Except { po_numbers: names(&self.po), projects: names(&self.project) },
            when: self.when()?,
            limits: Limits { currency, per_invoice: limit(&self.per_invoice)?, per_month: limit(&self.per_month)? },
            notice_days: number(
                &self.notice,
                "We write 1 to 14 days before each charge. Choose a number between them.",
            )?,
            not_before: if self.start.is_empty() { None } else { Some(start(&self.start)?) },
            takes_open: match self.open.as_str() {
                "" => TakesOpen::Leave,
                word => word.parse().map_err(|_| "Choose what happens with invoices that are open already.")?,
            },
            method: role(&self.method)?,
            backup: if self.backup.is_empty() { None } else { Some(role(&self.backup)?) },
        };
        rule.check().map_err(|refused| refused.to_string())?;
        Ok(rule)
    }

    fn scope(&self) -> Result<Scope, String> {
        Ok(match self.scope.as_str() {
            "everything" | "" => Scope::Everything,
            "recurring" => Scope::Stream(Stream::Recurring),
            "biweekly" => Scope::Stream(Stream::Biweekly),
            "agreements" => Scope::Agreements(self.agreements.clone()),
            "invoice" => Scope::Invoice(self.invoice.clone()),
            _ => return Err("Choose which invoices the rule takes.".to_owned()),
        })
    }

    fn when(&self) -> Result<When, String> {
        let days = || number(&self.days, "Type the number of days, 1 to 60, or the day of the month, 1 to 31.");
        Ok(match self.when.as_str() {
            "due" | "" => When::Due,
            "before_due" => When::BeforeDue(days()?),
            "after_due" => When::AfterDue(days()?),
            "after_issue" => When::AfterIssue(days()?),
            "day" => When::DayOfMonth(days()?),
            _ => return Err("Choose the day on which invoices are charged.".to_owned()),
        })
    }

    /// The rule whose next version it is to be.
    pub fn replaced(&self) -> Option<RuleId> {
        self.replaces.parse::<i64>().ok().map(RuleId::from)
    }
}

fn number(typed: &str, wrong: &str) -> Result<u8, String> {
    typed.parse().map_err(|_| wrong.to_owned())
}

fn names(typed: &str) -> Vec<String> {
    typed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn role(typed: &str) -> Result<MethodRole, String> {
    match typed {
        "default" | "" => Ok(MethodRole::Default),
        id => id.parse().map(MethodRole::Kept).map_err(|_| "Choose the card or account to charge.".to_owned()),
    }
}

fn role_field(role: &MethodRole) -> String {
    match role {
        MethodRole::Default => "default".to_owned(),
        MethodRole::Kept(id) => id.to_string(),
    }
}

fn when_fields(when: When) -> (&'static str, String) {
    match when {
        When::Due => ("due", String::new()),
        When::BeforeDue(days) => ("before_due", days.to_string()),
        When::AfterDue(days) => ("after_due", days.to_string()),
        When::AfterIssue(days) => ("after_issue", days.to_string()),
        When::DayOfMonth(day) => ("day", day.to_string()),
    }
}

fn scope_fields(scope: &Scope) -> (&'static str, Vec<String>, String) {
    match scope {
        Scope::Everything => ("everything", Vec::new(), String::new()),
        Scope::Stream(stream) => (stream.as_str(), Vec::new(), String::new()),
        Scope::Agreements(codes) => ("agreements", codes.clone(), String::new()),
        Scope::Invoice(number) => ("invoice", Vec::new(), number.clone()),
    }
}
