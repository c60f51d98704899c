//! The one function that says what Auto Pay does with an invoice. Nothing else decides: the preview, the day itself, the list
//! of invoices and the page that says why all ask it.

use jiff::civil::Date;

use super::facts::{InForce, Invoice, Method, MethodTrouble, Standing, State};
use super::ladder::{Again, Refusal, Stop, again};
use super::reason::Reason;
use super::rule::{MethodRole, Scope, TakesOpen};
use crate::calendar::{Month, due_on, shift};
use crate::money::Money;

/// An announced charge that couldn't be made for so many days is announced again.
const STALE_DAYS: i32 = 3;

/// What becomes of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is charged.
    Charge(Charge),
    /// It is left to the customer.
    Leave(Reason),
}

/// A charge to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// By which rule.
    pub rule_id: i64,
    /// The day: today or later.
    pub charge_on: Date,
    /// The method.
    pub method: i64,
    /// Minor units: the balance less what credit pays.
    pub amount: i64,
    /// Why on this day.
    pub cause: Cause,
}

/// Why a charge is made on its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The rule says so; the customer knows the day.
    Announced,
    /// The rule says so; the customer is yet to be told.
    ToAnnounce,
    /// The last attempt failed; the customer was told of this one with it.
    Retry,
}

/// What Auto Pay does with an invoice, as seen on `today`. Decides one invoice by what was charged so far; for what else is
/// open and comes before it in its month, see `forecast`.
#[must_use]
pub fn decide(invoice: &Invoice, standing: &Standing<'_>, today: Date) -> Decision {
    match charge(invoice, standing, today) {
        Ok(charge) => Decision::Charge(charge),
        Err(reason) => Decision::Leave(reason),
    }
}

fn charge(invoice: &Invoice, standing: &Standing<'_>, today: Date) -> Result<Charge, Reason> {
    let amount = owed(invoice)?;
    if let Some(on) = invoice.yours_on {
        return Err(Reason::YoursOn(on));
    }
    let held = covering(invoice, standing.rules)?;
    if invoice.is_skipped {
        return Err(Reason::Skipped);
    }
    starts(invoice, held, today)?;
    within_invoice_limit(invoice, held, amount)?;
    let attempt = attempt(invoice, held, standing.methods, today)?;
    rests(held, &attempt)?;
    within_month_limit(invoice, held, standing, (amount, &attempt))?;
    let (charge_on, method, cause) = (attempt.on, attempt.method, attempt.cause);
    Ok(Charge { rule_id: held.rule_id, charge_on, method, amount, cause })
}

/// What there is to charge, minor units, whatever a rule says.
fn owed(invoice: &Invoice) -> Result<i64, Reason> {
    match invoice.state {
        State::Draft => return Err(Reason::Draft),
        State::Void => return Err(Reason::Void),
        State::WrittenOff => return Err(Reason::WrittenOff),
        State::Disputed => return Err(Reason::Disputed),
        State::Issued => {}
    }
    if let Some(payment) = invoice.under_way {
        return Err(Reason::UnderWay(payment));
    }
    if invoice.balance <= 0 {
        return Err(Reason::NothingOpen);
    }
    let amount = invoice.balance.saturating_sub(invoice.from_credit.max(0));
    if amount > 0 { Ok(amount) } else { Err(Reason::CreditPays) }
}

/// The narrowest rule that takes an invoice, or why none does.
fn covering<'a>(invoice: &Invoice, rules: &'a [InForce]) -> Result<&'a InForce, Reason> {
    let mut ordered: Vec<&InForce> = rules.iter().collect();
    ordered.sort_by_key(|held| (held.rule.breadth(), held.rule_id));
    let mut why = Reason::NoRule;
    for held in ordered {
        match covers(invoice, held) {
            Ok(()) => return Ok(held),
            // The widest rule says it best.
            Err(reason) => why = reason,
        }
    }
    Err(why)
}

fn covers(invoice: &Invoice, held: &InForce) -> Result<(), Reason> {
    let rule = &held.rule;
    match &rule.scope {
        Scope::Everything => {}
        Scope::Stream(stream) if *stream == invoice.stream => {}
        Scope::Stream(stream) => return Err(Reason::OtherStream(*stream)),
        Scope::Invoice(number) if *number == invoice.number => {}
        Scope::Invoice(number) => return Err(Reason::OtherInvoice(number.clone())),
        Scope::Agreements(codes) => {
            let not_chosen = invoice.agreements.iter().find(|code| !codes.contains(code));
            if let Some(code) = not_chosen {
                return Err(Reason::OtherAgreement(code.clone()));
            }
            if invoice.bills_more || invoice.agreements.is_empty() {
                return Err(Reason::MoreThanAgreements);
            }
        }
    }
    let same = |one: &String, other: &String| one.trim().eq_ignore_ascii_case(other.trim());
    let po = invoice.po_number.iter().find(|number| rule.except.po_numbers.iter().any(|left| same(left, number)));
    if let Some(number) = po {
        return Err(Reason::LeftOutPo(number.clone()));
    }
    let project = invoice.projects.iter().find(|ticket| rule.except.projects.iter().any(|left| same(left, ticket)));
    project.map_or(Ok(()), |ticket| Err(Reason::LeftOutProject(ticket.clone())))
}

