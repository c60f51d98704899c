//! The life of an agreement line: seats, prices, suspensions, renewals on their days, and what each period costs by all
//! that is known. What was charged already is an amount; what it comes to now is another; the difference is a true-up on
//! the next invoice, so that an invoice never changes.

use std::collections::{BTreeMap, BTreeSet};

use iso_currency::Currency;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::agreement::{Billing, Charge, Part, Proration, Terms, prorate};
use crate::calendar::Month;
use crate::money::{Overflow, digits, half_up};
use crate::period::Span;
use crate::words::words;

words! {
    /// How often a line is charged. Its price is for that long.
    pub enum Every {
        /// Calendar months.
        Month = "month",
        /// Three months from the line's first day.
        Quarter = "quarter",
        /// Twelve months from the line's first day.
        Year = "year",
    }
}

impl Every {
    /// 1, 3 or 12.
    #[must_use]
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }
}

words! {
    /// The word for what happens to a line, or to all lines of an agreement.
    pub enum ChangeKind {
        /// So many units; one line.
        Quantity = "quantity",
        /// This price; one line.
        Price = "price",
        /// So many percent more.
        Uplift = "uplift",
        /// Not served, not charged.
        Suspend = "suspend",
        /// Served again.
        Resume = "resume",
        /// Cancelled.
        End = "end",
        /// Billed in advance from a month on; a whole agreement.
        Advance = "advance",
        /// Billed in arrears from a month on; a whole agreement.
        Arrears = "arrears",
    }
}

impl ChangeKind {
    /// Whether it says how much.
    #[must_use]
    pub const fn takes_value(self) -> bool {
        matches!(self, Self::Quantity | Self::Price | Self::Uplift)
    }

    /// Whether it may be recorded for this day, of one line or of a whole agreement, which is there on the days of `span`.
    ///
    /// # Errors
    /// [`Misplaced`]; its text may be shown.
    pub fn check(self, of: Subject, on: Date, span: Span) -> Result<(), Misplaced> {
        match (self, of) {
            (Self::Quantity | Self::Price, Subject::Agreement) => Err(Misplaced::OfALine(self)),
            (Self::Advance | Self::Arrears, Subject::Line) => Err(Misplaced::OfAnAgreement),
            (Self::Advance | Self::Arrears, _) if on != on.first_of_month() => Err(Misplaced::InsideAMonth(on)),
            _ if !span.covers(on) => Err(Misplaced::Outside { on, span }),
            _ => Ok(()),
        }
    }

    /// What happens; `value` counts where it says how much.
    #[must_use]
    pub fn happening(self, value: Option<Decimal>) -> Happening {
        let value = value.unwrap_or_default();
        match self {
            Self::Quantity => Happening::Quantity(value),
            Self::Price => Happening::Price(value),
            Self::Uplift => Happening::Uplift(value),
            Self::Suspend => Happening::Suspend,
            Self::Resume => Happening::Resume,
            Self::End => Happening::End,
            Self::Advance => Happening::Bill(Billing::Advance),
            Self::Arrears => Happening::Bill(Billing::Arrears),
        }
    }
}

/// What something happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One line.
    Line,
    /// All lines of an agreement.
    Agreement,
}

/// Why something can't happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    /// Units and prices are a line's.
    #[error("a {0} belongs to a line; name one of the agreement's lines")]
    OfALine(ChangeKind),
    /// All lines of an agreement are billed alike.
    #[error("advance or arrears belongs to the whole agreement")]
    OfAnAgreement,
    /// Months are billed whole.
    #[error("billing changes on the 1st of a month, {0} is none")]
    InsideAMonth(Date),
    /// The line or agreement is not there on that day.
    #[error("{on} lies outside of it: it begins on {}{}", .span.from, end(*.span))]
    Outside {
        /// The day.
        on: Date,
        /// When it is there.
        span: Span,
    },
}

/// How a span ends, where it does.
fn end(span: Span) -> String {
    if span.until == Date::MAX { String::new() } else { format!(" and ends before {}", span.until) }
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// So many units from now on.
    Quantity(Decimal),
    /// This price for a unit and period from now on.
    Price(Decimal),
    /// The price rises by so many percent.
    Uplift(Decimal),
    /// Not served and not charged.
    Suspend,
    /// Served again.
    Resume,
    /// No longer served.
    End,
    /// Billed in arrears or in advance from here on; on the 1st of a month.
    Bill(Billing),
}

/// Something that happens on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first day on which it holds.
    pub on: Date,
    /// What.
    pub what: Happening,
}

/// A line and all that happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// As it began.
    pub terms: Terms,
    /// Never fewer units than these are charged.
    pub minimum: Decimal,
    /// How often it is charged.
    pub every: Every,
    /// By day, those of one day in the order in which they hold.
    pub changes: Vec<Change>,
    /// Periods that end after this day are looked at again, where runs that are over should have charged something else.
    pub revised_from: Option<Date>,
}

