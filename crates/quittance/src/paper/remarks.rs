//! How an entry came to its hours and amount, in words: page, document and list say the same.

use std::collections::BTreeMap;

use billing::{Currency, Money, Month};
use rust_decimal::Decimal;
use store::invoice::InvoiceLineRow;
use store::portal::ShownEntry;

use super::{hours, words};

/// What there is to be said.
#[derive(Clone, Copy, Debug)]
pub struct Reckoning<'a> {
    role: Option<&'a str>,
    rate_factor: Option<Decimal>,
    minimum_hours: Option<Decimal>,
    prepaid_hours: Option<Decimal>,
    billed: Decimal,
    over: Option<(i64, i64)>,
    currency: Currency,
}

impl<'a> Reckoning<'a> {
    /// Of a line of an invoice.
    pub fn of_line(line: &'a InvoiceLineRow, currency: Currency) -> Self {
        Self {
            role: line.role.as_deref(),
            rate_factor: line.rate_factor,
            minimum_hours: line.minimum_hours,
            prepaid_hours: line.prepaid_hours,
            billed: line.quantity,
            over: line.over_minor.zip(line.agreed_minor),
            currency,
        }
    }

    /// Of an entry in the list of work.
    pub fn of_entry(entry: &'a ShownEntry) -> Self {
        Self {
            role: entry.role.as_deref(),
            rate_factor: entry.rate_factor,
            minimum_hours: entry.minimum_hours,
            prepaid_hours: entry.prepaid_hours,
            billed: entry.hours_billed.unwrap_or_default(),
            over: entry.over_minor.zip(entry.agreed_minor),
            currency: entry.currency,
        }
    }

    /// `Rate: Engineer × 1.5 after hours`, `minimum call-out 1.00 h`, `0.75 h from prepaid hours, 0.75 h charged`,
    /// `$120.00 over the agreed $1,500.00: not charged`; those that hold.
    pub fn remarks(self) -> Vec<String> {
        let mut remarks = Vec::new();
        remarks.extend(self.role.map(|role| match self.rate_factor {
            Some(factor) => format!("Rate: {role} × {} after hours", factor.normalize()),
            None => format!("Rate: {role}"),
        }));
        remarks.extend(self.minimum_hours.map(|minimum| format!("minimum call-out {} h", hours(minimum))));
        remarks.extend(self.prepaid_hours.map(|drawn| self.prepaid(drawn)));
        remarks.extend(self.over.map(|(over, agreed)| {
            let money = |minor: i64| Money::new(minor, self.currency).with_currency();
            format!("{} over the agreed {}: not charged", money(over), money(agreed))
        }));
        remarks
    }

    fn prepaid(self, drawn: Decimal) -> String {
        let charged = self.billed.saturating_sub(drawn);
        match (drawn.is_zero(), charged.is_zero()) {
            (_, true) => format!("{} h from prepaid hours", hours(drawn)),
            (true, false) => format!("no prepaid hours left, {} h charged", hours(charged)),
            (false, false) => format!("{} h from prepaid hours, {} h charged", hours(drawn), hours(charged)),
        }
    }
}

/// Hours of a line that are charged: those billed, less those drawn of a balance; none where it costs nothing.
pub fn charged_hours(line: &InvoiceLineRow) -> Decimal {
    if line.amount_minor == 0 {
        return Decimal::ZERO;
    }
    line.quantity.saturating_sub(line.prepaid_hours.unwrap_or_default())
}

/// `Prepaid hours: 7.25 of 10.00 used in October, 2.75 left`, for each agreement and month that work of this invoice drew on.
pub fn prepaid_balances(lines: &[InvoiceLineRow]) -> Vec<String> {
    let mut last: BTreeMap<(&str, Month), &InvoiceLineRow> = BTreeMap::new();
    let worked = |line: &InvoiceLineRow| (line.from_on, line.started_at.clone(), line.source_code.clone());
    for line in lines.iter().filter(|line| line.prepaid_hours.is_some()) {
        let key = (line.agreement_code.as_deref().unwrap_or_default(), Month::of(line.from_on));
        let known = last.entry(key).or_insert(line);
        if worked(known) < worked(line) {
            *known = line;
        }
    }
    let codes: Vec<&str> = last.keys().map(|(code, _)| *code).collect();
    let is_shared = codes.windows(2).any(|pair| matches!(pair, [one, other] if one != other));
    last.iter()
        .map(|((code, month), line)| {
            let (of, left) = (line.prepaid_of.unwrap_or_default(), line.prepaid_left.unwrap_or_default());
            let whose = if is_shared { format!(" of {code}") } else { String::new() };
            let used = of.saturating_sub(left);
            let month = words::month_name(*month);
            format!("Prepaid hours{whose}: {} of {} used in {month}, {} left", hours(used), hours(of), hours(left))
        })
        .collect()
}