/// What was open when the rule started is taken only where the customer said so.
fn starts(invoice: &Invoice, held: &InForce, today: Date) -> Result<(), Reason> {
    let is_before_start = invoice.due_on < held.starts_on;
    match held.rule.takes_open {
        TakesOpen::All => Ok(()),
        // Whoever names one invoice has said yes to that one.
        _ if matches!(held.rule.scope, Scope::Invoice(_)) => Ok(()),
        _ if is_before_start && invoice.due_on < today => Err(Reason::Overdue),
        _ if is_before_start => Err(Reason::DueBeforeStart(held.starts_on)),
        TakesOpen::Due => Ok(()),
        TakesOpen::Leave if invoice.issued_on < held.starts_on => Err(Reason::OpenBeforeStart),
        TakesOpen::Leave => Ok(()),
    }
}

fn within_invoice_limit(invoice: &Invoice, held: &InForce, amount: i64) -> Result<(), Reason> {
    let limits = held.rule.limits;
    if limits.currency != invoice.currency {
        return Err(Reason::OtherCurrency(limits.currency));
    }
    match limits.per_invoice {
        Some(limit) if amount > limit => Err(Reason::AboveInvoiceLimit(Money::new(limit, limits.currency))),
        _ => Ok(()),
    }
}

/// A month's limit holds for the month in which the charge was to come, for that in which it comes, and for those between: what
/// was left because a month was full is not taken on the first day of the next one.
fn within_month_limit(
    invoice: &Invoice,
    held: &InForce,
    standing: &Standing<'_>,
    (amount, attempt): (i64, &Attempted),
) -> Result<(), Reason> {
    let Some(limit) = held.rule.limits.per_month else { return Ok(()) };
    let (mut month, last) = (Month::of(attempt.planned_on), Month::of(attempt.on));
    loop {
        let with_it = standing.charged.of(held.rule_id, month).saturating_add(amount);
        if with_it > limit {
            let money = |minor| Money::new(minor, invoice.currency);
            return Err(Reason::AboveMonthLimit { limit: money(limit), month, with_it: money(with_it) });
        }
        if month >= last {
            return Ok(());
        }
        month = month.next();
    }
}

/// A pause leaves what was to be charged in it; it doesn't put it off.
fn rests(held: &InForce, attempt: &Attempted) -> Result<(), Reason> {
    let on = |day: Date| held.pauses.iter().find(|pause| pause.covers(day));
    match on(attempt.planned_on).or_else(|| on(attempt.on)) {
        Some(pause) => Err(Reason::Paused(pause.until)),
        None => Ok(()),
    }
}

/// When a method would be charged.
struct Attempted {
    method: i64,
    /// As the rule or the ladder says.
    planned_on: Date,
    /// As it can be: the customer is told before, and no day is in the past.
    on: Date,
    cause: Cause,
}

/// The first of the rule's methods that can be charged; else what is wrong with the first.
fn attempt(invoice: &Invoice, held: &InForce, methods: &[Method], today: Date) -> Result<Attempted, Reason> {
    let mut why = None;
    for role in held.rule.roles() {
        match attempt_with(role, invoice, held, methods, today) {
            Ok(attempt) => return Ok(attempt),
            Err(reason) => why = why.or(Some(reason)),
        }
    }
    Err(why.unwrap_or(Reason::NoMethod))
}

fn attempt_with(
    role: &MethodRole,
    invoice: &Invoice,
    held: &InForce,
    methods: &[Method],
    today: Date,
) -> Result<Attempted, Reason> {
    let method = methods.iter().find(|method| method.plays(role)).ok_or(Reason::NoMethod)?;
    let label = || method.label.clone();
    match method.trouble {
        None => {}
        Some(MethodTrouble::Unverified) => return Err(Reason::Unverified(label())),
        Some(MethodTrouble::NoMandate) => return Err(Reason::NoMandate(label())),
        Some(MethodTrouble::Refused(Refusal::NoPermission)) => {
            return Err(Reason::Refused(label(), Stop::NoPermission));
        }
        Some(MethodTrouble::Refused(_)) => return Err(Reason::Refused(label(), Stop::Hard)),
    }
    let own: Vec<_> = invoice.tried.iter().filter(|tried| tried.method == method.id).copied().collect();
    let attempt = match again(method.kind, &own) {
        Again::First => first(method.id, invoice, held, today),
        Again::On(day) => {
            let told = own.last().map_or(day, |last| due_on(last.on, held.rule.notice_days.into()));
            let planned_on = day.max(told);
            Attempted { method: method.id, planned_on, on: planned_on.max(today), cause: Cause::Retry }
        }
        Again::Ask => return Err(Reason::AsksYou(label())),
        Again::Never(stop) => return Err(Reason::Refused(label(), stop)),
    };
    match method.expires_on {
        Some(last) if last < today => Err(Reason::Expired(label())),
        Some(last) if last < attempt.on => Err(Reason::ExpiresBefore(label(), attempt.on)),
        _ => Ok(attempt),
    }
}

/// The first attempt with a method: on the rule's day, if the customer can be told before it; else as soon as they can.
fn first(method: i64, invoice: &Invoice, held: &InForce, today: Date) -> Attempted {
    let planned_on = held.rule.when.day(invoice.issued_on, invoice.due_on);
    let failed_on = invoice.tried.iter().map(|tried| tried.on).max();
    let is_known = |day: &Date| {
        let is_stale = shift(*day, STALE_DAYS) < today;
        *day >= planned_on && !is_stale && failed_on.is_none_or(|failed_on| failed_on < *day)
    };
    match invoice.announced_for.filter(is_known) {
        Some(day) => Attempted { method, planned_on, on: day.max(today), cause: Cause::Announced },
        None => {
            let from = today.max(held.starts_on).max(invoice.issued_on);
            let soonest = due_on(from, held.rule.notice_days.into());
            Attempted { method, planned_on, on: planned_on.max(soonest), cause: Cause::ToAnnounce }
        }
    }
}