/// Days that are charged together. A line charges each of its periods once; its month is the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The month in which it begins.
    pub month: Month,
    /// A calendar month, or the quarter or year from the line's first day.
    pub span: Span,
}

/// The recurring runs of an account.
#[derive(Clone, Copy, Debug)]
pub struct Runs<'a> {
    /// The one that is made now.
    pub month: Month,
    /// The provider's first month.
    pub billing_starts_on: Date,
    /// Earlier ones that were made, and from which the account was not excluded.
    pub made: &'a BTreeSet<Month>,
}

/// What a run puts on an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A charge, one line.
    Charge(Charge),
    /// A period that was charged comes to another amount by now.
    TrueUp {
        /// The period's key.
        month: Month,
        /// The period.
        span: Span,
        /// Charged so far, minor units.
        was: i64,
        /// What it comes to, minor units.
        is: i64,
    },
}

/// Days within a period over which nothing changes.
struct Piece {
    span: Span,
    quantity: Decimal,
    unit_price: Decimal,
}

/// A line on a day.
#[derive(Clone, Copy)]
struct State {
    quantity: Decimal,
    unit_price: Decimal,
    is_suspended: bool,
    has_ended: bool,
}

impl State {
    fn after(self, what: Happening, currency: Currency) -> Result<Self, Overflow> {
        Ok(match what {
            Happening::Quantity(quantity) => Self { quantity, ..self },
            Happening::Price(unit_price) => Self { unit_price, ..self },
            Happening::Uplift(percent) => Self { unit_price: uplifted(self.unit_price, percent, currency)?, ..self },
            Happening::Suspend => Self { is_suspended: true, ..self },
            Happening::Resume => Self { is_suspended: false, ..self },
            Happening::End => Self { has_ended: true, ..self },
            Happening::Bill(_) => self,
        })
    }
}

/// A price after a rise, rounded half-up to as many decimals as it was written with, and at least to the minor unit.
///
/// # Errors
/// `Overflow` beyond what a decimal holds.
pub fn uplifted(price: Decimal, percent: Decimal, currency: Currency) -> Result<Decimal, Overflow> {
    let factor = Decimal::ONE_HUNDRED.checked_add(percent).ok_or(Overflow)?;
    let exact = price.checked_mul(factor).ok_or(Overflow)? / Decimal::ONE_HUNDRED;
    let decimals = price.normalize().scale().max(u32::from(digits(currency)));
    Ok(exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero).normalize())
}

impl Life {
    /// A line to which nothing happens.
    #[must_use]
    pub const fn of(terms: Terms) -> Self {
        Self { terms, minimum: Decimal::ZERO, every: Every::Month, changes: Vec::new(), revised_from: None }
    }

    /// What the run puts on the account's invoice for this line; `charged` is what invoices took so far, by period.
    ///
    /// Source: the import contract, Recurring, for a line without changes; `docs/rules.md`, Proration, for what is split.
    ///
    /// # Errors
    /// `Overflow` where price times quantity leaves 64 bits of minor units.
    pub fn due(
        &self,
        runs: Runs<'_>,
        charged: &BTreeMap<Month, i64>,
        currency: Currency,
    ) -> Result<Vec<Due>, Overflow> {
        let mut due = Vec::new();
        if let Some(since) = self.revised_from {
            self.true_ups(since, charged, currency, &mut due)?;
            for month in runs.made.range(Month::of(since).previous()..).filter(|month| **month < runs.month) {
                let missed = self.periods(*month, runs.billing_starts_on);
                for (period, _) in missed.into_iter().filter(|(period, _)| period.span.until > since) {
                    self.add(period, Part::Late, charged, currency, &mut due)?;
                }
            }
        }
        for (period, part) in self.periods(runs.month, runs.billing_starts_on) {
            self.add(period, part, charged, currency, &mut due)?;
        }
        Ok(due)
    }

    fn true_ups(
        &self,
        since: Date,
        charged: &BTreeMap<Month, i64>,
        currency: Currency,
        due: &mut Vec<Due>,
    ) -> Result<(), Overflow> {
        for (month, was) in charged {
            let Some(period) = self.period(*month).filter(|period| period.span.until > since) else { continue };
            let charges = self.charges(period, Part::Regular, currency)?;
            let is = charges.iter().try_fold(0_i64, |sum, charge| sum.checked_add(charge.amount)).ok_or(Overflow)?;
            if is != *was {
                due.push(Due::TrueUp { month: *month, span: period.span, was: *was, is });
            }
        }
        Ok(())
    }

