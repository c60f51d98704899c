//! An account's credit, used before anything is charged.

use std::collections::BTreeMap;

use billing::Money;
use billing::ledger::{Entry, EntryKind, Ledger};
use serde_json::json;
use store::audit::{AuditKind, Deed};
use store::books::EntryRow;
use store::credit::BookingRow;
use store::{AccountId, Tx};

use super::{Busy, Desk, Payer, Wanted};
use crate::books::post;
use crate::error::{Error, Result};

impl Desk {
    /// An account's credit is used before anything is charged: for what the payment leaves open of its documents.
    pub(super) fn use_credit(&self, tx: &mut Tx, wanted: &[Wanted]) -> Result<(), Busy> {
        if self.is_later() {
            return Ok(());
        }
        let mut credit: BTreeMap<AccountId, i64> = BTreeMap::new();
        for (one, ids) in wanted.iter().zip(&self.credit_ids) {
            let left = match credit.get(&one.account) {
                Some(left) => *left,
                None => tx.account_states(&[one.account])?.first().map_or(0, |state| state.credit_minor),
            };
            let part = left.min(one.balance - one.amount).max(0);
            if one.amount == 0 && part < one.balance {
                return Err(Error::Refused(format!("your credit doesn't pay all of {} any more", one.number)).into());
            }
            credit.insert(one.account, left - part);
            if part > 0 {
                self.settle_by_credit(tx, one, part, *ids)?;
            }
        }
        // What is asked for could have been less: credit would have paid it.
        let over = wanted.iter().find(|one| one.amount > 0 && credit.get(&one.account).is_some_and(|left| *left > 0));
        match over {
            Some(one) if !matches!(self.payer, Payer::AutoPay { .. }) => {
                let left = Money::new(credit.get(&one.account).copied().unwrap_or(0).min(one.amount), one.currency);
                Err(Error::Refused(format!(
                    "{} of your credit pays a part of {}; lower the amount by it",
                    left.with_currency(),
                    one.number
                ))
                .into())
            }
            _ => Ok(()),
        }
    }

    fn settle_by_credit(&self, tx: &mut Tx, one: &Wanted, part: i64, (booking, entry): (i64, i64)) -> Result<(), Busy> {
        let (booking_id, entry_id) = (booking.into(), entry.into());
        tx.insert(&[BookingRow {
            account_id: one.account,
            booking_id,
            kind: EntryKind::CreditUsed,
            payment_id: None,
            key: format!("credit with {} {}", self.ask.key, one.number),
            amount_minor: part,
            currency: one.currency,
            reason: format!("Used when {} was paid", one.number),
            booked_on: self.today,
            made_at: self.now,
        }])?;
        let settled = [(one.document.into(), part)];
        let settling = Entry::settling(Ledger::CustomerCredit, &settled, 0).map_err(Error::internal)?;
        let head = EntryRow {
            account_id: one.account,
            entry_id,
            kind: EntryKind::CreditUsed,
            document_id: booking_id,
            posted_on: self.today,
            currency: one.currency,
        };
        Ok(post(tx, &head, &settling)?)
    }

    /// That credit paid a document, and no money moved.
    pub(super) fn by_credit(&self, one: &Wanted) -> Deed {
        let deed = self.by.did(AuditKind::Booking, format!("{} paid by credit", one.number)).of(one.account);
        deed.after(json!({ "amount_minor": one.balance }))
    }
}
