//! An account's money over time: invoices, payments and what can become of them. Every balance is what the events
//! before it make of it; replaying them again gives the same. Rule: `docs/rules.md`, Applying and Credit notes.
//! It answers facts of other systems; the product, which has `settling` and a ledger, doesn't run it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::money::Overflow;

/// Something that happened. Amounts are minor units and positive; documents and payments have names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An invoice becomes owed. Account credit pays it at once.
    Issued { invoice: String, due_on: Option<Date>, amount: i64 },
    /// Money that has arrived: for an invoice, or for the oldest ones.
    Paid { payment: String, invoice: Option<String>, amount: i64 },
    /// Money on its way: it reduces nothing yet.
    Pending { payment: String, invoice: Option<String>, amount: i64 },
    /// Money on its way has arrived, or has come back.
    Settled { payment: String, arrived: bool },
    /// Money given back: the invoice is open again.
    Refunded { payment: String, amount: Option<i64> },
    /// Money given back and the charge lowered by as much: the invoice is not open again.
    RefundedWithCredit { payment: String, amount: Option<i64> },
    /// The bank took the payment back; the invoice is open again, due when it was.
    ChargedBack { payment: String },
    /// The bank gave it back.
    ChargebackReversed { payment: String },
    /// A credit note for an invoice; what it is more than the balance becomes account credit.
    Credited { invoice: String, amount: i64 },
    /// Credit for the account.
    AccountCredited { amount: i64 },
    /// The invoice was wrong: what was paid on it becomes account credit.
    Voided { invoice: String },
    /// Nobody will pay: nothing is open any more.
    WrittenOff { invoice: String },
}

/// Why an event can't have happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// No such invoice was issued.
    #[error("there is no invoice {0}")]
    NoInvoice(String),
    /// The name is taken.
    #[error("{0} is there already")]
    Twice(String),
    /// No such payment was made, or not in the state that the event needs.
    #[error("there is no payment {0} that this could happen to")]
    NoPayment(String),
    /// An amount that is not positive, or more than what is left of the payment.
    #[error("{0} is not an amount that this could be for")]
    Amount(i64),
    /// A figure is too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Invoice {
    due_on: Option<Date>,
    balance: i64,
    /// Of the account's credit, used here.
    from_credit: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Pending,
    Arrived,
    ChargedBack,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Payment {
    /// What of it went to which invoice, not given back yet.
    parts: Vec<(String, i64)>,
    /// What of it became account credit at once.
    to_credit: i64,
    invoice: Option<String>,
    amount: i64,
    state: State,
}

/// An account: balances of its invoices and its credit. `balance` is what all invoices owe less the credit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// In the order of issuing.
    order: Vec<String>,
    invoices: BTreeMap<String, Invoice>,
    payments: BTreeMap<String, Payment>,
    credit: i64,
}

impl Account {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What an invoice owes; none where it was not issued.
    #[must_use]
    pub fn invoice_balance(&self, invoice: &str) -> Option<i64> {
        self.invoices.get(invoice).map(|invoice| invoice.balance)
    }

    /// All invoices and what they owe, in the order of issuing.
    pub fn balances(&self) -> impl Iterator<Item = (&str, i64)> {
        self.order.iter().filter_map(|name| Some((name.as_str(), self.invoice_balance(name)?)))
    }

    /// Account credit, never negative.
    #[must_use]
    pub const fn credit(&self) -> i64 {
        self.credit
    }

    /// What the account owes; negative where it has more credit.
    ///
    /// # Errors
    /// `Overflow` beyond 64 bits.
    pub fn balance(&self) -> Result<i64, Overflow> {
        let owed = self.invoices.values().map(|invoice| invoice.balance).try_fold(0_i64, i64::checked_add);
        owed.and_then(|owed| owed.checked_sub(self.credit)).ok_or(Overflow)
    }

    /// Takes in an event; nothing changes where it can't have happened.
    ///
    /// # Errors
    /// `Impossible`, with the reason.
    pub fn happened(&mut self, event: &Event) -> Result<(), Impossible> {
        let mut after = self.clone();
        after.take(event)?;
        after.use_credit()?;
        *self = after;
        Ok(())
    }

