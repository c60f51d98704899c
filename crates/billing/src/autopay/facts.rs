//! What is known of an invoice, of methods and of rules on the day somebody asks what Auto Pay does.

use iso_currency::Currency;
use jiff::civil::Date;

use super::charged::Charged;
use super::ladder::{Refusal, Tried};
use super::rule::{MethodRole, Rule};
use crate::period::Span;
use crate::run::Stream;
use crate::words::words;

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has no number yet.
    Draft,
    /// It is issued.
    Issued,
    /// It was taken back whole.
    Void,
    /// Nobody expects its payment any more.
    WrittenOff,
    /// Somebody disputes a part of it, or the whole.
    Disputed,
}

/// A payment of an invoice that isn't over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnderWay {
    /// The processor or the bank has it.
    OnItsWay,
    /// Nobody knows what became of it: nothing else may be charged until that is known.
    Unknown,
}

/// An invoice as Auto Pay sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its number.
    pub number: String,
    /// Its stream.
    pub stream: Stream,
    /// Where it stands.
    pub state: State,
    /// The date on it.
    pub issued_on: Date,
    /// The last day in time.
    pub due_on: Date,
    /// Of all amounts.
    pub currency: Currency,
    /// Open, minor units.
    pub balance: i64,
    /// The part of that which the account's credit pays, the oldest due first; minor units.
    pub from_credit: i64,
    /// The PO number on it.
    pub po_number: Option<String>,
    /// The codes of the agreements that it bills; empty where all of it is work or products.
    pub agreements: Vec<String>,
    /// Whether it bills anything beside agreements.
    pub bills_more: bool,
    /// The tickets of project work on it.
    pub projects: Vec<String>,
    /// A payment that isn't over.
    pub under_way: Option<UnderWay>,
    /// The day on which the customer pays it, as they planned themselves.
    pub yours_on: Option<Date>,
    /// Whether the customer said that this one isn't to be charged.
    pub is_skipped: bool,
    /// The day of a charge that the customer was told of and that nothing has withdrawn.
    pub announced_for: Option<Date>,
    /// Attempts of Auto Pay that failed, the oldest first. One for want of a permission that was given since doesn't count, and
    /// is not among them.
    pub tried: Vec<Tried>,
}

words! {
    /// What a method is.
    pub enum MethodKind {
        /// A credit or debit card.
        Card = "card",
        /// A bank account that is debited.
        Bank = "bank",
    }
}

/// Why a method can't be charged, whatever the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodTrouble {
    /// The owner of a bank account hasn't shown yet that it is theirs.
    Unverified,
    /// No permission to charge it is in force.
    NoMandate,
    /// A charge of it was refused for good.
    Refused(Refusal),
}

/// A kept method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Which one.
    pub id: i64,
    /// A card or an account.
    pub kind: MethodKind,
    /// `Visa 4242`.
    pub label: String,
    /// The methods whose place it has taken, one after the other.
    pub took_place_of: Vec<i64>,
    /// Whether it is the default one.
    pub is_default: bool,
    /// The last day on which it can be charged.
    pub expires_on: Option<Date>,
    /// What is wrong with it.
    pub trouble: Option<MethodTrouble>,
}

impl Method {
    /// Whether it plays this role.
    #[must_use]
    pub fn plays(&self, role: &MethodRole) -> bool {
        match role {
            MethodRole::Default => self.is_default,
            MethodRole::Kept(id) => self.id == *id || self.took_place_of.contains(id),
        }
    }
}

/// A rule that holds. All versions of a rule have one id, so that a change within a month begins no new limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Which rule.
    pub rule_id: i64,
    /// What it says.
    pub rule: Rule,
    /// From which day on it holds.
    pub starts_on: Date,
    /// The days on which it rests, those that are over as well: what was to be charged on one of them stays left.
    pub pauses: Vec<Span>,
}

impl InForce {
    /// A rule that holds from a day on, or from the later day that it names.
    #[must_use]
    pub fn from(rule_id: i64, rule: Rule, confirmed_on: Date) -> Self {
        let starts_on = rule.not_before.map_or(confirmed_on, |day| day.max(confirmed_on));
        Self { rule_id, rule, starts_on, pauses: Vec::new() }
    }
}

/// All that decides beside the invoice and the day.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The rules in force.
    pub rules: &'a [InForce],
    /// The methods that are kept.
    pub methods: &'a [Method],
    /// What was charged so far.
    pub charged: &'a Charged,
}
