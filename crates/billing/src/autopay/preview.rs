//! What a rule would have done: invoices of the past as they were when issued, replayed day by day by the function that decides
//! the real days.

use jiff::civil::Date;

use super::charged::Charged;
use super::day::{Deed, deeds};
use super::decide::{Decision, decide};
use super::facts::{InForce, Invoice, Method, MethodTrouble, Standing, State};
use super::reason::Reason;
use crate::calendar::{due_on, shift};
use crate::period::Span;

/// What would have become of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It would have been charged: with this method, minor units.
    Charged(i64, i64),
    /// It would have been left.
    Left(Reason),
}

/// An invoice of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the list.
    pub place: usize,
    /// The day of the charge, or the day on which it was left.
    pub on: Date,
    /// What would have happened.
    pub outcome: Outcome,
}

/// Replays a rule over `past`, invoices in full as they were when issued, as if it had always been in force. Gives what it
/// would have done on days of `span`, by day. Its pauses, and what methods can't be charged for want of a permission, are
/// left aside: they are of today.
#[must_use]
pub fn preview(past: &[Invoice], rule: &InForce, methods: &[Method], span: Span) -> Vec<Row> {
    let always = InForce { starts_on: Date::MIN, pauses: Vec::new(), ..rule.clone() };
    let methods: Vec<Method> = methods.iter().map(permitted).collect();
    let mut replay = Replay::new(past, always, &methods);
    let first = past.iter().map(|invoice| invoice.issued_on).min().unwrap_or(span.from);
    let mut day = first;
    while day < span.until {
        replay.live(day);
        day = shift(day, 1);
    }
    let mut rows: Vec<Row> = replay.rows.into_iter().flatten().filter(|row| span.covers(row.on)).collect();
    rows.sort_by_key(|row| (row.on, row.place));
    rows
}

struct Replay<'a> {
    rule: InForce,
    methods: &'a [Method],
    invoices: Vec<Invoice>,
    charged: Charged,
    rows: Vec<Option<Row>>,
}

impl<'a> Replay<'a> {
    fn new(past: &[Invoice], rule: InForce, methods: &'a [Method]) -> Self {
        let invoices: Vec<Invoice> = past.iter().map(as_issued).collect();
        let rows = invoices.iter().map(|_| None).collect();
        Self { rule, methods, invoices, charged: Charged::default(), rows }
    }

    fn live(&mut self, today: Date) {
        let known: Vec<usize> =
            (0..).zip(&self.invoices).filter(|(_, one)| one.issued_on <= today).map(|(place, _)| place).collect();
        let there: Vec<Invoice> = known.iter().filter_map(|place| self.invoices.get(*place).cloned()).collect();
        let rules = std::slice::from_ref(&self.rule);
        let standing = Standing { rules, methods: self.methods, charged: &self.charged };
        for deed in deeds(&there, &standing, today) {
            let (Deed::Announce(at, _) | Deed::Charge(at, _) | Deed::Withdraw(at, _)) = &deed;
            let Some(place) = known.get(*at).copied() else { continue };
            self.done(place, today, deed);
        }
        self.leave(&known, today);
    }

    /// Notes what is left on the day on which it was to be charged.
    fn leave(&mut self, known: &[usize], today: Date) {
        let rules = std::slice::from_ref(&self.rule);
        let standing = Standing { rules, methods: self.methods, charged: &self.charged };
        for place in known {
            let (Some(invoice), Some(row @ None)) = (self.invoices.get(*place), self.rows.get_mut(*place)) else {
                continue;
            };
            if let Decision::Leave(reason) = decide(invoice, &standing, today)
                && day_of(invoice, &self.rule) <= today
            {
                *row = Some(Row { place: *place, on: today, outcome: Outcome::Left(reason) });
            }
        }
    }

    fn done(&mut self, place: usize, today: Date, deed: Deed) {
        let Some(invoice) = self.invoices.get_mut(place) else { return };
        match deed {
            Deed::Announce(_, charge) => invoice.announced_for = Some(charge.charge_on),
            Deed::Withdraw(..) => invoice.announced_for = None,
            Deed::Charge(_, charge) => {
                self.charged.add(charge.rule_id, today, charge.amount);
                invoice.balance = 0;
                invoice.announced_for = None;
                let outcome = Outcome::Charged(charge.method, charge.amount);
                if let Some(row) = self.rows.get_mut(place) {
                    *row = Some(Row { place, on: today, outcome });
                }
            }
        }
    }
}

/// The day on which an invoice is charged or left.
fn day_of(invoice: &Invoice, rule: &InForce) -> Date {
    let soonest = due_on(invoice.issued_on, rule.rule.notice_days.into());
    rule.rule.when.day(invoice.issued_on, invoice.due_on).max(soonest)
}

/// A method as it is once its owner has agreed to the rule.
fn permitted(method: &Method) -> Method {
    let trouble = method.trouble.filter(|trouble| *trouble != MethodTrouble::NoMandate);
    Method { trouble, ..method.clone() }
}

/// An invoice as it was before anybody paid, disputed or skipped it.
fn as_issued(invoice: &Invoice) -> Invoice {
    Invoice {
        state: State::Issued,
        from_credit: 0,
        under_way: None,
        yours_on: None,
        is_skipped: false,
        announced_for: None,
        tried: Vec::new(),
        ..invoice.clone()
    }
}