    fn take(&mut self, event: &Event) -> Result<(), Impossible> {
        match event {
            Event::Issued { invoice, due_on, amount } => self.issue(invoice, *due_on, *amount),
            Event::Paid { payment, invoice, amount } => {
                self.note(payment, invoice.as_deref(), *amount)?;
                self.arrive(payment, State::Pending)
            }
            Event::Pending { payment, invoice, amount } => self.note(payment, invoice.as_deref(), *amount),
            Event::Settled { payment, arrived: true } => self.arrive(payment, State::Pending),
            Event::Settled { payment, arrived: false } => self.fail(payment),
            Event::Refunded { payment, amount } => self.give_back(payment, *amount),
            Event::RefundedWithCredit { payment, amount } => self.give_back_with_credit(payment, *amount),
            Event::ChargedBack { payment } => {
                self.give_back(payment, None)?;
                self.payment(payment, State::Arrived)?.state = State::ChargedBack;
                Ok(())
            }
            Event::ChargebackReversed { payment } => self.arrive(payment, State::ChargedBack),
            Event::Credited { invoice, amount } => self.pay(invoice, positive(*amount)?).map(|_| ()),
            Event::AccountCredited { amount } => self.add_credit(positive(*amount)?),
            Event::Voided { invoice } => self.void(invoice),
            Event::WrittenOff { invoice } => {
                self.invoice(invoice)?.balance = 0;
                Ok(())
            }
        }
    }

    fn issue(&mut self, name: &str, due_on: Option<Date>, amount: i64) -> Result<(), Impossible> {
        if self.invoices.contains_key(name) {
            return Err(Impossible::Twice(name.to_owned()));
        }
        self.order.push(name.to_owned());
        let invoice = Invoice { due_on, balance: amount.max(0), from_credit: 0 };
        self.invoices.insert(name.to_owned(), invoice);
        // An invoice of less than nothing is a credit.
        self.add_credit(amount.min(0).checked_neg().ok_or(Overflow)?)
    }

    /// Writes a payment down without any effect.
    fn note(&mut self, name: &str, invoice: Option<&str>, amount: i64) -> Result<(), Impossible> {
        if self.payments.contains_key(name) {
            return Err(Impossible::Twice(name.to_owned()));
        }
        if let Some(invoice) = invoice {
            self.invoice(invoice)?;
        }
        let (amount, invoice) = (positive(amount)?, invoice.map(ToOwned::to_owned));
        let payment = Payment { parts: Vec::new(), to_credit: 0, invoice, amount, state: State::Pending };
        self.payments.insert(name.to_owned(), payment);
        Ok(())
    }

    /// The payment takes effect: on its invoice, else on the oldest ones; the rest is credit.
    fn arrive(&mut self, name: &str, from: State) -> Result<(), Impossible> {
        let payment = self.payment(name, from)?.clone();
        let mut left = payment.amount;
        let mut parts = Vec::new();
        let invoices = payment.invoice.map_or_else(|| self.oldest_first(), |invoice| vec![invoice]);
        for invoice in invoices {
            let owed = self.invoice(&invoice)?;
            let part = left.min(owed.balance);
            owed.balance -= part;
            left -= part;
            parts.push((invoice, part));
        }
        self.add_credit(left)?;
        let payment = self.payment(name, from)?;
        (payment.state, payment.parts, payment.to_credit) = (State::Arrived, parts, left);
        Ok(())
    }

    fn fail(&mut self, name: &str) -> Result<(), Impossible> {
        self.payment(name, State::Pending)?.state = State::Failed;
        Ok(())
    }

