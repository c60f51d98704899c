//! Auto Pay: which invoices it takes, and what it charges when. A replay over what happened, without any processor.
//! It answers facts of other systems; the product doesn't run it: there `decide` says what Auto Pay takes.

use std::collections::VecDeque;

use jiff::civil::Date;

use crate::dunning::retry_dates;
use crate::lifecycle::{self, Account, Impossible};
use crate::money::Overflow;
use crate::run::Stream;
use crate::words::words;

/// The invoices (stream, open minor units) that are charged where the customer chose these streams, by their place.
/// What is not open is never charged.
#[must_use]
pub fn selected(invoices: &[(Stream, i64)], streams: &[Stream]) -> Vec<usize> {
    let chosen = |(stream, open): &(Stream, i64)| *open > 0 && streams.contains(stream);
    invoices.iter().enumerate().filter(|(_, invoice)| chosen(invoice)).map(|(at, _)| at).collect()
}

words! {
    /// Who started a payment.
    pub enum Initiated {
        /// Auto Pay.
        Auto = "auto",
        /// A person.
        Manual = "manual",
    }
}

words! {
    /// What became of a charge.
    pub enum Outcome {
        /// Money came, if less than asked.
        Success = "success",
        /// None came.
        Failed = "failed",
    }
}

words! {
    /// What the customer said about invoices that are open already when Auto Pay is switched on.
    pub enum OpenInvoices {
        /// Charge them: only after an explicit yes.
        Charge = "charge",
        /// Leave them.
        Leave = "leave",
    }
}

/// What the processor does with a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It captures this much, minor units.
    Captures(i64),
    /// It fails.
    Fails,
}

/// What happens on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// To the account, by somebody else than Auto Pay. A draft is no event: it is not owed.
    Account(lifecycle::Event),
    /// Auto Pay is switched on.
    On(OpenInvoices),
    /// It is switched off; retries that fall due meanwhile are dropped.
    Off,
    /// Whether there is a method to charge.
    Method(bool),
    /// What the next charge meets.
    Next(Answer),
}

/// A payment or an attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The day.
    pub on: Date,
    /// For which invoice.
    pub invoice: String,
    /// Captured, or asked for where it failed, minor units.
    pub amount: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// Who started it.
    pub initiated: Initiated,
}

/// A failed charge that is to be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Retry {
    on: Date,
    invoice: String,
    failures: usize,
}

/// An account with Auto Pay, replayed. Charges the open balance after account credit when an invoice is issued; never a
/// draft, a void, a written-off or a paid one. A retry counts from the attempt before it. Rule: `docs/rules.md`, Auto Pay.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Balances and credit.
    pub account: Account,
    /// All attempts, by day.
    pub attempts: Vec<Attempt>,
    is_on: bool,
    has_method: bool,
    retry_after_days: Vec<u32>,
    retries: Vec<Retry>,
    answers: VecDeque<Answer>,
}

impl Replay {
    /// An account as it is before anything happens. Auto Pay is off and has no method until an event says so.
    #[must_use]
    pub fn new(account: Account, retry_after_days: Vec<u32>) -> Self {
        let (attempts, retries, answers) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { account, attempts, is_on: false, has_method: false, retry_after_days, retries, answers }
    }

    /// Takes in what happens on `on`. Retries of days before come first, those of the day itself after: who switches off
    /// or pays on that day is not charged.
    ///
    /// # Errors
    /// `Impossible`, with the reason.
    pub fn happened(&mut self, on: Date, event: &Event) -> Result<(), Impossible> {
        self.retry_before(on)?;
        match event {
            Event::On(open) => {
                self.is_on = true;
                if *open == OpenInvoices::Charge {
                    self.charge_open(on)?;
                }
            }
            Event::Off => self.is_on = false,
            Event::Method(there) => self.has_method = *there,
            Event::Next(answer) => self.answers.push_back(*answer),
            Event::Account(happened) => {
                self.account.happened(happened)?;
                self.follow(on, happened)?;
            }
        }
        Ok(())
    }

    /// Carries out the retries that fall due before `day`.
    ///
    /// # Errors
    /// `Impossible`, with the reason.
    pub fn retry_before(&mut self, day: Date) -> Result<(), Impossible> {
        while let Some(retry) = self.retries.first().filter(|retry| retry.on < day).cloned() {
            self.retries.remove(0);
            self.charge(retry.on, &retry.invoice, retry.failures)?;
        }
        Ok(())
    }

    fn follow(&mut self, on: Date, event: &lifecycle::Event) -> Result<(), Impossible> {
        match event {
            lifecycle::Event::Issued { invoice, .. } => self.charge(on, invoice, 0),
            lifecycle::Event::Paid { invoice: Some(invoice), amount, .. } => {
                self.note(on, invoice, *amount, Outcome::Success, Initiated::Manual);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn charge_open(&mut self, on: Date) -> Result<(), Impossible> {
        self.retries.clear();
        let names: Vec<String> = self.account.balances().map(|(name, _)| name.to_owned()).collect();
        names.iter().try_for_each(|name| self.charge(on, name, 0))
    }

    /// Charges what is open, where Auto Pay is on and there is a method; else nothing comes of it.
    fn charge(&mut self, on: Date, invoice: &str, failures: usize) -> Result<(), Impossible> {
        let asked = self.account.invoice_balance(invoice).unwrap_or(0);
        if asked <= 0 || !self.is_on || !self.has_method {
            return Ok(());
        }
        match self.answers.pop_front().unwrap_or(Answer::Captures(asked)) {
            Answer::Captures(captured) => {
                let payment = format!("auto {}", self.attempts.len() + 1);
                let invoice_name = Some(invoice.to_owned());
                let paid = lifecycle::Event::Paid { payment, invoice: invoice_name, amount: captured.min(asked) };
                self.account.happened(&paid)?;
                self.note(on, invoice, captured.min(asked), Outcome::Success, Initiated::Auto);
            }
            Answer::Fails => {
                self.note(on, invoice, asked, Outcome::Failed, Initiated::Auto);
                self.plan_retry(on, invoice, failures);
            }
        }
        Ok(())
    }

    fn plan_retry(&mut self, on: Date, invoice: &str, failures: usize) {
        let Some(days) = self.retry_after_days.get(failures) else { return };
        for on in retry_dates(on, &[*days]) {
            self.retries.push(Retry { on, invoice: invoice.to_owned(), failures: failures + 1 });
        }
        self.retries.sort_by_key(|retry| retry.on);
    }

    fn note(&mut self, on: Date, invoice: &str, amount: i64, outcome: Outcome, initiated: Initiated) {
        self.attempts.push(Attempt { on, invoice: invoice.to_owned(), amount, outcome, initiated });
    }

    /// What all invoices owe together, minor units.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn open(&self) -> Result<i64, Overflow> {
        self.account.balance()?.checked_add(self.account.credit()).ok_or(Overflow)
    }
}
