//! A rule of Auto Pay as the customer wants it and as it is stored: what it takes, when, up to how much, and with which method.
//! It names streams, agreements by their codes and the role of a method, so that a changed agreement or a new card leaves it be.

use iso_currency::Currency;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::when::When;
use crate::run::Stream;
use crate::words::words;

/// The days between notice and charge, if the customer wants no others.
pub const NOTICE_DAYS: u8 = 3;
/// At least one, so that a charge can still be skipped; at most as many as fit between issue and due date.
const NOTICE_RANGE: std::ops::RangeInclusive<u8> = 1..=14;
/// Agreements, PO numbers and projects that a rule may name.
const MOST_NAMES: usize = 50;

/// Which invoices a rule takes: a closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Scope {
    /// Both streams.
    Everything,
    /// One of them.
    Stream(Stream),
    /// Invoices that bill nothing but these agreements, by their codes.
    Agreements(Vec<String>),
    /// One single invoice, by its number.
    Invoice(String),
}

/// What a rule leaves out of its scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Except {
    /// Invoices with one of these PO numbers.
    pub po_numbers: Vec<String>,
    /// Invoices with work of one of these projects, by their tickets.
    pub projects: Vec<String>,
}

/// Up to how much a rule charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Of both; an invoice in another currency is left.
    #[serde(serialize_with = "write_currency", deserialize_with = "read_currency")]
    pub currency: Currency,
    /// For one invoice, minor units.
    pub per_invoice: Option<i64>,
    /// In one calendar month, minor units.
    pub per_month: Option<i64>,
}

words! {
    /// What a rule does with invoices that are open already when it starts. More than `Leave` takes an explicit yes.
    #[derive(Default)]
    pub enum TakesOpen {
        /// It leaves them.
        #[default]
        Leave = "leave",
        /// It takes those that fall due on the day it starts or later.
        Due = "due",
        /// It takes all, the overdue ones as well.
        All = "all",
    }
}

/// Which of the customer's methods is charged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "method", rename_all = "snake_case")]
pub enum MethodRole {
    /// Whichever is the default on the day.
    #[default]
    Default,
    /// This one, or what has taken its place since.
    Kept(i64),
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Which invoices.
    pub scope: Scope,
    /// Less these.
    #[serde(default)]
    pub except: Except,
    /// On which day.
    pub when: When,
    /// Up to how much.
    pub limits: Limits,
    /// So many days before each charge the customer is told.
    pub notice_days: u8,
    /// It starts on this day at the earliest; without one, when it is confirmed.
    pub not_before: Option<Date>,
    /// What is open when it starts.
    #[serde(default)]
    pub takes_open: TakesOpen,
    /// What is charged.
    #[serde(default)]
    pub method: MethodRole,
    /// What is charged where that can't be.
    pub backup: Option<MethodRole>,
}

/// What is wrong with a rule, in words for whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefused {
    /// No agreement is chosen.
    #[error("Choose at least one agreement, or let the rule take everything.")]
    NoAgreement,
    /// No invoice is named.
    #[error("Say which invoice the rule is for.")]
    NoInvoice,
    /// Too many names.
    #[error("A rule names at most 50 agreements, PO numbers or projects. Use a wider scope instead.")]
    TooMany,
    /// A name is empty, or longer than any.
    #[error("A PO number or project to leave out has 1 to 100 characters.")]
    Name,
    /// Nothing could ever be charged.
    #[error("A limit is more than 0. Leave it empty for no limit.")]
    Limit,
    /// The month's limit is below that of one invoice.
    #[error("The limit for a month is below the limit for one invoice. Raise the one or lower the other.")]
    Limits,
    /// A number of days nobody offers.
    #[error("Choose 1 to 60 days before or after, or a day of the month from 1 to 31.")]
    Days,
    /// Notice too short or too long.
    #[error("We write 1 to 14 days before each charge. Choose a number between them.")]
    Notice,
    /// The backup is the method itself.
    #[error("The second method is the first one. Choose another, or none.")]
    Backup,
}

impl Rule {
    /// Everything on the due date with the default method, without a limit.
    #[must_use]
    pub fn everything(currency: Currency) -> Self {
        Self {
            scope: Scope::Everything,
            except: Except::default(),
            when: When::Due,
            limits: Limits { currency, per_invoice: None, per_month: None },
            notice_days: NOTICE_DAYS,
            not_before: None,
            takes_open: TakesOpen::Leave,
            method: MethodRole::Default,
            backup: None,
        }
    }

    /// Whether it can be proposed.
    ///
    /// # Errors
    /// `RuleRefused`: what is wrong and what would be right.
    pub fn check(&self) -> Result<(), RuleRefused> {
        match &self.scope {
            Scope::Agreements(codes) if codes.is_empty() => return Err(RuleRefused::NoAgreement),
            Scope::Agreements(codes) if codes.len() > MOST_NAMES => return Err(RuleRefused::TooMany),
            Scope::Invoice(number) if number.trim().is_empty() => return Err(RuleRefused::NoInvoice),
            _ => {}
        }
        self.except.check()?;
        self.limits.check()?;
        if !self.when.is_possible() {
            return Err(RuleRefused::Days);
        }
        if !NOTICE_RANGE.contains(&self.notice_days) {
            return Err(RuleRefused::Notice);
        }
        if self.backup.as_ref() == Some(&self.method) { Err(RuleRefused::Backup) } else { Ok(()) }
    }

    /// The roles of the methods it charges, the first one first.
    pub fn roles(&self) -> impl Iterator<Item = &MethodRole> {
        std::iter::once(&self.method).chain(&self.backup)
    }

    /// How narrow its scope is: of several rules the one with the lowest decides.
    #[must_use]
    pub const fn breadth(&self) -> u8 {
        match self.scope {
            Scope::Invoice(_) => 0,
            Scope::Agreements(_) => 1,
            Scope::Stream(_) => 2,
            Scope::Everything => 3,
        }
    }
}

impl Except {
    fn check(&self) -> Result<(), RuleRefused> {
        let names = || self.po_numbers.iter().chain(&self.projects);
        if names().count() > MOST_NAMES {
            return Err(RuleRefused::TooMany);
        }
        if names().any(|name| name.trim().is_empty() || name.chars().count() > 100) {
            return Err(RuleRefused::Name);
        }
        Ok(())
    }
}

impl Limits {
    fn check(self) -> Result<(), RuleRefused> {
        if [self.per_invoice, self.per_month].into_iter().flatten().any(|limit| limit <= 0) {
            return Err(RuleRefused::Limit);
        }
        match (self.per_invoice, self.per_month) {
            (Some(invoice), Some(month)) if month < invoice => Err(RuleRefused::Limits),
            _ => Ok(()),
        }
    }
}

fn write_currency<S: Serializer>(currency: &Currency, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(currency.code())
}

fn read_currency<'de, D: Deserializer<'de>>(from: D) -> Result<Currency, D::Error> {
    let code = String::deserialize(from)?;
    Currency::from_code(&code).ok_or_else(|| serde::de::Error::custom("a currency such as USD"))
}
