//! What an account's people read about Auto Pay: a charge to come, one that doesn't, one that is tried again.

use billing::autopay::{Charge, Invoice, Reason};
use documents::DateOrder;
use jiff::civil::Date;
use store::account::ContactRow;
use store::notice::{Audience, NoticeRow};
use store::{AccountId, Tx};

use super::AutoPay;
use super::facts::shown;
use crate::app::App;
use crate::outbox::notices::{Stamp, notice};
use crate::paper::words;
use crate::told::Telling;

/// Writes letters for one account, each matter once.
pub struct Letters<'a> {
    app: &'a App,
    account: AccountId,
    today: Date,
    order: DateOrder,
}

impl<'a> Letters<'a> {
    /// For an account, on a day.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(app: &'a App, tx: &mut Tx, account: AccountId, today: Date) -> Result<Self, store::Error> {
        let order = app.formats(tx.formats_of(account)?).order;
        Ok(Self { app, account, today, order })
    }

    /// A date as the account's people read it.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        words::with_weekday(day, self.today, self.order)
    }

    /// A charge is to come.
    ///
    /// # Errors
    /// Those of the database.
    pub fn announce(
        &self,
        tx: &mut Tx,
        (invoice, charge): (&Invoice, &Charge),
        label: &str,
        stamp: Stamp,
    ) -> Result<(), store::Error> {
        let (amount, day) = (shown(charge.amount, invoice), self.day(charge.charge_on));
        let subject = format!("We charge {label} {amount} on {day}: {}", invoice.number);
        let what = format!(
            "Auto Pay charges {amount} to {label} on {day} for invoice {}. There is nothing to do.\n\nIf you don't want that: skip \
             this one, pause or end Auto Pay at any time before that day, or pay the invoice yourself; then it isn't charged.",
            invoice.number
        );
        self.tell(tx, &format!("charge of {} on {}", invoice.number, charge.charge_on), (subject, what), stamp)
    }

    /// A charge that was announced doesn't come.
    ///
    /// # Errors
    /// Those of the database.
    pub fn withdraw(&self, tx: &mut Tx, invoice: &Invoice, reason: &Reason, stamp: Stamp) -> Result<(), store::Error> {
        let why = reason.sentence(|day| self.day(day));
        let subject = format!("Auto Pay doesn't charge {}: {why}", invoice.number);
        let day = invoice.announced_for.unwrap_or(self.today);
        let what = format!(
            "We told you of a charge for invoice {} on {}. It doesn't come: {why}. {} of it is open.",
            invoice.number,
            self.day(day),
            shown(invoice.balance, invoice)
        );
        self.tell(tx, &format!("no charge of {} on {day}", invoice.number), (subject, what), stamp)
    }

    /// A charge failed, and this is what comes next.
    ///
    /// # Errors
    /// Those of the database.
    pub fn retry(
        &self,
        tx: &mut Tx,
        (invoice, charge): (&Invoice, &Charge),
        label: &str,
        stamp: Stamp,
    ) -> Result<(), store::Error> {
        let (amount, day) = (shown(charge.amount, invoice), self.day(charge.charge_on));
        let subject = format!("We try {label} again on {day}: {}", invoice.number);
        let what = format!(
            "The charge of {amount} for invoice {} did not go through. We try {label} again on {day}.\n\nIf you pay the invoice \
             yourself before that day, or replace the method, nothing is tried with it again.",
            invoice.number
        );
        self.tell(tx, &format!("again {} {}", invoice.number, charge.charge_on), (subject, what), stamp)
    }

    /// Something keeps an invoice from being charged, and it is for the customer to see to. Staff are told as well.
    ///
    /// # Errors
    /// Those of the database.
    pub fn trouble(
        &self,
        tx: &mut Tx,
        invoice: &Invoice,
        reason: &Reason,
        [stamp, of_staff]: [Stamp; 2],
    ) -> Result<(), store::Error> {
        let why = reason.sentence(|day| self.day(day));
        let subject = format!("Auto Pay won't charge {}: {why}", invoice.number);
        let help = reason.help().map(|help| format!(" {help}")).unwrap_or_default();
        let what = format!(
            "Auto Pay will not charge invoice {}, {}, due {}: {why}.{help} Until then please pay it yourself.",
            invoice.number,
            shown(invoice.balance, invoice),
            self.day(invoice.due_on)
        );
        let key = format!("left {} {why}", invoice.number);
        self.tell(tx, &key, (subject.clone(), what.clone()), stamp)?;
        let staff = self.row(of_staff, format!("autopay staff {key}"), (subject, what));
        tx.tell_staff(&NoticeRow { audience: Audience::Staff, ..staff }).map(drop)
    }

    /// Tells everybody who may pay for the account: a subject, and what is said without greeting, ending with a full stop.
    fn tell(&self, tx: &mut Tx, matter: &str, said: (String, String), stamp: Stamp) -> Result<(), store::Error> {
        let key = format!("autopay {} {matter}", i64::from(self.account));
        if tx.is_told(&key)? {
            return Ok(());
        }
        let row = self.row(stamp, key, said);
        let emails = readers(&tx.contacts_of(self.account)?);
        tx.tell_people(&row, &emails)
    }

    fn row(&self, stamp: Stamp, key: String, (subject, what): (String, String)) -> NoticeRow {
        let provider = self.app.provider();
        let body = format!(
            "{what}\n\nYour rule and what it does: {}/autopay\n\nQuestions? Call {} at {}.",
            self.app.config.base_url, provider.name, provider.phone
        );
        NoticeRow { audience: Audience::People, ..notice(stamp, key, (subject, body)) }
    }
}

/// Who hears of charges: everybody who may pay.
#[must_use]
pub fn readers(contacts: &[ContactRow]) -> Vec<String> {
    let payers = contacts.iter().filter(|contact| contact.role.may_pay());
    let mut emails: Vec<String> = payers.map(|contact| contact.email.to_lowercase()).collect();
    emails.sort();
    emails.dedup();
    emails
}

/// Tells everybody who may pay for an account what somebody decided about its Auto Pay. `subject` is one sentence.
///
/// # Errors
/// Those of the database.
pub fn tell_account(
    tx: &mut Tx,
    telling: &Telling,
    account: AccountId,
    (subject, what): (&str, &str),
) -> Result<(), store::Error> {
    let contacts = tx.contacts_of(account)?;
    let concerned = readers(&contacts);
    let concerned: Vec<&str> = concerned.iter().map(String::as_str).collect();
    let accounts = tx.accounts_of(&[account])?;
    let Some(row) = accounts.first() else { return Ok(()) };
    telling.tell_more(tx, (&row.code, &row.name), (&contacts, &concerned), (subject, what))
}

/// What a method is called.
#[must_use]
pub fn label(autopay: &AutoPay, method: i64) -> String {
    let known = autopay.methods.iter().find(|known| known.id == method);
    known.map_or_else(|| "your method".to_owned(), |known| known.label.clone())
}
