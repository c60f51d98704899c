//! A rule in words: the sentence on the page, and the permission that the customer gives.

use super::facts::MethodKind;
use super::rule::{Limits, Rule, Scope};
use super::when::When;
use crate::money::Money;
use crate::run::Stream;

/// The version of the permission's wording. Each permission keeps its whole text; this says which wording it was made of.
pub const MANDATE_VERSION: u32 = 1;

/// Who permits whom to charge what.
#[derive(Clone, Copy, Debug)]
pub struct Parties<'a> {
    /// `Northfield Grain & Supply, Inc.`
    pub account: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// What is charged: `Visa 4242`.
    pub method: (&'a str, MethodKind),
    /// What is charged where that can't be.
    pub backup: Option<(&'a str, MethodKind)>,
}

/// What a rule does, in one sentence: `We charge every recurring invoice to Visa 4242 on its due date, without a limit.`
#[must_use]
pub fn sentence(rule: &Rule, method: &str) -> String {
    let limits = limits(rule.limits, ["up to", "an invoice", "a month"]);
    let limits = limits.unwrap_or_else(|| "without a limit".to_owned());
    let except = except(rule).map_or_else(String::new, |names| format!(", but not {names}"));
    format!("We charge {}{except} to {method} {}, {limits}.", taken(rule), day(rule.when, "its"))
}

/// The permission, as the customer reads it before saying yes. Says who, what, when, up to how much, and how to end it.
#[must_use]
pub fn mandate(rule: &Rule, parties: Parties<'_>) -> String {
    let Parties { account, provider, method: (method, kind), backup } = parties;
    let mut text = format!("{account} permits {provider} to charge {method} for {}", permitted(rule));
    if let Some(names) = except(rule) {
        text.push_str(&format!(", except {names},"));
    }
    text.push_str(&format!(" {}", day(rule.when, "their")));
    match limits(rule.limits, ["at most", "for one invoice", "in one calendar month"]) {
        Some(limits) => text.push_str(&format!(", {limits}.")),
        None => text.push_str(", whatever their amount."),
    }
    if let Some((label, _)) = backup {
        text.push_str(&format!(" Where {method} can’t be charged, {provider} may charge {label} instead."));
    }
    if kind == MethodKind::Bank || backup.is_some_and(|(_, kind)| kind == MethodKind::Bank) {
        text.push_str(" A charge of a bank account is an electronic (ACH) debit. One that the bank returns for want of money may be presented again twice.");
    }
    let days = if rule.notice_days == 1 { "one day".to_owned() } else { format!("{} days", rule.notice_days) };
    text.push_str(&format!(" We write to you at least {days} before each charge."));
    text.push_str(
        " You can skip a charge, pause or end this permission here at any time before the day of the charge.",
    );
    text
}

fn taken(rule: &Rule) -> String {
    match &rule.scope {
        Scope::Everything => "every invoice, recurring and bi-weekly".to_owned(),
        Scope::Stream(stream) => format!("every {} invoice", called(*stream)),
        Scope::Agreements(codes) => format!("every invoice for {}", listed(codes)),
        Scope::Invoice(number) => number.clone(),
    }
}

fn permitted(rule: &Rule) -> String {
    match &rule.scope {
        Scope::Everything => "its recurring and bi-weekly invoices".to_owned(),
        Scope::Stream(stream) => format!("its {} invoices", called(*stream)),
        Scope::Agreements(codes) => format!("its invoices that bill nothing but {}", listed(codes)),
        Scope::Invoice(number) => format!("invoice {number}"),
    }
}

fn called(stream: Stream) -> &'static str {
    match stream {
        Stream::Recurring => "recurring",
        Stream::Biweekly => "bi-weekly",
    }
}

/// `on its due date`, `3 days before their due dates`.
fn day(when: When, whose: &str) -> String {
    let due = if whose == "its" { "due date" } else { "due dates" };
    let days = |days: u8| if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    match when {
        When::Due => format!("on {whose} {due}"),
        When::BeforeDue(count) => format!("{} before {whose} {due}", days(count)),
        When::AfterDue(count) => format!("{} after {whose} {due}", days(count)),
        When::AfterIssue(0) => format!("on the day of {whose} issue"),
        When::AfterIssue(count) => format!("{} after {whose} issue", days(count)),
        When::DayOfMonth(31) => "on the last day of the month".to_owned(),
        When::DayOfMonth(day) => format!("on the {day}{} of the month", ordinal(day)),
    }
}

const fn ordinal(day: u8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

/// `up to $4,000.00 an invoice and $7,500.00 a month`; none without limits.
fn limits(limits: Limits, [up_to, invoice, month]: [&str; 3]) -> Option<String> {
    let said = |amount: Option<i64>, of: &str| {
        amount.map(|minor| format!("{} {of}", Money::new(minor, limits.currency).with_currency()))
    };
    let parts: Vec<String> =
        [said(limits.per_invoice, invoice), said(limits.per_month, month)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{up_to} {}", parts.join(" and ")))
}

fn except(rule: &Rule) -> Option<String> {
    let orders = rule.except.po_numbers.iter().map(|number| format!("PO {number}"));
    let projects = rule.except.projects.iter().map(|ticket| format!("project {ticket}"));
    let names: Vec<String> = orders.chain(projects).collect();
    (!names.is_empty()).then(|| listed(&names))
}

/// `A`, `A and B`, `A, B and C`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
