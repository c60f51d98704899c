//! What becomes known of a payment, in the books: for each account that it was for.

use std::collections::BTreeMap;

use billing::Money;
use billing::ledger::{Entry, EntryKind, Ledger};
use billing::payment::{PaymentState, Unbooked};
use billing::settling::{Settled, settle_parts};
use connect::gateway::{Charge, ChargeState};
use rust_decimal::Decimal;
use store::books::EntryRow;
use store::credit::{BookingRow, PaymentRow};
use store::notice::NoticeRow;
use store::payment::{GatewayPaymentRow, PaymentPartRow};
use store::{AccountId, Tx};

use super::{Desk, Slip, words, write_down};
use crate::actions::book_deed::{open, paid_of};
use crate::actions::return_payment::{self, BY_PROCESSOR, ReturnPayment, newest, sum};
use crate::books::post;
use crate::error::{Error, Result};
use crate::outbox::notices::notice;
use crate::receipt::paid_lines;

/// What an account's part of a payment is for.
#[derive(Default)]
struct Asked {
    /// Documents, and minor units of each.
    parts: Vec<(i64, i64)>,
    /// Minor units that become credit.
    ahead: i64,
}

/// How many ids the news of a payment takes at most, by its parts: each account's payment, refund and return with an entry
/// and a fee each, and an exception with its notice for each of the three.
pub fn ids_for(parts: usize) -> usize {
    8 * parts + 6
}

/// The books in one run of the transaction: it takes the ids from the first again.
pub struct Books<'a> {
    desk: &'a Desk,
    ids: std::slice::Iter<'a, i64>,
}

impl<'a> Books<'a> {
    /// On the desk's day.
    pub fn of(desk: &'a Desk) -> Self {
        Self { desk, ids: desk.ids.iter() }
    }

    fn id<T: From<i64>>(&mut self) -> Result<T> {
        let id = self.ids.next().ok_or_else(|| Error::internal("too few ids were made for what a payment books"))?;
        Ok(T::from(*id))
    }

    /// Books one thing that the books don't say yet. What can't be booked is written down for staff.
    ///
    /// # Errors
    /// Those of the database.
    pub fn book(
        &mut self,
        tx: &mut Tx,
        (payment, charge): (&GatewayPaymentRow, &Charge),
        deed: Unbooked,
    ) -> Result<()> {
        let booked = match deed {
            Unbooked::Came => self.came(tx, payment),
            Unbooked::Refunded(minor) => self.refunded(tx, (payment, charge), minor),
            Unbooked::Returned => self.back(tx, (payment, charge), EntryKind::Returned, reason(charge)),
            Unbooked::ChargedBack => self.back(tx, (payment, charge), EntryKind::Chargeback, reason(charge)),
            Unbooked::Reinstated => {
                self.back(tx, (payment, charge), EntryKind::Reinstated, "The objection was turned down".to_owned())
            }
        };
        match booked {
            // Refused before anything was written: the rest stands, and staff see to this.
            Err(Error::Refused(why)) => {
                let (key, words) = (
                    format!("{} {deed:?}", payment.number),
                    format!("{}: {} can't be booked: {why}", payment.number, named(deed)),
                );
                let slip = Slip { exception_id: self.id()?, told: (self.id()?, self.desk.now) };
                Ok(write_down(tx, slip, Some(payment.payment_id), (key, words))?)
            }
            other => other,
        }
    }

    fn came(&mut self, tx: &mut Tx, payment: &GatewayPaymentRow) -> Result<()> {
        let mut accounts: BTreeMap<AccountId, Asked> = BTreeMap::new();
        for part in tx.payment_parts(payment.payment_id)? {
            let asked = accounts.entry(part.account_id).or_default();
            match part.document_id {
                Some(document) => asked.parts.push((document.into(), part.amount_minor)),
                None => asked.ahead += part.amount_minor,
            }
        }
        for (account, asked) in accounts {
            let minor = asked.ahead + asked.parts.iter().map(|(_, minor)| minor).sum::<i64>();
            let settled = settle_parts(&asked.parts, asked.ahead, &open(tx, account)?)?;
            let entry =
                Entry::settling(Ledger::ProcessorClearing, &settled.parts, settled.rest).map_err(Error::internal)?;
            let key = format!("{BY_PROCESSOR}{}", payment.number);
            let reason = format!("{}, {}", payment.number, payment.method_words);
            self.write(tx, (account, EntryKind::Payment, payment), (key, reason, minor), &entry)?;
        }
        Ok(())
    }