    /// Adds what a period costs, unless it was charged before or stands here already.
    fn add(
        &self,
        period: Period,
        part: Part,
        charged: &BTreeMap<Month, i64>,
        currency: Currency,
        due: &mut Vec<Due>,
    ) -> Result<(), Overflow> {
        let stands = due.iter().any(|known| matches!(known, Due::Charge(charge) if charge.month == period.month));
        if !stands && !charged.contains_key(&period.month) {
            due.extend(self.charges(period, part, currency)?.into_iter().map(Due::Charge));
        }
        Ok(())
    }

    /// The period with this key; none where none begins in that month.
    #[must_use]
    pub fn period(&self, month: Month) -> Option<Period> {
        if self.every == Every::Month {
            return Some(Period { month, span: month.span() });
        }
        let n = months_between(Month::of(self.terms.active.from), month);
        (n >= 0 && n % self.every.months() == 0).then(|| self.nth(n / self.every.months())).flatten()
    }

    /// The n-th quarter or year: first day + n x interval, never "the one before + interval" (`docs/rules.md`, Calendars).
    fn nth(&self, n: i32) -> Option<Period> {
        let day = |n: i32| self.terms.active.from.checked_add((n.checked_mul(self.every.months())?).months()).ok();
        let span = Span::new(day(n)?, day(n.checked_add(1)?)?);
        Some(Period { month: Month::of(span.from), span })
    }

    /// The periods that the run for `month` charges, each with the reason.
    #[must_use]
    pub fn periods(&self, month: Month, billing_starts_on: Date) -> Vec<(Period, Part)> {
        match self.every {
            Every::Month => self.months(month, billing_starts_on),
            Every::Quarter | Every::Year => self.anchored(month, billing_starts_on),
        }
    }

    fn months(&self, month: Month, billing_starts_on: Date) -> Vec<(Period, Part)> {
        let whole = |month: Month, part| (Period { month, span: month.span() }, part);
        let mut periods = Vec::new();
        match self.billing_on(month.first()) {
            Billing::Arrears => periods.push(whole(month, Part::Regular)),
            Billing::Advance => {
                periods.extend(self.current_month(month, billing_starts_on).map(|part| whole(month, part)));
            }
        }
        let next = month.next();
        if self.billing_on(next.first()) == Billing::Advance && self.terms.active.covers(next.first()) {
            periods.push(whole(next, Part::Regular));
        }
        periods
    }

    /// Whether a line billed in advance also owes the month of the run itself, and why.
    fn current_month(&self, month: Month, billing_starts_on: Date) -> Option<Part> {
        let active = self.terms.active;
        let began_inside = active.from > month.first() && month.span().covers(active.from);
        let first_run = Month::of(billing_starts_on) == month && active.covers(billing_starts_on);
        match (began_inside, first_run) {
            (true, _) => Some(Part::CatchUp),
            (false, true) => Some(Part::FirstMonth),
            (false, false) => None,
        }
    }

    /// In arrears a quarter or year is charged by the run for the month in which it, or the line, ends; in advance by the
    /// run before it begins, and the very first by the run for the month in which it begins. Those that began before the
    /// provider billed at all are not charged.
    fn anchored(&self, month: Month, billing_starts_on: Date) -> Vec<(Period, Part)> {
        let interval = self.every.months();
        let away = months_between(Month::of(self.terms.active.from), month);
        let near = (away / interval - 1).max(0)..=(away / interval + 1).max(0);
        let ends_on = self.until();
        let mut periods = Vec::new();
        for period in near.filter_map(|n| self.nth(n)).filter(|period| period.span.from >= billing_starts_on) {
            let (from, until) = (period.span.from, period.span.until.min(ends_on));
            if until <= from {
                continue;
            }
            let is_first = from == self.terms.active.from;
            let part = match self.billing_on(from.first_of_month()) {
                Billing::Arrears => month.span().covers(Span::new(from, until).last()).then_some(Part::Regular),
                Billing::Advance if Month::of(from) == month && is_first => Some(Part::CatchUp),
                Billing::Advance if Month::of(from) == month => Some(Part::Regular),
                Billing::Advance if Month::of(from) == month.next() && (!is_first || from == from.first_of_month()) => {
                    Some(Part::Regular)
                }
                Billing::Advance => None,
            };
            periods.extend(part.map(|part| (period, part)));
        }
        periods
    }

    /// The first day on which the line is no more.
    fn until(&self) -> Date {
        let ends = self.changes.iter().filter(|change| change.what == Happening::End).map(|change| change.on);
        ends.chain([self.terms.active.until]).min().unwrap_or(self.terms.active.until)
    }

    /// Arrears or advance on a day.
    fn billing_on(&self, day: Date) -> Billing {
        let mut switches =
            self.changes.iter().filter(|change| change.on <= day).filter_map(|change| match change.what {
                Happening::Bill(billing) => Some(billing),
                _ => None,
            });
        switches.next_back().unwrap_or(self.terms.billing)
    }

