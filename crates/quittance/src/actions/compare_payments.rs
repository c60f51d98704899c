//! Once a day: what the processor has charged is compared with what stands here, and what it has sent to the bank is booked, so that
//! its clearing account comes back to zero.

use std::collections::BTreeMap;

use billing::ledger::{Entry, EntryKind, Ledger, Posting};
use billing::split::split;
use connect::gateway::{Charge, Gateway, Payout, PayoutPart};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::books::EntryRow;
use store::credit::BookingRow;
use store::method::GatewayName;
use store::payment::GatewayPaymentRow;
use store::scheduled::DailyRow;
use store::{AccountId, EntryId, InvoiceId, Tx};

use crate::actions::return_payment::BY_PROCESSOR;
use crate::actions::settle_payment::{Desk, News, exception, settle_payment};
use crate::actions::warn_expiring_methods::warn_expiring_methods;
use crate::app::App;
use crate::books::post;
use crate::error::{Error, Result};
use crate::gateway::{name_of, said, stray};

/// The name of the daily work.
const NAME: &str = "payments compared";
/// How far back is compared: returns come up to 60 days later.
const BACK: SignedDuration = SignedDuration::from_hours(70 * 24);

/// What a comparison came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Charges looked at.
    pub charges: usize,
    /// Those that are none of ours, or don't fit.
    pub strays: usize,
    /// Payouts booked.
    pub payouts: usize,
}

/// Compares once a day, and warns of cards that end soon; nothing where it was done today.
///
/// # Errors
/// Those of the database; `Unreachable` where the processor doesn't answer: it is tried again.
pub async fn compare_daily(app: &App) -> Result<Option<Compared>> {
    let today = app.today();
    if app.gateway.is_none() || app.store.read(|tx| tx.done_on(NAME)).await?.is_some_and(|done_on| done_on >= today) {
        return Ok(None);
    }
    warn_expiring_methods(app).await?;
    let compared = compare_payments(app).await?;
    let done = DailyRow { name: NAME.to_owned(), done_on: today };
    app.store.write(move |tx| tx.replace(std::slice::from_ref(&done))).await?;
    Ok(Some(compared))
}

/// Compares now.
///
/// # Errors
/// As [`compare_daily`].
pub async fn compare_payments(app: &App) -> Result<Compared> {
    let Some(gateway) = &app.gateway else { return Ok(Compared::default()) };
    let unreachable = |trouble: connect::gateway::Trouble| Error::Unreachable(trouble.to_string());
    let since = app.clock.now().saturating_sub(BACK).unwrap_or(Timestamp::MIN);
    let mut compared = Compared::default();
    for charge in gateway.charges(since).await.map_err(unreachable)? {
        compared.charges += 1;
        compared.strays += usize::from(!learn(app, gateway, charge).await?);
    }
    let days = since.to_zoned(app.zone()).date();
    for payout in gateway.payouts(days).await.map_err(unreachable)? {
        compared.payouts += usize::from(book(app, gateway, payout).await?);
    }
    Ok(compared)
}

/// Whether the charge is one of ours.
async fn learn(app: &App, gateway: &Gateway, charge: Charge) -> Result<bool> {
    let (name, reference, id) = (name_of(gateway), charge.reference.clone(), charge.id.clone());
    let found = app.store.read(move |tx| {
        let named = tx.gateway_payment_by_number(&reference)?;
        if named.is_some() { Ok(named) } else { tx.payment_of_charge(name, &id) }
    });
    match found.await? {
        Some(payment) => settle_payment(app, payment.payment_id, News::Charge(charge)).await.map(|()| true),
        None => {
            let desk = Desk::of(app);
            let words = stray(&charge);
            let written =
                app.store.write(move |tx| exception(tx, &desk, None, (format!("stray {words}"), words.clone())));
            written.await?;
            Ok(false)
        }
    }
}

/// A payment that a payout holds a part of.
struct Paid {
    payment: GatewayPaymentRow,
    shares: Vec<Share>,
}

/// An account's part of a payment; its ids are made before the transaction, which may run again.
struct Share {
    account_id: AccountId,
    amount_minor: i64,
    booking_id: InvoiceId,
    entry_id: EntryId,
}