    fn write(
        &mut self,
        tx: &mut Tx,
        (account_id, kind, payment): (AccountId, EntryKind, &GatewayPaymentRow),
        (key, reason, amount_minor): (String, String, i64),
        entry: &Entry,
    ) -> Result<()> {
        let (booking_id, entry_id) = (self.id()?, self.id()?);
        let (currency, today) = (payment.currency, self.desk.today);
        tx.insert(&[BookingRow {
            account_id,
            booking_id,
            kind,
            payment_id: None,
            key,
            amount_minor,
            currency,
            reason,
            booked_on: today,
            made_at: self.desk.now,
        }])?;
        let head = EntryRow { account_id, entry_id, kind, document_id: booking_id, posted_on: today, currency };
        post(tx, &head, entry)
    }

    /// Each account's booking of a payment.
    fn bookings(&self, tx: &mut Tx, payment: &GatewayPaymentRow) -> Result<Vec<PaymentRow>> {
        let mut accounts: Vec<AccountId> =
            tx.payment_parts(payment.payment_id)?.into_iter().map(|part| part.account_id).collect();
        accounts.sort();
        accounts.dedup();
        let key = format!("{BY_PROCESSOR}{}", payment.number);
        let mut found = Vec::new();
        for account in accounts {
            let booking = tx
                .booking_by_key(account, &key)?
                .ok_or_else(|| Error::internal("a payment that came is not in the books"))?;
            found.extend(tx.payments_named(booking.booking_id, "")?);
        }
        Ok(found)
    }

    fn back(
        &mut self,
        tx: &mut Tx,
        (payment, charge): (&GatewayPaymentRow, &Charge),
        kind: EntryKind,
        reason: String,
    ) -> Result<()> {
        // What this very news says was refunded is booked before.
        let refunded = payment.refunded_minor.max(charge.refunded_minor);
        for (booking, left) in self.left(tx, payment, if kind.takes_back() { refunded } else { 0 })? {
            let (own, of_fee) = ((self.id()?, self.id()?), (self.id()?, self.id()?));
            let desk = return_payment::Desk { now: self.desk.now, own, of_fee };
            let ask = ReturnPayment {
                payment: payment.number.clone(),
                kind,
                reason: reason.clone(),
                fee: Decimal::ZERO,
                on: self.desk.today.max(booking.booked_on),
            };
            if sum(&left) != 0 {
                desk.carry_out(tx, (&booking, &left), &ask, Ledger::ProcessorClearing)?;
            }
        }
        Ok(())
    }

    /// What each account's newest booking of a payment settled, without what went back by refunds, of which there were so many
    /// minor units in all: they are taken of the credit that the payment had become, then of the documents, the last one first.
    fn left(&self, tx: &mut Tx, payment: &GatewayPaymentRow, refunded: i64) -> Result<Vec<(PaymentRow, Settled)>> {
        let mut bookings = Vec::new();
        for booking in self.bookings(tx, payment)? {
            let settled = newest(tx, &booking)?;
            bookings.push((booking, settled));
        }
        // A payment that counts again after an objection settles what was left then: earlier refunds are not in it.
        let settled: i64 = bookings.iter().map(|(_, settled)| sum(settled).abs()).sum();
        let mut gone = (refunded - (payment.amount_minor - settled)).max(0);
        for (_, settled) in &mut bookings {
            take(&mut settled.rest, &mut gone);
            for (_, minor) in settled.parts.iter_mut().rev() {
                take(minor, &mut gone);
            }
            settled.parts.retain(|(_, minor)| *minor != 0);
        }
        Ok(bookings)
    }