    /// How many units, and at which price each, on a day; none where it isn't served then.
    ///
    /// # Errors
    /// `Overflow` where a raised price can't be written.
    pub fn on(&self, day: Date, currency: Currency) -> Result<Option<(Decimal, Decimal)>, Overflow> {
        let span = Span::new(day, crate::calendar::shift(day, 1));
        Ok(self.pieces(span, currency)?.first().map(|piece| (piece.quantity, piece.unit_price)))
    }

    /// The days of `span` on which the line is served, with the units that are charged for them.
    ///
    /// # Errors
    /// `Overflow` where a raised price can't be written.
    pub fn served(&self, span: Span, currency: Currency) -> Result<Vec<(Span, Decimal)>, Overflow> {
        Ok(self.pieces(span, currency)?.into_iter().map(|piece| (piece.span, piece.quantity)).collect())
    }

    /// The days of `span` on which the line is served, cut where something changes.
    fn pieces(&self, span: Span, currency: Currency) -> Result<Vec<Piece>, Overflow> {
        let within = span.and(self.terms.active);
        let mut now = State {
            quantity: self.terms.quantity,
            unit_price: self.terms.unit_price,
            is_suspended: false,
            has_ended: false,
        };
        let (mut from, mut pieces) = (within.from, Vec::new());
        for change in &self.changes {
            if change.on > from {
                self.push(&mut pieces, Span::new(from, change.on.min(within.until)), now);
                from = change.on;
            }
            if from >= within.until {
                return Ok(pieces);
            }
            now = now.after(change.what, currency)?;
        }
        self.push(&mut pieces, Span::new(from, within.until), now);
        Ok(pieces)
    }

    fn push(&self, pieces: &mut Vec<Piece>, span: Span, state: State) {
        if span.from >= span.until || state.is_suspended || state.has_ended {
            return;
        }
        let (quantity, unit_price) = (state.quantity.max(self.minimum), state.unit_price);
        match pieces.last_mut() {
            Some(last)
                if last.span.until == span.from && (last.quantity, last.unit_price) == (quantity, unit_price) =>
            {
                last.span.until = span.until;
            }
            _ => pieces.push(Piece { span, quantity, unit_price }),
        }
    }

    /// What a period costs: a charge for each part of it over which nothing changes, none where it isn't served.
    ///
    /// Each price is prorated and rounded, then multiplied; of several parts the earlier ones are priced and the last is
    /// their complement, so that an unchanged price comes to itself. Without proration the terms of the period's first
    /// day hold for all of it.
    ///
    /// # Errors
    /// `Overflow` where price times quantity leaves 64 bits of minor units.
    pub fn charges(&self, period: Period, part: Part, currency: Currency) -> Result<Vec<Charge>, Overflow> {
        let pieces = self.pieces(period.span, currency)?;
        let of_days = period.span.days();
        let charge = |piece: &Piece, span: Span, charged_price: Decimal, of_days: Option<u32>| {
            let amount = half_up(charged_price.checked_mul(piece.quantity).ok_or(Overflow)?, currency)?;
            let (quantity, unit_price) = (piece.quantity, piece.unit_price);
            Ok(Charge { month: period.month, part, span, quantity, unit_price, charged_price, of_days, amount })
        };
        if self.terms.proration == Proration::Never {
            let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Ok(Vec::new()) };
            let span = Span::new(first.span.from, last.span.until);
            return Ok(vec![charge(first, span, first.unit_price, None)?]);
        }
        let (mut elapsed, mut charges) = (0, Vec::with_capacity(pieces.len()));
        for piece in &pieces {
            let until = elapsed + piece.span.days();
            let (all, before) = (
                share(piece.unit_price, until, of_days, currency)?,
                share(piece.unit_price, elapsed, of_days, currency)?,
            );
            let is_part = elapsed > 0 || until < of_days;
            charges.push(charge(piece, piece.span, all - before, is_part.then_some(of_days))?);
            elapsed = until;
        }
        Ok(charges)
    }
}

/// The price of a unit for `days` of a period of `of_days`, rounded half-up once to the minor unit; the whole period
/// costs the price as it is written (`docs/rules.md`, Proration).
fn share(unit_price: Decimal, days: u32, of_days: u32, currency: Currency) -> Result<Decimal, Overflow> {
    if days == of_days {
        return Ok(unit_price);
    }
    prorate(unit_price, days, of_days, currency)
}

/// From the first to the second, negative where the second lies before.
fn months_between(from: Month, until: Month) -> i32 {
    let number = |month: Month| i32::from(month.first().year()) * 12 + i32::from(month.first().month());
    number(until) - number(from)
}
