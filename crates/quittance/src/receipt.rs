//! A receipt: what a payment settled of which document, as the ledger has it, and what went back since. It is a query over the books,
//! as a statement is; what was mailed is what they said when the money came.

use billing::ledger::EntryKind;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::account::AccountRow;
use store::credit::BookingRow;
use store::invoice::DocumentKind;
use store::payment::{GatewayPaymentRow, PaymentPartRow};
use store::receipt::ReceiptLineRow;
use store::{AccountId, Tx};

use crate::actions::return_payment::BY_PROCESSOR;

/// What it says of the time after the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// What went back.
    Told,
    /// Nothing: it is the receipt as it was when the money came.
    LeftOut,
}

/// A payment whose money came, in the books of some of its accounts.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The payment; only what stands in the parts is of those accounts.
    pub payment: GatewayPaymentRow,
    /// When the money came, in the provider's zone.
    pub paid_on: Date,
    /// One for each account.
    pub parts: Vec<Part>,
}

/// What it was for one account.
#[derive(Clone, Debug)]
pub struct Part {
    /// As it is called today.
    pub account: AccountRow,
    /// In the order they were settled.
    pub lines: Vec<ReceiptLineRow>,
    /// What went back, or counts again, in its order.
    pub later: Vec<BookingRow>,
}

impl Receipt {
    /// The receipt of these parts of a payment; nothing where no money came, or where it isn't in the books. The caller has made
    /// sure that the parts are the asker's to have.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(
        tx: &mut Tx,
        (payment, parts): (GatewayPaymentRow, &[PaymentPartRow]),
        since: Since,
        zone: &TimeZone,
    ) -> Result<Option<Self>, store::Error> {
        let Some(settled_at) = payment.settled_at else { return Ok(None) };
        let mut accounts: Vec<AccountId> = parts.iter().map(|part| part.account_id).collect();
        accounts.sort();
        accounts.dedup();
        let mut own = Vec::new();
        for account in tx.accounts_of(&accounts)? {
            let Some(part) = Part::read(tx, account, &payment.number, since)? else { return Ok(None) };
            own.push(part);
        }
        let paid_on = settled_at.to_zoned(zone.clone()).date();
        Ok((!own.is_empty()).then_some(Self { payment, paid_on, parts: own }))
    }

    /// What was paid, minor units.
    pub fn paid(&self) -> i64 {
        self.parts.iter().map(Part::paid).sum()
    }

    /// What went back of it, minor units.
    pub fn back(&self) -> i64 {
        self.later().map(back).sum()
    }

    /// What was refunded of it, minor units.
    pub fn refunded(&self) -> i64 {
        self.later().filter(|row| row.kind == EntryKind::Refund).map(back).sum()
    }

    /// What went back or counts again, of every account.
    pub fn later(&self) -> impl Iterator<Item = &BookingRow> {
        self.parts.iter().flat_map(|part| &part.later)
    }
}

impl Part {
    fn read(tx: &mut Tx, account: AccountRow, number: &str, since: Since) -> Result<Option<Self>, store::Error> {
        let id = account.account_id;
        let Some(booking) = tx.booking_by_key(id, &format!("{BY_PROCESSOR}{number}"))? else { return Ok(None) };
        let lines = tx.receipt_lines(id, booking.booking_id)?;
        // Keys of refunds begin alike and end with an amount; "!" comes right after the space.
        let refunds = (format!("refund of {number} up to "), format!("refund of {number} up to!"));
        let later = match since {
            Since::Told => tx.booked_later(id, booking.booking_id, (&refunds.0, &refunds.1))?,
            Since::LeftOut => Vec::new(),
        };
        Ok(Some(Self { account, lines, later }))
    }

    /// What was paid, minor units.
    pub fn paid(&self) -> i64 {
        self.lines.iter().map(|line| line.paid_minor).sum()
    }
}

/// What of a payment went to a document; or, without one, to an account's credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidLine {
    /// Which one.
    pub document: Option<(DocumentKind, String)>,
    /// Minor units.
    pub minor: i64,
}

impl PaidLine {
    /// `INV-20517`.
    pub fn label(&self) -> &str {
        self.document.as_ref().map_or("Paid ahead, as credit", |(_, number)| number)
    }
}

/// What these parts of a payment are asked for.
///
/// # Errors
/// Those of the database.
pub fn asked_lines(tx: &mut Tx, parts: &[PaymentPartRow]) -> Result<Vec<PaidLine>, store::Error> {
    let mut lines = Vec::new();
    for part in parts {
        let number = match part.document_id {
            Some(document) => tx.number_of(part.account_id, document)?,
            None => None,
        };
        lines.push(PaidLine { document: number.map(|row| (row.kind, row.number)), minor: part.amount_minor });
    }
    Ok(lines)
}

/// What these parts of a payment paid, as it is in the books: what was more than its document still asked for went elsewhere. What
/// they are asked for where nothing is booked.
///
/// # Errors
/// Those of the database.
pub fn paid_lines(
    tx: &mut Tx,
    payment: &GatewayPaymentRow,
    parts: &[PaymentPartRow],
) -> Result<Vec<PaidLine>, store::Error> {
    let mut accounts: Vec<AccountId> = parts.iter().map(|part| part.account_id).collect();
    accounts.sort();
    accounts.dedup();
    let mut lines = Vec::new();
    for account in accounts {
        let Some(booking) = tx.booking_by_key(account, &format!("{BY_PROCESSOR}{}", payment.number))? else {
            return asked_lines(tx, parts);
        };
        lines.extend(
            tx.receipt_lines(account, booking.booking_id)?
                .into_iter()
                .map(|row| PaidLine { document: row.kind.zip(row.number), minor: row.paid_minor }),
        );
    }
    Ok(lines)
}

/// How much went back by a booking, minor units; below 0 where it counts again.
pub fn back(row: &BookingRow) -> i64 {
    if row.kind == EntryKind::Reinstated { -row.amount_minor } else { row.amount_minor }
}