    /// Takes money out of a payment: first what was credit from it, then from its invoices, which are open again.
    fn give_back(&mut self, name: &str, amount: Option<i64>) -> Result<(), Impossible> {
        let payment = self.payment(name, State::Arrived)?;
        let available = payment.parts.iter().map(|(_, part)| part).sum::<i64>() + payment.to_credit;
        let amount = match amount {
            Some(amount) if amount <= 0 || amount > available => return Err(Impossible::Amount(amount)),
            Some(amount) => amount,
            None => available,
        };
        let from_credit = amount.min(payment.to_credit);
        payment.to_credit -= from_credit;
        let mut left = amount - from_credit;
        let mut opened = Vec::new();
        for (invoice, part) in &mut payment.parts {
            let taken = left.min(*part);
            *part -= taken;
            left -= taken;
            opened.push((invoice.clone(), taken));
        }
        for (invoice, taken) in opened {
            let owed = self.invoice(&invoice)?;
            owed.balance = owed.balance.checked_add(taken).ok_or(Overflow)?;
        }
        self.take_credit(from_credit)
    }

    /// A refund for which the charge is lowered: neither the invoice nor the credit changes, the payment has less left.
    fn give_back_with_credit(&mut self, name: &str, amount: Option<i64>) -> Result<(), Impossible> {
        let before = (self.invoices.clone(), self.credit);
        self.give_back(name, amount)?;
        (self.invoices, self.credit) = before;
        Ok(())
    }

    fn void(&mut self, name: &str) -> Result<(), Impossible> {
        let owed = self.invoice(name)?;
        let used = std::mem::take(&mut owed.from_credit);
        owed.balance = 0;
        self.add_credit(used)?;
        let mut freed = 0_i64;
        for payment in self.payments.values_mut().filter(|payment| payment.state == State::Arrived) {
            for (_, part) in payment.parts.iter_mut().filter(|(invoice, _)| invoice == name) {
                payment.to_credit += *part;
                freed += std::mem::take(part);
            }
        }
        self.add_credit(freed)
    }

    /// Lowers what an invoice owes; what is more than that becomes credit.
    fn pay(&mut self, invoice: &str, amount: i64) -> Result<i64, Impossible> {
        let owed = self.invoice(invoice)?;
        let part = amount.min(owed.balance);
        owed.balance -= part;
        self.add_credit(amount - part)?;
        Ok(part)
    }

    /// Account credit pays what is open, the oldest due first.
    fn use_credit(&mut self) -> Result<(), Impossible> {
        for name in self.oldest_first() {
            let credit = self.credit;
            let owed = self.invoice(&name)?;
            let part = credit.min(owed.balance);
            owed.balance -= part;
            owed.from_credit += part;
            self.credit -= part;
        }
        Ok(())
    }

    /// Takes credit away; where it is used already, the invoices it paid are open again, the youngest first.
    fn take_credit(&mut self, amount: i64) -> Result<(), Impossible> {
        let at_hand = amount.min(self.credit);
        self.credit -= at_hand;
        let mut missing = amount - at_hand;
        for name in self.oldest_first().into_iter().rev() {
            let owed = self.invoice(&name)?;
            let part = missing.min(owed.from_credit);
            owed.from_credit -= part;
            owed.balance = owed.balance.checked_add(part).ok_or(Overflow)?;
            missing -= part;
        }
        Ok(())
    }

    fn add_credit(&mut self, amount: i64) -> Result<(), Impossible> {
        self.credit = self.credit.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    }

    /// The names of all invoices by due date; of one day, or without any, in the order of issuing.
    fn oldest_first(&self) -> Vec<String> {
        let mut names = self.order.clone();
        names.sort_by_key(|name| self.invoices.get(name).and_then(|invoice| invoice.due_on));
        names
    }

    fn invoice(&mut self, name: &str) -> Result<&mut Invoice, Impossible> {
        self.invoices.get_mut(name).ok_or_else(|| Impossible::NoInvoice(name.to_owned()))
    }

    fn payment(&mut self, name: &str, state: State) -> Result<&mut Payment, Impossible> {
        let payment = self.payments.get_mut(name).filter(|payment| payment.state == state);
        payment.ok_or_else(|| Impossible::NoPayment(name.to_owned()))
    }
}

const fn positive(amount: i64) -> Result<i64, Impossible> {
    if amount > 0 { Ok(amount) } else { Err(Impossible::Amount(amount)) }
}