    /// What goes back is taken as [`Books::left`] says. What a document doesn't hold any more, because it was credited since, is
    /// taken of the account's credit.
    fn refunded(&mut self, tx: &mut Tx, (payment, charge): (&GatewayPaymentRow, &Charge), minor: i64) -> Result<()> {
        let (mut wanted, mut missing) = (minor, 0);
        let mut taken: BTreeMap<AccountId, Settled> = BTreeMap::new();
        for (booking, left) in self.left(tx, payment, payment.refunded_minor)? {
            let account = booking.account_id;
            let settled = taken.entry(account).or_default();
            let mut rest = left.rest;
            settled.rest -= take(&mut rest, &mut wanted);
            for (document, mut minor) in left.parts.into_iter().rev() {
                let part = take(&mut minor, &mut wanted);
                let amount = part.min(paid_of(tx, account, document.into())?);
                settled.rest -= part - amount;
                if amount > 0 {
                    settled.parts.push((document, -amount));
                }
            }
            let credit = tx.account_states(&[account])?.first().map_or(0, |state| state.credit_minor);
            missing += (-settled.rest - credit).max(0);
        }
        if wanted > 0 || missing > 0 {
            let gone = Money::new(wanted + missing, payment.currency).with_currency();
            let words = format!("{gone} of the refund is neither paid on an invoice nor in credit any more");
            return Err(Error::Refused(words));
        }
        for (account, settled) in taken {
            let sum = sum(&settled);
            if sum == 0 {
                continue;
            }
            let entry =
                Entry::settling(Ledger::ProcessorClearing, &settled.parts, settled.rest).map_err(Error::internal)?;
            let key = format!("refund of {} up to {}", payment.number, charge.refunded_minor);
            let reason = format!("{}, {}", payment.number, payment.method_words);
            self.write(tx, (account, EntryKind::Refund, payment), (key, reason, -sum), &entry)?;
        }
        Ok(())
    }
}

/// Tells the payer, and where only one account is concerned its admins, how the payment stands now; staff, where it is their matter.
///
/// # Errors
/// Those of the database.
pub fn tell(tx: &mut Tx, desk: &Desk, payment: &GatewayPaymentRow) -> Result<(), store::Error> {
    let parts = tx.payment_parts(payment.payment_id)?;
    let lines = paid_lines(tx, payment, &parts)?;
    let place = format!("{}/payments/{}", desk.app.config.base_url, payment.number);
    let provider = desk.app.provider();
    let Some((subject, body)) = words::letter(payment, &lines, (&provider.name, &provider.phone), &place) else {
        return Ok(());
    };
    let key = format!("payment {} {} {}", payment.number, payment.state.as_str(), payment.attempt);
    let [of_payer, of_staff] = desk.told;
    let row = NoticeRow {
        audience: store::notice::Audience::People,
        receipt_of: (payment.state == PaymentState::Settled).then_some(payment.payment_id),
        ..notice(of_payer, key.clone(), (subject.clone(), body.clone()))
    };
    let readers = readers(tx, payment, &parts)?;
    tx.tell_people(&row, &readers)?;
    if matches!(payment.state, PaymentState::Returned | PaymentState::Disputed | PaymentState::ChargedBack) {
        tx.tell_staff(&notice(of_staff, format!("staff: {key}"), (subject, body)))?;
    }
    Ok(())
}

fn readers(tx: &mut Tx, payment: &GatewayPaymentRow, parts: &[PaymentPartRow]) -> Result<Vec<String>, store::Error> {
    let mut emails = vec![payment.email.to_lowercase()];
    if parts.iter().all(|part| part.account_id == payment.account_id) {
        let contacts = tx.contacts_of(payment.account_id)?.into_iter();
        let admins = contacts.filter(|contact| contact.role == billing::account::Role::Admin);
        emails.extend(admins.map(|contact| contact.email.to_lowercase()));
    }
    emails.retain(|email| !email.is_empty());
    emails.sort();
    emails.dedup();
    Ok(emails)
}

/// What couldn't be booked.
fn named(deed: Unbooked) -> &'static str {
    match deed {
        Unbooked::Came => "what was paid",
        Unbooked::Refunded(_) => "what was sent back",
        Unbooked::Returned => "what the bank returned",
        Unbooked::ChargedBack => "what its payer disputed",
        Unbooked::Reinstated => "that it counts after all",
    }
}

/// Why money went back, as the bank says it.
fn reason(charge: &Charge) -> String {
    match (&charge.state, &charge.dispute) {
        (ChargeState::Returned(decline), _) => format!("The bank returned it ({})", decline.code),
        (_, Some(dispute)) => format!("The payer disputes it ({})", dispute.reason),
        _ => "It came back".to_owned(),
    }
}

/// Takes what there is of `wanted` minor units; gives how many that were. Nothing is there where it is negative.
fn take(there: &mut i64, wanted: &mut i64) -> i64 {
    let taken = (*there).min(*wanted).max(0);
    *there -= taken;
    *wanted -= taken;
    taken
}