/// Books what a payout brought to the bank, and what was kept of it, on the accounts that had paid; once. What it holds of nothing
/// that we know is told to staff.
async fn book(app: &App, gateway: &Gateway, payout: Payout) -> Result<bool> {
    let mut parts = Vec::new();
    for part in &payout.parts {
        parts.push((paid(app, name_of(gateway), part).await?, Desk::of(app)));
    }
    let (today, now) = (app.today(), app.clock.now());
    let written = app.store.write(move |tx| {
        let mut is_new = false;
        let money = |minor: i64| said(minor, &payout.amount.currency);
        for (place, (part, (paid, desk))) in payout.parts.iter().zip(&parts).enumerate() {
            match paid {
                Some(paid) => is_new |= book_part(tx, (&payout, place, part), paid, (today, now))?,
                None => {
                    let words = format!(
                        "the payout {} holds {} less {} of no payment here; book it by hand",
                        payout.id,
                        money(part.gross_minor),
                        money(part.fee_minor)
                    );
                    exception(tx, desk, None, (format!("payout {} {place}", payout.id), words))?;
                }
            }
        }
        Ok::<_, Error>(is_new)
    });
    written.await
}

/// The payment of a part, and what each account has of it: neither ever changes.
async fn paid(app: &App, gateway: GatewayName, part: &PayoutPart) -> Result<Option<Paid>> {
    let (reference, charge) = (part.reference.clone(), part.charge.clone());
    let read = app.store.read(move |tx| {
        let payment = match (&reference, &charge) {
            (Some(number), _) => tx.gateway_payment_by_number(number)?,
            (None, Some(charge)) => tx.payment_of_charge(gateway, charge)?,
            (None, None) => None,
        };
        let Some(payment) = payment else { return Ok(None) };
        let parts = tx.payment_parts(payment.payment_id)?;
        Ok::<_, store::Error>(Some((payment, parts)))
    });
    let Some((payment, parts)) = read.await? else { return Ok(None) };
    let mut weights: BTreeMap<AccountId, i64> = BTreeMap::new();
    for one in parts {
        *weights.entry(one.account_id).or_default() += one.amount_minor;
    }
    let share = |(account_id, amount_minor)| Share {
        account_id,
        amount_minor,
        booking_id: app.ids.mint(),
        entry_id: app.ids.mint(),
    };
    Ok(Some(Paid { payment, shares: weights.into_iter().map(share).collect() }))
}

fn book_part(
    tx: &mut Tx,
    (payout, place, part): (&Payout, usize, &PayoutPart),
    Paid { payment, shares }: &Paid,
    (today, now): (Date, Timestamp),
) -> Result<bool> {
    let weights: Vec<i64> = shares.iter().map(|share| share.amount_minor).collect();
    let gross = split(part.gross_minor, &weights)?;
    let fees = split(part.fee_minor, &weights)?;
    let mut is_new = false;
    for ((share, gross), fee) in shares.iter().zip(gross).zip(fees) {
        let &Share { account_id, booking_id, entry_id, .. } = share;
        let key = format!("payout {} {place}", payout.id);
        let of = tx.booking_by_key(account_id, &format!("{BY_PROCESSOR}{}", payment.number))?;
        let (Some(of), None) = (of, tx.booking_by_key(account_id, &key)?) else { continue };
        let postings = [
            Posting::to(Ledger::Bank, gross - fee),
            Posting::to(Ledger::PaymentFees, fee),
            Posting::to(Ledger::ProcessorClearing, -gross),
        ];
        let entry = Entry::new(postings).map_err(Error::internal)?;
        let moved: i64 = entry.postings().iter().map(|posting| posting.amount.max(0)).sum();
        if moved == 0 {
            continue;
        }
        let (currency, kind, on) = (payment.currency, EntryKind::Payout, payout.arrives_on.min(today));
        tx.insert(&[BookingRow {
            account_id,
            booking_id,
            kind,
            payment_id: Some(of.booking_id),
            key,
            amount_minor: moved,
            currency,
            reason: format!("Payout {}, {}", payout.id, payment.number),
            booked_on: on,
            made_at: now,
        }])?;
        post(tx, &EntryRow { account_id, entry_id, kind, document_id: booking_id, posted_on: on, currency }, &entry)?;
        is_new = true;
    }
    Ok(is_new)
}
