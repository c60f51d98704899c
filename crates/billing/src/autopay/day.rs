//! What a day brings: which charges are announced, made and withdrawn. The real day and the replayed one ask the same.

use jiff::civil::Date;

use super::charged::Charged;
use super::decide::{Cause, Charge, Decision, decide};
use super::facts::{Invoice, Standing};
use super::reason::Reason;
use crate::calendar::shift;

/// What is done on a day about the invoice at a place of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The customer is told of a charge to come.
    Announce(usize, Charge),
    /// The method is charged.
    Charge(usize, Charge),
    /// A charge that was announced doesn't come.
    Withdraw(usize, Reason),
}

/// What becomes of invoices that are open together: what comes first in a month uses the month's limit first, of one day the
/// one due first. In the order of the list.
#[must_use]
pub fn forecast(invoices: &[Invoice], standing: &Standing<'_>, today: Date) -> Vec<Decision> {
    let unlimited = Charged::default();
    // When an invoice is charged doesn't depend on what else is charged, only whether it is.
    let alone = Standing { charged: &unlimited, ..*standing };
    let day = |invoice: &Invoice| match decide(invoice, &alone, today) {
        Decision::Charge(charge) => charge.charge_on,
        Decision::Leave(_) => Date::MAX,
    };
    let mut order: Vec<(Date, &Invoice, usize)> =
        invoices.iter().enumerate().map(|(place, invoice)| (day(invoice), invoice, place)).collect();
    order.sort_by(|(day, one, _), (other_day, other, _)| {
        (day, one.due_on, &one.number).cmp(&(other_day, other.due_on, &other.number))
    });
    let mut charged = standing.charged.clone();
    let mut decided: Vec<(usize, Decision)> = Vec::with_capacity(order.len());
    for (_, invoice, place) in order {
        let decision = decide(invoice, &Standing { charged: &charged, ..*standing }, today);
        if let Decision::Charge(charge) = &decision {
            charged.add(charge.rule_id, charge.charge_on, charge.amount);
        }
        decided.push((place, decision));
    }
    decided.sort_by_key(|(place, _)| *place);
    decided.into_iter().map(|(_, decision)| decision).collect()
}

/// What is to be done on `today`. Doing it twice on a day changes nothing, for what was done is among the facts by then.
#[must_use]
pub fn deeds(invoices: &[Invoice], standing: &Standing<'_>, today: Date) -> Vec<Deed> {
    let decided = forecast(invoices, standing, today);
    let deeds = invoices.iter().zip(decided).enumerate();
    deeds.filter_map(|(place, (invoice, decision))| deed(place, invoice, decision, standing, today)).collect()
}

fn deed(place: usize, invoice: &Invoice, decision: Decision, standing: &Standing<'_>, today: Date) -> Option<Deed> {
    match decision {
        Decision::Leave(reason) => invoice.announced_for.is_some().then_some(Deed::Withdraw(place, reason)),
        Decision::Charge(charge) if charge.cause == Cause::ToAnnounce => {
            let rule = standing.rules.iter().find(|held| held.rule_id == charge.rule_id)?;
            let tell_on = shift(charge.charge_on, -i32::from(rule.rule.notice_days));
            (tell_on <= today).then_some(Deed::Announce(place, charge))
        }
        Decision::Charge(charge) => (charge.charge_on <= today).then_some(Deed::Charge(place, charge)),
    }
}
